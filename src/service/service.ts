/**
 * The service: the pure bridge on its ports. Its parts are created, started, given new settings and stopped here; the
 * files beside it (log-side, broker-side, time) contain what each does at an event.
 */

import { MINUTE } from '../common/duration.js';
import { refused, type Refusal } from '../common/error.js';
import { didYouMean } from '../common/text.js';
import {
  createBridge,
  hideOverdueMotion,
  presentStates,
  reconfigureBridge,
  securityStep,
} from '../bridge/bridge.js';
import {
  interruptHeartbeats,
  memoryOf,
  shiftDeadlines,
  skipSilence,
  type Bridge,
  type BridgeSinks,
} from '../bridge/core.js';
import { TROUBLES, type Trouble } from '../bridge/health.js';
import { placeOf } from '../homeassistant/removal.js';
import { Outbox } from '../mqtt/outbox.js';
import type { Broker, LineSource, LogPosition, Now } from '../ports.js';
import { blinded } from '../security/blind.js';
import { codeChecked, locallyCommanded } from '../security/commands.js';
import { stalled } from '../security/connection.js';
import { subscribe } from '../security/security.js';
import { alertsOf, setBack, snapshot } from '../security/stored.js';
import type { CoreSettings, ServiceSettings } from '../core-settings.js';
import { Announcer, retainedTopicsOf } from './announcing.js';
import { BrokerSide } from './broker-side.js';
import {
  Acknowledged,
  CHECKPOINT_VERSION,
  Progress,
  Saving,
  readCheckpoint,
  type Captured,
  type Checkpoint,
} from './checkpoint.js';
import {
  blindnessOf,
  concern,
  concernIgnored,
  NOTHING_SEEN,
  type Condition,
  type Seen,
} from './condition.js';
import { figuresOf, type Figures } from './figures.js';
import { JournalKeeper } from './journal.js';
import { LogSide } from './log-side.js';
import type { Observer, Parts, ServicePorts } from './parts.js';
import { Reports } from './reports.js';
import { Refusals, Sending, type Links } from './sending.js';
import { HeyuTrials } from './heyu-trials.js';
import { Sirens } from './sirens.js';
import { houseStatus, zonesOf, type HouseStatus, type ZoneStatus } from './status.js';
import { Time, type TimeListener } from './time.js';

/** After so long heyu stood still, too, or the clock was set. */
const LONG_STILL_MS = MINUTE;

const SETTLE_MS = 1000;

/** Wants to be called again at a time, monotonic ms; Infinity = when something happens. */
type Wish = { readonly due: (now: Now) => number; readonly tick: (now: Now) => void };

/** Makes the service of what the store holds. */
export async function createService(settings: ServiceSettings, ports: ServicePorts): Promise<Service> {
  const { store, log } = ports;
  const { checkpoint, damaged } = readCheckpoint(await store.load());
  const taken = new Acknowledged(store.acknowledged, await store.acknowledged.load());
  if (damaged.length > 0) log.warn({ parts: damaged }, 'parts of the saved state are damaged and left out');
  const journal = new JournalKeeper(ports.journal, log);
  await journal.load();
  return new Service(settings, ports, { stored: checkpoint, taken, journal });
}

/** What an earlier life has left. */
type Remembered = {
  readonly stored: Checkpoint;
  readonly taken: Acknowledged;
  readonly journal: JournalKeeper;
};

/** The trace comes and goes with those who look at it. */
type Sinks = Omit<BridgeSinks, 'find'> & { find: BridgeSinks['find'] };

