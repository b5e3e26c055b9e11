/** The recordings of the real heyu (test/fixtures/recordings) and the truth of what was put on the wire. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const FOLDER = fileURLToPath(new URL('../fixtures/recordings', import.meta.url));

/** Names of all recordings. */
export function recordingNames(): string[] {
  return readdirSync(FOLDER).filter((name) => statSync(join(FOLDER, name)).isDirectory());
}

/** Paths of a recording's logs, in order of time. */
export function logsOf(name: string): string[] {
  const rotated = readdirSync(join(FOLDER, name)).filter((file) => /^heyu\.log\..*\.\d$/.test(file));
  return [...rotated.sort(), 'heyu.log'].map((file) => join(FOLDER, name, file));
}

/** Path of a recording's x10config. */
export function x10configOf(name: string): string | undefined {
  const path = join(FOLDER, name, 'x10config');
  return existsSync(path) ? path : undefined;
}

/** One object of `expect` in wire.json; its README has the schema. */
export type Expectation = {
  readonly unit?: string;
  readonly house?: string;
  readonly sec?: string | null;
  readonly fn?: string;
  readonly src?: string;
  readonly mean?: string;
  readonly count?: number;
  readonly note?: string;
  readonly id?: string;
  readonly level?: number;
  /** Extended code: function and data byte in hex. */
  readonly ext?: string;
  readonly data?: string;
};

/** Everything that the wire says, in order. */
export function expectationsOf(name: string): Expectation[] {
  const wire = JSON.parse(readFileSync(join(FOLDER, name, 'wire.json'), 'utf8')) as {
    steps: { expect?: unknown[] }[];
  };
  return wire.steps
    .flatMap(({ expect = [] }) => expect)
    .filter((item): item is Expectation => typeof item === 'object' && item !== null);
}

/** The lines of a text file without their line feeds. */
export function linesOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
