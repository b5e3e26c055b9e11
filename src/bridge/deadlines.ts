/**
 * When sensors want to be looked after: the ends of hold times and of silences. A heap, so that what a line costs does
 * not depend on how many sensors there are.
 */

import type { Sensor } from '../sensor/hearing.js';

/** The deadlines of the sensors of a core. Instants are epoch ms. */
export type Deadlines = {
  /** The earliest; Infinity when there is none. */
  readonly earliest: () => number;
  /** The sensor wants to be looked after at `at`. A wish that is not before its last one changes nothing. */
  readonly wish: (sensor: Sensor, at: number) => void;
  /** Every sensor is looked after at the next opportunity, whatever it wished. */
  readonly wishAll: () => void;
  /** The sensors whose wish is not after `at`, in their own order. Their wishes are fulfilled: they may have new ones. */
  readonly due: (at: number) => readonly Sensor[];
};

/** Deadlines of these sensors, of which none has one. */
export function createDeadlines(sensors: readonly Sensor[]): Deadlines {
  const order = new Map(sensors.map((sensor, index) => [sensor, index]));
  /** Sensors with a wish: none is before the one at half its place. */
  const heap: Sensor[] = [];
  const placeOf = new Map<Sensor, number>();

  const at = (place: number): number => heap[place]?.wakeAt ?? Infinity;

  const put = (sensor: Sensor, place: number): void => {
    heap[place] = sensor;
    placeOf.set(sensor, place);
  };

  /** Puts the sensor at this place, or higher up if it is before those. */
  const rise = (sensor: Sensor, from: number): void => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.wakeAt <= sensor.wakeAt) break;
      put(above, place);
      place = parent;
    }
    put(sensor, place);
  };

  /** Puts the sensor at the top, or lower down if others are before it. */
  const sink = (sensor: Sensor): void => {
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = at(left + 1) < at(left) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.wakeAt >= sensor.wakeAt) break;
      put(below, place);
      place = child;
    }
    put(sensor, place);
  };

  const takeFirst = (): Sensor | undefined => {
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    placeOf.delete(first);
    if (last !== first) sink(last);
    first.wakeAt = Infinity;
    return first;
  };

  return {
    earliest: () => at(0),
    wish: (sensor, wakeAt) => {
      if (wakeAt >= sensor.wakeAt) return;
      sensor.wakeAt = wakeAt;
      rise(sensor, placeOf.get(sensor) ?? heap.length);
    },
    wishAll: () => {
      sensors.forEach((sensor, place) => {
        sensor.wakeAt = -Infinity;
        put(sensor, place);
      });
    },
    due: (until) => {
      const due: Sensor[] = [];
      while (at(0) <= until) {
        const first = takeFirst();
        if (first !== undefined) due.push(first);
      }
      if (due.length > 1) due.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
      return due;
    },
  };
}
