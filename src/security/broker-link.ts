/**
 * The connection to the broker as the zones need to know it, and when the state topics are subscribed to again in it
 * (verifications). A new SUBSCRIBE makes the broker deliver its retained copies again (MQTT 3.1.1, section 3.8.4), which
 * is the only way to hear the truth after a queue of old copies, and heals what brokers get wrong when a change races
 * with a SUBSCRIBE. `at` instants are epoch ms, `...Mono` monotonic ms.
 */

import { MINUTE } from '../common/duration.js';
import type { Now, Received } from '../ports.js';

/** The connection while it is up. */
export type Connection = {
  /** When the zones were asked for from the beginning, monotonic. */
  askedMono: number;
  /**
   * What the broker kept for us may still be on its way: a stored session is there, and its queue is not known to be empty
   * (`isQueueEmpty`).
   */
  isDraining: boolean;
  /** How long messages may have waited at most while it is draining, ms; Infinity = not known. */
  awayMs: number;
  /** No SUBSCRIBE was answered, and nothing was kept for us before that. */
  isUnanswered: boolean;
  /** For so many topics a SUBACK is still to come; a topic counts once for each SUBSCRIBE. */
  awaitedTopics: number;
  /** Undefined when there is nothing to subscribe to. */
  schedule: Schedule | undefined;
};

/** What is known of the connection, now and over all connections. */
export type Link = {
  /** There is no broker and never will be: a log is being explained. */
  isAbsent: boolean;
  /** Undefined = the link is down. */
  up: Connection | undefined;
  /** Names whose session it was last: broker and client id. */
  session: string;
  /** The last moment at which it is known to have been up with nothing old on its way; undefined = never. */
  upAt: number | undefined;
  /** When it went down after such a moment, monotonic; undefined = there was none in this run. */
  downMono: number | undefined;
  /**
   * When the broker answered for the first time after the last connect without a stored session: what happened before
   * that was not kept for us.
   */
  unseenUntil: number;
};

/** A link that was never up. */
export function createLink(unseenUntil: number): Link {
  return { isAbsent: false, up: undefined, session: '', upAt: undefined, downMono: undefined, unseenUntil };
}

/** What comes from now on is kept for us, or delivered: a SUBSCRIBE has been answered. */
export function subscriptionStands(link: Link, now: Now): void {
  if (link.up?.isUnanswered !== true) return;
  link.up.isUnanswered = false;
  link.unseenUntil = now.at;
}

/** It is up, and nothing old is on its way. */
export function isClear({ up }: Link): boolean {
  return up !== undefined && !up.isDraining;
}

/** What a broker sends again comes within this time: NATS waits half a minute, and its queue is empty by then. */
const SENT_AGAIN_MS = MINUTE;

/** Whether a message is surely of now: nothing old is on its way, and it is not sent again. */
export function isOfNow(link: Link, { duplicate }: Received, mono: number): boolean {
  const askedMono = link.up?.askedMono ?? mono;
  // much later it is the mark of its sender, which some brokers pass on
  return isClear(link) && !(duplicate && mono < askedMono + SENT_AGAIN_MS);
}

/** How long this message may have waited, ms; Infinity = not known. */
export function waitedMs(link: Link, message: Received, mono: number): number {
  const { up } = link;
  if (up === undefined || isOfNow(link, message, mono)) return 0;
  return up.isDraining ? up.awayMs : up.awayMs + mono - up.askedMono;
}

/**
 * The link is up: for how long the broker may have kept messages for us is settled now. What it has kept until the
 * queue was empty once counts from there, however often the link was cut in between. What another session has kept
 * may be of any age, and a clock that runs behind tells nothing.
 */
