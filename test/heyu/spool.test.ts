/** heyu out of step with its spool: what it prints then, and what it does not. */

import { describe, expect, test } from 'vitest';
import {
  addressUnit,
  droppedOutOfStep,
  noSelections,
  selectUnits,
  type SpoolWatches,
} from '../../src/heyu/selection.js';
import type { Signal } from '../../src/heyu/signal.js';
import type { Source } from '../../src/heyu/sources.js';
import { addressAt, indexOf, type Address } from '../../src/x10/address.js';

const EXPIRY_MS = 4000;

/** House and unit codes in the order of X10's nibbles (heyu prints a byte as house and unit, poll.c). */
const HOUSES = 'MECKOGAINFDLPHBJ';
const UNITS = [13, 5, 3, 11, 15, 7, 1, 9, 14, 6, 4, 12, 16, 8, 2, 10];

/** The addresses as which heyu prints bytes. */
function misread(...bytes: readonly number[]): string {
  return bytes.map((byte) => `${HOUSES[byte >> 4] ?? ''}${UNITS[byte & 15] ?? ''}`).join(' ');
}

/** `A3` addresses, `A:On` is a function, `+5` lets 5 s pass; a source stands before a slash, `@2` is engine 2. */
function play(script: string): string[] {
  const spool: SpoolWatches = {};
  const selections = [noSelections(), noSelections(), noSelections()];
  const heard: string[] = [];
  let at = 1_000_000;
  let dropped = 0;
  for (const word of script.split(' ')) {
    const [, digit = '0', tag = 'rcvi', said = ''] = /^(?:@(\d))?(?:([a-z]{4})\/)?(.+)$/.exec(word) ?? [];
    const source = tag as Source;
    if (said.startsWith('+')) {
      at += Number(said.slice(1)) * 1000;
      continue;
    }
    const engine = Number(digit);
    const own = selections[engine] ?? noSelections();
    const [house = 'A', name] = said.split(':');
    const signal: Extract<Signal, { kind: 'address' | 'function' }> =
      name === undefined
        ? { kind: 'address', source, unit: indexOf(said as Address), label: null }
        : { kind: 'function', source, house: house.charCodeAt(0) - 65, name, args: '' };
    const lost = droppedOutOfStep(spool, engine, own, signal, at);
    if (lost !== undefined) dropped += lost;
    else if (signal.kind === 'address') addressUnit(own, signal, at, EXPIRY_MS);
    else {
      const { units } = selectUnits(own, signal, at, EXPIRY_MS);
      heard.push(units.map(({ unit }) => addressAt(unit)).join(',') || '-');
    }
  }
  return dropped === 0 ? heard : [...heard, `dropped ${dropped}`];
}

const ALL = Array.from({ length: 16 }, (_, index) => `A${index + 1}`);

test('a byte is an address of X10', () => {
  expect(misread(0x66, 0x62, 0xff, 0x00)).toBe('A1 A3 J10 M13');
});

describe('never X10', () => {
  // what `heyu on A3` and a message of heyu_aux write into the spool
  const messages = misread(
    0xff,
    0xff,
    0xff,
    2,
    4,
    0x62,
    0xff,
    0xff,
    0xff,
    3,
    0xeb,
    1,
    3,
    0xff,
    0xff,
    0xff,
    2,
    6,
    0x62,
  );

  test.each([
    ['heads of heyu’s own messages', `${messages} A:On`, ['dropped 18']],
    ['what waits for a function then', 'A3 J10 J10 J10 A:On', ['dropped 3']],
    ['what follows within the second', 'J10 J10 J10 A3 +1 A:On A5 A:On', ['dropped 4']],
    ['more addresses than a house code has units', `${ALL.join(' ')} A3 A:On`, ['dropped 17']],
    ['the same one again and again', `${'B3 '.repeat(17)}B:On`, ['dropped 2']],
    ['what waits on another house code', `B7 ${ALL.join(' ')} A3 B:On`, ['dropped 18']],
    [
      'addresses of several house codes within two seconds',
      `${'A3 B4 '.repeat(9)}+1 ${'A3 B4 '.repeat(8)}A:On B:On`,
      ['dropped 4'],
    ],
    ['function after function within it', `J10 J10 J10 A3 A:On A:Off`, ['dropped 3']],
  ] as const)('%s', (_, script, expected) => {
    const heard = play(script);
    expect(heard).toEqual(expected);
  });
});

describe('X10', () => {
  test.each([
    ['all units of a house code', `${ALL.join(' ')} A:On`, [ALL.join(',')]],
    ['again and again', `${ALL.join(' ')} A:On ${ALL.join(' ')} A:Off`, [ALL.join(','), ALL.join(',')]],
    ['many house codes', 'A1 B1 C1 D1 E1 F1 G1 H1 I1 J1 K1 L1 M1 N1 O1 P1 A2 A:On', ['A1,A2']],
    ['a sensor at J10', 'J10 J:On +60 J10 J:Off', ['J10', 'J10']],
    ['that is heard twice', 'J10 J10 J:On', ['J10']],
    ['whose functions are lost', 'J10 +2 J10 +2 J10 J:On', ['J10']],
    ['beside others', 'J10 J11 J10 J10 J:On', ['J10,J11']],
    ['what the receiver hears meanwhile', 'J10 J10 J10 rcva/A3 rcva/A:On', ['A3', 'dropped 2']],
    ['what another engine hears meanwhile', '@1J10 @1J10 @1J10 @2A3 @2A:On', ['A3', 'dropped 2']],
    ['what comes two seconds later', 'J10 J10 J10 +2 A3 A:On', ['A3', 'dropped 2']],
    ['what heyu sends to an interface that is dead', `${'sndc/A3 '.repeat(20)}sndc/A:On`, ['A3']],
    [
      'a neighbour’s addresses amid other traffic',
      `${'P9 B7 B:On +2 '.repeat(17)}A3 A:On`,
      [...'B7 '.repeat(17).trim().split(' '), 'A3'],
    ],
    ['seventeen addresses of an hour', `${'A3 +200 '.repeat(17)}A3 A:On`, ['A3']],
  ] as const)('%s', (_, script, expected) => {
    expect(play(script)).toEqual(expected);
  });
});
