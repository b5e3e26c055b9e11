/**
 * Ids in a file, one a line, each with a checksum: a line that is cut off or damaged is left out and never taken for
 * another id. Nothing waits for the disk (no fsync): what was written outlives the process, not always the power.
 */

import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { IdFile } from '../ports.js';

/** The file at `path`, beside which it needs to write. */
export function openIdFile(path: string): IdFile {
  // whoever wrote last may have died, or found the disk full, within a line
  let isTorn = true;
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch(() => '');
      return text.split('\n').flatMap((line) => idOf(line) ?? []);
    },
    append: async (ids) => {
      const before = isTorn ? '\n' : '';
      isTorn = true;
      await appendFile(path, before + textOf(ids), { mode: 0o600 });
      isTorn = false;
    },
    replace: async (ids) => {
      const temporary = `${path}.new`;
      await writeFile(temporary, textOf(ids), { mode: 0o600 });
      await rename(temporary, path);
      isTorn = false;
    },
  };
}

function lineOf(id: string): string {
  return `${id} ${crc32(id).toString(16).padStart(8, '0')}`;
}

function textOf(ids: readonly string[]): string {
  return ids.map((id) => `${lineOf(id)}\n`).join('');
}

function idOf(line: string): string | undefined {
  const id = line.slice(0, -9);
  return id !== '' && line === lineOf(id) ? id : undefined;
}
