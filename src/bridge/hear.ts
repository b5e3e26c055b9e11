/**
 * From a line of the log to the sensors that it concerns: stamp -> instant, text -> signal and units (heyu/reader),
 * units -> sensors (bridge/heard-by).
 */

import { MINUTE } from '../common/duration.js';
import { lineAfterTornStamp, secondLine, select } from '../heyu/reader.js';
import type { Selected } from '../heyu/selection.js';
import type { Signal } from '../heyu/signal.js';
import type { LogLine, Now } from '../ports.js';
import { heyuArmed, keyfob } from '../security/commands.js';
import { clearTamper, noteInactive, securityHeard } from '../sensor/sensor.js';
import { earliestOf, UNDATED, type Heard } from '../sensor/heard.js';
import { readingHeard } from '../sensor/reading.js';
import { addressAt, houseAt } from '../x10/address.js';
import { advance, interruptHeartbeats, noteUnmapped, type Bridge, type Core } from './core.js';
import { interfaceWorks, noteMessage, receiverWorks, setTrouble } from './health.js';
import {
  aliasOf,
  counts,
  displacedBy,
  houseFunction,
  kakuFunction,
  lampFunction,
  signed,
  unitFunction,
  unmapped,
} from './heard-by.js';

/** A line read this long (ms) after the end of its file was last seen belongs to a backlog. */
const BACKLOG_MS = MINUTE;

/**
 * The end of the log was last seen so much later than now: the clock was set back between two looks, and lines
 * whose stamps do not fit may have been written at any time, as in a backlog.
 */
const SET_BACK_MS = 2000;

/** So many stamps in a row that do not fit are a trouble. */
const SUSPICIOUS = 20;

/** What is heard so long after the last sign of heyu out of step with its spool shows that it is in step again. */
const IN_STEP_AFTER_MS = MINUTE;

/** Hears one line of the log. */
export function hearLine(bridge: Bridge, line: LogLine, now: Now): void {
  bridge.now = now;
  const { core } = bridge;
  const { stamps } = core.reader;
  const stamp = stamps.read(line.text);
  if (stamp === undefined) {
    const second = lineAfterTornStamp(line.text);
    if (second > 0) hearLine(bridge, restOf(line, second), now);
    else unstampedLine(core, line.text);
    return;
  }
  let { notBefore, readAt } = line;
  if (bridge.isBehind && notBefore > readAt + SET_BACK_MS) notBefore = readAt - BACKLOG_MS - 1;
  let { at, fit } = stamps.instantWithin(stamp, notBefore, readAt, core.lineAt);
  for (const backMs of bridge.setBacks) {
    if (at !== readAt) break;
    // heyu may have written it before: it does not fit now, or is ahead of now
    const before = stamps.instantWithin(stamp, notBefore + backMs, readAt + backMs, core.lineAt + backMs);
    if (before.fit === 'fits') [at, fit] = [before.at - backMs, before.fit];
  }
  if (fit === 'mismatch') {
    core.health.counters.stampMismatches += 1;
    core.mismatchesInARow += 1;
    if (core.mismatchesInARow === SUSPICIOUS) setTrouble(core, 'begins', 'clock_mismatch', readAt);
    // a line of a backlog with such a stamp was written at an unknown time: never a live motion
    if (readAt - notBefore > BACKLOG_MS) readAt = UNDATED;
  } else {
    if (line.file === 'current' && at > core.lineAt) core.lineAt = at;
    if (core.mismatchesInARow > 0) {
      core.mismatchesInARow = 0;
      setTrouble(core, 'ends', 'clock_mismatch', at);
    }
  }
  hear(bridge, notBefore === line.notBefore ? line : { ...line, notBefore }, stamp.bodyStart, at, readAt);
}

/** Output of a script, or of a shell. */
export function unstampedLine({ health, sinks }: Core, text: string): void {
  health.counters.lines += 1;
  health.counters.unstamped += 1;
  sinks.find?.({ kind: 'unrecognised', text, reason: 'no stamp: output of a script, not of heyu' });
}

