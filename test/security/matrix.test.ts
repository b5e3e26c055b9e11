/**
 * What each command and each kind of signal does to a zone, by the state of that zone and of the link, as docs/alarm.md
 * has it. A cell is what the zone is then, and an exclamation mark for each alert; `=` is a row that must not change
 * anything, `=!` one that tells an alert and changes nothing else.
 */

import { describe, expect, test } from 'vitest';
import { keyfob, locallyCommanded } from '../../src/security/commands.js';
import type { SensorSignal, ZoneSettings } from '../../src/security/zone.js';
import {
  NOON,
  alerts,
  attributes,
  bench,
  cut,
  message,
  motion,
  online,
  pass,
  state,
  zone,
  type Bench,
  zoneOf,
} from './bench.js';

const SET = 'x10/zone/ground/set';

/** What comes of a sensor. */
const SIGNALS: Readonly<Record<string, Partial<SensorSignal>>> = {
  motion: {},
  door: { kind: 'door' },
  window: { kind: 'window', entry: 'immediate' },
  tamper: { kind: 'tamper', entry: 'immediate' },
  smoke: { kind: 'smoke', entry: 'immediate', guard: 'always', lasts: true },
  water: { kind: 'water', entry: 'immediate', guard: 'always', lasts: true },
  panic: { kind: 'panic', entry: 'immediate', guard: 'always' },
  'home only': { modes: ['home'] },
  off: { guard: 'off' },
};

const press = (test: Bench, action: 'arm' | 'disarm', immediate = false): void =>
  keyfob(test, { alias: 'fob', action, mode: 'away', at: test.now.at, immediate });

function happens(test: Bench, what: string): void {
  const ground = zoneOf(test.security);
  if (what in SIGNALS) motion(test, { alias: 'sensor', ...SIGNALS[what] });
  else if (what === 'fob arm') press(test, 'arm');
  else if (what === 'fob min') press(test, 'arm', true);
  else if (what === 'fob disarm') press(test, 'disarm');
  else if (what === 'root arm') locallyCommanded(test, ground, { kind: 'arm', mode: 'away' });
  else if (what === 'root disarm') locallyCommanded(test, ground, { kind: 'disarm' });
  else message(test, SET, what);
}

