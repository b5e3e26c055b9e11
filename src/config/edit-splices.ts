/**
 * Edits of the alias file as replacements of small parts of its text, so that every other byte stays as its owner has
 * written it. Undefined = not possible that way (flow style, anchors ...).
 */
import { isMap, isScalar, isSeq, type Document, type Pair, type ParsedNode, type YAMLMap } from 'yaml';
import type { Addition, AliasEdit } from './edit.js';
import {
  entryEnd,
  entryLines,
  entryStart,
  insertLines,
  lineBreak,
  lineEnd,
  lineStart,
  valueText,
  type Splice,
} from './edit-lines.js';

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;
type ParsedMap = YAMLMap.Parsed;

/** The part of the text that an edit replaces, or undefined. The document must be that of the text. */
export function spliceFor(text: string, document: Document.Parsed, edit: AliasEdit): Splice | undefined {
  const aliases = aliasMap(document);
  if (aliases === undefined || aliases.flow === true) return undefined;
  const index = aliases.items.findIndex((pair) => nameOf(pair) === edit.alias);
  const pair = aliases.items[index];
  if (pair === undefined) return undefined;
  switch (edit.kind) {
    case 'rename':
      return replaceNode(pair.key, valueText(edit.to));
    case 'remove':
      return aliases.items.length === 1 ? undefined : removeLines(text, pair, index === 0);
    case 'set': {
      const keys = pair.value;
      if (!isMap(keys)) return undefined;
      return edit.value === undefined
        ? unsetKey(text, keys, edit.key)
        : setKey(text, keys, edit.key, valueText(edit.value));
    }
    case 'add':
      return undefined;
  }
}

/** Where and how new entries are put: after the last one, set off like the others. */
export function spliceForAdditions(
  text: string,
  document: Document.Parsed,
  additions: readonly Addition[],
): Splice | undefined {
  const top = document.contents;
  if (top !== null && !isMap(top))
    return isScalar(top) && top.value === null ? insertSection(text, additions) : undefined;
  const section = top?.items.find((pair) => nameOf(pair) === 'aliases');
  if (section === undefined) return insertSection(text, additions);
  const aliases = section.value;
  const end = endOf(section);
  if (end === undefined) return undefined;
  if (!isMap(aliases) || aliases.items.length === 0) {
    // `aliases:`, `aliases: {}`: what stands after the colon goes, a comment behind it stays.
    const isNothing = isMap(aliases) ? aliases.flow === true : isScalar(aliases) && aliases.value === null;
    if (aliases !== null && !isNothing) return undefined;
    const colon = text.indexOf(':', section.key.range[1]);
    const from = colon + 1;
    const rest = text
      .slice(isMap(aliases) ? aliases.range[1] : from, lineEnd(text, end))
      .replace(/\r?\n$/, '');
    const lines = linesOf(additions, { indent: 2, step: 2 }, true).slice(1);
    const eol = lineBreak(text);
    return { from, to: lineEnd(text, end), by: `${[rest, ...lines].join(eol)}${eol}` };
  }
  if (aliases.flow === true) return undefined;
  const last = aliases.items.at(-1);
  const lastEnd = last === undefined ? undefined : endOf(last);
  if (last === undefined || lastEnd === undefined) return undefined;
  const indent = columnOf(text, last.key);
  const keys = isMap(last.value) && last.value.flow !== true ? last.value.items[0]?.key : undefined;
  const step = keys === undefined ? 2 : Math.max(1, columnOf(text, keys) - indent);
  const isSetOff =
    aliases.items.length === 1 || /\n\s*\n/.test(text.slice(aliases.range[0], last.key.range[0]));
  return insertLines(text, entryEnd(text, lastEnd, indent), linesOf(additions, { indent, step }, isSetOff));
}

function insertSection(text: string, additions: readonly Addition[]): Splice {
  const lines = linesOf(additions, { indent: 2, step: 2 }, true).slice(1);
  return insertLines(text, text.length, ['aliases:', ...lines]);
}

