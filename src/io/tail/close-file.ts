/** Letting go of a file. */
import { openFiles, type Following } from './following.js';
import type { TailedFile } from './tailed-file.js';

/** Closes the file, unless another part of it is still to be read through the same descriptor. */
export function closeFile(following: Following, file: TailedFile): void {
  const { listener, path, clock } = following;
  if (file.source.isDamaged?.() === true) {
    listener.incident({ kind: 'lost', path, from: file.endSeenAt, to: clock.wallMs() });
  }
  following.isWatchStale = true;
  if (!openFiles(following).some(({ source }) => source === file.source)) file.source.close();
}
