/** The short form of `npm run fuzz`. That no input takes long is measured there. */

import { expect, test } from 'vitest';
import { random } from '../soak/random.js';
import { corpusOf } from './corpus.js';
import { fuzz, wrongWith } from './fuzz.js';
import { targets } from './targets.js';

test.each(targets().map((target) => [target.name, target] as const))(
  'nothing is thrown at arbitrary bytes: %s',
  (_name, target) => {
    const found: string[] = [];
    const corpus = corpusOf(target);
    const take = (input: Buffer, what = wrongWith(target, input)): void => {
      if (what?.startsWith('took') === false) found.push(`${what}\n  --input ${input.toString('base64')}`);
    };
    for (const input of corpus) take(input);
    const isCheap = target.kept !== undefined || target.name.includes('alone');
    fuzz(target, {
      chance: random(1),
      corpus,
      isEnough: (count) => count >= (isCheap ? 2000 : 20),
      found: take,
    });
    expect(found).toEqual([]);
  },
);
