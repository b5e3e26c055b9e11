/** Moves messages from the outbox to the broker, and pauses the reader while too many events wait. */

import { HOUR, MINUTE } from '../common/duration.js';
import type { SkippedTime } from '../common/skipped-time.js';
import { failureKind, type Outbox, type Outgoing, type Refusal } from '../mqtt/outbox.js';
import type { Sending as OnItsWay } from '../mqtt/outbox.js';
import type { Broker, Clock, LineSource, Log, Now } from '../ports.js';
import type { Acknowledged, Progress } from './checkpoint.js';
import { concern, type Condition } from './condition.js';

/** The log and the broker of now: a reload may bring others. */
export type Links = { source: LineSource; broker: Broker };

/** How often `settleAll` looks. */
const LOOK_MS = 10;

/** How often old messages are dropped while they cannot be sent. */
const EXPIRE_MS = MINUTE;

/** What the way out leads through. */
export type Way = {
  readonly outbox: Outbox;
  readonly links: Links;
  readonly ports: { readonly clock: Clock; readonly log: Log };
  readonly progress: Progress;
  /** Knows the events that need not be sent again. */
  readonly taken: Acknowledged;
  readonly refusals: Refusals;
  /** The moment of now; a process that stood still notices when it is asked. */
  readonly time: { readonly now: () => Now; readonly skipped: Pick<SkippedTime, 'ageMs'> };
  /** Everything that follows a change: the code that changes something calls it, once, at the end. */
  readonly settle: () => void;
};

/** The way out. */
export class Sending {
  readonly #parts: Way;
  /** While the reader is held back: when to look for what is too old, monotonic ms. */
  #expireDue = Infinity;
  #isSending = false;
  readonly #published = { state: 0, event: 0, discovery: 0 };
  /** From the line's stamp to the acknowledgement of its event, ms; and of how many events. */
  readonly #latency = { sumMs: 0, count: 0 };

  constructor(parts: Way) {
    this.#parts = parts;
  }

  /**
   * Sends what may be sent now, and takes a message of the bridge before: motion goes out before what else a line
   * causes is put into words.
   */
  readonly send = (message?: Outgoing): void => {
    if (message !== undefined) {
      this.#parts.progress.isChanged = true;
      this.put(message);
    }
    if (this.#isSending) return;
    this.#isSending = true;
    const { broker } = this.#parts.links;
    while (broker.isConnected()) {
      const next = this.#parts.outbox.next(this.#parts.ports.clock.wallMs());
      if (next === undefined) break;
      broker.publish(next, (error) => this.#sent(next, error));
    }
    this.#isSending = false;
  };

  /** Sends nothing before all that `act` has to say is in the outbox: it may replace what waits there. */
  together(act: () => void): void {
    const wasSending = this.#isSending;
    this.#isSending = true;
    act();
    this.#isSending = wasSending;
    this.send();
  }

  /** Puts a message into the outbox; `send` sends it. */
  put(message: Outgoing): void {
    const { outbox, taken, progress, links, ports } = this.#parts;
    if (message.kind !== 'event') {
      outbox.put(message);
      return;
    }
    if (taken.has(message.id)) {
      taken.add(message.id, outbox.skip());
      return;
    }
    const { gate } = progress;
    outbox.put(gate > (message.afterSave ?? 0) ? { ...message, afterSave: gate } : message);
    if (this.isHoldingReader() || !outbox.isFull()) return;
    this.#expireDue = ports.clock.monotonicMs() + EXPIRE_MS;
    links.source.pause();
    const { events } = outbox.counts();
    ports.log.info({ events }, 'the broker does not take events: reading pauses');
  }

  isHoldingReader(): boolean {
    return this.#expireDue < Infinity;
  }

  /** When `tick` has something to do, monotonic ms. */
  due(): number {
    return this.#expireDue;
  }

  /** Drops what is too old, and lets the reader continue if that made room. */
  tick({ at, mono }: Now): void {
    this.#expireDue = mono + EXPIRE_MS;
    this.#parts.outbox.expire(at);
    this.#letReaderGoOn();
  }

  /** Resolves when everything was dealt with, or after so many ms, or when there is no connection. */
  async settleAll(mostMs: number): Promise<void> {
    const { clock } = this.#parts.ports;
    const until = clock.monotonicMs() + mostMs;
    const { lastNumber } = this.#parts.outbox;
    this.send();
    while (
      this.#parts.links.broker.isConnected() &&
      !this.#parts.outbox.isSettledUpTo(lastNumber) &&
      clock.monotonicMs() < until
    ) {
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
      this.send();
    }
  }

  #sent({ sequence, id, topic }: OnItsWay, error: Error | undefined): void {
    // what waits in the line was decided on before a standstill, if there was one
    this.#parts.time.now();
    if (error === undefined) {
      this.#count(this.#parts.outbox.acknowledged(sequence));
      if (id !== undefined) this.#parts.taken.add(id, sequence);
    } else {
      const kind = failureKind(error);
      this.#parts.outbox.failed(sequence, kind);
      if (kind !== 'lost') {
        this.#parts.refusals.refused(topic, error.message, kind);
        this.#parts.settle();
      }
    }
    this.#letReaderGoOn();
    this.#parts.progress.check();
    this.send();
  }

  /** What the broker has acknowledged since the start. */
  get published(): {
    readonly messages: Readonly<Record<'state' | 'event' | 'discovery', number>>;
    readonly latency: { readonly sumMs: number; readonly count: number };
  } {
    return { messages: this.#published, latency: this.#latency };
  }

  #count(message: Outgoing | undefined): void {
    if (message === undefined) return;
    this.#published[message.kind === 'availability' ? 'state' : message.kind] += 1;
    if (message.kind !== 'event') return;
    const { time, ports } = this.#parts;
    this.#latency.sumMs += Math.max(0, time.skipped.ageMs(message.at, ports.clock.wallMs()));
    this.#latency.count += 1;
  }

  #letReaderGoOn(): void {
    if (!this.isHoldingReader() || !this.#parts.outbox.hasRoom()) return;
    this.#expireDue = Infinity;
    this.#parts.links.source.resume();
  }
}

/** To ask again costs a message. */
const AGAIN_MS = 30_000;
/** To ask again costs several connections where the broker's answer is to hang up. */
const AGAIN_POISON_MS = HOUR;
/** What is not refused again within this time is taken. */
const SETTLED_MS = 5000;

/**
 * Topics that the broker does not take or does not let us read: said once, and tried again now and then, because
 * somebody may allow them while the connection stands. A cluster refuses subscriptions also while it has no leader.
 */
export class Refusals {
  readonly #outbox: Outbox;
  readonly #condition: Condition;
  readonly #log: Log;
  readonly #now: () => Now;
  #againDue = Infinity;
  #poisonDue = Infinity;
  #settledDue = Infinity;
  /** What was refused is in the outbox again up to this number. */
  #triedUpTo = 0;
  readonly #unread = new Set<string>();
  readonly #subscribe: Broker['subscribe'];

