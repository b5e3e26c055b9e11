/** Which line of a YAML text is indented wrongly: the parser often names one of the right lines around it. */
import { counted } from '../common/text.js';
import { ALIAS_KEYS, CONFIG_KEY_NAMES, keysIn, ZONE_KEYS } from './keys-and-defaults.js';

/** A mistake: its line (1-based), what is wrong and what to do. */
export type Diagnosis = { readonly line: number; readonly problem: string; readonly hint: string };

/** The keys of the top level of config.yaml. */
export const SECTIONS: ReadonlySet<string> = new Set(keysIn(''));
/** All other keys of both files. */
export const KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(ALIAS_KEYS),
  ...Object.keys(ZONE_KEYS),
  ...CONFIG_KEY_NAMES.map((name) => name.replace(/^.*\./, '')),
]);

/** How many blanks a line begins with. */
export const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;

/** Whether a line holds nothing, or a comment alone. */
export const isBlank = (line: string): boolean => /^\s*(#.*)?$/.test(line);

/** The value behind the first key of a line: key, value with quotes and comment. */
export function valueIn(line: string): readonly [string, string] | undefined {
  const [, key, value] = /^\s*(?:- +)?["']?([\w.-]+)["']?\s*:\s+(\S.*)$/.exec(line) ?? [];
  return key === undefined || value === undefined ? undefined : [key, value.trimEnd()];
}

const isKey = (line: string): boolean => !isBlank(line) && /:(\s|$)/.test(line);
const hasValue = (line: string): boolean => valueIn(line)?.[1].startsWith('#') === false;
const wordIn = (line: string): string => /^\s*(?:- +)?["']?([\w.-]+)/.exec(line)?.[1] ?? '';

/** Which lines stand in one column: those of sections, of keys, and of the names of aliases and zones. */
function kindOf(line: string): 'section' | 'key' | 'name' {
  const word = wordIn(line);
  if (word === 'aliases' || (SECTIONS.has(word) && indentOf(line) === 0)) return 'section';
  return KEYS.has(word) ? 'key' : 'name';
}

/** The lines above (0-based) of which each begins or continues a section that is not over, the innermost first. */
function openAbove(lines: readonly string[], at: number): readonly number[] {
  const open: number[] = [];
  for (let index = at - 1, within = Infinity; index >= 0 && within > 0; index -= 1) {
    const line = lines[index] ?? '';
    if (isBlank(line) || indentOf(line) >= within) continue;
    within = indentOf(line);
    open.push(index);
  }
  return open;
}

/** What is wrong with a line that is indented unlike those of its kind above it. */
function oddLine(lines: readonly string[], at: number): (Diagnosis & { readonly right: number }) | undefined {
  const line = lines[at] ?? '';
  const open = openAbove(lines, at);
  const [above = ''] = open.map((index) => lines[index]);
  // the first line of a section may have any column
  if (!isKey(line) || (indentOf(line) > indentOf(above) && !hasValue(above))) return undefined;
  const kind = kindOf(line);
  const like = open.find((index) => kindOf(lines[index] ?? '') === kind);
  if (like === undefined) return undefined;
  const other = lines[like] ?? '';
  const [own, right] = [indentOf(line), indentOf(other)];
  if (own === right || open.some((index) => index !== like && isAlike(lines[index] ?? '', line)))
    return undefined;
  return { ...unlike(lines, at, like), right };
}

/** Says that a line is not indented as another one. */
function unlike(lines: readonly string[], at: number, like: number): Diagnosis {
  const other = lines[like] ?? '';
  const right = indentOf(other);
  const own = counted(indentOf(lines[at] ?? ''), 'blank');
  return {
    line: at + 1,
    problem: `is indented by ${own}, "${wordIn(other)}" in line ${like + 1} by ${right}`,
    hint: `indent it by ${counted(right, 'blank')}`,
  };
}

/** No further up than so many names is the line that the parser stumbles over. */
const MOST_NAMES = 2;

/**
 * The line near another one that is alone in its column, while most lines of its kind are in another one. In aliases.yaml
 * all names usually have one column and all keys another; the sections of config.yaml differ.
 */
function loneLine(lines: readonly string[], at: number): Diagnosis | undefined {
  if (!lines.some((line) => line.startsWith('aliases:'))) return undefined;
  const columns = new Map<string, number>();
  const columnOf = (line: string): string => `${kindOf(line)} ${indentOf(line)}`;
  for (const line of lines.filter(isKey)) columns.set(columnOf(line), (columns.get(columnOf(line)) ?? 0) + 1);
  const usual = (kind: string): string | undefined =>
    [...columns]
      .filter(([column]) => column.startsWith(kind))
      .sort(([, one], [, other]) => other - one)[0]?.[0];
  const isLone = (line: string): boolean =>
    columns.get(columnOf(line)) === 1 && (columns.get(usual(kindOf(line)) ?? '') ?? 0) > 1;

  const near = [
    at,
    ...[lines.findIndex((line, index) => index > at && isKey(line))].filter((each) => each > 0),
  ];
  for (let index = at - 1, names = 0; index >= 0 && names < MOST_NAMES; index -= 1) {
    near.push(index);
    if (columnOf(lines[index] ?? '') === usual('name')) names += 1;
  }
  const lone = near.find((index) => isKey(lines[index] ?? '') && isLone(lines[index] ?? ''));
  if (lone === undefined) return undefined;
  const right = usual(kindOf(lines[lone] ?? ''));
  const isRight = (line: string): boolean => isKey(line) && columnOf(line) === right;
  const above = lines.slice(0, lone).findLastIndex(isRight);
  return unlike(lines, lone, above < 0 ? lines.findIndex(isRight) : above);
}

const isAlike = (one: string, other: string): boolean =>
  indentOf(one) === indentOf(other) && kindOf(one) === kindOf(other);

/** What is wrong with a line below one that cannot have lines of its own. */
function tooDeep(above: string, line: string): Omit<Diagnosis, 'line'> {
  const isInBraces = kindOf(above) === 'name' && kindOf(line) === 'key';
  return {
    problem: 'is indented deeper than the line above, which has its value already',
    hint: isInBraces
      ? `write it between { and } of "${wordIn(above)}"`
      : `indent it by ${counted(indentOf(above), 'blank')}, as the line above`,
  };
}

/** What is wrong with the indentation at a line (0-based) where YAML cannot continue. */
export function indentMistake(lines: readonly string[], at: number): Diagnosis | undefined {
  const lone = loneLine(lines, at);
  if (lone !== undefined) return lone;
  const line = lines[at] ?? '';
  const next = lines.findIndex((other, index) => index > at && !isBlank(other));
  const below = lines[next] ?? '';
  const odd = oddLine(lines, at);
  if (hasValue(line) && indentOf(below) > indentOf(line) && isKey(below)) {
    return odd?.right === indentOf(below) ? odd : { line: next + 1, ...tooDeep(line, below) };
  }
  // a line further left ends the section that this one continues
  const open = openAbove(lines, at);
  const left = open.find((index) => indentOf(lines[index] ?? '') < indentOf(line));
  const ending = left === undefined ? undefined : oddLine(lines, left);
  if (ending?.right === indentOf(line)) return ending;
  if (odd !== undefined) return odd;
  const above = lines.slice(0, at).findLast((other) => !isBlank(other));
  if (above === undefined || isBlank(line) || indentOf(above) === indentOf(line)) return undefined;
  if (hasValue(above) && indentOf(line) > indentOf(above)) return { line: at + 1, ...tooDeep(above, line) };
  return {
    line: at + 1,
    problem: `is indented by ${counted(indentOf(line), 'blank')}, the line above by ${indentOf(above)}`,
    hint: 'indent the keys of a section by the same number of blanks',
  };
}
