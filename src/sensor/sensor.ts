/**
 * One sensor gets a signal: finds the machine of the channel. Whether a line concerns the sensor at all (address,
 * source, repetition on another path) was decided before (bridge/hear).
 */

import { MINUTE } from '../common/duration.js';
import type { SecurityFlag } from '../heyu/signal.js';
import type { Address } from '../x10/address.js';
import { alarmHeard, expireAlarm } from './alarm.js';
import { eventTypesOf, hasSilence, keyOf } from './channels.js';
import { idOf, keep, setChannel, type Heard, type Sensor } from './heard.js';
import { lampHeard } from './lamp.js';
import { expireMotion, motionAlert, motionClear, motionOver, motionSeen } from './motion.js';
import { pauseOf } from './repeat.js';
import { mainChannelOf, type EventType } from './types.js';

/** On, Off, Dim ... of an address of its own. `args` is what heyu wrote behind the function. */
export function unitHeard(sensor: Sensor, unit: Address, name: string, args: string, heard: Heard): void {
  const { type } = sensor.settings;
  if (type === 'remote') {
    keyPressed(sensor, name, { unit, address: unit }, heard);
  } else if (type === 'light' || type === 'appliance') {
    lampHeard(sensor, name, args, heard.at);
  } else if (name !== 'On' && name !== 'Off') {
    keep(sensor, `${name} says nothing about a sensor`);
    return;
  } else if (type === 'motion') {
    if (name === 'On') motionSeen(sensor, heard);
    else motionOver(sensor, heard);
  } else if (type === 'light_sensor') {
    dusk(sensor, name === 'On', heard.at);
  } else alarmHeard(sensor, name === 'On', [], heard);
  noteSign(sensor, heard.at);
}

/** On (dark) or Off (light) of the unit that says dark and light for this sensor. */
export function duskUnitHeard(sensor: Sensor, name: string, at: number): void {
  if (name !== 'On' && name !== 'Off') return;
  dusk(sensor, name === 'On', at);
  noteSign(sensor, at);
}

/** What a line of security RF says. */
export type SecuritySignal = {
  readonly name: string;
  readonly flags: readonly SecurityFlag[];
  readonly args: string;
};

/** A line of security RF with its flags. True when it only says that the key of a remote is still held. */
export function securityHeard(sensor: Sensor, signal: SecuritySignal, heard: Heard): boolean {
  const { name, flags } = signal;
  const { type } = sensor.settings;
  const { at } = heard;
  let isStillHeld = false;
  if (type === 'remote') {
    isStillHeld = keyPressed(sensor, name, pressDetails(signal), heard);
  } else if (name === 'sDusk' || name === 'sDawn') {
    dusk(sensor, name === 'sDusk', at);
  } else if (name === 'Alert' || name === 'Clear') {
    if (type !== 'motion') alarmHeard(sensor, name === 'Alert', flags, heard);
    else if (name === 'Alert') motionAlert(sensor, heard, flags.includes('LoBat'));
    else motionClear(sensor, heard);
  } else if (name === 'Test' && type === 'smoke') {
    event(sensor, 'test', {}, heard);
  } else if (name === 'secTamper') {
    sensor.alarm(sensor, heard, { kind: 'tamper', lasts: false });
  } else {
    keep(sensor, `${name} says nothing about this sensor`);
  }
  // motion goes out before anything else; bytes that heyu does not know have no flags that could be missing
  if (name !== 'vData') noteFlags(sensor, name, flags, at);
  noteSign(sensor, at);
  return isStillHeld;
}

/** The next instant at which `expire` has something to do, epoch ms; Infinity when there is none. */
export function deadlineOf(sensor: Sensor): number {
  const { settings, state } = sensor;
  const { motion, clearsAt } = state;
  const hasAlarm = clearsAt > 0 && mainChannelOf(settings.type) !== undefined;
  const endsAt = motion.on ? motion.until : Infinity;
  return Math.min(endsAt, hasAlarm ? clearsAt : Infinity, silentAt(sensor), missesAt(sensor));
}

