/**
 * Which file systems report every change to inotify: those of this machine's own kernel. Nobody reports what another
 * machine writes to a network file system, and overlays report what was written to one of their layers only.
 */
import { statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Magic numbers of statfs(2), from linux/magic.h and, for ZFS, its sys/fs/zfs.h. */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs, on SD cards
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x2fc12fc1, // ZFS
  0xca451a4e, // bcachefs
  0x3153464a, // JFS
  0x52654973, // ReiserFS
]);

/** Does the file lie on such a file system, or will it? False where nobody can tell. */
export function isOnLocalFiles(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      // the kernel's number is signed where C has a long of 32 bits
      return LOCAL.has(statfsSync(at).type >>> 0);
    } catch {
      if (at === dirname(at)) return false;
    }
  }
}
