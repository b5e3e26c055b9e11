import { describe, expect, test } from 'vitest';
import type { FiveTest } from '../../src/broker-check/absence.js';
import type { UrlPair } from '../../src/broker-check/several-urls.js';
import { SETTINGS, type Need, type Tried } from '../../src/broker-check/trial.js';
import { judgeBroker, type Verdict, type Observations } from '../../src/broker-check/trials.js';
import { CLEAN, fiveTests, GOOD, M1_RETAINED, numbers, PERSISTENT, STORY } from './seen.js';

const done = <Seen>(seen: Seen): Tried<Seen> => ({ done: true, seen });
const failed = { done: false, why: 'the broker closed the connection' } as const;

type Single = 'retained' | 'session' | 'queue' | 'fence' | 'restart' | 'access';

/** The good broker with one part of one observation changed. */
function but(part: Single, changes: object): Observations {
  const good = GOOD[part];
  if (good?.done !== true) throw new Error(`${part} is missing`);
  return { ...GOOD, [part]: done({ ...good.seen, ...changes }) };
}

const withTests = (spoil: (each: FiveTest) => Partial<FiveTest>): Observations => ({
  ...GOOD,
  fiveTests: [{ protocol: '3.1.1', tests: done(fiveTests(spoil)) }],
});

const pair: UrlPair = { from: 'a', to: 'b', live: true, retained: true, session: true, queued: true };
const withPair = (changes: Partial<UrlPair>): Observations => ({
  ...GOOD,
  urls: done([{ ...pair, ...changes }]),
});

const noSpeech = { done: false, why: 'refused' } as const;
const refusedRead = { topic: 't', use: 'u', code: 0x87, held: false, isState: true };
const write = (outcome: string): object => ({ writes: [{ topic: 't', use: 'u', outcome }] });

