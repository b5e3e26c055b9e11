/**
 * The loop: the pure bridge on its ports. It owns the bridge's state and ONE timer for the earliest wish for
 * time. Everything that can be told without a clock or a port lives elsewhere in this folder.
 */

import type { Now } from '../now.js';
import type { LineListener } from '../ports.js';
import { placeOf } from '../homeassistant/remembered.js';
import { createOutbox } from '../mqtt/outbox.js';
import { bridgeTopic } from '../mqtt/topics.js';
import { setBack, snapshot, stalled } from '../security/security.js';
import { announcing } from './announcing.js';
import {
  advanceBridge,
  createBridge,
  hearLine,
  isAdvanceDue,
  nextWakeMono,
  presentStates,
  reconfigureBridge,
  securityStep,
  wakeZones,
} from './bridge.js';
import { brokerListener, newLinkState } from './broker-listener.js';
import { CHECKPOINT_VERSION, readCheckpoint, type Checkpoint } from './checkpoint.js';
import { commandTopics } from './controlling.js';
import { concern, type Condition } from './condition.js';
import { shiftDeadlines } from './core.js';
import { TROUBLES } from './health.js';
import { sayIncident, sayStatus } from './log-words.js';
import { infoOf, statusOf, summaryOf, unmappedOf, type Surroundings } from './report.js';
import { retainedTopicsOf } from './retained-topics.js';
import { progress } from './progress.js';
import { saving } from './saving.js';
import { sending } from './sending.js';
import type { Service, ServicePorts, ServiceSettings } from './service-types.js';
import { steadyClock } from './steady-clock.js';

const CHECKPOINT_MS = 5000;
const INFO_MS = 60_000;
const SOON_MS = 1000;
const EXPIRE_MS = 60_000;
const LOOK_MS = 1000;
/** How often the process notices that it is alive, and how much later than that means that it stood still. */
const BEAT_MS = 2000;
const STALL_MS = 2000;
const SETTLE_MS = 1000;
const BROKER_STOP_MS = 700;

