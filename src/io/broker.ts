/**
 * The connection to the broker: made again for ever, with the next url of the list at each attempt. It knows when
 * to try again, notices another program with our client id and the publish that a broker answers by hanging up.
 * One connection itself is `broker/link.ts`.
 */

import type { Broker, BrokerListener, Message } from '../ports.js';
import { publishFailure, type PublishFailure } from '../mqtt/outgoing.js';
import { openLink, type Link, type LinkEnd } from './broker/link.js';
import type { BrokerOptions } from './broker/options.js';
import { watchSuspects, type Suspect } from './broker/suspects.js';
import { watchTakeover } from './broker/takeover.js';
import { DEFAULT_TIMINGS, retryDelay } from './broker/timings.js';
import { parseBrokerUrl } from './broker/url.js';

/** A topic that makes the broker hang up is found within so many ends: more of them are no topic's fault. */
const ENDS_OF_A_TOPIC = 3;

/** Makes the connection's object; nothing happens before `start`. */
export function connectBroker(options: BrokerOptions): Broker {
  const { clock, urls, random = Math.random } = options;
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const takeover = watchTakeover();
  const suspects = watchSuspects();
  /** Topics whose SUBSCRIBE makes the broker hang up, and until when it is not sent (monotonic ms). */
  const avoided = new Map<string, number>();
  let listener: BrokerListener | undefined;
  let link: Link | undefined;
  let isConnected = false;
  let acceptedAt = 0;
  /** Attempts in a row that led to no lasting connection. */
  let failures = 0;
  /** Short connections in a row at whose end something was without an answer, and no topic was found guilty. */
  let undecided = 0;
  let isStopping = false;
  let stopping: Promise<void> | undefined;
  let hasStopped: (() => void) | undefined;
  let waits: (() => void)[] = [];

  const callOff = (): void => {
    for (const off of waits) off();
    waits = [];
  };

  const attempt = (): void => {
    waits = [];
    const url = parseBrokerUrl(urls[failures % urls.length] ?? '');
    if (url === undefined) {
      process.nextTick(refused, 'mqtt.url is no broker url. hint: write it as mqtt://host:1883');
      return;
    }
    link = openLink(url, options, suspects, {
      accepted: (sessionPresent) => accepted(sessionPresent, url.shown),
      received: (message) => listener?.received(message),
      subscribed: (topics, refusedTopics) => listener?.subscribed(topics, refusedTopics),
      ended,
    });
  };

  const accepted = (sessionPresent: boolean, url: string): void => {
    isConnected = true;
    acceptedAt = clock.monotonicMs();
    waits = [clock.after(timings.stoodMs, stood), clock.after(timings.takeoverOverMs, stoodLong)];
    listener?.connected(sessionPresent, url);
  };

  const stood = (): void => {
    failures = 0;
    undecided = 0;
    suspects.stood();
  };

  const stoodLong = (): void => {
    if (takeover.stood()) listener?.takeover(false, options.clientId);
  };

  const ended = (end: LinkEnd): void => {
    const { reason, unsettled } = end;
    link = undefined;
    isConnected = false;
    callOff();
    if (!end.accepted) {
      refused(reason);
      return;
    }
    const livedMs = clock.monotonicMs() - acceptedAt;
    if (livedMs < timings.stoodMs) failures += 1;
    const blamed = end.how === 'silent' || end.how === 'told' ? unanswered(end) : [];
    const guilty = suspects.closedAfter(blamed);
    // the way is free again: no reason to wait longer and longer
    if (guilty !== undefined) failures = 0;
    if (guilty?.act === 'subscribe') avoided.set(guilty.topic, clock.monotonicMs() + timings.avoidMs);
    const words = guilty === undefined ? reason : wordsFor(guilty, reason);
    for (const { message, done } of unsettled) {
      const isGuilty = guilty?.act === 'publish' && message.topic === guilty.topic;
      done(isGuilty ? publishFailure('poison', words) : publishFailure('lost', reason));
    }
    const isShort = end.how === 'silent' && livedMs < timings.shortMs;
    const isUndecided = isShort && blamed.length > 0 && guilty === undefined;
    undecided = isUndecided ? undecided + 1 : 0;
    const isUnexplained = isShort && blamed.length === 0 && end.subscribing.length === 0;
    const isSign = end.how === 'taken_over' || isUnexplained || undecided >= ENDS_OF_A_TOPIC;
    const isRecognised = end.how !== 'stopped' && takeover.ended(isSign);
    // the other side, which may be a bridge like this one, is to see it as well before we are patient
    if (isRecognised) failures = 0;
    if (end.how !== 'stopped') listener?.closed(words);
    if (isRecognised) listener?.takeover(true, options.clientId);
    retry();
  };

  /** What was asked so shortly before the end, without an answer, that it may be its cause. */
  const unanswered = ({ unsettled, inFlight, subscribing }: LinkEnd): Suspect[] => {
    const since = clock.monotonicMs() - timings.blameMs;
    const written = unsettled.slice(0, inFlight).filter(({ writtenAt = 0 }) => writtenAt >= since);
    const topics = new Set(written.map(({ message }) => message.topic));
    return [
      ...[...topics].map((topic) => ({ act: 'publish' as const, topic })),
      ...subscribing.map((topic) => ({ act: 'subscribe' as const, topic })),
    ];
  };

  const subscribe = (topics: readonly string[]): void => {
    const open = isConnected ? link : undefined;
    if (open === undefined) return;
    const now = clock.monotonicMs();
    const isAvoided = (topic: string): boolean => (avoided.get(topic) ?? 0) > now;
    const refusedTopics = topics.filter(isAvoided);
    if (refusedTopics.length > 0)
      process.nextTick(() =>
        link === open ? listener?.subscribed(refusedTopics, refusedTopics) : undefined,
      );
    const others = topics.filter((topic) => !isAvoided(topic));
    if (others.length > 0) open.subscribe(others);
  };

  const refused = (reason: string): void => {
    failures += 1;
    takeover.refused();
    if (!isStopping) listener?.refused(reason);
    retry();
  };

  const retry = (): void => {
    if (isStopping) {
      hasStopped?.();
      return;
    }
    const longestMs = takeover.isHappening() ? timings.longestRetryInTakeoverMs : timings.longestRetryMs;
    const limits = { firstRetryMs: timings.firstRetryMs, longestMs };
    // a takeover shows in connections that end soon: as long as it is only suspected, nobody waits longer and longer
    const counted = failures - Math.min(failures, takeover.suspicions());
    waits = [clock.after(retryDelay(counted, urls.length, limits, random()), attempt)];
  };

  const publish = (message: Message, done: (error?: PublishFailure) => void): void => {
    const fault = messageFault(message);
    const open = isConnected ? link : undefined;
    if (fault !== undefined) process.nextTick(done, publishFailure('refused', fault));
    else if (open === undefined) process.nextTick(done, publishFailure('lost', 'there is no connection'));
    else open.publish(message, done);
  };

  const stop = async (last: readonly Message[], timeoutMs: number): Promise<void> => {
    isStopping = true;
    callOff();
    const open = link;
    if (open === undefined) return;
    if (!isConnected) {
      open.cut();
      return;
    }
    await new Promise<void>((resolve) => {
      hasStopped = resolve;
      waits = [clock.after(timeoutMs, open.cut)];
      for (const message of last) publish(message, () => undefined);
      open.finish();
    });
  };

  return {
    start: (to) => {
      if (listener !== undefined) return;
      listener = to;
      attempt();
    },
    publish: (message, done) => {
      if (!isStopping) publish(message, done);
      else process.nextTick(done, publishFailure('lost', 'the connection is being closed'));
    },
    // mqtt.js would keep them for later
    subscribe,
    unsubscribe: (topics) => (isConnected ? link?.unsubscribe(topics) : undefined),
    // what is sent while it stops is refused at once: who sends as long as it is connected would never end
    isConnected: () => isConnected && !isStopping,
    stop: (last, timeoutMs) => (stopping ??= stop(last, timeoutMs)),
  };
}

function wordsFor({ act, topic }: Suspect, reason: string): string {
  return act === 'publish'
    ? `${reason}, several times right after a publish to ${topic}. hint: may this user publish there?`
    : `${reason}, several times right after a subscription to ${topic}. hint: may this user read there?`;
}

/** What mqtt.js or the broker would answer by dropping the connection (MQTT 3.1.1, sections 1.5.3 and 4.7). */
function messageFault({ topic }: Message): string | undefined {
  return topic === '' || topic.length > 20_000 || /[+#\0]/.test(topic)
    ? `'${topic.slice(0, 100)}' is no topic to publish to`
    : undefined;
}
