/** What the bridge publishes of itself: `bridge/info`, `bridge/unmapped`, `bridge/summary` and the status line. */

import { counted } from '../common/text.js';
import { isoAt } from '../heyu/time-zone.js';
import type { OutboxCounts } from '../mqtt/outgoing.js';
import { belief } from '../security/security.js';
import type { LogStatus } from '../ports.js';
import type { Bridge } from '../bridge/bridge.js';
import { problemOf, type Condition } from './condition.js';
import type { Counters } from '../bridge/health.js';
import type { SessionSeen } from './session-queue.js';

/** What the shell knows and the core does not. */
export type Surroundings = {
  readonly logPath: string;
  readonly logStatus: LogStatus['kind'] | 'starting';
  readonly isConnected: boolean;
  /** Of the last connect: whether the broker had kept our session, and what waited in it. */
  readonly session: SessionSeen | undefined;
  readonly sessionKind: 'persistent' | 'clean';
  readonly startedAt: number;
  /** When Home Assistant was last heard to start; 0 = never. */
  readonly bornAt: number;
  readonly outbox: OutboxCounts;
};

const zonesOf = (bridge: Bridge): readonly (readonly [string, string])[] =>
  bridge.core.settings.zones.map(({ zone }) => [zone, belief(bridge.security, zone)?.state ?? 'unknown']);

/** The JSON of `bridge/info`. Instants in it are ISO 8601 with offset. */
export function infoOf(bridge: Bridge, condition: Condition, around: Surroundings): string {
  const { core } = bridge;
  const iso = (at: number): string => isoAt(at, core.reader.stamps.zone);
  const { session } = around;
  return JSON.stringify({
    version: core.settings.version,
    bridge_id: core.settings.bridgeId,
    started: iso(around.startedAt),
    log: {
      path: around.logPath,
      status: around.logStatus,
      last_line: core.lineAt > 0 ? iso(core.lineAt) : null,
    },
    sensors: core.sensors.length,
    zones: Object.fromEntries(zonesOf(bridge)),
    session: {
      kind: around.sessionKind,
      ...(session === undefined
        ? { connected: false }
        : {
            connected: around.isConnected,
            present: session.present,
            queued: session.queued,
            queued_topics: session.topics,
            since: iso(session.since),
          }),
    },
    home_assistant: { birth: around.bornAt > 0 ? iso(around.bornAt) : null },
    problem: problemOf(condition),
    troubles: Object.fromEntries(Object.entries(core.health.troubles).map(([name, at]) => [name, iso(at)])),
    counters: core.health.counters,
    outbox: around.outbox,
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

/** One line that tells what a person wants to know: for systemd's STATUS and `service status`. */
export function statusOf(bridge: Bridge, condition: Condition, around: Surroundings): string {
  const { sensors } = bridge.core;
  const problem = problemOf(condition);
  const log =
    around.logStatus === 'following' ? `following ${around.logPath}` : `waiting for ${around.logPath}`;
  return [
    log,
    counted(sensors.length, 'sensor'),
    around.isConnected ? 'broker connected' : 'broker not reached',
    ...zonesOf(bridge).map(([zone, state]) => `zone ${zone} ${state}`),
    ...(problem === null ? [] : [problem]),
  ].join(', ');
}

/** Counters that the daily summary compares with the day before. */
const SUMMED = ['motions', 'missedOffs', 'missed', 'alerts', 'unrecognised', 'orphans', 'lines'] as const;

/** What happened since `before`: the JSON of `bridge/summary`. */
export function summaryOf(counters: Counters, before: Partial<Counters>): Record<string, number> {
  return Object.fromEntries(SUMMED.map((name) => [name, counters[name] - (before[name] ?? 0)]));
}
