/**
 * One soak: a bridge in a process of its own, a real mosquitto, a link that can be cut, heyu's traffic and faults,
 * all of it from one seed. In the end, when everything runs again, what the bridge has said is compared with what
 * was true.
 */

import { setTimeout as delay } from 'node:timers/promises';
import mqtt from 'mqtt';
import { makeHouse, type House } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startLink } from '../support/link.js';
import { startMosquitto } from '../support/mosquitto.js';
import { openTap, type Published } from '../support/tap.js';
import { until } from '../support/until.js';
import {
  STILL_MS,
  damaging,
  settledOffset,
  untilAtLast,
  untilSettled,
  watchCheckpoints,
} from './checkpoint.js';
import { startFaults, type FaultKind, type Faults } from './faults.js';
import { startHeyu, type Heyu } from './heyu.js';
import { ZONES, aliasesText, configText, zoneTopicOf, type Zone } from './sensors.js';
import type { Damage } from './damage.js';
import { judge, type Verdict } from './judge.js';
import { judgeStates } from './judge-states.js';
import { random } from './random.js';
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
  /** It ends as soon as something is wrong for good. */
  readonly untilWrong?: boolean;
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

/** Runs a soak. Rejects only when it cannot be carried out; what the bridge did wrong is in the report. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, lengthMs, damage, settleMs = STILL_MS, progress = () => undefined } = options;
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
  const checkpoints = watchCheckpoints(bridge);
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
      tap,
      random: chance.fork('faults'),
      pauseMs: { bridge: 4000, broker: 15_000, link: 5000 },
      damage: damage ? damaging(bridge, chance.fork('damage')) : undefined,
      note,
    });
    const { damages, counts } = faults;
    const judged = (): Verdict => judge(truth, tap.published, damages, checkpoints.seen);
    const wrongIn = (verdict: Verdict): readonly string[] => [
      ...verdict.faults,
      ...crashes(bridge),
      ...sentAgain(verdict, counts),
    ];
    const isOver = (): boolean => options.untilWrong === true && wrongIn(judged()).length > 0;
    const played = await play(plan, { heyu, zones, bridge, faults, note, isOver }, (done) => {
      progress(
        `${done} %, ${heyu.lines()} lines, ${tap.published.length} messages, ${faultsSoFar(faults)} faults`,
      );
    });
    await faults.stop();
    progress('everything runs again');
    let settled = judged();
    const lacking: string[] = [];
    if (!played.isCutShort) {
      if (damage) await untilSettled(bridge);
      settled = await settle(judged, settleMs);
      const retained = await retainedOf(mosquitto.port, truth, damages, settleMs);
      lacking.push(...settled.missing, ...judgeStates(truth, retained, damages, Date.now()));
    }
    return {
      ...options,
      ...settled,
      faults: [...wrongIn(settled), ...lacking],
      lines: heyu.lines(),
      faultCounts: counts,
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
    checkpoints.stop();
    await zones.stop();
    await bridge.remove();
    await link.remove();
    await mosquitto.remove();
  }
}

const faultsSoFar = (faults: Faults | undefined): number =>
  [...(faults?.counts.values() ?? [])].reduce((sum, count) => sum + count, 0);

/** On what the plan is carried out. */
type Stage = {
  readonly heyu: Heyu;
  readonly zones: ZonePublisher;
  readonly bridge: House;
  readonly faults: Faults;
  readonly note: (text: string) => void;
  /** The rest need not be done. */
  readonly isOver: () => boolean;
};

/** How often it is asked whether the rest need not be done, ms. */
const ASK_MS = 1000;

/** Does what is planned, in order and never too close together. */
async function play(
  plan: readonly Scheduled[],
  { heyu, zones, bridge, faults, note, isOver }: Stage,
  progress: (percent: number) => void,
): Promise<{ rotations: number; stallMs: number; isCutShort: boolean }> {
  const from = performance.now();
  let lateMs = 0;
  let stallMs = 0;
  let rotations = 0;
  let percent = 0;
  let askedAt = from;
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
      case 'pause':
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
          // what a bridge that is down has not read may be packed when it comes back
          if (bridge.pid() === undefined) {
            note('pack all');
            heyu.pack(0);
          }
        }
      }
    }
    const now = Math.floor((one.at / lengthMs) * 20) * 5;
    if (now > percent) progress((percent = now));
    if (performance.now() - askedAt < ASK_MS) continue;
    askedAt = performance.now();
    if (isOver()) return { rotations, stallMs: Math.round(stallMs), isCutShort: true };
  }
  return { rotations, stallMs: Math.round(stallMs), isCutShort: false };
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
async function settle(judged: () => Verdict, settleMs: number): Promise<Verdict> {
  let verdict = judged();
  let deadline = performance.now() + settleMs;
  while (verdict.missing.length > 0 && performance.now() < deadline) {
    await delay(500);
    const next = judged();
    if (next.missing.length < verdict.missing.length) deadline = performance.now() + settleMs;
    verdict = next;
  }
  return verdict;
}

/** What the broker holds, as soon as it is what it has to be; or what it holds when it gets no closer to that. */
async function retainedOf(
  port: number,
  truth: Truth,
  damages: readonly Damage[],
  settleMs: number,
): Promise<ReadonlyMap<string, string>> {
  const seen = await collect(port, ['x10/#']);
  const values = (): Map<string, string> =>
    new Map(seen.messages.map(({ topic, payload }) => [topic, payload]));
  try {
    const wrong = (): number => judgeStates(truth, values(), damages, Date.now()).length;
    for (let before = Infinity; wrong() < before;) {
      before = wrong();
      await until(() => wrong() === 0, 'the retained values', settleMs).catch(() => undefined);
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
