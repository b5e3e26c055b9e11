/**
 * A problem of a configuration, for people: file and line, key, what is wrong and what to do. Problems are values; all
 * of them are collected and shown together (docs/design.md, decision 14).
 */

import { hintLine } from '../common/error.js';
import { printable } from '../common/text.js';

/** One thing that is wrong (or, as a warning, doubtful). */
export type Problem = {
  /** Path of the file as the user gave it, or `environment`. */
  readonly file: string;
  /** 1-based; undefined when no line can be named. */
  readonly line: number | undefined;
  /** Dotted path of the key, `mqtt.keepalive`; empty when it concerns the file as a whole. */
  readonly key: string;
  /** What is wrong, in lower case, without a full stop. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** The aliases that it is about, and the key of theirs that another value would fix. */
  readonly about?: { readonly aliases: readonly string[]; readonly key: string };
};

/** The `file` of problems in environment variables; their `key` is the variable. */
export const ENVIRONMENT = 'environment';

/** How many problems are printed before the rest is only counted. */
const PROBLEMS_SHOWN = 20;

/** A place in problems: a file, and where in it. */
export type Place = { readonly file: string; readonly line?: number | undefined; readonly key?: string };

/** A problem; hint and what it is about may be left out. */
export function problemAt(
  { file, line, key = '' }: Place,
  problem: string,
  hint?: string,
  about?: Problem['about'],
): Problem {
  return { file, line, key, problem, hint, ...(about && { about }) };
}

/** Collects what is found while a configuration is read. */
export class Report {
  /** The service does not start with one of these. */
  readonly problems: Problem[] = [];
  /** Settings that have no effect and are ignored: an edit must not make one. */
  readonly ignored: Problem[] = [];
  readonly warnings: Problem[] = [];

  problem(...what: Parameters<typeof problemAt>): void {
    this.problems.push(problemAt(...what));
  }

  ignore(...what: Parameters<typeof problemAt>): void {
    this.ignored.push(problemAt(...what));
  }

  warn(...what: Parameters<typeof problemAt>): void {
    this.warnings.push(problemAt(...what));
  }

  /** Takes over what another one has collected. */
  add({ problems, ignored = [], warnings }: Reported): void {
    this.problems.push(...problems);
    this.ignored.push(...ignored);
    this.warnings.push(...warnings);
  }
}

/** What has been collected. */
export type Reported = Pick<Readonly<Report>, 'problems' | 'warnings'> & Partial<Pick<Report, 'ignored'>>;

/** What `after` has and `before` has not; the lines that problems name may have moved. */
export function newProblems(before: readonly Problem[], after: readonly Problem[]): readonly Problem[] {
  const nameOf = ({ file, key, problem }: Problem): string =>
    JSON.stringify([file, key, problem.replaceAll(/ \(line \d+\)/g, '')]);
  const known = new Set(before.map(nameOf));
  return after.filter((each) => !known.has(nameOf(each)));
}

/** Sorted by file, in the order in which the files were read, and by line; the order is kept where both are equal. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const rank = new Map<string, number>();
  for (const { file } of problems) if (!rank.has(file)) rank.set(file, rank.size);
  return [...problems].sort(
    (a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || (a.line ?? 0) - (b.line ?? 0),
  );
}

/** A problem for a terminal, `config.yaml:12: mqtt.keepalive: "soon" is not a valid duration`, and its hint on a second line. */
export function formatProblem({ file, line, key, problem, hint }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const first = printable([place, key, problem].filter((part) => part !== '').join(': '));
  return first + hintLine(hint === undefined ? undefined : printable(hint));
}

/** All problems for a terminal, sorted; beyond `limit` only their number, `and 4,744 more`. */
export function formatProblems(problems: readonly Problem[], limit = PROBLEMS_SHOWN): string {
  const shown = sortProblems(problems).slice(0, limit).map(formatProblem);
  const more = problems.length - shown.length;
  if (more > 0) shown.push(`and ${more.toLocaleString('en-US')} more`);
  return shown.join('\n');
}
