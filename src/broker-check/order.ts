/** States that change while the subscriber is away: what comes in which order when it is back? */

import type { Copy } from '../io/broker/visit.js';
import type { Scratch } from './scratch.js';
import { fault, setting, SETTINGS, type Need, type TrialResult } from './trial-result.js';

/** What a subscriber was given, in the order of the packets. */
type Delivered = ({ readonly kind: 'message' } & Copy) | { readonly kind: 'suback' };

/** States that changed while the subscriber was away; `truth` is the last of them. */
export type OrderSeen = {
  readonly story: string;
  readonly truth: string;
  readonly heard: readonly Delivered[];
  /** What a second SUBSCRIBE brought when it was quiet; undefined = nothing. */
  readonly secondAnswer: Copy | undefined;
};

type Story = {
  readonly name: string;
  readonly states: readonly string[];
  /** The last change goes at QoS 0. */
  readonly lastQos: 0 | 1;
};

const toggles = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 'ON' : 'OFF'));

const STORIES: readonly Story[] = [
  { name: 'ON, OFF, ON while away, retained, QoS 1', states: toggles(3), lastQos: 1 },
  { name: 'ON at QoS 1, then OFF at QoS 0 while away, retained', states: toggles(2), lastQos: 0 },
  { name: '60 changes while away, retained, QoS 1', states: toggles(60), lastQos: 1 },
  { name: '60 changes while away, retained, the last at QoS 0', states: toggles(60), lastQos: 0 },
];

/** Sent at once; mosquitto's own limit in MQTT 5 (Receive Maximum). */
const IN_FLIGHT = 20;

/** As the bridge waits (docs/security-state.md). */
const QUIET_MS = 600;

/** Tells all stories, one beside the other. */
export function tryOrder(scratch: Scratch): Promise<readonly OrderSeen[]> {
  return Promise.all(STORIES.map((story, index) => tell(scratch, story, scratch.topic(`order/${index}`))));
}

async function tell(scratch: Scratch, { name, states, lastQos }: Story, topic: string): Promise<OrderSeen> {
  const clientId = scratch.newId();
  const before = await scratch.stay(clientId);
  await before.subscribe([topic]);
  await before.leave();
  const publisher = await scratch.visit();
  const last = states.length - 1;
  for (let from = 0; from < last; from += IN_FLIGHT) {
    const some = states.slice(from, Math.min(from + IN_FLIGHT, last));
    await Promise.all(some.map((state) => publisher.send(topic, state, { retain: true })));
  }
  await publisher.send(topic, states[last] ?? '', { qos: lastQos, retain: true });
  await publisher.send(scratch.topic('order/end'), 'end');
  await publisher.leave();

  const back = await scratch.stay(clientId);
  await back.subscribe([topic]);
  const quietMs = Math.max(QUIET_MS, scratch.quietMs);
  await back.quiet(quietMs, scratch.patienceMs * 2);
  const heard = [...back.arrivals];
  await back.subscribe([topic]);
  const answers = (): Copy[] => back.copies(topic, heard.length);
  await back.until(() => answers().length > 0, scratch.patienceMs);
  await back.quiet(scratch.quietMs, scratch.patienceMs);
  await back.leave();
  return { story: name, truth: states.at(-1) ?? '', heard, secondAnswer: answers().at(-1) };
}

/** Judges the stories of states that changed while the subscriber was away. */
export function judgeOrder(stories: readonly OrderSeen[], need: Need): readonly TrialResult[] {
  return stories.map((story) => judge(story, need));
}

function judge({ story, truth, heard, secondAnswer }: OrderSeen, need: Need): TrialResult {
  const answer = secondAnswer === undefined ? 'nothing' : secondAnswer.payload;
  const row = {
    area: 'order',
    trial: story,
    expected: `whatever comes first, a second SUBSCRIBE brings ${truth}`,
    actual: `${sequenceInWords(heard, truth)}; second SUBSCRIBE: ${answer}`,
  } as const;
  if (answer !== truth) return { ...row, ...fault('a SUBSCRIBE does not bring the present state') };
  const marked = heard.filter((each) => each.kind === 'message' && each.retain).length;
  if (marked > 1 && need.session === 'persistent')
    return {
      ...row,
      ...setting(
        'what waited comes marked as retained, so that old and new cannot be told apart',
        SETTINGS.clean,
      ),
    };
  return isPresentLast(heard, truth)
    ? { ...row, result: 'ok' }
    : { ...row, actual: `${row.actual}: the bridge takes that`, result: 'note' };
}

/** The present comes after the past: who believes everything would be right, too. */
function isPresentLast(heard: readonly Delivered[], truth: string): boolean {
  const last = heard.findLast((each) => each.kind === 'message');
  return last?.retain === true && last.payload === truth;
}

/** `20 queued, SUBACK, retained ON (the present), 40 queued (last OFF)`. */
function sequenceInWords(heard: readonly Delivered[], truth: string): string {
  const parts: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    if (run.length > 0) parts.push(run.length <= 3 ? `queued ${run.join(' ')}` : queued(run));
    run = [];
  };
  for (const each of heard) {
    if (each.kind === 'message' && !each.retain) {
      run.push(each.payload);
      continue;
    }
    endRun();
    if (each.kind === 'suback') parts.push('SUBACK');
    else parts.push(`retained ${each.payload}${each.payload === truth ? ' (the present)' : ' (the past)'}`);
  }
  endRun();
  return parts.length === 0 ? 'nothing' : shortened(parts).join(', ');
}

const queued = (run: readonly string[]): string => `${run.length} queued (last ${run.at(-1) ?? ''})`;

/** Brokers that mark everything as retained give long lists. */
function shortened(parts: readonly string[]): readonly string[] {
  return parts.length <= 8
    ? parts
    : [...parts.slice(0, 4), `${parts.length - 6} more of that kind`, ...parts.slice(-2)];
}
