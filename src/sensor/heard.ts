/** What a sensor is told with each signal, and what it wants done: machines take the one and emit the other. */

import type { Source } from '../heyu/sources.js';
import type { SensorSettings } from './settings.js';
import type { SensorState } from './state.js';
import type { Channel, EventType } from './types.js';

/** The circumstances of a signal. */
export type Heard = {
  /** The instant of the line, epoch ms. */
  readonly at: number;
  /** Now, epoch ms: decides whether the line is read too late to be live. */
  readonly now: number;
  /** The line that said it: names what it causes (`idOf`). It was not written before `notBefore`, epoch ms. */
  readonly line: { readonly generation: string; readonly offset: number; readonly notBefore?: number };
  readonly source: Source;
  /** Which of the sensors that the line means this is; undefined for the first. */
  readonly part?: string | undefined;
};

/** `now` where nobody knows when the line was written: later than any instant, hence too late to be live. */
export const UNDATED = Number.MAX_SAFE_INTEGER;

/** The earliest instant at which a signal can have been, epoch ms: `at` where that is known. */
export function earliestOf({ at, now, line }: Pick<Heard, 'at' | 'now' | 'line'>): number {
  return now === UNDATED ? Math.min(line.notBefore ?? at, at) : at;
}

/** Id of what a line causes: generation of its file and offset of the line; the same when it is read again. */
export function idOf({ line, part }: Heard): string {
  return `${line.generation}-${line.offset}${part === undefined ? '' : `.${part}`}`;
}

/** What is believed of a sensor's zone at the moment of a signal; its word for events. */
export type Standing = { readonly security: string; readonly verified: boolean };

/** An event of a sensor, not retained. */
export type SensorEvent = {
  readonly type: EventType;
  readonly id: string;
  readonly at: number;
  /** From this instant on it is too old to be live. */
  readonly lateAfter: number;
  /** The type to send instead when it is late; null = do not send it. */
  readonly lateType: EventType | null;
  /** Of the line that caused it; undefined where time did. */
  readonly source: Source | undefined;
  /** How its zone stood. */
  readonly standing?: Standing | undefined;
  /** Further members of its JSON. */
  readonly more?: Readonly<Record<string, string | number | boolean>>;
};

/** What a sensor wants done. */
export type SensorEffect =
  /** A retained channel has a new value. `why` in words, for `explain`. */
  | {
      readonly kind: 'channel';
      readonly sensor: Sensor;
      readonly channel: Channel;
      readonly value: string;
      readonly at: number;
      readonly why: string;
    }
  | { readonly kind: 'sensor_event'; readonly sensor: Sensor; readonly event: SensorEvent }
  /** Nothing is published, and why: for `explain`. */
  | { readonly kind: 'kept'; readonly sensor: Sensor; readonly why: string };

/** One sensor: its settings, what is remembered of it, and whom it tells. */
export type Sensor = {
  /** Its place among all sensors. */
  readonly number: number;
  readonly settings: SensorSettings;
  readonly state: SensorState;
  readonly emit: (effect: SensorEffect) => void;
  /**
   * A sign of an intruder (motion, door, glass ...): judged against the security state of its zone. Answers how
   * the zone stands; undefined for a sensor without a zone.
   */
  readonly alarm: (sensor: Sensor, heard: Heard, late: boolean) => Standing | undefined;
};

/** Says why nothing is published. */
export function keep(sensor: Sensor, why: string): void {
  sensor.emit({ kind: 'kept', sensor, why });
}

/** Sets a retained channel if that changes it; an equal value is not published again. */
export function setChannel(
  sensor: Sensor,
  channel: Channel,
  value: string,
  at: number,
  why: string,
): boolean {
  const { values } = sensor.state;
  if (values[channel] === value) return false;
  values[channel] = value;
  sensor.emit({ kind: 'channel', sensor, channel, value, at, why });
  return true;
}
