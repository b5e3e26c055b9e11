import { describe, expect, test } from 'vitest';
import { type AliasEdit, editAliases, modelOf } from '../../src/config/edit.js';
import { growthOf } from '../support/growth.js';
import { readDocument } from '../../src/config/yaml.js';
import { fc, runs } from '../support/property.js';

const HOUSE = `# yaml-language-server: $schema=aliases.schema.json
#
# My house.

aliases:
  # The hall, since 2019
  hall_motion: # by the coats
    address: A3 # house code and unit
    model: MS14A
    zone: ground # downstairs
    # hold: 5m

  front_door: {address: C1, model: DS10A} # flow

  # Batteries: March
  porch:
    address: B1
    hold: "10m"

# end
`;

/** Edits, and the lines that they change in a tidy file: `-` gone, `+` new. Every other line is the same. */
const EDITS: readonly (readonly [string, readonly AliasEdit[], readonly string[]])[] = [
  [
    'a value is replaced, its comment and blanks stay',
    [{ kind: 'set', alias: 'hall_motion', key: 'address', value: 'A5' }],
    ['-    address: A3 # house code and unit', '+    address: A5 # house code and unit'],
  ],
  [
    'a quoted value too',
    [{ kind: 'set', alias: 'porch', key: 'hold', value: '3m' }],
    ['-    hold: "10m"', '+    hold: 3m'],
  ],
  [
    'a new key comes after the last one, before what is commented out',
    [{ kind: 'set', alias: 'hall_motion', key: 'dusk', value: 'A4' }],
    ['+    dusk: A4'],
  ],
  [
    'as deeply indented as its neighbours',
    [{ kind: 'set', alias: 'porch', key: 'name', value: 'Porch: left' }],
    ['+    name: "Porch: left"'],
  ],
  [
    'a key in flow style',
    [{ kind: 'set', alias: 'front_door', key: 'type', value: 'window' }],
    [
      '-  front_door: {address: C1, model: DS10A} # flow',
      '+  front_door: {address: C1, model: DS10A, type: window} # flow',
    ],
  ],
  [
    'a list',
    [{ kind: 'set', alias: 'porch', key: 'modes', value: ['away', 'night'] }],
    ['+    modes: [away, night]'],
  ],
  [
    'texts that YAML would take for something else are quoted',
    [
      { kind: 'set', alias: 'porch', key: 'name', value: 'true' },
      { kind: 'set', alias: 'porch', key: 'area', value: '007' },
      { kind: 'set', alias: 'porch', key: 'topic', value: 'küche # 1' },
      { kind: 'set', alias: 'porch', key: 'ignore', value: true },
    ],
    ['+    name: "true"', '+    area: "007"', '+    topic: "küche # 1"', '+    ignore: true'],
  ],
  [
    'a key is removed with its line',
    [{ kind: 'set', alias: 'hall_motion', key: 'zone', value: undefined }],
    ['-    zone: ground # downstairs'],
  ],
  [
    'a key in flow style is removed, first or last',
    [{ kind: 'set', alias: 'front_door', key: 'model', value: undefined }],
    ['-  front_door: {address: C1, model: DS10A} # flow', '+  front_door: {address: C1} # flow'],
  ],
  [
    'a key that is not there is removed without effect',
    [{ kind: 'set', alias: 'porch', key: 'zone', value: undefined }],
    [],
  ],
  [
    'a rename changes the name only',
    [
      { kind: 'rename', alias: 'hall_motion', to: 'corridor' },
      { kind: 'rename', alias: 'front_door', to: '1st' },
    ],
    [
      '-  hall_motion: # by the coats',
      '+  corridor: # by the coats',
      '-  front_door: {address: C1, model: DS10A} # flow',
      '+  1st: {address: C1, model: DS10A} # flow',
    ],
  ],
  [
    'an alias goes with its comments and its blank line',
    [{ kind: 'remove', alias: 'hall_motion' }],
    [
      '-  # The hall, since 2019',
      '-  hall_motion: # by the coats',
      '-    address: A3 # house code and unit',
      '-    model: MS14A',
      '-    zone: ground # downstairs',
      '-    # hold: 5m',
      '-',
    ],
  ],
  [
    'one in flow style too',
    [{ kind: 'remove', alias: 'front_door' }],
    ['-  front_door: {address: C1, model: DS10A} # flow', '-'],
  ],
  [
    'and the last one',
    [{ kind: 'remove', alias: 'porch' }],
    ['-', '-  # Batteries: March', '-  porch:', '-    address: B1', '-    hold: "10m"'],
  ],
  [
    'new aliases come last, set off like the others',
    [
      {
        kind: 'add',
        alias: 'attic',
        keys: { address: 'A9', model: 'MS13A' },
        comments: ['new', 'on\nthe roof'],
      },
      { kind: 'add', alias: 'cellar', keys: { address: 'A10' } },
    ],
    [
      '+',
      '+  # new',
      '+  # on the roof',
      '+  attic:',
      '+    address: A9',
      '+    model: MS13A',
      '+',
      '+  cellar:',
      '+    address: A10',
    ],
  ],
  [
    'edits follow each other',
    [
      { kind: 'add', alias: 'attic', keys: { address: 'A9' } },
      { kind: 'set', alias: 'attic', key: 'address', value: 'A8' },
      { kind: 'rename', alias: 'attic', to: 'roof' },
      { kind: 'remove', alias: 'front_door' },
    ],
    ['-  front_door: {address: C1, model: DS10A} # flow', '-', '+', '+  roof:', '+    address: A8'],
  ],
];

