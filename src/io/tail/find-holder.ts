/**
 * Finds the file that holds what was being read, when the name does not stand for it any more: by inode after a
 * rename, by content after a copy or a compression.
 */
import { openSource, type ByteSource, type OpenFailure } from './byte-source.js';
import { hasContent, isTelling, type Fingerprint } from './content.js';
import { openGzipSource } from './gzip-source.js';
import type { Sibling } from './siblings.js';
import type { Work } from './slices.js';
import { isSameFile } from './tailed-file.js';

/** A rotated file, opened, and its place in the list that was searched. */
export type Holder = { readonly source: ByteSource; readonly index: number };

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

/** Opens a rotated file, unpacking it where needed. */
export function openSibling(sibling: Sibling): ByteSource | OpenFailure {
  return sibling.isPacked ? openGzipSource(sibling.path) : openSource(sibling.path);
}

/** The file among `siblings` (oldest first) that holds the content: the same inode before any other, newest first. */
export function* findHolder(siblings: readonly Sibling[], wanted: Wanted): Work<Holder | undefined> {
  const { fingerprint, knownAt, offset } = wanted;
  const isSameInode = (sibling: Sibling): boolean =>
    isSameFile(sibling, wanted) && (fingerprint.bytes.length > 0 || Math.floor(sibling.createdAt) <= knownAt);
  const newestFirst = siblings.map((sibling, index) => ({ sibling, index })).reverse();
  const candidates = [
    ...newestFirst.filter(({ sibling }) => isSameInode(sibling)),
    ...(isTelling(fingerprint) ? newestFirst.filter(({ sibling }) => !isSameInode(sibling)) : []),
  ];
  for (const { sibling, index } of candidates) {
    if (!sibling.isPacked && sibling.size < offset) continue;
    const source = openSibling(sibling);
    if ('failure' in source) continue;
    if (yield* hasContent(source, fingerprint)) return { source, index };
    source.close();
  }
  return undefined;
}