function linesOf(
  additions: readonly Addition[],
  depth: { readonly indent: number; readonly step: number },
  isSetOff: boolean,
): readonly string[] {
  return additions.flatMap(({ alias, keys, comments }) => [
    ...(isSetOff ? [''] : []),
    ...entryLines(alias, keys, comments ?? [], depth),
  ]);
}

function aliasMap(document: Document.Parsed): ParsedMap | undefined {
  const section = isMap(document.contents)
    ? document.contents.items.find((pair) => nameOf(pair) === 'aliases')?.value
    : undefined;
  return isMap(section) ? section : undefined;
}

function nameOf({ key }: ParsedPair): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** Where a pair ends: after its last value. Undefined when that cannot be told. */
function endOf({ key, value }: ParsedPair): number | undefined {
  if (value === null) return key.range[1];
  if (!(isMap(value) || isSeq(value)) || value.flow === true) return value.range[1];
  const last = value.items.at(-1);
  if (last === undefined) return value.range[1];
  return 'key' in last ? endOf(last) : last.range[1];
}

function columnOf(text: string, node: ParsedNode): number {
  return node.range[0] - lineStart(text, node.range[0]);
}

function replaceNode(node: ParsedNode, by: string): Splice {
  return { from: node.range[0], to: node.range[1], by };
}

function setKey(text: string, keys: ParsedMap, key: string, by: string): Splice | undefined {
  const pair = keys.items.find((item) => nameOf(item) === key);
  if (pair !== undefined) return replaceValue(text, pair, by);
  const last = keys.items.at(-1);
  if (last === undefined) return keys.flow === true ? replaceNode(keys, `{ ${key}: ${by} }`) : undefined;
  const end = endOf(last);
  if (end === undefined) return undefined;
  if (keys.flow === true) return { from: end, to: end, by: `, ${key}: ${by}` };
  const at = text[end - 1] === '\n' ? end : lineEnd(text, end);
  return insertLines(text, at, [`${' '.repeat(columnOf(text, last.key))}${key}: ${by}`]);
}

function replaceValue(text: string, { key, value }: ParsedPair, by: string): Splice | undefined {
  if (value === null || (isScalar(value) && value.value === null && value.range[0] === value.range[1])) {
    const colon = text.indexOf(':', key.range[1]);
    return colon < 0 ? undefined : { from: colon + 1, to: colon + 1, by: ` ${by}` };
  }
  const isOneLine = !text.slice(value.range[0], value.range[1]).includes('\n');
  return isOneLine ? replaceNode(value, by) : undefined;
}

function unsetKey(text: string, keys: ParsedMap, key: string): Splice | undefined {
  const index = keys.items.findIndex((item) => nameOf(item) === key);
  const pair = keys.items[index];
  if (pair === undefined) return { from: 0, to: 0, by: '' };
  if (keys.items.length === 1) return undefined;
  const end = endOf(pair);
  if (end === undefined) return undefined;
  if (keys.flow !== true)
    return { from: lineStart(text, pair.key.range[0]), to: lineEnd(text, Math.max(end - 1, 0)), by: '' };
  const next = keys.items[index + 1];
  if (next !== undefined) return { from: pair.key.range[0], to: next.key.range[0], by: '' };
  const before = keys.items[index - 1];
  const from = before === undefined ? undefined : endOf(before);
  return from === undefined ? undefined : { from, to: end, by: '' };
}

function removeLines(text: string, pair: ParsedPair, isFirst: boolean): Splice | undefined {
  const end = endOf(pair);
  if (end === undefined) return undefined;
  const from = entryStart(text, pair.key.range[0]);
  let to = entryEnd(text, end, columnOf(text, pair.key));
  const isBlank = (at: number): boolean => text.slice(at, lineEnd(text, at)).trim() === '';
  const isAfterBlank = isFirst || isBlank(lineStart(text, from - 1));
  // The blank line that set it off goes with it.
  if (to < text.length && isBlank(to) && isAfterBlank) to = lineEnd(text, to);
  return { from, to, by: '' };
}
