import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../../src/common/error.js';
import { CONFIG_KEY_NAMES } from '../../../src/config/keys-and-defaults.js';
import {
  codeInWords,
  connackInWords,
  disconnectInWords,
  errorInWords,
} from '../../../src/io/broker/reasons.js';
import { retryDelay, TakeoverWatch } from '../../../src/io/broker/connection.js';
import { Suspects, type Suspect } from '../../../src/io/broker/link.js';
import { parseBrokerUrl } from '../../../src/io/broker/options.js';

describe('a broker url', () => {
  test.each([
    ['mqtt://localhost', 'mqtt', 'localhost', 1883, '', 'mqtt://localhost:1883'],
    ['tcp://10.0.0.7:1884', 'mqtt', '10.0.0.7', 1884, '', 'mqtt://10.0.0.7:1884'],
    ['mqtts://house.example', 'mqtts', 'house.example', 8883, '', 'mqtts://house.example:8883'],
    ['ssl://h', 'mqtts', 'h', 8883, '', 'mqtts://h:8883'],
    ['tls://h:1', 'mqtts', 'h', 1, '', 'mqtts://h:1'],
    ['mqtt://[fe80::1]:1883', 'mqtt', 'fe80::1', 1883, '', 'mqtt://[fe80::1]:1883'],
    ['ws://h/mqtt?token=x', 'ws', 'h', 80, '/mqtt?token=x', 'ws://h:80/mqtt'],
    ['wss://h', 'wss', 'h', 443, '/', 'wss://h:443/'],
    ['MQTT://H:1883/ignored', 'mqtt', 'H', 1883, '', 'mqtt://H:1883'],
  ])('%s', (text, protocol, host, port, path, shown) => {
    const none = { username: undefined, password: undefined };
    expect(parseBrokerUrl(text)).toEqual({ protocol, host, port, path, shown, ...none });
  });

  test.each([
    ['mqtt://eva:se%3Acret@h', 'eva', 'se:cret'],
    ['mqtt://eva@h', 'eva', undefined],
    ['mqtt://eva:100%@h', 'eva', '100%'],
  ])('%s has a user, who is not shown', (text, username, password) => {
    expect(parseBrokerUrl(text)).toMatchObject({ username, password, shown: 'mqtt://h:1883' });
  });

  test.each(['', 'localhost', 'localhost:1883', 'http://h', 'mqtt://', 'mqtt://h:99999', 'mqtt://h:0'])(
    '"%s" is none',
    (text) => expect(parseBrokerUrl(text)).toBeUndefined(),
  );
});

test.each([
  [0, 1, 0.5, 1_000],
  [1, 1, 0.5, 1_000],
  [2, 1, 0.5, 2_000],
  [5, 1, 0.5, 16_000],
  [6, 1, 0.5, 30_000],
  [1_000_000, 1, 0.5, 30_000],
  [3, 3, 0.5, 1_000],
  [4, 3, 0.5, 2_000],
  [2, 1, 0, 1_500],
  [2, 1, 0.999, 2_499],
])('after %i failures with %i urls and chance %d it waits %i ms', (failures, urls, chance, delayMs) => {
  expect(retryDelay(failures, urls, { firstRetryMs: 1_000, longestMs: 30_000 }, chance)).toBe(delayMs);
});

describe('the watch for a takeover', () => {
  const happens = (steps: string): boolean[] => {
    const watch = new TakeoverWatch();
    return steps.split(' ').map((step) => {
      if (step === 's') watch.ended(true);
      else if (step === 'e') watch.ended(false);
      else if (step === 'r') watch.refused();
      else watch.stood();
      return watch.isHappening();
    });
  };
  test.each([
    ['three signs in a row', 's s s', [false, false, true]],
    ['another end between them', 's s e s', [false, false, false, false]],
    ['a refusal between them', 's s r s', [false, false, false, false]],
    ['a connection that stood', 's s k s s', [false, false, false, false, false]],
    [
      'recognised, it goes on until one stood',
      's s s s e r k',
      [false, false, true, true, true, true, false],
    ],
  ])('%s', (_, steps, expected) => expect(happens(steps)).toEqual(expected));

  test('tells of each change once', () => {
    const watch = new TakeoverWatch();
    expect([1, 2, 3, 4].map(() => watch.ended(true))).toEqual([false, false, true, false]);
    expect([watch.stood(), watch.stood()]).toEqual([true, false]);
  });
});

