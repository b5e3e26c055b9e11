/** Everything that a line says, and whom its function means. */

import { expect, test } from 'vitest';
import { lineReader, readLine } from '../../src/heyu/reader.js';
import { addressAt } from '../../src/x10/address.js';

const STAMP = '11/25 12:00:00  ';
const A3 = 'rcvi addr unit       3 : hu A3  (hall)';
const ON = 'rcvi func           On : hc A';

/** What is said by lines of one second: kinds, and the units of functions. */
function said(...lines: readonly string[]): string[] {
  const reader = lineReader({ order: 'YMD', timeZone: 'UTC' }, 4000);
  return lines
    .flatMap((text) => readLine(reader, { text, generation: 'g', file: 'current' }, 0))
    .map(({ signal, selected: { units, outOfStep } }) => {
      const means = units.map(({ unit }) => addressAt(unit)).join(',');
      return `${signal.kind}${means === '' ? '' : ` ${means}`}${outOfStep === undefined ? '' : ' dropped'}`;
    });
}

test.each([
  ['an address and its function', [STAMP + A3, STAMP + ON], ['address', 'function A3']],
  [
    'an address that broke off',
    [`${STAMP}rcvi ad${STAMP}${A3}`, STAMP + ON],
    ['unrecognised', 'address', 'function A3'],
  ],
  ['a function behind another line', [`${STAMP}${A3}${STAMP}${ON}`], ['address', 'function A3']],
  [
    'three lines in one',
    [`${STAMP}${A3}${STAMP}${ON}${STAMP}${ON}`],
    ['address', 'function A3', 'function A3'],
  ],
  ['a piece of a stamp', [STAMP + A3, `11/25 12:0${STAMP}${ON}`], ['address', 'function A3']],
  ['output of a script', ['hello'], []],
  [
    'a start of the engine',
    [STAMP + A3, `${STAMP}Engine started`, STAMP + ON],
    ['address', 'message', 'function'],
  ],
  ['another engine', [`11/25 12:00:00 2 ${A3}`, STAMP + ON], ['address', 'function']],
])('%s', (_, lines, expected) => {
  expect(said(...lines)).toEqual(expected);
});
