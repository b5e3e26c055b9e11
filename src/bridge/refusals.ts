/**
 * Topics that the broker does not take: said once, and tried again now and then, because somebody may allow them
 * while the connection stands.
 */

import type { Now } from '../now.js';
import type { Log } from '../ports.js';
import type { Outbox } from '../mqtt/outbox.js';
import type { FailureKind } from '../mqtt/publish-failure.js';
import { concern, type Condition } from './condition.js';

/** What the broker refuses. */
export type Refusals = {
  /** A publish was refused; its topic is parked from now on. */
  readonly refused: (topic: string, reason: string, why: Exclude<FailureKind, 'lost'>) => void;
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

  const tryAgain = (mono: number, why?: 'refused'): void => {
    outbox.unpark(why);
    settledDue = mono + SETTLED_MS;
  };

  return {
    refused: (topic, reason, why) => {
      const { mono } = now();
      if (why === 'poison') poisonDue = mono + AGAIN_POISON_MS;
      else againDue = Math.min(againDue, mono + AGAIN_MS);
      if (concern(condition, 'refused_topics', topic))
        log.warn({ topic, reason }, 'the broker refuses a topic');
      changed();
    },
    connected: ({ mono }) => {
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
      if (outbox.parkedTopics().length > 0 || !condition.delete('refused_topics')) return;
      log.info({}, 'the broker takes all our topics again');
      changed();
    },
  };
}
