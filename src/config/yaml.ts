/**
 * Reads the text of a YAML file into `Written`: every key with its line and column. What YAML allows and a
 * configuration does not want (duplicate keys, tags, several documents, keys that are no text) is a fault here.
 * Bounded for every input: depth, number of nodes and merged entries are limited and repeated parts are shared.
 */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { printable, quote } from '../common/text.js';
import type { Form, Given, Reading } from './forms.js';
import type { KeyTable, ValuesOf } from './keys.js';
import { type Problem, problemAt } from './problem.js';
import { didYouMean } from './suggest.js';
import { diagnose, doubtfulText, pathAt } from './syntax-hints.js';

/** What a file says, or why it cannot be read. `problems` may be there beside a document. */
export type DocumentRead = {
  readonly written: Written | undefined;
  readonly problems: readonly Problem[];
  /** Texts that are probably not what was meant. */
  readonly warnings: readonly Problem[];
};

const MOST_NODES = 100_000;
const DEEPEST = 16;

/** State of one walk over a document. */
type Walk = {
  readonly file: string;
  readonly lines: LineCounter;
  readonly text: readonly string[];
  readonly anchors: Map<string, Written>;
  readonly problems: Problem[];
  readonly warnings: Problem[];
  nodes: number;
};

/** Reads a YAML text. Never throws. `file` is the name used in problems. */
export function readDocument(text: string, file: string): DocumentRead {
  const unread = (why: Problem): DocumentRead => ({ written: undefined, problems: [why], warnings: [] });
  const zero = text.indexOf('\0');
  if (zero >= 0) {
    const line = text.slice(0, zero).split('\n').length;
    const hint = 'the file was damaged, perhaps by a power failure: write it anew or take it from a backup';
    return unread(problemAt({ file, line }, 'holds zero bytes instead of text', hint));
  }
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Our own check names both places and is linear.
      uniqueKeys: false,
    });
  } catch {
    return unread(problemAt({ file }, 'is nested too deeply to be read'));
  }
  const broken = syntaxProblem(document, lines, text, file);
  if (broken !== undefined) return unread(broken);
  const walk: Walk = {
    file,
    lines,
    text: text.split('\n'),
    anchors: new Map(),
    problems: [],
    warnings: [],
    nodes: 0,
  };
  const written = walkNode(walk, document.contents, { line: 1, column: 1 }, 0, '');
  return { written, problems: walk.problems, warnings: walk.warnings };
}

/** The first error or warning of the parser: it is out of step then, and what it says next is seldom true. */
function syntaxProblem(
  document: Document.Parsed,
  lines: LineCounter,
  text: string,
  file: string,
): Problem | undefined {
  const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return undefined;
  const { code, message, pos } = first;
  const at = code === 'MISSING_CHAR' ? openingQuote(document, pos[0]) : pos[0];
  const { line } = lines.linePos(at);
  const found = diagnose(code, text, line);
  const [told = ''] = message.split(/[\n;]/);
  const problem = found?.problem ?? told.charAt(0).toLowerCase() + told.slice(1);
  const place = { file, line: found?.line ?? line, key: pathAt(text, found?.line ?? line) };
  return problemAt(place, `not YAML: ${problem}`, found?.hint);
}

/** Where the text begins that is quoted up to `end`: a quote that is not closed is missed at the end of the file only. */
function openingQuote(document: Document.Parsed, end: number): number {
  let start = end;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE') return;
      if (range && range[0] < start && end <= range[2]) start = range[0];
    },
  });
  return start;
}

const nothing = (place: Place): Written => ({ kind: 'text', text: undefined, ...place });

