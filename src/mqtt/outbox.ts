/**
 * The messages that wait to be published, in one order. Retained values are merged (only the latest of a topic is
 * sent), events are kept in order and never merged, a bounded number is in flight. It is not a durable store: the log
 * is the queue, and `oldestUnsettled` gives the position that is settled (docs/design.md, "The log is the queue"). It
 * knows no clock and no connection; its owner sends what `next` returns and reports the result.
 */

import { DAY } from '../common/duration.js';
import { SkippedTime } from '../common/skipped-time.js';

/** A retained value: only the latest of its topic matters. An empty payload deletes the broker's copy. */
export type RetainedMessage = {
  /** Also the order in which all are published again: availability, discovery, state. */
  readonly kind: RetainedKind;
  readonly topic: string;
  readonly payload: string;
  /** Send it even when the broker has acknowledged this very value before. */
  readonly force?: boolean;
  /** Must not be sent before `saved` was called with this number or a higher one. */
  readonly afterSave?: number;
};

export type RetainedKind = 'availability' | 'discovery' | 'state';

/** Something that happened: never retained, never merged with another, kept in order. */
export type EventMessage = {
  readonly kind: 'event';
  readonly topic: string;
  readonly payload: string;
  /** The same for every repetition of this event. */
  readonly id: string;
  /** When it happened, epoch milliseconds: too old ones are dropped. */
  readonly at: number;
  /** When its first sending comes after this instant, `latePayload` is sent instead; null = it is not sent at all. */
  readonly lateAfter?: number;
  readonly latePayload?: string | null;
  /** As with retained messages. Later events of the same topic wait too, so that their order is kept. */
  readonly afterSave?: number;
};

export type Outgoing = RetainedMessage | EventMessage;

/** One message to be published now. */
export type Sending = {
  /** Names it in `acknowledged` and `failed`. */
  readonly sequence: number;
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** Of an event. */
  readonly id?: string;
};

export type OutboxLimits = {
  /** Messages sent and not acknowledged, 1..65535. Mosquitto takes 20 at a time (`max_inflight_messages`). */
  readonly inFlight: number;
  /** Events waiting or in flight from which on the reader is to pause. */
  readonly events: number;
  /** Events below which the reader may continue. */
  readonly eventsResume: number;
  /** Events set aside because their topic is refused; the oldest go first. */
  readonly parkedEvents: number;
  /** Events older than this, in milliseconds, are not sent at all. */
  readonly maxAgeMs: number;
};

export const DEFAULT_LIMITS: OutboxLimits = {
  inFlight: 20,
  events: 1_000,
  eventsResume: 800,
  parkedEvents: 200,
  maxAgeMs: DAY,
};

/** For the bridge's own report. The first four are as of now, the others since the start. */
export type OutboxCounts = {
  readonly waiting: number;
  readonly inFlight: number;
  readonly events: number;
  readonly parkedTopics: number;
  /** Events dropped because of their age. */
  readonly expired: number;
  /** Messages that were refused or belong to a refused topic. */
  readonly parked: number;
};

/**
 * `lost`: the link went down first; send it again on the next one. `refused`: the broker answered with an error
 * (PUBACK reason code >= 0x80, MQTT 5 section 3.4.2.1). `poison`: the broker closed the connection several times
 * right after this very publish, as some do when it is not allowed. The last two would happen again.
 */
export type FailureKind = 'lost' | 'refused' | 'poison';

/** How it was refused: with an answer, or by hanging up. */
export type Refusal = Exclude<FailureKind, 'lost'>;

export type PublishFailure = Error & { readonly kind: FailureKind };

export function publishFailure(kind: FailureKind, message: string): PublishFailure {
  return Object.assign(new Error(message), { kind });
}

/** The kind of an error handed to `done`; `lost` for errors that carry none. */
export function failureKind(error: Error): FailureKind {
  return 'kind' in error && (error.kind === 'refused' || error.kind === 'poison') ? error.kind : 'lost';
}

/** A message on its way through the outbox. */
type Entry = {
  readonly sequence: number;
  message: Outgoing;
  /** The save it waits for; 0 = none. */
  readonly gate: number;
  /** The retained value that it belongs to; an event has none. */
  readonly value: RetainedValue | undefined;
  /** `gate` = waits for a save, `standby` = waits until the older value of its topic has come through. */
  place: 'line' | 'gate' | 'standby' | 'flight';
  payload: string;
  /** It is sent even when the broker has acknowledged this very value before. */
  readonly isForced: boolean;
  /** It has been sent before: its payload is fixed. */
  tried: boolean;
};

/** What is known of one retained topic of ours. */
type RetainedValue = {
  kind: RetainedKind;
  /** The latest value; unknown for topics of an earlier run. */
  latest: string | undefined;
  /** What the broker holds for sure. */
  acknowledged: string | undefined;
  waiting: Entry | undefined;
  flying: Entry | undefined;
  /** The last round of `republishAll` in which it was sent. */
  round: number;
};

