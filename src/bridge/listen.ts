/**
 * A line of the log finds whom it concerns: stamp -> instant, text -> signal, selection -> units, units ->
 * sensors. What a sensor makes of it is its own business (sensor/sensor).
 */

import { addressAt } from '../x10/address.js';
import { gluedAt, gluedToTornStamp, isTornSource } from '../heyu/glued.js';
import type { Signal } from '../heyu/signal.js';
import {
  addressKaku,
  addressUnit,
  forgetSelections,
  selectionsOf,
  takeKaku,
  type Selections,
} from '../heyu/selection.js';
import { engineOf } from '../heyu/stamp.js';
import { noteInactive } from '../sensor/diagnostics.js';
import { earliestOf, UNDATED } from '../sensor/hearing.js';
import { lampHeard } from '../sensor/lamp.js';
import { readingHeard } from '../sensor/reading.js';
import { securityHeard } from '../sensor/sensor.js';
import type { LogLine } from '../ports.js';
import { advance, type Core } from './core.js';
import { functionHeard, kakuHeard, presetHeard } from './function-heard.js';
import { setTrouble } from './health.js';
import { interfaceWorks, messageHeard, receiverWorks } from './message-heard.js';
import { isOfUpload, isOutOfStep } from './out-of-step.js';
import { noteUnmapped } from './unmapped.js';
import { aliasOf, counts, isLamp, signed, unmapped } from './whose.js';

/** A line read this long (ms) after the end of its file was last seen belongs to a backlog. */
export const BACKLOG_MS = 60_000;

/** So many stamps in a row that do not fit are a trouble. */
const SUSPICIOUS = 20;

/** Longer than every signal of heyu but those with a very long label: worth a second look. */
const LONG = 90;

/** Hears one line. */
export function hearLine(core: Core, line: LogLine): void {
  const stamp = core.stamps.read(line.text);
  if (stamp === undefined) {
    const glued = gluedToTornStamp(line.text);
    if (glued > 0) hearLine(core, restOf(line, glued));
    else unstampedLine(core, line.text);
    return;
  }
  const instant = core.stamps.instantWithin(stamp, line.notBefore, line.readAt, core.lineAt);
  let { readAt } = line;
  if (instant.fit === 'mismatch') {
    core.health.counters.stampMismatches += 1;
    core.mismatchesInARow += 1;
    if (core.mismatchesInARow === SUSPICIOUS) setTrouble(core, 'begins', 'clock_mismatch', line.readAt);
    // nobody knows when a line of a backlog with such a stamp was written: never a live motion
    if (line.readAt - line.notBefore > BACKLOG_MS) readAt = UNDATED;
  } else {
    if (line.file === 'current' && instant.at > core.lineAt) core.lineAt = instant.at;
    if (core.mismatchesInARow > 0) {
      core.mismatchesInARow = 0;
      setTrouble(core, 'ends', 'clock_mismatch', instant.at);
    }
  }
  hearStamped(core, line, stamp.bodyStart, instant.at, readAt);
}

/** Hears a line whose instant is known; `bodyStart` is where its text begins, `now` decides what is too late. */
export function hearStamped(core: Core, line: LogLine, bodyStart: number, at: number, now: number): void {
  core.health.counters.lines += 1;
  if (line.file === 'current') advance(core, at);
  const signal = core.signals(line.text, bodyStart);
  const glued = secondLine(signal, line.text, bodyStart);
  if (glued > 0) return hearGlued(core, line, bodyStart, glued, at, now);
  hearSignal(core, signal, bodyStart, at, now, line);
}

/**
 * The selections of whoever wrote the line. Addresses belong to their engine; and a file that has had another one
 * after it for long says nothing of what is addressed in that.
 */
