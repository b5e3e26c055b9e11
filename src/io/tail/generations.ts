/**
 * The generation of a file: 8 hex digits that name its content. With the offset it is the id of every event, so a
 * content that is met again, after a crash and whatever its name is by then, keeps it.
 */
import type { FilePosition } from '../../ports.js';
import { fingerprintOfPosition, hasContent, isTelling, seeHead } from './content.js';
import type { Following } from './following.js';
import { remember } from './known-content.js';
import type { Work } from './slices.js';
import { isSameFile, positionOf, type TailedFile } from './tailed-file.js';

const LINE_FEED = 0x0a;

/**
 * Begins `file`. It gets its generation at once if it is begun after its first byte; otherwise when its first line
 * is there, because until then nothing can recognise its content.
 */
export function* beginGeneration(following: Following, file: TailedFile): Work {
  file.isBegun = true;
  following.lastBegun = file;
  remember(following, file);
  if (file.offset > 0) yield* announce(following, file);
}

/** Gives the file its generation and tells the listener, once and before any line of it is handed over. */
export function* announce(following: Following, file: TailedFile): Work {
  if (file.generation !== '') return;
  yield* seeHead(file);
  file.generation = (yield* takeKnown(following, file)) ?? following.randomGeneration();
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
    if (fingerprint.bytes.length === 0 || !(yield* hasContent(file.source, fingerprint))) continue;
    knownGenerations.splice(index, 1);
    return known.generation;
  }
  return undefined;
}

/** Recognised by its first lines, as far as they are complete. */
function birthPosition(file: TailedFile): FilePosition {
  const { head } = file;
  const offset = head.lastIndexOf(LINE_FEED) + 1 || head.length;
  return { ...positionOf(file), offset, mark: head.subarray(0, offset).toString('base64') };
}
