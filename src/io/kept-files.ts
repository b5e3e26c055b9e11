/**
 * Copies of a few small files that belong together, in a directory that is replaced as a whole: whatever moment the
 * power fails at, one complete set is there. Plain files, so that a person can copy one back.
 */
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../common/error.js';
import { digestOf, syncDirectory, writeDurably } from './files.js';

/** A file: its name in the directory, where it came from, and what was in it. */
export type KeptFile = { readonly name: string; readonly path: string; readonly text: string };

/** A set of files. */
export type KeptFiles = {
  /** When it was kept, epoch ms. */
  readonly at: number;
  readonly files: readonly KeptFile[];
  /** What else was true then. */
  readonly notes: Readonly<Record<string, string>>;
};

const INDEX = 'index.json';
const VERSION = 1;

/** Replaces the set in `directory`, whose parent has to exist. Rejects when the file system refuses. */
export async function keepFiles(directory: string, { at, files, notes }: KeptFiles): Promise<void> {
  const fresh = `${directory}.new`;
  const old = `${directory}.old`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  for (const { name, text } of files) await writeDurably(join(fresh, name), text);
  const index = files.map(({ name, path, text }) => ({ name, path, digest: digestOf(text) }));
  // the index makes the set complete
  await writeDurably(
    join(fresh, INDEX),
    `${JSON.stringify({ version: VERSION, at, files: index, notes })}\n`,
  );
  await syncDirectory(fresh);
  await rm(old, { recursive: true, force: true });
  await rename(directory, old).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  await rename(fresh, directory);
  await syncDirectory(dirname(directory));
  await rm(old, { recursive: true, force: true });
}

/** The set in `directory`; undefined when there is none that is complete and unchanged, or none that may be read. */
export function keptFiles(directory: string): KeptFiles | undefined {
  // between two steps of keepFiles it has one of the other names
  for (const place of [directory, `${directory}.new`, `${directory}.old`]) {
    const found = readSet(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Index = {
  readonly version: number;
  readonly at: number;
  readonly files: readonly { readonly name: string; readonly path: string; readonly digest: string }[];
  readonly notes: Readonly<Record<string, string>>;
};

function readSet(directory: string): KeptFiles | undefined {
  try {
    const index = JSON.parse(readFileSync(join(directory, INDEX), 'utf8')) as Index;
    if (index.version !== VERSION) return undefined;
    const files = index.files.map(({ name, path, digest }) => {
      const text = readFileSync(join(directory, name), 'utf8');
      if (digestOf(text) !== digest) throw new Error(`${name} was changed`);
      return { name, path, text };
    });
    return { at: index.at, files, notes: index.notes };
  } catch {
    return undefined;
  }
}
