/**
 * What a subscriber gets that was away. The five tests of clean session, publish QoS and subscribe QoS, all forms at
 * once: a subscriber disconnects, M1 is published, the subscriber comes back. And the order of messages when states
 * change in the meantime. The rules are in MQTT 3.1.1, sections 3.1.2.4 (sessions) and 3.8.4 (retained copies).
 */

import type { Arrival, Copy } from '../io/broker/visit.js';
import { error, NOTE, OK, sendAll, setting, SETTINGS } from './trial.js';
import type { FiveTestName, Meaning, Need, Row, Scratch } from './trial.js';

/** One of the five tests: M1 was published while the subscriber was away. */
export type FiveTest = {
  readonly name: FiveTestName;
  readonly sessionPresent: boolean;
  /** What came when it was back, before it subscribed again. */
  readonly atOnce: readonly Copy[];
  /** What came after it had subscribed again. */
  readonly afterSubscribe: readonly Copy[];
};

/** Clean session, publish QoS and subscribe QoS of the tests 1 to 5. */
export const FIVE_TESTS = [
  { number: 1, cleanSession: true, publishQos: 0, subscribeQos: 0 },
  { number: 2, cleanSession: false, publishQos: 0, subscribeQos: 0 },
  { number: 3, cleanSession: true, publishQos: 1, subscribeQos: 1 },
  { number: 4, cleanSession: false, publishQos: 1, subscribeQos: 1 },
  { number: 5, cleanSession: false, publishQos: 0, subscribeQos: 1 },
] as const satisfies readonly Omit<FiveTestName, 'protocol' | 'retained'>[];

/** A broker may keep messages of QoS 0 for an absent subscriber, and need not (MQTT 3.1.1, section 3.1.2.4). */
type Waits = 'yes' | 'no' | 'maybe';

function waits({ cleanSession, publishQos, subscribeQos }: FiveTestName): Waits {
  if (cleanSession) return 'no';
  return publishQos === 1 && subscribeQos === 1 ? 'yes' : 'maybe';
}

type Away = { readonly name: FiveTestName; readonly clientId: string; readonly topic: string };

/** Makes them in one version of the protocol. */
export async function tryFiveTests(scratch: Scratch): Promise<readonly FiveTest[]> {
  const { protocol } = scratch;
  const names = FIVE_TESTS.flatMap((test) =>
    [false, true].map((retained): FiveTestName => ({ ...test, protocol, retained })),
  );
  const away = await Promise.all(names.map((name) => goAway(scratch, name)));
  const publisher = await scratch.visit();
  for (const { name, topic } of away) {
    await publisher.send(topic, 'M1', { qos: name.publishQos, retain: name.retained });
  }
  // when this is acknowledged, what was sent at QoS 0 before it has arrived, too
  await publisher.send(scratch.topic('five/end'), 'end');
  await publisher.leave();
  return Promise.all(away.map((each) => comeBack(scratch, each)));
}

async function goAway(scratch: Scratch, name: FiveTestName): Promise<Away> {
  const clientId = scratch.newId();
  // no dot in it: NATS and RabbitMQ take one for a slash
  const version = name.protocol === '5' ? 5 : 4;
  const topic = scratch.topic(`five/${version}/${name.number}${name.retained ? '-retained' : ''}`);
  const client = await (name.cleanSession ? scratch.visit({ clientId }) : scratch.stay(clientId));
  const [code = 0x80] = await client.subscribe([topic], name.subscribeQos);
  await client.leave();
  if (code >= 0x80) throw new Error(`a SUBSCRIBE to ${topic} was refused`);
  return { name, clientId, topic };
}

async function comeBack(scratch: Scratch, { name, clientId, topic }: Away): Promise<FiveTest> {
  const client = await (name.cleanSession ? scratch.visit({ clientId }) : scratch.stay(clientId));
  const copies = (from = 0): Copy[] => client.copies(topic, from);
  if (waits(name) === 'yes') await client.until(() => copies().length > 0, scratch.patienceMs);
  await client.quiet(scratch.quietMs, scratch.patienceMs);
  const before = client.arrivals.length;
  const atOnce = copies();
  await client.subscribe([topic], name.subscribeQos);
  if (name.retained) await client.until(() => copies(before).some(isRetained), scratch.patienceMs);
  await client.quiet(scratch.quietMs, scratch.patienceMs);
  await client.leave();
  return { name, sessionPresent: client.sessionPresent, atOnce, afterSubscribe: copies(before) };
}

/** Judges all forms of the five tests. */
export function judgeFiveTests(tests: readonly FiveTest[], need: Need): readonly Row[] {
  return tests.map((test) => ({
    trial: trialOf(test.name),
    expected: expectedOf(test.name),
    actual: actualOf(test),
    test: test.name,
    ...fiveTestMeans(test, need),
  }));
}