/** Makes the service of what the store holds. */
export async function createService(first: ServiceSettings, ports: ServicePorts): Promise<Service> {
  const { clock, log, store } = ports;
  let settings = first;
  let { source, broker } = ports;
  const { checkpoint, damaged } = readCheckpoint(await store.load());
  if (damaged.length > 0) log.warn({ parts: damaged }, 'parts of the saved state are damaged and left out');

  const steady = steadyClock(clock, (byMs, now) => stepped(byMs, now));
  const startedAt = clock.wallMs();
  const condition: Condition = new Map();
  // what is remembered changes from now on, what was settled does not
  const memory = {
    core: structuredClone(checkpoint.settled?.core),
    alerts: checkpoint.settled?.alerts,
    security: checkpoint.security,
  };
  let logStatus: Surroundings['logStatus'] = 'starting';
  let isCaughtUp = false;
  let isPresented = false;
  let isLooking = false;
  let beatMono = clock.monotonicMs();
  let callOffBeat = (): void => undefined;
  let lookedMono = 0;
  let isStopping = false;
  let lastLineMono = clock.monotonicMs();
  let checkpointDue = Infinity;
  let infoDue = clock.monotonicMs();
  let timerDue = Infinity;
  let callOffTimer = (): void => undefined;
  let summedUp = checkpoint.settled?.core.health.counters ?? {};
  let expiredBefore = 0;

  const outbox = createOutbox({ maxAgeMs: settings.core.replayMaxAgeMs }, [
    ...checkpoint.retained,
    ...retainedTopicsOf(settings.core),
  ]);
  const out = sending(
    outbox,
    { broker: () => broker, source: () => source, clock, log },
    () => logProgress.check(),
    (topic, reason) => {
      if (concern(condition, 'refused_topics', topic))
        log.warn({ topic, reason }, 'the broker refuses a topic');
      conditionChanged();
    },
  );
  const logProgress = progress(checkpoint, {
    outbox,
    lastSequence: out.lastSequence,
    position: () => source.position(),
    bridge: () => bridge,
    save: () => saves.request(),
  });
  const bridge = createBridge(settings.core, memory, steady.now(), {
    put: (message) => {
      logProgress.changed();
      out.put(logProgress.held(message));
    },
    subscribe: (topics) => broker.subscribe(topics),
    unsubscribe: (topics) => broker.unsubscribe(topics),
    persist: () => saves.request(),
    alerted: (id) => logProgress.alerted(id),
    note: (level, fields, message) => log[level](fields, message),
    trouble: (trouble, begins) => {
      if (begins) concern(condition, trouble);
      else condition.delete(trouble);
      log[begins ? 'warn' : 'info']({}, begins ? TROUBLES[trouble] : `over: ${TROUBLES[trouble]}`);
      conditionChanged();
    },
    ...(ports.find === undefined ? {} : { find: ports.find }),
  });
  bridge.isBehind = true;
  for (const trouble of Object.keys(bridge.core.health.troubles))
    concern(condition, trouble as keyof typeof TROUBLES);
  const announcer = announcing(
    settings.core,
    checkpoint.discovery,
    { clock, random: ports.random },
    out.put,
    out.pump,
    () => void saves.request(),
    clearObsolete,
  );

  const document = (): Checkpoint => ({
    version: CHECKPOINT_VERSION,
    ...logProgress.document(),
    security: snapshot(bridge.security, steady.now()),
    retained: outbox.retainedTopics().filter((topic) => placeOf(topic) === undefined),
    discovery: announcer.remembered(),
  });
  const saves = saving(
    store,
    document,
    (number) => {
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

  function stepped(byMs: number, now: Now): void {
    log.warn({ seconds: Math.round(byMs / 1000) }, 'the clock was set');
    if (byMs > 0) stoodStill(byMs, now);
    if (byMs >= 0) return;
    shiftDeadlines(bridge.core, byMs);
    setBack(bridge.security, now);
    bridge.now = now;
  }

  /** A machine that was suspended, or a process that was stopped: zones may have changed meanwhile. */
  function stoodStill(forMs: number, now: Now): void {
    log.info({ seconds: Math.round(forMs / 1000) }, 'stood still, asking for the state of the zones anew');
    securityStep(bridge, now, (security, emit) => stalled(security, forMs, now, emit));
  }

  /** The moment of something that happens now, after what has to be known first: did time stand still? */
  function nowAwake(): Now {
    const now = steady.now();
    const sinceMs = now.mono - beatMono;
    beatMono = Math.max(beatMono, now.mono - BEAT_MS);
    if (sinceMs > BEAT_MS + STALL_MS) stoodStill(sinceMs, now);
    return now;
  }

  function beat(): void {
    nowAwake();
    beatMono = clock.monotonicMs();
    callOffBeat = clock.after(BEAT_MS, beat);
  }

  /** Everything that heyu has written was read at the last look, and will be at the next. */
  function isUpToDate(): boolean {
    return isCaughtUp && !out.isHoldingReader();
  }

  /**
   * Says once what is known of all sensors, as soon as somebody listens and the log has been caught up with: what
   * is remembered of motion may be long over.
   */
  function present(): void {
    if (isPresented || link.isFirstConnect || !isCaughtUp) return;
    isPresented = true;
    presentStates(bridge);
  }

  function around(): Surroundings {
    return {
      logPath: settings.logPath,
      logStatus,
      isConnected: broker.isConnected(),
      session: link.session,
      sessionKind: settings.sessionKind,
      startedAt,
      outbox: outbox.counts(),
    };
  }

  const own = (topic: Parameters<typeof bridgeTopic>[1], payload: string, isAvailability = false): void =>
    out.put({
      kind: isAvailability ? 'availability' : 'state',
      topic: bridgeTopic(settings.core.baseTopic, topic),
      payload,
    });

  function conditionChanged(): void {
    own('source', condition.has('log_unreadable') || isFirstMissing() ? 'offline' : 'online', true);
    own('problem', condition.size > 0 ? 'ON' : 'OFF');
    own('takeover', condition.has('takeover') ? 'ON' : 'OFF');
    infoDue = Math.min(infoDue, clock.monotonicMs() + SOON_MS);
    ports.status(statusOf(bridge, condition, around()));
    out.pump();
    schedule();
  }

  /** Never there since the state directory is new: nothing proves that heyu is set up at all (decision 12). */
  function isFirstMissing(): boolean {
    return logStatus === 'missing' && condition.get('log_missing') === NEVER_THERE;
  }

  function publishReports(now: Now): void {
    infoDue = now.mono + INFO_MS;
    own('info', infoOf(bridge, condition, around()));
    if (bridge.core.unmappedChanged) {
      bridge.core.unmappedChanged = false;
      own('unmapped', unmappedOf(bridge));
    }
    ports.status(statusOf(bridge, condition, around()));
    const { expired } = outbox.counts();
    if (expired > expiredBefore) {
      log.warn({ events: expired - expiredBefore }, 'events were too old to be sent and were dropped');
      bridge.core.health.counters.expired += expired - expiredBefore;
      expiredBefore = expired;
    }
  }

  function watchQuiet(now: Now): void {
    const { quietAfterMs } = settings.core;
    if (quietAfterMs === 0 || condition.has('log_quiet') || now.mono - lastLineMono < quietAfterMs) return;
    concern(condition, 'log_quiet');
    log.warn({ hours: Math.round(quietAfterMs / 3_600_000) }, 'heyu has written nothing for long');
    conditionChanged();
  }

  /** Does whatever is due. */
  function tick(): void {
    if (isStopping) return;
    const now = steady.now();
    wakeZones(bridge, now);
    if (isUpToDate() && isAdvanceDue(bridge, now)) lookFirst(now);
    if (now.mono >= checkpointDue) {
      checkpointDue = Infinity;
      logProgress.capture();
    }
    if (now.mono >= infoDue) publishReports(now);
    if (out.isHoldingReader()) out.expire();
    watchQuiet(now);
    out.pump();
    schedule();
  }

  /**
   * A deadline is due. What heyu has written in the meantime may change it, although nobody has told us of it yet:
   * a machine that was suspended hears its timers first, and network file systems give no notice at all. So the
   * deadline waits for the end of the log (`end`), but not for long: there may be no log.
   */
  function lookFirst(now: Now): void {
    if (!isLooking) {
      isLooking = true;
      lookedMono = now.mono;
      source.look();
    } else if (now.mono >= lookedMono + LOOK_MS) {
      isLooking = false;
      advanceBridge(bridge, now);
    }
  }

  /** Sets the one timer, if it has to ring earlier than it would. */
  function schedule(): void {
    if (isStopping) return;
    const now = { at: clock.wallMs(), mono: clock.monotonicMs() };
    if (logProgress.isChanged() && checkpointDue === Infinity) checkpointDue = now.mono + CHECKPOINT_MS;
    const wake = nextWakeMono(bridge, now, isUpToDate() && !isLooking);
    const { quietAfterMs } = settings.core;
    const due = Math.min(
      checkpointDue,
      infoDue,
      wake ?? Infinity,
      isLooking ? lookedMono + LOOK_MS : Infinity,
      out.isHoldingReader() ? now.mono + EXPIRE_MS : Infinity,
      quietAfterMs > 0 && !condition.has('log_quiet') ? lastLineMono + quietAfterMs : Infinity,
    );
    if (due >= timerDue) return;
    callOffTimer();
    timerDue = due;
    callOffTimer = clock.after(Math.max(0, due - now.mono), () => {
      timerDue = Infinity;
      tick();
    });
  }

  const lines: LineListener = {
    line: (line) => {
      isCaughtUp = false;
      const { mono } = nowAwake();
      lastLineMono = mono;
      logProgress.changed();
      hearLine(bridge, line, { at: line.readAt, mono });
      out.pump();
      if (condition.has('log_quiet')) {
        condition.delete('log_quiet');
        log.info({}, 'heyu writes again');
        conditionChanged();
      }
    },
    end: () => {
      if (isStopping) return;
      isCaughtUp = true;
      isLooking = false;
      bridge.isBehind = false;
      advanceBridge(bridge, steady.now());
      present();
      logProgress.captureFirst();
      out.pump();
      schedule();
    },
    generation: logProgress.begun,
    status: (status) => {
      const before = logStatus;
      logStatus = status.kind;
      condition.delete('log_missing');
      condition.delete('log_unreadable');
      sayStatus(log, status, before === 'starting');
      if (status.kind === 'missing')
        concern(condition, 'log_missing', status.existedBefore ? '' : NEVER_THERE);
      if (status.kind === 'unreadable') concern(condition, 'log_unreadable', status.hint);
      // what cannot be read cannot be waited for
      if (status.kind !== 'following') {
        isCaughtUp = true;
        bridge.isBehind = false;
      }
      present();
      conditionChanged();
    },
    incident: (incident) => sayIncident(log, incident),
  };

  const link = newLinkState();
  const listener = brokerListener({
    link,
    settings: () => settings,
    ports,
    broker: () => broker,
    bridge,
    outbox,
    out,
    announcer,
    condition,
    now: nowAwake,
    isStopping: () => isStopping,
    isUpToDate,
    present,
    conditionChanged,
    statusChanged: () => ports.status(statusOf(bridge, condition, around())),
    reportBy: (mono) => {
      infoDue = Math.min(infoDue, mono);
    },
    tick,
    schedule,
  });

  /** Deletes the retained copies of what this configuration does not publish any more. */
  function clearObsolete(): void {
    const expected = retainedTopicsOf(settings.core);
    for (const topic of outbox.retainedTopics()) {
      if (!expected.has(topic) && placeOf(topic) === undefined)
        out.put({ kind: 'state', topic, payload: '', force: true });
    }
    out.pump();
  }

  async function settleAll(): Promise<void> {
    const until = clock.monotonicMs() + SETTLE_MS;
    while (broker.isConnected() && !outbox.isSettledUpTo(out.lastSequence()) && clock.monotonicMs() < until) {
      out.pump();
      await new Promise<void>((resolve) => void clock.after(10, resolve));
    }
  }

  return {
    start: async () => {
      // what may be published is remembered before it is: a later configuration has to be able to take it back
      saves.request();
      await saves.flush();
      conditionChanged();
      source.start(lines, checkpoint.settled?.log, checkpoint.generations);
      broker.start(listener);
      beat();
      schedule();
    },
    reload: async (next, others = {}) => {
      settings = next;
      announcer.configure(next.core);
      reconfigureBridge(bridge, next.core, steady.now());
      if (others.source !== undefined) {
        await source.stop();
        source = others.source;
        logStatus = 'starting';
        source.start(lines, undefined, []);
      }
      if (others.broker !== undefined) {
        const { broker: old } = { broker };
        await old.stop([], BROKER_STOP_MS);
        if (link.session !== undefined) listener.closed('reconnecting with new settings');
        broker = others.broker;
        broker.start(listener);
      }
      presentStates(bridge);
      conditionChanged();
      if (broker.isConnected()) {
        announcer.announce(false);
        const devices = [...commandTopics(next.core).keys()];
        if (devices.length > 0) broker.subscribe(devices);
      }
      saves.request();
      tick();
    },
    stop: async () => {
      await source.stop();
      callOffTimer();
      callOffBeat();
      announcer.stop();
      out.pump();
      await settleAll();
      isStopping = true;
      const now = steady.now();
      logProgress.changed();
      logProgress.capture();
      saves.request();
      await saves.flush();
      log.debug({ at: now.at }, 'state saved');
      const topic = bridgeTopic(settings.core.baseTopic, 'status');
      await broker.stop([{ topic, payload: 'offline', retain: true }], BROKER_STOP_MS);
    },
    sinceLastPassMs: () => clock.monotonicMs() - source.lastPassAt(),
    republishDiscovery: () => announcer.announce(true),
    summarise: () => {
      const { counters } = bridge.core.health;
      const summary = summaryOf(counters, summedUp);
      summedUp = { ...counters };
      log.info(summary, 'summary');
      own('summary', JSON.stringify(summary));
      out.pump();
    },
    statusLine: () => statusOf(bridge, condition, around()),
  };
}

const NEVER_THERE = 'it was never there';