/** Numbers given to messages rise; a message is settled when it is acknowledged, superseded, expired or parked. */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #skipped: Pick<SkippedTime, 'ageMs'>;
  /** All that is not settled, in the order of the numbers, which is the order of the line. */
  readonly #entries = new Map<number, Entry>();
  readonly #values = new Map<string, RetainedValue>();
  /** The names of `#values`, once somebody has asked for them. */
  #topics: readonly string[] | undefined;
  /** Events of these topics wait for this save: later ones must not overtake them. */
  readonly #gates = new Map<string, number>();
  /** Topics that the broker refuses. */
  readonly #refused = new Map<string, Refusal>();
  /** Events of such topics: they do not block the others, and keep their numbers. */
  #setAside: Entry[] = [];
  #lastNumber = 0;
  #savedUpTo = 0;
  #inFlight = 0;
  #events = 0;
  #expired = 0;
  #parked = 0;
  #round = 0;
  #remaining: Iterator<readonly [string, RetainedValue]> | undefined;

  /** `retained` are the topics that earlier runs have published; no event becomes older by what was `skipped`. */
  constructor(
    limits: Partial<OutboxLimits> = {},
    retained: Iterable<string> = [],
    skipped: Pick<SkippedTime, 'ageMs'> = new SkippedTime(),
  ) {
    this.#skipped = skipped;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    for (const topic of retained) this.#remember(topic, 'state');
  }

  /** Takes a message and numbers it; numbers rise. */
  put(message: Outgoing): number {
    const given = (this.#lastNumber += 1);
    if (message.kind === 'event') this.#putEvent(message);
    else this.#putRetained(message);
    return given;
  }

  /** A number for a message that need not be sent: it is settled. */
  skip(): number {
    return (this.#lastNumber += 1);
  }

  /** The last number that was given. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** What to publish now, if anything may be; from then on it is in flight. `now` in epoch milliseconds. */
  next(now: number): Sending | undefined {
    if (this.#inFlight >= this.#limits.inFlight) return undefined;
    const entry = this.#firstOfLine(now) ?? this.#nextOfRound();
    if (entry === undefined) return undefined;
    const { sequence, payload, message, value } = entry;
    entry.place = 'flight';
    entry.tried = true;
    this.#inFlight += 1;
    if (value !== undefined) {
      value.waiting = undefined;
      value.flying = entry;
      // until its acknowledgement it is unknown which of the two the broker has
      value.acknowledged = undefined;
      value.round = this.#round;
    }
    const { topic } = message;
    if (message.kind === 'event') return { sequence, topic, payload, retain: false, id: message.id };
    return { sequence, topic, payload, retain: true };
  }

  /** The broker has acknowledged a message: which one. Unknown numbers are ignored. */
  acknowledged(sequence: number): Outgoing | undefined {
    const entry = this.#entries.get(sequence);
    if (entry?.place !== 'flight') return undefined;
    this.#settle(entry);
    const { value, payload, message } = entry;
    if (value === undefined) return message;
    value.flying = undefined;
    value.acknowledged = payload;
    if (value.waiting?.payload === payload && !value.waiting.isForced) this.#supersede(value);
    this.#goOn(value);
    if (value.waiting === undefined && value.latest === '') {
      this.#values.delete(message.topic);
      this.#topics = undefined;
    }
    return message;
  }

  /** A message was not acknowledged: a `lost` one is sent again, else its topic is parked until `unpark`. */
  failed(sequence: number, why: FailureKind): void {
    const entry = this.#entries.get(sequence);
    if (entry?.place !== 'flight') return;
    if (why === 'lost') this.#comeBack(entry);
    else this.#park(entry, why);
  }

  /** The link is gone: messages in flight are first again, in their original order. */
  linkLost(): void {
    for (const entry of [...this.#entries.values()]) if (entry.place === 'flight') this.#comeBack(entry);
  }

  /** Everything up to this number (`afterSave`) is on disk now. */
  saved(number: number): void {
    this.#savedUpTo = Math.max(this.#savedUpTo, number);
    for (const [topic, gate] of this.#gates) if (gate <= this.#savedUpTo) this.#gates.delete(topic);
    for (const entry of this.#entries.values()) if (entry.place === 'gate') this.#wait(entry);
  }

  /** Sends every remembered retained value again, after what waits already, kind by kind. */
  republishAll(order: readonly RetainedKind[] = ['availability', 'discovery', 'state']): void {
    this.#round += 1;
    this.#remaining = inOrder(this.#values, order);
  }

  /** A round of `republishAll` has not come to its end. */
  get isRepublishing(): boolean {
    return this.#remaining !== undefined;
  }

  /** Drops the events that have become too old; `next` does so too, but is not called without a link. */
  expire(now: number): void {
    for (const entry of this.#entries.values()) {
      const { message, place } = entry;
      if (place !== 'flight' && message.kind === 'event' && this.#isTooOld(message, now)) this.#drop(entry);
    }
  }

  /** The wall clock was set back by so many ms: what waits does not become younger by that. */
  clockSetBack(byMs: number): void {
    for (const entry of [...this.#entries.values(), ...this.#setAside]) {
      const { message } = entry;
      if (message.kind !== 'event') continue;
      const { at, lateAfter } = message;
      const later = lateAfter === undefined ? {} : { lateAfter: lateAfter - byMs };
      entry.message = { ...message, at: at - byMs, ...later };
    }
  }

  /**
   * Gives topics that were refused (in one way) another chance: their latest value and the events set aside are sent.
   * These have their numbers again, because later ones of their topic may be in the line: what was not reached before
   * the link was lost.
   */
  unpark(why?: Refusal): void {
    for (const [topic, how] of [...this.#refused]) {
      if (why !== undefined && how !== why) continue;
      this.#refused.delete(topic);
      const value = this.#values.get(topic);
      if (value?.latest === undefined || value.waiting !== undefined) continue;
      this.put({ kind: value.kind, topic, payload: value.latest, force: true });
    }
    const kept = this.#lastSetAside();
    this.#setAside = kept.filter(({ message }) => this.#refused.has(message.topic));
    const tried = kept.filter(({ message }) => !this.#refused.has(message.topic));
    const all = [...tried, ...this.#entries.values()].sort(byNumber);
    this.#entries.clear();
    for (const entry of all) this.#entries.set(entry.sequence, entry);
    this.#events += tried.length;
    for (const entry of tried) this.#wait(entry);
  }

  /** The lowest number that is neither acknowledged nor superseded, expired or parked; else the next to be given. */
  oldestUnsettled(): number {
    for (const oldest of this.#entries.keys()) return oldest;
    return this.#lastNumber + 1;
  }

  /** Whether everything put up to and with this number is settled. */
  isSettledUpTo(sequence: number): boolean {
    return this.oldestUnsettled() > sequence;
  }

  /** Too many events wait: the reader should pause. */
  isFull(): boolean {
    return this.#events >= this.#limits.events;
  }

  /** The reader may continue. */
  hasRoom(): boolean {
    return this.#events < this.#limits.eventsResume;
  }

  /**
   * Every topic that may hold a retained copy of ours in the broker, those given at the start included. The same array as
   * long as they are the same.
   */
  retainedTopics(): readonly string[] {
    return (this.#topics ??= [...this.#values.keys()]);
  }

  parkedTopics(): string[] {
    return [...this.#refused.keys()];
  }

  counts(): OutboxCounts {
    return {
      waiting: this.#entries.size - this.#inFlight,
      inFlight: this.#inFlight,
      events: this.#events,
      parkedTopics: this.#refused.size,
      expired: this.#expired,
      parked: this.#parked,
    };
  }

  #putEvent(event: EventMessage): void {
    this.#events += 1;
    const gate = Math.max(event.afterSave ?? 0, this.#gates.get(event.topic) ?? 0);
    if (gate > this.#savedUpTo) this.#gates.set(event.topic, gate);
    const entry = this.#enter(event, gate);
    if (this.#refused.has(event.topic)) this.#keepAside(entry);
  }

  #putRetained(message: RetainedMessage): void {
    const { topic, kind, payload } = message;
    const value = this.#values.get(topic) ?? this.#remember(topic, kind);
    value.kind = kind;
    value.latest = payload;
    const force = message.force === true || value.waiting?.isForced === true;
    if (value.waiting !== undefined) this.#supersede(value);
    if (this.#refused.has(topic)) this.#parked += 1;
    else if (force || value.flying !== undefined || value.acknowledged !== payload)
      value.waiting = this.#enter(message, message.afterSave ?? 0, value, force);
  }

  /** Takes in a message under the latest number, at the end of the line. */
  #enter(message: Outgoing, gate: number, value?: RetainedValue, isForced = false): Entry {
    const entry: Entry = {
      sequence: this.#lastNumber,
      message,
      gate,
      value,
      place: gate > this.#savedUpTo ? 'gate' : 'line',
      payload: message.payload,
      isForced,
      tried: false,
    };
    this.#entries.set(entry.sequence, entry);
    return entry;
  }

  /** Lets an entry wait in the line, or before the gate when its save has not come. */
  #wait(entry: Entry): void {
    if (entry.place === 'flight') this.#inFlight -= 1;
    entry.place = entry.gate > this.#savedUpTo ? 'gate' : 'line';
  }

  /** Removes it from every place permanently. */
  #settle({ sequence, place, message }: Entry): void {
    this.#entries.delete(sequence);
    if (place === 'flight') this.#inFlight -= 1;
    if (message.kind === 'event') this.#events -= 1;
  }

  /** The first of the line that is still worth sending. */
  #firstOfLine(now: number): Entry | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.place !== 'line') continue;
      const { message, value } = entry;
      if (message.kind !== 'event') {
        if (value?.flying === undefined) return entry;
        // a newer value waits for the acknowledgement of the older one
        entry.place = 'standby';
      } else if (this.#isTooOld(message, now)) this.#drop(entry);
      else if (!entry.tried && isPointless(message, now)) this.#settle(entry);
      else if (this.#refused.has(message.topic)) this.#keepAside(entry);
      else {
        if (!entry.tried) entry.payload = payloadAt(message, now);
        return entry;
      }
    }
    return undefined;
  }

  /** The next remembered value that was not sent in this round of `republishAll` and is not about to be. */
  #nextOfRound(): Entry | undefined {
    for (let found = this.#remaining?.next(); found?.done === false; found = this.#remaining?.next()) {
      const [topic, value] = found.value;
      const { kind, latest, waiting, flying, round } = value;
      const isDue = latest !== undefined && latest !== '' && round !== this.#round;
      if (!isDue || waiting !== undefined || flying !== undefined || this.#refused.has(topic)) continue;
      this.#lastNumber += 1;
      return this.#enter({ kind, topic, payload: latest }, 0, value);
    }
    this.#remaining = undefined;
    return undefined;
  }

  #isTooOld({ at }: EventMessage, now: number): boolean {
    return this.#skipped.ageMs(at, now) > this.#limits.maxAgeMs;
  }

  #drop(entry: Entry): void {
    this.#settle(entry);
    this.#expired += 1;
  }

  #supersede(value: RetainedValue): void {
    if (value.waiting !== undefined) this.#settle(value.waiting);
    value.waiting = undefined;
  }

  /** Keeps an event of a refused topic; beyond the limit the oldest are dropped. */
  #keepAside(entry: Entry): void {
    this.#settle(entry);
    this.#parked += 1;
    entry.place = 'line';
    entry.tried = false;
    this.#setAside.push(entry);
    // cutting off only now and then keeps this cheap
    if (this.#setAside.length > 2 * this.#limits.parkedEvents) this.#setAside = this.#lastSetAside();
  }

  /** The last of them by number: an event that comes for a refused topic is set aside before those that wait in the line. */
  #lastSetAside(): Entry[] {
    return this.#setAside.sort(byNumber).slice(-this.#limits.parkedEvents);
  }

  #park(entry: Entry, why: Refusal): void {
    const { message, value } = entry;
    this.#refused.set(message.topic, why);
    if (value === undefined) {
      this.#keepAside(entry);
      return;
    }
    this.#settle(entry);
    this.#parked += 1;
    value.flying = undefined;
    this.#supersede(value);
  }

  /** What was in flight has to be sent again, unless a newer value is there. */
  #comeBack(entry: Entry): void {
    const { value } = entry;
    if (value !== undefined) value.flying = undefined;
    if (value?.waiting === undefined) {
      this.#wait(entry);
      if (value !== undefined) value.waiting = entry;
    } else {
      this.#settle(entry);
      this.#goOn(value);
    }
  }

  /** Lets the newer value into the line after its older one has left the flight. */
  #goOn({ waiting }: RetainedValue): void {
    if (waiting?.place === 'standby') this.#wait(waiting);
  }

  /** A retained topic of which nothing is known yet. */
  #remember(topic: string, kind: RetainedKind): RetainedValue {
    const none = undefined;
    const value: RetainedValue = {
      kind,
      latest: none,
      acknowledged: none,
      waiting: none,
      flying: none,
      round: 0,
    };
    this.#values.set(topic, value);
    this.#topics = undefined;
    return value;
  }
}

function* inOrder(
  values: ReadonlyMap<string, RetainedValue>,
  order: readonly RetainedKind[],
): Generator<readonly [string, RetainedValue]> {
  for (const kind of order) {
    for (const found of values) if (found[1].kind === kind) yield found;
  }
}

function byNumber(one: Entry, other: Entry): number {
  return one.sequence - other.sequence;
}

/** Late, and not worth sending late: the end of an old motion, an old key press. */
function isPointless({ lateAfter, latePayload }: EventMessage, now: number): boolean {
  return latePayload === null && lateAfter !== undefined && now > lateAfter;
}

function payloadAt({ payload, lateAfter, latePayload }: EventMessage, now: number): string {
  return lateAfter !== undefined && now > lateAfter ? (latePayload ?? payload) : payload;
}