/** Looks after what is due at a sensor up to `at`: ends of hold times, silence. */
export function expire(sensor: Sensor, at: number): void {
  expireMotion(sensor, at);
  const channel = mainChannelOf(sensor.settings.type);
  if (channel !== undefined) expireAlarm(sensor, channel, at);
  expireHeartbeats(sensor, at);
  expireSilence(sensor, at);
}

function dusk(sensor: Sensor, isDark: boolean, at: number): void {
  // Home Assistant's device class light: ON means that light was detected
  const why = isDark ? 'it is dark' : 'it is light';
  if (!setChannel(sensor, 'light', isDark ? 'OFF' : 'ON', at, why))
    keep(sensor, isDark ? 'it was dark already' : 'it was light already');
}

function pressDetails({ flags, args }: SecuritySignal): Record<string, string> {
  const details: Record<string, string> = {};
  if (flags.includes('swHome')) details['mode'] = 'home';
  if (flags.includes('swAway')) details['mode'] = 'away';
  if (flags.includes('swMin')) details['delay'] = 'min';
  if (flags.includes('swMax')) details['delay'] = 'max';
  const code = /^vdata (0x[0-9a-fA-F]+)/.exec(args)?.[1];
  if (code !== undefined) details['code'] = code;
  return details;
}

type PressDetails = Readonly<Record<string, string>>;

/** A line of a remote. True when the key of the line before is still held. */
function keyPressed(sensor: Sensor, name: string, details: PressDetails, heard: Heard): boolean {
  const type = keyOf(sensor.settings, name, details['unit']);
  if (type === undefined || !eventTypesOf(sensor.settings).includes(type))
    keep(sensor, `${name} is not a key of this remote`);
  else if (isHeld(sensor, type, details, heard.at)) {
    keep(sensor, 'the key is held');
    return true;
  } else {
    if (type === 'panic') sensor.alarm(sensor, heard, { kind: type, lasts: false });
    event(sensor, type, details, heard);
  }
  return false;
}

/** Lines of a held key come once a second (AUX_REPCOUNTS: bursts 1, 9, 17). A press after a pause is another one. */
const HELD_MS = 1000;

/** Whether this is the key of the line before, still held. Each Dim and Bright is a step of its own. */
function isHeld({ state }: Sensor, type: EventType, details: PressDetails, at: number): boolean {
  const key = JSON.stringify([type, details]);
  const { pressed } = state;
  state.pressed = { key, at };
  if (type === 'dim' || type === 'bright' || pressed?.key !== key) return false;
  return at >= pressed.at && at - pressed.at <= HELD_MS;
}

/** How long a key press or a test is live: last night's button must not be reported in the morning. */
const PRESS_LIVE_MS = MINUTE;

const isPressLate = ({ at, now }: Heard): boolean => at + PRESS_LIVE_MS <= now;

function event(sensor: Sensor, type: EventType, more: PressDetails, heard: Heard): void {
  const { at, source } = heard;
  const lateAfter = at + PRESS_LIVE_MS;
  if (isPressLate(heard)) return keep(sensor, 'read too late: an old key press is not sent');
  const said = { type, id: idOf(heard), at, lateAfter, lateType: null, more, source };
  sensor.emit({ kind: 'sensor_event', sensor, event: said });
}

// --- What a sensor says of itself: battery, tampering, silence.

/** The flags of a security line: LoBat, Tamper. heyu keeps Tamper on later lines until it is cleared. */
function noteFlags(sensor: Sensor, name: string, flags: readonly SecurityFlag[], at: number): void {
  noteBattery(sensor, flags.includes('LoBat'), at);
  noteTamper(sensor, name === 'secTamper' || flags.includes('Tamper'), at);
}

