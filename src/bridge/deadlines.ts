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

/** Wishes that were replaced by earlier ones stay in the heap until there are more of them than these. */
const MOST_STALE = 16;

/** Deadlines of these sensors, of which none has one. */
export function createDeadlines(sensors: readonly Sensor[]): Deadlines {
  const numberOf = new Map(sensors.map((sensor, number) => [sensor, number]));
  // A wish is an instant and the number of a sensor; none is before the one at half its place. It counts as long as
  // it is still its sensor's. In typed arrays, because there is one for each hold time: V8 makes an object of every
  // instant elsewhere.
  const places = sensors.length + MOST_STALE + 1;
  const times = new Float64Array(places);
  const owners = new Uint32Array(places);
  let size = 0;

  const timeAt = (place: number): number => (place < size ? (times[place] ?? Infinity) : Infinity);

  const put = (place: number, time: number, owner: number): void => {
    times[place] = time;
    owners[place] = owner;
  };

  /** Adds a wish: as far above the last place as it is before those there. */
  const add = (time: number, owner: number): void => {
    let place = size;
    size += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (timeAt(parent) <= time) break;
      put(place, timeAt(parent), owners[parent] ?? 0);
      place = parent;
    }
    put(place, time, owner);
  };

  const removeFirst = (): void => {
    size -= 1;
    const time = times[size] ?? Infinity;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = timeAt(left + 1) < timeAt(left) ? left + 1 : left;
      if (timeAt(child) >= time) break;
      put(place, timeAt(child), owners[child] ?? 0);
      place = child;
    }
    put(place, time, owners[size] ?? 0);
  };

  /** The instant of the first wish that counts. */
  const earliest = (): number => {
    while (size > 0 && sensors[owners[0] ?? 0]?.wakeAt !== times[0]) removeFirst();
    return timeAt(0);
  };

  const rebuild = (): void => {
    size = 0;
    sensors.forEach(({ wakeAt }, number) => {
      if (wakeAt < Infinity) add(wakeAt, number);
    });
  };

  return {
    earliest,
    wish: (sensor, at) => {
      if (at >= sensor.wakeAt) return;
      sensor.wakeAt = at;
      if (size === places) rebuild();
      else add(at, numberOf.get(sensor) ?? 0);
    },
    wishAll: () => {
      for (const sensor of sensors) sensor.wakeAt = -Infinity;
      rebuild();
    },
    due: (until) => {
      const due: Sensor[] = [];
      const numbers: number[] = [];
      while (earliest() <= until && size > 0) {
        const number = owners[0] ?? 0;
        const sensor = sensors[number];
        removeFirst();
        if (sensor === undefined) continue;
        sensor.wakeAt = Infinity;
        // few are due at once: to put each in its place is quicker than to sort them
        let place = due.length;
        for (; place > 0 && (numbers[place - 1] ?? 0) > number; place -= 1) {
          numbers[place] = numbers[place - 1] ?? 0;
          due[place] = due[place - 1] ?? sensor;
        }
        numbers[place] = number;
        due[place] = sensor;
      }
      return due;
    },
  };
}
