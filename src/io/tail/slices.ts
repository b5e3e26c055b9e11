/**
 * Work that gives way: a generator runs synchronously, so that a line reaches its reader without any hop through
 * the event loop, and is interrupted after a slice of time, so that a long backlog does not stall the others.
 */

/**
 * A piece of work. A bare `yield` says "here may be a pause", a yielded promise says "wait for this"; such a
 * promise never rejects.
 */
export type Work<Result = void> = Generator<Promise<void> | undefined, Result, void>;

/** Where and when work is interrupted, and whom that concerns. */
export type Turn = {
  /** After this long (milliseconds) the event loop has its turn. */
  readonly sliceMs: number;
  readonly monotonicMs: () => number;
  /** Called after each slice, also after the last one. */
  readonly sliceEnded: () => void;
  /** Called once, when the work is done. */
  readonly done: () => void;
};

/** Runs `work` at once, as far as its first slice goes, and the rest through the event loop. */
export function runInSlices(work: Work, turn: Turn): void {
  const began = turn.monotonicMs();
  for (;;) {
    const step = work.next();
    if (step.done === true) {
      turn.sliceEnded();
      turn.done();
      return;
    }
    if (step.value !== undefined) {
      turn.sliceEnded();
      void step.value.then(() => runInSlices(work, turn));
      return;
    }
    if (turn.monotonicMs() - began >= turn.sliceMs) {
      turn.sliceEnded();
      setImmediate(() => runInSlices(work, turn));
      return;
    }
  }
}
