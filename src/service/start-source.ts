/** Where following the log begins: where it was left, if it is the same log. */

import type { Checkpoint } from './checkpoint.js';
import type { FilePosition, LineListener, LineSource, Log, LogPosition } from '../ports.js';

/** Where a log was left. */
export type Left = {
  readonly logPath: string;
  readonly position: LogPosition | undefined;
  /** Files begun since. */
  readonly generations: readonly FilePosition[];
};

/** Where an earlier run left it; at the first start of all that is the log at `logPath`. */
export function leftBy({ settled, generations }: Checkpoint, logPath: string): Left {
  return { logPath: settled?.logPath ?? logPath, position: settled?.log, generations };
}

/** Where a source leaves it that has been stopped; one that has never found its log knows nothing. */
export function leftOf(source: LineSource, logPath: string): Left {
  const { files } = source.position();
  return { logPath, position: files.length > 0 ? { files } : undefined, generations: [] };
}

/** Starts to follow the log at `logPath`. What stands in a log that we come to anew was never ours to tell. */
export function startSource(
  source: LineSource,
  listener: LineListener,
  left: Left,
  logPath: string,
  log: Log,
): void {
  if (left.logPath === logPath) {
    source.start(listener, left.position, left.generations);
    return;
  }
  log.warn({ before: left.logPath, now: logPath }, 'another heyu log than before: reading begins at its end');
  source.start(listener, undefined, []);
}
