import { describe, expect, it } from 'vitest';
import { aliasInLog, heyuLogPath, readX10Config, writeAlias } from '../../src/heyu/x10config.js';
import { fc } from '../support/property.js';

/** `file`: the text given to heyu; `taken`: what `heyu show alias` prints; `said`: refusal or warning. */
type Row = { readonly no: number; readonly file: string; readonly taken?: string[]; readonly said?: string };

const NO_RF = 'RF option TRANSCEIVE, RFFORWARD, or RFIGNORE required.';
const BEGIN = "Alias labels may not begin with '_' or '-'";
const X32 = 'x'.repeat(32);

/** What heyu's own parser answered to these lines. */
const ROWS: readonly Row[] = [
  { no: 1, file: 'ALIAS a A3', taken: ['a A3'] },
  { no: 2, file: 'alias b a3', taken: ['b A3'] },
  { no: 3, file: 'Alias c\tA3\tms14a\trfforward', taken: ['c A3 MS14A RFFORWARD'] },
  { no: 4, file: 'ALIAS d A1-4', taken: ['d A1-4'] },
  { no: 5, file: 'ALIAS e A1,3,5-7', taken: ['e A1,3,5-7'] },
  { no: 6, file: 'ALIAS f A4-1', taken: ['f A1-4'] },
  { no: 7, file: 'ALIAS g A*', taken: ['g A1-16'] },
  { no: 8, file: 'ALIAS h A0', taken: ['h A0'] },
  { no: 9, file: 'ALIAS i A17', said: "Alias 'i': Unit number outside range 0-16" },
  { no: 10, file: 'ALIAS j Q1', said: "Alias 'j': Housecode 'Q' outside range A-P" },
  { no: 11, file: 'ALIAS k A 3', said: "Invalid module model '3'" },
  { no: 12, file: 'ALIAS l A', taken: ['l A0'] },
  { no: 13, file: 'oldstyle A 5', taken: ['oldstyle A5'] },
  { no: 14, file: 'oldmulti B 1-3,7', taken: ['oldmulti B1-3,7'] },
  { no: 15, file: 'oldlower c 16', taken: ['oldlower C16'] },
  { no: 16, file: 'ALIAS 1num A3', taken: ['1num A3'] },
  { no: 17, file: 'ALIAS .dot A3', taken: ['.dot A3'] },
  { no: 18, file: 'ALIAS _us A3', said: BEGIN },
  { no: 19, file: 'ALIAS -hy A3', said: BEGIN },
  { no: 20, file: 'ALIAS a/b A3', said: "Invalid character '/' in alias label." },
  { no: 21, file: 'ALIAS a:b A3', said: "Invalid character ':' in alias label." },
  { no: 22, file: 'ALIAS "q" A3', said: "Invalid character '\"' in alias label." },
  // heyu prints the first byte of the letter, which is none by itself.
  { no: 23, file: 'ALIAS ümlaut A3', said: "Invalid character 'ü' in alias label." },
  { no: 24, file: `ALIAS ${X32} A3`, taken: [`${X32} A3`] },
  { no: 25, file: `ALIAS ${X32}x A3`, said: `Alias label '${X32}x' too long - maximum 32 characters` },
  { no: 26, file: 'ALIAS macro A3', said: 'An alias label may not be the word "macro".' },
  { no: 27, file: 'ALIAS Macro A3', taken: ['Macro A3'] },
  { no: 28, file: 'ALIAS A3 A3', taken: ['A3 A3'] },
  { no: 29, file: 'ALIAS cmt A3 # comment', taken: ['cmt A3'] },
  { no: 30, file: 'ALIAS cmt2 A3#comment', taken: ['cmt2 A3'] },
  { no: 31, file: 'ALIAS ms A3 MS14A', taken: ['ms A3 MS14A'], said: NO_RF },
  {
    no: 32,
    file: 'ALIAS ms A3 MS14A RFFORWARD TRANSCEIVE',
    taken: ['ms A3 MS14A TRANSCEIVE RFFORWARD'],
    said: 'Conflicting RF options.',
  },
  { no: 33, file: 'ALIAS ms A3,5 MS14A RFFORWARD', taken: ['ms A3,5 MS14A RFFORWARD'] },
  { no: 34, file: 'ALIAS ms A3 MS13A RFIGNORE', taken: ['ms A3 MS13A RFIGNORE'] },
  { no: 35, file: 'ALIAS ms A3 NOSUCH', said: "Invalid module model 'NOSUCH'" },
  { no: 36, file: 'ALIAS s C1 MS10A 41', taken: ['s C1 MS10A 0x41'] },
  { no: 37, file: 'ALIAS s C1 MS10A 0x41', taken: ['s C1 MS10A 0x41'] },
  { no: 38, file: 'ALIAS s C1 MS10A 0X4F IATO 1:00:00', taken: ['s C1 MS10A 0x4f IATO 1:00:00'] },
  { no: 39, file: 'ALIAS s C1 MS10A', said: 'Module ID is needed.' },
  { no: 40, file: 'ALIAS s C1,2 MS10A 41', said: 'Multiple unit alias is invalid for sensors.' },
  { no: 41, file: 'ALIAS s C1 DM10 33', taken: ['s C1 DM10 0x33'] },
  { no: 42, file: 'ALIAS s C1 DM10A 33', said: "Invalid module model 'DM10A'" },
  { no: 43, file: 'ALIAS s C1 MS16A', taken: ['s C1 MS16A'], said: NO_RF },
  { no: 44, file: 'ALIAS p E1 PLCSENSOR', taken: ['p E1 PLCSENSOR'] },
  { no: 45, file: 'ALIAS p E1 PLCSENSOR IATO 0:10:00', taken: ['p E1 PLCSENSOR IATO 0:10:00'] },
  { no: 46, file: '   ALIAS lead A3', taken: ['lead A3'] },
  { no: 47, file: 'ALIAS x A3 StdLM', taken: ['x A3 StdLM'] },
  { no: 48, file: 'ALIAS x A03', taken: ['x A3'] },
  { no: 49, file: 'ALIAS x A3,', taken: ['x A3'] },
  { no: 50, file: 'ALIAS x A3;', said: "Alias 'x': Invalid character ';' in units list" },
  { no: 51, file: 'ALIAS x A3\nALIAS x A4', said: "Duplicate alias label 'x'" },
  {
    no: 52,
    file: 'ALIAS x A3 StdAM\nALIAS y A3 StdLM',
    said: 'Module type conflicts with that defined for A3 on Line 1',
  },
  { no: 53, file: 'ALIAS x A3\nALIAS X A4', taken: ['x A3', 'X A4'] },
  { no: 54, file: 'ALIAS x "A3"', said: "Alias 'x': Housecode '\"' outside range A-P" },
  { no: 55, file: 'ALIAS x A1-3,3,2', taken: ['x A1-3'] },
  {
    no: 56,
    file: 'ALIAS x A3 MS14A rfforward\nALIAS x2 A3 MS14A transceive',
    taken: ['x A3 MS14A RFFORWARD', 'x2 A3 MS14A TRANSCEIVE'],
  },
  { no: 57, file: 'INCLUDE /etc/foo', said: "Invalid Directive 'INCLUDE'" },
  { no: 58, file: 'ALIAS x A3 \\', said: "Invalid module model '\\'" },
  { no: 59, file: '\ufeffALIAS bom A3', said: 'Invalid Directive.' },
  { no: 60, file: 'ALIAS x A3\r', taken: ['x A3'] },
];

