/**
 * Topics that the broker does not take or does not let us read: said once, and tried again now and then, because
 * somebody may allow them while the connection stands. A cluster refuses subscriptions also while it has no leader.
 */

import type { Log, Now } from '../ports.js';
import type { Outbox } from '../mqtt/outbox.js';
import type { FailureKind } from '../mqtt/outgoing.js';
import { concern, type Condition } from './condition.js';

/** What the broker refuses. */
export type Refusals = {
  /** A publish was refused; its topic is parked from now on. */
  readonly refused: (topic: string, reason: string, why: Exclude<FailureKind, 'lost'>) => void;
  /** SUBACK of these topics; `subscribe` asks for topics again. */
  readonly answered: (
    topics: readonly string[],
    refused: readonly string[],
    subscribe: (topics: readonly string[]) => void,
  ) => void;
  /** A new connection is a new chance for what was refused with an answer. */
  readonly connected: (now: Now) => void;
  /** When `tick` has something to do, monotonic ms. */
  readonly due: () => number;
  readonly tick: (now: Now) => void;
};

/** To ask again costs a message. */
const AGAIN_MS = 30_000;
/** To ask again costs several connections where the broker's answer is to hang up. */
const AGAIN_POISON_MS = 3_600_000;
/** What is not refused again within this time is taken. */
const SETTLED_MS = 5000;

/** Nothing is refused yet. `changed`: the condition. */
export function refusals(
  outbox: Outbox,
  condition: Condition,
  log: Log,
  now: () => Now,
  changed: () => void,
): Refusals {
  let againDue = Infinity;
  let poisonDue = Infinity;
  let settledDue = Infinity;
  const unread = new Set<string>();
  let subscribe: (topics: readonly string[]) => void = () => undefined;

  const say = (topic: string, reason: string, message: string): void => {
    if (concern(condition, 'refused_topics', topic)) log.warn({ topic, reason }, message);
    changed();
  };

  const tryAgain = (mono: number, why?: 'refused'): void => {
    outbox.unpark(why);
    if (unread.size > 0) subscribe([...unread]);
    settledDue = mono + SETTLED_MS;
  };

  return {
    refused: (topic, reason, why) => {
      const { mono } = now();
      if (why === 'poison') poisonDue = mono + AGAIN_POISON_MS;
      else againDue = Math.min(againDue, mono + AGAIN_MS);
      say(topic, reason, 'the broker refuses a topic');
    },
    answered: (topics, refused, ask) => {
      for (const topic of topics) unread.delete(topic);
      const [first] = refused;
      if (first === undefined) return;
      for (const topic of refused) unread.add(topic);
      subscribe = ask;
      againDue = Math.min(againDue, now().mono + AGAIN_MS);
      const hint = "hint: allow it in the broker's access control list";
      say(first, `a subscription was refused. ${hint}`, 'the broker does not let us read a topic');
    },
    connected: ({ mono }) => {
      // all topics are asked for at each connect
      unread.clear();
      if (condition.has('refused_topics')) tryAgain(mono, 'refused');
    },
    due: () => Math.min(againDue, poisonDue, settledDue),
    tick: ({ mono }) => {
      if (mono >= poisonDue) {
        poisonDue = Infinity;
        againDue = Infinity;
        tryAgain(mono);
      } else if (mono >= againDue) {
        againDue = Infinity;
        tryAgain(mono, 'refused');
      }
      if (mono < settledDue) return;
      settledDue = Infinity;
      if (unread.size > 0 || outbox.parkedTopics().length > 0 || !condition.delete('refused_topics')) return;
      log.info({}, 'the broker takes all our topics again');
      changed();
    },
  };
}
