/**
 * The service: the pure bridge on its ports. Here its parts are put together, started, given new settings and
 * stopped; what each does when something happens stands beside this file (broker-listener, log-listener, waking).
 */

import { placeOf } from '../homeassistant/remembered.js';
import { Outbox } from '../mqtt/outbox.js';
import { stalled } from '../security/connection.js';
import { setBack, snapshot } from '../security/stored.js';
import { acknowledged } from './acknowledged.js';
import { announcing } from './announcing.js';
import { awake } from './awake.js';
import {
  createBridge,
  hideOverdueMotion,
  presentStates,
  reconfigureBridge,
  securityStep,
} from '../bridge/bridge.js';
import { brokerListener, newLinkState } from './broker-listener.js';
import { CHECKPOINT_VERSION, readCheckpoint } from './checkpoint.js';
import { concern, concernIgnored, type Condition } from './condition.js';
import { commandTopics } from './lamp-commands.js';
import { interruptHeartbeats, shiftDeadlines } from '../bridge/core.js';
import { TROUBLES, type Trouble } from '../bridge/health.js';
import { logListener } from './log-listener.js';
import { asked } from './fresh-commands.js';
import { farewell } from '../bridge/messages.js';
import { newLogState } from './log-state.js';
import { progress } from './progress.js';
import { refusals } from './refusals.js';
import { reporting } from './reporting.js';
import { clearObsolete, retainedTopicsOf } from './announcing.js';
import { saving } from './saving.js';
import { sending } from './sending.js';
import type { RunHeyu } from './lamp-commands.js';
import type { Finding } from '../bridge/finding.js';
import type { Broker, Clock, LineSource, Log, Now, StateStore } from '../ports.js';
import type { ServiceSettings } from '../settings.js';
import { leftBy, leftOf, startSource } from './start-source.js';
import { steadyClock } from './steady-clock.js';
import { waking } from './waking.js';

/** The outside world. */
export type ServicePorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: StateStore;
  readonly source: LineSource;
  readonly broker: Broker;
  /** Runs the heyu program; only called with `heyu.control`. `done` gets the reason in words when it failed. */
  readonly runHeyu?: RunHeyu;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** Told of each new status line. */
  readonly status: (text: string) => void;
  /** The trace, where someone looks at it. */
  readonly find?: (finding: Finding) => void;
};

/** The service at work. */
export type Service = {
  /** Resolves when the log is being followed; the broker may come later. */
  readonly start: () => Promise<void>;
  /** Takes new settings without a reconnect; `ports` where log or broker are other ones now. */
  readonly reload: (
    settings: ServiceSettings,
    ports?: { readonly source?: LineSource; readonly broker?: Broker },
  ) => Promise<void>;
  /** Ends within about 2 s: everything is acknowledged, or left before the checkpoint. */
  readonly stop: () => Promise<void>;
  /** The last read pass ended this long ago (ms); for the watchdog. */
  readonly sinceLastPassMs: () => number;
  /** Says all discovery messages again (nightly job). */
  readonly republishDiscovery: () => void;
  /** Publishes and logs what happened since the last summary (daily job). */
  readonly summarise: () => void;
  readonly statusLine: () => string;
  /** Where the configuration on disk has faults, so that an older one is in force; undefined = it has none. */
  readonly configurationFaulty: (where: string | undefined) => void;
};

/** After so long heyu stood still, too, or the clock was set. */
const LONG_STILL_MS = 60_000;

const SETTLE_MS = 1000;
const BROKER_STOP_MS = 700;

