/** The short form of `npm run fuzz`. That no input takes long is measured there. */

import { expect, test } from 'vitest';
import { random } from '../soak/random.js';
import { corpusOf } from './corpus.js';
import { fuzz, wrongWith } from './fuzz.js';
import { leakIn, Memory } from './memory.js';
import { targets, type Target } from './targets.js';

test.each((await targets()).map((target) => [target.name, target] as const))(
  'nothing is thrown at arbitrary bytes: %s',
  async (_name, target) => {
    const found: string[] = [];
    const corpus = corpusOf(target);
    const take = (input: Buffer, what: string | undefined): void => {
      if (what?.startsWith('took') === false) found.push(`${what}\n  --input ${input.toString('base64')}`);
    };
    for (const input of corpus) take(input, await wrongWith(target, input));
    await fuzz(target, {
      chance: random(1),
      corpus,
      isEnough: (count) => count >= (target.isQuick ? 2000 : 20),
      found: take,
    });
    expect(found).toEqual([]);
  },
);

/** It does something that must be found at each input with this letter. */
const spoiled = (does: (input: Uint8Array) => void | Promise<void>, kept?: () => number): Target => ({
  name: 'spoiled',
  isQuick: true,
  examples: ['abc'],
  words: ['!'],
  take: (input) => (input.includes(33) ? does(input) : undefined),
  ...(kept === undefined ? {} : { kept }),
});

async function foundIn(target: Target): Promise<readonly string[]> {
  const found: string[] = [];
  await fuzz(target, {
    chance: random(1),
    corpus: corpusOf(target),
    isEnough: (count) => count >= 200 || found.length > 0,
    found: (_input, what) => found.push(what.split('\n')[0] ?? ''),
  });
  return found;
}

test('what is thrown is found, also later', async () => {
  const fail = (): never => {
    throw new Error('on purpose');
  };
  expect(await foundIn(spoiled(fail))).toEqual(['Error: on purpose']);
  expect(await foundIn(spoiled(() => Promise.resolve().then(fail)))).toEqual(['Error: on purpose']);
  expect(await foundIn(spoiled(() => undefined))).toEqual([]);
});

test('what takes long is found', async () => {
  const stall = (): void => {
    const before = process.cpuUsage();
    for (let ms = 0; ms < 80;) {
      const { user, system } = process.cpuUsage(before);
      ms = (user + system) / 1000;
    }
  };
  expect(await foundIn(spoiled(stall))).toEqual([expect.stringMatching(/^took \d+ ms of CPU$/)]);
});

test('what is kept without end is found', async () => {
  let kept = 0;
  const keep = (): void => {
    kept += 50_000;
  };
  expect(await foundIn(spoiled(keep, () => kept))).toEqual([expect.stringMatching(/^keeps \d+ bytes$/)]);
});

test.each([
  ['on the heap', (): unknown => new Array<number>(1_000_000).fill(0.5)],
  ['in buffers', (): unknown => Buffer.alloc(10_000_000)],
  ['nowhere', (): unknown => undefined],
])('what is left behind from turn to turn is found: %s', (where, leak) => {
  const memory = new Memory();
  const left: unknown[] = [];
  let grown = 0;
  for (let turn = 0; turn < 10; turn += 1) {
    left.push(leak());
    grown = memory.turned('spoiled');
  }
  expect(left).toHaveLength(10);
  expect(leakIn(grown)?.replace(/\d+/, 'N')).toBe(where === 'nowhere' ? undefined : 'leaves N bytes behind');
});