/** Line by line: what is gone and what is new, in order. */
function difference(before: string, after: string): readonly string[] {
  const [old, young] = [before.split('\n'), after.split('\n')];
  const common = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: young.length + 1 }, () => 0),
  );
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = old[i] === young[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) {
      i += 1;
      j += 1;
    } else if (i < old.length && (j === young.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`-${old[i] ?? ''}`);
      i += 1;
    } else {
      lines.push(`+${young[j] ?? ''}`);
      j += 1;
    }
  }
  return lines;
}

const edited = (text: string, edits: readonly AliasEdit[]): string => {
  const result = editAliases(text, edits);
  if (!result.ok) throw new Error(`${result.problem} (${result.hint ?? ''})`);
  return result.text;
};

describe('edits', () => {
  test.each(EDITS)('%s', (_, edits, lines) => {
    const after = edited(HOUSE, edits);
    expect([...difference(HOUSE, after)].sort()).toEqual([...lines].sort());
  });

  test.each(EDITS)('%s, with Windows line ends', (_, edits) => {
    const windows = HOUSE.replaceAll('\n', '\r\n');
    expect(edited(windows, edits)).toBe(edited(HOUSE, edits).replaceAll('\n', '\r\n'));
  });

  test('a file in a style of its own keeps its comments and all other values', () => {
    const own = HOUSE.replaceAll(/ #(?= \w+$)/gm, '      #').replaceAll(
      /^ {4}(?=address: B1|hold: ")/gm,
      '        ',
    );
    expect(own).not.toBe(HOUSE);
    const after = edited(own, [{ kind: 'set', alias: 'hall_motion', key: 'address', value: 'A5' }]);
    expect(after).toBe(HOUSE.replace('A3', 'A5'));
  });

  test.each([
    ['# of c, less deep than the keys of b', ['b'], ['# of c']],
    ['and stays when another goes', ['c'], ['# tail']],
  ])('a comment belongs to the alias that it stands above: %s', (_, aliases, comments) => {
    const text =
      'aliases:\n  a: { address: A1 }\n  b:\n    address: A2\n    # tail\n  # of c\n  c:\n    address: A3\n';
    const after = edited(
      text,
      aliases.map((alias) => ({ kind: 'remove' as const, alias })),
    );
    expect(after.match(/#.*/g)).toEqual(comments);
  });

  test('no edits change nothing', () => {
    expect(edited(HOUSE, [])).toBe(HOUSE);
  });

  test.each([
    ['', 'aliases:\n  a:\n    address: A1\n'],
    ['# only a comment\n', '# only a comment\n\naliases:\n  a:\n    address: A1\n'],
    ['aliases:\n', 'aliases:\n  a:\n    address: A1\n'],
    ['aliases:', 'aliases:\n  a:\n    address: A1\n'],
    ['aliases: # none yet\n', 'aliases: # none yet\n  a:\n    address: A1\n'],
    ['aliases: {} # none yet\n# end\n', 'aliases: # none yet\n  a:\n    address: A1\n\n# end\n'],
    ['aliases:\n  b: { address: B1 }', 'aliases:\n  b: { address: B1 }\n\n  a:\n    address: A1\n'],
    [
      'aliases:\n  b:\n    address: B1\n  c:\n    address: C1\n',
      'aliases:\n  b:\n    address: B1\n  c:\n    address: C1\n  a:\n    address: A1\n',
    ],
  ])('the first alias in %j', (text, expected) => {
    expect(edited(text, [{ kind: 'add', alias: 'a', keys: { address: 'A1' } }])).toBe(expected);
  });

  test('a commented-out alias above a removed one stays', () => {
    const text = 'aliases:\n  a: { address: A1 }\n  # b: { address: A2 }\n  c: { address: A3 }\n';
    expect(edited(text, [{ kind: 'remove', alias: 'c' }])).toBe(
      'aliases:\n  a: { address: A1 }\n  # b: { address: A2 }\n',
    );
  });

  test('flow style all over is edited, too, and keeps its comments', () => {
    const text = '# my house\naliases: { a: { address: A1 }, b: { address: A2 } } # short\n';
    const after = edited(text, [
      { kind: 'remove', alias: 'a' },
      { kind: 'add', alias: 'c', keys: { address: 'A3' } },
    ]);
    expect(after).toContain('# my house\n');
    expect(after).toContain('# short');
  });

  test('the last alias can go', () => {
    const after = edited('# mine\naliases:\n  a:\n    address: A1\n', [{ kind: 'remove', alias: 'a' }]);
    expect(after).toBe('# mine\naliases: {}\n');
  });
});

describe('refusals', () => {
  test.each<[string, string, AliasEdit, string]>([
    [
      'an alias that is there',
      HOUSE,
      { kind: 'add', alias: 'porch', keys: {} },
      'there is an alias "porch" already',
    ],
    ['an alias that is not there', HOUSE, { kind: 'remove', alias: 'x' }, 'there is no alias "x"'],
    ['setting it', HOUSE, { kind: 'set', alias: 'x', key: 'hold', value: '5m' }, 'there is no alias "x"'],
    [
      'a new name that is taken',
      HOUSE,
      { kind: 'rename', alias: 'porch', to: 'hall_motion' },
      'there is an alias "hall_motion" already',
    ],
    [
      'no YAML',
      'aliases: [',
      { kind: 'remove', alias: 'x' },
      'line 1: aliases: not YAML: the bracket [ is not closed',
    ],
    ['a list', '- a\n', { kind: 'remove', alias: 'x' }, 'holds something else than aliases'],
    [
      'removing what others refer to',
      'aliases:\n  a: &a\n    address: A1\n  b: *a\n',
      { kind: 'remove', alias: 'a' },
      'cannot be edited by program',
    ],
    [
      'changing what is shared',
      'aliases:\n  a: &a\n    address: A1\n  b: *a\n',
      { kind: 'set', alias: 'a', key: 'address', value: 'A2' },
      'cannot be edited by program',
    ],
  ])('%s', (_, text, edit, problem) => {
    expect(editAliases(text, [edit])).toMatchObject({ ok: false, problem });
  });

  test('one impossible edit stops all of them', () => {
    const edits: readonly AliasEdit[] = [
      { kind: 'remove', alias: 'porch' },
      { kind: 'remove', alias: 'porch' },
    ];
    expect(editAliases(HOUSE, edits).ok).toBe(false);
  });
});

describe('any edits of any file', () => {
  const name = fc.constantFrom('a', 'b', 'c', '1st', 'true', 'x.y', 'macro2');
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('A3', '5m', '# x', '- y', '*', '', 'null', '~', ': '),
  );
  const edit: fc.Arbitrary<AliasEdit> = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      alias: name,
      keys: fc.dictionary(fc.constantFrom('address', 'hold', 'name'), value, { maxKeys: 3 }),
      comments: fc.array(fc.string({ unit: 'binary' }), { maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant('set' as const),
      alias: name,
      key: fc.constantFrom('address' as const, 'hold' as const, 'area' as const),
      value: fc.option(value, { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('rename' as const), alias: name, to: name }),
    fc.record({ kind: fc.constant('remove' as const), alias: name }),
  );
  const chunk = fc.constantFrom(
    '  a:\n    address: A1\n',
    '  a: {address: A1} # x\n',
    '\n',
    '# top\n',
    '  # deep\n',
    '      # deeper\n',
    '  b:\n      hold: 5m # y\n      address: "A2"\n',
    '  c: { address: A3,\n    hold: 2m }\n',
    '  "1st":\n    name: |\n      two\n      lines\n    address: A4\n',
    '  true:\n    address: A5\n\n',
  );
  const file = fc
    .uniqueArray(chunk, {
      maxLength: 6,
      selector: (text) => /\w+/.exec(text.replace(/#.*/, ''))?.[0] ?? text,
    })
    .map((chunks) => `aliases:\n${chunks.join('')}`);

  test('do exactly what was wanted or nothing, and keep every comment that is not part of what was removed', () => {
    let made = 0;
    fc.assert(
      fc.property(file, fc.array(edit, { maxLength: 4 }), (text, edits) => {
        const result = editAliases(text, edits);
        if (!result.ok) return;
        made += 1;
        const after = readDocument(result.text, 'f');
        expect(after.problems).toEqual([]);
        if (edits.some(({ kind }) => kind === 'remove' || kind === 'set')) return;
        for (const comment of text.match(/#.*/g) ?? []) expect(result.text).toContain(comment);
        const before = readDocument(text, 'f').written;
        const count = before === undefined ? 0 : (modelOf(before)?.size ?? 0);
        const added = edits.filter(({ kind }) => kind === 'add').length;
        expect(after.written && modelOf(after.written)).toHaveProperty('size', count + added);
      }),
      { numRuns: runs(300) },
    );
    expect(made).toBeGreaterThan(50);
  });

  /** A file with comments in every place, and the names of its aliases. */
  const commented = fc
    .uniqueArray(
      fc.constantFrom(
        '  a: {address: A1} # 1\n',
        '  # 2\n',
        '      # 3\n',
        '    # 4\n\n  # 5\n',
        '  # off: { address: A9 } # 6\n',
        '  b: # 7\n    # 8\n    address: A2\n\n    # 9\n    hold: 5m # 10\n    # 11\n',
        '  c: { address: A3, # 12\n    hold: 2m } # 13\n',
        '  d:\n    address: A5 # 14\n  # 15\n',
        '  e:\n    modes: # 16\n      - away # 17\n      # 18\n      - home\n    address: A7\n',
      ),
      { maxLength: 9 },
    )
    .map((chunks) => `# head\naliases: # all\n${chunks.join('')}`);
  const alias = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const commentsOf = (text: string) =>
    [...text.matchAll(/#[^#\n]*/g)].map(([comment]) => comment.trim()).sort();

  test('a changed or new value leaves every comment', () => {
    fc.assert(
      fc.property(commented, alias, fc.constantFrom('hold' as const, 'zone' as const), (text, name, key) => {
        const result = editAliases(text, [{ kind: 'set', alias: name, key, value: 'x' }]);
        if (text.includes(`  ${name}:`))
          expect(result.ok && commentsOf(result.text)).toEqual(commentsOf(text));
        else expect(result.ok).toBe(false);
      }),
      { numRuns: runs(250) },
    );
  });

  test('a removed alias takes the comments above it and in it along, and no others', () => {
    fc.assert(
      fc.property(commented, alias, (text, name) => {
        const result = editAliases(text, [{ kind: 'remove', alias: name }]);
        const lines = text.split('\n');
        const at = lines.findIndex((line) => line.startsWith(`  ${name}:`));
        if (at < 0) return;
        const above = lines.slice(0, at).findLastIndex((line) => !/^ *#/.test(line));
        const below = lines.findIndex((line, index) => index > at && !/^( {3}|$)/.test(line));
        const others = [...lines.slice(0, above + 1), ...(below < 0 ? [] : lines.slice(below))].join('\n');
        expect(result.ok && commentsOf(result.text)).toEqual(expect.arrayContaining(commentsOf(others)));
      }),
      { numRuns: runs(250) },
    );
  });

  test('200 additions and as many changes each cost not much more than one of 50', async () => {
    const addAndChange = (count: number): void => {
      const additions = Array.from({ length: count }, (_, index): AliasEdit => ({
        kind: 'add',
        alias: `s${index}`,
        keys: { address: `A${(index % 16) + 1}`, model: 'MS14A' },
      }));
      const changes = Array.from({ length: count }, (_, index): AliasEdit => ({
        kind: 'set',
        alias: `s${index}`,
        key: 'dusk',
        value: 'A4',
      }));
      edited('aliases: {}\n', [...additions, ...changes]);
    };
    expect(await growthOf([50, 200], addAndChange, 1)).toBeLessThan(12);
  });
});
