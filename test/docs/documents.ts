/** The documents as text, and what can be found in them. */

import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/** The text of a file of the project. */
export const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** Every document that is shipped: README, changelog, docs/. */
export const SHIPPED: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Every document for people. */
export const DOCUMENTS: readonly string[] = [...SHIPPED, 'CONTRIBUTING.md', 'SECURITY.md'];

/** Code of a document: blocks between fences line by line, and spans between backticks. */
export function codeOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```[^\n]*\n(.*?)^```/gms)].map(([, block = '']) => block);
  const spans = [...text.replace(/^```[^\n]*\n.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)];
  return [...blocks.flatMap((block) => block.split('\n')), ...spans.map(([, span = '']) => span)];
}

/** The section below a heading, up to the next heading of the same or a higher level. */
export function sectionOf(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0] ?? '';
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) throw new Error(`there is no heading "${heading}"`);
  const body = text.slice(from + heading.length + 2);
  const end = new RegExp(`^#{1,${level.length}} `, 'm').exec(body);
  return end === null ? body : body.slice(0, end.index);
}

/** The cells of all tables of a text, without heads. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter(
      (line, index, lines) =>
        line.startsWith('|') && !line.startsWith('| ---') && !(lines[index + 1] ?? '').startsWith('| ---'),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}
