/**
 * The motion machine (docs/design.md, decisions 3 and 4): many signs of a motion, one start, one end. The
 * start comes with the first sign; further signs make it last; it ends with the sensor's Off or when the hold
 * time has passed since the last sign.
 */

import { idOf, type Hearing, type Report, type Sensor } from './hearing.js';

/** An Alert this long after the last one without a Clear is a heartbeat of an MS10A/MS90. */
const HEARTBEAT_AFTER_MS = 30 * 60_000;

/** Alerts with LoBat and no Clear for this many hold times: the battery is empty, nobody is moving. */
const LOW_BATTERY_HOLDS = 3;

/** Why a motion ended that the sensor did not end. */
export const HOLD_OVER = 'the hold time is over';

/** A motion without a further sign lasts this long: its hold time, or the minimum on-time where that is longer. */
const lastsMs = ({ settings }: Sensor): number => Math.max(settings.holdMs, settings.minOnMs);

/** True when what lasts `holdMs` from `at` on is over `now`. */
function isLate(at: number, holdMs: number, now: number): boolean {
  return at + holdMs <= now;
}

function start(sensor: Sensor, hearing: Hearing, report: Report): void {
  const { motion } = sensor.state;
  const { at } = hearing;
  const late = isLate(at, lastsMs(sensor), hearing.now);
  motion.on = true;
  motion.since = at;
  const id = idOf(hearing);
  motion.id = id;
  motion.missed = late;
  motion.until = at + lastsMs(sensor);
  if (!late) report.change(sensor, 'motion', 'ON', at, 'motion begins');
  const standing = report.alarm(sensor, hearing, late);
  report.event(
    sensor,
    {
      type: late ? 'motion_missed' : 'motion',
      id,
      at,
      lateAfter: motion.until,
      lateType: 'motion_missed',
      standing,
    },
    hearing.source,
  );
  report.wakeAt(sensor, motion.until);
}

function end(sensor: Sensor, at: number, why: string, hearing: Hearing | undefined, report: Report): void {
  const { motion } = sensor.state;
  motion.on = false;
  motion.endedAt = at;
  if (motion.missed) {
    report.kept(sensor, `${why}; the motion was read too late to be shown`);
    return;
  }
  report.change(sensor, 'motion', 'OFF', at, why);
  const lateAfter = at + sensor.settings.holdMs;
  report.event(
    sensor,
    { type: 'clear', id: `${motion.id}.clear`, at, lateAfter, lateType: null },
    hearing?.source,
  );
}

/** A sign of motion: On, or Alert of a security sensor. */
export function motionSeen(sensor: Sensor, hearing: Hearing, report: Report): void {
  const { settings, state } = sensor;
  const { motion } = state;
  const { at } = hearing;
  if (!motion.on) {
    if (settings.cooldownMs > 0 && motion.endedAt > 0 && at < motion.endedAt + settings.cooldownMs) {
      report.kept(sensor, 'cool-down after the last motion');
      report.alarm(sensor, hearing, isLate(at, settings.holdMs, hearing.now));
      return;
    }
    start(sensor, hearing, report);
    return;
  }
  motion.until = Math.max(motion.until, at + settings.holdMs);
  const late = isLate(at, settings.holdMs, hearing.now);
  if (motion.missed && !late) {
    // the motion that began unseen still goes on
    motion.missed = false;
    report.change(sensor, 'motion', 'ON', at, 'motion goes on');
  } else {
    report.kept(sensor, 'hold time re-armed');
  }
  report.alarm(sensor, hearing, late);
  report.wakeAt(sensor, motion.until);
}

/** The sensor says that the motion is over: Off, or Clear of a security sensor. */
export function motionOver(sensor: Sensor, hearing: Hearing, report: Report): void {
  const { settings, state } = sensor;
  const { motion } = state;
  const { at } = hearing;
  if (!motion.on) {
    report.kept(sensor, 'there was no motion');
    return;
  }
  if (settings.off === 'hold') {
    report.kept(sensor, 'this sensor clears while someone moves: the hold time decides');
    return;
  }
  const earliest = motion.since + settings.minOnMs;
  if (at < earliest) {
    motion.until = earliest;
    report.wakeAt(sensor, earliest);
    report.kept(sensor, 'minimum on-time');
    return;
  }
  end(sensor, at, 'the sensor says off', hearing, report);
}

/** Alert of a security motion sensor: motion, a heartbeat, or the cry of an empty battery. */
export function motionAlert(sensor: Sensor, hearing: Hearing, lowBattery: boolean, report: Report): void {
  const { settings, state } = sensor;
  const { motion } = state;
  const { at } = hearing;
  const { alertAt } = motion;
  motion.alertAt = at;
  if (motion.alertsSince === 0) motion.alertsSince = at;
  if (settings.model.clears && settings.model.heartbeatMs > 0 && alertAt > 0 && motion.alertsSince !== at) {
    if (at - alertAt >= HEARTBEAT_AFTER_MS) {
      report.kept(sensor, 'heartbeat: an alert half an hour after the last one');
      return;
    }
    if (lowBattery && at - motion.alertsSince > LOW_BATTERY_HOLDS * settings.holdMs) {
      report.kept(sensor, 'the battery is empty: it alerts without end');
      return;
    }
  }
  motionSeen(sensor, hearing, report);
}

/** Clear of a security motion sensor. */
export function motionClear(sensor: Sensor, hearing: Hearing, report: Report): void {
  const { motion } = sensor.state;
  motion.alertsSince = 0;
  motion.alertAt = 0;
  motionOver(sensor, hearing, report);
}

/**
 * Takes back a motion whose hold time is over at `at` without ending it, because signs that are not read yet may
 * still make it last: from now on it is one that is not shown.
 */
export function hideMotion(sensor: Sensor, at: number, report: Report): void {
  const { motion } = sensor.state;
  if (!motion.on || motion.missed || motion.until > at) return;
  motion.missed = true;
  report.change(sensor, 'motion', 'OFF', motion.until, HOLD_OVER);
}

/** Ends the motion if its hold time is over at `at`; tells when to look again. */
export function expireMotion(sensor: Sensor, at: number, report: Report): void {
  const { motion } = sensor.state;
  if (!motion.on) return;
  if (motion.until > at) {
    report.wakeAt(sensor, motion.until);
    return;
  }
  end(sensor, motion.until, HOLD_OVER, undefined, report);
}