function selectionsFor(core: Core, line: LogLine, bodyStart: number): Selections {
  const engine = engineOf(line.text, bodyStart);
  if (engine === 0 && line.file === 'current') return core.selections;
  const file = line.file === 'old' ? line.generation : '';
  return selectionsOf(core.selections, core.otherSelections, engine === 0 ? file : `${file}/${engine}`);
}

/** Where a second line begins in this one; -1 = nowhere. heyu's messages may quote what they like. */
function secondLine(signal: Signal, text: string, bodyStart: number): number {
  if (signal.kind === 'message')
    return signal.message === 'text' && isTornSource(text, bodyStart) ? gluedAt(text, bodyStart) : -1;
  return signal.kind === 'unrecognised' || text.length > LONG ? gluedAt(text, bodyStart) : -1;
}

/** The line that begins at `start` of another one. */
function restOf(line: LogLine, start: number): LogLine {
  return { ...line, text: line.text.slice(start), offset: line.offset + start };
}

/** Two lines in one (heyu's disk was full): what broke off counts if it can be understood, what follows always. */
function hearGlued(
  core: Core,
  line: LogLine,
  bodyStart: number,
  start: number,
  at: number,
  now: number,
): void {
  const rest = restOf(line, start);
  const text = line.text.slice(0, start);
  const piece = core.signals(text, bodyStart);
  if (piece.kind === 'unrecognised' || piece.kind === 'message') {
    core.health.counters.unrecognised += 1;
    core.output.find?.({ kind: 'unrecognised', text, reason: 'it breaks off: was the disk full?' });
  } else hearSignal(core, piece, bodyStart, at, now, line);
  const stamp = core.stamps.read(rest.text);
  if (stamp === undefined) return;
  const restAt = Math.max(at, core.stamps.instantNear(stamp, at));
  hearStamped(core, rest, stamp.bodyStart, restAt, Math.max(now, restAt));
}

function whyUnrecognised(before: string | null): string {
  return before === null ? 'heyu writes no such line' : `the form of heyu before ${before}: update heyu`;
}

/** Output of a script, or of a shell. */
export function unstampedLine(core: Core, text: string): void {
  core.health.counters.lines += 1;
  core.health.counters.unstamped += 1;
  core.output.find?.({ kind: 'unrecognised', text, reason: 'no stamp: output of a script, not of heyu' });
}

