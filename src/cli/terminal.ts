/**
 * The rules of the terminal, the same in all commands.
 *
 * - What was asked for goes to standard output; warnings, questions and errors go to standard error.
 * - What is wrong is said in lower case without a full stop, with its place; what to do about it is a hint, kept apart
 *   as data until it is printed below.
 * - A style has one meaning; colour is for a terminal only, and NO_COLOR is respected (no-color.org).
 * - Lines wrap at words on a terminal of any width; what continues is indented. Elsewhere a line is a line.
 * - Tables are aligned; with --json standard output holds JSON and nothing else.
 * - Text of others is printable (`common/text.ts`) before it is shown: nothing of it may steer the terminal.
 * - Every answer to a question has a default; Ctrl-C ends the command without having changed anything.
 * - Every way to end has its exit code.
 */

import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';
import { printable } from '../common/text.js';
import { timeZone, type TimeZone } from '../heyu/time-zone.js';

/** What the program ends with, so that scripts and systemd can tell. */
export const EXIT = {
  ok: 0,
  /** It did not work; the message says why. */
  failed: 1,
  /** `check`: works, with errors; `broker-check`: not fit. */
  errors: 2,
  /** EX_USAGE: the command line is off. */
  usage: 64,
  /** EX_NOINPUT: a file cannot be read. */
  noInput: 66,
  /** EX_CONFIG: the configuration has errors, and the service has no last good one; systemd does not restart after it. */
  configuration: 78,
  /** Called off by Ctrl-C, as shells say it. */
  interrupted: 130,
} as const;

/** A command that cannot continue: shown as one message without a stack trace. */
export class CommandError extends Error {
  /** What to do about it. */
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(problem: string, hint?: string, exitCode: number = EXIT.failed) {
    super(problem);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Styles that are used; their meaning is the same in all commands. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** A place to print to. */
export type Terminal = {
  /** Lines of a text. On a terminal they wrap at words; `indent`: blanks before what continues, else two more than before. */
  readonly print: (text?: string, indent?: number) => void;
  readonly printJson: (value: unknown) => void;
  /** The same to standard error. */
  readonly complain: (text: string) => void;
  /** In colour if that goes to a terminal. */
  readonly style: (style: Style, text: string) => string;
  readonly isInteractive: boolean;
  /** Characters in a line, 80 if unknown. */
  readonly columns: number;
};

/** The terminal of this process. NO_COLOR is respected (no-color.org). */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const hasColour = stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
  return {
    print: (text = '', indent) => stdout.write(`${fitted(text, stdout, indent)}\n`),
    printJson: (value) => stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    complain: (text) => stderr.write(`${fitted(text, stderr)}\n`),
    style: (style, text) => (hasColour ? styleText(style, text, { validateStream: false }) : text),
    isInteractive: stdout.isTTY && process.stdin.isTTY,
    columns: columnsOf(stdout) ?? 80,
  };
}

type Stream = Pick<WriteStream, 'isTTY' | 'columns'>;

/** Characters in a line of a terminal; undefined where it is none. One without a size of its own says 0. */
function columnsOf({ isTTY, columns }: Stream): number | undefined {
  return isTTY ? columns || 80 : undefined;
}

function fitted(text: string, to: Stream, indent?: number): string {
  const columns = columnsOf(to);
  if (columns === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, columns, indent))
    .join('\n');
}

/** The part of a line that may be blank before text, so that enough is left for words. */
const MOST_INDENT = 0.4;

/**
 * A line as lines of at most so many columns, cut between words; a longer word stays whole, so that it can be copied.
 * What continues has `indent` blanks before it, at most `MOST_INDENT` of the line.
 */
export function wrapped(line: string, columns: number, indent?: number): readonly string[] {
  if (visibleLength(line) <= columns) return [line];
  const before = indent ?? (/^ */.exec(stripVTControlCharacters(line))?.[0].length ?? 0) + 2;
  const hang = ' '.repeat(Math.min(before, Math.floor(columns * MOST_INDENT)));
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    const isFull = visibleLength(current.trim()) > 0 && visibleLength(current + word.trimEnd()) > columns;
    if (isFull) lines.push(current.trimEnd());
    current = isFull ? hang + word : current + word;
  }
  return [...lines, current.trimEnd()];
}