/** Makes the service of what the store holds. */
export async function createService(first: ServiceSettings, ports: ServicePorts): Promise<Service> {
  const { clock, log, store } = ports;
  const { checkpoint, damaged } = readCheckpoint(await store.load());
  const taken = acknowledged(store.acknowledged, await store.acknowledged.load());
  if (damaged.length > 0) log.warn({ parts: damaged }, 'parts of the saved state are damaged and left out');

  let settings = first;
  let { source, broker } = ports;
  let isPresented = false;
  let isStopping = false;
  const steady = steadyClock(clock, stepped);
  const life = awake(clock, steady.now, stoodStill);
  const condition: Condition = new Map();
  const link = newLinkState();
  const logState = newLogState(clock.monotonicMs());

  const outbox = new Outbox({ maxAgeMs: settings.core.replayMaxAgeMs }, [
    ...checkpoint.retained,
    ...retainedTopicsOf(settings.core),
  ]);
  const out = sending(
    outbox,
    { broker: () => broker, source: () => source, clock, log },
    taken,
    () => logProgress.check(),
    (topic, reason, why) => refused.refused(topic, reason, why),
  );
  const refused = refusals(outbox, condition, log, life.now, conditionChanged);
  const logProgress = progress(checkpoint, {
    outbox,
    lastSequence: out.lastSequence,
    position: () => source.position(),
    logPath: () => settings.logPath,
    bridge: () => bridge,
    save: () => saves.request(),
  });
  // what is remembered changes from now on, what was settled does not
  const memory = {
    core: structuredClone(checkpoint.settled?.core),
    alerts: checkpoint.settled?.alerts,
    security: checkpoint.security,
  };
  const bridge = createBridge(settings.core, memory, steady.now(), {
    put: (message) => {
      logProgress.changed();
      out.put(logProgress.held(message));
      // motion goes out before what else the line causes is put into words
      out.pump();
    },
    subscribe: (topics) => broker.subscribe(topics),
    unsubscribe: (topics) => broker.unsubscribe(topics),
    persist: () => saves.request(),
    alerted: (id) => logProgress.alerted(id),
    isDelivered: taken.has,
    note: (level, fields, message) => log[level](fields, message),
    trouble: troubleChanged,
    ...(ports.find === undefined ? {} : { find: ports.find }),
  });
  bridge.isBehind = true;
  const seenUntil = Math.max(...(checkpoint.settled?.log.files ?? []).map(({ endSeenAt }) => endSeenAt));
  const aheadMs = seenUntil - steady.now().at;
  // the clock was set back meanwhile: as if no time had passed
  if (aheadMs > 0) shiftDeadlines(bridge.core, -aheadMs);
  for (const trouble of Object.keys(bridge.core.health.troubles)) concern(condition, trouble as Trouble);
  const announcer = announcing(
    settings.core,
    checkpoint.discovery,
    { clock, random: ports.random },
    out.put,
    out.pump,
    () => void saves.request(),
    () => {
      clearObsolete(outbox, settings.core, out.put);
      out.pump();
    },
  );
  let writing = logProgress.extent();
  const saves = saving(
    store,
    () => {
      writing = logProgress.extent();
      return {
        version: CHECKPOINT_VERSION,
        ...logProgress.document(),
        security: snapshot(bridge.security, steady.now()),
        retained: outbox.retainedTopics().filter((topic) => placeOf(topic) === undefined),
        discovery: announcer.remembered(),
      };
    },
    (number) => {
      if (!saves.isFailing()) taken.forget(writing.sequence, writing.isCaughtUp);
      outbox.saved(number);
      logProgress.saved(number);
      out.pump();
    },
    (isFailing) => {
      if (isFailing) concern(condition, 'disk');
      else condition.delete('disk');
      conditionChanged();
    },
    clock,
    log,
  );

  const common = {
    ports,
    settings: () => settings,
    bridge,
    condition,
    outbox,
    out,
    refusals: refused,
    now: life.now,
    isStopping: () => isStopping,
  };
  const reports = reporting({
    ...common,
    isConnected: () => broker.isConnected(),
    link,
    logState,
    summedUp: checkpoint.settled?.core.health.counters ?? {},
  });
  const timer = waking({ ...common, source: () => source, progress: logProgress, reports, logState });
  const { tick, schedule } = timer;
  const toBroker = brokerListener({
    ...common,
    link,
    broker: () => broker,
    announcer,
    isUpToDate: timer.isUpToDate,
    present,
    conditionChanged,
    statusChanged: reports.statusChanged,
    reportBy: reports.reportBy,
    tick,
    schedule,
  });
  const toLog = logListener({
    ...common,
    state: logState,
    progress: logProgress,
    log,
    present,
    conditionChanged,
    pump: out.pump,
    schedule,
  });

  function conditionChanged(): void {
    reports.conditionChanged();
    schedule();
  }

  function troubleChanged(trouble: Trouble, begins: boolean): void {
    if (begins) concern(condition, trouble);
    else condition.delete(trouble);
    // time may have caused it, and no line
    logProgress.changed();
    log[begins ? 'warn' : 'info']({}, begins ? TROUBLES[trouble] : `over: ${TROUBLES[trouble]}`);
    conditionChanged();
  }

  /** The wall clock was set, or the machine was suspended, which looks like a step forward. */
  function stepped(byMs: number, now: Now): void {
    log.warn({ seconds: Math.round(byMs / 1000) }, 'the clock was set');
    if (byMs > 0) stoodStill(byMs, now);
    if (byMs >= 0) return;
    shiftDeadlines(bridge.core, byMs);
    setBack(bridge.security, now);
    bridge.now = now;
  }

  /** What comes from the broker now may have waited for as long: nothing is obeyed or believed before it is asked. */
  function stoodStill(forMs: number, now: Now): void {
    log.info({ seconds: Math.round(forMs / 1000) }, 'stood still, asking for the state of the zones anew');
    stalled(securityStep(bridge, now), forMs);
    if (forMs >= LONG_STILL_MS) interruptHeartbeats(bridge.core, now.at);
    // commands for lamps count from the first pause after the answer on
    link.commands = asked(true, now.mono);
    subscribeToCommands();
  }

  function subscribeToCommands(): void {
    if (broker.isConnected()) broker.subscribe([settings.birthTopic, ...commandTopics(settings.core).keys()]);
  }

  /**
   * Says once what is known of all sensors, as soon as somebody listens and the log has been caught up with: what
   * is remembered of motion may be long over.
   */
  function present(): void {
    if (isPresented || link.isFirstConnect || !logState.isCaughtUp) return;
    isPresented = true;
    presentStates(bridge);
  }

  return {
    start: async () => {
      // what may be published is remembered before it is: a later configuration has to be able to take it back
      saves.request();
      await saves.flush();
      concernIgnored(condition, settings.ignored);
      conditionChanged();
      startSource(source, toLog, leftBy(checkpoint, settings.logPath), settings.logPath, log);
      broker.start(toBroker);
      life.start();
      schedule();
    },
    reload: async (next, others = {}) => {
      const before = settings;
      settings = next;
      announcer.configure(next.core);
      reconfigureBridge(bridge, next.core, steady.now());
      if (others.source !== undefined) {
        await source.stop();
        // the same log is read on from where it was left; of another one only what heyu writes from now on
        const left = leftOf(source, before.logPath);
        source = others.source;
        logState.status = 'starting';
        if (out.isHoldingReader()) source.pause();
        startSource(source, toLog, left, next.logPath, log);
      }
      if (others.broker !== undefined) {
        // a clean end has no last will: who listens there has to be told
        await broker.stop([farewell(before.core.baseTopic)], BROKER_STOP_MS);
        if (link.session !== undefined) toBroker.closed('reconnecting with new settings');
        broker = others.broker;
        broker.start(toBroker);
      }
      // a sensor that comes back may remember a motion that is long over
      hideOverdueMotion(bridge, steady.now());
      presentStates(bridge);
      concernIgnored(condition, settings.ignored);
      conditionChanged();
      if (broker.isConnected()) announcer.announce(false);
      subscribeToCommands();
      saves.request();
      tick();
    },
    stop: async () => {
      await source.stop();
      timer.stop();
      life.stop();
      announcer.stop();
      await out.settleAll(SETTLE_MS);
      isStopping = true;
      logProgress.changed();
      logProgress.capture();
      saves.request();
      await saves.flush();
      await taken.flush();
      log.debug({}, 'state saved');
      await broker.stop([farewell(settings.core.baseTopic)], BROKER_STOP_MS);
    },
    sinceLastPassMs: () => clock.monotonicMs() - source.lastPassAt(),
    republishDiscovery: () => announcer.announce(true),
    summarise: () => {
      reports.summarise();
      schedule();
    },
    statusLine: reports.statusLine,
    configurationFaulty: (where) => {
      if (where === undefined && !condition.has('configuration')) return;
      if (where === undefined) condition.delete('configuration');
      else concern(condition, 'configuration', where);
      conditionChanged();
    },
  };
}
