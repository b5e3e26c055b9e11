/**
 * The connection to the broker: made again forever, with the next url of the list at each attempt. It decides when to
 * try again, notices another program with our client id, and finds the publish after which a broker closes the
 * connection. One connection itself is a `Link`.
 */

import { publishFailure, type PublishFailure } from '../../mqtt/outbox.js';
import type { Broker, BrokerListener, Message } from '../../ports.js';
import { Link, Suspects, type LinkEnd, type Suspect } from './link.js';
import { DEFAULT_TIMINGS, parseBrokerUrl, type BrokerOptions, type BrokerTimings } from './options.js';

/**
 * A topic that makes the broker close the connection is found within this many ends; more of them are not caused by a
 * topic.
 */
const ENDS_OF_A_TOPIC = 3;

/**
 * The port to the broker; nothing happens before `start`. The public methods are those of `Broker`, for its owner, at any
 * time from the event loop; all others are called by the link or by the clock.
 */
export class BrokerConnection implements Broker {
  readonly #options: BrokerOptions;
  readonly #timings: BrokerTimings;
  readonly #takeover = new TakeoverWatch();
  readonly #suspects = new Suspects();
  /** Topics whose SUBSCRIBE makes the broker hang up, and until when it is not sent (monotonic ms). */
  readonly #avoided = new Map<string, number>();
  #listener: BrokerListener | undefined;
  #link: Link | undefined;
  /** The link, once CONNACK was accepted. */
  #open: Link | undefined;
  #acceptedAt = 0;
  /** Attempts in a row that led to no lasting connection. */
  #failures = 0;
  /** Short connections in a row at whose end something was without an answer, and no topic was found guilty. */
  #undecided = 0;
  #isStopping = false;
  #stopping: Promise<void> | undefined;
  #hasStopped: (() => void) | undefined;
  #waits: (() => void)[] = [];

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
  }

  start(listener: BrokerListener): void {
    if (this.#listener !== undefined) return;
    this.#listener = listener;
    this.#attempt(listener);
  }

  publish(message: Message, done: (error?: PublishFailure) => void): void {
    const { topic } = message;
    const open = this.#open;
    if (this.#isStopping) process.nextTick(done, publishFailure('lost', 'the connection is being closed'));
    // mqtt.js or the broker would answer by dropping the connection (MQTT 3.1.1, sections 1.5.3 and 4.7)
    else if (topic === '' || topic.length > 20_000 || /[+#\0]/.test(topic))
      process.nextTick(
        done,
        publishFailure('refused', `'${topic.slice(0, 100)}' is not a valid topic to publish to`),
      );
    else if (open === undefined) process.nextTick(done, publishFailure('lost', 'there is no connection'));
    else open.publish(message, done);
  }

  subscribe(topics: readonly string[]): void {
    const open = this.#open;
    // mqtt.js would keep them for later
    if (open === undefined) return;
    const now = this.#options.clock.monotonicMs();
    const isAvoided = (topic: string): boolean => (this.#avoided.get(topic) ?? 0) > now;
    const refused = topics.filter(isAvoided);
    if (refused.length > 0)
      process.nextTick(() =>
        this.#open === open ? this.#listener?.subscribed(refused, refused, true) : undefined,
      );
    const others = topics.filter((topic) => !isAvoided(topic));
    if (others.length > 0) open.subscribe(others);
  }

  unsubscribe(topics: readonly string[]): void {
    this.#open?.unsubscribe(topics);
  }

  isConnected(): boolean {
    // what is sent while it stops is refused at once: who sends as long as it is connected would never end
    return this.#open !== undefined && !this.#isStopping;
  }

  stop(last: readonly Message[], timeoutMs: number): Promise<void> {
    return (this.#stopping ??= this.#stop(last, timeoutMs));
  }

  async #stop(last: readonly Message[], timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    this.#callOff();
    const [link, open] = [this.#link, this.#open];
    if (open === undefined) {
      link?.cut();
      return;
    }
    await new Promise<void>((resolve) => {
      this.#hasStopped = resolve;
      this.#waits = [this.#options.clock.after(timeoutMs, () => open.cut())];
      for (const message of last) open.publish(message, () => undefined);
      open.finish();
    });
  }

  #callOff(): void {
    for (const off of this.#waits) off();
    this.#waits = [];
  }

  #attempt(listener: BrokerListener): void {
    const { urls, clock } = this.#options;
    this.#waits = [];
    const url = parseBrokerUrl(urls[this.#failures % urls.length] ?? '');
    if (url === undefined) {
      const reason = 'mqtt.url is not a valid broker url. hint: write it as mqtt://host:1883';
      process.nextTick(() => this.#refused(listener, reason));
      return;
    }
    const { stoodMs, takeoverOverMs } = this.#timings;
    const link = new Link(url, this.#options, this.#suspects, {
      accepted: (sessionPresent) => {
        this.#open = link;
        this.#acceptedAt = clock.monotonicMs();
        this.#waits = [
          clock.after(stoodMs, () => this.#stood()),
          clock.after(takeoverOverMs, () => {
            if (this.#takeover.stood()) listener.takeover(false, this.#options.clientId);
          }),
        ];
        listener.connected(sessionPresent, url.shown);
      },
      broker: listener,
      ended: (end) => this.#ended(listener, end),
    });
    this.#link = link;
    link.connect();
  }

  #stood(): void {
    this.#failures = 0;
    this.#undecided = 0;
    this.#suspects.stood();
  }

  #ended(listener: BrokerListener, end: LinkEnd): void {
    const { accepted, how, reason } = end;
    this.#link = undefined;
    this.#open = undefined;
    this.#callOff();
    if (!accepted) {
      this.#refused(listener, reason);
      return;
    }
    const livedMs = this.#options.clock.monotonicMs() - this.#acceptedAt;
    if (livedMs < this.#timings.stoodMs) this.#failures += 1;
    const blamed = how === 'silent' || how === 'told' ? this.#unanswered(end) : [];
    const guilty = this.#suspects.closedAfter(blamed);
    const words = this.#handBack(end, guilty);
    const isShort = how === 'silent' && livedMs < this.#timings.shortMs;
    const isUndecided = isShort && blamed.length > 0 && guilty === undefined;
    this.#undecided = isUndecided ? this.#undecided + 1 : 0;
    const isUnexplained = isShort && blamed.length === 0 && end.subscribing.length === 0;
    const isSign = how === 'taken_over' || isUnexplained || this.#undecided >= ENDS_OF_A_TOPIC;
    const isRecognised = how !== 'stopped' && this.#takeover.ended(isSign);
    // the other side, which may be a bridge like this one, is to see it as well before we are patient
    if (isRecognised) this.#failures = 0;
    if (how !== 'stopped') listener.closed(words);
    if (isRecognised) listener.takeover(true, this.#options.clientId);
    this.#retry(listener);
  }

  /** Hands back what was not acknowledged. Gives the reason in words. */
  #handBack({ reason, unsettled }: LinkEnd, guilty: Suspect | undefined): string {
    const words = guilty === undefined ? reason : wordsFor(guilty, reason);
    if (guilty !== undefined) {
      // the way is free again: no reason to wait longer and longer
      this.#failures = 0;
      if (guilty.act === 'subscribe')
        this.#avoided.set(guilty.topic, this.#options.clock.monotonicMs() + this.#timings.avoidMs);
    }
    for (const { message, done } of unsettled) {
      const isGuilty = guilty?.act === 'publish' && message.topic === guilty.topic;
      done(isGuilty ? publishFailure('poison', words) : publishFailure('lost', reason));
    }
    return words;
  }

  /** What was asked so shortly before the end, without an answer, that it may be its cause. */
  #unanswered({ unsettled, inFlight, subscribing }: LinkEnd): Suspect[] {
    const since = this.#options.clock.monotonicMs() - this.#timings.blameMs;
    const written = unsettled.slice(0, inFlight).filter(({ writtenAt = 0 }) => writtenAt >= since);
    const topics = new Set(written.map(({ message }) => message.topic));
    return [
      ...[...topics].map((topic) => ({ act: 'publish' as const, topic })),
      ...subscribing.map((topic) => ({ act: 'subscribe' as const, topic })),
    ];
  }

  #refused(listener: BrokerListener, reason: string): void {
    this.#failures += 1;
    this.#takeover.refused();
    if (!this.#isStopping) listener.refused(reason);
    this.#retry(listener);
  }

  #retry(listener: BrokerListener): void {
    if (this.#isStopping) {
      this.#hasStopped?.();
      return;
    }
    const { clock, urls, random = Math.random } = this.#options;
    const { firstRetryMs, longestRetryInTakeoverMs, longestRetryMs } = this.#timings;
    const longestMs = this.#takeover.isHappening() ? longestRetryInTakeoverMs : longestRetryMs;
    // a takeover shows in connections that end soon: as long as it is only suspected, the waits do not grow
    const counted = this.#failures - Math.min(this.#failures, this.#takeover.suspicions());
    const waitMs = retryDelay(counted, urls.length, { firstRetryMs, longestMs }, random());
    this.#waits = [clock.after(waitMs, () => this.#attempt(listener))];
  }
}

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

function wordsFor({ act, topic }: Suspect, reason: string): string {
  return act === 'publish'
    ? `${reason}, several times right after a publish to ${topic}. hint: may this user publish there?`
    : `${reason}, several times right after a subscription to ${topic}. hint: may this user read there?`;
}

/** So many such ends in a row are taken for a takeover loop. */
const SIGNS = 3;

/**
 * Recognises that another program uses our client id. A broker that meets the same id twice closes the older
 * connection (MQTT 3.1.1, section 3.1.4), so that the two disconnect each other forever; in MQTT 3.1.1 all that is
 * seen of it are accepted connections that are closed soon, without a word.
 */
export class TakeoverWatch {
  #signs = 0;
  #isHappening = false;

  isHappening(): boolean {
    return this.#isHappening;
  }

  /** The signs so far, in a row; 0 as soon as the loop is recognised. */
  suspicions(): number {
    return this.#isHappening ? 0 : this.#signs;
  }

  /** A connection has ended; `isSign` = as it would by a takeover. Gives whether the loop was recognised now. */
  ended(isSign: boolean): boolean {
    this.#signs = isSign ? this.#signs + 1 : 0;
    if (this.#isHappening || this.#signs < SIGNS) return false;
    this.#isHappening = true;
    return true;
  }

  /** An attempt failed before it was accepted: it is the broker that has a problem. */
  refused(): void {
    this.#signs = 0;
  }

  /** A connection has stood long enough. Gives whether a loop is over by that. */
  stood(): boolean {
    const isOver = this.#isHappening;
    this.#signs = 0;
    this.#isHappening = false;
    return isOver;
  }
}
