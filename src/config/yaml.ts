/**
 * Reads the text of a YAML file into `Written`: texts, lists and sections, every key with its line. No value has been
 * given a type yet: `007` stays "007" and `off` stays "off", because only the key knows what is meant. What YAML allows
 * and a configuration does not want (duplicate keys, tags, several documents, keys that are not text) is a problem here.
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
  type YAMLMap,
} from 'yaml';
import { refused } from '../common/error.js';
import { didYouMean, printable, quote } from '../common/text.js';
import type { Form, Given, Reading } from './forms.js';
import type { KeyTable, ValuesOf } from './keys-and-defaults.js';
import { type Place, type Problem, problemAt, Report } from './problem.js';
import { diagnose, doubtfulText, pathAt, withHints } from './syntax-hints.js';

/** Anything that can stand in a file. A `text` without text is not a value (`key:` or `key: null`). Lines count from 1. */
export type Written =
  | { readonly kind: 'text'; readonly text: string | undefined; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly Written[]; readonly line: number }
  | Section;

/** Keys in the order of the file. */
type Section = {
  readonly kind: 'section';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly line: number;
};

/** A key, its line, and what is written for it. */
export type Entry = { readonly key: string; readonly line: number; readonly value: Written };

/** What a file says, or why it cannot be read. Problems may be there beside a document. */
export type DocumentRead = Pick<Report, 'problems' | 'warnings'> & { readonly written: Written | undefined };

const MOST_NODES = 100_000;
const DEEPEST = 16;

/** Nothing is written: an empty file or a key without a value. */
export function isEmpty(written: Written): boolean {
  return written.kind === 'text' && written.text === undefined;
}

/** What a form can read, or undefined when it is a section, is empty or holds more than texts. */
export function givenBy(written: Written): Given | undefined {
  if (written.kind === 'text') return written.text;
  if (written.kind === 'section') return undefined;
  const texts = written.items.flatMap((item) => (item.kind === 'text' ? (item.text ?? []) : []));
  return texts.length === written.items.length ? texts : undefined;
}

/** Reads a YAML text. Never throws. `file` is the name used in problems. */
export function readDocument(text: string, file: string): DocumentRead {
  const unread = (why: Problem): DocumentRead => ({ written: undefined, problems: [why], warnings: [] });
  const zero = text.indexOf('\0');
  if (zero >= 0) {
    const line = text.slice(0, zero).split('\n').length;
    const hint =
      'the file was damaged, perhaps by a power failure: write it again or restore it from a backup';
    return unread(problemAt({ file, line }, 'holds zero bytes instead of text', hint));
  }
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    // Our own check of keys names both places and is linear.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch {
    return unread(problemAt({ file }, 'is nested too deeply to be read'));
  }
  const broken = syntaxProblem(document, lines, text, file);
  if (broken !== undefined) return unread(broken);
  const walk = new Walk(file, lines, text);
  const written = walk.node(document.contents, { line: 1, depth: 0, path: '' });
  return { written, problems: walk.report.problems, warnings: walk.report.warnings };
}

