import { describe, expect, test } from 'vitest';
import { printable, quote } from '../../src/common/text.js';
import { problemAt, formatProblem, formatProblems, sortProblems } from '../../src/config/problem.js';

describe('a fault in print', () => {
  test.each([
    [
      { file: 'c.yaml', line: 12, key: 'mqtt.keepalive' },
      'is bad',
      'do it',
      'c.yaml:12: mqtt.keepalive: is bad\n  hint: do it',
    ],
    [{ file: 'c.yaml', line: 12 }, 'is bad', undefined, 'c.yaml:12: is bad'],
    [{ file: 'c.yaml', key: 'a' }, 'is bad', undefined, 'c.yaml: a: is bad'],
    [{ file: 'environment', key: 'HEYU2MQTT_A' }, 'is bad', undefined, 'environment: HEYU2MQTT_A: is bad'],
  ])('%j', (place, problem, hint, text) => {
    expect(formatProblem(problemAt(place, problem, hint))).toBe(text);
  });

  test('is safe for a terminal, whatever the file holds', () => {
    const evil = '\u001b]0;title\u0007\u202etxt\u2028\n\ud800';
    expect(formatProblem(problemAt({ file: 'f', key: evil }, evil, evil))).toBe(
      ['f', printable(evil), printable(evil)].join(': ') + `\n  hint: ${printable(evil)}`,
    );
    expect(printable(evil)).toBe('\\u001b]0;title\\u0007\\u202etxt\\u2028\\u000a\\ud800');
  });

  test('shows long values in part', () => {
    expect(quote('x'.repeat(1_000))).toBe(`"${'x'.repeat(60)}..."`);
    expect(quote('😀'.repeat(61))).toBe(`"${'😀'.repeat(60)}..."`);
    expect(quote('short')).toBe('"short"');
  });
});

describe('many problems', () => {
  const numbered = (file: string, lines: readonly (number | undefined)[]) =>
    lines.map((line) => problemAt({ file, line }, 'x'));

  test('are sorted by file as they were read, then by line; the whole file comes first', () => {
    const sorted = sortProblems([
      ...numbered('z', [3, undefined, 1]),
      ...numbered('a', [2]),
      ...numbered('z', [2]),
    ]);
    expect(sorted.map(({ file, line }) => `${file}${line ?? ''}`)).toEqual(['z', 'z1', 'z2', 'z3', 'a2']);
  });

  test('are printed up to a limit, the rest is counted', () => {
    const lines = Array.from({ length: 4_764 }, (_, index) => index + 1);
    const printed = formatProblems(numbered('f', lines)).split('\n');
    expect(printed).toHaveLength(21);
    expect(printed.at(-1)).toBe('and 4,744 more');
    expect(formatProblems(numbered('f', [1, 2]))).toBe('f:1: x\nf:2: x');
    expect(formatProblems([])).toBe('');
  });
});