function placeOf(walk: Walk, node: unknown, otherwise: Place): Place {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return otherwise;
  const { line, col } = walk.lines.linePos(Number(node.range[0]));
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function walkNode(walk: Walk, node: unknown, near: Place, depth: number, path: string): Written {
  const place = placeOf(walk, node, near);
  walk.nodes += 1;
  if (depth > DEEPEST || walk.nodes > MOST_NODES) {
    if (walk.nodes !== Infinity) {
      walk.problems.push(
        problemAt(
          { file: walk.file, line: place.line },
          depth > DEEPEST ? 'is nested too deeply' : 'has too many entries',
        ),
      );
    }
    // One such fault says it all; the rest is not walked.
    walk.nodes = Infinity;
    return nothing(place);
  }
  if (isAlias(node)) {
    const target = walk.anchors.get(node.source);
    if (target !== undefined) return { ...target, ...place };
    walk.problems.push(
      problemAt(
        { file: walk.file, line: place.line, key: path },
        `*${node.source} refers to itself or to nothing`,
        'put text that begins with * into quotes',
      ),
    );
    return nothing(place);
  }
  const written = walkContents(walk, node, place, depth, path);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) walk.anchors.set(anchor, written);
  return written;
}

function walkContents(walk: Walk, node: unknown, place: Place, depth: number, path: string): Written {
  if (isScalar(node)) {
    const { value } = node;
    if (value === null || value === undefined) return nothing(place);
    return { kind: 'text', text: typeof value === 'string' ? value : (node.source ?? ''), ...place };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) =>
      walkNode(walk, isPair(item) ? item.value : item, place, depth + 1, path),
    );
    return { kind: 'list', items, ...place };
  }
  if (isMap(node)) {
    const entries = new Map<string, Entry>();
    const merged: WrittenSection[] = [];
    for (const pair of node.items) {
      const keyPlace = placeOf(walk, pair.key, place);
      const key = keyText(pair.key);
      if (key === undefined) {
        walk.problems.push(problemAt({ file: walk.file, line: keyPlace.line }, 'a key must be a plain word'));
        continue;
      }
      const keyPath = dotted(path, key);
      const value = walkNode(walk, pair.value, keyPlace, depth + 1, keyPath);
      if (key === '<<') {
        merged.push(...mergeSources(walk, value, keyPlace));
        continue;
      }
      const at = { file: walk.file, line: keyPlace.line, key: keyPath };
      if (value.kind === 'text' && value.text !== undefined) {
        const doubt = doubtfulText(key, value.text, walk.text[keyPlace.line - 1] ?? '');
        if (doubt !== undefined) walk.warnings.push(problemAt(at, doubt.problem, doubt.hint));
      }
      const earlier = entries.get(key);
      if (earlier === undefined) entries.set(key, { key, value, ...keyPlace });
      else walk.problems.push(twice(at, earlier, value));
    }
    for (const { entries: others } of merged) {
      walk.nodes += others.size;
      if (walk.nodes > MOST_NODES) break;
      for (const [key, entry] of others) if (!entries.has(key)) entries.set(key, entry);
    }
    return { kind: 'section', entries, ...place };
  }
  return nothing(place);
}

/** A key that is there a second time. */
function twice(at: { file: string; line: number; key: string }, earlier: Entry, value: Written): Problem {
  const first = earlier.line === at.line ? 'in this line' : `first in line ${earlier.line}`;
  const isSection = earlier.value.kind === 'section' && value.kind === 'section';
  const isAlias = isSection && at.key.startsWith('aliases.');
  return problemAt(
    at,
    `${quote(earlier.key)} is there twice, ${first}`,
    isAlias
      ? 'give one of them another name, or remove it'
      : isSection
        ? `write the keys of both below one ${earlier.key}:`
        : !at.key.includes('.')
          ? 'remove one of them'
          : 'keep one of them; if the second belongs to something else, the name of that is missing above it',
  );
}

function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null || key.value === undefined) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** What `<<` brings in: a section or a list of sections (YAML 1.1 merge keys; earlier ones win). */
function mergeSources(walk: Walk, value: Written, place: Place): readonly WrittenSection[] {
  const sources = value.kind === 'list' ? value.items : [value];
  const sections = sources.filter((source) => source.kind === 'section');
  if (sections.length < sources.length) {
    walk.problems.push(
      problemAt(
        { file: walk.file, line: place.line },
        '<< must be followed by a section',
        'write it as <<: *name',
      ),
    );
  }
  return sections;
}

