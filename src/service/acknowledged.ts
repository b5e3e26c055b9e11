/**
 * Which events the broker has acknowledged since the moment that counts on disk (service/checkpoint): after a crash
 * the log is read again from there, and they need not be sent a second time. They stand in a file of their own, to
 * which each acknowledgement adds a line at once; a saved moment empties it of what happened before. What the disk
 * does not take is sent again, under the same id: nothing waits for it.
 */

import type { IdFile } from '../ports.js';

/** The acknowledged events. */
export type Acknowledged = {
  /** Whether an event was acknowledged already, and need not be sent again. */
  readonly has: (id: string) => boolean;
  /** The broker has it. `sequence`: its number in the outbox. */
  readonly add: (id: string, sequence: number) => void;
  /**
   * A moment is on disk in which everything up to this number was settled. `isCaughtUp`: the log had been read to its
   * end by then, so that nothing from earlier lives comes again.
   */
  readonly forget: (sequence: number, isCaughtUp: boolean) => void;
  /** Resolves when everything is written, or has failed. */
  readonly flush: () => Promise<void>;
};

/** So many are remembered at most; more come together only while one event is not acknowledged for long. */
const MOST = 5000;

/** Goes on from what an earlier life has left. */
export function acknowledged(file: IdFile, left: readonly string[]): Acknowledged {
  const earlier = new Set(left.slice(-MOST));
  const since = new Map<string, number>();
  let unwritten: string[] = [];
  let isOutdated = false;
  let running: Promise<void> | undefined;

  const writeOnce = async (): Promise<void> => {
    const ids = unwritten;
    unwritten = [];
    if (!isOutdated) return file.append(ids);
    isOutdated = false;
    return file.replace([...earlier, ...since.keys()]).catch(() => file.append(ids));
  };

  const write = async (): Promise<void> => {
    while (isOutdated || unwritten.length > 0) await writeOnce().catch(() => undefined);
    running = undefined;
  };

  return {
    has: (id) => earlier.has(id) || since.has(id),
    add: (id, sequence) => {
      const isWritten = earlier.delete(id) || since.has(id);
      if (since.size >= MOST) return;
      since.set(id, sequence);
      if (isWritten) return;
      unwritten.push(id);
      running ??= write();
    },
    forget: (sequence, isCaughtUp) => {
      const before = earlier.size + since.size;
      for (const [id, settled] of since) if (settled <= sequence) since.delete(id);
      if (isCaughtUp) earlier.clear();
      if (earlier.size + since.size === before) return;
      isOutdated = true;
      running ??= write();
    },
    flush: async () => {
      await running;
    },
  };
}
