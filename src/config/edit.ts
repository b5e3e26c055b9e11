/**
 * Edits the text of an alias file: one alias at a time is added, changed, renamed or removed; comments, order and
 * everything else stay as their owner has written them. Text in, text out; the result is read again and compared with
 * what was wanted before it is handed over.
 */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { type Given, givenAs, type Plain } from './forms.js';
import type { ALIAS_KEYS } from './keys.js';
import { formatProblem } from './problem.js';
import { givenBy, isEmpty, readDocument, type Written } from './yaml.js';

/** A key of an alias. */
export type AliasKey = keyof typeof ALIAS_KEYS;

/** A new entry at the end of the file. `comments` are lines above it, without `#`. */
export type Addition = {
  readonly kind: 'add';
  readonly alias: string;
  readonly keys: Readonly<Partial<Record<AliasKey, Plain>>>;
  readonly comments?: readonly string[];
};

/** One edit. `set` with the value undefined removes the key. */
export type AliasEdit =
  | Addition
  | {
      readonly kind: 'set';
      readonly alias: string;
      readonly key: AliasKey;
      readonly value: Plain | undefined;
    }
  | { readonly kind: 'rename'; readonly alias: string; readonly to: string }
  | { readonly kind: 'remove'; readonly alias: string };

/** The new text, or why it cannot be made. */
export type Edited =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly hint: string | undefined };

const refused = (problem: string, hint?: string): Edited => ({ ok: false, problem, hint });

/** Makes the edits in their order, all or none. Whether the values make sense is for the loader to say. */
export function editAliases(text: string, edits: readonly AliasEdit[]): Edited {
  const read = readDocument(text, 'aliases.yaml');
  const [first] = read.problems;
  if (read.written === undefined || first !== undefined) {
    return refused(first === undefined ? 'cannot be read' : formatProblem(first), 'mend the file first');
  }
  let model = modelOf(read.written);
  if (model === undefined) return refused('holds something else than aliases', 'mend the file first');
  for (const edit of edits) {
    const next: AliasModel | string = applyToModel(model, edit);
    if (typeof next === 'string') return refused(next);
    model = next;
  }

  let edited = text;
  for (const step of steps(edits)) {
    const next = editOnce(edited, step);
    if (next === undefined)
      return refused('cannot be edited by program', 'the file uses anchors or the like: edit it by hand');
    edited = next;
  }
  const result = readDocument(edited, 'aliases.yaml');
  const isRight =
    result.written !== undefined &&
    result.problems.length === 0 &&
    JSON.stringify(modelOf(result.written)) === JSON.stringify(model);
  return isRight
    ? { ok: true, text: edited }
    : refused('cannot be edited by program', 'the file uses anchors or the like: edit it by hand');
}

