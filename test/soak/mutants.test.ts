/** Whether the soak finds the mutants takes minutes (`--mutants`); that they can be made has to stay true meanwhile. */

import { expect, test } from 'vitest';
import { MUTANTS, brokenText } from './mutants.js';

test.each(MUTANTS)('the built program can be broken: $name', (mutant) => {
  expect(brokenText(mutant)).toContain(mutant.instead);
});

test('each mutant is another one', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});