function hearSignal(
  core: Core,
  signal: Signal,
  bodyStart: number,
  at: number,
  now: number,
  line: LogLine,
): void {
  const { health, output, settings } = core;
  if (isOfUpload(signal)) {
    const engine = engineOf(line.text, bodyStart);
    if (isOutOfStep(core, engine, selectionsFor(core, line, bodyStart), signal, at)) return;
  }
  if (health.troubles.old_heyu !== undefined && 'unit' in signal) setTrouble(core, 'ends', 'old_heyu', at);
  switch (signal.kind) {
    case 'address': {
      const { source, unit, label } = signal;
      health.counters.expiredAddresses += addressUnit(
        selectionsFor(core, line, bodyStart),
        source,
        { unit, label, at },
        settings.addressExpiryMs,
      );
      output.find?.({ kind: 'address', address: addressAt(unit), source, alias: aliasOf(core, unit, label) });
      return;
    }
    case 'function':
      if (signal.source === 'rcvi') interfaceWorks(core, at);
      if (signal.source === 'rcva' || signal.source === 'snda') receiverWorks(core, at);
      return functionHeard(core, selectionsFor(core, line, bodyStart), signal, at, now, line);
    case 'security':
      receiverWorks(core, at);
      return security(core, signal, at, now, line);
    case 'extended': {
      const { source, unit, label, name, args } = signal;
      const alias = aliasOf(core, unit, label);
      output.find?.({ kind: 'extended', address: addressAt(unit), function: name, source, alias, args });
      const sensor = core.byUnit[unit];
      if (sensor === undefined || !isLamp(sensor) || !counts(core, sensor, source)) return;
      if (lampHeard(sensor, name, args, at, core.report)) signed(core, sensor, at);
      return;
    }
    case 'kaku_unit': {
      const { source, unit, label } = signal;
      addressKaku(selectionsFor(core, line, bodyStart), { unit, label, at });
      output.find?.({ kind: 'address', address: addressAt(unit), source, alias: aliasOf(core, unit, label) });
      return;
    }
    case 'kaku':
      receiverWorks(core, at);
      return kakuHeard(core, takeKaku(selectionsFor(core, line, bodyStart), at), signal, at, now, line);
    case 'inactive': {
      const { source, unit, label } = signal;
      output.find?.({
        kind: 'inactive',
        address: addressAt(unit),
        source,
        alias: aliasOf(core, unit, label),
      });
      const sensor = core.byUnit[unit];
      if (sensor !== undefined && !sensor.settings.ignore) noteInactive(sensor, at, core.report);
      return;
    }
    case 'reading': {
      const { source, unit, label, name, args } = signal;
      const alias = aliasOf(core, unit, label);
      output.find?.({ kind: 'reading', address: addressAt(unit), function: name, source, alias, args });
      const sensor = core.byUnit[unit];
      if (sensor === undefined) return unmapped(core, unit, label, name, source, at);
      if (!counts(core, sensor, source)) return;
      if (sensor.settings.type === 'reading')
        readingHeard(sensor, signal, settings.scales, { at, now, line, source }, core.report);
      signed(core, sensor, at);
      return;
    }
    case 'preset':
      output.find?.({ kind: 'preset', level: signal.level, source: signal.source });
      return presetHeard(core, selectionsFor(core, line, bodyStart), signal, at);
    case 'unmapped': {
      const { type, id: code, args, source } = signal;
      output.find?.({ kind: 'unmapped', type, id: code, args });
      const heard = { label: null, function: args, source, at };
      const isNew = noteUnmapped(core.unmapped, `${type} ${code}`, heard);
      core.unmappedChanged = true;
      if (isNew) output.note('debug', { type, id: code }, 'heard a transmitter that heyu does not map');
      return;
    }
    case 'noise':
      health.counters.noise += 1;
      output.find?.({ kind: 'noise', text: signal.text });
      return;
    case 'message':
      output.find?.({ kind: 'message', message: signal.message, text: signal.text });
      // GRAMMAR, "Restart": what was addressed in the previous run of this engine means nothing any more
      if (signal.message === 'engine_started') forgetSelections(selectionsFor(core, line, bodyStart));
      return messageHeard(core, signal.message, at, earliestOf({ at, now, line }));
    case 'unrecognised':
      health.counters.unrecognised += 1;
      if (signal.before !== null) setTrouble(core, 'begins', 'old_heyu', at);
      output.find?.({ kind: 'unrecognised', text: signal.text, reason: whyUnrecognised(signal.before) });
      return;
  }
}

function security(
  core: Core,
  signal: Extract<Signal, { kind: 'security' }>,
  at: number,
  now: number,
  line: LogLine,
): void {
  const { source, unit, label, name, flags, args } = signal;
  const alias = aliasOf(core, unit, label);
  core.output.find?.({ kind: 'security', address: addressAt(unit), function: name, flags, source, alias });
  const sensor = core.byUnit[unit];
  if (sensor === undefined) return unmapped(core, unit, label, name, source, at);
  if (!counts(core, sensor, source)) return;
  const hearing = { at, now, line, source };
  securityHeard(sensor, name, flags, args, hearing, core.report);
  if (sensor.settings.type === 'remote' && (name === 'Arm' || name === 'Disarm')) {
    const mode = flags.includes('swHome') ? 'home' : 'away';
    const action = name === 'Arm' ? 'arm' : 'disarm';
    core.output.keyfob(sensor.settings.alias, action, mode, earliestOf(hearing), flags.includes('swMin'));
  }
  signed(core, sensor, at);
}
