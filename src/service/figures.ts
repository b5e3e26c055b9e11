/** The metrics of the service and its house as plain data; instants are epoch ms. */

import type { Counters } from '../bridge/health.js';
import { belief } from '../security/security.js';
import type { SecurityState } from '../security/vocabulary.js';
import type { SensorTally } from '../sensor/heard.js';
import type { SensorSettings } from '../sensor/settings.js';
import { EVERY_CONCERN, type Concern } from './condition.js';
import type { Parts } from './parts.js';
import type { Sending } from './sending.js';

/** Figures of a sensor. */
export type SensorFigures = Pick<SensorSettings, 'alias' | 'name' | 'zone' | 'area'> & {
  readonly model: string;
  /** By channel, as it is published: `ON`, `OFF`, a number. */
  readonly values: Readonly<Record<string, string>>;
  /** 0 = never. */
  readonly seenAt: number;
  readonly tally: SensorTally;
};

/** Figures of a zone. */
type ZoneFigures = {
  readonly zone: string;
  /** Undefined = not known. */
  readonly state: SecurityState | undefined;
  readonly alerts: number;
};

/** All figures. */
export type Figures = {
  readonly version: string;
  readonly at: number;
  readonly startedAt: number;
  readonly isConnected: boolean;
  readonly connects: number;
  readonly published: Sending['published'];
  readonly pending: number;
  readonly isSourceUp: boolean;
  /** 0 = none was read. */
  readonly lineAt: number;
  readonly fileSwitches: number;
  readonly counters: Counters;
  /** Each that there can be, and whether it is. */
  readonly problems: Readonly<Record<Concern, boolean>>;
  readonly sensors: readonly SensorFigures[];
  readonly zones: readonly ZoneFigures[];
};

/** The figures of this moment (`at` in epoch ms). */
export function figuresOf({ bridge, condition, links, outbox, seen, sending }: Parts, at: number): Figures {
  const { core, security } = bridge;
  const { waiting, inFlight } = outbox.counts();
  return {
    version: core.settings.version,
    at,
    startedAt: seen.startedAt,
    isConnected: links.broker.isConnected(),
    connects: seen.connects,
    published: sending.published,
    pending: waiting + inFlight,
    isSourceUp: seen.logStatus === 'following',
    lineAt: core.lineAt,
    fileSwitches: seen.fileSwitches,
    counters: core.health.counters,
    problems: Object.fromEntries(EVERY_CONCERN.map((what) => [what, condition.has(what)])) as Record<
      Concern,
      boolean
    >,
    sensors: core.sensors
      .filter(({ settings }) => !settings.ignore)
      .map(({ settings, state, tally }) => {
        const { alias, name, zone, area, model } = settings;
        const motion = state.motion.on && !state.motion.missed ? 'ON' : 'OFF';
        const values = settings.type === 'motion' && state.seenAt > 0 ? { motion } : {};
        const all = { ...values, ...state.values } as Readonly<Record<string, string>>;
        return { alias, name, zone, area, model: model.name, values: all, seenAt: state.seenAt, tally };
      }),
    zones: core.settings.zones.map(({ zone }) => {
      const state = belief(security, zone)?.state;
      return { zone, state, alerts: seen.alerts.get(zone) ?? 0 };
    }),
  };
}
