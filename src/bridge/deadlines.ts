/**
 * When sensors want to be looked after: the ends of hold times and of silences. They are kept by groups of sensors: of
 * hundreds only a few are looked at, and of ten it costs no more than looking at all. (A heap costs four times as much
 * there, because a sensor that is heard moves its deadline on and on.)
 */

import type { Sensor } from '../sensor/heard.js';

/** The deadlines of the sensors of a core. Instants are epoch ms. */
export type Deadlines = {
  /** The sensor wants to be looked after at `at`, or earlier if it has said so. */
  readonly wish: (sensor: Sensor, at: number) => void;
  /** Every sensor is looked after at the next opportunity. */
  readonly wishAll: () => void;
  /**
   * Looks after the sensors that wanted it up to `at`, and others, in their order. All wishes of those that are looked
   * after are forgotten before: they may have new ones. Returns the earliest deadline then; Infinity when there is none.
   */
  readonly lookAfter: (at: number, look: (sensor: Sensor) => void) => number;
};

/** log2 of how many sensors are in a group. */
const GROUP_BITS = 4;

/** Deadlines of these sensors, of which none has one. Each stands at the place of its number. */
export function createDeadlines(sensors: readonly Sensor[]): Deadlines {
  const earliest = new Float64Array(1 + (sensors.length >> GROUP_BITS)).fill(Infinity);

  const lookAt = (group: number, look: (sensor: Sensor) => void): void => {
    const end = Math.min(sensors.length, (group + 1) << GROUP_BITS);
    for (let number = group << GROUP_BITS; number < end; number += 1) {
      const sensor = sensors[number];
      if (sensor !== undefined) look(sensor);
    }
  };

  return {
    wish: ({ number }, at) => {
      const group = number >> GROUP_BITS;
      if (at < (earliest[group] ?? Infinity)) earliest[group] = at;
    },
    wishAll: () => {
      earliest.fill(-Infinity);
    },
    lookAfter: (until, look) => {
      let first = Infinity;
      for (let group = 0; group < earliest.length; group += 1) {
        if ((earliest[group] ?? Infinity) <= until) {
          earliest[group] = Infinity;
          lookAt(group, look);
        }
        const at = earliest[group] ?? Infinity;
        if (at < first) first = at;
      }
      return first;
    },
  };
}
