/**
 * What waits to be published: one line over all messages. Retained values are merged (only the latest of a topic
 * is sent), events are kept in order and never merged, a bounded number is in flight. It is no durable store: the
 * log is the queue, and `oldestUnsettled` tells how far its reader has really come (docs/design.md, "The log is
 * the queue"). It knows no clock and no connection; its owner sends what `next` gives and reports what became of it.
 */

import { createEntries, type Entry } from './entries.js';
import {
  DEFAULT_LIMITS,
  type EventMessage,
  type Outgoing,
  type OutboxCounts,
  type OutboxLimits,
  type RetainedKind,
  type RetainedMessage,
  type Sending,
} from './outgoing.js';
import { createParking, type Refusal } from './parking.js';
import type { FailureKind } from './outgoing.js';
import { createRetainedValues, type RetainedValue } from './retained-values.js';

export type Outbox = {
  /** Takes a message and numbers it; numbers rise. */
  readonly put: (message: Outgoing) => number;
  /** A number for a message that need not be sent: it is settled. */
  readonly skip: () => number;
  /** What to publish now, if anything may be; from then on it is in flight. `now` in epoch milliseconds. */
  readonly next: (now: number) => Sending | undefined;
  /** The broker has acknowledged a message. Unknown numbers are ignored. */
  readonly acknowledged: (sequence: number) => void;
  /** A message was not acknowledged: a `lost` one is sent again, else its topic is parked until `unpark`. */
  readonly failed: (sequence: number, why: FailureKind) => void;
  /** The link is gone: whatever is in flight stands in front again, in its original order. */
  readonly linkLost: () => void;
  /** Everything up to this number (`afterSave`) is on disk now. */
  readonly saved: (number: number) => void;
  /** Sends every remembered retained value again, after what waits already, kind by kind. */
  readonly republishAll: (order?: readonly RetainedKind[]) => void;
  /** Drops the events that have become too old; `next` does so too, but is not called without a link. */
  readonly expire: (now: number) => void;
  /** Gives topics that were refused (in one way) another chance: their latest value and the events set aside are sent. */
  readonly unpark: (why?: Refusal) => void;
  /** The lowest number that is neither acknowledged nor superseded, expired or parked; else the next to be given. */
  readonly oldestUnsettled: () => number;
  /** Whether everything put up to and with this number is settled. */
  readonly isSettledUpTo: (sequence: number) => boolean;
  /** Too many events wait: the reader should pause. */
  readonly isFull: () => boolean;
  /** The reader may go on. */
  readonly hasRoom: () => boolean;
  /** Every topic that may hold a retained copy of ours in the broker, those given at the start included. */
  readonly retainedTopics: () => string[];
  readonly parkedTopics: () => string[];
  readonly counts: () => OutboxCounts;
};

