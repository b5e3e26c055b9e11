/**
 * One sensor hears what concerns it: this is where a signal finds the machine of its channel. Which lines
 * concern it at all (address, source, repetition on another path) has been decided before (bridge/listen).
 */

import type { SecurityFlag } from '../heyu/functions.js';
import type { Address } from '../x10/address.js';
import { alarmChannel, expireAlarmChannel } from './alarm-channel.js';
import { mainChannelOf } from './channels.js';
import { expireSilence, noteFlags, noteSign } from './diagnostics.js';
import { eventTypesOf, type EventType } from './event-types.js';
import { idOf, setChannel, type Hearing, type Report, type Sensor } from './hearing.js';
import { lampHeard } from './lamp.js';
import { keyOf } from './remote-keys.js';
import { expireMotion, motionAlert, motionClear, motionOver, motionSeen } from './motion.js';

/** On, Off, Dim ... of an address of its own. `args` is what heyu wrote behind the function. */
export function unitHeard(
  sensor: Sensor,
  unit: Address,
  name: string,
  args: string,
  hearing: Hearing,
  report: Report,
): void {
  const { type } = sensor.settings;
  if (type === 'remote') {
    keyPressed(sensor, name, { unit, address: unit }, hearing, report);
  } else if (type === 'light' || type === 'appliance') {
    lampHeard(sensor, name, args, hearing.at, report);
  } else if (name !== 'On' && name !== 'Off') {
    report.kept(sensor, `${name} says nothing about a sensor`);
    return;
  } else if (type === 'motion') {
    if (name === 'On') motionSeen(sensor, hearing, report);
    else motionOver(sensor, hearing, report);
  } else if (type === 'light_sensor') {
    dusk(sensor, name === 'On', hearing, report);
  } else {
    const channel = mainChannelOf(type);
    if (channel !== undefined) alarmChannel(sensor, channel, name === 'On', [], hearing, report);
  }
  noteSign(sensor, hearing.at, report);
}

/** On (dark) or Off (light) of the unit that says dark and light for this sensor. */
export function duskUnitHeard(sensor: Sensor, name: string, hearing: Hearing, report: Report): void {
  if (name !== 'On' && name !== 'Off') return;
  dusk(sensor, name === 'On', hearing, report);
  noteSign(sensor, hearing.at, report);
}

/** A line of security RF with its flags. */
export function securityHeard(
  sensor: Sensor,
  name: string,
  flags: readonly SecurityFlag[],
  args: string,
  hearing: Hearing,
  report: Report,
): void {
  const { type } = sensor.settings;
  if (type === 'remote') {
    keyPressed(sensor, name, pressDetails(flags, args), hearing, report);
  } else if (name === 'sDusk' || name === 'sDawn') {
    dusk(sensor, name === 'sDusk', hearing, report);
  } else if (name === 'Alert' || name === 'Clear') {
    const channel = mainChannelOf(type);
    if (channel === 'motion') {
      if (name === 'Alert') motionAlert(sensor, hearing, flags.includes('LoBat'), report);
      else motionClear(sensor, hearing, report);
    } else if (channel !== undefined && channel !== 'state' && channel !== 'light') {
      alarmChannel(sensor, channel, name === 'Alert', flags, hearing, report);
    }
  } else if (name === 'Test' && type === 'smoke') {
    event(sensor, 'test', {}, hearing, report);
  } else if (name === 'secTamper') {
    report.alarm(sensor, hearing, hearing.at + sensor.settings.holdMs <= hearing.now);
  } else {
    report.kept(sensor, `${name} says nothing about this sensor`);
  }
  // motion goes out before anything else; bytes that heyu does not know have no flags that could be missing
  if (name !== 'vData') noteFlags(sensor, name, flags, hearing, report);
  noteSign(sensor, hearing.at, report);
}

/** Looks after the deadlines of a sensor up to `at`, and asks to be called again for the next. */
export function expire(sensor: Sensor, at: number, report: Report): void {
  expireMotion(sensor, at, report);
  const channel = mainChannelOf(sensor.settings.type);
  if (channel !== undefined && sensor.state.clearsAt > 0) expireAlarmChannel(sensor, channel, at, report);
  expireSilence(sensor, at, report);
}

function dusk(sensor: Sensor, isDark: boolean, hearing: Hearing, report: Report): void {
  // Home Assistant's device class light: ON means that light was detected
  const changed = setChannel(
    sensor,
    'light',
    isDark ? 'OFF' : 'ON',
    hearing.at,
    isDark ? 'it is dark' : 'it is light',
    report,
  );
  if (!changed) report.kept(sensor, isDark ? 'it was dark already' : 'it was light already');
}

function pressDetails(flags: readonly SecurityFlag[], args: string): Record<string, string> {
  const details: Record<string, string> = {};
  if (flags.includes('swHome')) details['mode'] = 'home';
  if (flags.includes('swAway')) details['mode'] = 'away';
  if (flags.includes('swMin')) details['delay'] = 'min';
  if (flags.includes('swMax')) details['delay'] = 'max';
  const code = /^vdata (0x[0-9a-fA-F]+)/.exec(args)?.[1];
  if (code !== undefined) details['code'] = code;
  return details;
}

function keyPressed(
  sensor: Sensor,
  name: string,
  details: Readonly<Record<string, string>>,
  hearing: Hearing,
  report: Report,
): void {
  const type = keyOf(sensor.settings, name, details['unit']);
  if (type === undefined || !eventTypesOf(sensor.settings).includes(type)) {
    report.kept(sensor, `${name} is no key of this remote`);
    return;
  }
  if (isHeld(sensor, type, details, hearing.at)) report.kept(sensor, 'the key is held');
  else event(sensor, type, details, hearing, report);
}

/** Lines of a held key come once a second (AUX_REPCOUNTS: bursts 1, 9, 17). A press after a pause is another one. */
const HELD_MS = 1000;

/** Whether this is the key of the line before, still held. Each Dim and Bright is a step of its own. */
function isHeld(
  { state }: Sensor,
  type: EventType,
  details: Readonly<Record<string, string>>,
  at: number,
): boolean {
  const key = JSON.stringify([type, details]);
  const { pressed } = state;
  state.pressed = { key, at };
  if (type === 'dim' || type === 'bright' || pressed?.key !== key) return false;
  return at >= pressed.at && at - pressed.at <= HELD_MS;
}

/** How long a key press or a test is live: nobody wants last night's button in the morning. */
const PRESS_LIVE_MS = 60_000;

function event(
  sensor: Sensor,
  type: EventType,
  more: Readonly<Record<string, string>>,
  hearing: Hearing,
  report: Report,
): void {
  const lateAfter = hearing.at + PRESS_LIVE_MS;
  if (lateAfter <= hearing.now) {
    report.kept(sensor, 'read too late: an old key press is not sent');
    return;
  }
  report.event(
    sensor,
    { type, id: idOf(hearing), at: hearing.at, lateAfter, lateType: null, more },
    hearing.source,
  );
}
