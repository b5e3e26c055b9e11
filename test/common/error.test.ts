import { describe, expect, test } from 'vitest';
import { errorCode, errorText, hintLine, problemIn } from '../../src/common/error.js';

const withCode = (code: unknown): Error => Object.assign(new Error('no'), { code });

describe('the code of an error', () => {
  test.each([
    ['of the system', withCode('ENOENT'), 'ENOENT'],
    ['of the last of several attempts', new AggregateError([withCode('EACCES'), withCode('EPERM')]), 'EPERM'],
    ['of no attempt at all', new AggregateError([]), 'UNKNOWN'],
    ['that is a number', withCode(135), 'UNKNOWN'],
    ['that is not there', new Error('no'), 'UNKNOWN'],
    ['of something that is no error', { code: 'ENOENT' }, 'UNKNOWN'],
  ])('%s', (_what, error, code) => expect(errorCode(error)).toBe(code));
});

test('the words of what was thrown', () =>
  expect([new Error('it is so'), 'text', undefined].map(errorText)).toEqual([
    'it is so',
    'text',
    'undefined',
  ]));

test.each([
  ['it is so. hint: do this; or that', { problem: 'it is so', hint: 'do this; or that' }],
  ['is it so? hint: do this', { problem: 'is it so?', hint: 'do this' }],
  ['it is so', { problem: 'it is so', hint: undefined }],
  ['', { problem: '', hint: undefined }],
])('the problem and the hint in %j', (text, problem) => expect(problemIn(text)).toEqual(problem));

test.each([
  ['do this', '\n  hint: do this'],
  [undefined, ''],
])('the line of the hint %j', (hint, line) => expect(hintLine(hint)).toBe(line));
