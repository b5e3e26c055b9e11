/** What the machines of a sensor are told with each signal, and what they answer. */

import type { ChannelTopic } from '../mqtt/topics.js';
import type { Source } from '../heyu/source.js';
import type { EventType } from './event-types.js';
import type { SensorSettings } from './settings.js';
import type { SensorState } from './state.js';

/** One sensor: its settings and what is remembered of it. */
export type Sensor = {
  /** Its place among all sensors. */
  readonly number: number;
  readonly settings: SensorSettings;
  readonly state: SensorState;
};

/** The circumstances of a signal. */
export type Hearing = {
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
export function earliestOf({ at, now, line }: Pick<Hearing, 'at' | 'now' | 'line'>): number {
  return now === UNDATED ? Math.min(line.notBefore ?? at, at) : at;
}

/** Id of what a line causes: generation of its file and offset of the line; the same when it is read again. */
export function idOf({ line, part }: Hearing): string {
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
  /** How its zone stood. */
  readonly standing?: Standing | undefined;
  /** Further members of its JSON. */
  readonly more?: Readonly<Record<string, string | number | boolean>>;
};

/** What a machine answers. One object per core, called with each sensor: no closure per signal. */
export type Report = {
  /** A retained channel has a new value. `why` in words, for `explain`. */
  readonly change: (sensor: Sensor, channel: ChannelTopic, value: string, at: number, why: string) => void;
  readonly event: (sensor: Sensor, event: SensorEvent, source: Source | undefined) => void;
  /**
   * A sign of an intruder (motion, door, glass ...): judged against the security state of its zone. Answers how
   * the zone stands; undefined for a sensor without a zone.
   */
  readonly alarm: (sensor: Sensor, hearing: Hearing, late: boolean) => Standing | undefined;
  /** Nothing was published, and why: for `explain`. */
  readonly kept: (sensor: Sensor, why: string) => void;
  /** A deadline was set: `expire` wants to be called at this instant. */
  readonly wakeAt: (sensor: Sensor, at: number) => void;
};

/** Sets a retained channel if that changes it; an equal value is not published again. */
export function setChannel(
  sensor: Sensor,
  channel: ChannelTopic,
  value: string,
  at: number,
  why: string,
  report: Report,
): boolean {
  const { values } = sensor.state;
  if (values[channel] === value) return false;
  values[channel] = value;
  report.change(sensor, channel, value, at, why);
  return true;
}
