/** What can be put into the outbox, what comes out of it, why that may come back, and how much it holds. */
import { DAY } from '../common/duration.js';

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
  /** Events below which the reader may go on. */
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
