/**
 * Finds the file that holds what was being read, when the name does not stand for it any more: by inode after a
 * rename, by content after a copy or a compression.
 */
import { hasContent, isTelling, type Fingerprint } from './content.js';
import type { HeldSibling } from './hold-siblings.js';
import type { Work } from './slices.js';
import { isSameFile } from './tailed-file.js';

/** What is looked for: a file by its inode, its content, or both. */
export type Wanted = {
  readonly device: number;
  readonly inode: number;
  readonly fingerprint: Fingerprint;
  /** How far it had been read: a file of the same inode that is shorter is another one. */
  readonly offset: number;
  /** When it was there, epoch milliseconds: without content to compare, a younger file of its inode is another one. */
  readonly knownAt: number;
};

/** The file among `siblings` (oldest first) that holds the content: the same inode before any other, newest first. */
export function* findHolder(siblings: readonly HeldSibling[], wanted: Wanted): Work<HeldSibling | undefined> {
  const { fingerprint, knownAt, offset } = wanted;
  const isSameInode = (sibling: HeldSibling): boolean =>
    isSameFile(sibling, wanted) && (fingerprint.bytes.length > 0 || Math.floor(sibling.createdAt) <= knownAt);
  const newestFirst = siblings.filter(({ isTaken }) => !isTaken).reverse();
  const candidates = [
    ...newestFirst.filter(isSameInode),
    ...(isTelling(fingerprint) ? newestFirst.filter((sibling) => !isSameInode(sibling)) : []),
  ];
  for (const sibling of candidates) {
    if (!sibling.isPacked && sibling.size < offset) continue;
    if (yield* hasContent(sibling.source, fingerprint)) return sibling;
  }
  return undefined;
}
