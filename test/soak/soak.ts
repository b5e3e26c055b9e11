/**
 * One soak: a bridge in a process of its own, a real mosquitto, a link that can be cut, heyu's traffic and faults,
 * all of it from one seed. In the end, when everything runs again, what the bridge has said is compared with what
 * was true.
 */

import { existsSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt from 'mqtt';
import { makeHouse, type House } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startLink } from '../support/link.js';
import { startMosquitto } from '../support/mosquitto.js';
import { openTap, type Published, type Tap } from '../support/tap.js';
import { until } from '../support/until.js';
import { startFaults, type DamageCheckpoint, type FaultKind, type Faults } from './faults.js';
import { startHeyu, type Heyu } from './heyu.js';
import { ZONES, aliasesText, configText, zoneTopicOf, type Zone } from './sensors.js';
import type { Damage } from './damage.js';
import { judge, type Verdict } from './judge.js';
import { judgeStates } from './judge-states.js';
import { random, type Random } from './random.js';
import { planTraffic, type Scheduled } from './traffic.js';
import { newTruth, type Truth } from './truth.js';

/** What to do. The seed decides over everything else: naming of rotated files, persistence of the broker. */
export type SoakOptions = {
  readonly seed: number;
  readonly lengthMs: number;
  /** Damage the checkpoint now and then: what may be lost then says `damage.ts`. */
  readonly damage: boolean;
  /** How long the bridge may get no further in the end with what is left, ms; default 90 s. */
  readonly settleMs?: number;
  /** Told now and then how far it is. */
  readonly progress?: (text: string) => void;
};

/** What came of it. */
export type SoakReport = SoakOptions &
  Verdict & {
    readonly lines: number;
    readonly rotations: number;
    readonly faultCounts: ReadonlyMap<FaultKind, number>;
    readonly brokerPersistence: boolean;
    readonly naming: string;
    /** What was done when, and what the bridge said, for people to find out. */
    readonly diary: readonly string[];
    /** How much later than planned heyu wrote at the worst, ms: a machine too busy to judge by. */
    readonly stallMs: number;
  };

/** How long nothing may move while something is waited for. A busy machine is slow, and that is no fault. */
const STILL_MS = 90_000;

/** Runs a soak. Rejects only when it cannot be carried out; what the bridge did wrong is in the report. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, lengthMs, damage, progress = () => undefined } = options;
  const chance = random(seed);
  const brokerPersistence = chance.chance(0.5);
  const naming = chance.pick(['numbers', 'dates'] as const);
  const diary: string[] = [];
  const note = (text: string): void => void diary.push(`${new Date().toISOString()} ${text}`);
  const tap = openTap();
  const truth = newTruth();
  const mosquitto = await startMosquitto({ persistence: brokerPersistence ? { autosaveS: 1 } : false });
  const link = await startLink(mosquitto.port, tap.wire);
  const bridge = makeHouse({
    mqttUrl: `mqtt://127.0.0.1:${link.port}`,
    config: configText(`mqtt://127.0.0.1:${link.port}`),
    aliases: aliasesText(),
  });
  const zones = zonePublisher(mosquitto.url, truth);
  let faults: Faults | undefined;
  try {
    await zones.say('armed', true);
    await zones.say('disarmed', false);
    await zones.say('changing', false);
    // the bridge does not know another time
    for (const zone of ZONES) truth.zoneIsKnown(zone, 0);
    await bridge.start();
    await untilAtLast(bridge, () => settledOffset(bridge), 'a first checkpoint');
    const heyu = startHeyu(bridge.logPath, truth, naming);
    const plan = planTraffic(chance.fork('traffic'), {
      lengthMs,
      naming,
      rotationEveryMs: 4000,
      mayDelete: !damage,
    });
    faults = startFaults({
      bridge,
      mosquitto,
      link,
      random: chance.fork('faults'),
      pauseMs: { bridge: 4000, broker: 20_000, link: 9000 },
      damage: damage ? damaging(bridge, chance.fork('damage')) : undefined,
      note,
    });
    const played = await play(plan, { heyu, zones, bridge, faults, note }, (done) => {
      progress(
        `${done} %, ${heyu.lines()} lines, ${tap.published.length} messages, ${faultsSoFar(faults)} faults`,
      );
    });
    await faults.stop();
    progress('everything runs again');
    const { damages } = faults;
    if (damage) await untilSettled(bridge);
    const settled = await settle(truth, tap, damages, options.settleMs ?? STILL_MS);
    const retained = await retainedOf(mosquitto.port, truth, damages);
    const wrong = [...settled.faults, ...judgeStates(truth, retained, damages, Date.now())];
    return {
      ...options,
      ...settled,
      faults: [...wrong, ...crashes(bridge), ...sentAgain(settled, faults.counts)],
      lines: heyu.lines(),
      faultCounts: faults.counts,
      brokerPersistence,
      naming,
      ...played,
      diary: [
        ...diary,
        ...tap.published.map((one) => `${new Date(one.sentAt).toISOString()} ${publishedText(one)}`),
        ...bridge
          .output()
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map(timed),
      ].sort(),
    };
  } finally {
    await faults?.stop().catch(() => undefined);
    await zones.stop();
    await bridge.remove();
    await link.remove();
    await mosquitto.remove();
  }
}

const faultsSoFar = (faults: Faults | undefined): number =>
  [...(faults?.counts.values() ?? [])].reduce((sum, count) => sum + count, 0);

/** Does what is planned, in order and never too close together. */
async function play(
  plan: readonly Scheduled[],
  {
    heyu,
    zones,
    bridge,
    faults,
    note,
  }: { heyu: Heyu; zones: ZonePublisher; bridge: House; faults: Faults; note: (text: string) => void },
  progress: (percent: number) => void,
): Promise<{ rotations: number; stallMs: number }> {
  const from = performance.now();
  let lateMs = 0;
  let stallMs = 0;
  let rotations = 0;
  let percent = 0;
  const lengthMs = plan.at(-1)?.at ?? 1;
  for (const one of plan) {
    const waitMs = one.at + lateMs - (performance.now() - from);
    if (waitMs > 0) await delay(waitMs);
    else {
      // whoever is late stays late: what was planned two seconds apart has to be
      lateMs -= waitMs;
      stallMs = Math.max(stallMs, -waitMs);
    }
    switch (one.kind) {
      case 'message':
        await heyu.write(one.lines, { splitMs: one.splitMs });
        break;
      case 'late':
        heyu.writeLate(one.text);
        break;
      case 'pack':
        note(`pack all but ${one.but}`);
        heyu.pack(one.but);
        break;
      case 'zone':
        void zones.say(one.zone, one.isArmed);
        break;
      case 'rotation': {
        rotations += 1;
        note(`rotation: ${one.rotation}`);
        if (one.rotation === 'delete') {
          // what nobody has read is lost with the file: everything has to be settled first
          const since = performance.now();
          await faults.hold();
          await untilSettled(bridge);
          heyu.rotate('delete');
          faults.goOn();
          lateMs += performance.now() - since;
        } else {
          heyu.rotate(one.rotation);
        }
      }
    }
    const now = Math.floor((one.at / lengthMs) * 20) * 5;
    if (now > percent) progress((percent = now));
  }
  return { rotations, stallMs: Math.round(stallMs) };
}

