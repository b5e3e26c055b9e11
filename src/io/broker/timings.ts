/** How long the connection waits for what, and when it tries again. All in milliseconds. */

import { HOUR, MINUTE } from '../../common/duration.js';

export type BrokerTimings = {
  /** The first wait before another attempt; doubles with each round through the list of urls. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** The longest wait while another program uses our client id. */
  readonly longestRetryInTakeoverMs: number;
  /** A connection that stood this long counts: the waits begin anew, and so does the list of urls. */
  readonly stoodMs: number;
  /**
   * A connection that is closed without a word before this may be a takeover. Several times the first wait of
   * usual clients (1 s), which is how long the other side lets us live.
   */
  readonly shortMs: number;
  /**
   * A takeover loop is over when a connection stood this long. More than the longest wait of the other side,
   * which may be a bridge like this one: else the two would find it over and beginning again for ever.
   */
  readonly takeoverOverMs: number;
  /** A close this soon after a publish may be its fault. */
  readonly blameMs: number;
  /** A topic whose SUBSCRIBE makes the broker hang up is left alone for so long. */
  readonly avoidMs: number;
};

export const DEFAULT_TIMINGS: BrokerTimings = {
  firstRetryMs: 1_000,
  longestRetryMs: 30_000,
  longestRetryInTakeoverMs: MINUTE,
  stoodMs: 30_000,
  shortMs: 5_000,
  takeoverOverMs: 120_000,
  blameMs: 3_000,
  avoidMs: HOUR,
};

/**
 * The wait before the next attempt after `failures` (0...) in a row: doubled after each round through the `urls`
 * of the list, at most `longestMs`, and by a `chance` (0..1) up to a quarter shorter or longer, so that the
 * clients of a restarted broker do not all come at once.
 */
export function retryDelay(
  failures: number,
  urls: number,
  { firstRetryMs, longestMs }: { readonly firstRetryMs: number; readonly longestMs: number },
  chance: number,
): number {
  const rounds = Math.floor(Math.max(failures - 1, 0) / urls);
  const delayMs = Math.min(firstRetryMs * 2 ** rounds, longestMs);
  return Math.round(delayMs * (0.75 + chance / 2));
}