const ROWS: readonly (readonly [what: string, Observations, Need, Verdict, reason: RegExp | undefined])[] = [
  ['does everything right', GOOD, PERSISTENT, 'fit', undefined],
  ['does everything right, for a clean session', GOOD, CLEAN, 'fit', undefined],
  ['was not restarted', { ...GOOD, restart: undefined }, PERSISTENT, 'fit', undefined],
  [
    'does not speak MQTT 5',
    { ...GOOD, protocols: { ...GOOD.protocols, '5': noSpeech } },
    PERSISTENT,
    'fit',
    undefined,
  ],
  [
    'does not speak the configured version, but the other one',
    {
      ...GOOD,
      protocols: { ...GOOD.protocols, '3.1.1': noSpeech },
      fiveTests: [{ protocol: '5', tests: done(fiveTests(undefined, '5')) }],
    },
    PERSISTENT,
    'fit-with-settings',
    /does not speak MQTT 3.1.1/,
  ],
  [
    'does not let us write at all',
    { ...GOOD, isPrivateTopicOurs: done(false) },
    PERSISTENT,
    'not-fit',
    /may not write or not read/,
  ],
  [
    'hangs up on the first message',
    { ...GOOD, isPrivateTopicOurs: failed },
    PERSISTENT,
    'not-fit',
    /may not write/,
  ],

  [
    'refuses a topic that we read',
    but('access', { reads: [refusedRead] }),
    PERSISTENT,
    'not-fit',
    /may not subscribe to t/,
  ],
  [
    'grants a topic that holds nothing',
    but('access', { reads: [{ ...refusedRead, code: 1 }] }),
    PERSISTENT,
    'fit',
    undefined,
  ],
  ['refuses a publish', but('access', write('refused')), PERSISTENT, 'not-fit', /may not write beside t/],
  ['swallows a publish', but('access', write('silent')), PERSISTENT, 'not-fit', /is not delivered back/],
  [
    'takes a publish and does not deliver it',
    but('access', write('not to be read')),
    PERSISTENT,
    'not-fit',
    /not read it/,
  ],
  [
    'does not let the access control be tried',
    { ...GOOD, access: failed },
    PERSISTENT,
    'not-fit',
    /closed the connection/,
  ],

  [
    'keeps no retained message',
    withTests(({ name }) => (name.retained ? { afterSubscribe: [] } : {})),
    PERSISTENT,
    'not-fit',
    /no state can be known/,
  ],
  [
    'keeps no session',
    withTests(() => ({ sessionPresent: false, atOnce: [] })),
    PERSISTENT,
    'fit-with-settings',
    /are not kept/,
  ],
  [
    'keeps no session, which nobody wants',
    withTests(() => ({ sessionPresent: false, atOnce: [] })),
    CLEAN,
    'fit',
    undefined,
  ],
  [
    'marks what waited as retained',
    withTests(({ name, atOnce }) => (name.retained && atOnce.length > 0 ? { atOnce: [M1_RETAINED] } : {})),
    PERSISTENT,
    'fit-with-settings',
    /old and new/,
  ],
  [
    'marks what waited as retained, for a clean session',
    withTests(({ name, atOnce }) => (name.retained && atOnce.length > 0 ? { atOnce: [M1_RETAINED] } : {})),
    CLEAN,
    'fit',
    undefined,
  ],
  [
    'keeps messages of QoS 0, too',
    withTests(({ name }) =>
      name.cleanSession ? {} : { atOnce: [{ payload: 'M1', retain: false, qos: 0 }] },
    ),
    PERSISTENT,
    'fit',
    undefined,
  ],
  [
    'keeps no session for QoS 0 subscriptions',
    withTests(({ name }) => (name.number === 2 ? { sessionPresent: false } : {})),
    PERSISTENT,
    'fit',
    undefined,
  ],
  [
    'fails the five tests in the version that is not used',
    {
      ...GOOD,
      fiveTests: [
        ...GOOD.fiveTests,
        {
          protocol: '5',
          tests: done(fiveTests(() => ({ sessionPresent: false, atOnce: [], afterSubscribe: [] }), '5')),
        },
      ],
    },
    PERSISTENT,
    'fit',
    undefined,
  ],
  [
    'hangs up in the five tests',
    { ...GOOD, fiveTests: [{ protocol: '3.1.1', tests: failed }] },
    PERSISTENT,
    'not-fit',
    /five tests/,
  ],

  [
    'uses retained messages up',
    but('retained', { visitors: 1 }),
    PERSISTENT,
    'not-fit',
    /not delivered to every subscriber/,
  ],
  ['answers only the first SUBSCRIBE', but('retained', { subscribes: 1 }), CLEAN, 'not-fit', /verified/],
  [
    'does not delete retained messages',
    but('retained', { deleted: false }),
    PERSISTENT,
    'not-fit',
    /deleted/,
  ],
  [
    'knows no wildcards for retained messages',
    but('retained', { byWildcard: false }),
    PERSISTENT,
    'fit',
    undefined,
  ],

  [
    'gives an old answer to the second SUBSCRIBE',
    { ...GOOD, order: done([{ ...STORY, truth: 'ON' }]) },
    PERSISTENT,
    'not-fit',
    /current state/,
  ],
  [
    'gives no answer to the second SUBSCRIBE',
    { ...GOOD, order: done([{ ...STORY, secondAnswer: undefined }]) },
    CLEAN,
    'not-fit',
    /current state/,
  ],
  [
    'sends the past after the present',
    { ...GOOD, order: done([{ ...STORY, heard: STORY.heard.toReversed() }]) },
    PERSISTENT,
    'fit',
    undefined,
  ],
  [
    'marks the past as retained',
    {
      ...GOOD,
      order: done([
        {
          ...STORY,
          heard: STORY.heard.map((each) => (each.kind === 'suback' ? each : { ...each, retain: true })),
        },
      ]),
    },
    PERSISTENT,
    'fit-with-settings',
    /old and new/,
  ],

  [
    'forgets a session when the link is cut',
    but('session', { sessionPresent: false, delivered: 0 }),
    PERSISTENT,
    'fit-with-settings',
    /are not kept/,
  ],
  [
    'loses a message of a session',
    but('session', { delivered: 2 }),
    PERSISTENT,
    'fit-with-settings',
    /are not kept/,
  ],
  [
    'forgets a session, which nobody wants',
    but('session', { sessionPresent: false, delivered: 0 }),
    CLEAN,
    'fit',
    undefined,
  ],
  [
    'keeps a session for an hour',
    but('session', { expiryS: 3600 }),
    PERSISTENT,
    'fit-with-settings',
    /away for long/,
  ],
  [
    'keeps a session for two months',
    but('session', { expiryS: 60 * 24 * 3600 }),
    PERSISTENT,
    'fit',
    undefined,
  ],

  ['lets 1000 of 1500 wait', but('queue', { delivered: numbers(0, 999) }), PERSISTENT, 'fit', undefined],
  [
    'lets 999 of 1500 wait',
    but('queue', { delivered: numbers(0, 998) }),
    PERSISTENT,
    'fit-with-settings',
    /only 999/,
  ],
  [
    'lets 10 of 1500 wait, for a clean session',
    but('queue', { delivered: numbers(0, 9) }),
    CLEAN,
    'fit',
    undefined,
  ],
  [
    'loses the retained copy with the queue',
    but('queue', { delivered: numbers(0, 999), retainedIsRight: false }),
    PERSISTENT,
    'not-fit',
    /full queue/,
  ],
  ['hangs up on a full queue', { ...GOOD, queue: failed }, PERSISTENT, 'not-fit', /the queue/],
  ['hangs up on a full queue, for a clean session', { ...GOOD, queue: failed }, CLEAN, 'fit', undefined],

  ['sends our own message first', but('fence', { before: 0 }), PERSISTENT, 'fit', undefined],
  ['does not send our own message', but('fence', { came: false, before: 0 }), PERSISTENT, 'fit', undefined],

  ['is one cluster', withPair({}), PERSISTENT, 'fit', undefined],
  [
    'is two brokers',
    withPair({ live: false, retained: false, session: false, queued: false }),
    PERSISTENT,
    'not-fit',
    /are not connected with each other/,
  ],
  [
    'is a cluster with retained messages per node',
    withPair({ retained: false }),
    PERSISTENT,
    'not-fit',
    /for itself/,
  ],
  [
    'is a cluster with retained messages per node, for a clean session',
    withPair({ retained: false }),
    CLEAN,
    'not-fit',
    /for itself/,
  ],
  ['is a cluster that passes nothing on', withPair({ live: false }), PERSISTENT, 'not-fit', /not received/],
  [
    'is a cluster with sessions per node',
    withPair({ session: false, queued: false }),
    PERSISTENT,
    'fit-with-settings',
    /not known/,
  ],
  [
    'is a cluster with sessions per node, for clean ones',
    withPair({ session: false, queued: false }),
    CLEAN,
    'fit',
    undefined,
  ],

  [
    'forgets states when it is restarted',
    but('restart', { retained: 'lost' }),
    CLEAN,
    'fit-with-settings',
    /all states/,
  ],
  [
    'goes back in time when it is restarted',
    but('restart', { retained: 'older' }),
    PERSISTENT,
    'fit-with-settings',
    /an old state/,
  ],
  [
    'forgets sessions when it is restarted',
    but('restart', { sessionPresent: false, delivered: 0 }),
    PERSISTENT,
    'fit-with-settings',
    /messages that wait/,
  ],
  [
    'forgets sessions when it is restarted, which nobody wants',
    but('restart', { sessionPresent: false, delivered: 0 }),
    CLEAN,
    'fit',
    undefined,
  ],
  ['did not go away', but('restart', { wentAway: false, retained: 'lost' }), PERSISTENT, 'fit', undefined],
  ['did not come back', { ...GOOD, restart: failed }, PERSISTENT, 'not-fit', /the restart/],
];