/** What `read` makes of a YAML text, if it can be read at all. All problems get the hints that the text gives. */
export function readYaml<T>(
  text: string,
  file: string,
  report: Report,
  read: (written: Written) => T,
): T | undefined {
  const document = readDocument(text, file);
  report.add(document);
  const value = document.written && read(document.written);
  report.problems.splice(0, Infinity, ...withHints(report.problems, text));
  return value;
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
  const at = lines.linePos(code === 'MISSING_CHAR' ? openingQuote(document, pos[0]) : pos[0]).line;
  const [told = ''] = message.split(/[\n;]/);
  const {
    line = at,
    problem = told.charAt(0).toLowerCase() + told.slice(1),
    hint,
  } = diagnose(code, text, at) ?? {};
  return problemAt({ file, line, key: pathAt(text, line) }, `not YAML: ${problem}`, hint);
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

/** Where a node stands: the line of what it stands in, how deep, and the path of its key. */
type Where = { readonly line: number; readonly depth: number; readonly path: string };

/** One walk over a document. */
class Walk {
  readonly report = new Report();
  readonly #anchors = new Map<string, Written>();
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #text: readonly string[];
  #nodes = 0;

  constructor(file: string, lines: LineCounter, text: string) {
    this.#file = file;
    this.#lines = lines;
    this.#text = text.split('\n');
  }

  node(node: unknown, where: Where): Written {
    const line = this.#lineOf(node, where.line);
    const nothing: Written = { kind: 'text', text: undefined, line };
    this.#nodes += 1;
    if (where.depth > DEEPEST || this.#nodes > MOST_NODES) {
      // One such problem says it all; the rest is not walked.
      if (this.#nodes !== Infinity)
        this.#problem(line, where.depth > DEEPEST ? 'is nested too deeply' : 'has too many entries');
      this.#nodes = Infinity;
      return nothing;
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target !== undefined) return { ...target, line };
      this.report.problem(
        { file: this.#file, line, key: where.path },
        `*${node.source} refers to itself or to nothing`,
        'put text that begins with * into quotes',
      );
      return nothing;
    }
    const inner = { ...where, line, depth: where.depth + 1 };
    let written: Written = nothing;
    if (isScalar(node) && node.value !== null && node.value !== undefined)
      written = { ...nothing, text: textOf(node) };
    else if (isSeq(node))
      written = {
        kind: 'list',
        items: node.items.map((item) => this.node(isPair(item) ? item.value : item, inner)),
        line,
      };
    else if (isMap(node)) written = this.#section(node, inner);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, written);
    return written;
  }

  #section(node: YAMLMap, { line: near, depth, path }: Where): Section {
    const entries = new Map<string, Entry>();
    const merged: Section[] = [];
    for (const pair of node.items) {
      const line = this.#lineOf(pair.key, near);
      const key = textOf(pair.key);
      if (key === undefined) {
        this.#problem(line, 'a key must be a plain word');
        continue;
      }
      const at = { file: this.#file, line, key: dotted(path, key) };
      const value = this.node(pair.value, { line, depth, path: at.key });
      if (key === '<<') {
        merged.push(...this.#mergeSources(value, line));
        continue;
      }
      const doubt =
        value.kind === 'text' && value.text !== undefined
          ? doubtfulText(key, value.text, this.#text[line - 1] ?? '')
          : undefined;
      if (doubt !== undefined) this.report.warn(at, doubt.problem, doubt.hint);
      const earlier = entries.get(key);
      if (earlier === undefined) entries.set(key, { key, value, line });
      else this.report.problem(at, ...twice(at, earlier, value));
    }
    for (const { entries: others } of merged) {
      this.#nodes += others.size;
      if (this.#nodes > MOST_NODES) break;
      for (const [key, entry] of others) if (!entries.has(key)) entries.set(key, entry);
    }
    return { kind: 'section', entries, line: near };
  }

  /** What `<<` brings in: a section or a list of sections (YAML 1.1 merge keys; earlier ones win). */
  #mergeSources(value: Written, line: number): readonly Section[] {
    const sources = value.kind === 'list' ? value.items : [value];
    const sections = sources.filter((source) => source.kind === 'section');
    if (sections.length < sources.length)
      this.#problem(line, '<< must be followed by a section', 'write it as <<: *name');
    return sections;
  }

  #problem(line: number, problem: string, hint?: string): void {
    this.report.problem({ file: this.#file, line }, problem, hint);
  }

  #lineOf(node: unknown, otherwise: number): number {
    if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
      return otherwise;
    return Math.max(this.#lines.linePos(Number(node.range[0])).line, 1);
  }
}

/** The text of a scalar as it is written; undefined when it is none, or has no value. */
function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

/** What is wrong with a key that is there a second time, and what to do. */
function twice(at: { line: number; key: string }, earlier: Entry, value: Written): [string, string] {
  const first = earlier.line === at.line ? 'in this line' : `first in line ${earlier.line}`;
  const isSection = earlier.value.kind === 'section' && value.kind === 'section';
  const hint =
    isSection && at.key.startsWith('aliases.')
      ? 'give one of them another name, or remove it'
      : isSection
        ? `write the keys of both below one ${earlier.key}:`
        : !at.key.includes('.')
          ? 'remove one of them'
          : 'keep one of them; if the second belongs to something else, the name of that is missing above it';
  return [`${quote(earlier.key)} is there twice, ${first}`, hint];
}

/** A dotted path; parts of others are made printable and a dot within them stays visible. */
export function dotted(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (/^[\w./-]{1,64}$/.test(part) ? part : quote(part)))
    .join('.');
}

/** Reads one value. Nothing written, sections and lists of lists are refused for every form. */
export function readWritten<T>(form: Form<T>, written: Written): Reading<T> {
  if (isEmpty(written)) return refused('has no value', 'write a value or remove the line');
  const given = givenBy(written);
  if (given !== undefined) return form.read(given);
  if (written.kind === 'section' && form.readSection !== undefined) {
    const entries = [...written.entries.values()].map(
      ({ key, value }) => [key, givenBy(value) ?? ''] as const,
    );
    return form.readSection(new Map(entries));
  }
  const what = written.kind === 'section' ? 'is a section' : 'holds something else than values';
  return refused(`${what}, but one ${form.name} is wanted`);
}

/** The entries of a section; none, and a problem with this hint, where something else stands. */
export function entriesOf(
  { value }: Pick<Entry, 'value'>,
  place: Place,
  hint: string,
  report: Report,
): ReadonlyMap<string, Entry> | undefined {
  if (value.kind === 'section') return value.entries;
  if (!isEmpty(value))
    report.problem(place, place.key === undefined ? 'holds no keys' : 'must be a section', hint);
  return undefined;
}

/** The dotted path of a key in a section; that of the section is shown as it is. */
const below = ({ key: section = '' }: Place, key: string): string =>
  section === '' ? dotted(key) : `${section}.${dotted(key)}`;

/** Reports an unknown key in the section `within`. `elsewhere` may know where it belongs. */
export function reportUnknown(
  report: Report,
  { key, line }: Entry,
  within: Place,
  known: readonly string[],
  elsewhere?: string,
): void {
  const at = { file: within.file, line, key: below(within, printable(key)) };
  report.problem(at, 'unknown key', elsewhere ?? didYouMean(key, known));
}

/** What a section says. */
export type KeysRead<Table extends KeyTable> = {
  /** Those of its good keys. */
  readonly values: Partial<ValuesOf<Table>>;
  /** The line of every known key, good or not. */
  readonly lines: ReadonlyMap<string, number>;
  /** The place of a key in problems; of one that is not written, the line of the section. */
  readonly at: (key: string) => Place;
};

/** Reads the entries of a section that lies at `section` by a table. */
export function readKeys<Table extends KeyTable>(
  table: Table,
  entries: ReadonlyMap<string, Entry> | undefined,
  section: Place,
  report: Report,
): KeysRead<Table> {
  const values: Record<string, unknown> = {};
  const lines = new Map<string, number>();
  const at = (key: string): Place => ({
    file: section.file,
    line: lines.get(key) ?? section.line,
    key: below(section, key),
  });
  for (const entry of entries?.values() ?? []) {
    const { key, line } = entry;
    const definition = Object.hasOwn(table, key) ? table[key] : undefined;
    if (definition === undefined) {
      // YAML: within braces a comma ends the value
      const isUnit = 'address' in table && /^\d+(-\d+)?$/.test(key);
      const hint = isUnit ? 'within braces a list of units needs quotes: address: "F1,3"' : undefined;
      reportUnknown(report, entry, section, Object.keys(table), hint);
      continue;
    }
    lines.set(key, line);
    const reading = readWritten(definition.form, entry.value);
    if (reading.ok) values[key] = reading.value;
    else report.problem(at(key), reading.problem, reading.hint);
  }
  return { values: values as Partial<ValuesOf<Table>>, lines, at };
}