/** Hears a line whose instant is known; `start` is where its text begins, `now` (epoch ms) decides what is too late. */
export function hear(bridge: Bridge, line: LogLine, start: number, at: number, now: number): void {
  const { core, sinks } = bridge;
  const { reader, health } = core;
  const signal = reader.signals(line.text, start);
  const second = secondLine(signal, line.text, start);
  if (second > 0) return hearBoth(bridge, line, start, second, { at, now });
  health.counters.lines += 1;
  if (line.file === 'current' && at >= core.wakeAt) advance(core, at);
  const selected = select(reader, signal, line, start, at);
  if (selected.outOfStep !== undefined) return outOfStep(core, selected.outOfStep, at);
  if (health.troubles.spool_out_of_step !== undefined) checkStep(core, signal, at);
  if (health.troubles.old_heyu !== undefined && 'unit' in signal) setTrouble(core, 'ends', 'old_heyu', at);
  health.counters.expiredAddresses += selected.expired;
  switch (signal.kind) {
    case 'address':
    case 'kaku_unit': {
      if (sinks.find === undefined) return;
      const { source, unit, label } = signal;
      sinks.find({ kind: 'address', address: addressAt(unit), source, alias: aliasOf(core, unit, label) });
      return;
    }
    case 'function': {
      const { source, house, name, args } = signal;
      if (source === 'rcvi') interfaceWorks(core, at);
      else if (source === 'rcva' || source === 'snda') receiverWorks(core, at);
      const heard = { at, now, line, source, part: undefined };
      const isSwitch = name === 'On' || name === 'Off';
      const isAnswer = name === 'StatusOn' || name === 'StatusOff';
      if (isSwitch ? selected.units.length === 0 : !isAnswer || selected.units.length === 0) {
        const said = { house: houseAt(house << 4), function: name.toLowerCase(), source };
        if (isSwitch) health.counters.orphans += 1;
        sinks.find?.(isSwitch ? { kind: 'orphan', ...said } : { kind: 'house', ...said, args });
        // the answer of a unit without a heard question says nothing
        if (!isSwitch && !isAnswer) houseFunction(bridge, signal, selected.units, heard);
        return;
      }
      // x10state.c: it is the unit addressed last that answers, from the power line
      const units = isSwitch ? selected.units : source === 'rcvi' ? selected.units.slice(-1) : [];
      const displaced = name === 'On' ? displacedBy(core, units) : [];
      for (const addressed of units) {
        const { unit } = addressed;
        const sensor = core.byUnit[unit];
        // no closure here: V8 would make room for what it needs at every line
        if (sensor !== undefined && displaced.includes(sensor)) continue;
        const own = addressed === units[0] ? heard : { ...heard, part: addressAt(unit) };
        unitFunction(bridge, addressed, name, own, selected.reusedAfterMs);
      }
      for (const sensor of displaced) lampFunction(bridge, sensor, 'Off', '', heard);
      return;
    }
    default:
      otherHeard(bridge, signal, selected, {
        at,
        now,
        line,
        source: 'source' in signal ? signal.source : 'syst',
      });
  }
}

/** The line that begins at `start` of another one. */
function restOf(line: LogLine, start: number): LogLine {
  return { ...line, text: line.text.slice(start), offset: line.offset + start };
}

/** Two lines in one (heyu's disk was full): what broke off counts if it can be understood, what follows always. */
function hearBoth(
  bridge: Bridge,
  line: LogLine,
  start: number,
  second: number,
  { at, now }: Pick<Heard, 'at' | 'now'>,
): void {
  const { reader, health, sinks } = bridge.core;
  const rest = restOf(line, second);
  const text = line.text.slice(0, second);
  const { kind } = reader.signals(text, start);
  if (kind === 'unrecognised' || kind === 'message') {
    health.counters.lines += 1;
    health.counters.unrecognised += 1;
    sinks.find?.({ kind: 'unrecognised', text, reason: 'the line is incomplete: was the disk full?' });
  } else hear(bridge, { ...line, text }, start, at, now);
  const stamp = reader.stamps.read(rest.text);
  if (stamp === undefined) return;
  const restAt = Math.max(at, reader.stamps.instantNear(stamp, at));
  hear(bridge, rest, stamp.bodyStart, restAt, Math.max(now, restAt));
}

/** heyu is out of step with its spool (heyu/selection): the signal is none of X10. It is counted and said. */
function outOfStep(core: Core, dropped: number, at: number): void {
  core.health.counters.outOfStep += dropped;
  setTrouble(core, 'begins', 'spool_out_of_step', at);
  const before = dropped > 1 ? `; addresses that waited for a function are dropped (${dropped - 1})` : '';
  const reason = `heyu is out of step with its spool: not X10${before}`;
  core.sinks.find?.({ kind: 'kept', alias: null, reason });
}

/** A signal that heyu could have read out of an upload of the interface, and has not, may show that it is in step. */
function checkStep(core: Core, { kind }: Signal, at: number): void {
  if (kind !== 'address' && kind !== 'function' && kind !== 'extended' && kind !== 'preset') return;
  const last = Math.max(...Object.values(core.reader.spool).map(({ until }) => until));
  if (Math.abs(at - last) > IN_STEP_AFTER_MS) setTrouble(core, 'ends', 'spool_out_of_step', at);
}

type Other = Exclude<Signal, { kind: 'address' | 'kaku_unit' | 'function' }>;