describe('a broker that', () => {
  test.each(ROWS)('%s', (_what, seen, need, verdict, reason) => {
    const fitness = judgeBroker(seen, need);
    expect(fitness.verdict, fitness.reasons.join('\n')).toBe(verdict);
    if (reason === undefined) expect(fitness.reasons).toEqual([]);
    else expect(fitness.reasons.join('\n')).toMatch(reason);
    expect(fitness.settings.length > 0).toBe(verdict === 'fit-with-settings');
  });
});

describe('the settings that would help', () => {
  test.each<[string, Observations, readonly string[]]>([
    ['a small queue', but('queue', { delivered: numbers(0, 99) }), [SETTINGS.queue]],
    ['no sessions', but('session', { sessionPresent: false, delivered: 0 }), [SETTINGS.clean]],
    ['sessions that expire', but('session', { expiryS: 60 }), [SETTINGS.expiration]],
    [
      'no persistence',
      but('restart', { retained: 'lost', sessionPresent: false, delivered: 0 }),
      [SETTINGS.persistence, SETTINGS.autosave],
    ],
    ['a rare autosave', but('restart', { retained: 'older' }), [SETTINGS.autosave]],
  ])('%s', (_what, seen, settings) => {
    expect(judgeBroker(seen, PERSISTENT).settings).toEqual(settings);
  });
});

