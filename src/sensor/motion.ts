/**
 * The motion machine (docs/design.md, decisions 3 and 4): many signals of a motion, one start, one end. The first
 * signal is the start; further signals extend the motion; it ends with the sensor's Off or when the hold time has
 * passed since the last signal.
 */

import { MINUTE, SECOND } from '../common/duration.js';
import type { Source } from '../heyu/sources.js';
import { idOf, keep, type Heard, type Sensor } from './heard.js';
import { noteSaid } from './repeat.js';

/** A heartbeat is one signal; of motion the Clear, or another Alert, follows after some seconds. */
const ALONE_MS = 30 * SECOND;

/** Alerts with a pause this long do not come from an empty battery, which makes no pauses. */
const PAUSE_MS = 30 * MINUTE;

/** Alerts with LoBat, no Clear and no pause for this many hold times: the battery is empty, and there is no motion. */
const LOW_BATTERY_HOLDS = 3;

/** Why a motion ended that the sensor did not end. */
export const HOLD_OVER = 'the hold time is over';

/** Why an Off does not end a motion yet. */
export const MINIMUM_ON = 'minimum on-time';

/** Why a further sign of a motion changes nothing. */
export const GOES_ON = 'the motion goes on, the hold time starts again';

/** A motion without a further sign lasts this long: its hold time, or the minimum on-time where that is longer. */
const lastsMs = ({ settings }: Sensor): number => Math.max(settings.holdMs, settings.minOnMs);

/** True when what lasts `holdMs` from `at` on is over `now`. */
function isLate({ at, now }: Heard, holdMs: number): boolean {
  return at + holdMs <= now;
}

/** A sign of motion: On, or Alert of a security sensor. */
export function motionSeen(sensor: Sensor, heard: Heard): void {
  const { settings, state, alarm } = sensor;
  const { motion } = state;
  const { at } = heard;
  const late = isLate(heard, settings.holdMs);
  if (motion.on) {
    motion.until = Math.max(motion.until, at + settings.holdMs);
    if (motion.missed && !late) {
      // the motion that began unseen still continues
      motion.missed = false;
      sensor.emit({ kind: 'channel', sensor, channel: 'motion', value: 'ON', at, why: 'motion goes on' });
    } else keep(sensor, GOES_ON);
    alarm(sensor, heard, { kind: 'motion', lasts: !late });
  } else if (settings.cooldownMs > 0 && motion.endedAt > 0 && at < motion.endedAt + settings.cooldownMs) {
    keep(sensor, 'cool-down after the last motion');
    // its end is not shown either
    alarm(sensor, heard, { kind: 'motion', lasts: false });
  } else start(sensor, heard);
}

function start(sensor: Sensor, heard: Heard): void {
  const { motion } = sensor.state;
  const { at, source } = heard;
  const late = isLate(heard, lastsMs(sensor));
  motion.on = true;
  motion.since = at;
  const id = idOf(heard);
  motion.id = id;
  motion.missed = late;
  const lateAfter = at + lastsMs(sensor);
  motion.until = lateAfter;
  if (!late)
    sensor.emit({ kind: 'channel', sensor, channel: 'motion', value: 'ON', at, why: 'motion begins' });
  const standing = sensor.alarm(sensor, heard, { kind: 'motion', lasts: !late });
  const type = late ? 'motion_missed' : 'motion';
  const event = { type, id, at, lateAfter, lateType: 'motion_missed', standing, source } as const;
  sensor.emit({ kind: 'sensor_event', sensor, event });
}

function end(sensor: Sensor, at: number, why: string, source: Source | undefined): void {
  const { motion } = sensor.state;
  motion.on = false;
  motion.endedAt = at;
  if (motion.missed) return keep(sensor, `${why}; the motion was read too late to be shown`);
  sensor.emit({ kind: 'channel', sensor, channel: 'motion', value: 'OFF', at, why });
  const lateAfter = at + sensor.settings.holdMs;
  const event = { type: 'clear', id: `${motion.id}.clear`, at, lateAfter, lateType: null, source } as const;
  sensor.emit({ kind: 'sensor_event', sensor, event });
}

/** The sensor says that the motion is over: Off, or Clear of a security sensor. */
export function motionOver(sensor: Sensor, { at, source }: Heard): void {
  const { settings, state } = sensor;
  const { motion } = state;
  const earliest = motion.since + settings.minOnMs;
  if (!motion.on) keep(sensor, 'there was no motion');
  else if (settings.off === 'hold')
    keep(sensor, 'this sensor clears while someone moves: the hold time decides');
  else if (at < earliest) {
    motion.until = earliest;
    keep(sensor, MINIMUM_ON);
  } else end(sensor, at, 'the sensor says off', source);
}

/** Alert of a security motion sensor: motion, a heartbeat, or the cry of an empty battery. */
export function motionAlert(sensor: Sensor, heard: Heard, lowBattery: boolean): void {
  const { settings, state } = sensor;
  const { motion } = state;
  const { at, source, part, line } = heard;
  settleDoubt(sensor, heard);
  const saidAt = state.said?.['']?.at ?? state.seenAt;
  const repeat = noteSaid(sensor, '', true, at);
  if (!lowBattery) motion.alertsSince = 0;
  else if (motion.alertsSince === 0 || at - saidAt >= PAUSE_MS) motion.alertsSince = at;
  if (settings.model.clears && settings.model.heartbeatMs > 0) {
    if (repeat === 'heartbeat') {
      const { generation, offset, notBefore } = line;
      const place = notBefore === undefined ? { generation, offset } : { generation, offset, notBefore };
      motion.doubted = { at, source, part, line: place };
      return keep(sensor, 'heartbeat, unless another sign follows within half a minute');
    }
    if (lowBattery && at - motion.alertsSince > LOW_BATTERY_HOLDS * settings.holdMs)
      return keep(sensor, 'the battery is empty: it alerts without end');
  }
  motionSeen(sensor, heard);
}

/** Clear of a security motion sensor. */
export function motionClear(sensor: Sensor, heard: Heard): void {
  settleDoubt(sensor, heard);
  noteSaid(sensor, '', false, heard.at);
  sensor.state.motion.alertsSince = 0;
  motionOver(sensor, heard);
}

/** What looked like a heartbeat was motion if it is not alone: it counts now, at its own time. */
function settleDoubt(sensor: Sensor, { at, now }: Heard): void {
  const { motion } = sensor.state;
  const { doubted } = motion;
  if (doubted === undefined) return;
  motion.doubted = undefined;
  if (at - doubted.at <= ALONE_MS) motionSeen(sensor, { ...doubted, now });
}

/**
 * Takes back a motion whose hold time is over at `at` without ending it, because signs that are not read yet may
 * still make it last: from now on it is one that is not shown.
 */
export function hideMotion(sensor: Sensor, at: number): void {
  const { motion } = sensor.state;
  if (!motion.on || motion.missed || motion.until > at) return;
  motion.missed = true;
  sensor.emit({ kind: 'channel', sensor, channel: 'motion', value: 'OFF', at: motion.until, why: HOLD_OVER });
}

/** Ends the motion if its hold time is over at `at`. */
export function expireMotion(sensor: Sensor, at: number): void {
  const { motion } = sensor.state;
  if (motion.on && motion.until <= at) end(sensor, motion.until, HOLD_OVER, undefined);
}
