import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/common/text.js';

const KEYS = ['url', 'username', 'password', 'password_file', 'keepalive', 'base_topic', 'hold', 'aliases'];

describe('nearest', () => {
  test.each([
    ['hald', 'hold'],
    ['hodl', 'hold'],
    ['HOLD', 'hold'],
    ['uri', 'url'],
    ['usrname', 'username'],
    ['pasword', 'password'],
    ['password-file', 'password_file'],
    ['keep_alive', 'keepalive'],
    ['baseTopic', 'base_topic'],
    ['alias', 'aliases'],
    ['topic', 'base_topic'],
  ])('%s is %s', (word, known) => {
    expect(nearest(word, KEYS)).toBe(known);
  });

  test.each(['', 'x', 'abc', 'colour', 'x'.repeat(10_000)])('%j is nothing that we know', (word) => {
    expect(nearest(word, KEYS)).toBeUndefined();
  });

  test('of two that are equally near it takes the first', () => {
    expect(nearest('ab', ['ac', 'ad'])).toBe('ac');
  });
});

describe('didYouMean', () => {
  test('lists a few words when none is near, and nothing when there are many or none', () => {
    expect(didYouMean('xyz', ['on', 'off'])).toBe('known: on, off');
    expect(didYouMean('xyz', [])).toBeUndefined();
    expect(
      didYouMean(
        'xyz',
        Array.from({ length: 21 }, (_, index) => `word${index}`),
      ),
    ).toBeUndefined();
  });
});
