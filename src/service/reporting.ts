/** Publishes what the bridge says of itself: its problems at once, `bridge/info` and `bridge/unmapped` now and then. */

import type { Now } from '../ports.js';
import type { Outbox } from '../mqtt/outbox.js';
import { bridgeTopic } from '../mqtt/topics.js';
import type { Bridge } from '../bridge/bridge.js';
import type { LinkState } from './broker-listener.js';
import type { Condition } from './condition.js';
import type { LogState } from './log-state.js';
import { infoOf, statusOf, summaryOf, unmappedOf, type Surroundings } from './reports.js';
import type { Sending } from './sending.js';
import type { ServicePorts } from './service.js';
import type { ServiceSettings } from '../settings.js';

/** What is reported of. */
export type Reported = {
  readonly ports: ServicePorts;
  readonly settings: () => ServiceSettings;
  readonly isConnected: () => boolean;
  readonly bridge: Bridge;
  readonly condition: Condition;
  readonly link: LinkState;
  readonly logState: LogState;
  readonly outbox: Outbox;
  readonly out: Sending;
  /** When the last summary was made. */
  readonly summedUp: Partial<Bridge['core']['health']['counters']>;
};

/** The reports. */
export type Reporting = {
  /** What is wrong has changed: says so at once. */
  readonly conditionChanged: () => void;
  /** The status line may have changed. */
  readonly statusChanged: () => void;
  readonly statusLine: () => string;
  /** `bridge/info` is to be published by this time (monotonic ms). */
  readonly reportBy: (mono: number) => void;
  /** When it is to be published, monotonic ms. */
  readonly due: () => number;
  readonly publish: (now: Now) => void;
  /** Publishes and logs what happened since the last summary. */
  readonly summarise: () => void;
};

const INFO_MS = 60_000;
const SOON_MS = 1000;

/** Reports from now on, the first time at once. */
export function reporting(reported: Reported): Reporting {
  const { ports, settings, bridge, condition, link, logState, outbox, out } = reported;
  const { clock, log } = ports;
  const startedAt = clock.wallMs();
  let infoDue = clock.monotonicMs();
  let { summedUp } = reported;
  let expiredBefore = 0;

  const around = (): Surroundings => ({
    logPath: settings().logPath,
    logStatus: logState.status,
    isConnected: reported.isConnected(),
    session: link.session,
    sessionKind: settings().sessionKind,
    startedAt,
    bornAt: link.bornAt,
    outbox: outbox.counts(),
  });

  const own = (topic: Parameters<typeof bridgeTopic>[1], payload: string, isAvailability = false): void =>
    out.put({
      kind: isAvailability ? 'availability' : 'state',
      topic: bridgeTopic(settings().core.baseTopic, topic),
      payload,
    });

  const reportBy = (mono: number): void => {
    infoDue = Math.min(infoDue, mono);
  };

  const statusLine = (): string => statusOf(bridge, condition, around());
  const statusChanged = (): void => ports.status(statusLine());

  const countExpired = (): void => {
    const events = outbox.counts().expired - expiredBefore;
    if (events === 0) return;
    log.warn({ events }, 'events were too old to be sent and were dropped');
    bridge.core.health.counters.expired += events;
    expiredBefore += events;
  };

  const conditionChanged = (): void => {
    // a log that was never there is no failure of heyu, but there is nothing to be relied on (decision 12)
    const isOffline = condition.has('log_unreadable') || logState.wasNeverThere;
    own('source', isOffline ? 'offline' : 'online', true);
    own('problem', condition.size > 0 ? 'ON' : 'OFF');
    own('takeover', condition.has('takeover') ? 'ON' : 'OFF');
    reportBy(clock.monotonicMs() + SOON_MS);
    statusChanged();
    out.pump();
  };

  return {
    conditionChanged,
    statusChanged,
    statusLine,
    reportBy,
    due: () => infoDue,
    publish: (now) => {
      infoDue = now.mono + INFO_MS;
      own('info', infoOf(bridge, condition, around()));
      if (bridge.core.unmappedChanged) {
        bridge.core.unmappedChanged = false;
        own('unmapped', unmappedOf(bridge));
      }
      statusChanged();
      countExpired();
    },
    summarise: () => {
      const { counters } = bridge.core.health;
      const summary = summaryOf(counters, summedUp);
      summedUp = { ...counters };
      log.info(summary, 'summary');
      own('summary', JSON.stringify(summary));
      // said for a day
      if (condition.delete('lines_lost')) conditionChanged();
      out.pump();
    },
  };
}
