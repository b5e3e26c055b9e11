import { fstatSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asJournalError, isJournal } from '../../src/io/journal.js';

const { dev, ino } = fstatSync(2);

test.each<[string, Record<string, string>, boolean]>([
  ['the stream that systemd names', { JOURNAL_STREAM: `${dev}:${ino}` }, true],
  ['another one, as in a terminal of a desktop session', { JOURNAL_STREAM: `${dev}:${ino + 1}` }, false],
  ['none named', {}, false],
  ['nonsense', { JOURNAL_STREAM: '1' }, false],
])('%s', (_name, environment, expected) => {
  expect(isJournal(2, environment)).toBe(expected);
});

test('every line of a message has the priority of an error, blank ones stay blank', () => {
  expect(asJournalError('one\n  hint: two\n\nthree\n')).toBe('<3>one\n<3>  hint: two\n\n<3>three\n');
});