/** Where something stands: 1-based line and column. */
export type Place = { readonly line: number; readonly column: number };

/** One text. `text` is undefined when there is no value (`key:` or `key: null`). */
export type WrittenText = Place & { readonly kind: 'text'; readonly text: string | undefined };

/** A list. */
export type WrittenList = Place & { readonly kind: 'list'; readonly items: readonly Written[] };

/** A section: keys in the order of the file. */
export type WrittenSection = Place & {
  readonly kind: 'section';
  readonly entries: ReadonlyMap<string, Entry>;
};

/** Anything that can stand in a file. */
export type Written = WrittenText | WrittenList | WrittenSection;

/** A key and what is written for it. The place is that of the key. */
export type Entry = Place & { readonly key: string; readonly value: Written };

/** Nothing is written: an empty file or a key without a value. */
export function isEmpty(written: Written): boolean {
  return written.kind === 'text' && written.text === undefined;
}

/** What a form can read, or undefined when it is a section, is empty or holds more than texts. */
export function givenBy(written: Written): Given | undefined {
  if (written.kind === 'text') return written.text;
  if (written.kind === 'section') return undefined;
  const texts: string[] = [];
  for (const item of written.items) {
    if (item.kind !== 'text' || item.text === undefined) return undefined;
    texts.push(item.text);
  }
  return texts;
}

/** What a section says: values of its good keys, the line of every known key, good or not. */
export type KeysRead<Table extends KeyTable> = {
  readonly values: Partial<ValuesOf<Table>>;
  readonly lines: ReadonlyMap<string, number>;
};

/** A dotted path; parts of others are made printable and a dot within them stays visible. */
export function dotted(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (/^[\w./-]{1,64}$/.test(part) ? part : quote(part)))
    .join('.');
}

/** Reads one value. Nothing written, sections and lists of lists are refused for every form. */
export function readWritten<T>(form: Form<T>, written: Written): Reading<T> {
  if (isEmpty(written))
    return { ok: false, problem: 'has no value', hint: 'write a value or remove the line' };
  const given = givenBy(written);
  if (given !== undefined) return form.read(given);
  const problem =
    written.kind === 'section'
      ? `is a section, but one ${form.name} is wanted`
      : `holds something else than values, but one ${form.name} is wanted`;
  return { ok: false, problem };
}

/** A key that nobody knows. `elsewhere` may know where it belongs. */
export function unknownKey(
  { key, line }: Entry,
  place: { readonly file: string; readonly path: string },
  known: readonly string[],
  elsewhere?: string,
): Problem {
  return problemAt(
    { file: place.file, line, key: dotted(place.path, printable(key)) },
    'unknown key',
    elsewhere ?? didYouMean(key, known),
  );
}

/** Reads the entries of a section that lies at `path`. Faults are added to `problems`. */
export function readKeys<Table extends KeyTable>(
  table: Table,
  entries: ReadonlyMap<string, Entry>,
  place: { readonly file: string; readonly path: string },
  problems: Problem[],
): KeysRead<Table> {
  const values: Record<string, unknown> = {};
  const lines = new Map<string, number>();
  for (const entry of entries.values()) {
    const key = Object.hasOwn(table, entry.key) ? table[entry.key] : undefined;
    if (key === undefined) {
      // YAML: within braces a comma ends the value
      const isUnit = 'address' in table && /^\d+(-\d+)?$/.test(entry.key);
      const hint = isUnit ? 'within braces a list of units needs quotes: address: "F1,3"' : undefined;
      problems.push(unknownKey(entry, place, Object.keys(table), hint));
      continue;
    }
    lines.set(entry.key, entry.line);
    const reading = readWritten(key.form, entry.value);
    if (reading.ok) values[entry.key] = reading.value;
    else {
      problems.push(
        problemAt(
          { file: place.file, line: entry.line, key: dotted(place.path, entry.key) },
          reading.problem,
          reading.hint,
        ),
      );
    }
  }
  return { values: values as Partial<ValuesOf<Table>>, lines };
}