export function linkConnected(link: Link, session: string, sessionPresent: boolean, now: Now): Connection {
  if (session !== link.session) {
    link.upAt = undefined;
    link.downMono = undefined;
  }
  link.session = session;
  const { downMono, upAt } = link;
  let awayMs = upAt === undefined || upAt > now.at ? Infinity : now.at - upAt;
  if (downMono !== undefined) awayMs = now.mono - downMono;
  link.up = {
    askedMono: now.mono,
    isDraining: sessionPresent,
    awayMs,
    isUnanswered: !sessionPresent,
    awaitedTopics: 0,
    schedule: undefined,
  };
  return link.up;
}

/** The link is lost. */
export function linkLost(link: Link, now: Now): void {
  if (isClear(link)) {
    link.upAt = now.at;
    link.downMono = now.mono;
  }
  link.up = undefined;
}

/** Nothing was noticed for `forMs`: as if it had been down, also in the eyes of a monotonic clock that stood still. */
export function linkStoodStill(link: Link, forMs: number, now: Now): void {
  const { up } = link;
  if (up !== undefined && !up.isDraining) {
    link.downMono = now.mono - forMs;
    link.upAt = now.at - forMs;
    up.awayMs = forMs;
    return;
  }
  if (link.downMono !== undefined) link.downMono -= forMs;
  if (up !== undefined) up.awayMs += forMs;
}

/** A verification goes out after this long without a message. */
export const QUIET_MS = 600;
/** A pause is waited for at most this much longer than the earliest moment of a verification: 3 s after the SUBACK. */
const PATIENCE_MS = 2400;
/** Without a SUBACK the first verification goes out this long after the SUBSCRIBE, if there is no queue. */
const NO_SUBACK_MS = 3000;
/** A copy of a verification counts when nothing else has come for this long after it. */
export const SETTLE_MS = 150;
/** How long copies may take after the SUBACK of a verification. */
const COPIES_MS = 1500;
/** Between verifications when all is well. */
const INTERVAL_MS = MINUTE;
/** After a change, or when something was missing, the next look comes after this. */
const SOON_MS = 2000;
/** So many looks in a row come soon when something stays missing, then the ordinary interval. */
const EAGER_LOOKS = 5;
/** A queue that is still coming after this long without a pause is no longer waited for. */
const COMING_LIMIT_MS = 30_000;
/** A timer may ring so late on a busy machine. */
const LATE_MS = 50;

/**
 * When the state topics are subscribed to again in one connection (verifications), and whether a message is of now or
 * may have waited at the broker in our stored session. Nothing marks a message as old, and a long queue continues after
 * the SUBACK of the connect; a pause alone does not tell either, because the broker, or the network, may stand still
 * within the queue. But the rest of a queue comes before any answer to a later SUBSCRIBE: when a verification that went
 * out after a pause is acknowledged, and nothing that may have been queued came between, the queue was empty. As long as
 * there may be a queue, one goes out only when all before it were answered, or given up: the next answer is its own.
 */
export type Schedule = {
  /** No verification before this. */
  nextMono: number;
  /** When copies of the last verification are no longer waited for; undefined = not waiting. */
  copiesUntilMono: number | undefined;
  eager: number;
  /** How many there were, beside the SUBSCRIBE of the connect, which proves nothing. */
  verifications: number;
  /** The last one went out after a pause. */
  isQuiet: boolean;
  /** It was answered, and all before it. */
  isAcknowledged: boolean;
  /** A message that may have been queued came after the last verification went out. */
  isDisturbed: boolean;
  /** When the last message came, and since when they have come without a pause. */
  heardMono: number;
  comingMono: number;
  /** What is due may be noticed so late, ms. */
  lateMs: number;
};

/** The SUBSCRIBE of the connect goes out. */
export function startSchedule(mono: number): Schedule {
  return {
    nextMono: mono + NO_SUBACK_MS,
    copiesUntilMono: undefined,
    eager: 0,
    verifications: 0,
    isQuiet: false,
    isAcknowledged: false,
    isDisturbed: false,
    heardMono: mono,
    comingMono: mono,
    lateMs: LATE_MS,
  };
}

