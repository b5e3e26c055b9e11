import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { MAIN, makeHouse } from '../support/house.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { atTerminal, KEY } from '../cli/terminal-session.js';

type Run = { readonly child: ChildProcess; readonly out: () => string; readonly err: () => string };

/** The built program in a process of its own. */
function run(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return { child, out: () => out, err: () => err };
}

async function scene(): Promise<{ mosquitto: Mosquitto; seen: Collector; config: string }> {
  const mosquitto = await startMosquitto({ config: ['sys_interval 1'] });
  onTestFinished(mosquitto.remove);
  const seen = await collect(mosquitto.url, ['#', '$SYS/broker/clients/disconnected']);
  onTestFinished(() => seen.stop());
  const bridge = makeHouse({ mqttUrl: mosquitto.url });
  onTestFinished(bridge.remove);
  writeFileSync(join(bridge.folder, 'aliases.yaml'), 'aliases: {}\n');
  return { mosquitto, seen, config: bridge.configPath };
}

/** What a newcomer finds at the broker. */
async function retained({ url }: Mosquitto): Promise<readonly string[]> {
  const late = await collect(url, ['x10/#', 'end']);
  await late.publish('end', 'end');
  await late.untilLast('end', 'end');
  await late.stop();
  return late.messages.filter(({ retain }) => retain).map(({ topic }) => topic);
}

test.concurrent('broker-check, as it is installed: a verdict in words and as an exit code', async () => {
  const { mosquitto, config } = await scene();
  const { child, out } = run('broker-check', '--config', config, '--json');
  const [code] = (await once(child, 'exit')) as [number | null];
  const said = JSON.parse(out()) as Record<string, unknown>;
  expect(Object.keys(said)).toEqual([
    'verdict',
    'reasons',
    'settings',
    'rows',
    'broker',
    'urls',
    'protocols',
  ]);
  expect(said).toMatchObject({ verdict: 'fit', reasons: [], settings: [], urls: [mosquitto.url] });
  expect(code).toBe(0);
});

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)('broker-check cleans up after %s', async (signal) => {
  const { mosquitto, seen, config } = await scene();
  const { child, out, err } = run('broker-check', '--config', config);
  await seen.until(
    () => seen.messages.some(({ topic }) => topic.endsWith('/queue')),
    'the trial of the queue',
  );
  child.kill(signal);
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(err()).toContain('cancelled, the topics and sessions of the trials are removed');
  expect(out()).toBe('');
  expect(code).toBe(130);
  expect(await retained(mosquitto)).toEqual([]);
  await seen.untilLast('$SYS/broker/clients/disconnected', '0');
});

test.concurrent('broker-check says what it could not clean up', async () => {
  const { mosquitto, seen, config } = await scene();
  const { child, err } = run('broker-check', '--config', config);
  await seen.until(
    () => seen.messages.some(({ topic }) => topic.endsWith('/queue')),
    'the trial of the queue',
  );
  await mosquitto.stop('SIGKILL');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(err()).toMatch(
    /not removed, because the broker could not be reached: the retained x10\/bridge\/broker-check\//,
  );
  expect(err()).toMatch(/: the session of h2m-check-/);
  expect(code).toBe(2);
});

test.concurrent('broker-check tells a person what it is doing, and can be called off', async () => {
  const { mosquitto, config } = await scene();
  const session = atTerminal(['broker-check', '--config', config]);
  await session.sees('the five tests, MQTT 5 ...');
  await session.sees('the order after an absence ...');
  session.types(KEY.ctrlC);
  await session.sees('cancelled, the topics and sessions of the trials are removed');
  expect(await session.ends()).toBe(130);
  expect(await retained(mosquitto)).toEqual([]);
});
