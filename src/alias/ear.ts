/**
 * From lines of the log to what was heard: signals, and for standard X10 the units that a function was meant for.
 * heyu's own commands count as heard, too: their source tells them apart.
 */

import { readSignal } from '../heyu/line.js';
import type { Signal } from '../heyu/signal.js';
import {
  addressUnit,
  selectForPreset,
  forgetSelections,
  noSelections,
  selectionsOf,
  selectUnits,
  type OtherSelections,
  type Selections,
  addressKaku,
  takeKaku,
} from '../heyu/selection.js';
import { KAKU_FUNCTIONS } from '../heyu/functions.js';
import { droppedOutOfStep, type SpoolWatches } from '../heyu/spool.js';
import { engineOf, readStamp, stampClock, type StampForm } from '../heyu/stamp.js';
import { addressAt } from '../x10/address.js';
import type { Heard } from './heard.js';

/** Hears lines in their order. */
export type Ear = {
  readonly form: StampForm;
  readonly selections: Selections;
  /** What the other engines of a COMMON log have addressed. */
  readonly otherSelections: OtherSelections;
  readonly spool: SpoolWatches;
  /** An address that got no function within this time is forgotten, ms. */
  readonly expiryMs: number;
};

/** An ear that has heard nothing yet. */
export function newEar(form: StampForm, expiryMs: number): Ear {
  return { form, selections: noSelections(), otherSelections: {}, spool: {}, expiryMs };
}

/** What one line says, at the instant `at`; nothing for lines that name no sender. */
export function listen(ear: Ear, text: string, at: number): readonly Heard[] {
  const stamp = readStamp(text, ear.form.order);
  if (stamp === undefined) return [];
  const engine = engineOf(text, stamp.bodyStart);
  const writer = engine === 0 ? '' : `/${engine}`;
  const selections = selectionsOf(ear.selections, ear.otherSelections, writer);
  const signal = readSignal(text, stamp.bodyStart);
  if (
    (signal.kind === 'address' || signal.kind === 'function') &&
    droppedOutOfStep(ear.spool, engine, selections, signal, at, ear.expiryMs) !== undefined
  )
    return [];
  return heardIn(signal, selections, ear.expiryMs, at);
}

/**
 * The instants of a log's lines, undefined for lines without a stamp. Stamps mostly have no year: it follows from
 * `endAt`, when the last line was written, going back line by line.
 */
export function instantsBackFrom(
  lines: readonly string[],
  form: StampForm,
  endAt: number,
): readonly (number | undefined)[] {
  const clock = stampClock(form);
  const instants = new Array<number | undefined>(lines.length);
  let near = endAt;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const stamp = readStamp(lines[index] ?? '', form.order);
    if (stamp === undefined) continue;
    const at = clock.instantNear(stamp, near);
    if (Number.isNaN(at)) continue;
    instants[index] = at;
    near = at;
  }
  return instants;
}

function heardIn(signal: Signal, selections: Selections, expiryMs: number, at: number): readonly Heard[] {
  switch (signal.kind) {
    case 'address': {
      const { source, unit, label } = signal;
      addressUnit(selections, source, { unit, label, at }, expiryMs);
      return [];
    }
    case 'function': {
      const { source, house, name } = signal;
      const { units } = selectUnits(selections, source, house, name, at, expiryMs);
      // Functions of a whole house code say nothing of single units.
      if (!['On', 'Off', 'Dim', 'Bright'].includes(name)) return [];
      return units.map(({ unit, label }) => ({
        at,
        address: addressAt(unit),
        label,
        function: name,
        source,
      }));
    }
    case 'kaku_unit': {
      const { unit, label } = signal;
      addressKaku(selections, { unit, label, at });
      return [];
    }
    case 'kaku': {
      const { source, name } = signal;
      const said = { at, function: KAKU_FUNCTIONS.get(name) ?? name, source };
      return takeKaku(selections, at).map(({ unit, label }) => ({
        ...said,
        address: addressAt(unit),
        label,
      }));
    }
    case 'security':
    case 'extended':
    case 'reading': {
      const { unit, label, name, source } = signal;
      return [{ at, address: addressAt(unit), label, function: name, source }];
    }
    case 'unmapped': {
      if (signal.type !== 'Sec') return [];
      const data = /Data\s+0x([0-9a-f]{1,2})\b/i.exec(signal.args)?.[1];
      const heard = { at, address: undefined, securityId: signal.id, label: null, source: signal.source };
      const more = data === undefined ? {} : { data: Number.parseInt(data, 16) };
      return [{ ...heard, ...more, function: 'RFdata' }];
    }
    case 'preset':
      selectForPreset(selections, signal.source, at, expiryMs);
      return [];
    case 'message':
      if (signal.message === 'engine_started') forgetSelections(selections);
      return [];
    case 'inactive':
    case 'noise':
    case 'unrecognised':
      return [];
  }
}