/** The rows of a table: the first cell and the others, by the heads of their columns. */
function rowsOf(text: string): readonly (readonly [string, string, string])[] {
  const [head = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.flatMap(([what = '', ...cells]) =>
    cells.map((cell, index) => [what, head[index + 1] ?? '', cell] as const),
  );
}

const OWNED: Partial<ZoneSettings> = {
  kind: 'owned',
  exitDelayMs: 30_000,
  entryDelayMs: 20_000,
  keyfobs: ['fob'],
};

/** A zone of ours in a state. */
function owned(before: string, different: Partial<ZoneSettings> = {}): Bench {
  const test = online(bench([zone('ground', { ...OWNED, ...different })], undefined, NOON, true));
  if (before !== 'disarmed') press(test, 'arm', before !== 'arming');
  if (before === 'pending') motion(test, { alias: 'first', kind: 'door' });
  if (before === 'triggered') motion(test, { alias: 'first', kind: 'window', entry: 'immediate' });
  pass(test, 2000);
  expect(state(test)).toBe(before === 'armed' ? 'armed_away' : before);
  return test;
}

/** How a zone stands: its state, how it is armed if not away, and whether something beside it cries. */
function standing(test: Bench): string {
  const { truth, emergency } = zoneOf(test.security);
  const mode = truth?.mode === undefined || truth.mode === 'away' ? '' : ` ${truth.mode}`;
  const name = truth?.state.replace(/^armed_.*/, 'armed') ?? '';
  return `${name}${mode}${emergency?.endedAt === undefined && emergency !== undefined ? '+' : ''}`;
}

function expectCell(test: Bench, what: string, cell: string): void {
  const [before, truth, told] = [
    standing(test),
    test.security.zones.get('ground')?.truth,
    alerts(test).length,
  ];
  happens(test, what);
  const marks = '!'.repeat(alerts(test).length - told);
  const after = standing(test);
  const isSame = test.security.zones.get('ground')?.truth === truth && after === before;
  expect(`${isSame ? '=' : after}${marks}`).toBe(cell);
}

const LINK_UP = `
            | disarmed  | arming      | armed       | pending      | triggered
ARM_AWAY    | arming    | =           | =           | =            | =
ARM_HOME    | arming home | arming home | armed home | pending home | triggered home
DISARM      | =         | disarmed    | disarmed    | disarmed     | disarmed
TRIGGER     | triggered! | triggered! | triggered!  | triggered!!  | =
banana      | =         | =           | =           | =            | =
fob arm     | arming    | =           | =           | =            | =
fob min     | armed     | armed       | =           | =            | =
fob disarm  | =         | disarmed    | disarmed    | disarmed     | disarmed
root arm    | arming    | =           | =           | =            | =
root disarm | =         | disarmed    | disarmed    | disarmed     | disarmed
motion      | =         | =           | pending     | =            | =!
door        | =         | =           | pending     | =            | =!
window      | =         | =           | triggered!  | triggered!!  | =!
tamper      | =         | =           | triggered!  | triggered!!  | =!
smoke       | disarmed+! | arming+!   | armed+!     | pending+!    | triggered+!
water       | disarmed+! | arming+!   | armed+!     | pending+!    | triggered+!
panic       | disarmed+! | arming+!   | armed+!     | pending+!    | triggered+!
home only   | =         | =           | =           | =            | =
off         | =         | =           | =           | =            | =
`;

/** What comes from the broker does not come; all else is the same, because the disk is the truth. */
const FROM_BROKER = /^(ARM|DISARM|TRIGGER|banana)/;

/** Without a code, or with a wrong one. */
const CODES = `
            | disarmed    | arming     | armed       | pending      | triggered
ARM_AWAY    | arming      | =          | =           | =            | =
ARM_HOME    | arming home | =          | =           | =            | =
DISARM      | =           | =          | =           | =            | =
TRIGGER     | triggered!  | triggered! | triggered!  | triggered!!  | =
fob disarm  | =           | disarmed   | disarmed    | disarmed     | disarmed
root disarm | =           | disarmed   | disarmed    | disarmed     | disarmed
`;

describe('a zone of ours', () => {
  test.each(rowsOf(LINK_UP))('%s while it is %s: %s', (what, before, cell) => {
    expectCell(owned(before), what, cell);
  });

  test.each(rowsOf(LINK_UP))('%s while it is %s and there is no link: %s', (what, before, cell) => {
    const made = owned(before);
    cut(made);
    const told = alerts(made).length;
    expectCell(made, what, FROM_BROKER.test(what) ? '=' : cell);
    const isCertain = SIGNALS[what]?.guard === 'always';
    expect(
      alerts(made)
        .slice(told)
        .map(({ verified }) => verified),
    ).toEqual(
      alerts(made)
        .slice(told)
        .map(() => isCertain),
    );
  });

  test.each(rowsOf(CODES))('%s without a code while it is %s: %s', (what, before, cell) => {
    expectCell(owned(before, { hasCodes: true }), what, cell);
  });

  test.each(['smoke', 'panic'])('DISARM ends what cries, and leaves the armed zone armed: %s', (kind) => {
    const made = owned('armed');
    happens(made, kind);
    expectCell(made, 'DISARM', 'armed');
    expectCell(made, 'DISARM', 'disarmed');
  });
});

/** Ten seconds later: `!` a certain alert, `?` one of a state that is not certain. */
const EXTERNAL = `
          | disarmed | arming | armed | triggered | unknown, was armed | unknown, was disarmed | foreign | never known
motion    |          |        | !     | !         | ?                  |                       | ?       |
window    |          |        | !     | !         | ?                  |                       | ?       |
tamper    |          |        | !     | !         | ?                  |                       | ?       |
smoke     | !        | !      | !     | !         | !                  | !                     | !       | !
water     | !        | !      | !     | !         | !                  | !                     | !       | !
panic     | !        | !      | !     | !         | !                  | !                     | !       | !
home only |          |        |       |           |                    |                       | ?       |
off       |          |        |       |           |                    |                       |         |
ARM_AWAY  |          |        |       |           |                    |                       |         |
DISARM    |          |        |       |           |                    |                       |         |
`;

const WORDS: Readonly<Record<string, readonly string[]>> = {
  disarmed: ['disarmed'],
  arming: ['arming'],
  armed: ['armed_away'],
  triggered: ['armed_away', 'triggered'],
  'unknown, was armed': ['armed_away', 'unavailable'],
  'unknown, was disarmed': ['disarmed', 'unavailable'],
  foreign: ['disarmed', 'banana'],
  'never known': [],
};

describe('a zone of others', () => {
  test.each(rowsOf(EXTERNAL))('%s while it is %s: %s', (what, before, cell) => {
    const made = bench([zone('ground', { sourceDelayMs: undefined })]);
    online(made);
    for (const word of WORDS[before] ?? []) {
      made.keeps.set('ground/state', word);
      message(made, 'ground/state', word);
    }
    pass(made, 10_000);
    const { state: was } = attributes(made);
    happens(made, what);
    pass(made, 10_000);
    expect(
      alerts(made)
        .map(({ verified }) => (verified === true ? '!' : '?'))
        .join(''),
    ).toBe(cell);
    expect(attributes(made)['state']).toBe(was);
  });
});
