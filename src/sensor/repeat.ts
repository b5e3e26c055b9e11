/**
 * Change or repeat? Sensors of security RF repeat their state, also that of an alert: a door that remains open sends
 * Alert every hour, and a motion sensor whose Clear was lost every 90 minutes. An Alert is a repeat only if everything
 * indicates it; any other is new. Recorded heartbeats come every 60 to 63 minutes from contacts, every 90 from motion
 * sensors.
 */

import { HOUR, MINUTE, SECOND } from '../common/duration.js';
import type { Said, Sensor } from './heard.js';

/** One signal of a sensor comes several times, some seconds apart. */
const BURST_MS = 10 * SECOND;

/** A heartbeat is early or late by at most this share of the time since the last sign. */
const TOLERANCE = 0.1;

/** So many heartbeats in a row are one: two may be lost. */
const MOST_PERIODS = 3;

/** Pauses between two Clears that may be between heartbeats: the sensor's own period is their median. */
const PAUSE_MS = { least: 30 * MINUTE, most: 4 * HOUR } as const;
const LEAST_PAUSES = 3;
const MOST_PAUSES = 9;

/** Why an Alert is not news. */
type Repeat = 'burst' | 'heartbeat';

/** What was said last by an input of which nothing is written down: version 0.1 remembered less. */
function remembered({ settings: { type }, state }: Sensor, input: string): Said {
  const { open, values, motion, seenAt } = state;
  const isOn = (['contact', 'smoke', 'glass', 'water'] as const).some((channel) => values[channel] === 'ON');
  const isAlert = type === 'motion' ? motion.alertsSince > 0 : input === '' ? isOn : open[input] === true;
  return { at: seenAt, isAlert, pauses: [] };
}

/** The period of a sensor's heartbeat, ms: its own, once these pauses have told it, or that of its model. */
function periodOf({ settings: { model } }: Sensor, pauses: readonly number[]): number {
  const median = [...pauses].sort((a, b) => a - b)[pauses.length >> 1];
  if (median !== undefined && pauses.length >= LEAST_PAUSES) return median;
  return model.heartbeatMs === 0 ? HOUR : model.heartbeatMs;
}

/** After such a pause so many heartbeats are missed, ms. */
export function pauseOf(sensor: Sensor, missed: number): number {
  return (missed + TOLERANCE) * heartbeatMs(sensor);
}

/** The period of the whole sensor, from any of its inputs. */
function heartbeatMs(sensor: Sensor): number {
  return periodOf(
    sensor,
    Object.values(sensor.state.said ?? {}).flatMap(({ pauses }) => pauses),
  );
}

/** A pause in periods, as many as fit best. */
const countOf = (pauseMs: number, period: number): number => Math.max(1, Math.round(pauseMs / period));

/** Whether an Alert after a pause since the last one is a heartbeat, as far as time tells. */
function isHeartbeat({ settings: { model } }: Sensor, pauseMs: number, period: number): boolean {
  const expectedMs = countOf(pauseMs, period) * period;
  const isNear = Math.abs(pauseMs - expectedMs) <= TOLERANCE * expectedMs;
  return model.protocol === 'security' && isNear && expectedMs <= MOST_PERIODS * period;
}

/**
 * Notes an Alert or a Clear of an input of the sensor, and tells why it is a repeat of an Alert before; undefined when it
 * is not.
 */
export function noteSaid(sensor: Sensor, input: string, isAlert: boolean, at: number): Repeat | undefined {
  const { state } = sensor;
  const said = ((state.said ??= {})[input] ??= remembered(sensor, input));
  const { pauses } = said;
  const pauseMs = at - said.at;
  const isAgain = isAlert && said.isAlert;
  const isBurst = Math.abs(pauseMs) < BURST_MS;
  const period = periodOf(sensor, pauses);
  const repeat =
    isAgain && isBurst ? 'burst' : isAgain && isHeartbeat(sensor, pauseMs, period) ? 'heartbeat' : undefined;
  // between two Clears nothing else can have happened
  const isStill = !isAlert && !said.isAlert;
  if (isStill && pauseMs > PAUSE_MS.least && pauseMs <= PAUSE_MS.most) {
    // heartbeats that were lost make it several periods long
    pauses.push(pauseMs / countOf(pauseMs, period));
    if (pauses.length > MOST_PAUSES) pauses.shift();
  }
  said.at = at;
  said.isAlert = isAlert;
  return repeat;
}
