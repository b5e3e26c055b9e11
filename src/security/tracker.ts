/**
 * Which of the copies that a broker delivers of one retained state topic is true. A persistent session adds
 * history (queued copies) that cannot be told from live changes, some brokers mark queued copies as retained,
 * some hand out an old retained copy after a newer live one: docs/security-state.md has the whole list. What
 * is here is counted in SUBSCRIBEs, not in time: src/security/broker-link.ts decides when they go out. Only since when
 * the topic has said armed is an instant.
 *
 * Without a stored session every copy counts at once, and a live copy beats a retained one until the next
 * SUBSCRIBE. With one, everything before the first verification is history; then the topic is known when a copy of
 * the verification has come that nothing else heard since contradicts.
 */

import { isArmed, type Reading, type SecurityState } from './vocabulary.js';

/** Why a topic's state is not known. */
export type WhyUnknown =
  | 'link_down'
  | 'waiting'
  | 'ambiguous'
  | 'no_answer'
  | 'nothing_retained'
  | 'cleared'
  | 'no_information'
  | 'not_understood'
  | 'refused';

/** Why a zone is unknown, for people. */
export const WHY: Readonly<Record<WhyUnknown | 'members_differ', string>> = {
  link_down: 'no connection to the broker',
  waiting: 'just connected, the state is being read',
  ambiguous: 'the messages contradict each other',
  no_answer: 'the broker does not answer',
  nothing_retained: 'the broker has no retained message for it',
  cleared: 'the retained message was deleted',
  no_information: 'the source itself does not know',
  not_understood: 'the payload is not understood: add its word to armed_values or disarmed_values',
  members_differ: 'its members are not all in the same state',
  refused: 'the broker does not let the bridge read the topic',
};

/** Copies since the last SUBSCRIBE, which may be old. */
type Evidence = {
  /** The last of them. */
  readonly reading: Reading;
  /** They all say the same. Otherwise the newest cannot be told. */
  readonly isAgreed: boolean;
  readonly isCopied: boolean;
  readonly isLive: boolean;
};

/**
 * What was heard since the last SUBSCRIBE; after a live copy, retained ones do not count until the next. `over`: nothing,
 * and an answer is not waited for any more.
 */
type Since = 'nothing' | 'over' | 'copy' | 'live';

/** How a topic stands. */
type Standing =
  /** A session was stored and nothing is verified: all is history. `isCopied`: a retained copy came. */
  | { readonly kind: 'history'; readonly why: WhyUnknown; readonly isCopied: boolean }
  /** A SUBSCRIBE asks what is true. */
  | { readonly kind: 'verifying'; readonly why: WhyUnknown; readonly evidence: Evidence | undefined }
  /** History is over, or there was none: each copy counts. */
  | { readonly kind: 'unknown'; readonly why: WhyUnknown; readonly since: Since }
  | { readonly kind: 'known'; readonly state: SecurityState; readonly since: Since };

/** What a stored session may hold. */
type Queue = {
  /** Queued copies of this connection in their order, the last 20; never taken for the state. */
  readonly states: SecurityState[];
  /** Retained copies in this connection: more than SUBSCRIBEs means that queued copies are marked so too. */
  copies: number;
  /** The last SUBSCRIBE went out after a pause without messages. */
  isQuiet: boolean;
};

/** One state topic in one connection; there is none while the link is down. */
export type Tracker = {
  standing: Standing;
  /** Undefined where no session was stored: nothing can have waited. */
  readonly queue: Queue | undefined;
  /** SUBSCRIBEs since the one of the connect. */
  subscribes: number;
  /** Verifications in a row that brought no copy. */
  misses: number;
  /** The last SUBSCRIBE was refused, which says nothing about an earlier one. */
  isRefused: boolean;
  /**
   * Since when everything heard in this connection has said armed (epoch ms), also while the state is not known yet:
   * a state that is learned later was that of the time before only if nothing else was said in between.
   */
  armedAt: number | undefined;
  /** What is remembered of the zone was compared with what this connection says. */
  isCompared: boolean;
  /** Our own topics: the last payload since the last SUBSCRIBE, with any meaning. */
  word: string | undefined;
};

