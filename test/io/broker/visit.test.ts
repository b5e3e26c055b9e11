/** A visit to a broker that hangs up instead of saying no. */

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { onTestFinished } from '../../support/test-end.js';
import { parseBrokerUrl } from '../../../src/io/broker/options.js';
import { subscribeToAll, visit, type Visit } from '../../../src/io/broker/visit.js';
import { startAedes, type TestAedes } from '../../support/aedes.js';
import { startMosquitto } from '../../support/mosquitto.js';

/** It hangs up on each topic that begins with `secret`. */
async function hangingUp(): Promise<TestAedes> {
  const broker = await startAedes({
    authorizeSubscribe: (client, subscription, callback) => {
      if (subscription.topic.startsWith('secret')) client.conn.destroy();
      else callback(null, subscription);
    },
  });
  onTestFinished(broker.remove);
  return broker;
}

async function enter(broker: { readonly url: string }, clientId: string, patienceMs = 5000): Promise<Visit> {
  const url = parseBrokerUrl(broker.url);
  if (url === undefined) throw new Error(`${broker.url} is not a valid url`);
  const client = await visit({
    url,
    credentials: { username: undefined, password: undefined },
    protocol: '3.1.1',
    clientId,
    clean: true,
    patienceMs,
  });
  onTestFinished(() => client.leave());
  return client;
}

test('all topics are asked for, and what was granted stands at the end', async () => {
  const broker = await hangingUp();
  let visits = 0;
  const { codes, earlier, current } = await subscribeToAll(
    () => enter(broker, `visit-${(visits += 1)}`),
    ['one', 'secret/a', 'two', 'secret/b', 'three'],
  );
  expect(Object.fromEntries(codes)).toEqual({ one: 1, 'secret/a': 0x80, two: 1, 'secret/b': 0x80, three: 1 });
  // one for all, one that fails at each secret, one that stands
  expect(earlier).toHaveLength(3);
  expect(earlier.map(({ closed }) => closed === undefined)).toEqual([false, false, false]);
  expect(current.closed).toBeUndefined();
  for (const topic of ['one', 'two', 'three']) {
    await current.send(topic, `to ${topic}`);
    expect(await current.until(() => current.copies(topic).length > 0, 5000), topic).toBe(true);
  }
});

test('an unanswered topic is one that may not be read', async () => {
  const broker = await startAedes({ authorizeSubscribe: () => undefined });
  onTestFinished(broker.remove);
  const client = await enter(broker, 'unanswered', 300);
  const { codes, earlier } = await subscribeToAll(() => Promise.resolve(client), ['one']);
  expect([...codes, earlier.length]).toEqual([['one', 0x80], 0]);
});

test('a visit that has ended takes nothing, and says why', async () => {
  const client = await enter(await hangingUp(), 'ended');
  await client.leave();
  expect(client.closed).toBe('left');
  expect(await client.publish('one', '1')).toBe('closed');
  await expect(client.send('one', '1')).rejects.toThrow('left');
  await expect(client.subscribe(['one'])).rejects.toThrow('left');
  expect(await client.until(() => false, 60_000)).toBe(false);
});

test('what came while the process stood still is heard before it counts as silence, or as late', async () => {
  const broker = await startMosquitto();
  onTestFinished(broker.remove);
  const client = await enter(broker, 'late');
  await client.subscribe(['one', 'two']);
  const waitMs = 50;
  /** Nothing of this process goes on until it is published and the time is over. */
  const standStill = (topic: string): void => {
    spawnSync('mosquitto_pub', [
      '-p',
      String(broker.port),
      '-h',
      '127.0.0.1',
      '-q',
      '1',
      '-t',
      topic,
      '-m',
      'x',
    ]);
    const from = performance.now();
    while (performance.now() - from < 2 * waitMs);
  };
  const quiet = client.quiet(waitMs, 60_000);
  standStill('one');
  await quiet;
  expect(client.copies('one')).toHaveLength(1);
  const came = client.until(() => client.copies('two').length > 0, waitMs);
  standStill('two');
  expect(await came).toBe(true);
});
