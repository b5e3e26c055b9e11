/**
 * The five tests of clean session, publish QoS and subscribe QoS: does a subscriber that was away get the message M1?
 * What has to happen is said by MQTT 3.1.1, sections 3.1.2.4 (sessions) and 3.8.4 (retained copies).
 */

import type { Copy, FiveTest } from './observations.js';
import { SETTINGS, type FiveTestName, type Need, type Row } from './row.js';

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

/** Judges all forms of the five tests. */
export function judgeFiveTests(tests: readonly FiveTest[], need: Need): readonly Row[] {
  return tests.map((test) => judge(test, need));
}

function judge(test: FiveTest, need: Need): Row {
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
): Pick<Row, 'result' | 'reason' | 'settings'> {
  const isUsed = name.protocol === need.protocol;
  const isClean = need.session === 'clean';
  if (name.retained && !afterSubscribe.some(isRetained))
    return isUsed
      ? {
          result: 'fault',
          reason: 'a retained message does not come to who subscribes: no state can be known',
        }
      : { result: 'note' };
  if (name.cleanSession)
    // nothing that the bridge relies on, but not what the standard says
    return { result: sessionPresent || atOnce.length > 0 ? 'note' : 'ok' };
  const wanted = waits(name);
  if (wanted === 'maybe') return { result: 'ok' };
  const isKept = sessionPresent && atOnce.length > 0;
  if (isKept && !atOnce.some(isRetained)) return { result: 'ok' };
  if (isClean || !isUsed) return { result: 'note' };
  return {
    result: 'setting',
    reason: isKept
      ? 'what waited comes marked as retained, so that old and new cannot be told apart'
      : 'what happens while the bridge is away does not wait for it',
    settings: [SETTINGS.clean],
  };
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