/** What became of a message. `lost`: the state is known no longer. */
export type Outcome = 'history' | 'ignored' | 'ambiguous' | 'same' | 'changed' | 'repaired' | 'lost';

/** What a SUBSCRIBE has shown. `missing` and `ambiguous` want another one soon. */
type Answer = 'fine' | 'missing' | 'ambiguous' | 'settled' | 'lost';

const LONGEST_HISTORY = 20;

/** One silence may be a race in the broker, two are not. */
const MISSES_UNTIL_UNKNOWN = 2;

/** A connection begins, its first SUBSCRIBE is about to go out. `queued`: copies may have been kept for us. */
export function createTracker(queued: boolean): Tracker {
  return {
    standing: queued
      ? { kind: 'history', why: 'waiting', isCopied: false }
      : { kind: 'unknown', why: 'waiting', since: 'nothing' },
    queue: queued ? { states: [], copies: 0, isQuiet: false } : undefined,
    subscribes: 0,
    misses: 0,
    isRefused: false,
    armedAt: undefined,
    isCompared: false,
    word: undefined,
  };
}

/** The state, when it is known. */
export function stateOf(tracker: Tracker | undefined): SecurityState | undefined {
  return tracker?.standing.kind === 'known' ? tracker.standing.state : undefined;
}

/** Why the state is not known; undefined when it is. */
export function whyUnknown(tracker: Tracker | undefined): WhyUnknown | undefined {
  if (tracker === undefined) return 'link_down';
  return tracker.standing.kind === 'known' ? undefined : tracker.standing.why;
}

/** A verification SUBSCRIBE is about to go out. `quiet`: after a pause without messages. */
export function verify(tracker: Tracker, quiet: boolean): void {
  const { queue, standing } = tracker;
  tracker.subscribes += 1;
  tracker.word = undefined;
  if (queue !== undefined) queue.isQuiet = quiet;
  tracker.standing =
    standing.kind === 'history' || standing.kind === 'verifying'
      ? { kind: 'verifying', why: standing.why, evidence: undefined }
      : { ...standing, since: 'nothing' };
}

/** The broker refuses to let us read the topic. */
export function refuse(tracker: Tracker): void {
  const { standing } = tracker;
  tracker.isRefused = true;
  tracker.standing =
    standing.kind === 'known'
      ? { kind: 'unknown', why: 'refused', since: standing.since }
      : { ...standing, why: 'refused' };
}

/** The broker lets the bridge read the topic. */
export function readingGranted(tracker: Tracker): void {
  const { standing } = tracker;
  tracker.isRefused = false;
  if (standing.kind !== 'known' && standing.why === 'refused')
    tracker.standing = { ...standing, why: 'waiting' };
}

function same(one: Reading, other: Reading): boolean {
  if (one.kind === 'state' && other.kind === 'state') return one.state === other.state;
  if (one.kind === 'keep' && other.kind === 'keep') return one.word === other.word;
  return one.kind === other.kind;
}

/** What a copy that counts makes of the state that was known before it. */
function after(before: SecurityState | undefined, reading: Reading, since: Since): Standing {
  switch (reading.kind) {
    case 'state':
      return { kind: 'known', state: reading.state, since };
    case 'none':
      return { kind: 'unknown', why: reading.word === 'cleared' ? 'cleared' : 'no_information', since };
    case 'keep':
      return before === undefined
        ? { kind: 'unknown', why: 'no_information', since }
        : { kind: 'known', state: before, since };
    case 'not_understood':
      return { kind: 'unknown', why: 'not_understood', since };
  }
}

function record(queue: Queue, reading: Reading): void {
  if (reading.kind !== 'state') return;
  queue.states.push(reading.state);
  if (queue.states.length > LONGEST_HISTORY) queue.states.shift();
}

