/**
 * One history of a house, from one seed: heyu's traffic, people who arm and disarm, the bridge on a computer, a disk, a
 * network and a broker that are all simulated, and what goes wrong with them. In the end, when everything runs again,
 * what the bridge has said is compared with what was true: by the judge of the soak.
 */

import { loadConfiguration } from '../../src/config/load.js';
import { serviceSettings } from '../../src/cli/assemble.js';
import type { ServiceSettings } from '../../src/core-settings.js';
import { openStore } from '../../src/io/store.js';
import { LogFollower } from '../../src/io/tail/log-follower.js';
import type { Log, StateStore } from '../../src/ports.js';
import type { Checkpoint as Stored } from '../../src/service/checkpoint.js';
import { createService, type Service } from '../../src/service/service.js';
import { WAITING_MS, isPermittedFor, type Damage, type Permitted } from '../soak/damage.js';
import { startHeyu, type Heyu } from '../soak/heyu.js';
import { judge, type Checkpoint, type Verdict } from '../soak/judge.js';
import type { Death } from '../soak/judge-alerts.js';
import { iso, judgeStates } from '../soak/judge-states.js';
import { random, type Random } from '../soak/random.js';
import {
  BASE,
  OWNED_ZONES,
  ZONES,
  aliasesText,
  configText,
  ownedAliasesText,
  ownedConfigText,
  zoneTopicOf,
  type Zone,
} from '../soak/sensors.js';
import { SAME_MS } from '../soak/signs.js';
import { planTraffic, type Scheduled } from '../soak/traffic.js';
import { newTruth, type Truth } from '../soak/truth.js';
import { SimulatedBroker } from './broker.js';
import { Computer, LOG_PATH, STATE_DIRECTORY, STATE_PATH, type Process } from './computer.js';
import { HABITS } from './habits.js';
import { planFaults, startFaults, type Fault } from './faults.js';
import { judgeInstants, type Pause } from './judge-instants.js';
import { CODE, OwnedZones, type Standing } from './owned.js';
import { datedSteadily, steadyOf } from './steady.js';
import { Timeline, owner } from './timeline.js';

/** What to simulate. The seed decides over everything that is not said. */
export type SimulationOptions = {
  readonly seed: number;
  /** How long heyu writes, ms; pauses come on top. */
  readonly lengthMs?: number;
  /** Between faults passes so many times the usual time (1). */
  readonly pauses?: number;
  /** In place of those that the seed plans. */
  readonly faults?: readonly Fault[];
  /** Write the history down. */
  readonly isTold?: boolean;
};

/** What came of it. */
export type SimulationReport = Verdict & {
  readonly seed: number;
  readonly lengthMs: number;
  readonly planned: readonly Fault[];
  /** How often each kind of fault happened. */
  readonly counts: ReadonlyMap<string, number>;
  readonly lines: number;
  /** Simulated time, ms. */
  readonly passedMs: number;
  readonly history: readonly string[];
};

const LENGTH_MS = 120_000;
/** Everything has to be well so long after the last fault, ms: a verification comes every minute. */
const REST_MS = 150_000;
/** A stop that takes longer is ended by systemd. */
const STOP_MS = 10_000;
/** At rest nobody waits for more than this many things. */
const MOST_PENDING = 40;

const loaded = new Map<boolean, ServiceSettings>();

/** The house of the soak, with zones that the bridge keeps itself in some histories. */
function houseSettings(hasOwnedZones: boolean): ServiceSettings {
  const known = loaded.get(hasOwnedZones);
  if (known !== undefined) return known;
  const config = `heyu: { log: ${LOG_PATH}, timezone: UTC }\nstate_dir: ${STATE_DIRECTORY}\n${configText('mqtt://broker')}`;
  const kept = new Map([
    ['/etc/heyu2mqtt/config.yaml', hasOwnedZones ? config + ownedConfigText() : config],
    ['/etc/heyu2mqtt/aliases.yaml', hasOwnedZones ? aliasesText() + ownedAliasesText() : aliasesText()],
  ]);
  const read = loadConfiguration({
    configFile: '/etc/heyu2mqtt/config.yaml',
    env: {},
    version: '0.0.0',
    kept,
  });
  if (!read.ok) throw new Error(`the house of the soak is not valid: ${JSON.stringify(read.problems)}`);
  const settings = serviceSettings(read.configuration, read.ignored);
  const zones = settings.core.zones.map((zone) => ({ ...zone, hasCodes: zone.zone === OWNED_ZONES[1] }));
  const house = { ...settings, core: { ...settings.core, zones } };
  loaded.set(hasOwnedZones, house);
  return house;
}