/** Additions that follow each other are made at once: an import has hundreds. */
function steps(edits: readonly AliasEdit[]): readonly (readonly AliasEdit[])[] {
  const groups: AliasEdit[][] = [];
  for (const edit of edits) {
    const group = groups.at(-1);
    if (edit.kind === 'add' && group?.[0]?.kind === 'add') group.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

function editOnce(text: string, step: readonly AliasEdit[]): string | undefined {
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  const additions = step.filter((edit) => edit.kind === 'add');
  const [edit] = step;
  const part =
    additions.length > 0
      ? spliceForAdditions(text, document, additions)
      : edit && spliceFor(text, document, edit);
  return part === undefined ? rebuilt(text, step) : splice(text, part);
}

/** The way for styles that cannot be edited in place: the document is changed and written anew, comments kept. */
function rebuilt(text: string, step: readonly AliasEdit[]): string | undefined {
  const document = parseDocument(text.replaceAll('\r\n', '\n'), { uniqueKeys: false });
  try {
    for (const edit of step) {
      if (edit.kind === 'add') document.setIn(['aliases', edit.alias], document.createNode(edit.keys));
      else if (edit.kind === 'remove') document.deleteIn(['aliases', edit.alias]);
      else if (edit.kind === 'rename') renameIn(document, edit.alias, edit.to);
      else if (edit.value === undefined) document.deleteIn(['aliases', edit.alias, edit.key]);
      else document.setIn(['aliases', edit.alias, edit.key], edit.value);
    }
    return document.toString({ lineWidth: 0 }).replaceAll('\n', lineBreak(text));
  } catch {
    // The library throws where a path leads through something that is no section.
    return undefined;
  }
}

function renameIn(document: Document.Parsed, from: string, to: string): void {
  const aliases = document.get('aliases', true);
  if (!isMap(aliases)) return;
  for (const pair of aliases.items) {
    if (String(pair.key) === from) pair.key = document.createNode(to);
  }
}

/** A part of a text, replaced. Offsets are UTF-16 units; `to` is exclusive. */
export type Splice = { readonly from: number; readonly to: number; readonly by: string };

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of an offset ends, its line feed included. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** How lines of the text end. */
export function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Lines as they are put into a text at `offset`, which must be the beginning of a line or the end of the text. */
export function insertLines(text: string, offset: number, lines: readonly string[]): Splice {
  const eol = lineBreak(text);
  const isOpen = offset > 0 && text[offset - 1] !== '\n';
  return { from: offset, to: offset, by: `${isOpen ? eol : ''}${lines.join(eol)}${eol}` };
}

/** The indentation of a line of comment, or undefined when the line is no comment. */
function commentIndent(line: string): number | undefined {
  return /^( *)#/.exec(line)?.[1]?.length;
}

/**
 * Where an entry ends that begins in column `indent` and whose last value ends at `offset`: comments that are indented
 * more deeply (keys that are commented out) belong to it.
 */
export function entryEnd(text: string, offset: number, indent: number): number {
  let end = text[offset - 1] === '\n' ? offset : lineEnd(text, offset);
  for (let at = end; at < text.length; at = lineEnd(text, at)) {
    const line = text.slice(at, lineEnd(text, at));
    const depth = commentIndent(line);
    if (depth !== undefined && depth > indent) end = lineEnd(text, at);
    else if (line.trim() !== '') break;
  }
  return end;
}

/**
 * Where an entry begins whose key stands at `offset`: comments directly above it, as deeply indented, belong to it.
 * Comments that look like other entries, commented out, do not.
 */
export function entryStart(text: string, offset: number): number {
  const own = lineStart(text, offset);
  const indent = offset - own;
  let start = own;
  while (start > 0) {
    const above = lineStart(text, start - 1);
    const line = text.slice(above, start);
    if (commentIndent(line) !== indent) break;
    if (/#\s*[\w.-]+:\s*(\{.*)?$/.test(line.trimEnd())) return own;
    start = above;
  }
  return start;
}

/** A value as it is written after `key: `, on one line. */
export function valueText(value: Plain): string {
  return stringify(value, { lineWidth: 0, collectionStyle: 'flow', flowCollectionPadding: false }).trimEnd();
}

/** The lines of an entry: comments, its name, its keys. Indented by `indent` blanks, the keys by `step` more. */
export function entryLines(
  name: string,
  keys: Readonly<Record<string, Plain>>,
  comments: readonly string[],
  { indent, step }: { readonly indent: number; readonly step: number },
): readonly string[] {
  const [outer, inner] = [' '.repeat(indent), ' '.repeat(indent + step)];
  return [
    ...comments.map((comment) => `${outer}# ${comment.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`),
    `${outer}${valueText(name)}:`,
    ...Object.entries(keys).map(([key, value]) => `${inner}${key}: ${valueText(value)}`),
  ];
}

/** The text with its splices applied; they must not overlap and be in ascending order. */
export function splice(text: string, ...splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, by } of splices) {
    result += text.slice(at, from) + by;
    at = to;
  }
  return result + text.slice(at);
}

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

type Keys = readonly (readonly [key: string, value: Given | null])[];

/** Aliases in the order of the file, and the keys of each. */
export type AliasModel = readonly (readonly [alias: string, keys: Keys])[];

/** The model of a document, or undefined when it holds something else than aliases. */
export function modelOf(written: Written): AliasModel | undefined {
  if (isEmpty(written)) return [];
  if (written.kind !== 'section') return undefined;
  const aliases = written.entries.get('aliases')?.value;
  if (aliases === undefined || isEmpty(aliases)) return [];
  if (aliases.kind !== 'section') return undefined;
  return [...aliases.entries.values()].map(({ key, value }) => [
    key,
    value.kind === 'section'
      ? [...value.entries.values()].map((entry) => [entry.key, givenBy(entry.value) ?? null])
      : [],
  ]);
}

/** The model after an edit, or in words why the edit is not possible. */
export function applyToModel(model: AliasModel, edit: AliasEdit): AliasModel | string {
  const index = model.findIndex(([alias]) => alias === edit.alias);
  if (edit.kind === 'add') {
    if (index >= 0) return `there is an alias "${edit.alias}" already`;
    const keys: Keys = Object.entries(edit.keys).map(([key, value]) => [key, givenAs(value)]);
    return [...model, [edit.alias, keys]];
  }
  const [alias, keys] = model[index] ?? [];
  if (alias === undefined || keys === undefined) return `there is no alias "${edit.alias}"`;
  switch (edit.kind) {
    case 'remove':
      return model.filter((_, at) => at !== index);
    case 'rename':
      if (model.some(([other], at) => other === edit.to && at !== index))
        return `there is an alias "${edit.to}" already`;
      return model.with(index, [edit.to, keys]);
    case 'set':
      return model.with(index, [
        alias,
        withKey(keys, edit.key, edit.value === undefined ? undefined : givenAs(edit.value)),
      ]);
  }
}

function withKey(keys: Keys, key: string, value: Given | undefined): Keys {
  const index = keys.findIndex(([name]) => name === key);
  if (value === undefined) return keys.filter(([name]) => name !== key);
  return index < 0 ? [...keys, [key, value]] : keys.with(index, [key, value]);
}
