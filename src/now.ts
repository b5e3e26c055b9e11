/** A moment as the shell sees it. */
export type Now = {
  /** Wall time, epoch milliseconds: for stamps and for what a person reads. */
  readonly at: number;
  /** Monotonic milliseconds of no epoch: for deadlines, because wall clocks are set back. */
  readonly mono: number;
};