describe('an ALIAS line', () => {
  it('is in the table once for each of the 60 lines that heyu was asked about', () => {
    expect(ROWS.map(({ no }) => no)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it.each(ROWS)('$no: $file gets the verdict of heyu', ({ file, taken, said }) => {
    const config = readX10Config(file);
    if (taken === undefined) {
      expect(config.problems.map(({ problem }) => problem)).toEqual([said]);
      expect(config.problems[0]?.line).toBe(file.split('\n').length);
      return;
    }
    expect(config.problems).toEqual([]);
    expect(config.aliases.map(writeAlias)).toEqual(taken);
    expect(config.warnings.map(({ problem }) => problem)).toEqual(said === undefined ? [] : [said]);
  });
});

describe('where heyu writes its log', () => {
  it.each([
    ['TTY /dev/ttyS0\nLOG_DIR /var/log/heyu', '/var/log/heyu/heyu.log.ttyS0'],
    ['TTY /dev/ttyUSB0 CM11A\nLOG_DIR /var/log/heyu/', '/var/log/heyu/heyu.log.ttyUSB0'],
    ['TTY dummy\nLOG_DIR /tmp', '/tmp/heyu.log.dummy'],
    ['TTY dummy\nLOG_DIR /', '/heyu.log.dummy'],
    ['LOG_DIR /var/log', '/var/log/heyu.log.ttyS0'],
    ['TTY /dev/x10/cm11a\nLOG_DIR /d COMMON', '/d/heyu.log.common'],
    ['TTY /dev/ttyS0\nlog_dir none', undefined],
    ['TTY /dev/ttyS0', undefined],
  ])('%j -> %s', (text, path) => {
    expect(heyuLogPath(readX10Config(text))).toBe(path);
  });

  it('warns of a LOG_DIR that heyu would cut off', () => {
    const at = (length: number) => readX10Config(`LOG_DIR /${'d'.repeat(length - 1)}`).warnings;
    expect(at(48)).toEqual([]);
    expect(at(49)).toMatchObject([{ line: 1, problem: expect.stringContaining('48 characters') as string }]);
  });
});

describe('the label in the log', () => {
  const config = readX10Config(
    'ALIAS all A1-4\nALIAS first A3\nALIAS second A3\nALIAS two A9,10\nALIAS none A0\nALIAS only A5',
  );
  it.each([
    ['A3', 'first'],
    ['A1', undefined],
    ['A9', undefined],
    ['A5', 'only'],
    ['B3', undefined],
  ] as const)('of %s is %s', (address, label) => {
    expect(aliasInLog(config, address)).toBe(label);
  });
});

describe('any text', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'ALIAS',
      'TTY',
      'LOG_DIR',
      'A3',
      'a1-4',
      'MS14A',
      'MS10A',
      '0x41',
      'IATO',
      '1:00:00',
      '#',
    ),
    fc.string({ maxLength: 12 }),
  );
  const file = fc.array(
    fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
    { maxLength: 12 },
  );

  it('is read without an exception, and every line gives at most one alias and few remarks', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          file.map((lines) => lines.join('\n')),
        ),
        (text) => {
          const lines = text.split('\n').length;
          const config = readX10Config(text);
          expect(config.aliases.length).toBeLessThanOrEqual(lines);
          expect(config.problems.length).toBeLessThanOrEqual(2 * lines + 1);
          for (const { line } of [...config.problems, ...config.aliases])
            expect(line).toBeLessThanOrEqual(lines);
          heyuLogPath(config);
        },
      ),
    );
  });

  it('printed by heyu is understood as the same aliases', () => {
    fc.assert(
      fc.property(file, (lines) => {
        const { aliases } = readX10Config(lines.join('\n'));
        const again = readX10Config(aliases.map((alias) => `ALIAS ${writeAlias(alias)}`).join('\n'));
        expect(again.aliases.map(writeAlias)).toEqual(aliases.map(writeAlias));
      }),
    );
  });
});
