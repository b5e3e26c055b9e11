/** Places in the text of a YAML file by line, and how single values are written. Knows texts, not documents. */
import { stringify } from 'yaml';
import type { Plain } from './form.js';

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
