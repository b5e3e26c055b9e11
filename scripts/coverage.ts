/**
 * Which lines of src the tests run, in their own process and in those that they start: `npm run coverage`. A line
 * counts when a statement begins in it, and is run when one of the two has run it. The first argument is the least
 * that is enough, in percent.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of vitest: statements of istanbul, by their number. */
type FileCoverage = {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
};

/** Of V8, as node writes it for each process (NODE_V8_COVERAGE). */
type ScriptCoverage = {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
};

const OWN = 'build/coverage/coverage-final.json';
const CHILDREN = 'build/coverage/children';
/** So many of the files that miss most are named. */
const NAMED = 15;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The bytes of each built file that a child has run. */
function runByChildren(): ReadonlyMap<string, Uint8Array> {
  const run = new Map<string, Uint8Array>();
  for (const name of existsSync(CHILDREN) ? readdirSync(CHILDREN) : []) {
    const { result } = readJson(join(CHILDREN, name)) as { readonly result: readonly ScriptCoverage[] };
    for (const { url, functions } of result) {
      if (!url.startsWith('file:')) continue;
      const path = relative('.', fileURLToPath(url));
      if (!path.startsWith('build/ts/')) continue;
      const ranges = functions.flatMap((each) => each.ranges);
      const isRun = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
      // what lies within another range counts more than that
      for (const { startOffset, endOffset, count } of ranges.toSorted(
        (one, other) => lengthOf(other) - lengthOf(one),
      ))
        isRun.fill(count > 0 ? 1 : 0, startOffset, endOffset);
      run.set(
        path,
        isRun.map((byte, offset) => byte | (run.get(path)?.[offset] ?? 0)),
      );
    }
  }
  return run;
}

const lengthOf = (range: { readonly startOffset: number; readonly endOffset: number }): number =>
  range.endOffset - range.startOffset;

/** The lines of the source that belong to the lines of a built file whose first token was run. */
function sourceLines(built: string, isRun: Uint8Array): ReadonlySet<number> {
  const map = new SourceMap(readJson(`${built}.map`) as SourceMapPayload);
  const lines = new Set<number>();
  let offset = 0;
  for (const [number, line] of readFileSync(built, 'utf8').split('\n').entries()) {
    const column = line.search(/\S/);
    if (column >= 0 && isRun[offset + column] === 1) {
      const entry = map.findEntry(number, column);
      if ('originalLine' in entry) lines.add(entry.originalLine + 1);
    }
    offset += line.length + 1;
  }
  return lines;
}

/** The first of them. */
const some = (lines: readonly number[]): string =>
  [...lines.slice(0, 40), ...(lines.length > 40 ? ['...'] : [])].join(' ');

const children = runByChildren();
const files = Object.values(readJson(OWN) as Readonly<Record<string, FileCoverage>>).map(
  ({ path, statementMap, s }) => {
    const name = relative('.', path);
    const built = name.replace(/^src\/(.*)\.ts$/, 'build/ts/$1.js');
    const isRun = children.get(built);
    const inChildren = isRun === undefined ? new Set<number>() : sourceLines(built, isRun);
    const lines = new Map<number, boolean>();
    for (const [id, { start }] of Object.entries(statementMap)) {
      const was = lines.get(start.line) === true || inChildren.has(start.line);
      lines.set(start.line, was || (s[id] ?? 0) > 0);
    }
    const missed = [...lines].flatMap(([line, was]) => (was ? [] : [line])).sort((one, other) => one - other);
    return { name, all: lines.size, missed };
  },
);
const all = files.reduce((sum, file) => sum + file.all, 0);
const missed = files.reduce((sum, file) => sum + file.missed.length, 0);
for (const file of files.toSorted((one, other) => other.missed.length - one.missed.length).slice(0, NAMED)) {
  if (file.missed.length > 0)
    console.log(`${file.name}: ${file.missed.length} of ${file.all} lines are not run: ${some(file.missed)}`);
}
const percent = (100 * (all - missed)) / all;
const floor = Number(process.argv[2] ?? 0);
console.log(`${percent.toFixed(2)} % of ${all} lines are run; at least ${floor} % have to be`);
if (percent < floor) process.exitCode = 1;
