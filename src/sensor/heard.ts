/**
 * What is remembered of one sensor, the input of each signal, and the effects that it emits: machines take the one and
 * emit the other.
 */

import type { Source } from '../heyu/sources.js';
import type { DelaySwitch, SignalKind } from './guard.js';
import type { SensorSettings } from './settings.js';
import type { Steps } from '../x10/response.js';
import type { Channel, EventType } from './types.js';

/** Where a lamp stands and the level that it would bring back. Plain data: it goes into the checkpoint. */
export type LampLevel = { readonly now: number; readonly kept: number };

/** A motion in progress, and what decides whether the next sign is one. */
type MotionState = {
  on: boolean;
  /** Start of the motion in progress or of the last one; 0 before the first. */
  since: number;
  /** Event id of that start. */
  id: string;
  /** The start was read too late to be live: it was reported as `motion_missed` and never shown as ON. */
  missed: boolean;
  /** End of the hold time. */
  until: number;
  /** End of the last motion; 0 before the first. */
  endedAt: number;
  /** Security models: the first of the Alerts with LoBat that came without a Clear, an Alert without it or a long pause between; 0 = none. */
  alertsSince: number;
  /** An Alert that looks like a heartbeat: it counts if another sign follows soon. Not in documents of earlier versions. */
  doubted?: Doubted | undefined;
};

/** A signal of which only the next one tells whether it counts. */
type Doubted = Pick<Heard, 'at' | 'source'> & Partial<Pick<Heard, 'part'>> & { readonly line: Heard['line'] };

/** What an input of a sensor said last, when, and the last periods that its heartbeat may have had, ms. */
export type Said = { at: number; isAlert: boolean; readonly pauses: number[] };

/** A retained value of a channel: what was last decided, `undefined` before the first signal. */
type ChannelValues = Record<string, string | undefined>;

/** Everything that is remembered of a sensor. Plain data: it goes into the checkpoint as it is. Instants are epoch ms. */
export type SensorState = {
  motion: MotionState;
  /** Values of all channels but motion and last_seen. */
  values: ChannelValues;
  /** Two-channel contacts (DS90, DS18-1): which of them are open. */
  open: Record<string, boolean>;
  /** By input (`main`, `aux`; empty for a sensor with one). Not in documents of earlier versions. */
  said?: Record<string, Said>;
  /** When a channel that its model never clears (SD10, EH-WD210) goes back to OFF; 0 = it does not. */
  clearsAt: number;
  /** Remotes: the last key, and when it was last heard. Not in documents of earlier versions. */
  pressed?: { key: string; at: number };
  /** RFXSensors: when a low battery was last told. Not in documents of earlier versions. */
  lowBatteryAt?: number;
  /** Lamps: how bright, in the steps of the module. Not in documents of earlier versions. */
  level?: LampLevel & { readonly steps: Steps };
  /** When it was last heard; 0 = never. */
  seenAt: number;
  /** When its silence began to be watched: its last sign or the first start that knew it. */
  watchedSince: number;
};

/** The state of a sensor that was never heard. */
export function newSensorState(at: number): SensorState {
  return {
    motion: { on: false, since: 0, id: '', missed: false, until: 0, endedAt: 0, alertsSince: 0 },
    values: {},
    open: {},
    clearsAt: 0,
    seenAt: 0,
    watchedSince: at,
  };
}

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

/** `now` for a line that was written at an unknown time: later than any instant, hence too late to be live. */
export const UNDATED = Number.MAX_SAFE_INTEGER;

/** The earliest instant at which a signal can have been, epoch ms: `at` where that is known. */
export function earliestOf({ at, now, line }: Pick<Heard, 'at' | 'now' | 'line'>): number {
  return now === UNDATED ? Math.min(line.notBefore ?? at, at) : at;
}

/** Id of what a line causes: generation of its file and offset of the line; the same when it is read again. */
export function idOf({ line, part }: Heard): string {
  return `${line.generation}-${line.offset}${part === undefined ? '' : `.${part}`}`;
}

/** A signal that may be an alert. */
export type Sign = {
  readonly kind: SignalKind;
  /** Its end will be heard, too. */
  readonly lasts: boolean;
  /** How the sensor's delay switch stood. */
  readonly delay?: DelaySwitch;
};

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

/** One sensor: its settings, what is remembered of it, and where it reports. */
export type Sensor = {
  /** Its place among all sensors. */
  readonly number: number;
  readonly settings: SensorSettings;
  readonly state: SensorState;
  /** What has happened since the settings were read. */
  readonly tally: SensorTally;
  readonly emit: (effect: SensorEffect) => void;
  /**
   * A signal that may be an alert (motion, door, smoke ...): judged against the security state of its zone. Answers
   * how the zone stands; undefined for a sensor without a zone.
   */
  readonly alarm: (sensor: Sensor, heard: Heard, sign: Sign) => Standing | undefined;
};

/** Counts of a sensor. */
export type SensorTally = {
  signals: number;
  motions: number;
  /** Of motions that are over, ms; and since when (epoch ms) it continues. */
  motionMs: number;
  motionSince: number | undefined;
  missedOffs: number;
};

/** Nothing has happened yet. */
export function newTally(): SensorTally {
  return { signals: 0, motions: 0, motionMs: 0, motionSince: undefined, missedOffs: 0 };
}

/** A motion begins, or is over. */
export function tallyMotion(tally: SensorTally, isOn: boolean, at: number): void {
  if (tally.motionSince !== undefined) tally.motionMs += Math.max(0, at - tally.motionSince);
  tally.motionSince = isOn ? at : undefined;
}

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
