/**
 * Which of the copies that a broker delivers of one retained state topic is true. A persistent session adds
 * history (queued copies) that cannot be told from live changes, some brokers mark queued copies as retained,
 * some hand out an old retained copy after a newer live one: docs/security-state.md has the whole list. What
 * is here is counted in SUBSCRIBEs ("passes"), not in time: src/security/passes.ts decides when they go out. Only
 * since when the topic has said armed is an instant.
 *
 * Without a stored session every copy counts at once, and a live copy beats a retained one until the next
 * pass. With one, everything before the first verification is history; then the topic is known when a copy of
 * the verification has come that nothing else heard since contradicts.
 */

import { isArmed, type Reading, type SecurityState } from './vocabulary.js';

/** Why a topic's state is not known. */
export type WhyUnknown =
  | 'link_down'
  | 'waiting'
  | 'ambiguous'
  | 'nothing_retained'
  | 'cleared'
  | 'no_information'
  | 'not_understood'
  | 'refused';

/** Why a zone is unknown, for people. */
export const WHY: Readonly<Record<WhyUnknown | 'members_differ', string>> = {
  link_down: 'no connection to the broker',
  waiting: 'just connected, the state is being read',
  ambiguous: 'what was heard contradicts itself',
  nothing_retained: 'the broker has no retained message for it',
  cleared: 'the retained message was deleted',
  no_information: 'the source itself does not know',
  not_understood: 'the payload is not understood',
  members_differ: 'its members are not all in the same state',
  refused: 'the broker does not let us read the topic',
};

/** One state topic. Begins anew with every connection, except that `state` is gone at once when the link is. */
export type Tracker = {
  readonly topic: string;
  /** The state, when it is known. */
  state: SecurityState | undefined;
  why: WhyUnknown;
  /** Copies count: history is over, or there was none. */
  settled: boolean;
  /** Heard live since the last SUBSCRIBE: retained copies do not count until the next. */
  live: boolean;
  /** A retained copy came since the last SUBSCRIBE. */
  copied: boolean;
  /** The copies since the last SUBSCRIBE do not agree, and which is the newest cannot be said. */
  conflict: boolean;
  /** A session was stored: queued copies may come. */
  queued: boolean;
  /** Retained copies in this connection: more than SUBSCRIBEs means that queued copies are marked so too. */
  copies: number;
  /** The last reading since the last SUBSCRIBE, while not settled. */
  said: Reading | undefined;
  /** The number of the last SUBSCRIBE in this connection; 0 = the one that belongs to the connect. */
  pass: number;
  /** The last SUBSCRIBE went out after a pause without messages, so that no queue was left. */
  quiet: boolean;
  /** Passes in a row that brought no copy. */
  misses: number;
  /** The last SUBSCRIBE was refused. */
  refused: boolean;
  /** Queued copies of this connection in their order, the last 20; never taken for the state. */
  history: SecurityState[];
  /** A queued copy said disarmed. */
  disarmedInHistory: boolean;
  /**
   * Since when everything heard in this connection has said armed (epoch ms), also while the state is not known yet:
   * a state that is learned later was that of the time before only if nothing else was said in between.
   */
  armedAt: number | undefined;
};

/** What became of a message. `lost`: the state is known no longer. */
export type Heard =
  'history' | 'ignored' | 'ambiguous' | 'same' | 'changed' | 'repaired' | 'settled' | 'lost';

/** What a pass has shown. `missing` and `ambiguous` want another pass soon. */
export type PassResult = 'fine' | 'missing' | 'ambiguous' | 'settled' | 'lost';

const LONGEST_HISTORY = 20;

/** One silent pass may be a race in the broker, two are not. */
const MISSES_UNTIL_UNKNOWN = 2;

/** A topic of which nothing is known yet. */
export function createTracker(topic: string): Tracker {
  return {
    topic,
    state: undefined,
    why: 'link_down',
    settled: false,
    live: false,
    copied: false,
    conflict: false,
    queued: false,
    copies: 0,
    said: undefined,
    pass: 0,
    quiet: false,
    misses: 0,
    refused: false,
    history: [],
    disarmedInHistory: false,
    armedAt: undefined,
  };
}

/** The link is gone: nothing is known any more. */
export function forget(tracker: Tracker): void {
  tracker.state = undefined;
  tracker.why = 'link_down';
  tracker.settled = false;
}

/** A connection begins, its first SUBSCRIBE is about to go out. `queued`: copies may have been kept for us. */
export function begin(tracker: Tracker, queued: boolean): void {
  Object.assign(tracker, createTracker(tracker.topic));
  tracker.why = 'waiting';
  tracker.queued = queued;
  tracker.settled = !queued;
}

/** A verification SUBSCRIBE is about to go out. `quiet`: after a pause without messages. */
export function verify(tracker: Tracker, quiet: boolean): void {
  tracker.pass += 1;
  tracker.quiet = quiet;
  tracker.live = false;
  tracker.copied = false;
  tracker.conflict = false;
  tracker.said = undefined;
}

/** The broker refuses to let us read the topic. */
export function refuse(tracker: Tracker): void {
  tracker.refused = true;
  tracker.state = undefined;
  tracker.why = 'refused';
}

/** The broker lets us read the topic. */
export function grant(tracker: Tracker): void {
  tracker.refused = false;
  if (tracker.why === 'refused') tracker.why = 'waiting';
}

