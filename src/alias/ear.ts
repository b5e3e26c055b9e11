/**
 * From lines of the log to what was heard: signals, and for standard X10 the units that a function was meant for.
 * heyu's own commands count as heard, too: their source tells them apart.
 */

import { lineReader, readLine, type LineReader, type Said } from '../heyu/reader.js';
import { KAKU_FUNCTIONS } from '../heyu/functions.js';
import type { Source } from '../heyu/source.js';
import { readStamp, stampClock, type StampForm } from '../heyu/stamp.js';
import { addressAt } from '../x10/address.js';
import type { Heard } from './heard.js';

/** Hears lines in their order. */
export type Ear = LineReader;

/** An ear that has heard nothing yet. An address that got no function within `expiryMs` is forgotten. */
export function newEar(form: StampForm, expiryMs: number): Ear {
  return lineReader(form, expiryMs);
}

/** What one line says, at the instant `at`; nothing for lines that name no sender. */
export function listen(ear: Ear, text: string, at: number): readonly Heard[] {
  return readLine(ear, { text, generation: '', file: 'current' }, at).flatMap((said) => heardIn(said, at));
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

function heardIn({ signal, selected: { units, outOfStep } }: Said, at: number): readonly Heard[] {
  if (outOfStep !== undefined) return [];
  const each = (name: string, source: Source): readonly Heard[] =>
    units.map(({ unit, label }) => ({ at, address: addressAt(unit), label, function: name, source }));
  switch (signal.kind) {
    case 'function':
      // Functions of a whole house code say nothing of single units.
      return ['On', 'Off', 'Dim', 'Bright'].includes(signal.name) ? each(signal.name, signal.source) : [];
    case 'kaku':
      return each(KAKU_FUNCTIONS.get(signal.name) ?? signal.name, signal.source);
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
    default:
      return [];
  }
}
