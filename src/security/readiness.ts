/** Which sensors of a zone are open, unknown, silent or low on battery, and what that means for arming it. */

import type { ArmedMode } from './vocabulary.js';
import type { Commander } from './zone.js';

/** How a sensor of a zone stands, as far as arming is concerned. */
export type SensorStanding = {
  readonly alias: string;
  /** For people. */
  readonly name: string;
  /** Undefined where it has no such state, or does not guard the armed zone. */
  readonly opening: 'open' | 'closed' | 'unknown' | undefined;
  /** It guards the armed zone, and may be bypassed: not what guards always, nor what guards nothing. */
  readonly isBypassable: boolean;
  /** It has the entry delay: it may be open until the exit delay is over. */
  readonly isWayIn: boolean;
  /** Ways of being armed in which it raises an alert; undefined = all. */
  readonly modes: readonly ArmedMode[] | undefined;
  readonly isSilent: boolean;
  readonly hasLowBattery: boolean;
};

/** What is said of the sensors of a zone, by alias. */
export type Readiness = {
  /** Nothing stands in the way of arming it now. */
  readonly ready: boolean;
  readonly openSensors: readonly string[];
  readonly unknownSensors: readonly string[];
  readonly silentSensors: readonly string[];
  readonly lowBatteries: readonly string[];
  /** What stood open when it was armed, and has not closed since; and what somebody has bypassed. */
  readonly bypassedSensors: readonly string[];
};

/** Every `event_type` that is ever published on a zone's `event` topic. */
export const ZONE_EVENTS = [
  'exit',
  'armed',
  'armed_open',
  'failed_to_arm',
  'bypassed',
  'entry',
  'disarmed',
  'trouble',
  'wrong_code',
] as const;

/** An event of a zone that is not an alert, with its details. Instants are epoch ms. */
export type ZoneEvent = {
  readonly type: (typeof ZONE_EVENTS)[number];
  readonly id: string;
  readonly at: number;
  /** What stands open, or who has come in. */
  readonly sensors: readonly Pick<SensorStanding, 'alias' | 'name'>[];
  readonly mode?: ArmedMode | undefined;
  /** When the delay ends that begins. */
  readonly until?: number | undefined;
  /** Who has armed or disarmed. */
  readonly by?: Commander | undefined;
  /** Of a trouble. */
  readonly reason?: string;
};

/**
 * What stands in the way of arming a zone in this way; undefined = in any. `hasTime`: there is an exit delay, in which
 * the person who leaves closes the door.
 */
export function inTheWay(
  sensors: readonly SensorStanding[],
  mode: ArmedMode | undefined,
  hasTime: boolean,
): readonly SensorStanding[] {
  return sensors.filter(({ opening, isWayIn, modes }) => {
    if (mode !== undefined && modes?.includes(mode) === false) return false;
    return opening === 'unknown' || (opening === 'open' && !(hasTime && isWayIn));
  });
}

/** What is said of these sensors of a zone. */
export function readinessOf(
  sensors: readonly SensorStanding[],
  bypassedSensors: readonly string[],
  hasTime: boolean,
): Readiness {
  const aliases = (is: (sensor: SensorStanding) => boolean): readonly string[] =>
    sensors.filter(is).map(({ alias }) => alias);
  return {
    ready: inTheWay(sensors, undefined, hasTime).length === 0,
    openSensors: aliases(({ opening }) => opening === 'open'),
    unknownSensors: aliases(({ opening }) => opening === 'unknown'),
    silentSensors: aliases(({ isSilent }) => isSilent),
    lowBatteries: aliases(({ hasLowBattery }) => hasLowBattery),
    bypassedSensors,
  };
}
