/** The connection to the broker as the zones need to know it. */

import type { Now } from '../ports.js';

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
  /** Names whose session it was last: broker and client id. */
  session: string;
  /** The last moment at which it is known to have been up with nothing old on its way; undefined = never. */
  upAt: number | undefined;
  /** When it went down after such a moment, monotonic; undefined = there was none in this run. */
  downMono: number | undefined;
  /** While `draining`: how long messages may have waited at most, ms; Infinity = not known. */
  awayMs: number;
  /**
   * When the broker answered for the first time after the last connect without a stored session: what happened before
   * that, nobody kept for us.
   */
  unseenUntil: number;
  /** It has not answered yet. */
  isUnanswered: boolean;
};

/** A link that was never up. */
export function createLink(unseenUntil: number): Link {
  return {
    absent: false,
    up: false,
    upMono: 0,
    draining: false,
    session: '',
    upAt: undefined,
    downMono: undefined,
    awayMs: Infinity,
    unseenUntil,
    isUnanswered: false,
  };
}

/** What comes from now on is kept for us, or delivered: a SUBSCRIBE has been answered. */
export function subscriptionStands(link: Link, now: Now): void {
  if (!link.isUnanswered) return;
  link.isUnanswered = false;
  link.unseenUntil = now.at;
}

/**
 * It comes up: for how long the broker may have kept messages for us is settled now. What it has kept until the
 * queue was empty once counts from there, however often the link was cut in between. What another session has kept
 * may be of any age, and a clock that runs behind tells nothing.
 */
export function comeUp(link: Link, session: string, now: Now): void {
  const { downMono, upAt } = link;
  if (session !== link.session) link.awayMs = Infinity;
  else if (downMono !== undefined) link.awayMs = now.mono - downMono;
  else link.awayMs = upAt === undefined || upAt > now.at ? Infinity : now.at - upAt;
  if (session !== link.session) {
    link.upAt = undefined;
    link.downMono = undefined;
  }
  link.session = session;
  link.up = true;
}

/** It goes down. */
export function goDown(link: Link, now: Now): void {
  seeUp(link, now);
  if (!link.draining) link.downMono = now.mono;
  link.up = false;
}

/** It is up now, which counts if nothing old is on its way. */
export function seeUp(link: Link, now: Now): void {
  if (link.up && !link.draining) link.upAt = now.at;
}

/** Nothing was noticed for `forMs`: as if it had been down, also in the eyes of a monotonic clock that stood still. */
export function standStill(link: Link, forMs: number, now: Now): void {
  if (link.up && !link.draining) {
    link.downMono = now.mono - forMs;
    link.upAt = now.at - forMs;
    link.awayMs = forMs;
    return;
  }
  if (link.downMono !== undefined) link.downMono -= forMs;
  link.awayMs += forMs;
}
