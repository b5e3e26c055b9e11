/** What commands print: calm, aligned, in colour on a terminal only. */

import { styleText } from 'node:util';

/** Styles that are used; their meaning is the same in all commands. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** A place to print to. */
export type Terminal = {
  readonly print: (line?: string) => void;
  /** To standard error. */
  readonly complain: (line: string) => void;
  /** In colour if that goes to a terminal. */
  readonly style: (style: Style, text: string) => string;
  readonly isInteractive: boolean;
  /** Characters in a line, 80 where nobody knows. */
  readonly columns: number;
};

/** The terminal of this process. NO_COLOR is respected (no-color.org). */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const hasColour = stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
  return {
    print: (line = '') => stdout.write(`${line}\n`),
    complain: (line) => stderr.write(`${line}\n`),
    style: (style, text) => (hasColour ? styleText(style, text, { validateStream: false }) : text),
    isInteractive: stdout.isTTY && process.stdin.isTTY,
    columns: stdout.isTTY ? stdout.columns : 80,
  };
}

/** What a line of a table looks like. */
export type Column = { readonly title: string; readonly align?: 'left' | 'right' };

/** Rows in aligned columns, two blanks apart; the last column is as long as it is. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(visibleLength(title), ...rows.map((row) => visibleLength(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        if (index === columns.length - 1 && align !== 'right') return cell;
        const blanks = ' '.repeat(Math.max(0, (widths[index] ?? 0) - visibleLength(cell)));
        return align === 'right' ? blanks + cell : cell + blanks;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

// eslint-disable-next-line no-control-regex -- the escape sequences of styles take no room
const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Length without the escape sequences of styles. */
export function visibleLength(text: string): number {
  return Array.from(text.replace(ESCAPES, '')).length;
}
