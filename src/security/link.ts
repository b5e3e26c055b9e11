/** The connection to the broker as the zones need to know it. */

/** `at` instants are epoch ms, `...Mono` monotonic ms. */
export type Link = {
  /** There is no broker and never will be: a log is being explained. */
  absent: boolean;
  up: boolean;
  /** When it came up, monotonic. */
  upMono: number;
  /**
   * What the broker kept for us may still be on its way: a stored session is there and the first verification
   * is not over.
   */
  draining: boolean;
  /** Last moment at which it is known to have been up; undefined = never. */
  upAt: number | undefined;
  /** When it went down, monotonic; undefined = it was never up in this run. */
  downMono: number | undefined;
  /** How long it was down before the present connection, ms; Infinity = not known. */
  awayMs: number;
  /** The last connect without a stored session: what happened before it, nobody kept for us. */
  unseenUntil: number;
};

/** A link that was never up in this run. `upAt` is from the disk. */
export function createLink(upAt: number | undefined, unseenUntil: number): Link {
  return {
    absent: false,
    up: false,
    upMono: 0,
    draining: false,
    upAt,
    downMono: undefined,
    awayMs: Infinity,
    unseenUntil,
  };
}
