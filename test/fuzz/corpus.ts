/** The inputs of earlier runs that are kept in the tree, by target: those that reached code which nothing else reaches. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coverage } from './coverage.js';
import { wrongWith } from './fuzz.js';
import type { Target } from './targets.js';

const FILE = join('test', 'fuzz', 'corpus.json');
/** So many of a target, the shortest first, and none that is longer, bytes. */
const MOST = { inputs: 24, bytes: 1500 };

type Stored = Readonly<Record<string, readonly string[]>>;

const read = (): Stored => JSON.parse(readFileSync(FILE, 'utf8')) as Stored;

/** What a run begins with: the examples of the target, and what was kept. A character stands for a byte. */
export function corpusOf({ name, examples }: Target): Buffer[] {
  const kept = read()[name] ?? [];
  return [...examples.map((text) => Buffer.from(text)), ...kept.map((bytes) => Buffer.from(bytes, 'latin1'))];
}

/** Keeps those of these inputs that add something to the examples. */
export async function keep(target: Target, inputs: readonly Buffer[], coverage: Coverage): Promise<void> {
  const feed = (input: Buffer): Promise<unknown> => wrongWith(target, input);
  const addsSomething = async (input: Buffer): Promise<boolean> => {
    await feed(input);
    return (await coverage.firstWithNews([input], feed)) !== undefined;
  };
  coverage.begin();
  for (const example of target.examples) await addsSomething(Buffer.from(example));
  const shortest = inputs
    .filter(({ length }) => length <= MOST.bytes)
    .sort((one, other) => one.length - other.length);
  const kept: Buffer[] = [];
  for (const input of shortest)
    if (kept.length < MOST.inputs && (await addsSomething(input))) kept.push(input);
  coverage.end();
  const all: Stored = { ...read(), [target.name]: kept.map((input) => input.toString('latin1')) };
  writeFileSync(FILE, `${JSON.stringify(all, undefined, 2)}\n`);
}