/** The service at work. */
export class Service {
  readonly #parts: Parts;
  readonly #sinks: Sinks;
  readonly #stored: Checkpoint;
  readonly #saves: Saving;
  readonly #announcer: Announcer;
  readonly #reports: Reports;
  readonly #journal: JournalKeeper;
  readonly #log: LogSide;
  readonly #sirens: Sirens;
  readonly #trials: HeyuTrials;
  readonly #broker: BrokerSide;
  #isPresented = false;
  /** What the zones were told last of why their sensors may not be heard. */
  #blindness = '';
  /** What is stored of which topics of the outbox; they are seldom others. */
  #retainedOf: { readonly topics: readonly string[]; readonly stored: readonly string[] } = {
    topics: [],
    stored: [],
  };
  /** How far the document goes that is being written. */
  #writing: Progress['extent'];

  constructor(settings: ServiceSettings, ports: ServicePorts, { stored, taken, journal }: Remembered) {
    const { clock, log } = ports;
    this.#stored = stored;
    this.#journal = journal;
    const told: TimeListener = {
      stepped: (byMs, now) => this.#stepped(byMs, now),
      stoodStill: (forMs, now) => this.#stoodStill(forMs, now),
    };
    const time = new Time(clock, told, stored.skipped);
    const links: Links = { source: ports.source, broker: ports.broker };
    const condition: Condition = new Map();
    const retained = [...stored.retained, ...retainedTopicsOf(settings.core)];
    const outbox = new Outbox({ maxAgeMs: settings.core.replayMaxAgeMs }, retained, time.skipped);
    const again = (topics: readonly string[]): void => subscribe(securityStep(bridge, time.now()), topics);
    const refusals = new Refusals(outbox, condition, log, () => time.now(), again);
    const saves = new Saving(
      ports.store,
      () => this.#document(),
      (number) => this.#saved(number),
      clock,
      log,
    );
    const progress = new Progress(stored, outbox, {
      captured: () => this.#captured(),
      wasReadToEnd: () => this.#log.wasReadToEnd,
      delivered: (alert) => void bridge.security.undelivered.delete(alert),
      save: saves.request,
    });
    const settle = (): void => this.#settle();
    const way = { outbox, links, ports, progress, taken, refusals, time, settle };
    const sending = new Sending(way);
    const sinks: Sinks = {
      put: sending.send,
      subscribe: (topics) => links.broker.subscribe(topics),
      unsubscribe: (topics) => links.broker.unsubscribe(topics),
      persist: saves.request,
      alerted: (id) => progress.alerted(id),
      isDelivered: (id) => taken.has(id),
      ageMs: time.skipped.ageMs,
      raised: (alert) => {
        const zone = typeof alert['zone'] === 'string' ? alert['zone'] : '';
        if (alert['kind'] !== 'trouble') seen.alerts.set(zone, (seen.alerts.get(zone) ?? 0) + 1);
        ports.onAlert?.(alert, (failure) => {
          concern(condition, 'on_alert', failure ?? false);
          // it may say so at once, within the step that has raised the alert and is not at its end
          queueMicrotask(settle);
        });
      },
      checkCode: (asked) => void this.#checkCode(asked),
      zoneStands: (zone, how) => journal.zoneStands(bridge.security, zone, how, bridge.now.at),
      judged: (verdict) => journal.judged(verdict, bridge.now.at),
      note: (level, fields, message) => log[level](fields, message),
      trouble: (trouble, begins) => this.#troubleChanged(trouble, begins),
      find: ports.find,
    };
    this.#sinks = sinks;
    const bridge = remembering(stored, settings, time.moment(), sinks);
    for (const trouble of Object.keys(bridge.core.health.troubles)) concern(condition, trouble as Trouble);
    this.#saves = saves;
    this.#writing = progress.extent;
    const { at: startedAt } = time.moment();
    const seen: Seen = { startedAt, ...NOTHING_SEEN, alerts: new Map() };
    const own = { settings, isStopping: false, observer: undefined };
    this.#parts = { ...way, ...own, time, bridge, sending, condition, seen };
    this.#announcer = new Announcer(this.#parts, stored, saves.request);
    this.#sirens = new Sirens(this.#parts, stored.sirens, saves.request);
    this.#trials = new HeyuTrials(this.#parts);
    this.#log = new LogSide(this.#parts);
    this.#reports = new Reports(this.#parts, stored.settled?.core.health.counters);
    this.#broker = new BrokerSide(this.#parts, this.#log, this.#announcer, this.#reports);
  }

  /** Resolves when the log is being followed; the broker may come later. */
  async start(): Promise<void> {
    const { condition, links, settings, time } = this.#parts;
    // what may be published is remembered before it is: a later configuration has to be able to take it back
    this.#saves.request();
    await this.#saves.flush();
    concernIgnored(condition, settings.ignored);
    this.#journal.begin('start', settings.core, time.now());
    this.#log.start(this.#stored);
    this.#broker.listen(time.now());
    links.broker.start(this.#broker);
    time.start();
    this.#settle();
  }

  /** Takes new settings without a reconnect; `others` where log or broker are other ones now. */
  async reload(
    settings: ServiceSettings,
    others: { readonly source?: LineSource; readonly broker?: Broker } = {},
  ): Promise<void> {
    const { bridge, links, time, condition } = this.#parts;
    const before = this.#parts.settings;
    this.#parts.settings = settings;
    this.#announcer.configure(settings.core);
    this.#journal.begin('reload', settings.core, time.now());
    reconfigureBridge(bridge, settings.core, time.now());
    this.#broker.listen(time.now());
    if (others.source !== undefined) await this.#log.replace(others.source, before.logPath);
    if (others.broker !== undefined) await this.#broker.replace(others.broker, before.core.baseTopic);
    // a sensor that comes back may remember a motion that is long over
    hideOverdueMotion(bridge, time.now());
    presentStates(bridge);
    concernIgnored(condition, settings.ignored);
    this.#trials.restart(time.now());
    this.#reports.restate();
    if (links.broker.isConnected()) this.#announcer.announce(false);
    this.#saves.request();
    this.#settle();
  }

  /** Ends within about 2 s: everything is acknowledged, or left before the checkpoint. */
  async stop(): Promise<void> {
    const { links, time, sending, progress, taken, ports } = this.#parts;
    await links.source.stop();
    time.stop();
    this.#announcer.stop();
    await sending.settleAll(SETTLE_MS);
    // a clock that was set has moved what is captured now
    const { at } = time.now();
    this.#parts.isStopping = true;
    progress.isChanged = true;
    progress.tick();
    this.#saves.request();
    await this.#saves.flush();
    await taken.flush();
    ports.log.debug({}, 'state saved');
    await this.#journal.stop(at);
    await this.#broker.stop();
  }

  /** The last read pass ended this long ago (ms); for the watchdog. */
  sinceLastPassMs(): number {
    const { ports, links } = this.#parts;
    return ports.clock.monotonicMs() - links.source.lastPassAt();
  }

  /** Says all discovery messages again (nightly job). */
  republishDiscovery(): void {
    this.#announcer.announce(true);
  }

  /** Publishes and logs what happened since the last summary (daily job). */
  summarise(): void {
    this.#reports.summarise();
    this.#settle();
  }

  statusLine(): string {
    return this.#reports.statusLine();
  }

  /** The house at a glance. */
  status(): HouseStatus {
    const { time } = this.#parts;
    return houseStatus(this.#parts, time.now());
  }

  /**
   * Root at this machine arms or disarms a zone: how it and the zones that it sums up stand then, once that is on disk; or
   * why it was not done. Needs no broker.
   */
  async commandZone(
    name: string,
    command: Parameters<typeof locallyCommanded>[2],
  ): Promise<{ readonly ok: true; readonly zones: readonly ZoneStatus[] } | Refusal> {
    const { bridge, time } = this.#parts;
    const zone = bridge.security.zones.get(name);
    if (zone === undefined)
      return refused('there is no such zone', didYouMean(name, [...bridge.security.zones.keys()]));
    const problem = locallyCommanded(securityStep(bridge, time.now()), zone, command);
    if (problem !== undefined)
      return refused(problem, 'another program keeps its state: arm and disarm it there');
    this.#settle();
    this.#saves.request();
    await this.#saves.flush();
    const names = [name, ...zone.settings.members];
    const zones = zonesOf(bridge, time.now()).filter((each) => names.includes(each.zone));
    return { ok: true, zones };
  }

  /** Tries whether heyu can be commanded: why not, in words. Only with `heyu.control`. */
  async tryHeyu(): Promise<string | undefined> {
    return this.#trials.now();
  }

  async #checkCode({
    zone,
    code,
    startedMono,
  }: Parameters<NonNullable<BridgeSinks['checkCode']>>[0]): Promise<void> {
    const { ports, bridge, time } = this.#parts;
    const result = await Promise.resolve(ports.checkCode?.(zone, code)).then(
      (by) => (by === undefined ? 'wrong' : { by }),
      () => 'failed' as const,
    );
    if (this.#parts.isStopping) return;
    codeChecked(securityStep(bridge, time.now()), zone, startedMono, result);
    this.#settle();
  }

  /** Something outside of the service is wrong, with details; undefined = it is not, or not any more. */
  concerned(what: 'configuration' | 'page', details: string | undefined): void {
    concern(this.#parts.condition, what, details ?? false);
    this.#settle();
  }

  /** Sets the observer, undefined = none. It costs time, as the trace does. */
  observe(observer: Observer | undefined): void {
    const { find } = this.#parts.ports;
    this.#parts.observer = observer;
    this.#sinks.find =
      observer === undefined || find === undefined
        ? (observer?.find ?? find)
        : (finding) => {
            find(finding);
            observer.find(finding);
          };
  }

  /** What can be measured. */
  figures(): Figures {
    return figuresOf(this.#parts, this.#parts.time.moment().at);
  }

  /** What is in force. */
  get settings(): ServiceSettings {
    return this.#parts.settings;
  }

  /** Up to where the log has been read. */
  position(): LogPosition {
    return this.#parts.links.source.position();
  }

  /** What follows every change: does what is due, says and sends what is new, and asks to be woken. */
  #settle(): void {
    const { isStopping, time, sending, refusals, progress, condition, links } = this.#parts;
    if (isStopping) return;
    const now = time.now();
    this.#present();
    this.#guard(now);
    const wishes: readonly Wish[] = [
      ...[progress, this.#log, this.#sirens, this.#trials, this.#reports],
      ...[sending, refusals],
    ];
    for (const wish of wishes) if (now.mono >= wish.due(now)) wish.tick(now);
    this.#reports.settle(now);
    this.#journal.settle(condition, links.broker.isConnected(), now);
    sending.send();
    const due = Math.min(...wishes.map((wish) => wish.due(now)));
    time.wakeAt(due, () => this.#settle());
    this.#parts.observer?.changed();
  }

  /** Tells the zones why their sensors may not be heard, when that is another reason than before. */
  #guard(now: Now): void {
    const { condition, bridge } = this.#parts;
    const reasons = blindnessOf(condition);
    if (reasons.join() === this.#blindness) return;
    this.#blindness = reasons.join();
    blinded(securityStep(bridge, now), reasons);
  }

  /**
   * Says once what is known of all sensors, as soon as somebody listens and the log has been caught up with: what
   * is remembered of motion may be long over.
   */
  #present(): void {
    const { bridge, seen } = this.#parts;
    if (this.#isPresented || seen.session === undefined || !this.#log.isCaughtUp) return;
    this.#isPresented = true;
    presentStates(bridge);
  }

  #captured(): Captured {
    const { bridge, links, settings, time } = this.#parts;
    return {
      at: time.moment().at,
      log: links.source.position(),
      logPath: settings.logPath,
      setBacks: bridge.setBacks,
      core: structuredClone(memoryOf(bridge.core)),
      alerts: alertsOf(bridge.security),
    };
  }

  #document(): Checkpoint {
    const { progress, bridge, outbox, time } = this.#parts;
    this.#writing = progress.extent;
    return {
      version: CHECKPOINT_VERSION,
      ...progress.document,
      security: snapshot(bridge.security, time.moment()),
      retained: this.#retained(outbox.retainedTopics()),
      discovery: this.#announcer.remembered,
      takenBack: this.#announcer.takenBack,
      sirens: this.#sirens.remembered,
      skipped: time.skipped.remembered,
    };
  }

  /** What is stored of these topics: what was told to Home Assistant stands by itself. */
  #retained(topics: readonly string[]): readonly string[] {
    if (this.#retainedOf.topics !== topics)
      this.#retainedOf = { topics, stored: topics.filter((topic) => placeOf(topic) === undefined) };
    return this.#retainedOf.stored;
  }

  /** Everything up to this number is on disk, or has failed to get there. */
  #saved(number: number): void {
    const { progress, outbox, taken, condition } = this.#parts;
    const isFailing = this.#saves.isFailing();
    concern(condition, 'disk', isFailing);
    if (!isFailing) taken.forget(this.#writing.sequence, this.#writing.wasReadToEnd);
    outbox.saved(number);
    progress.saved(number);
    this.#settle();
  }

  #troubleChanged(trouble: Trouble, begins: boolean): void {
    const { condition, progress, ports } = this.#parts;
    concern(condition, trouble, begins);
    // time may have caused it, and no line
    progress.isChanged = true;
    ports.log[begins ? 'warn' : 'info']({}, begins ? TROUBLES[trouble] : `over: ${TROUBLES[trouble]}`);
  }

  /** The wall clock was set, or the machine was suspended, which looks like a step forward. */
  #stepped(byMs: number, now: Now): void {
    const { ports, bridge, outbox, progress } = this.#parts;
    ports.log.warn({ seconds: Math.round(byMs / 1000) }, 'the clock was set');
    // what the next life must not take for older than it is
    this.#saves.request();
    if (byMs > 0) {
      skipSilence(bridge.core, byMs);
      this.#stoodStill(byMs, now);
      return;
    }
    shiftDeadlines(bridge.core, byMs);
    // the moment on disk is of the old clock: one that dies much later could not tell how long ago it was
    progress.isChanged = true;
    outbox.clockSetBack(-byMs);
    bridge.setBacks = [-byMs, ...bridge.setBacks.map((backMs) => backMs - byMs)];
    setBack(bridge.security, now, -byMs);
    bridge.now = now;
  }

  /** What comes from the broker now may have waited for as long: nothing is obeyed or believed before it is asked. */
  #stoodStill(forMs: number, now: Now): void {
    const { ports, bridge, outbox, sending } = this.#parts;
    ports.log.info(
      { seconds: Math.round(forMs / 1000) },
      'the process stood still: asking for the state of the zones again',
    );
    this.#log.stoodStill();
    // an ON that waits to be sent must not go out for a motion that is over
    if (outbox.counts().waiting > 0 || outbox.isRepublishing)
      sending.together(() => hideOverdueMotion(bridge, now));
    stalled(securityStep(bridge, now), forMs);
    if (forMs >= LONG_STILL_MS) interruptHeartbeats(bridge.core, now.at);
  }
}

