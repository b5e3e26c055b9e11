/**
 * The file of the journal (service/journal): lines are appended without fsync. A full file is renamed, replacing the
 * one before, and a new one is begun. So at least half of the limit is kept, and never more than the limit.
 */

import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, orElse } from '../common/error.js';
import type { JournalFile } from '../ports.js';
import { readEnd } from './files.js';

/** Bytes of one file; there are two. */
const MOST_BYTES = 2_500_000;

/** So much of its end is read for what stands in it last. */
const END_BYTES = 256 * 1024;

/** The files of the journal in a state directory, the older one first. */
export function journalPaths(stateDir: string): readonly [older: string, current: string] {
  const current = join(stateDir, 'journal.ndjson');
  return [`${current}.1`, current];
}

/** The journal in a state directory; each of its files has at most so many bytes. */
export function openJournal(stateDir: string, mostBytes = MOST_BYTES): JournalFile {
  const [older, path] = journalPaths(stateDir);
  /** Undefined: the file has to be asked. */
  let size: number | undefined;
  // the last writer may have died, or found the disk full, within a line
  let isTorn = true;

  const sizeNow = async (): Promise<number> => {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 0;
      throw error;
    }
  };

  return {
    last: () => Promise.resolve(orElse(() => readEnd(path, END_BYTES).lines, [])),
    append: async (text, head) => {
      size ??= await sizeNow();
      if (size > 0 && size + text.length > mostBytes) {
        await rename(path, older);
        size = 0;
      }
      const before = size === 0 ? head() : isTorn ? '\n' : '';
      const bytes = Buffer.from(before + text);
      const begun = size;
      [size, isTorn] = [undefined, true];
      await appendFile(path, bytes, { mode: 0o600 });
      [size, isTorn] = [begun + bytes.length, false];
    },
  };
}