type Stored = {
  readonly document?: {
    readonly settled?: {
      readonly log?: { readonly files?: readonly { readonly inode: number; readonly offset: number }[] };
    } | null;
  };
};

/** Up to where the log is settled, as the checkpoint says. */
function settledOffset(bridge: House): { inode: number; offset: number } | undefined {
  const path = join(bridge.statePath, 'state.json');
  if (!existsSync(path)) return undefined;
  const stored = JSON.parse(readFileSync(path, 'utf8')) as Stored;
  return stored.document?.settled?.log?.files?.at(-1);
}

/** Everything in the current file has been dealt with, and that is on disk. */
async function untilSettled(bridge: House): Promise<void> {
  await untilAtLast(
    bridge,
    () => {
      const settled = settledOffset(bridge);
      if (!existsSync(bridge.logPath)) return false;
      const { ino, size } = statSync(bridge.logPath);
      return settled?.inode === ino && settled.offset === size;
    },
    () => `the log to be settled: ${JSON.stringify(settledOffset(bridge))}\n${bridge.output().slice(-2000)}`,
  );
}

/** Waits for the bridge as long as it gets on: it has written something, into its log or its state. */
async function untilAtLast(
  bridge: House,
  condition: () => unknown,
  what: string | (() => string),
): Promise<void> {
  const progressSoFar = (): string =>
    `${bridge.output().length} ${JSON.stringify(settledOffset(bridge) ?? null)}`;
  for (;;) {
    const before = progressSoFar();
    try {
      await until(condition, what, STILL_MS);
      return;
    } catch (error) {
      if (progressSoFar() === before) throw error;
    }
  }
}

