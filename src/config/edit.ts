/**
 * Edits the text of an alias file: aliases are added, changed, renamed or removed in the YAML library's document, which
 * is then written. Comments, order and all other values are kept; the result is read again and compared with the
 * intended one before it is returned.
 */
import { type Document, isMap, isScalar, type Pair, parseDocument, type Scalar, visit, YAMLMap } from 'yaml';
import { orElse, type Refusal, refused } from '../common/error.js';
import { type Given, givenAs, type Plain } from './forms.js';
import type { ALIAS_KEYS } from './keys-and-defaults.js';
import { formatProblem } from './problem.js';
import { givenBy, isEmpty, readDocument, type Written } from './yaml.js';

/** A key of an alias. */
export type AliasKey = keyof typeof ALIAS_KEYS;

/**
 * One edit. `add` puts an alias at the end of the file, `comments` are lines above it, without `#`; `set` with the value
 * undefined removes the key.
 */
export type AliasEdit =
  | {
      readonly kind: 'add';
      readonly alias: string;
      readonly keys: Readonly<Partial<Record<AliasKey, Plain>>>;
      readonly comments?: readonly string[];
    }
  | {
      readonly kind: 'set';
      readonly alias: string;
      readonly key: AliasKey;
      readonly value: Plain | undefined;
    }
  | { readonly kind: 'rename'; readonly alias: string; readonly to: string }
  | { readonly kind: 'remove'; readonly alias: string };

/** The new text, or why it cannot be made. */
export type Edited = { readonly ok: true; readonly text: string } | Refusal;

/** Aliases in the order of the file, and the keys of each: what a file says without its form. */
type Model = Map<string, Map<string, Given | null>>;

/** The model of a document, or undefined when it holds something else than aliases. */
export function modelOf(written: Written): Model | undefined {
  if (isEmpty(written)) return new Map();
  const aliases = written.kind === 'section' ? written.entries.get('aliases')?.value : written;
  if (aliases === undefined || isEmpty(aliases)) return new Map();
  if (written.kind !== 'section' || aliases.kind !== 'section') return undefined;
  return new Map(
    [...aliases.entries.values()].map(({ key, value }) => [
      key,
      new Map(
        value.kind === 'section'
          ? [...value.entries.values()].map((entry) => [entry.key, givenBy(entry.value) ?? null])
          : [],
      ),
    ]),
  );
}

/** Makes the edits in their order, all or none. Whether the values make sense is for the loader to say. */
export function editAliases(text: string, edits: readonly AliasEdit[]): Edited {
  const read = readDocument(text, 'aliases.yaml');
  const [first] = read.problems;
  if (first !== undefined) {
    const { line = 1, hint = 'fix the file first' } = first;
    return refused(formatProblem({ ...first, file: `line ${line}`, line: undefined, hint: undefined }), hint);
  }
  if (read.written === undefined) return refused('cannot be read', 'fix the file first');
  let model = modelOf(read.written);
  if (model === undefined) return refused('holds something else than aliases', 'fix the file first');
  const before = asText(model);

  const unix = text.replaceAll('\r\n', '\n');
  const document = parseDocument(unix, { uniqueKeys: false });
  const aliases = aliasesOf(document, unix);
  let isDone = aliases !== undefined;
  for (const edit of edits) {
    const name = edit.kind === 'rename' && edit.to !== edit.alias ? edit.to : edit.alias;
    if ((edit.kind === 'add' || name !== edit.alias) && model.has(name) && model.has(edit.alias))
      return refused(`there is an alias "${name}" already`);
    if (edit.kind !== 'add' && !model.has(edit.alias)) return refused(`there is no alias "${edit.alias}"`);
    model = editModel(model, edit);
    isDone &&= aliases !== undefined && editDocument(document, aliases, edit);
  }
  if (asText(model) === before) return { ok: true, text };
  const edited = isDone ? written(document, text) : undefined;
  const result = edited === undefined ? undefined : readDocument(edited, 'aliases.yaml');
  const isRight =
    result?.written !== undefined &&
    result.problems.length === 0 &&
    asText(modelOf(result.written)) === asText(model);
  return edited !== undefined && isRight
    ? { ok: true, text: edited }
    : refused('cannot be edited by program', 'the file uses anchors or the like: edit it manually');
}

