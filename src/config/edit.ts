/**
 * Edits the text of an alias file: one alias at a time is added, changed, renamed or removed; comments, order and
 * everything else stay as their owner has written them. Text in, text out; the result is read again and compared with
 * what was wanted before it is handed over.
 */
import { isMap, parseDocument, type Document } from 'yaml';
import type { ALIAS_KEYS } from './alias-keys.js';
import { readDocument } from './document.js';
import { spliceFor, spliceForAdditions } from './edit-splices.js';
import { lineBreak, splice } from './edit-lines.js';
import { formatProblem } from './problem.js';
import type { Plain } from './form.js';
import { applyToModel, modelOf, type AliasModel } from './edit-model.js';

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