/** Everything that may happen to the state file on a bad disk, or at the hands of its owner. */
function damaging(bridge: House, chance: Random): DamageCheckpoint {
  const path = join(bridge.statePath, 'state.json');
  const act = (): FaultKind | undefined => {
    if (!existsSync(path)) return undefined;
    const text = readFileSync(path);
    switch (chance.whole(0, 4)) {
      case 0:
        writeFileSync(path, text.subarray(0, chance.whole(0, text.length - 1)));
        return 'checkpoint cut off';
      case 1:
        writeFileSync(path, '');
        return 'checkpoint emptied';
      case 2:
        // a digit of an offset is enough
        for (let i = 0; i < 20; i += 1) text[chance.whole(11, text.length - 1)] = 48 + chance.whole(0, 9);
        writeFileSync(path, text);
        return 'checkpoint overwritten';
      case 3:
        writeFileSync(path, text.toString('utf8').replace('{"version":1,', '{"version":2,'));
        return 'checkpoint of the future';
      default:
        unlinkSync(path);
        return 'checkpoint deleted';
    }
  };
  return {
    act,
    untilHealed: () => untilAtLast(bridge, () => settledOffset(bridge), 'a checkpoint after the damage'),
  };
}

type ZonePublisher = {
  readonly say: (zone: Zone, isArmed: boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Whoever arms and disarms the zones: says it retained, and again when the broker may have forgotten it. */
function zonePublisher(url: string, truth: Truth): ZonePublisher {
  const states = new Map<Zone, boolean>();
  const client = mqtt.connect(url, { reconnectPeriod: 100 });
  // the broker is killed now and then
  client.on('error', () => undefined);
  const publish = async (zone: Zone): Promise<void> => {
    const payload = states.get(zone) === true ? 'armed_away' : 'disarmed';
    await client
      .publishAsync(zoneTopicOf(zone), payload, { qos: 1, retain: true })
      .then(() => {
        if (states.get(zone) === (payload !== 'disarmed')) truth.zoneIsKnown(zone, Date.now());
      })
      .catch(() => undefined);
  };
  const say = async (zone: Zone, isArmed: boolean): Promise<void> => {
    states.set(zone, isArmed);
    // armed from the attempt on, disarmed from the acknowledgement on
    if (isArmed) truth.zoneIs(zone, true, Date.now());
    await publish(zone);
    if (!isArmed) truth.zoneIs(zone, false, Date.now());
  };
  const sayAll = async (): Promise<void> => {
    for (const zone of states.keys()) await publish(zone);
  };
  client.on('connect', () => void sayAll());
  return { say, stop: () => client.endAsync(true) };
}

/** Waits until everything that had to be reported has been, as long as what is missing gets less. */
async function settle(
  truth: Truth,
  tap: Tap,
  damages: readonly Damage[],
  settleMs: number,
): Promise<Verdict> {
  const judged = (): Verdict => judge(truth, tap.published, damages);
  const lost = ({ faults }: Verdict): number => faults.filter((fault) => fault.startsWith('lost')).length;
  let verdict = judged();
  let deadline = performance.now() + settleMs;
  while (lost(verdict) > 0 && performance.now() < deadline) {
    await delay(500);
    const next = judged();
    if (lost(next) < lost(verdict)) deadline = performance.now() + settleMs;
    verdict = next;
  }
  return verdict;
}

/** How long the retained values may not come closer to what they have to be. */
const STATES_MS = 30_000;

/** What the broker holds, as soon as it is what it has to be; or what it holds after all patience. */
async function retainedOf(
  port: number,
  truth: Truth,
  damages: readonly Damage[],
): Promise<ReadonlyMap<string, string>> {
  const seen = await collect(port, ['x10/#']);
  const values = (): Map<string, string> =>
    new Map(seen.messages.map(({ topic, payload }) => [topic, payload]));
  try {
    const wrong = (): number => judgeStates(truth, values(), damages, Date.now()).length;
    for (let before = Infinity; wrong() < before;) {
      before = wrong();
      await until(() => wrong() === 0, 'the retained values', STATES_MS).catch(() => undefined);
    }
    return values();
  } finally {
    await seen.stop();
  }
}

/** A process that is killed may repeat what was acknowledged within its last write, and no more. */
const REPEATS_PER_KILL = 3;

function sentAgain(
  { repeatsOfAcknowledged: repeats }: Verdict,
  counts: ReadonlyMap<FaultKind, number>,
): readonly string[] {
  const kills = (counts.get('bridge killed') ?? 0) + (counts.get('bridge killed while starting') ?? 0);
  return repeats <= REPEATS_PER_KILL * (kills + 1)
    ? []
    : [`${repeats} acknowledged events were sent again, after ${kills} kills`];
}

/** Everything that the bridge has written beside its log. */
function crashes(bridge: House): readonly string[] {
  return bridge
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .map((line) => `the bridge wrote: ${line}`);
}

function publishedText({ topic, payload, acknowledgedAt, sentAt }: Published): string {
  const after = acknowledgedAt === undefined ? 'not acknowledged' : `${acknowledgedAt - sentAt} ms`;
  return `  ${topic} ${payload.slice(0, 250)} (${after})`;
}

function timed(line: string): string {
  const { time } = JSON.parse(line) as { time?: string | number };
  return `${time === undefined ? '' : new Date(time).toISOString()}    ${line}`;
}
