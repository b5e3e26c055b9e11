/** A disk of a few kilobytes, to be filled up: a tmpfs, which only root may mount. */

import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type SmallDisk = {
  /** Takes the last byte. */
  readonly fill: () => void;
  readonly makeRoom: () => void;
  readonly remove: () => void;
};

/** Mounts it at an empty directory. */
export function mountSmallDisk(path: string, kilobytes: number): SmallDisk {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    throw new Error('cannot mount a tmpfs. hint: run the tests as root, or in a container', { cause: error });
  }
  const filler = join(path, 'filler');
  return {
    fill: () => {
      for (let size = kilobytes * 1024; size >= 1; size = Math.floor(size / 2)) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        }
      }
    },
    makeRoom: () => {
      if (existsSync(filler)) rmSync(filler);
    },
    remove: () => {
      execFileSync('umount', ['-l', path], { stdio: 'pipe' });
    },
  };
}