/** `retained` are the topics that earlier runs have published. */
export function createOutbox(settings: Partial<OutboxLimits> = {}, retained: Iterable<string> = []): Outbox {
  const limits = { ...DEFAULT_LIMITS, ...settings };
  const entries = createEntries();
  const values = createRetainedValues(retained);
  const parking = createParking(limits.parkedEvents);
  let expired = 0;
  let parked = 0;

  /** The retained value that an entry belongs to. */
  const valueOf = ({ message }: Entry): RetainedValue | undefined =>
    message.kind === 'event' ? undefined : values.get(message.topic);

  const setAside = (event: EventMessage): void => {
    parked += 1;
    parking.setAside(event);
  };

  const putEvent = (event: EventMessage): void => {
    if (parking.isRefused(event.topic)) setAside(event);
    else entries.wait(entries.enter(event, event.afterSave ?? 0));
  };

  const putRetained = (message: RetainedMessage): void => {
    const { topic, kind, payload } = message;
    const value = values.of(topic, kind);
    value.kind = kind;
    value.latest = payload;
    const force = message.force === true || isForced(value.waiting);
    supersede(value);
    if (parking.isRefused(topic)) parked += 1;
    else if (force || value.flying !== undefined || value.acknowledged !== payload) {
      value.waiting = entries.enter({ ...message, force }, message.afterSave ?? 0);
      entries.wait(value.waiting);
    }
  };

  const supersede = (value: RetainedValue): void => {
    if (value.waiting !== undefined) entries.settle(value.waiting);
    value.waiting = undefined;
  };

  /** The first of the line that is still worth sending. */
  const firstOfLine = (now: number): Entry | undefined => {
    for (let entry = entries.first(); entry !== undefined; entry = entries.first()) {
      const { message } = entry;
      if (message.kind !== 'event') {
        // a newer value waits for the acknowledgement of the older one
        if (values.get(message.topic)?.flying === undefined) return entry;
        entries.standBy(entry);
      } else if (isTooOld(message, now)) drop(entry);
      else if (!entry.tried && isPointless(message, now)) entries.settle(entry);
      else if (parking.isRefused(message.topic)) {
        entries.settle(entry);
        setAside(message);
      } else {
        if (!entry.tried) entry.payload = payloadAt(message, now);
        return entry;
      }
    }
    return undefined;
  };

  /** The next remembered value of a round of `republishAll`. */
  const nextRemembered = (): Entry | undefined => {
    for (let found = values.nextOfRound(); found !== undefined; found = values.nextOfRound()) {
      const [topic, { kind, latest }] = found;
      if (latest === undefined || parking.isRefused(topic)) continue;
      entries.nextNumber();
      return entries.enter({ kind, topic, payload: latest }, 0);
    }
    return undefined;
  };

  const fly = (entry: Entry): Sending => {
    const { sequence, payload, message } = entry;
    entries.takeOff(entry);
    const value = valueOf(entry);
    if (value !== undefined) {
      value.waiting = undefined;
      value.flying = entry;
      // until its acknowledgement nobody knows which of the two the broker holds
      value.acknowledged = undefined;
      value.round = values.round();
    }
    const { topic } = message;
    if (message.kind === 'event') return { sequence, topic, payload, retain: false, id: message.id };
    return { sequence, topic, payload, retain: true };
  };

  const isTooOld = ({ at }: EventMessage, now: number): boolean => now - at > limits.maxAgeMs;

  const drop = (entry: Entry): void => {
    entries.settle(entry);
    expired += 1;
  };

  const park = (entry: Entry, why: Refusal): void => {
    const { message } = entry;
    parking.refuse(message.topic, why);
    entries.settle(entry);
    if (message.kind === 'event') setAside(message);
    else parked += 1;
    const value = valueOf(entry);
    if (value === undefined) return;
    value.flying = undefined;
    supersede(value);
  };

  /** What was in flight has to be sent again, unless a newer value is there. */
  const comeBack = (entry: Entry): void => {
    const value = valueOf(entry);
    if (value !== undefined) value.flying = undefined;
    if (value?.waiting === undefined) {
      entries.land(entry);
      entries.wait(entry);
      if (value !== undefined) value.waiting = entry;
    } else {
      entries.settle(entry);
      goOn(value);
    }
  };

  const arrive = (entry: Entry): void => {
    entries.settle(entry);
    const value = valueOf(entry);
    if (value === undefined) return;
    value.flying = undefined;
    value.acknowledged = entry.payload;
    if (value.waiting?.payload === entry.payload && !isForced(value.waiting)) supersede(value);
    goOn(value);
    if (value.waiting === undefined && value.latest === '') values.forget(entry.message.topic);
  };

  /** Lets the newer value into the line after its older one has left the flight. */
  const goOn = ({ waiting }: RetainedValue): void => {
    if (waiting?.place === 'standby') entries.wait(waiting);
  };

  return {
    put: (message) => {
      const given = entries.nextNumber();
      if (message.kind === 'event') putEvent(message);
      else putRetained(message);
      return given;
    },
    skip: entries.nextNumber,
    next: (now) => {
      if (entries.sizes().flight >= limits.inFlight) return undefined;
      const entry = firstOfLine(now) ?? nextRemembered();
      return entry === undefined ? undefined : fly(entry);
    },
    acknowledged: (sequence) => {
      const entry = entries.inFlight(sequence);
      if (entry !== undefined) arrive(entry);
    },
    failed: (sequence, why) => {
      const entry = entries.inFlight(sequence);
      if (entry === undefined) return;
      if (why === 'lost') comeBack(entry);
      else park(entry, why);
    },
    linkLost: () => {
      for (const entry of [...entries.flying()].reverse()) comeBack(entry);
    },
    saved: (number) => {
      for (const entry of entries.openGate(number)) entries.wait(entry);
    },
    republishAll: (order = ['availability', 'discovery', 'state']) => values.beginRound(order),
    expire: (now) => {
      for (const entry of entries.waiting()) {
        if (entry.message.kind === 'event' && isTooOld(entry.message, now)) drop(entry);
      }
    },
    unpark: (why) => {
      const { topics, events } = parking.release(why);
      for (const topic of topics) {
        const value = values.get(topic);
        if (value?.latest === undefined || value.waiting !== undefined) continue;
        entries.nextNumber();
        putRetained({ kind: value.kind, topic, payload: value.latest, force: true });
      }
      for (const event of events) {
        entries.nextNumber();
        putEvent(event);
      }
    },
    oldestUnsettled: entries.oldestUnsettled,
    isSettledUpTo: (sequence) => entries.oldestUnsettled() > sequence,
    isFull: () => entries.sizes().events >= limits.events,
    hasRoom: () => entries.sizes().events < limits.eventsResume,
    retainedTopics: values.topics,
    parkedTopics: parking.topics,
    counts: () => {
      const { flight, unsettled, events } = entries.sizes();
      const parkedTopics = parking.topics().length;
      return { waiting: unsettled - flight, inFlight: flight, events, parkedTopics, expired, parked };
    },
  };
}

function isForced(entry: Entry | undefined): boolean {
  return entry !== undefined && entry.message.kind !== 'event' && entry.message.force === true;
}

/** Late, and not worth sending late: the end of an old motion, an old key press. */
function isPointless({ lateAfter, latePayload }: EventMessage, now: number): boolean {
  return latePayload === null && lateAfter !== undefined && now > lateAfter;
}

function payloadAt({ payload, lateAfter, latePayload }: EventMessage, now: number): string {
  return lateAfter !== undefined && now > lateAfter ? (latePayload ?? payload) : payload;
}