/** A SUBACK for so many topics came, or is no longer waited for: `isAnswered` false. */
export function subscribeAnswered(up: Connection, topics: number, mono: number, isAnswered: boolean): void {
  up.awaitedTopics = Math.max(up.awaitedTopics - topics, 0);
  const { schedule } = up;
  if (schedule === undefined) return;
  schedule.isAcknowledged = isAnswered && up.awaitedTopics === 0;
  if (schedule.verifications === 0) schedule.nextMono = mono + QUIET_MS;
  else if (schedule.copiesUntilMono !== undefined) schedule.copiesUntilMono = mono + COPIES_MS;
}

/** A verification goes out. */
export function verificationSent(schedule: Schedule, mono: number): void {
  schedule.verifications += 1;
  schedule.isQuiet = mono >= schedule.heardMono + QUIET_MS;
  schedule.isAcknowledged = false;
  schedule.isDisturbed = false;
  schedule.copiesUntilMono = mono + NO_SUBACK_MS;
  schedule.nextMono = mono + INTERVAL_MS;
}

/** A message came; `retained` as delivered: a retained copy did not wait. */
export function messageReceived(schedule: Schedule, mono: number, retained: boolean): void {
  if (mono >= schedule.heardMono + QUIET_MS) schedule.comingMono = mono;
  schedule.heardMono = mono;
  if (!retained) schedule.isDisturbed = true;
}

/**
 * Time has come to `mono`, and something is due at `dueMono`. If that was long ago, nobody has listened since: what has
 * come is not read yet, so that neither a pause nor the end of copies was seen. On a machine that is always late that must
 * not go on for ever: each time in a row it may be twice as late.
 */
export function listenAnew(schedule: Schedule, dueMono: number, mono: number): void {
  if (mono < dueMono) return;
  const isLate = mono > dueMono + schedule.lateMs;
  schedule.lateMs = isLate ? 2 * schedule.lateMs : LATE_MS;
  if (!isLate) return;
  schedule.heardMono = mono;
  schedule.nextMono = Math.max(schedule.nextMono, mono);
  if (schedule.copiesUntilMono !== undefined) schedule.copiesUntilMono = mono + COPIES_MS;
}

/** Whether nothing that the broker had kept is on its way any more: what comes from now on is of now. */
export function isQueueEmpty(schedule: Schedule, mono: number): boolean {
  const { verifications, isQuiet, isAcknowledged, isDisturbed, comingMono } = schedule;
  if (verifications === 0 || !isAcknowledged) return false;
  return (isQuiet && !isDisturbed) || mono >= comingMono + COMING_LIMIT_MS;
}

/** Something changed: look again soon. `afresh` = it was a real change, so that patience begins again. */
export function lookSoon(schedule: Schedule, mono: number, afresh: boolean): void {
  if (afresh) schedule.eager = 0;
  if (schedule.verifications === 0 || schedule.eager >= EAGER_LOOKS) return;
  schedule.nextMono = Math.min(schedule.nextMono, mono + SOON_MS);
}

/**
 * Copies of the last verification are no longer waited for. `missing`: a topic had none; `ambiguous`: copies
 * of a topic did not agree, which only another SUBSCRIBE can settle.
 */
export function verificationClosed(
  schedule: Schedule,
  mono: number,
  missing: boolean,
  ambiguous: boolean,
): void {
  schedule.copiesUntilMono = undefined;
  if (ambiguous) {
    schedule.nextMono = mono + QUIET_MS;
  } else if (missing) {
    lookSoon(schedule, mono, false);
    schedule.eager += 1;
  } else {
    schedule.eager = 0;
  }
}

/**
 * When the next verification goes out, or the last one is closed; monotonic ms. Infinity = not before the SUBACKs that
 * are still to come.
 */
export function dueAt({ isDraining, awaitedTopics }: Connection, schedule: Schedule): number {
  const { nextMono, copiesUntilMono, heardMono } = schedule;
  if (isDraining && awaitedTopics > 0) return Infinity;
  return copiesUntilMono ?? Math.min(Math.max(nextMono, heardMono + QUIET_MS), nextMono + PATIENCE_MS);
}