const asText = (model: Model | undefined): string =>
  JSON.stringify(model && [...model].map(([alias, keys]) => [alias, [...keys]]));

function editModel(model: Model, edit: AliasEdit): Model {
  const { alias } = edit;
  if (edit.kind === 'remove') model.delete(alias);
  else if (edit.kind === 'add')
    model.set(alias, new Map(Object.entries(edit.keys).map(([key, value]) => [key, givenAs(value)])));
  else if (edit.kind === 'rename')
    return new Map([...model].map(([name, keys]) => [name === alias ? edit.to : name, keys]));
  else if (edit.value === undefined) model.get(alias)?.delete(edit.key);
  else model.get(alias)?.set(edit.key, givenAs(edit.value));
  return model;
}

/** The section of the aliases, made if there is none; undefined when something else stands there. */
function aliasesOf(document: Document.Parsed, text: string): YAMLMap | undefined {
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    // what stands in a file of comments stays above the new section
    document.commentBefore = joined(document.commentBefore, document.comment);
    document.comment = null;
    document.set('aliases', new YAMLMap(document.schema));
  }
  visit(document, {
    Pair: (_, { key, value }) => {
      keepBehindName(key, value, text);
    },
  });
  const pair = isMap(document.contents)
    ? document.contents.items.find((each) => nameOf(each) === 'aliases')
    : undefined;
  if (pair === undefined) document.set('aliases', new YAMLMap(document.schema));
  else if (isMap(pair.value) && pair.value.items.length > 0) giveCommentsBack(pair.value, text);
  else if (isMap(pair.value) || (isScalar(pair.value) && pair.value.value === null)) {
    pair.key.comment ??= joined(pair.value.commentBefore, pair.value.comment);
    document.set('aliases', new YAMLMap(document.schema));
  }
  const aliases = document.get('aliases', true);
  return isMap(aliases) ? aliases : undefined;
}