function same(one: Reading, other: Reading): boolean {
  if (one.kind === 'state' && other.kind === 'state') return one.state === other.state;
  if (one.kind === 'keep' && other.kind === 'keep') return one.word === other.word;
  return one.kind === other.kind;
}

function apply(tracker: Tracker, reading: Reading): Heard {
  const before = tracker.state;
  switch (reading.kind) {
    case 'state':
      tracker.state = reading.state;
      break;
    case 'none':
      tracker.state = undefined;
      tracker.why = reading.word === 'cleared' ? 'cleared' : 'no_information';
      break;
    case 'keep':
    case 'not_understood':
      if (before === undefined) tracker.why = reading.kind === 'keep' ? 'no_information' : 'not_understood';
      break;
  }
  tracker.misses = 0;
  if (tracker.state === before) return 'same';
  return tracker.state === undefined ? 'lost' : 'changed';
}

function record(tracker: Tracker, reading: Reading): void {
  if (reading.kind !== 'state') return;
  if (reading.state === 'disarmed') tracker.disarmedInHistory = true;
  tracker.history.push(reading.state);
  if (tracker.history.length > LONGEST_HISTORY) tracker.history.shift();
}

function noteArmed(tracker: Tracker, reading: Reading, at: number): void {
  if (reading.kind === 'keep' || reading.kind === 'not_understood') return;
  const saysArmed = reading.kind === 'state' && isArmed(reading.state);
  tracker.armedAt = saysArmed ? (tracker.armedAt ?? at) : undefined;
}

function settle(tracker: Tracker, reading: Reading): Heard {
  tracker.settled = true;
  apply(tracker, reading);
  return 'settled';
}

function hearUnsettled(tracker: Tracker, reading: Reading, retained: boolean): Heard {
  if (tracker.pass === 0) {
    // a retained copy is no news of the past, except where queued copies are marked as retained too
    if (!retained || tracker.copied) record(tracker, reading);
    else if (reading.kind === 'state' && reading.state === 'disarmed') tracker.disarmedInHistory = true;
    if (retained) tracker.copied = true;
    return 'history';
  }
  if (tracker.said !== undefined && !same(tracker.said, reading)) tracker.conflict = true;
  tracker.said = reading;
  if (retained) tracker.copied = true;
  else {
    tracker.live = true;
    record(tracker, reading);
  }
  if (tracker.conflict) return 'ambiguous';
  return tracker.copied && tracker.quiet ? settle(tracker, reading) : 'history';
}

/** Whether this broker marks queued copies as retained: an honest one sends one copy for each SUBSCRIBE. */
function marksQueue(tracker: Tracker): boolean {
  return tracker.copies > tracker.pass + 1;
}

/**
 * Whether a copy may still be one of the queue, though the topic is known: the last SUBSCRIBE went out while
 * messages were still coming.
 */
function mayBeQueued(tracker: Tracker, reading: Reading, retained: boolean): boolean {
  if (!tracker.queued || tracker.quiet || (retained && !marksQueue(tracker))) return false;
  return reading.kind !== 'state' || reading.state !== tracker.state;
}

/** A message came. `retained` is its retain flag as delivered, `at` the instant (epoch ms). */
export function hear(tracker: Tracker, reading: Reading, retained: boolean, at: number): Heard {
  if (retained) tracker.copies += 1;
  const mayBeOld = tracker.settled && mayBeQueued(tracker, reading, retained);
  if (tracker.settled && !mayBeOld && retained && tracker.live) {
    tracker.copied = true;
    return 'ignored';
  }
  noteArmed(tracker, reading, at);
  if (mayBeOld) {
    tracker.settled = false;
    tracker.state = undefined;
    tracker.why = 'ambiguous';
    tracker.conflict = true;
    record(tracker, reading);
    return 'lost';
  }
  if (!tracker.settled) return hearUnsettled(tracker, reading, retained);
  if (retained) {
    tracker.copied = true;
    const known = tracker.state !== undefined;
    const heard = apply(tracker, reading);
    return heard === 'changed' && known ? 'repaired' : heard;
  }
  tracker.live = true;
  return apply(tracker, reading);
}

/** Whether nothing more is to be expected from the last SUBSCRIBE for this topic. */
export function isAnswered(tracker: Tracker): boolean {
  if (tracker.refused) return true;
  return tracker.settled ? tracker.copied || tracker.live : tracker.copied && tracker.quiet;
}

/** The time for answers to the last SUBSCRIBE is over. */
export function endPass(tracker: Tracker): PassResult {
  // a cluster without a leader refuses, too: it is asked again as soon as for what is not there
  if (tracker.refused) return 'missing';
  if (!tracker.settled) {
    if (tracker.pass === 0) return 'ambiguous';
    if (tracker.said === undefined) {
      // nothing is kept and the queue is empty: what comes from now on is live
      tracker.settled = tracker.quiet;
      tracker.why = 'nothing_retained';
      return 'missing';
    }
    if (tracker.copied && !tracker.conflict && !marksQueue(tracker)) {
      settle(tracker, tracker.said);
      return 'settled';
    }
    tracker.why = 'ambiguous';
    return 'ambiguous';
  }
  if (tracker.copied || tracker.live) return 'fine';
  tracker.misses += 1;
  if (tracker.state === undefined) {
    if (tracker.why === 'waiting') tracker.why = 'nothing_retained';
    return 'missing';
  }
  if (tracker.misses < MISSES_UNTIL_UNKNOWN) return 'missing';
  tracker.state = undefined;
  tracker.why = 'nothing_retained';
  return 'lost';
}
