/**
 * The five tests of clean session, publish QoS and subscribe QoS, all forms at once: a subscriber goes, M1 is
 * published, the subscriber comes back. What has to happen is said by MQTT 3.1.1, sections 3.1.2.4 (sessions) and
 * 3.8.4 (retained copies).
 */

import type { Copy } from '../io/broker/visit.js';
import type { Scratch } from './scratch.js';
import {
  fault,
  NOTE,
  OK,
  setting,
  SETTINGS,
  type FiveTestName,
  type Need,
  type TrialResult,
} from './trial-result.js';

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
  const mayWait = !name.cleanSession && name.publishQos === 1 && name.subscribeQos === 1;
  if (mayWait) await client.until(() => copies().length > 0, scratch.patienceMs);
  await client.quiet(scratch.quietMs, scratch.patienceMs);
  const before = client.arrivals.length;
  const atOnce = copies();
  await client.subscribe([topic], name.subscribeQos);
  if (name.retained)
    await client.until(() => copies(before).some(({ retain }) => retain), scratch.patienceMs);
  await client.quiet(scratch.quietMs, scratch.patienceMs);
  await client.leave();
  return { name, sessionPresent: client.sessionPresent, atOnce, afterSubscribe: copies(before) };
}

/** Judges all forms of the five tests. */
export function judgeFiveTests(tests: readonly FiveTest[], need: Need): readonly TrialResult[] {
  return tests.map((test) => judge(test, need));
}

function judge(test: FiveTest, need: Need): TrialResult {
  const { name } = test;
  return {
    area: 'five tests',
    trial: trialOf(name),
    expected: expectedOf(name),
    actual: actualOf(test),
    test: name,
    ...verdictOf(test, need),
  };
}

function verdictOf(
  { name, sessionPresent, atOnce, afterSubscribe }: FiveTest,
  need: Need,
): Pick<TrialResult, 'result' | 'reason' | 'settings'> {
  const isUsed = name.protocol === need.protocol;
  const isClean = need.session === 'clean';
  if (name.retained && !afterSubscribe.some(isRetained))
    return isUsed ? fault('a retained message does not come to who subscribes: no state can be known') : NOTE;
  if (name.cleanSession)
    // nothing that the bridge relies on, but not what the standard says
    return { result: sessionPresent || atOnce.length > 0 ? 'note' : 'ok' };
  const wanted = waits(name);
  if (wanted === 'maybe') return OK;
  const isKept = sessionPresent && atOnce.length > 0;
  if (isKept && !atOnce.some(isRetained)) return OK;
  if (isClean || !isUsed) return NOTE;
  return setting(
    isKept
      ? 'what waited comes marked as retained, so that old and new cannot be told apart'
      : 'what happens while the bridge is away does not wait for it',
    SETTINGS.clean,
  );
}

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
