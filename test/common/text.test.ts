import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../src/common/duration.js';
import { counted, readable } from '../../src/common/text.js';

describe('text for people', () => {
  test.each([
    [0, '0 zones'],
    [1, '1 zone'],
    [2, '2 zones'],
  ])('%i counted', (count, text) => expect(counted(count, 'zone')).toBe(text));

  test.each([
    ['hall_motion', 'Hall motion'],
    ['front.door-2', 'Front door 2'],
    ['Hall', 'Hall'],
    ['_', '_'],
    ['', ''],
  ])('the name %j becomes %j', (name, text) => expect(readable(name)).toBe(text));

  test.each([
    [0, '0s'],
    [1_500, '1500ms'],
    [90_000, '90s'],
    [300_000, '5m'],
    [86_400_000, '1d'],
    [172_800_000, '2d'],
    [90_000_000, '25h'],
  ])('%i ms are shown as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