/** The library writes a comment behind `name:` into the next line, unless it is one of the key. */
function keepBehindName(key: unknown, value: unknown, text: string): void {
  if (!isScalar(key) || !key.range || !isMap(value)) return;
  const [first, ...others] = value.commentBefore?.split('\n') ?? [];
  const [, end] = key.range;
  if (first === undefined || !/^\s*:\s*#/.test(text.slice(end, text.indexOf('\n', end)))) return;
  key.comment = first;
  value.commentBefore = others.join('\n') || null;
}

/**
 * The library gives all comments between two entries to the upper one when the first of them is indented as deeply as its
 * keys. Those that are indented like the names of the aliases belong to the lower one.
 */
function giveCommentsBack(aliases: YAMLMap.Parsed, text: string): void {
  aliases.items.forEach(({ key, value }, index) => {
    if (!isMap(value) || value.flow === true || !value.comment) return;
    const column = key.range[0] - text.lastIndexOf('\n', key.range[0]) - 1;
    const [, end, commentEnd] = value.range;
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const comments = [...text.slice(start, commentEnd).matchAll(/^( *)#/gm)];
    const first = comments.findIndex(([, indent = '']) => indent.length <= column);
    const lines = value.comment.split('\n');
    const places = lines.flatMap((line, at) => (line === '' ? [] : [at]));
    const cut = first < 0 ? lines.length : (places.at(first - comments.length) ?? 0);
    const moved = lines.slice(cut).join('\n');
    value.comment = lines.slice(0, cut).join('\n').trimEnd() || null;
    const next = aliases.items[index + 1]?.key;
    if (isScalar(next)) {
      if (lines[cut - 1] === '') next.spaceBefore = true;
      next.commentBefore = joined(moved, next.commentBefore);
    } else aliases.comment = joined(moved, aliases.comment);
  });
}

/** Comments one after the other; null when there is none. */
function joined(...comments: readonly (string | null | undefined)[]): string | null {
  return comments.filter(Boolean).join('\n') || null;
}

/** False when the document has no place for the edit. */
function editDocument(document: Document.Parsed, aliases: YAMLMap, edit: AliasEdit): boolean {
  if (edit.kind === 'add') {
    aliases.items.push(newEntry(document, aliases, edit));
    return true;
  }
  const index = aliases.items.findIndex((pair) => nameOf(pair) === edit.alias);
  const pair = aliases.items[index];
  if (pair === undefined || !isScalar(pair.key)) return false;
  if (edit.kind === 'remove') removeAt(document, aliases, index);
  else if (edit.kind === 'rename') pair.key.value = edit.to;
  else if (!isMap(pair.value)) return false;
  else if (edit.value === undefined)
    pair.value.items = pair.value.items.filter((each) => nameOf(each) !== edit.key);
  else {
    const keys = pair.value;
    const node = document.createNode(edit.value, { flow: true });
    const old = keys.items.find((each) => nameOf(each) === edit.key);
    if (old === undefined) keys.items.push(document.createPair(edit.key, node));
    else {
      if (isScalar(old.value)) node.comment = old.value.comment ?? null;
      old.value = node;
    }
  }
  return true;
}

function nameOf({ key }: Pair): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** An entry that is set off like the others. */
function newEntry(
  document: Document.Parsed,
  { items }: YAMLMap,
  { alias, keys, comments = [] }: Extract<AliasEdit, { kind: 'add' }>,
): Pair {
  const entry = new YAMLMap(document.schema);
  for (const [key, value] of Object.entries(keys))
    entry.items.push(document.createPair(key, document.createNode(value, { flow: true })));
  const name: Scalar = document.createNode(alias);
  const lines = comments.map((comment) => ` ${comment.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`);
  if (lines.length > 0) name.commentBefore = lines.join('\n');
  const others = items.slice(1);
  name.spaceBefore =
    items.length === 1 || others.some(({ key }) => isScalar(key) && key.spaceBefore === true);
  return document.createPair(name, entry);
}

/**
 * Removes an entry and the comment above it; aliases that are commented out there, and what stands above them, go to the
 * next entry.
 */
function removeAt(document: Document.Parsed, aliases: YAMLMap, index: number): void {
  const [pair] = aliases.items.splice(index, 1);
  const above = (index === 0 ? aliases.commentBefore : (pair?.key as Scalar).commentBefore) ?? '';
  const lines = above.split('\n');
  const own = lines.findLastIndex((line) => /^\s*[\w.-]+:\s*(\{.*)?$/.test(line) || line === '');
  const kept = lines
    .slice(0, own + 1)
    .join('\n')
    .trimEnd();
  const next = aliases.items[index]?.key;
  if (index === 0) {
    aliases.commentBefore = joined(kept);
    if (isScalar(next)) next.spaceBefore = false;
  } else if (isScalar(next)) next.commentBefore = joined(kept, next.commentBefore);
  else aliases.comment = joined(kept, aliases.comment);
  if (aliases.items.length > 0) return;
  // the library writes no comments of an empty section
  document.comment = joined(aliases.commentBefore, aliases.comment, document.comment);
  aliases.commentBefore = null;
  aliases.comment = null;
}

/** The document as text, in the style of the text that it was read from; undefined when it cannot be written. */
function written(document: Document.Parsed, before: string): string | undefined {
  const [, indent = '  '] = /^( +)[^\s#]/m.exec(before) ?? [];
  const flowCollectionPadding = !/: *\{[^\s}]/.test(before);
  const options = { lineWidth: 0, indent: indent.length, flowCollectionPadding };
  // The library throws where an alias of YAML has lost its anchor.
  const text = orElse(() => document.toString(options), undefined);
  return before.includes('\r\n') ? text?.replaceAll('\n', '\r\n') : text;
}
