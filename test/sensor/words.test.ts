import { expect, test } from 'vitest';
import { functionWords } from '../../src/sensor/words.js';

test.each([
  ['On', 'motion', 'motion'],
  ['Clear', 'motion', 'no motion'],
  ['Alert', 'door', 'door opened'],
  ['Clear', 'garage', 'garage door closed'],
  ['On', 'opening', 'opened'],
  ['On', 'dusk', 'dark'],
  ['Off', 'dusk', 'light'],
  ['sDusk', 'motion', 'dark'],
  ['On', 'remote', 'On'],
  ['Arm', 'remote', 'Arm'],
  ['Alert', undefined, 'Alert'],
  ['Dim', 'light', 'Dim'],
] as const)('%s of %s is "%s"', (name, type, words) => {
  expect(functionWords(name, type)).toBe(words);
});
