/** Which units a function means: heyu's rules (GRAMMAR of the log, "X10 rules for the reader"). */

import { expect, test } from 'vitest';
import {
  addressUnit,
  forgetSelections,
  noSelections,
  selectForPreset,
  selectionsOf,
  selectUnits,
  shiftSelections,
  type Addressed,
} from '../../src/heyu/selection.js';
import type { Source } from '../../src/heyu/sources.js';
import { addressAt, indexOf, type Address } from '../../src/x10/address.js';

const EXPIRY_MS = 4000;

const addressed = (source: Source, unit: number) => ({ kind: 'address', source, unit, label: null }) as const;
const called = (source: Source, house: string, name: string) =>
  ({ kind: 'function', source, house: house.charCodeAt(0) - 65, name, args: '' }) as const;

/** `A3` addresses, `A:On` is a function, `+5` lets 5 s pass, `!` forgets; a source stands before a slash. */
function play(script: string): string[] {
  const selections = noSelections();
  const heard: string[] = [];
  let at = 1_000_000;
  const hear = (name: string, units: readonly Addressed[]): void => {
    heard.push(`${name} ${units.map(({ unit }) => addressAt(unit)).join(',') || '-'}`);
  };
  for (const word of script.split(' ')) {
    const [, tag = 'rcvi', said = ''] = /^(?:([a-z]{4})\/)?(.+)$/.exec(word) ?? [];
    const source = tag as Source;
    if (said.startsWith('+')) at += Number(said.slice(1)) * 1000;
    else if (said === '!') forgetSelections(selections);
    else if (said === 'Preset') hear('Preset', selectForPreset(selections, source, at, EXPIRY_MS));
    else if (said.includes(':')) {
      const [house = 'A', name = ''] = said.split(':');
      const selected = selectUnits(selections, called(source, house, name), at, EXPIRY_MS);
      hear(name, selected.units);
    } else addressUnit(selections, addressed(source, indexOf(said as Address)), at, EXPIRY_MS);
  }
  return heard;
}

test.each([
  ['a function means the unit addressed before', 'A3 A:On', ['On A3']],
  ['and all of several, in their order', 'A1 A2 A3 A:On', ['On A1,A2,A3']],
  ['an address counts once', 'A3 A3 A:On', ['On A3']],
  ['the set survives a function', 'A1 A3 A:On A:Off', ['On A1,A3', 'Off A1,A3']],
  ['the first address after a function begins a new set', 'A1 A:On A3 A:On', ['On A1', 'On A3']],
  ['any function ends a set', 'A1 A:Dim A3 A:On', ['Dim A1', 'On A3']],
  ['a function without an address means nobody', 'A:On', ['On -']],
  ['house codes do not mix', 'A3 B7 A:On B:On', ['On A3', 'On B7']],
  ['a function of another house code touches nothing', 'A3 B:On A:On', ['On -', 'On A3']],
  ['AllOff leaves nobody addressed', 'A3 A:On A:AllOff A:On', ['On A3', 'AllOff A3', 'On -']],
  ['sources do not mix', 'A5 rcva/A3 rcva/A:On A:Off', ['On A3', 'Off A5']],
  ['rcva replaces what was addressed', 'rcva/A1 rcva/A3 rcva/A:On', ['On A3']],
  ['snda collects', 'snda/A1 snda/A3 snda/A:On', ['On A1,A3']],
  ['a lost function: its address reacts to the next', 'A5 A3 A:On', ['On A5,A3']],
  ['but not forever', 'A5 +5 A3 A:On', ['On A3']],
  ['also when the next address is the same house', 'A5 +3 A3 +2 A:On', ['On A3']],
  ['exactly at its limit it still counts', 'A5 +4 A:On', ['On A5']],
  ['an address alone expires', 'A5 +5 A:On', ['On -']],
  ['a repeated address is fresh again', 'A5 +3 A5 +3 A:On', ['On A5']],
  ['a completed set does not expire by itself', 'A3 A:On +100 A:Off', ['On A3', 'Off A3']],
  ['a Preset ends what waits', 'A5 Preset A3 A:On', ['Preset A5', 'On A3']],
  ['a Preset means what was addressed last', 'B2 +1 A5 A6 Preset Preset', ['Preset A5,A6', 'Preset -']],
  ['by its own source', 'A5 rcva/Preset Preset', ['Preset -', 'Preset A5']],
  ['a Preset comes too late', 'A5 +5 Preset', ['Preset -']],
  ['what was forgotten is gone', 'A5 ! A:On', ['On -']],
] as const)('%s', (_, script, expected) => {
  expect(play(script)).toEqual(expected);
});

test('a reused set tells how old it is', () => {
  const selections = noSelections();
  addressUnit(selections, addressed('rcvi', 2), 0, EXPIRY_MS);
  expect(selectUnits(selections, called('rcvi', 'A', 'On'), 400, EXPIRY_MS).reusedAfterMs).toBe(0);
  expect(selectUnits(selections, called('rcvi', 'A', 'Off'), 61_000, EXPIRY_MS).reusedAfterMs).toBe(60_600);
});

test('what expires is counted', () => {
  const selections = noSelections();
  expect(addressUnit(selections, addressed('rcvi', 2), 0, EXPIRY_MS)).toBe(0);
  expect(addressUnit(selections, addressed('rcvi', 3), 5000, EXPIRY_MS)).toBe(1);
  expect(selectUnits(selections, called('rcvi', 'A', 'On'), 10_000, EXPIRY_MS)).toMatchObject({
    expired: 1,
    units: [],
  });
});

test('a clock that was set moves with its selections', () => {
  const selections = noSelections();
  addressUnit(selections, addressed('rcvi', 2), 10_000, EXPIRY_MS);
  shiftSelections(selections, -8000);
  expect(selectUnits(selections, called('rcvi', 'A', 'On'), 2400, EXPIRY_MS).units).toHaveLength(1);
});

test('each writer has selections of its own, and the first engine those of version 0.1', () => {
  const [first, others] = [noSelections(), {}];
  expect(selectionsOf(first, others, '')).toBe(first);
  const second = selectionsOf(first, others, '/2');
  expect(second).not.toBe(first);
  expect(selectionsOf(first, others, '/2')).toBe(second);
});

test('who was met first makes room', () => {
  const others = {};
  for (let writer = 0; writer < 100; writer += 1) selectionsOf(noSelections(), others, `file${writer}`);
  expect(Object.keys(others)).toHaveLength(32);
  expect(Object.keys(others)).toContain('file99');
});
