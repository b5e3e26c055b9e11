import { describe, expect, it } from 'vitest';
import { printFinding, type Terminal, visibleLength, wrapped } from '../../src/cli/terminal.js';
import { screenOf } from '../support/screen.js';
import { fc } from '../support/property.js';

describe('wrapped', () => {
  it.each([
    ['a line that fits', 'all is well', 20, undefined, ['all is well']],
    ['words', 'the broker is not reached', 12, undefined, ['the broker', '  is not', '  reached']],
    ['what is indented', '  ! the broker is away', 14, undefined, ['  ! the broker', '    is away']],
    ['behind a column', 'ok  it runs', 8, 4, ['ok  it', '   runs']],
    ['columns that fit', 'A1   hall   motion', 14, undefined, ['A1   hall', '  motion']],
    [
      'a word that is too long',
      'see /var/log/heyu/heyu.log now',
      10,
      undefined,
      ['see', '  /var/log/heyu/heyu.log', '  now'],
    ],
    [
      'an indented line in colour',
      '\u001b[2m  setfacl -m u:x:rx /home\u001b[22m',
      16,
      undefined,
      ['\u001b[2m  setfacl -m', '    u:x:rx /home\u001b[22m'],
    ],
    [
      'a long word in colour',
      '\u001b[2m  /usr/lib/heyu2mqtt\u001b[22m',
      9,
      undefined,
      ['\u001b[2m  /usr/lib/heyu2mqtt\u001b[22m'],
    ],
    ['colour', '\u001b[31mfault\u001b[39m  it broke', 10, 7, ['\u001b[31mfault\u001b[39m  it', '    broke']],
  ])('cuts %s between words', (_, line, columns, indent, expected) => {
    expect(wrapped(line, columns, indent)).toEqual(expected);
  });

  it('keeps every word and their order, and no line is longer than the terminal unless its only word is', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), fc.nat({ max: 60 }), (line, columns, indent) => {
        const lines = wrapped(line, columns, indent);
        expect(lines.map((each) => each.trim()).join(' ')).toBe(line);
        for (const each of lines)
          expect(visibleLength(each) <= columns || !each.trim().includes(' ')).toBe(true);
      }),
    );
  });
});

describe('a finding', () => {
  const printed = (columns: number, text = 'it does not run'): string => {
    const lines: string[] = [];
    const print = (text = '', indent?: number) => lines.push(...wrapped(text, columns, indent));
    const terminal = { print, columns, style: (_: string, text: string) => text } as unknown as Terminal;
    const finding = { verdict: 'error', text, hint: 'see the journal' } as const;
    printFinding(terminal, finding, 'configuration   ');
    return lines.join('\n');
  };

  it('stands behind its area, and below it on a narrow terminal', () => {
    expect(printed(80)).toBe(
      'configuration   error    it does not run\n                         see the journal',
    );
    expect(printed(40)).toBe('configuration\nerror    it does not run\n         see the journal');
  });

  it('lets nothing of others steer the terminal', () => {
    expect(printed(80, 'x10/hall/event: \u001b[2J\nsecond')).toMatch(/event: \\u001b\[2J\n +second\n/);
  });
});

describe('the terminal of the tests', () => {
  it.each([
    ['lines', 'one\r\ntwo\r\n', ['one', 'two'], []],
    ['what is written over', 'wait ...\r\u001b[2Kdone\r\n', ['done'], []],
    [
      'a question that is drawn again',
      '◆ Sure?\r\n│ Yes\u001b[1A\u001b[999D\u001b[J◇ Sure?\r\n│ No',
      ['◇ Sure?', '│ No'],
      [],
    ],
    ['a line over the edge', 'all is well here', ['all is wel', 'l here'], ['all is wel']],
    ['a line up to the edge', 'all is wel\r\nnow', ['all is wel', 'now'], []],
  ])('shows %s', (_, written, lines, broken) => {
    expect(screenOf(written, 10)).toMatchObject({ lines, broken });
  });
});
