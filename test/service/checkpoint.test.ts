import { expect, test } from 'vitest';
import { Outbox } from '../../src/mqtt/outbox.js';
import type { FilePosition } from '../../src/ports.js';
import { Progress, type Captured } from '../../src/service/checkpoint.js';

const file = (generation: string): FilePosition => ({
  generation,
  device: 1,
  inode: 1,
  offset: 0,
  mark: '',
  endSeenAt: 0,
});

/** Progress that stands in `reading`, a file of this id, and was stored with these files begun. */
function progress({ stored, reading }: { stored: readonly string[]; reading: string }): Progress {
  const captured = { log: { files: [file(reading)] } } as unknown as Captured;
  return new Progress(
    { version: 1, settled: null, generations: stored.map(file), security: {}, retained: [], discovery: {} },
    new Outbox(),
    { captured: () => captured, wasReadToEnd: () => true, delivered: () => undefined, save: () => 1 },
  );
}

test.each<[what: string, stored: string[], begun: string, remembered: string[]]>([
  ['the last one is read', ['a', 'b'], 'b', []],
  [
    'the first one is read again after a crash: the others were begun after it',
    ['a', 'b', 'c'],
    'a',
    ['b', 'c'],
  ],
  ['one in the middle', ['a', 'b', 'c'], 'b', ['c']],
  ['one that is new', ['a', 'b'], 'c', []],
])('the files begun since a settled moment, when %s', (_what, stored, begun, remembered) => {
  const read = progress({ stored, reading: begun });
  read.begun(file(begun));
  read.isChanged = true;
  read.tick();
  expect(read.document.generations.map(({ generation }) => generation)).toEqual(remembered);
});
