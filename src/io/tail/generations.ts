/**
 * The generation of a file: 8 hex digits that name its content. With the offset it is the id of every event, so a
 * content that is met again, after a crash and whatever its name is by then, keeps it.
 */
import type { FilePosition } from '../../ports.js';
import { bytesAt, fingerprintOfPosition, hasContent, isTelling } from './content.js';
import type { Following } from './following.js';
import type { Work } from './slices.js';
import { MARK_BYTES, isSameFile, positionOf, type TailedFile } from './tailed-file.js';

const LINE_FEED = 0x0a;

/** Gives `file` its generation and tells the listener, before any line of it is handed over. */
export function* announce(following: Following, file: TailedFile): Work {
  file.head = Buffer.from(yield* bytesAt(file.source, 0, MARK_BYTES));
  file.generation = (yield* takeKnown(following, file)) ?? following.randomGeneration();
  file.isBegun = true;
  following.lastBegun = file;
  following.listener.generation(file.offset > 0 ? positionOf(file) : birthPosition(file));
}

/** The generation that an earlier run gave to this content. */
function* takeKnown(following: Following, file: TailedFile): Work<string | undefined> {
  const { knownGenerations } = following;
  for (let index = knownGenerations.length - 1; index >= 0; index -= 1) {
    const known = knownGenerations[index];
    if (known === undefined) continue;
    const fingerprint = fingerprintOfPosition(known);
    if (!isSameFile(known, file.source) && !isTelling(fingerprint)) continue;
    if (!(yield* hasContent(file.source, fingerprint))) continue;
    knownGenerations.splice(index, 1);
    return known.generation;
  }
  return undefined;
}

/** Recognised by its first complete lines, where it has any; by its inode otherwise. */
function birthPosition(file: TailedFile): FilePosition {
  const offset = file.head.lastIndexOf(LINE_FEED) + 1;
  return { ...positionOf(file), offset, mark: file.head.subarray(0, offset).toString('base64') };
}
