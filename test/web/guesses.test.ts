import { expect, it } from 'vitest';
import { readX10Config } from '../../src/heyu/x10config.js';
import { Guesses } from '../../src/web/guesses.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { pair } from '../support/house.js';

const NOON = Date.UTC(2026, 10, 22, 12);
const CORE = coreSettings({ sensors: [sensorSettings('A3', 'MS14A', { alias: 'hall' })] });
const X10CONFIG = readX10Config('TTY /dev/ttyS0\nALIAS back_door C2 DS10A 0x65\n');

/** What is concluded of a sender after these lines. */
function guess(sender: string, lines: readonly string[]): unknown {
  const guesses = new Guesses(CORE, X10CONFIG);
  lines.forEach((line, index) =>
    guesses.line(`11/22 12:00:${String(index).padStart(2, '0')}  ${line}`, NOON + index * 1000),
  );
  return guesses.guesses(CORE.sensors, NOON + 60_000).get(sender);
}

it('knows what heyu calls a sender', () => {
  expect(guess('C2', ['rcva func         Alert : hu C2  swMin (back_door)'])).toEqual({
    words: 'heyu calls it back_door, DS10A',
    alias: 'back_door',
    model: 'DS10A',
    type: null,
  });
});

it('takes a security sender with a delay switch for a contact where heyu does not say its model', () => {
  expect(guess('C5', ['rcva func         Clear : hu C5  swMax (sec_door)'])).toEqual({
    words: 'heyu calls it sec_door; perhaps a door contact',
    alias: 'sec_door',
    model: null,
    type: 'door',
  });
});

it('takes one that sends Arm for a remote, with the model without which its keys would mean nothing', () => {
  expect(guess('C6', ['rcva func           Arm : hu C6  swAway swMin  (fob)'])).toEqual({
    words: 'heyu calls it fob; perhaps a security remote (as KR10A)',
    alias: 'fob',
    model: 'KR10A',
    type: null,
  });
});

it('knows nothing of a sender that was heard once, and of sensors that have a name', () => {
  expect(guess('A7', pair('rcvi', 'A7', 'On'))).toBeUndefined();
  expect(guess('A3', pair('rcvi', 'A3', 'On'))).toBeUndefined();
});

it('takes the house code of nobody for that of a neighbour', () => {
  const again = Array.from({ length: 4 }, () => pair('rcvi', 'P5', 'On')).flat();
  expect(guess('P5', again)).toMatchObject({
    words: expect.stringContaining('a neighbour?') as string,
    alias: null,
  });
});