function fiveTestMeans({ name, sessionPresent, atOnce, afterSubscribe }: FiveTest, need: Need): Meaning {
  const isUsed = name.protocol === need.protocol;
  if (name.retained && !afterSubscribe.some(isRetained))
    return isUsed ? error('subscribers do not get the retained message, so no state can be known') : NOTE;
  // nothing that the bridge relies on, but not what the standard says
  if (name.cleanSession) return sessionPresent || atOnce.length > 0 ? NOTE : OK;
  if (waits(name) === 'maybe') return OK;
  const isKept = sessionPresent && atOnce.length > 0;
  if (isKept && !atOnce.some(isRetained)) return OK;
  if (need.session === 'clean' || !isUsed) return NOTE;
  return isKept ? MARKED : setting('messages are not kept for the bridge while it is away', SETTINGS.clean);
}

const MARKED = setting(
  'messages that waited are marked as retained, so that old and new ones cannot be distinguished',
  SETTINGS.clean,
);

const isRetained = ({ retain }: Copy): boolean => retain;

function trialOf({ number, protocol, retained }: FiveTestName): string {
  return `test ${number}, ${retained ? 'retained' : 'not retained'}, MQTT ${protocol}`;
}

/** In words: `nothing`, `M1 at once`, `M1 retained after SUBSCRIBE`. */
function expectedOf(name: FiveTestName): string {
  const first = { yes: ['M1 at once'], no: [], maybe: ['M1 at once or not'] }[waits(name)];
  return inWords([...first, ...(name.retained ? ['M1 retained after SUBSCRIBE'] : [])]);
}

function actualOf({ atOnce, afterSubscribe }: FiveTest): string {
  const copies = (list: readonly Copy[], when: string): string[] =>
    list.map(({ payload, retain }) => `${payload}${retain ? ' retained' : ''} ${when}`);
  return inWords([...copies(atOnce, 'at once'), ...copies(afterSubscribe, 'after SUBSCRIBE')]);
}

const inWords = (parts: readonly string[]): string => (parts.length === 0 ? 'nothing' : parts.join(', '));

/** What a subscriber was given, in the order of the packets. */
type Delivered = ({ readonly kind: 'message' } & Copy) | Exclude<Arrival, { kind: 'message' }>;

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
  /** So many changes: ON, OFF, ON ... */
  readonly changes: number;
  /** The last change goes at QoS 0. */
  readonly lastQos: 0 | 1;
};

const STORIES: readonly Story[] = [
  { name: 'ON, OFF, ON while away, retained, QoS 1', changes: 3, lastQos: 1 },
  { name: 'ON at QoS 1, then OFF at QoS 0 while away, retained', changes: 2, lastQos: 0 },
  { name: '60 changes while away, retained, QoS 1', changes: 60, lastQos: 1 },
  { name: '60 changes while away, retained, the last at QoS 0', changes: 60, lastQos: 0 },
];

/** As the bridge waits (docs/security-state.md). */
const QUIET_MS = 600;

/** Tells all stories, one beside the other. */
export function tryOrder(scratch: Scratch): Promise<readonly OrderSeen[]> {
  return Promise.all(STORIES.map((story, index) => tell(scratch, story, scratch.topic(`order/${index}`))));
}

async function tell(scratch: Scratch, { name, changes, lastQos }: Story, topic: string): Promise<OrderSeen> {
  const clientId = await scratch.leaveSession(topic);
  const publisher = await scratch.visit();
  const states = Array.from({ length: changes }, (_, index) => (index % 2 === 0 ? 'ON' : 'OFF'));
  const truth = states.at(-1) ?? '';
  await sendAll(publisher, topic, states.slice(0, -1));
  await publisher.send(topic, truth, { qos: lastQos, retain: true });
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
  return { story: name, truth, heard, secondAnswer: answers().at(-1) };
}

/** Judges the stories of states that changed while the subscriber was away. */
export function judgeOrder(stories: readonly OrderSeen[], need: Need): readonly Row[] {
  return stories.map((seen): Row => {
    const { story, truth, heard, secondAnswer } = seen;
    const meaning = orderMeans(seen, need);
    const actual = `${sequenceInWords(heard, truth)}; second SUBSCRIBE: ${secondAnswer?.payload ?? 'nothing'}`;
    return {
      trial: story,
      expected: `after a second SUBSCRIBE the broker sends ${truth}`,
      actual: meaning === NOTE ? `${actual}: the bridge can handle this` : actual,
      ...meaning,
    };
  });
}

function orderMeans({ truth, heard, secondAnswer }: OrderSeen, need: Need): Meaning {
  if (secondAnswer?.payload !== truth) return error('a SUBSCRIBE does not deliver the current state');
  const messages = heard.filter((each) => each.kind === 'message');
  if (messages.filter(isRetained).length > 1 && need.session === 'persistent') return MARKED;
  // the present comes after the past: who believes everything would be right, too
  const last = messages.at(-1);
  return last?.retain === true && last.payload === truth ? OK : NOTE;
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
  return inWords(shortened(parts));
}

const queued = (run: readonly string[]): string => `${run.length} queued (last ${run.at(-1) ?? ''})`;

/** Brokers that mark everything as retained give long lists. */
function shortened(parts: readonly string[]): readonly string[] {
  return parts.length <= 8
    ? parts
    : [...parts.slice(0, 4), `${parts.length - 6} more of that kind`, ...parts.slice(-2)];
}