describe('what was dropped is named', () => {
  test.each<[string, readonly number[], string]>([
    ['nothing', numbers(0, 9), 'all 10'],
    ['the newest', numbers(0, 6), '7: the newest 3 were dropped (number 7 to 9)'],
    ['the oldest', numbers(2, 9), '8: the oldest 2 were dropped (number 0 to 1)'],
    ['some', [0, 2, 3, 5, 6, 7, 8, 9], '8: 2 were dropped, between number 1 to 4'],
    ['a repeat is no second message', [...numbers(0, 8), 8], '9: the newest 1 were dropped (number 9 to 9)'],
  ])('%s', (_what, delivered, actual) => {
    const { rows } = judgeBroker(but('queue', { published: 10, delivered }), PERSISTENT);
    expect(rows.find(({ area }) => area === 'queue')?.actual).toBe(actual);
  });
});

describe('the order is told', () => {
  test.each<[string, typeof STORY, RegExp, string]>([
    [
      'the past first',
      STORY,
      /^queued ON OFF, SUBACK, retained OFF \(the present\); second SUBSCRIBE: OFF$/,
      'ok',
    ],
    [
      'the present first',
      { ...STORY, heard: STORY.heard.toReversed() },
      /^retained OFF \(the present\), SUBACK, queued OFF ON; .*: the bridge can handle this$/,
      'note',
    ],
    [
      'nothing at all',
      { ...STORY, heard: [], secondAnswer: undefined },
      /^nothing; second SUBSCRIBE: nothing$/,
      'error',
    ],
    [
      'a long queue',
      {
        ...STORY,
        heard: [
          ...Array.from({ length: 60 }, () => STORY.heard[0] ?? { kind: 'suback' as const }),
          ...STORY.heard.slice(2),
        ],
      },
      /^60 queued \(last ON\), SUBACK/,
      'ok',
    ],
  ])('%s', (_what, story, actual, result) => {
    const { rows } = judgeBroker({ ...GOOD, order: done([story]) }, PERSISTENT);
    const row = rows.find(({ area }) => area === 'order');
    expect(row?.actual).toMatch(actual);
    expect(row?.result).toBe(result);
  });
});

test('a broker that went away is said once, not for each trial', () => {
  const gone = { done: false, why: 'b: refused. hint: is it running?', gone: true } as const;
  const fitness = judgeBroker(
    { ...GOOD, retained: gone, order: gone, session: gone, fence: gone },
    PERSISTENT,
  );
  expect(fitness).toMatchObject({
    verdict: 'not-fit',
    reasons: ['the connection was lost during the test (b: refused)'],
  });
});

test('where we may not write at all, nothing else is said', () => {
  const { rows } = judgeBroker({ ...GOOD, isPrivateTopicOurs: done(false) }, PERSISTENT);
  expect(rows.map(({ area }) => area)).toEqual(['protocol', 'protocol', 'access']);
});
