/**
 * Contacts, smoke, glass and water: one retained channel that Alert switches on and Clear switches off
 * (GRAMMAR of security RF, x10state.c `translate_virtual`). Heartbeats repeat the state and change nothing.
 */

import type { ChannelTopic } from '../mqtt/topics.js';
import type { SecurityFlag } from '../heyu/functions.js';
import type { EventType } from './event-types.js';
import { idOf, setChannel, type Hearing, type Report, type Sensor } from './hearing.js';

/** What Alert, an Alert read too late, and Clear are called in events. */
type Words = { readonly on: EventType; readonly late: EventType; readonly off: EventType };
const CONTACT: Words = { on: 'opened', late: 'opened_missed', off: 'closed' };
const ALARM: Words = { on: 'alarm', late: 'alarm_missed', off: 'clear' };

/** The switches that a contact reports with each line, for its attributes. */
function attributesOf(flags: readonly SecurityFlag[], open: Readonly<Record<string, boolean>>): string {
  const delay = flags.includes('swMin') ? 'min' : flags.includes('swMax') ? 'max' : null;
  return JSON.stringify({ delay, ...open });
}

/** Alert (`on`) or Clear of a contact, smoke, glass or water sensor. */
export function alarmChannel(
  sensor: Sensor,
  channel: ChannelTopic,
  on: boolean,
  flags: readonly SecurityFlag[],
  hearing: Hearing,
  report: Report,
): void {
  const { settings, state } = sensor;
  let value = on;
  if (channel === 'contact') {
    // DS90 and DS18-1 have two contacts on one address: open while either is
    const input = flags.includes('Aux') ? 'aux' : flags.includes('Main') ? 'main' : undefined;
    if (input !== undefined) {
      state.open[input] = on;
      value = Object.values(state.open).some(Boolean);
    }
  }
  const before = state.values[channel];
  const late = hearing.at + settings.holdMs <= hearing.now;
  if (on && late && !settings.model.clears) {
    missedAlarm(sensor, hearing, report);
    return;
  }
  const changed = setChannel(
    sensor,
    channel,
    value ? 'ON' : 'OFF',
    hearing.at,
    on ? 'alert' : 'clear',
    report,
  );
  if (on && !settings.model.clears) {
    state.clearsAt = hearing.at + settings.holdMs;
    report.wakeAt(sensor, state.clearsAt);
  }
  const standing = on ? report.alarm(sensor, hearing, late) : undefined;
  // the first Clear ever heard is news of a state, not of an event
  if (changed && (value || before !== undefined)) {
    const words = channel === 'contact' ? CONTACT : ALARM;
    const lateAfter = hearing.at + settings.holdMs;
    report.event(
      sensor,
      value
        ? {
            type: late ? words.late : words.on,
            id: idOf(hearing),
            at: hearing.at,
            lateAfter,
            lateType: words.late,
            standing,
          }
        : { type: words.off, id: idOf(hearing), at: hearing.at, lateAfter, lateType: null },
      hearing.source,
    );
  } else if (!changed) {
    report.kept(sensor, on ? 'it is in alert already' : 'heartbeat: nothing has changed');
  }
  if (channel === 'contact' && settings.model.protocol === 'security') {
    setChannel(sensor, 'attributes', attributesOf(flags, state.open), hearing.at, 'switches', report);
  }
}

/** An alarm of a model that never clears, read when its hold time was over: an event, and never a state. */
function missedAlarm(sensor: Sensor, hearing: Hearing, report: Report): void {
  const { settings, state } = sensor;
  const isRepeated = hearing.at < state.clearsAt;
  const lateAfter = hearing.at + settings.holdMs;
  state.clearsAt = lateAfter;
  report.wakeAt(sensor, lateAfter);
  const standing = report.alarm(sensor, hearing, true);
  if (isRepeated) {
    report.kept(sensor, 'it is in alert already');
    return;
  }
  const type = ALARM.late;
  const { at, source } = hearing;
  report.event(sensor, { type, id: idOf(hearing), at, lateAfter, lateType: type, standing }, source);
}

/** Switches a channel off that its model never clears, when its hold time is over. */
export function expireAlarmChannel(sensor: Sensor, channel: ChannelTopic, at: number, report: Report): void {
  const { state } = sensor;
  if (state.clearsAt === 0) return;
  if (state.clearsAt > at) {
    report.wakeAt(sensor, state.clearsAt);
    return;
  }
  const endedAt = state.clearsAt;
  state.clearsAt = 0;
  setChannel(sensor, channel, 'OFF', endedAt, 'the hold time is over', report);
}
