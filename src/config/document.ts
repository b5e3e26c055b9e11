/**
 * Reads the text of a YAML file into `Written`: every key with its line and column. What YAML allows and a
 * configuration does not want (duplicate keys, tags, several documents, keys that are no text) is a fault here.
 * Bounded for every input: depth, number of nodes and merged entries are limited and repeated parts are shared.
 */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';
import { fault, quote, type Fault } from './faults.js';
import { syntaxHint } from './syntax-hints.js';
import type { Entry, Place, Written, WrittenSection } from './written.js';

/** What a file says, or why it cannot be read. `faults` may be there beside a document. */
export type DocumentRead = { readonly written: Written | undefined; readonly faults: readonly Fault[] };

const MOST_NODES = 100_000;
const DEEPEST = 16;

/** State of one walk over a document. */
type Walk = {
  readonly file: string;
  readonly lines: LineCounter;
  readonly anchors: Map<string, Written>;
  readonly faults: Fault[];
  nodes: number;
};

/** Reads a YAML text. Never throws. `file` is the name used in faults. */
export function readDocument(text: string, file: string): DocumentRead {
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
    return { written: undefined, faults: [fault({ file }, 'is nested too deeply to be read')] };
  }
  const broken = syntaxFault(document, lines, text, file);
  if (broken !== undefined) return { written: undefined, faults: [broken] };
  const walk: Walk = { file, lines, anchors: new Map(), faults: [], nodes: 0 };
  const written = walkNode(walk, document.contents, { line: 1, column: 1 }, 0);
  return { written, faults: walk.faults };
}

/** The first error or warning of the parser: it is out of step then, and what it says next is seldom true. */
function syntaxFault(
  document: Document.Parsed,
  lines: LineCounter,
  text: string,
  file: string,
): Fault | undefined {
  const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return undefined;
  const { code, message, pos } = first;
  const at = code === 'MISSING_CHAR' ? openingQuote(document, pos[0]) : pos[0];
  const { line } = lines.linePos(at);
  const [problem = ''] = message.split(/[\n;]/);
  return fault({ file, line }, `not YAML: ${lowerFirst(problem)}`, syntaxHint(code, text, at));
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

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const nothing = (place: Place): Written => ({ kind: 'text', text: undefined, ...place });

function placeOf(walk: Walk, node: unknown, otherwise: Place): Place {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return otherwise;
  const { line, col } = walk.lines.linePos(Number(node.range[0]));
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function walkNode(walk: Walk, node: unknown, near: Place, depth: number): Written {
  const place = placeOf(walk, node, near);
  walk.nodes += 1;
  if (depth > DEEPEST || walk.nodes > MOST_NODES) {
    if (walk.nodes !== Infinity) {
      walk.faults.push(
        fault(
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
    walk.faults.push(
      fault({ file: walk.file, line: place.line }, `*${node.source} refers to itself or to nothing`),
    );
    return nothing(place);
  }
  const written = walkContents(walk, node, place, depth);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) walk.anchors.set(anchor, written);
  return written;
}

function walkContents(walk: Walk, node: unknown, place: Place, depth: number): Written {
  if (isScalar(node)) {
    const { value } = node;
    if (value === null || value === undefined) return nothing(place);
    return { kind: 'text', text: typeof value === 'string' ? value : (node.source ?? ''), ...place };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) =>
      walkNode(walk, isPair(item) ? item.value : item, place, depth + 1),
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
        walk.faults.push(fault({ file: walk.file, line: keyPlace.line }, 'a key must be a plain word'));
        continue;
      }
      const value = walkNode(walk, pair.value, keyPlace, depth + 1);
      if (key === '<<') {
        merged.push(...mergeSources(walk, value, keyPlace));
        continue;
      }
      const earlier = entries.get(key);
      if (earlier === undefined) entries.set(key, { key, value, ...keyPlace });
      else {
        walk.faults.push(
          fault(
            { file: walk.file, line: keyPlace.line },
            `${quote(key)} is there twice, first in line ${earlier.line}`,
            'remove one of them',
          ),
        );
      }
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

function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null || key.value === undefined) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** What `<<` brings in: a section or a list of sections (YAML 1.1 merge keys; earlier ones win). */
function mergeSources(walk: Walk, value: Written, place: Place): readonly WrittenSection[] {
  const sources = value.kind === 'list' ? value.items : [value];
  const sections = sources.filter((source) => source.kind === 'section');
  if (sections.length < sources.length) {
    walk.faults.push(
      fault(
        { file: walk.file, line: place.line },
        '<< must be followed by a section',
        'write it as <<: *name',
      ),
    );
  }
  return sections;
}