/** The bridge as it was left. */
function remembering(
  { settled, security }: Checkpoint,
  { core: settings }: ServiceSettings,
  now: Now,
  sinks: BridgeSinks,
): Bridge {
  // what is remembered changes from now on, what was settled does not
  const memory = { core: structuredClone(settled?.core), alerts: settled?.alerts, security };
  const bridge = createBridge(settings, memory, now, sinks);
  bridge.isBehind = true;
  bridge.setBacks = settled?.setBacks ?? [];
  // a file that was rotated may be of a time before the clock was set back once already
  const { at = Math.max(...(settled?.log.files ?? []).map(({ endSeenAt }) => endSeenAt)) } = settled ?? {};
  const aheadMs = at - now.at;
  // the clock was set back meanwhile: as if no time had passed
  if (aheadMs > 0) shiftDeadlines(bridge.core, -aheadMs);
  return bridge;
}

/** What must start again. `process`: the owner has to restart the service. */
export type Restart = 'broker' | 'log' | 'process';

/** The settings that a restart may be needed for. */
export type Restarted = {
  readonly mqtt: object;
  readonly heyu: object;
  readonly stateDir: string;
  readonly core: Pick<CoreSettings, 'baseTopic' | 'bridgeId'>;
};

const RESTARTS: Readonly<Record<Restart, (settings: Restarted) => unknown>> = {
  // the last will stands on the base topic
  broker: ({ mqtt, core }) => [mqtt, core.baseTopic],
  log: ({ heyu }) => heyu,
  process: ({ stateDir, core }) => [stateDir, core.bridgeId],
};

/** What has to begin again so that all of `after` counts; the rest counts at once (`reload`). The settings are plain data. */
export function changes(before: Restarted, after: Restarted): ReadonlySet<Restart> {
  const kinds = Object.keys(RESTARTS) as Restart[];
  return new Set(
    kinds.filter((kind) => JSON.stringify(RESTARTS[kind](before)) !== JSON.stringify(RESTARTS[kind](after))),
  );
}
