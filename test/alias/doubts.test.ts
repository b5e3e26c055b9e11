import { describe, expect, it } from 'vitest';
import { checkAliases, disturbedSensors } from '../../src/alias/doubts.js';
import type { AliasEntry } from '../../src/alias/propose.js';
import { hear, newHistory } from '../../src/alias/history.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import type { Address } from '../../src/x10/address.js';

const entry = (alias: string, address: Address, more: Partial<AliasEntry> = {}): AliasEntry => ({
  alias,
  address,
  moreUnits: [],
  ...more,
});
const hall = entry('hall', 'A3', { model: 'MS14A' });
const stairs = entry('stairs', 'A7', { model: 'MS14A' });

const pad = entry('pad', 'F1', { moreUnits: ['F2', 'F3'], model: 'PALMPAD' });
const PAD = 'ALIAS pad F1-3 PALMPAD RFFORWARD';

/** `level alias: problem` of each finding. */
const shown = (entries: readonly AliasEntry[], x10config?: string, heard?: readonly Address[]) => {
  const history = newHistory();
  for (const address of heard ?? [])
    hear(history, { at: 1, address, label: null, function: 'On', source: 'rcvi' });
  const config = x10config === undefined ? undefined : readX10Config(x10config);
  return checkAliases(entries, config, heard ? history : undefined).map(
    ({ level, alias, problem }) => `${level} ${alias ?? '-'}: ${problem}`,
  );
};

describe('an alias file against the configuration of heyu', () => {
  it.each([
    ['that agrees', [hall], 'ALIAS hall A3 MS14A RFFORWARD', []],
    [
      'with another address',
      [hall],
      'ALIAS hall A9 MS14A RFFORWARD',
      ['error hall: has the address A3, but heyu says A9'],
    ],
    ['with another spelling', [hall], 'ALIAS Hall A3 MS14A RFFORWARD', ['warning hall: heyu spells it Hall']],
    ['with another name', [hall], 'ALIAS front A3 MS14A RFFORWARD', ['note hall: heyu calls A3 front']],
    ['that does not know it', [hall], 'ALIAS front A5', ['note hall: heyu knows no alias for A3']],
    [
      'that names several units',
      [hall],
      'ALIAS hall A3,4 MS14A RFFORWARD',
      ['note hall: names 2 units in heyu, which never shows it in the log'],
    ],
    ['that has the same remote', [pad], PAD, []],
    ['that has it under another name', [{ ...pad, alias: 'desk' }], PAD, ['note desk: heyu calls F1-3 pad']],
    [
      'of whose keys one is missing',
      [{ ...pad, moreUnits: ['F2' as const] }],
      PAD,
      ['error pad: has the address F1,2, but heyu says F1-3'],
    ],
    [
      'of whose keys one has a name of its own',
      [{ ...pad, moreUnits: ['F2' as const] }, entry('desk', 'F3', { model: 'PALMPAD' })],
      PAD,
      ['note desk: heyu calls F1-3 pad'],
    ],
    [
      'that has it elsewhere',
      [pad],
      'ALIAS pad G1-3 PALMPAD RFFORWARD',
      ['error pad: has the address F1-3, but heyu says G1-3'],
    ],
    [
      'that has another module for one of its keys',
      [pad],
      'ALIAS pad F1-2 PALMPAD RFFORWARD\nALIAS fob F3 KR19A RFFORWARD',
      ['error pad: has the address F1-3, but heyu says F1,2'],
    ],
    ['with no unit', [hall], 'ALIAS hall A0', ['error hall: has the address A3, but heyu says no unit']],
    [
      'with another module',
      [hall],
      'ALIAS hall A3 MS16A RFFORWARD',
      ['warning hall: is a MS14A here and a MS16A for heyu'],
    ],
    ['with the module in another case', [{ ...hall, model: 'ms14a' }], 'ALIAS hall A3 MS14A RFFORWARD', []],
    [
      'with a module where the file has none',
      [entry('hall', 'A3')],
      'ALIAS hall A3 MS14A RFFORWARD',
      ['note hall: heyu says it is a MS14A, but the alias has no model'],
    ],
    [
      'that drops its signals',
      [hall],
      'TTY_AUX /dev/ttyS1 W800RF32\nALIAS hall A3 MS14A RFIGNORE',
      ['warning hall: heyu_aux drops its radio signals (RFIGNORE)'],
    ],
    ['that has no receiver that could drop them', [hall], 'ALIAS hall A3 MS14A RFIGNORE', []],
    [
      'without an ID for a security sensor',
      [entry('s', 'C1', { model: 'MS10A' })],
      'ALIAS s C1',
      ['warning s: is a MS10A, but heyu has no module and no ID for it'],
    ],
    [
      'that hides the motion of a DM10',
      [entry('d', 'C7', { model: 'DM10' })],
      'HIDE_UNCHANGED YES\nALIAS d C7 DM10 33',
      ['warning d: heyu logs the motion of a DM10 only once with HIDE_UNCHANGED YES'],
    ],
    ['that hides nothing of an MS14A', [hall], 'HIDE_UNCHANGED YES\nALIAS hall A3 MS14A RFFORWARD', []],
    [
      'that heyu refuses',
      [hall],
      'ALIAS hall A3 MS14A RFFORWARD\nNONSENSE\nMORE NONSENSE',
      ["error -: heyu refuses its configuration: line 2: Invalid Directive 'NONSENSE' (and 1 more)"],
    ],
    ['about an ignored neighbour', [{ ...hall, ignore: true }], 'ALIAS front A5', []],
  ])('%s', (_, entries, x10config, findings) => {
    expect(shown(entries, x10config)).toEqual(findings);
  });
});

