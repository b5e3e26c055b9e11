/** The short form of `npm run fuzz`. That no input takes long is measured there. */

import { expect, test } from 'vitest';
import { fuzz } from './fuzz.js';
import { targets } from './targets.js';

test.each(targets().map((target) => [target.name, target] as const))(
  'nothing is thrown at arbitrary bytes: %s',
  (_name, target) => {
    const found: string[] = [];
    const isCheap = target.kept !== undefined || target.name.includes('alone');
    fuzz(
      target,
      1,
      (count) => count >= (isCheap ? 2000 : 20),
      (seed, what) => {
        if (!what.startsWith('took')) found.push(`input ${seed}: ${what}`);
      },
    );
    expect(found).toEqual([]);
  },
);
