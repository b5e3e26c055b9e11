/** Which line of heyu's a message of the bridge speaks of. */

import { OWNED_SENSORS, SENSORS, type SoakSensor } from './sensors.js';
import type { Sign, Truth } from './truth.js';

/** What the event of a sensor says. */
export type SensorEvent = {
  readonly event_type: string;
  readonly id: string;
  readonly at: string;
  readonly security?: string;
};

/** Instants of the bridge and of the truth may differ by the length of a second, and rounding. */
export const SAME_MS = 2000;

/** Sensors by alias. */
export const bySensor = new Map<string, SoakSensor>(
  [...SENSORS, ...OWNED_SENSORS].map((sensor) => [sensor.alias, sensor]),
);

const ID = /^[0-9a-f]{8}-(\d+)(?:\.([A-P]\d+))?$/;

/** Where in its file the line begins that an id names; NaN = it is no id. */
export const placeIn = (id: string): number => Number(ID.exec(id)?.[1] ?? NaN);

/** Which sign an event (or an alert) speaks of: same sensor, same place in its file, same time. */
export function signOf(
  signs: ReadonlyMap<string, readonly Sign[]>,
  sensor: SoakSensor,
  id: string,
  at: number,
): Sign | undefined {
  // a function on several units has one line and an id for each
  const [, , unit] = ID.exec(id) ?? [];
  if (unit !== undefined && unit !== `${sensor.house}${sensor.unit}`) return undefined;
  const offset = placeIn(id);
  // files that were rotated within seconds may have one at the same place: the nearest is meant
  return signs
    .get(`${sensor.alias} ${offset}`)
    ?.filter((sign) => Math.abs(sign.at - at) <= SAME_MS)
    .sort((one, other) => Math.abs(one.at - at) - Math.abs(other.at - at))[0];
}

/** Signs by sensor and offset: files are many, offsets in them few. */
export function indexed(truth: Truth): ReadonlyMap<string, readonly Sign[]> {
  const index = new Map<string, Sign[]>();
  for (const sign of truth.signs) {
    const key = `${sign.sensor.alias} ${sign.offset}`;
    index.set(key, [...(index.get(key) ?? []), sign]);
  }
  return index;
}