/** A copy of the checkpoint, and what the bridge knew then. */
type Backup = {
  readonly at: number;
  /** What heyu wrote before was dealt with, epoch ms. */
  readonly settledAt: number;
  readonly told: Omit<Death, 'at'>;
  readonly owned: Standing | undefined;
  readonly text: Buffer;
};

/** So old is a copy of the checkpoint at least, ms. */
const OLDER_MS = 10_000;

/** The bridge over its lives. */
export class Bridge {
  readonly #computer: Computer;
  readonly #broker: SimulatedBroker;
  readonly #random: Random;
  /** How long the check of a code takes. */
  readonly #codes: Random;
  readonly #note: (text: string) => void;
  readonly #settings: ServiceSettings;
  readonly #owned: OwnedZones | undefined;
  /** What a moment on disk counts as dealt with. */
  readonly checkpoints: Checkpoint[] = [];
  readonly deaths: Death[] = [];
  readonly errors: string[] = [];
  /** From when to when there was no good checkpoint. */
  readonly damages: Damage[] = [];
  /** Does the checkpoint know a file of the log? One that begins with a log that it cannot read knows none. */
  #hasFoundLog = true;
  /** Up to when all that heyu had written is settled, as the disk says. */
  settledAt: number;
  /** What is to be done when all that was written until an instant (epoch ms) is settled. */
  #whenSettled: { readonly until: number; readonly act: () => void }[] = [];
  /** What is to be done when the disk knows by how much the clock was set back. */
  readonly #whenStepKnown: (() => void)[] = [];
  /** How far the wall clock was set back when a place in the log was taken, ms. */
  readonly #takenAt = new WeakMap<object, number>();
  /** A checkpoint of some time ago, and what it knew. */
  #older: Backup | undefined;
  #newer: Backup | undefined;
  /** Until when the bridge was told of the zones what is on disk, and how old that may have been. */
  #stored: Omit<Death, 'at'>;
  /** From when to when it could not read: it did not run, or stood still. */
  readonly pauses: Pause[] = [];
  process: Process | undefined;
  #service: Service | undefined;

  constructor(
    computer: Computer,
    broker: SimulatedBroker,
    chance: Random,
    owned: OwnedZones | undefined,
    note: (text: string) => void,
  ) {
    this.#computer = computer;
    this.#broker = broker;
    this.#random = chance;
    this.#codes = chance.fork('codes');
    this.#owned = owned;
    this.#settings = houseSettings(owned !== undefined);
    this.#note = note;
    this.settledAt = computer.steadyMs();
    this.#stored = { knewAt: computer.steadyMs(), knownAt: computer.steadyMs() };
  }