function noteArmed(tracker: Tracker, reading: Reading, at: number): void {
  if (reading.kind === 'keep' || reading.kind === 'not_understood') return;
  const saysArmed = reading.kind === 'state' && isArmed(reading.state);
  tracker.armedAt = saysArmed ? (tracker.armedAt ?? at) : undefined;
}

/** Whether this broker marks queued copies as retained: an honest one sends one copy for each SUBSCRIBE. */
function marksQueue({ subscribes }: Tracker, { copies }: Queue): boolean {
  return copies > subscribes + 1;
}

/**
 * Whether a copy may still be one of the queue, though history counted as over: it is not known yet that the queue is
 * empty (`isDraining`), or the last SUBSCRIBE had its retained copy already, or is not waited for any more.
 */
function mayBeQueued(
  tracker: Tracker,
  standing: Extract<Standing, { kind: 'unknown' | 'known' }>,
  reading: Reading,
  retained: boolean,
  isDraining: boolean,
): boolean {
  const { queue } = tracker;
  if (queue === undefined) return false;
  const isLeft = isDraining && (!retained || marksQueue(tracker, queue));
  const isUnasked = retained && (standing.since === 'copy' || standing.since === 'over');
  if (!isLeft && !isUnasked) return false;
  return reading.kind !== 'state' || standing.kind !== 'known' || reading.state !== standing.state;
}

/** What is true by copies that do not contradict each other. */
function settled({ reading, isLive }: Evidence): Standing {
  return after(undefined, reading, isLive ? 'live' : 'copy');
}

/** A copy while it is asked what is true. */
function weigh(
  tracker: Tracker,
  standing: Extract<Standing, { kind: 'verifying' }>,
  reading: Reading,
  retained: boolean,
): Outcome {
  const { evidence: earlier } = standing;
  const evidence = {
    reading,
    isAgreed: earlier === undefined || (earlier.isAgreed && same(earlier.reading, reading)),
    isCopied: retained || earlier?.isCopied === true,
    isLive: !retained || earlier?.isLive === true,
  };
  tracker.standing = { ...standing, evidence };
  return evidence.isAgreed ? 'history' : 'ambiguous';
}

/** Whether the copies of a verification that went out after a pause would show the state, if nothing else came. */
export function isSettling({ queue, standing }: Tracker): boolean {
  const evidence = standing.kind === 'verifying' ? standing.evidence : undefined;
  return evidence?.isAgreed === true && evidence.isCopied && queue?.isQuiet === true;
}

/**
 * No message came for a moment: the last verification has shown the state, and returns what was read. Before that a
 * copy may be of the queue, because a link that stood still within it goes on with queue and answer at once.
 */
export function settle(tracker: Tracker): Reading | undefined {
  const { standing } = tracker;
  if (!isSettling(tracker) || standing.kind !== 'verifying' || standing.evidence === undefined)
    return undefined;
  tracker.standing = settled(standing.evidence);
  return standing.evidence.reading;
}

/**
 * A message came. `retained` is its retain flag as delivered, `at` the instant (epoch ms), `isDraining`: what the broker
 * has kept for us may still be on its way.
 */