/** A line with or without LoBat. That it is missing says something of models only that are known to send it. */
export function noteBattery(sensor: Sensor, isLow: boolean, at: number): void {
  const { model } = sensor.settings;
  if (!model.hasBattery) return;
  if (isLow) setChannel(sensor, 'battery', 'ON', at, 'low battery');
  else if (model.tellsBattery || sensor.state.values['battery'] === 'ON')
    setChannel(sensor, 'battery', 'OFF', at, 'battery is good');
}

/**
 * Tampering stays until heyu clears it. Of a DS90 or DS18-1 heyu shows that on each line (the flag is missing
 * then), of others with its message only.
 */
function noteTamper(sensor: Sensor, isTampered: boolean, at: number): void {
  const { model } = sensor.settings;
  if (!model.hasTamper) return;
  const before = sensor.state.values['tamper'];
  if (isTampered) setChannel(sensor, 'tamper', 'ON', at, 'tampered with');
  else if (before === undefined || model.kind === 'contact')
    setChannel(sensor, 'tamper', 'OFF', at, 'not tampered with');
  else if (before === 'ON') keep(sensor, 'tampered with until heyu clears it');
}

/** heyu's `Clear tamper flags`. */
export function clearTamper(sensor: Sensor, at: number): void {
  if (sensor.state.values['tamper'] !== undefined)
    setChannel(sensor, 'tamper', 'OFF', at, 'heyu cleared its tamper flags');
}

/** The sensor was heard: it is not silent. */
export function noteSign(sensor: Sensor, at: number): void {
  const { settings, state } = sensor;
  if (at > state.seenAt) {
    state.seenAt = at;
    state.watchedSince = at;
  }
  if (hasSilence(settings)) setChannel(sensor, 'silent', 'OFF', at, 'heard');
  if (settings.countsHeartbeats) setChannel(sensor, 'missed_heartbeats', '0', at, 'heard');
}

const missedOf = ({ state: { values } }: Sensor): number => Number(values['missed_heartbeats'] ?? 0);

/** When one heartbeat more is missed, epoch ms; Infinity when none is counted, or not any more. */
function missesAt(sensor: Sensor): number {
  const { settings, state } = sensor;
  const isCounted = settings.countsHeartbeats && state.values['silent'] !== 'ON';
  return !isCounted ? Infinity : state.watchedSince + pauseOf(sensor, missedOf(sensor) + 1);
}

/** Counts the heartbeats that were not heard, each at its own time, as long as it is not silent. */
function expireHeartbeats(sensor: Sensor, at: number): void {
  const until = Math.min(at, silentAt(sensor));
  for (let missedAt = missesAt(sensor); missedAt <= until; missedAt = missesAt(sensor)) {
    const missed = String(missedOf(sensor) + 1);
    setChannel(sensor, 'missed_heartbeats', missed, missedAt, 'a heartbeat was not heard');
  }
}

/** heyu's own `Inactive`: nothing was heard of the sensor for heyu's INACTIVE_TIMEOUT. It is not a Clear. */
export function noteInactive(sensor: Sensor, at: number): void {
  if (!hasSilence(sensor.settings)) keep(sensor, 'its silence is not watched (silent_after: 0)');
  else if (!setChannel(sensor, 'silent', 'ON', at, 'heyu reports it inactive'))
    keep(sensor, 'known to be silent');
}

/** When a sensor that is not heard until then is silent, epoch ms; Infinity when it is not watched or is known to be. */
function silentAt({ settings: { silentMs }, state }: Sensor): number {
  return silentMs === 0 || state.values['silent'] === 'ON' ? Infinity : state.watchedSince + silentMs;
}

/** Reports a sensor silent that was not heard for its limit. */
function expireSilence(sensor: Sensor, at: number): void {
  const from = silentAt(sensor);
  if (from <= at) setChannel(sensor, 'silent', 'ON', from, 'not heard for too long');
}
