import { describe, expect, it } from 'vitest';
import { type AliasEntry, proposeSensors } from '../../src/alias/propose.js';
import { type Merge, merged, mergeAliases, moveTo } from '../../src/alias/merge.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import type { Address } from '../../src/x10/address.js';

const entry = (alias: string, address: Address, more: Partial<AliasEntry> = {}): AliasEntry => ({
  alias,
  address,
  moreUnits: [],
  ...more,
});
const merge = (current: readonly AliasEntry[], lines: readonly string[], prune = false) =>
  mergeAliases(
    current,
    proposeSensors(readX10Config(lines.map((line) => `ALIAS ${line}`).join('\n'))),
    prune,
  );
const changesAnything = (steps: Merge) =>
  steps.some(
    ({ kind, ...step }) => kind === 'added' || kind === 'changed' || ('removed' in step && step.removed),
  );

const HALL = 'hall_motion A3 MS14A RFFORWARD';
const hall = entry('hall_motion', 'A3', { model: 'MS14A', name: 'Hall' });

describe('an import into a file', () => {
  it('that is empty adds everything', () => {
    expect(merge([], [HALL, 'hall_dark A4'])).toMatchObject([
      { kind: 'added', entry: { alias: 'hall_motion', dusk: 'A4', name: 'Hall' } },
    ]);
  });

  it('that has it already changes nothing, whatever its owner wrote', () => {
    const own = { ...hall, name: 'Entrance', topic: 'entrance', type: 'door' as const, dusk: 'A9' as const };
    const steps = merge([own], [HALL, 'hall_dark A4']);
    expect(steps).toEqual([{ kind: 'same', alias: 'hall_motion' }]);
    expect(changesAnything(steps)).toBe(false);
  });

  it('does not read a module in another spelling as a change', () => {
    expect(merge([{ ...hall, model: 'ms14a' }], [HALL])).toEqual([{ kind: 'same', alias: 'hall_motion' }]);
  });

  const PAD = 'pad F1-3 PALMPAD RFFORWARD';
  const pad = entry('pad', 'F1', { moreUnits: ['F2', 'F3'], model: 'PALMPAD' });

  it.each([
    ['is there already', [pad], [{ kind: 'same', alias: 'pad' }]],
    [
      'was one key',
      [{ ...pad, moreUnits: [] }],
      [{ kind: 'changed', alias: 'pad', changes: [{ key: 'address', from: 'F1', to: 'F1-3' }] }],
    ],
    [
      'began with another key, and keeps its id',
      [{ ...pad, address: 'F2' as const, moreUnits: [] }],
      [
        {
          kind: 'changed',
          alias: 'pad',
          changes: [
            { key: 'address', from: 'F2', to: 'F1-3' },
            { key: 'id', from: undefined, to: 'f2' },
          ],
        },
      ],
    ],
    [
      'has another name here',
      [{ ...pad, alias: 'desk' }],
      [{ kind: 'other_name', alias: 'desk', label: 'pad', address: 'F1' }],
    ],
    [
      'has a name for each key',
      [entry('pad_1', 'F1'), entry('pad_2', 'F2'), entry('pad_3', 'F3')],
      [
        { kind: 'other_name', alias: 'pad_1', label: 'pad', address: 'F1' },
        { kind: 'same', alias: 'pad_2' },
        { kind: 'same', alias: 'pad_3' },
      ],
    ],
    [
      'has a name for one key',
      [entry('pad_2', 'F2')],
      [
        { kind: 'same', alias: 'pad_2' },
        { kind: 'added', entry: { alias: 'pad', address: 'F1', moreUnits: ['F3'] } },
      ],
    ],
    [
      'has lost a key to another alias',
      [entry('pad', 'F1', { moreUnits: ['F3'], model: 'PALMPAD' }), entry('desk', 'F2')],
      [
        { kind: 'same', alias: 'pad' },
        { kind: 'same', alias: 'desk' },
      ],
    ],
  ])('of a remote on several units that %s', (_, current, steps) => {
    const found = merge(current, [PAD]);
    expect(found).toMatchObject(steps);
    expect(found).toHaveLength(steps.length);
    expect(changesAnything(merge(merged(current, found), [PAD]))).toBe(false);
  });

  it('does not take away a module that heyu does not name', () => {
    expect(merge([hall], ['hall_motion A3'])).toEqual([{ kind: 'same', alias: 'hall_motion' }]);
  });

  it('takes over another address and writes the old id down', () => {
    expect(merge([{ ...hall, dusk: 'A4' }], ['hall_motion A7 MS14A RFFORWARD'])).toEqual([
      {
        kind: 'changed',
        alias: 'hall_motion',
        changes: [
          { key: 'address', from: 'A3', to: 'A7' },
          { key: 'dusk', from: 'A4', to: 'A8' },
          { key: 'id', from: undefined, to: 'a3' },
        ],
      },
    ]);
  });

  it('takes over another module', () => {
    expect(merge([hall], ['hall_motion A3 MS16A RFFORWARD'])).toEqual([
      { kind: 'changed', alias: 'hall_motion', changes: [{ key: 'model', from: 'MS14A', to: 'MS16A' }] },
    ]);
  });

  it('leaves a sensor alone that its owner calls otherwise', () => {
    expect(merge([{ ...hall, alias: 'entrance' }], [HALL])).toEqual([
      { kind: 'other_name', alias: 'entrance', label: 'hall_motion', address: 'A3' },
    ]);
  });

  it('sees two aliases that have changed places', () => {
    const steps = merge([entry('a', 'A1'), entry('b', 'A2')], ['a A2', 'b A1']);
    expect(steps.map(({ kind }) => kind)).toEqual(['changed', 'changed']);
  });

  it.each([
    [false, { kind: 'gone', alias: 'old', address: 'D1', removed: false }],
    [true, { kind: 'gone', alias: 'old', address: 'D1', removed: true }],
  ])('with prune %s: what heyu does not know', (prune, step) => {
    const steps = merge([hall, entry('old', 'D1')], [HALL], prune);
    expect(steps).toEqual([{ kind: 'same', alias: 'hall_motion' }, step]);
    expect(changesAnything(steps)).toBe(prune);
  });

  it.each([
    ['is ignored on purpose', entry('neighbour', 'D1', { ignore: true }), [HALL]],
    ['is one of several units of an alias', entry('mine', 'D1'), [HALL, 'all D1-3']],
    ['is the second alias of a unit', entry('second', 'D1'), ['first D1', 'second D1']],
    ['was proposed as a dusk unit', entry('hall_dark', 'A4'), [HALL, 'hall_dark A4']],
  ])('prunes nothing that %s', (_, own, lines) => {
    const steps = merge([own], lines, true);
    expect(steps.find((step) => 'alias' in step && step.alias === own.alias)?.kind).toMatch(
      /same|other_name/,
    );
  });

  it('gives a new motion sensor no dusk unit that is an entry already', () => {
    const steps = merge([entry('stairs', 'A4', { model: 'MS14A' })], [HALL, 'hall_dark A4']);
    expect(steps).toMatchObject([
      { kind: 'same', alias: 'stairs' },
      { kind: 'added', entry: { alias: 'hall_motion', dusk: undefined } },
    ]);
  });
});

describe('another address', () => {
  it.each([
    ['the same is no change', hall, 'A3', []],
    [
      'keeps an id that is written down',
      { ...hall, id: 'old' },
      'B1',
      [{ key: 'address', from: 'A3', to: 'B1' }],
    ],
    [
      'leaves a dusk unit elsewhere where it is',
      { ...hall, dusk: 'C1' as const, id: 'x' },
      'B1',
      [{ key: 'address', from: 'A3', to: 'B1' }],
    ],
    [
      'wraps the dusk unit',
      { ...hall, dusk: 'A4' as const, id: 'x' },
      'B16',
      [
        { key: 'address', from: 'A3', to: 'B16' },
        { key: 'dusk', from: 'A4', to: 'B1' },
      ],
    ],
  ] as const)('%s', (_, own, to, changes) => {
    expect(moveTo(own, { address: to, moreUnits: [] })).toEqual(changes);
  });
});