export function hear(
  tracker: Tracker,
  reading: Reading,
  retained: boolean,
  at: number,
  isDraining: boolean,
): Outcome {
  const { queue, standing } = tracker;
  tracker.misses = 0;
  if (retained && queue !== undefined) queue.copies += 1;
  switch (standing.kind) {
    case 'history':
      noteArmed(tracker, reading, at);
      tracker.standing = { ...standing, isCopied: standing.isCopied || retained };
      if (queue === undefined) return 'history';
      // a retained copy is not news of the past, except where queued copies are marked as retained too
      if (!retained || standing.isCopied) record(queue, reading);
      return 'history';
    case 'verifying':
      noteArmed(tracker, reading, at);
      if (queue !== undefined && !retained) record(queue, reading);
      return weigh(tracker, standing, reading, retained);
    case 'unknown':
    case 'known': {
      if (queue !== undefined && mayBeQueued(tracker, standing, reading, retained, isDraining)) {
        noteArmed(tracker, reading, at);
        record(queue, reading);
        // a late answer of a slow broker comes alone, the queue does not
        const isLate = retained && standing.since === 'over';
        const evidence = { reading, isAgreed: isLate, isCopied: retained, isLive: !retained };
        tracker.standing = { kind: 'verifying', why: 'ambiguous', evidence };
        return 'lost';
      }
      if (retained && standing.since === 'live') return 'ignored';
      noteArmed(tracker, reading, at);
      const before = standing.kind === 'known' ? standing.state : undefined;
      const next = after(before, reading, retained ? 'copy' : 'live');
      tracker.standing = next;
      if (next.kind !== 'known') return before === undefined ? 'same' : 'lost';
      if (next.state === before) return 'same';
      return retained && before !== undefined ? 'repaired' : 'changed';
    }
  }
}

/** Whether nothing more is to be expected from the last SUBSCRIBE for this topic. */
export function isAnswered(tracker: Tracker): boolean {
  const { queue, standing, isRefused } = tracker;
  if (isRefused) return true;
  if (standing.kind === 'history') return false;
  if (standing.kind === 'verifying')
    return standing.evidence?.isCopied === true && queue?.isQuiet === true && !standing.evidence.isAgreed;
  return standing.since !== 'nothing';
}

/**
 * Whether the state is not known only because nothing that would show it has come yet: the link may stand still, also
 * between an answer and the copy that belongs to it.
 */
export function isAwaited({ standing, isRefused, misses }: Tracker): boolean {
  if (isRefused || standing.kind === 'known') return false;
  if (standing.why === 'nothing_retained') return misses < MISSES_UNTIL_UNKNOWN;
  return (['waiting', 'no_answer', 'ambiguous'] as const).some((why) => why === standing.why);
}

/**
 * The time for answers to the last SUBSCRIBE is over. `isAcknowledged`: the broker has answered it; `isDraining` as for
 * `hear`.
 */
export function endOfAnswers(tracker: Tracker, isAcknowledged: boolean, isDraining: boolean): Answer {
  // a cluster without a leader refuses, too: it is asked again as soon as for what is not there
  if (tracker.isRefused) return 'missing';
  const { queue, standing } = tracker;
  if (standing.kind === 'history') return 'ambiguous';
  if (standing.kind === 'verifying' && standing.evidence !== undefined) {
    const { isCopied, isAgreed } = standing.evidence;
    if (isCopied && isAgreed && queue !== undefined && !marksQueue(tracker, queue)) {
      tracker.standing = settled(standing.evidence);
      return 'settled';
    }
    tracker.standing = { ...standing, why: 'ambiguous' };
    return 'ambiguous';
  }
  if (standing.kind !== 'verifying' && standing.since !== 'nothing') return 'fine';
  if (isAcknowledged || standing.kind === 'known') tracker.misses += 1;
  const why = isAcknowledged ? 'nothing_retained' : 'no_answer';
  if (standing.kind === 'known') {
    const isLost = tracker.misses >= MISSES_UNTIL_UNKNOWN;
    tracker.standing = isLost ? { kind: 'unknown', why, since: 'over' } : { ...standing, since: 'over' };
    return isLost ? 'lost' : 'missing';
  }
  if (standing.kind === 'unknown') {
    const isNews = standing.why === 'waiting' || standing.why === 'no_answer';
    tracker.standing = { kind: 'unknown', why: isNews ? why : standing.why, since: 'over' };
  } else if (isAcknowledged && !isDraining) {
    // nothing is kept, and what comes from now on is live
    tracker.standing = { kind: 'unknown', why, since: 'over' };
  } else tracker.standing = { ...standing, why };
  return 'missing';
}