describe('sensors on neighbouring units', () => {
  const MS13 = { model: 'MS13' };
  it.each([
    [
      'are disturbed by the dusk of the one before',
      [entry('one', 'B1', MS13), entry('two', 'B2', MS13), entry('three', 'B3', { type: 'door' })],
      ['two: B2 is the dusk unit of one', 'three: B3 is the dusk unit of two'],
    ],
    [
      'round the last unit',
      [entry('a', 'B1', MS13), entry('b', 'B16', MS13)],
      ['a: B1 is the dusk unit of b'],
    ],
    ['of another house code are not', [entry('one', 'B1', MS13), entry('two', 'C2', MS13)], []],
    ['every other unit are not', [entry('one', 'B1', MS13), entry('two', 'B3', MS13)], []],
    [
      'that are its dusk sensor are not',
      [entry('one', 'B1', MS13), entry('d', 'B2', { type: 'light_sensor' })],
      [],
    ],
    ['that are a lamp are not', [entry('one', 'B1', MS13), entry('lamp', 'B2', { model: 'StdLM' })], []],
    ['of security are not', [entry('one', 'B1', MS13), entry('s', 'B2', { model: 'MS10A' })], []],
    ['are not by one that sends no dusk', [entry('one', 'B1'), entry('two', 'B2', MS13)], []],
    ['are not by a neighbour', [entry('one', 'B1', { ...MS13, ignore: true }), entry('two', 'B2', MS13)], []],
  ])('%s', (_, entries, said) => {
    expect(
      disturbedSensors(entries).map(({ alias, problem }) => `${alias ?? ''}: ${problem.split(':')[0] ?? ''}`),
    ).toEqual(said);
    expect(checkAliases(entries, undefined, undefined)).toEqual(disturbedSensors(entries));
  });

  it('which a log has heard in spite of RFIGNORE are in order', () => {
    const text = 'TTY_AUX /dev/ttyS1 W800RF32\nALIAS hall A3 MS14A RFIGNORE';
    expect(shown([hall], text, ['A3'])).toEqual([]);
  });
});

describe('an alias file against the log', () => {
  const dusky = { ...hall, dusk: 'A4' as const };
  it.each([
    ['in which all are heard', [dusky, stairs], ['A3', 'A4', 'A7'], []],
    ['that never saw one', [hall, stairs], ['A3'], ['warning stairs: A7 was never seen in the log']],
    [
      'that never saw a dusk unit',
      [dusky],
      ['A3'],
      ['note hall: its dusk unit A4 was never seen in the log'],
    ],
    ['that never saw a neighbour', [hall, { ...stairs, ignore: true }], ['A3'], []],
    ['that is empty', [hall], [], []],
  ] as const)('%s', (_, entries, heard, findings) => {
    expect(shown(entries, undefined, heard)).toEqual(findings);
  });
});
