/** What commands print: calm, aligned, in colour on a terminal only. */

import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { TimeZone } from '../heyu/time-zone.js';

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

/** What the program ends with, so that scripts and systemd can tell. */
export const EXIT = {
  ok: 0,
  /** It did not work; the message says why. */
  failed: 1,
  /** `check`: works, with faults; `broker-check`: not fit. */
  faults: 2,
  /** EX_USAGE: the command line is off. */
  usage: 64,
  /** EX_NOINPUT: a file cannot be read. */
  noInput: 66,
  /** EX_CONFIG: the configuration has faults, and the service has no last good one; systemd does not restart after it. */
  configuration: 78,
  /** Called off by Ctrl-C, as shells say it. */
  interrupted: 130,
} as const;

/** A command that cannot go on: shown as one message without a stack trace. */
export class CommandError extends Error {
  readonly exitCode: number;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: number = EXIT.failed, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

// --- What is being done right now, on one line of the terminal that goes away afterwards.

export type Progress = {
  /** Replaces what was said before. */
  readonly tell: (what: string) => void;
  readonly end: () => void;
};

const ERASE = '\r\u001b[2K';

/** Says nothing when standard error is no terminal. */
export function progressOnTerminal(stderr: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>): Progress {
  let isShown = false;
  return {
    tell: (what) => {
      if (!stderr.isTTY) return;
      isShown = true;
      stderr.write(`${ERASE}${`${what} ...`.slice(0, stderr.columns - 1)}`);
    },
    end: () => {
      if (isShown) stderr.write(ERASE);
      isShown = false;
    },
  };
}

// --- Instants for people.

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Writes instants as `Tue 2026-11-17 15:04:05`, in the time zone of heyu. */
export function whenIn(zone: TimeZone): (at: number) => string {
  return (at) => {
    const local = new Date(at + zone.offsetMs(at));
    const [day = '', time = ''] = local.toISOString().split(/[T.]/);
    return `${WEEKDAYS[local.getUTCDay()] ?? ''} ${day} ${time}`;
  };
}
