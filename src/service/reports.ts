/**
 * The reports of the bridge about itself: its problems at once, `bridge/info` and `bridge/unmapped` from time to time,
 * `bridge/summary` once a day, and the status line.
 */

import { MINUTE } from '../common/duration.js';
import type { Bridge } from '../bridge/core.js';
import type { Counters } from '../bridge/health.js';
import { counted } from '../common/text.js';
import { isoAt } from '../heyu/time-zone.js';
import { bridgeTopic, type BridgeTopic } from '../mqtt/topics.js';
import type { Now } from '../ports.js';
import { belief } from '../security/security.js';
import { NEVER_THERE, problemOf } from './condition.js';
import type { Parts } from './parts.js';

const INFO_MS = MINUTE;
const SOON_MS = 1000;

/** Reports from now on, the first time at once. */
export class Reports {
  readonly #parts: Parts;
  #infoDue = 0;
  /** The counters at the last summary. */
  #summedUp: Partial<Counters>;
  #expiredBefore = 0;
  /** What was said last; undefined = nothing. */
  #problem: string | null | undefined;
  #status = '';

  constructor(parts: Parts, summedUp: Partial<Counters> = {}) {
    this.#parts = parts;
    this.#summedUp = summedUp;
  }

  /** Says what is new of what is wrong, and the status line. */
  settle({ mono }: Now): void {
    const { condition, ports } = this.#parts;
    const problem = problemOf(condition);
    if (problem !== this.#problem) {
      this.#problem = problem;
      // a log that was never there is no failure of heyu, but there is nothing to be relied on (decision 12)
      const isOffline = condition.has('log_unreadable') || condition.get('log_missing') === NEVER_THERE;
      this.#own('source', isOffline ? 'offline' : 'online', 'availability');
      this.#own('problem', condition.size > 0 ? 'ON' : 'OFF');
      this.#own('takeover', condition.has('takeover') ? 'ON' : 'OFF');
    }
    const status = this.statusLine();
    if (status === this.#status) return;
    this.#status = status;
    ports.status(status);
    this.infoBy(mono + SOON_MS);
  }

  /** There are other topics now: everything is said again. */
  restate(): void {
    this.#problem = undefined;
  }

  /** One line that tells what a person wants to know: for systemd's STATUS and `service status`. */
  statusLine(): string {
    const { bridge, condition, links, seen, settings } = this.#parts;
    const problem = problemOf(condition);
    return [
      `${seen.logStatus === 'following' ? 'following' : 'waiting for'} ${settings.logPath}`,
      counted(bridge.core.sensors.length, 'sensor'),
      links.broker.isConnected() ? 'broker connected' : 'broker not reached',
      ...zonesOf(bridge).map(([zone, state]) => `zone ${zone} ${state}`),
      ...(problem === null ? [] : [problem]),
    ].join(', ');
  }

  /** `bridge/info` is to be published by this time (monotonic ms). */
  infoBy(mono: number): void {
    this.#infoDue = Math.min(this.#infoDue, mono);
  }

  /** The same, a moment from now: more may come. */
  infoSoon({ mono }: Now): void {
    this.infoBy(mono + SOON_MS);
  }

  /** When `tick` is to be called, monotonic ms. */
  due(): number {
    return this.#infoDue;
  }

  /** Publishes `bridge/info`, and `bridge/unmapped` if it has changed. */
  tick({ mono }: Now): void {
    const { bridge, links, outbox, ports } = this.#parts;
    this.#infoDue = mono + INFO_MS;
    this.#own('info', infoOf(this.#parts, links.broker.isConnected()));
    if (bridge.core.unmappedChanged) {
      bridge.core.unmappedChanged = false;
      this.#own('unmapped', unmappedOf(bridge));
    }
    const events = outbox.counts().expired - this.#expiredBefore;
    if (events === 0) return;
    ports.log.warn({ events }, 'events were too old to be sent and were dropped');
    bridge.core.health.counters.expired += events;
    this.#expiredBefore += events;
  }

  /** Publishes and logs what happened since the last summary. */
  summarise(): void {
    const { bridge, ports, condition } = this.#parts;
    const { counters } = bridge.core.health;
    const summary = summaryOf(counters, this.#summedUp);
    this.#summedUp = { ...counters };
    ports.log.info(summary, 'summary');
    this.#own('summary', JSON.stringify(summary));
    // said for a day
    condition.delete('lines_lost');
  }

  #own(topic: BridgeTopic, payload: string, kind: 'availability' | 'state' = 'state'): void {
    const { sending, settings } = this.#parts;
    sending.put({ kind, topic: bridgeTopic(settings.core.baseTopic, topic), payload });
  }
}

const zonesOf = (bridge: Bridge): readonly (readonly [string, string])[] =>
  bridge.core.settings.zones.map(({ zone }) => [zone, belief(bridge.security, zone)?.state ?? 'unknown']);

/** The JSON of `bridge/info`. Instants in it are ISO 8601 with offset. */
export function infoOf(
  {
    bridge,
    condition,
    outbox,
    seen,
    settings,
  }: Pick<Parts, 'bridge' | 'condition' | 'outbox' | 'seen' | 'settings'>,
  isConnected: boolean,
): string {
  const { core } = bridge;
  const iso = (at: number): string => isoAt(at, core.reader.stamps.zone);
  const { session } = seen;
  return JSON.stringify({
    version: core.settings.version,
    bridge_id: core.settings.bridgeId,
    started: iso(seen.startedAt),
    log: {
      path: settings.logPath,
      status: seen.logStatus,
      last_line: core.lineAt > 0 ? iso(core.lineAt) : null,
    },
    sensors: core.sensors.length,
    zones: Object.fromEntries(zonesOf(bridge)),
    session: {
      kind: settings.sessionKind,
      ...(session === undefined
        ? { connected: false }
        : {
            connected: isConnected,
            present: session.present,
            queued: session.queued,
            queued_topics: session.topics,
            since: iso(session.since),
          }),
    },
    home_assistant: { birth: seen.bornAt > 0 ? iso(seen.bornAt) : null },
    problem: problemOf(condition),
    troubles: Object.fromEntries(Object.entries(core.health.troubles).map(([name, at]) => [name, iso(at)])),
    counters: core.health.counters,
    outbox: outbox.counts(),
  });
}

/** The JSON of `bridge/unmapped`: by address or id. */
export function unmappedOf(bridge: Bridge): string {
  const { core } = bridge;
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(core.unmapped).map(([key, { first, last, ...rest }]) => [
        key,
        { ...rest, first: isoAt(first, core.reader.stamps.zone), last: isoAt(last, core.reader.stamps.zone) },
      ]),
    ),
  );
}

/** Counters that the daily summary compares with the day before. */
const SUMMED = ['motions', 'missedOffs', 'missed', 'alerts', 'unrecognised', 'orphans', 'lines'] as const;

/** What happened since `before`: the JSON of `bridge/summary`. */
export function summaryOf(counters: Counters, before: Partial<Counters>): Record<string, number> {
  return Object.fromEntries(SUMMED.map((name) => [name, counters[name] - (before[name] ?? 0)]));
}