/** Everything but standard X10 with its two lines. */
function otherHeard(bridge: Bridge, signal: Other, { units }: Selected, heard: Heard): void {
  const { core, sinks } = bridge;
  const { health } = core;
  const { at, source } = heard;
  switch (signal.kind) {
    case 'security':
    case 'extended':
    case 'reading':
    case 'inactive':
      return unitSignal(bridge, signal, heard);
    case 'kaku': {
      receiverWorks(core, at);
      if (units.length === 0) {
        health.counters.orphans += 1;
        sinks.find?.({ kind: 'kept', alias: null, reason: `${signal.name} without a unit before it` });
      }
      for (const addressed of units) {
        const own = addressed === units[0] ? heard : { ...heard, part: addressAt(addressed.unit) };
        kakuFunction(bridge, addressed, signal, own);
      }
      return;
    }
    case 'preset':
      sinks.find?.({ kind: 'preset', level: signal.level, source });
      for (const { unit } of units)
        lampFunction(bridge, core.byUnit[unit], 'Preset', String(signal.level), heard);
      return;
    case 'unmapped': {
      const { type, id, args } = signal;
      sinks.find?.({ kind: 'unmapped', type, id, args });
      health.counters.unmapped += 1;
      const isNew = noteUnmapped(core.unmapped, `${type} ${id}`, { label: null, function: args, source, at });
      core.unmappedChanged = true;
      if (isNew) sinks.note('debug', { type, id }, 'heard a transmitter that heyu does not map');
      return;
    }
    case 'noise':
      health.counters.noise += 1;
      sinks.find?.({ kind: 'noise', text: signal.text });
      return;
    case 'message':
      sinks.find?.({ kind: 'message', message: signal.message, text: signal.text });
      return messageHeard(bridge, signal, heard);
    case 'unrecognised': {
      const { text, before } = signal;
      health.counters.unrecognised += 1;
      if (before !== null) setTrouble(core, 'begins', 'old_heyu', at);
      const reason =
        before === null ? 'heyu writes no such line' : `the form of heyu before ${before}: update heyu`;
      sinks.find?.({ kind: 'unrecognised', text, reason });
    }
  }
}

/** What names its unit itself: security RF, measured values, extended codes. */
function unitSignal(
  bridge: Bridge,
  signal: Extract<Signal, { kind: 'security' | 'extended' | 'reading' | 'inactive' }>,
  heard: Heard,
): void {
  const { core, sinks } = bridge;
  const { at, source } = heard;
  const { unit, label, kind } = signal;
  const sensor = core.byUnit[unit];
  if (sinks.find !== undefined) {
    const address = addressAt(unit);
    const by = { source, alias: aliasOf(core, unit, label) };
    if (kind === 'inactive') sinks.find({ kind, address, ...by });
    else if (kind === 'security')
      sinks.find({ kind, address, function: signal.name, flags: signal.flags, ...by });
    else sinks.find({ kind, address, function: signal.name, ...by, args: signal.args });
  }
  if (kind === 'security') receiverWorks(core, at);
  if (kind === 'inactive') {
    if (sensor !== undefined && !sensor.settings.ignore) noteInactive(sensor, at);
    return;
  }
  if (kind === 'extended') return lampFunction(bridge, sensor, signal.name, signal.args, heard);
  if (sensor === undefined) return unmapped(core, signal, signal.name, heard);
  if (!counts(core, sensor, source)) return;
  if (kind === 'security') {
    // a second DISARM may mean more than the first
    if (!securityHeard(sensor, signal, heard)) keyfobHeard(bridge, sensor.settings, signal, heard);
  } else if (sensor.settings.type === 'reading') readingHeard(sensor, signal, core.settings.scales, at);
  signed(bridge, sensor, at);
}

/** Arm and Disarm of a keyfob drive zones. */
function keyfobHeard(
  bridge: Bridge,
  { type, alias }: { readonly type: string; readonly alias: string },
  { name, flags }: Extract<Signal, { kind: 'security' }>,
  heard: Heard,
): void {
  if (type !== 'remote' || (name !== 'Arm' && name !== 'Disarm')) return;
  const mode = flags.includes('swHome') ? 'home' : 'away';
  const action = name === 'Arm' ? 'arm' : 'disarm';
  keyfob(bridge, { alias, action, mode, at: earliestOf(heard), immediate: flags.includes('swMin') });
}

/** What heyu says of itself. */
function messageHeard(bridge: Bridge, { message }: Extract<Signal, { kind: 'message' }>, heard: Heard): void {
  const { core, sinks } = bridge;
  const { at } = heard;
  noteMessage(core, message, at);
  if (message === 'engine_started') {
    interruptHeartbeats(core, at);
    sinks.note('info', {}, 'heyu engine started');
  } else if (message === 'armed_home' || message === 'armed_away' || message === 'disarmed')
    heyuArmed(bridge, message, earliestOf(heard));
  else if (message === 'tamper_cleared') for (const sensor of core.sensors) clearTamper(sensor, at);
}
