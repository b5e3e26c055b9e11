import { describe, expect, test } from 'vitest';
import { growthOf } from '../support/growth.js';
import { readDocument, type Written } from '../../src/config/yaml.js';
import { fc, runs } from '../support/property.js';

/** A document without its places. */
function plain(written: Written | undefined): unknown {
  if (written === undefined) return undefined;
  if (written.kind === 'text') return written.text ?? null;
  if (written.kind === 'list') return written.items.map(plain);
  return Object.fromEntries([...written.entries].map(([key, { value }]) => [key, plain(value)]));
}

const faultsIn = (text: string) =>
  readDocument(text, 'f').problems.map(({ line, problem }) => `${line ?? '-'}: ${problem}`);

describe('a document', () => {
  test.each([
    ['', null],
    ['a: 1', { a: '1' }],
    ['a: 0x1F\nb: 1_000\nc: 1e3\nd: 007\ne: .5', { a: '0x1F', b: '1_000', c: '1e3', d: '007', e: '.5' }],
    ['a: yes\nb: off\nc: True\nd: ~\ne:', { a: 'yes', b: 'off', c: 'True', d: null, e: null }],
    ["a: \"x\\ty\"\nb: 'it''s'", { a: 'x\ty', b: "it's" }],
    ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
    ['a: [1, [b, c], { d: e }]', { a: ['1', ['b', 'c'], { d: 'e' }] }],
    ['007: x\ntrue: y', { '007': 'x', true: 'y' }],
    ['a: 2026-01-01\nb: 12:30:00', { a: '2026-01-01', b: '12:30:00' }],
    ['a: &x { b: 1 }\nc: *x', { a: { b: '1' }, c: { b: '1' } }],
    ['a: &x { b: 1, c: 2 }\nd:\n  <<: *x\n  c: 3', { a: { b: '1', c: '2' }, d: { b: '1', c: '3' } }],
    ['d:\n  <<: [{ a: 1 }, { a: 2, b: 2 }]', { d: { a: '1', b: '2' } }],
  ])('%j', (text, expected) => {
    expect(faultsIn(text)).toEqual([]);
    expect(plain(readDocument(text, 'f').written)).toEqual(expected);
  });

  test('every key knows its place, a repeated one that of its origin', () => {
    const { written } = readDocument('# c\na:\n  b: 1\n  c: &x {d: 2, e: 3}\nf:\n  <<: *x\n', 'f');
    const places: string[] = [];
    const walk = (node: Written | undefined): void => {
      if (node?.kind !== 'section') return;
      for (const { key, line, value } of node.entries.values()) {
        places.push(`${key} ${line}`);
        walk(value);
      }
    };
    walk(written);
    expect(places).toEqual(['a 2', 'b 3', 'c 4', 'd 4', 'e 4', 'f 5', 'd 4', 'e 4']);
  });

  test('keys that objects have by themselves are keys like others', () => {
    const { written, problems } = readDocument('__proto__: 1\nconstructor: 2\ntoString: 3\n', 'f');
    expect(problems).toEqual([]);
    expect(written?.kind === 'section' ? [...written.entries.keys()] : []).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('problems of a document', () => {
  test.each([
    ['a: 1\nb: 2\na: 3', ['3: "a" is there twice, first in line 1']],
    ['a: *b', ['1: *b refers to itself or to nothing']],
    ['a: &a [*a]', ['1: *a refers to itself or to nothing']],
    ['? [a, b]\n: c', ['1: a key must be a plain word']],
    [': a', ['1: a key must be a plain word']],
    ['a: !!js/function x', ['1: not YAML: a value begins with !']],
    ['a: 1\n<<: 2', ['2: << must be followed by a section']],
    ['a: "b', ['1: not YAML: the quote " is not closed']],
    ["a: 1\nb: 'c\nd: e\n\nf: g\n", ["2: not YAML: the quote ' is not closed"]],
    ['a:\n\tb: 1\n  c: 2\nd:\n   e: 3\n  f: 4', ['2: not YAML: tabs are not allowed as indentation']],
    [
      'a:\n  b: 1\n   c: 2\n  d: 3',
      ['3: not YAML: is indented deeper than the line above, which has its value already'],
    ],
    ['a: {b: 1', ['1: not YAML: the bracket { is not closed']],
  ])('%j', (text, problems) => {
    expect(faultsIn(text)).toEqual(problems);
  });

  test.each<[string, number, (size: number) => string]>([
    ['nested deeply', 20_000, (size) => '['.repeat(size)],
    ['nested deeply and closed', 5_000, (size) => `${'['.repeat(size)}${']'.repeat(size)}`],
    [
      'nested sections',
      400,
      (size) => Array.from({ length: size }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ],
  ])('%s: is told once, and what is longer costs little more', async (_, size, textOf) => {
    expect(readDocument(textOf(size), 'f').problems).toHaveLength(1);
    const read = (some: number): unknown => readDocument(textOf(some), 'f');
    expect(await growthOf([size / 2, size], read, 1)).toBeLessThan(10);
  });

  test('many nodes: is told once', () => {
    expect(readDocument(`[${'a,'.repeat(120_000)}]`, 'f').problems).toHaveLength(1);
  });

  test('a billion laughs cost nothing', () => {
    const lines = ['a0: &a0 [lol, lol]'];
    for (let index = 1; index < 60; index++)
      lines.push(`a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`);
    // written out it would never end
    const { written } = readDocument(lines.join('\n'), 'f');
    expect(written?.kind === 'section' ? written.entries.size : 0).toBe(60);
  });

  test('merging a thousand times a thousand keys is bounded', () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `k${index}: 1`).join(', ');
    const users = Array.from({ length: 1_000 }, (_, index) => `u${index}: { <<: *b }`).join('\n');
    const { written } = readDocument(`b: &b { ${keys} }\n${users}\n`, 'f');
    const entries = written?.kind === 'section' ? [...written.entries.values()] : [];
    const merged = entries.reduce(
      (sum, { value }) => sum + (value.kind === 'section' ? value.entries.size : 0),
      0,
    );
    expect(merged).toBeGreaterThan(50_000);
    expect(merged).toBeLessThan(150_000);
  });
});

describe('anything at all', () => {
  const yamlish = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'a',
          ': ',
          '\n',
          '  ',
          '- ',
          '{',
          '}',
          '[',
          ']',
          '&a ',
          '*a',
          '<<: ',
          '!!',
          '|',
          '>',
          '"',
          "'",
          '#',
          '---\n',
          '...\n',
          '%YAML 1.1\n',
          '\t',
          '?',
          ',',
          '\r\n',
          '\u0000',
          '\uFEFF',
        ),
        fc.string({ maxLength: 5 }),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(''));

  test('is read without an exception, and every fault has a line of the text', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary' })), (text) => {
        const { problems } = readDocument(text, 'f');
        const lines = text.split('\n').length;
        for (const { line } of problems)
          expect(line === undefined || (line >= 1 && line <= lines + 1)).toBe(true);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