describe('the suspects', () => {
  const publishes = (...topics: string[]): Suspect[] =>
    topics.map((topic) => ({ act: 'publish' as const, topic }));
  const [b = { act: 'publish', topic: 'b' }] = publishes('b');

  test('go one by one until they are answered', () => {
    const suspects = new Suspects();
    expect(suspects.isIsolating()).toBe(false);
    expect(suspects.closedAfter(publishes('a', 'b'))).toBeUndefined();
    expect(suspects.isIsolating()).toBe(true);
    for (const one of publishes('a', 'c')) suspects.answered(one);
    expect(suspects.isIsolating()).toBe(true);
    expect(suspects.isSuspect(b)).toBe(true);
    suspects.answered(b);
    expect(suspects.isIsolating()).toBe(false);
  });

  test('one is guilty when it was alone twice after having been among them', () => {
    const suspects = new Suspects();
    const guilty = [['a', 'b'], ['b'], ['b']].map((topics) => suspects.closedAfter(publishes(...topics)));
    expect(guilty).toEqual([undefined, undefined, b]);
    expect(suspects.isIsolating()).toBe(true);
  });

  test('to publish to a topic and to subscribe to it are two things', () => {
    const suspects = new Suspects();
    const reading: Suspect = { act: 'subscribe', topic: 'b' };
    expect(suspects.closedAfter([b, reading])).toBeUndefined();
    suspects.answered(b);
    expect(suspects.isSuspect(reading)).toBe(true);
    expect([1, 2].map(() => suspects.closedAfter([reading]))).toEqual([undefined, reading]);
  });

  test.each([
    ['an answer', (suspects: Suspects) => suspects.answered(b)],
    ['a connection that stood', (suspects: Suspects) => suspects.stood()],
  ])('%s clears the name', (_, clear) => {
    const suspects = new Suspects();
    for (let times = 1; times <= 2; times += 1) suspects.closedAfter([b]);
    clear(suspects);
    expect(suspects.closedAfter([b])).toBeUndefined();
  });

  test('nothing sent, nobody suspected', () => {
    const suspects = new Suspects();
    expect([1, 2, 3].map(() => suspects.closedAfter([]))).toEqual([undefined, undefined, undefined]);
    expect(suspects.isIsolating()).toBe(false);
  });

  test('many together are never guilty', () => {
    const suspects = new Suspects();
    expect([1, 2, 3, 4].map(() => suspects.closedAfter(publishes('a', 'b')))).toEqual(
      Array(4).fill(undefined),
    );
  });
});

describe('words', () => {
  const attempt = {
    shown: 'mqtt://h:1883',
    usesTls: false,
    protocol: '3.1.1',
    clientId: 'cellar',
    hasUsername: false,
    connectTimeoutMs: 10_000,
    keepaliveS: 15,
  } as const;

  test.each([
    [1, 'mqtt://h:1883: the broker does not speak MQTT 3.1.1. hint: set mqtt.protocol to 5'],
    [0x84, 'mqtt://h:1883: the broker does not speak MQTT 3.1.1. hint: set mqtt.protocol to 5'],
    [0x8a, 'mqtt://h:1883: the broker refused the connection: this client is banned'],
    [0xee, 'mqtt://h:1883: the broker refused the connection: reason code 238'],
  ])('CONNACK %i', (code, words) => expect(connackInWords(code, attempt)).toBe(words));

  test.each([
    [0x8b, 'mqtt://h:1883: the broker ended the connection: the broker is shutting down'],
    [0x8e, 'mqtt://h:1883: another program has connected with the client id cellar'],
  ])('DISCONNECT %i', (code, words) => expect(disconnectInWords(code, attempt)).toBe(words));

  test('name keys of the configuration that exist', () => {
    const source = readFileSync(new URL('../../../src/io/broker/reasons.ts', import.meta.url), 'utf8');
    const named = new Set([...source.matchAll(/\bmqtt\.[a-z_]+/g)].map(([key]) => key));
    expect(named.size).toBeGreaterThan(4);
    expect([...named].filter((key) => !new Set<string>(CONFIG_KEY_NAMES).has(key))).toEqual([]);
  });

  test('codes without a name are given as numbers', () => expect(codeInWords(1)).toBe('reason code 1'));

  test('of an attempt at several addresses the last error counts', () => {
    const error = new AggregateError([problemAt('ECONNREFUSED'), problemAt('EHOSTUNREACH')]);
    expect(errorCode(error)).toBe('EHOSTUNREACH');
    expect(errorInWords(error, false, attempt)).toMatch(/cannot be reached/);
  });

  test.each([
    [problemAt('ECONNRESET'), true, 'mqtt://h:1883: the broker closed the connection'],
    [new Error('one\ntwo'), true, 'mqtt://h:1883: one'],
    [new Error(''), true, 'mqtt://h:1883: unknown error'],
    ['text', true, 'mqtt://h:1883: text'],
  ])('%s', (error, accepted, words) => expect(errorInWords(error, accepted, attempt)).toBe(words));

  function problemAt(code: string): Error {
    return Object.assign(new Error(code), { code });
  }
});