/** Rows in aligned columns, two blanks apart; the last column is as long as it is. `right`: columns of numbers. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string[] {
  const all = [titles, ...rows];
  const widths = titles.map((_, index) => Math.max(...all.map((row) => visibleLength(row[index] ?? ''))));
  const padded = (cell: string, index: number): string => {
    const blanks = ' '.repeat(Math.max(0, (widths[index] ?? 0) - visibleLength(cell)));
    return right.includes(titles[index] ?? '') ? blanks + cell : cell + blanks;
  };
  return all.map((row) =>
    titles
      .map((_, index) => padded(row[index] ?? '', index))
      .join('  ')
      .trimEnd(),
  );
}

/** Length without the escape sequences of styles. */
export function visibleLength(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** What is being done right now, on one line of the terminal that goes away afterwards. */
export type Progress = {
  /** Replaces what was said before. */
  readonly tell: (what: string) => void;
  readonly end: () => void;
};

const ERASE = '\r\u001b[2K';

/** Says nothing when standard error is not a terminal. */
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

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Writes instants as `Tue 2026-11-17 15:04:05`, in the time zone of heyu. */
export function whenIn(zone: TimeZone): (at: number) => string {
  return (at) => {
    const local = new Date(at + zone.offsetMs(at));
    const [day = '', time = ''] = local.toISOString().split(/[T.]/);
    return `${WEEKDAYS[local.getUTCDay()] ?? ''} ${day} ${time}`;
  };
}

/** The same for a time in ISO 8601 that others have written; what is not a time stays as it is. */
export function writtenWhen(text: string, timeZoneName: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? printable(text) : whenIn(timeZone(timeZoneName))(at);
}

/** Something to be fixed, and how. */
export type Remark = { readonly problem: string; readonly hint: string | undefined };

/** Shows it. */
export function remark({ print, style }: Terminal, { problem, hint }: Remark): void {
  print(`  ${style('yellow', `! ${printable(problem)}`)}`);
  if (hint !== undefined) print(`    ${style('dim', hint)}`);
}

/*
 * What commands find, one line each with what to do about it: how it looks, and what the program ends with.
 */

/** `note`: good to know; `warning`: something will be missed, or is doubtful; `error`: it does not work. */
export type Verdict = 'ok' | 'note' | 'warning' | 'error';

/** One finding. */
export type Finding = {
  readonly verdict: Verdict;
  /** In lower case, without a full stop. */
  readonly text: string;
  /** What to do. */
  readonly hint?: string | undefined;
};

/** Says how one thing is. */
export type Tell = (verdict: Verdict, text: string, hint?: string) => void;

/** Of verdicts, and of what `broker-check` says beside them. */
export const FINDING_STYLES: Readonly<Record<Verdict | 'setting' | 'unknown', Style>> = {
  ok: 'green',
  note: 'dim',
  warning: 'yellow',
  setting: 'yellow',
  error: 'red',
  unknown: 'dim',
};
const VERDICT_WIDTH = 'warning'.length;

/** Prints it. `column` stands before it, on a narrow terminal above it, and blanks before its further lines and its hint. */
export function printFinding(
  { print, style, columns }: Terminal,
  { verdict, text, hint }: Omit<Finding, 'verdict'> & { readonly verdict: keyof typeof FINDING_STYLES },
  column = '',
): void {
  const isNarrow = column.length + VERDICT_WIDTH + 2 > columns * MOST_INDENT;
  if (isNarrow && column.trim() !== '') print(column.trimEnd());
  const before = isNarrow ? '' : column;
  const indent = before.length + VERDICT_WIDTH + 2;
  const [line = '', ...more] = [
    ...text.split('\n').map(printable),
    ...(hint === undefined ? [] : [style('dim', hint)]),
  ];
  print(`${before}${style(FINDING_STYLES[verdict], verdict.padEnd(VERDICT_WIDTH))}  ${line}`, indent);
  for (const other of more) print(' '.repeat(indent) + other, indent);
}

/** 0 when all is well, 1 with warnings, 2 with errors. */
export function exitCodeOf(findings: readonly Pick<Finding, 'verdict'>[]): number {
  const has = (verdict: Verdict): boolean => findings.some((finding) => finding.verdict === verdict);
  return has('error') ? EXIT.errors : has('warning') ? EXIT.failed : EXIT.ok;
}