  start(): void {
    const process = this.#computer.begin();
    this.process = process;
    this.#goesOn();
    this.#service = undefined;
    this.#live(process).catch((error: unknown) => {
      if (!process.isGone) this.errors.push(`the service ended: ${String(error)}`);
    });
  }

  kill(): void {
    const { process } = this;
    if (process === undefined) return;
    this.deaths.push({ at: this.#computer.steadyMs(), ...this.#stored });
    this.#stops();
    this.#computer.kill(process);
    this.#broker.gone(process);
    this.#computer.forgetBells();
    this.process = undefined;
  }

  /** It stands still; its timers, and what comes from outside, wait. */
  freeze(): Process | undefined {
    const { process } = this;
    if (process === undefined) return undefined;
    process.isStill = true;
    this.#stops();
    this.#broker.noteReach();
    return process;
  }

  /** Goes on after `freeze`. */
  thaw(process: Process): void {
    if (!process.isGone) {
      const { from } = this.pauses.at(-1) ?? { from: Infinity };
      this.#owned?.stoodStill(Math.max(0, this.#computer.steadyMs() - from));
      this.#goesOn();
    }
    this.#computer.timeline.goOn(process);
    this.#broker.noteReach();
  }

  /** The clock is set: what was so until then has ended, and begins again. */
  steps(set: () => void): void {
    const isOpen = this.#broker.visits.at(-1)?.to === Infinity;
    const isPaused = this.pauses.at(-1)?.to === Infinity;
    if (!isPaused) this.#stops();
    if (isOpen) this.#broker.endVisit();
    const before = this.#computer.steadyMs();
    set();
    this.#owned?.stoodStill(this.#computer.steadyMs() - before);
    if (isOpen) this.#broker.noteReach();
    if (!isPaused) this.#goesOn();
  }

  #stops(): void {
    if (this.pauses.at(-1)?.to !== Infinity)
      this.pauses.push({ from: this.#computer.steadyMs(), to: Infinity });
  }

  #goesOn(): void {
    const last = this.pauses.at(-1);
    if (last?.to === Infinity) last.to = this.#computer.steadyMs();
  }

  /** As by SIGTERM. */
  async stop(): Promise<void> {
    const { process } = this;
    const service = this.#service;
    if (process === undefined) return;
    if (service !== undefined) {
      const end: { isOver: boolean } = { isOver: false };
      void service.stop().then(() => {
        end.isOver = true;
      });
      for (let ms = 0; ms < STOP_MS && !end.isOver && !process.isGone; ms += 50)
        await this.#computer.timeline.sleep(50, owner(false));
      if (!end.isOver && !process.isGone && !process.isStill) this.errors.push('the service does not stop');
    }
    if (process === this.process) this.kill();
  }

  /** It has begun, and runs. */
  get isUp(): boolean {
    return this.#service !== undefined && this.process?.isGone === false;
  }

  /** Something waits because the broker refuses its topic. */
  hasRefused(): boolean {
    return this.process !== undefined && this.#service?.figures().problems.refused_topics === true;
  }

  /** Something happens to the checkpoint of a bridge that is down. */
  damage(how: number): void {
    const { disk } = this.#computer;
    if (!disk.existsSync(STATE_PATH)) return;
    const text = disk.readFileSync(STATE_PATH);
    switch (how % 5) {
      case 0:
        disk.writeFileSync(STATE_PATH, text.subarray(0, this.#random.whole(0, text.length - 1)));
        break;
      case 1:
        disk.writeFileSync(STATE_PATH, '');
        break;
      case 2:
        disk.spoil(STATE_PATH, 20);
        break;
      case 3:
        disk.writeFileSync(STATE_PATH, text.toString('utf8').replace('{"version":1,', '{"version":2,'));
        break;
      default:
        disk.unlinkSync(STATE_PATH);
    }
    this.damages.push({ from: this.settledAt, to: Infinity });
    this.#hasFoundLog = false;
  }

  /**
   * The log is going to be copied and truncated. Nothing tells a bridge without a memory, which could not read the log, that the copy is
   * the log of which it knows no more than the size (design.md, "The log is the queue").
   */
  truncated(): void {
    const last = this.damages.at(-1);
    if (last !== undefined && !this.#hasFoundLog) last.to = Math.max(last.to, this.#computer.steadyMs());
  }

  /** No copy of the checkpoint is left. */
  forgetCopies(): void {
    this.#older = undefined;
    this.#newer = undefined;
  }

  /** The owner puts back the checkpoint of some time ago. What was begun since has other ids, and of zones less is known. */
  restore(permitted: Permitted[]): void {
    if (this.#older === undefined) return;
    const { text, at, settledAt, told, owned } = this.#older;
    if (owned !== undefined) this.#owned?.restored(owned);
    this.#computer.disk.writeFileSync(STATE_PATH, text);
    const time = { from: at - WAITING_MS, to: this.#computer.steadyMs() };
    // what was begun since may have been written long before it, while the bridge was down or asleep
    permitted.push(
      { ...time, from: Math.min(time.from, settledAt), what: 'ids' },
      { ...time, what: 'alerts' },
    );
    this.#stored = told;
    this.deaths.push({ at: this.#computer.steadyMs(), ...told });
  }

  async #live(process: Process): Promise<void> {
    const computer = this.#computer;
    const clock = computer.clockOf(process);
    const tell =
      (level: string) =>
      (fields: object, message: string): void => {
        if (!process.isGone) this.#note(`bridge ${level}: ${message} ${JSON.stringify(fields)}`);
      };
    const log: Log = { debug: () => undefined, info: tell('info'), warn: tell('warn'), error: tell('error') };
    const owned = this.#owned;
    const followed = new LogFollower({
      path: LOG_PATH,
      clock,
      randomGeneration: () =>
        this.#random
          .whole(0, 2 ** 32 - 1)
          .toString(16)
          .padStart(8, '0'),
      openDoorbell: computer.doorbellOf(process),
      files: computer.logFilesOf(process),
      soon: (act) => void computer.timeline.after(0, process, act),
    });
    const positionOf = followed.position.bind(followed);
    followed.position = () => {
      const position = positionOf();
      this.#takenAt.set(position, computer.backMs);
      return position;
    };
    const store = openStore(STATE_PATH, {
      files: computer.stateFilesOf(process),
      wallMs: computer.wallMs,
      onSetAside: (path, reason) => tell('warn')({ path, reason }, 'set aside'),
    });
    const port = this.#broker.portOf(process);
    const service = await createService(this.#settings, {
      clock,
      log,
      store: this.#watched(owned?.store(store, process) ?? store, process),
      source: owned?.source(followed, process) ?? followed,
      broker: owned?.port(port, process) ?? port,
      checkCode: async (zone, code) => {
        await computer.timeline.sleep(this.#codes.between(20, 400), process);
        const isRight = code === CODE;
        owned?.checked(zone, isRight);
        return isRight ? 'jane' : undefined;
      },
      random: this.#random.next,
      status: () => undefined,
    });
    await service.start();
    if (!process.isGone) this.#service = service;
  }

  #watched(store: StateStore, process: Process): StateStore {
    return {
      ...store,
      save: (document) => {
        const { settled } = document as Stored;
        const last = settled?.log.files.at(-1);
        if (last !== undefined && !process.isGone)
          this.checkpoints.push({
            generation: last.generation,
            offset: last.offset,
            at: this.#computer.steadyMs(),
          });
        const told = this.#told(process);
        const saved = store.save(document);
        // as the document says: a delay may have ended just before it was written
        const owned = this.#owned?.standing;
        return saved.then(() => {
          if (process.isGone) return;
          this.#stored = told;
          if (last !== undefined) this.#settled(this.#endSeenAt(last.endSeenAt, settled));
          if (this.#takenAt.get(settled?.log ?? {}) === this.#computer.backMs)
            for (const act of this.#whenStepKnown.splice(0)) act();
          this.#hasFoundLog ||= last !== undefined && last.generation !== '';
          const at = this.#computer.steadyMs();
          for (const damage of settled === null ? [] : this.damages) damage.to = Math.min(damage.to, at);
          if (settled === null || (this.#newer !== undefined && at - this.#newer.at < OLDER_MS)) return;
          this.#older = this.#newer;
          const text = this.#computer.disk.readFileSync(STATE_PATH);
          this.#newer = { at, settledAt: this.settledAt, told, owned, text };
        });
      },
    };
  }

  /** Does something as soon as the disk says that all that was written until `until` (epoch ms) is settled. */
  onSettled(until: number, act: () => void): void {
    if (until < this.settledAt) act();
    else this.#whenSettled.push({ until, act });
  }

  /** Does something as soon as the disk knows by how much the clock was set back. */
  onStepKnown(act: () => void): void {
    this.#whenStepKnown.push(act);
  }

  /** Until when all was read that is settled: what is stored is of the clock before while the end was not seen since. */
  #endSeenAt(storedAt: number, settled: Stored['settled']): number {
    const backMs = this.#takenAt.get(settled?.log ?? {});
    if (backMs !== undefined) return storedAt + backMs - (settled?.setBacks?.at(-1) ?? 0);
    const at = steadyOf(storedAt, this.#computer.steadyMs(), this.#computer);
    // of an earlier life
    return this.#computer.setBacks.length === 0 ? at : Math.min(this.settledAt, at);
  }

  #settled(at: number): void {
    this.settledAt = at;
    for (const { until, act } of this.#whenSettled) if (until < at) act();
    this.#whenSettled = this.#whenSettled.filter(({ until }) => until >= at);
  }

  /** What this process has been told of the zones by now. */
  #told({ beganAt }: Process): Omit<Death, 'at'> {
    const now = this.#computer.steadyMs();
    const visit = this.#broker.visits.findLast(({ from }) => from >= beganAt);
    if (visit === undefined) return this.#stored;
    const knownAt = Math.min(visit.to, now);
    return { knownAt, knewAt: now - visit.from < WORD_MS ? Math.min(this.#stored.knewAt, knownAt) : knownAt };
  }
}

/** Whoever arms and disarms the zones: says it retained, and again when the broker may have forgotten it. */
export class Panel {
  readonly #truth: Truth;
  readonly #broker: SimulatedBroker;
  readonly #nowMs: () => number;
  readonly #states = new Map<Zone, boolean>();
  /** Zones that the broker was not told of yet. */
  readonly #untold = new Set<Zone>();

  constructor(truth: Truth, broker: SimulatedBroker, nowMs: () => number) {
    this.#truth = truth;
    this.#broker = broker;
    this.#nowMs = nowMs;
  }

  /** Armed from the attempt on, disarmed from when the broker has it. */
  say(zone: Zone, isArmed: boolean): void {
    this.#states.set(zone, isArmed);
    this.#untold.add(zone);
    if (isArmed) this.#truth.zoneIs(zone, true, this.#nowMs());
    this.#tell(zone, isArmed);
  }

  sayAll(): void {
    for (const [zone, isArmed] of this.#states) this.#tell(zone, isArmed);
  }

  #tell(zone: Zone, isArmed: boolean): void {
    if (!this.#broker.publish(zoneTopicOf(zone), isArmed ? 'armed_away' : 'disarmed', true)) return;
    if (!isArmed && this.#untold.has(zone)) this.#truth.zoneIs(zone, false, this.#nowMs());
    this.#truth.zoneIsKnown(zone, this.#nowMs());
    this.#untold.delete(zone);
  }
}

/** Lets a history happen. */
export async function simulate({
  seed,
  lengthMs = LENGTH_MS,
  pauses = 1,
  faults,
  isTold = false,
}: SimulationOptions): Promise<SimulationReport> {
  const chance = random(seed);
  const fork = (name: string): Random => chance.fork(name);
  const beginning = fork('beginning');
  const startMs = Date.UTC(
    2026,
    beginning.whole(0, 11),
    beginning.whole(1, 28),
    beginning.whole(0, 23),
    0,
    0,
    0,
  );
  const timeline = new Timeline(startMs);
  const computer = new Computer(timeline, fork('computer'));
  const habit = beginning.pick(HABITS);
  const isClean = beginning.chance(0.15);
  const naming = beginning.pick(['numbers', 'dates'] as const);
  const broker = new SimulatedBroker(computer, fork('broker'), habit, isClean);
  const history: string[] = [];
  const note = (text: string): void => {
    if (isTold) history.push(`${new Date(computer.steadyMs()).toISOString()} ${text}`);
  };
  note(`${habit.name}, ${isClean ? 'clean' : 'persistent'} session, rotated files have ${naming}`);
  const truth = newTruth();
  const panel = new Panel(truth, broker, computer.steadyMs);
  for (const zone of ZONES) {
    panel.say(zone, zone === 'armed');
    truth.zoneIsKnown(zone, 0);
  }
  const owned = fork('owned').chance(0.5) ? new OwnedZones(computer, broker, note) : undefined;
  const bridge = new Bridge(computer, broker, fork('bridge'), owned, note);
  const errors: string[] = [];
  computer.disk.writeFileSync(LOG_PATH, '');
  bridge.start();
  await timeline.pass(10_000);
  const middles = fork('middles');
  // heyu's stamps are of the wall clock, what is true is not
  const dated: Truth = {
    ...truth,
    note: (meaning, place, at) => truth.note(meaning, place, at + computer.backMs),
  };
  const heyu = startHeyu(LOG_PATH, dated, naming, {
    files: computer.disk,
    wallMs: computer.wallMs,
    // the log may be rotated while heyu is in the middle of a message, which goes to the renamed file then
    pause: async (ms) => {
      await timeline.sleep(ms / 2, computer.heyu);
      if (middles.chance(0.3)) heyu.rotate(middles.pick(['rename', 'create']));
      await timeline.sleep(ms / 2, computer.heyu);
    },
    pack: (content) => content,
  });
  const plan = planTraffic(fork('traffic'), {
    lengthMs,
    naming,
    rotationEveryMs: beginning.pick([3000, 10_000, 30_000]),
    mayDelete: false,
    pauseEveryMs: 20_000,
  });
  const planned =
    faults ?? planFaults(fork('faults'), lengthMs, { pauses, hasOwnedZones: owned !== undefined });
  const permitted: Permitted[] = [];
  const quiet: Quiet = { waiting: [], isOver: false };
  const untilQuiet = (): Promise<void> =>
    quiet.isOver ? Promise.resolve() : new Promise((resolve) => void quiet.waiting.push(resolve));
  const stage = { timeline, computer, broker, bridge, panel, heyu, permitted, untilQuiet, note };
  const { counts, rest } = startFaults(planned, stage);
  const playing = play(plan, {
    timeline,
    computer,
    bridge,
    heyu,
    panel,
    note,
    chance: fork('pauses'),
    quiet,
  });
  try {
    await timeline.until(playing);
    await timeline.until(rest());
    note('everything runs again');
    if (fork('end').chance(0.3)) {
      note('the last: broker killed');
      broker.stop(true);
      await timeline.pass(1000);
      broker.start();
      panel.sayAll();
    }
    await timeline.pass(REST_MS);
  } catch (error) {
    errors.push(`thrown: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  }
  // what was first cannot be told of times that the clock has shown twice
  const isShownTwice = (at: number): boolean => computer.twice.some(({ from, to }) => from <= at && at <= to);
  const checkpoints = bridge.checkpoints.filter(({ at }) => !isShownTwice(at));
  const published = datedSteadily(broker.published, truth, computer);
  const verdict = judge(truth, published, bridge.damages, checkpoints, {
    visits: broker.visits,
    deaths: bridge.deaths,
    pauses: bridge.pauses,
    permitted,
  });
  const retained = new Map(broker.retained);
  for (const [alias, heardAt] of truth.heardAt) {
    const topic = `${BASE}/${alias}/last_seen`;
    const seen = Date.parse(retained.get(topic) ?? '');
    // what is remembered moves with the clock, and is said again
    const same = computer.setBacks.find(({ backMs }) => Math.abs(seen + backMs - heardAt) <= SAME_MS);
    const at = same === undefined ? steadyOf(seen, heardAt, computer) : heardAt;
    if (!Number.isNaN(seen)) retained.set(topic, iso(at));
  }
  // without its checkpoint a bridge cannot know that a log which is not there was there before, and heyu is silent by now
  const isNew = bridge.damages.length > 0 && !computer.disk.existsSync(LOG_PATH);
  if (isNew && retained.get(SOURCE) === 'offline') retained.set(SOURCE, 'online');
  const states = judgeStates(truth, retained, bridge.damages, computer.steadyMs(), permitted);
  errors.push(
    ...opposites(truth, broker, permitted, habit.keepsRetained === 'older'),
    ...announcedAgain(broker, counts),
    ...sentAgain(verdict, counts),
  );
  errors.push(
    ...judgeInstants(
      truth,
      { published, visits: broker.visits },
      { pauses: bridge.pauses, deaths: bridge.deaths, permitted },
      habit.keepsRetained === 'older',
    ),
  );
  errors.push(...(owned?.judge(broker.published, permitted) ?? []));
  if (permitted.some(({ to }) => to === Infinity)) errors.push('what was too old is not settled in the end');
  const { process } = bridge;
  if (process === undefined) errors.push('the bridge does not run in the end');
  else if (timeline.pendingOf(process) > MOST_PENDING)
    errors.push(`${timeline.pendingOf(process)} things are waited for at rest`);
  if (!broker.isReached) errors.push('the bridge is not connected in the end');
  for (const { topic, payload, sentAt, acknowledgedAt } of isTold ? broker.published : []) {
    const answer =
      acknowledgedAt === undefined
        ? 'not acknowledged'
        : `acknowledged after ${Math.round(acknowledgedAt - sentAt)} ms`;
    history.push(`${new Date(sentAt).toISOString()}   ${topic} ${payload.slice(0, 200)} (${answer})`);
  }
  return {
    ...verdict,
    faults: [...errors, ...bridge.errors, ...verdict.faults, ...verdict.missing, ...states],
    seed,
    lengthMs,
    planned,
    counts,
    lines: heyu.lines(),
    passedMs: timeline.nowMs - startMs,
    history: history.sort(),
  };
}

/** Where the bridge says whether it hears heyu. */
const SOURCE = 'x10/bridge/source';

/** A word on its way, and the pause after which a verification goes out. */
const WORD_MS = 4000;

/** A zone is said to be right or unknown, never the opposite. `isRolledBack`: a broker that was killed may have said so itself. */
function opposites(
  truth: Truth,
  { published, visits, connects }: SimulatedBroker,
  permitted: readonly Permitted[],
  isRolledBack: boolean,
): readonly string[] {
  return published.flatMap(({ topic, payload, sentAt }) => {
    const zone = ZONES.find((one) => topic === `x10/zone/${one}/security`);
    if (zone === undefined || payload === 'None' || (isRolledBack && zone === 'changing')) return [];
    if (isPermittedFor(permitted, sentAt, zoneTopicOf(zone), 'zones')) return [];
    // what a link that stood still has held back is old; at each connect the bridge asks again
    const index = visits.findLastIndex((visit) => visit.from <= sentAt);
    const isThawed = sentAt - (visits[index]?.from ?? 0) < WORD_MS;
    const heldSince = isThawed ? (visits[index - 1]?.to ?? 0) : sentAt - WORD_MS;
    const sinceMs = sentAt - Math.max(heldSince, connects.findLast((at) => at <= sentAt) ?? 0);
    const isOpposite =
      payload === 'disarmed'
        ? truth.isArmedThroughout(zone, sentAt - sinceMs, sentAt)
        : !truth.mayBeArmed(zone, sentAt, sinceMs);
    return isOpposite ? [`${zone} is said to be ${payload} at ${new Date(sentAt).toISOString()}`] : [];
  });
}

/** What an earlier connection has left is sent within this time of a connect, ms. */
const LEFT_MS = 50;

/**
 * Home Assistant is told of everything once in a connection, unless it is born, or somebody presses the button. What an
 * earlier connection has left unacknowledged is sent at once, before everything is told.
 */
function announcedAgain(
  { published, connects }: SimulatedBroker,
  counts: ReadonlyMap<string, number>,
): readonly string[] {
  if (counts.has('home assistant is born')) return [];
  const told = published.filter(({ topic }) => topic === 'homeassistant/device/heyu2mqtt_x10/config');
  const again = told.filter((one, index) => {
    const [before, earlier] = [told[index - 1], told[index - 2]];
    if (one.connection !== before?.connection) return false;
    if (earlier === undefined || earlier.connection === one.connection) return true;
    // what was given to a link that stood still has never arrived, and is the first thing in the next connection
    const isLeft = connects.some((at) => at <= before.sentAt && before.sentAt - at < LEFT_MS);
    return earlier.acknowledgedAt !== undefined && !(isLeft && earlier.connection < one.connection - 1);
  });
  return again.map(
    ({ sentAt }) => `a press of the button that waited is obeyed at ${new Date(sentAt).toISOString()}`,
  );
}

/** A process that dies may repeat what was acknowledged within its last write; a power cut all since the checkpoint. */
const REPEATS_PER_DEATH = 3;
/** After these nobody counts: the disk does not have what was acknowledged. */
const REPEATING = [
  'power cut',
  'disk slow',
  'disk full',
  'killed after the disk was full',
  'checkpoint damaged',
  'checkpoint restored',
  'journal of ids damaged',
];

function sentAgain(
  { repeatsOfAcknowledged: repeats }: Verdict,
  counts: ReadonlyMap<string, number>,
): readonly string[] {
  if (REPEATING.some((kind) => counts.has(kind))) return [];
  const deaths = [...counts]
    .filter(([kind]) => /^killed|^down/.test(kind))
    .reduce((sum, [, count]) => sum + 2 * count, 0);
  return repeats <= REPEATS_PER_DEATH * (deaths + 1)
    ? []
    : [`${repeats} acknowledged events were sent again, after ${deaths} deaths at most`];
}

type Stage = {
  readonly timeline: Timeline;
  readonly computer: Computer;
  readonly bridge: Bridge;
  readonly heyu: Heyu;
  readonly panel: Panel;
  readonly note: (text: string) => void;
  readonly chance: Random;
  readonly quiet: Quiet;
};

/** Who waits until heyu is in the middle of nothing; it is over when heyu writes nothing any more. */
type Quiet = { readonly waiting: (() => void)[]; isOver: boolean };

/** How long heyu is silent at a pause, ms. */
const PAUSES_MS = [0, 0, 5000, 20_000, 60_000, 600_000, 3_500_000];

/** An address whose function is lost, and a function that means nobody: the address is too old then, or of another run. */
const LONELY_ADDRESS = { text: 'rcvi addr unit       1 : hu A1  (_no_alias_)', hasStamp: true, meanings: [] };
const LATE_FUNCTION = { text: 'rcvi func           On : hc A', hasStamp: true, meanings: [] };
const ENGINE_STARTED = { text: 'Engine started', hasStamp: true, meanings: [] };

/** Does what is planned. */
async function play(
  plan: readonly Scheduled[],
  { timeline, computer, bridge, heyu, panel, note, chance, quiet }: Stage,
): Promise<void> {
  // heyu's time continues only while the computer is awake
  let mono = computer.monotonicMs();
  let at = 0;
  for (const one of plan) {
    const waitMs = one.at - at - (computer.monotonicMs() - mono);
    if (waitMs > 0) await timeline.sleep(waitMs, computer.heyu);
    else mono = computer.monotonicMs() - (one.at - at);
    mono += one.at - at;
    at = one.at;
    switch (one.kind) {
      case 'message':
        await heyu.write(one.lines, { splitMs: one.splitMs });
        break;
      case 'late':
        heyu.writeLate(one.text);
        break;
      case 'pack':
        heyu.pack(one.but);
        break;
      case 'zone':
        note(`${one.zone} is ${one.isArmed ? 'armed' : 'disarmed'}`);
        panel.say(one.zone, one.isArmed);
        break;
      case 'rotation':
        note(`rotation: ${one.rotation}`);
        if (one.rotation.startsWith('copytruncate')) bridge.truncated();
        heyu.rotate(one.rotation);
        break;
      case 'pause': {
        for (const act of quiet.waiting.splice(0)) act();
        // whoever has waited acts now, and heyu goes on when it may
        await timeline.sleep(0, computer.heyu);
        const ms = chance.pick(PAUSES_MS);
        await heyu.write([LONELY_ADDRESS], { splitMs: 0 });
        if (ms === 0) await heyu.write([ENGINE_STARTED], { splitMs: 0 });
        else {
          note(`heyu is silent for ${ms / 1000} s`);
          await timeline.sleep(ms, computer.heyu);
        }
        await heyu.write([LATE_FUNCTION], { splitMs: 0 });
        mono = computer.monotonicMs();
        break;
      }
    }
  }
  quiet.isOver = true;
  for (const act of quiet.waiting.splice(0)) act();
}
