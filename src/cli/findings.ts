/** What commands find, one line each with what to do about it: how it looks, and what the program ends with. */

import { EXIT, type Style, type Terminal } from './terminal.js';

/** `note`: good to know; `warning`: something will be missed, or is doubtful; `fault`: it does not work. */
export type Verdict = 'ok' | 'note' | 'warning' | 'fault';

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

const STYLES: Readonly<Record<Verdict, Style>> = {
  ok: 'green',
  note: 'dim',
  warning: 'yellow',
  fault: 'red',
};
const VERDICT_WIDTH = 'warning'.length;

/** Prints it. `column` stands before it, and blanks before its further lines and its hint. */
export function printFinding(
  { print, style }: Terminal,
  { verdict, text, hint }: Finding,
  column = '',
): void {
  const indent = ' '.repeat(column.length + VERDICT_WIDTH + 2);
  const [line = '', ...more] = text.split('\n');
  print(`${column}${style(STYLES[verdict], verdict.padEnd(VERDICT_WIDTH))}  ${line}`);
  for (const other of more) print(indent + other);
  if (hint !== undefined) print(indent + style('dim', hint));
}

/** 0 when all is well, 1 with warnings, 2 with faults. */
export function exitCodeOf(findings: readonly Pick<Finding, 'verdict'>[]): number {
  const has = (verdict: Verdict): boolean => findings.some((finding) => finding.verdict === verdict);
  return has('fault') ? EXIT.faults : has('warning') ? EXIT.failed : EXIT.ok;
}