  /** `subscribe` asks for topics again. */
  constructor(
    outbox: Outbox,
    condition: Condition,
    log: Log,
    now: () => Now,
    subscribe: Broker['subscribe'],
  ) {
    this.#subscribe = subscribe;
    this.#now = now;
    this.#outbox = outbox;
    this.#condition = condition;
    this.#log = log;
  }

  /** A publish was refused; its topic is parked from now on. */
  refused(topic: string, reason: string, why: Refusal): void {
    const { mono } = this.#now();
    if (why === 'poison') this.#poisonDue = mono + AGAIN_POISON_MS;
    else this.#againDue = Math.min(this.#againDue, mono + AGAIN_MS);
    this.#say(topic, reason, 'the broker refuses a topic');
  }

  /** SUBACK of these topics. */
  answered(topics: readonly string[], refused: readonly string[]): void {
    for (const topic of topics) this.#unread.delete(topic);
    const [first] = refused;
    if (first === undefined) return;
    for (const topic of refused) this.#unread.add(topic);
    this.#againDue = Math.min(this.#againDue, this.#now().mono + AGAIN_MS);
    const hint = "hint: allow it in the broker's access control list";
    this.#say(
      first,
      `a subscription was refused. ${hint}`,
      'the broker does not let the bridge read a topic',
    );
  }

  /** A new connection is a new chance for what was refused with an answer. */
  connected({ mono }: Now): void {
    // all topics are asked for at each connect
    this.#unread.clear();
    if (this.#condition.has('refused_topics')) this.#tryAgain(mono, 'refused');
  }

  /** The connection is gone: what was tried again has no answer. */
  closed(): void {
    this.#settledDue = Infinity;
  }

  /** When `tick` has something to do, monotonic ms. */
  due(): number {
    return Math.min(this.#againDue, this.#poisonDue, this.#settledDue);
  }

  tick({ mono }: Now): void {
    if (mono >= this.#poisonDue) {
      this.#poisonDue = Infinity;
      this.#againDue = Infinity;
      this.#tryAgain(mono);
    } else if (mono >= this.#againDue) {
      this.#againDue = Infinity;
      this.#tryAgain(mono, 'refused');
    }
    if (mono < this.#settledDue) return;
    const isAnswered = this.#outbox.isSettledUpTo(this.#triedUpTo);
    this.#settledDue = isAnswered ? Infinity : mono + SETTLED_MS;
    if (!isAnswered || this.#unread.size > 0 || this.#outbox.parkedTopics().length > 0) return;
    if (this.#condition.delete('refused_topics'))
      this.#log.info({}, 'the broker accepts all topics of the bridge again');
  }

  #say(topic: string, reason: string, message: string): void {
    if (concern(this.#condition, 'refused_topics', topic)) this.#log.warn({ topic, reason }, message);
  }

  #tryAgain(mono: number, why?: Refusal): void {
    this.#outbox.unpark(why);
    this.#triedUpTo = this.#outbox.lastNumber;
    if (this.#unread.size > 0) this.#subscribe([...this.#unread]);
    this.#settledDue = mono + SETTLED_MS;
  }
}
