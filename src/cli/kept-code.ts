/**
 * Starts the service from one file that has all of `run` (`scripts/bundle.ts`), and keeps what V8 has compiled of it in
 * the cache directory of the unit: the next start compiles nothing, which is a third of its work. Without the file or
 * the directory, or if what was kept is damaged or of another program or Node, a start only takes longer.
 */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { orElse } from '../common/error.js';

type Program = Pick<typeof import('./program.js'), 'main'>;

/** What the file is: a function that makes a module of CommonJS. */
type MakeModule = (
  module: { exports: unknown },
  exports: unknown,
  require: NodeJS.Require,
  folder: string,
) => void;

/** The service has seen its broker by then. Later V8 forgets the code that only a start runs. */
const KEEP_AFTER_MS = 10_000;

/** Runs the process, as `main` of the program does. */
export async function main(args: readonly string[]): Promise<void> {
  const [directory = ''] = (process.env['CACHE_DIRECTORY'] ?? '').split(':');
  const kept = loadKept(join(import.meta.dirname, 'run.cjs'), join(directory, 'run.compiled'));
  if (kept?.isCompiled === false) setTimeout(kept.keep, KEEP_AFTER_MS).unref();
  const { main: run } = (kept?.exports as Program | undefined) ?? (await import('./program.js'));
  return run(args);
}

/** What a file exports, and its compiled code. */
export type Kept = {
  readonly exports: unknown;
  /** Whether the compiled code was there. */
  readonly isCompiled: boolean;
  /** Keeps it: all that has run until now. What cannot be written is not kept. */
  readonly keep: () => void;
};

/** Runs the program in `filename` with the compiled code in the file `cache`; undefined when there is no such program. */
export function loadKept(filename: string, cache: string): Kept | undefined {
  const source = read(filename)?.toString();
  if (source === undefined) return undefined;
  // of a program, V8 itself compares no more than the length
  const id = crc32(source, crc32(`${process.version} ${process.arch}`));
  const cachedData = codeOf(id, read(cache));
  const script = new Script(source, cachedData === undefined ? { filename } : { filename, cachedData });
  const module = { exports: {} };
  const make = script.runInThisContext() as MakeModule;
  make(module, module.exports, createRequire(filename), dirname(filename));
  return {
    exports: module.exports,
    isCompiled: script.cachedDataRejected === false,
    keep: () => orElse(() => write(cache, id, script.createCachedData()), undefined),
  };
}

const read = (file: string): Buffer | undefined => orElse(() => readFileSync(file), undefined);

/** Before the code: the id of program and Node, and the checksum of the code. */
const HEADER_BYTES = 8;

function codeOf(id: number, kept: Buffer | undefined): Buffer | undefined {
  if (kept === undefined || kept.length < HEADER_BYTES || kept.readUInt32LE(0) !== id) return undefined;
  const code = kept.subarray(HEADER_BYTES);
  return kept.readUInt32LE(4) === crc32(code) ? code : undefined;
}

/** The file is replaced, so that there is one at most; nothing waits for the disk. */
function write(file: string, id: number, code: Buffer): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(id, 0);
  header.writeUInt32LE(crc32(code), 4);
  writeFileSync(`${file}.new`, Buffer.concat([header, code]), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
