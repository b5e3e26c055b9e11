/**
 * Contacts, smoke, glass and water: one retained channel that Alert switches on and Clear switches off
 * (GRAMMAR of security RF, x10state.c `translate_virtual`). A repeat changes nothing and is not an alert.
 */

import { idOf, keep, setChannel, type Heard, type Sensor } from './heard.js';
import type { DelaySwitch } from './guard.js';
import { noteSaid } from './repeat.js';
import { isAlarmType, mainChannelOf, type AlarmType, type Channel, type EventType } from './types.js';
import type { SecurityFlag } from '../heyu/signal.js';

/** What Alert, an Alert read too late, and Clear are called in events. */
type Words = { readonly on: EventType; readonly late: EventType; readonly off: EventType };
const CONTACT: Words = { on: 'opened', late: 'opened_missed', off: 'closed' };
const ALARM: Words = { on: 'alarm', late: 'alarm_missed', off: 'clear' };
const wordsOf = (type: AlarmType): Words => (mainChannelOf(type) === 'contact' ? CONTACT : ALARM);

/** The delay switch that a contact reports with each line. */
function delayOf(flags: readonly SecurityFlag[]): DelaySwitch {
  return flags.includes('swMin') ? 'min' : flags.includes('swMax') ? 'max' : undefined;
}

/** Which of the two contacts of a DS90 or DS18-1, which is open while either is; empty for all others. */
function inputOf(flags: readonly SecurityFlag[]): '' | 'main' | 'aux' {
  return flags.includes('Aux') ? 'aux' : flags.includes('Main') ? 'main' : '';
}

/** Alert (`on`) or Clear of a contact, smoke, glass or water sensor. */
export function alarmHeard(sensor: Sensor, on: boolean, flags: readonly SecurityFlag[], heard: Heard): void {
  const { settings, state } = sensor;
  const { type } = settings;
  const channel = mainChannelOf(type);
  if (channel === undefined || !isAlarmType(type)) return;
  const { at, source } = heard;
  const delay = delayOf(flags);
  const input = channel === 'contact' ? inputOf(flags) : '';
  const isAgain = noteSaid(sensor, input, on, at) !== undefined || at < state.clearsAt;
  if (input !== '') state.open[input] = on;
  const value = input === '' ? on : Object.values(state.open).some(Boolean);
  const before = state.values[channel];
  const lateAfter = at + settings.holdMs;
  const late = lateAfter <= heard.now;
  if (on && late && !settings.model.clears) {
    missedAlarm(sensor, type, isAgain, heard);
    return;
  }
  const changed = setChannel(sensor, channel, value ? 'ON' : 'OFF', at, on ? 'alert' : 'clear');
  if (on && !settings.model.clears) state.clearsAt = lateAfter;
  const sign = { kind: type, lasts: true, delay };
  const isNews = changed || !isAgain;
  const standing = on && isNews ? sensor.alarm(sensor, heard, sign) : undefined;
  if (!changed)
    keep(sensor, on && isNews ? 'in alert again: a Clear was lost' : 'heartbeat: nothing has changed');
  // the first Clear ever heard is news of a state, not of an event
  else if (value || before !== undefined) {
    const words = wordsOf(type);
    const common = { id: idOf(heard), at, lateAfter, source };
    const event = value
      ? { ...common, type: late ? words.late : words.on, lateType: words.late, standing }
      : { ...common, type: words.off, lateType: null };
    sensor.emit({ kind: 'sensor_event', sensor, event });
  }
  if (channel === 'contact' && settings.model.protocol === 'security')
    setChannel(sensor, 'attributes', JSON.stringify({ delay: delay ?? null, ...state.open }), at, 'switches');
}

/** An alarm of a model that never clears, read when its hold time was over: an event, and never a state. */
function missedAlarm(sensor: Sensor, kind: AlarmType, isAgain: boolean, heard: Heard): void {
  const { settings, state } = sensor;
  const { at, source } = heard;
  const lateAfter = at + settings.holdMs;
  state.clearsAt = lateAfter;
  if (isAgain) return keep(sensor, 'it is in alert already');
  const standing = sensor.alarm(sensor, heard, { kind, lasts: false });
  const type = wordsOf(kind).late;
  const event = { type, id: idOf(heard), at, lateAfter, lateType: type, standing, source };
  sensor.emit({ kind: 'sensor_event', sensor, event });
}

/** Switches a channel off that its model never clears, when its hold time is over. */
export function expireAlarm(sensor: Sensor, channel: Channel, at: number): void {
  const { state } = sensor;
  const endedAt = state.clearsAt;
  if (endedAt === 0 || endedAt > at) return;
  state.clearsAt = 0;
  setChannel(sensor, channel, 'OFF', endedAt, 'the hold time is over');
}
