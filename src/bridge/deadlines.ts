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

/** Wishes that were replaced by earlier ones stay in the heap until there are so many of them. */
const MOST_STALE = 16;

type Wish = { readonly sensor: Sensor; readonly at: number };

/** Deadlines of these sensors, of which none has one. */
export function createDeadlines(sensors: readonly Sensor[]): Deadlines {
  const order = new Map(sensors.map((sensor, index) => [sensor, index]));
  /** None is before the one at half its place. Only a wish that is still its sensor's counts. */
  const heap: Wish[] = [];

  const timeAt = (place: number): number => heap[place]?.at ?? Infinity;

  /** Adds a wish: as far above the last place as it is before those there. */
  const add = (wish: Wish): void => {
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= wish.at) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = wish;
  };

  const removeFirst = (): void => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = timeAt(left + 1) < timeAt(left) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.at >= last.at) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  };

  /** The first wish that counts. */
  const first = (): Wish | undefined => {
    while (heap[0] !== undefined && heap[0].sensor.wakeAt !== heap[0].at) removeFirst();
    return heap[0];
  };

  const rebuild = (): void => {
    heap.length = 0;
    for (const sensor of sensors) if (sensor.wakeAt < Infinity) add({ sensor, at: sensor.wakeAt });
  };

  return {
    earliest: () => first()?.at ?? Infinity,
    wish: (sensor, at) => {
      if (at >= sensor.wakeAt) return;
      sensor.wakeAt = at;
      add({ sensor, at });
      if (heap.length > sensors.length + MOST_STALE) rebuild();
    },
    wishAll: () => {
      for (const sensor of sensors) sensor.wakeAt = -Infinity;
      rebuild();
    },
    due: (until) => {
      const due: Sensor[] = [];
      for (let wish = first(); wish !== undefined && wish.at <= until; wish = first()) {
        removeFirst();
        wish.sensor.wakeAt = Infinity;
        due.push(wish.sensor);
      }
      if (due.length > 1) due.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
      return due;
    },
  };
}
