/** The page of a running service, as its owner sees it. */

import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import type { PageState, Timeline, WhyAnswer } from '../../src/web/protocol.js';
import { freePort } from '../support/free-port.js';
import { makeHouse, pair, stampAt, type House } from '../support/house.js';
import { until } from '../support/until.js';
import { runCli } from '../cli/run-cli.js';

const ALIASES = 'aliases:\n  hall: { address: A3, name: Hall, zone: ground }\n';

async function served(): Promise<{
  readonly house: House;
  readonly url: string;
  readonly state: () => Promise<PageState>;
}> {
  const port = await freePort();
  const house = makeHouse({
    config: `web: { listen: ${port} }\nzones: { ground: {} }\n`,
    aliases: ALIASES,
    mqttUrl: 'mqtt://127.0.0.1:1',
  });
  onTestFinished(() => house.remove());
  await house.start();
  onTestFinished(async () => {
    await house.stop();
  });
  const url = `http://127.0.0.1:${port}/`;
  await until(
    () => house.output().includes('the page is served'),
    () => house.output(),
  );
  const state = async (): Promise<PageState> => (await (await fetch(`${url}api/state`)).json()) as PageState;
  return { house, url, state };
}

const heard = (house: House, ...lines: readonly string[]): void =>
  appendFileSync(house.logPath, lines.map((line) => `${stampAt(Date.now())}  ${line}\n`).join(''));

it('shows the house, what is wrong with its configuration, and moves with web.listen', async () => {
  const { house, url, state } = await served();
  expect(await (await fetch(url)).text()).toContain('<script type="module" src="./app-');
  heard(house, ...pair('rcvi', 'A3', 'On'));
  await until(async () => (await state()).house.sensors[0]?.state === 'motion');
  const now = Date.now();
  const drawn = async (hours: number): Promise<Timeline> => {
    const query = `from=${now - hours * 3_600_000}&to=${now + 60_000}&px=300`;
    return (await (await fetch(`${url}api/timeline?${query}`)).json()) as Timeline;
  };
  // an hour is read by the service itself, a week by a process of its own
  for (const hours of [1, 7 * 24]) {
    const { lanes } = await drawn(hours);
    expect(lanes.map(({ alias, runs }) => [alias, runs.length])).toEqual([['hall', 1]]);
  }
  const [motion] = (await drawn(1)).lanes[0]?.runs ?? [];
  const asked = `${url}api/why?name=hall&at=${motion?.[3] ?? 0}`;
  const { found, words } = (await (await fetch(asked)).json()) as WhyAnswer;
  expect([found, words.join('\n')]).toEqual([true, expect.stringMatching(/motion/) as string]);
  expect((await fetch(`${url}api/why?name=nobody&at=1`)).status).toBe(404);
  writeFileSync(house.path('aliases.yaml'), `${ALIASES}  hall_two: { address: A3 }\n`);
  const errors = await until(async () => {
    const { errors: said } = await state();
    return said.length > 0 && said;
  });
  expect(errors[0]).toMatchObject({
    file: house.path('aliases.yaml'),
    line: 3,
    hint: expect.any(String) as string,
  });
  const port = await freePort();
  writeFileSync(house.path('aliases.yaml'), ALIASES);
  const config = house.read('config.yaml').replace(/listen: \d+/, `listen: ${port}`);
  writeFileSync(house.configPath, config);
  await until(
    () =>
      fetch(`http://127.0.0.1:${port}/api/state`).then(
        ({ ok }) => ok,
        () => false,
      ),
    () => house.output(),
  );
  await expect(fetch(url)).rejects.toThrow();
});

it('takes a name from who has a token, and the alias file gets it by adopt', async () => {
  const { house, url, state } = await served();
  const made = await runCli('web', 'token', 'add', 'phone', '--json', '--config', house.configPath);
  const { token } = JSON.parse(made.out) as { token: string };
  await fetch(`${url}api/lines`);
  heard(house, ...pair('rcvi', 'B7', 'On'));
  const [sender] = await until(async () => {
    const { unnamed } = (await state()).house;
    return unnamed.length > 0 && unnamed;
  });
  expect(sender).toMatchObject({ sender: 'B7', proposed: null });
  const named = await fetch(`${url}api/names`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ alias: 'porch', address: 'B7', name: 'Front porch', zone: 'ground' }),
  });
  expect(named.status).toBe(200);
  expect((await state()).house.unnamed[0]).toMatchObject({ sender: 'B7', proposed: 'porch' });
  const { out } = await runCli('alias', 'adopt', '--yes', '--config', house.configPath);
  expect(out).toContain('+ porch: { address: B7, name: Front porch, zone: ground }');
  await until(async () => (await state()).house.sensors.some(({ alias }) => alias === 'porch'));
  expect((await state()).house.unnamed).toEqual([]);
});

it('goes on without a page where its port is in use, and serves it when that is over', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const house = makeHouse({
    config: `web: { listen: ${port} }\n`,
    aliases: 'aliases: {}\n',
    mqttUrl: 'mqtt://127.0.0.1:1',
  });
  onTestFinished(() => house.remove());
  await house.start();
  onTestFinished(async () => {
    await house.stop();
  });
  const status = async (): Promise<string> => (await runCli('status', '--config', house.configPath)).out;
  await until(
    async () => (await status()).includes(`the page cannot be served (127.0.0.1:${port} is in use)`),
    () => house.output(),
  );
  other.close();
  await once(other, 'close');
  writeFileSync(house.configPath, house.read('config.yaml').replace('web: {', 'web: { open_reading: true,'));
  await until(
    async () => !(await status()).includes('the page cannot'),
    () => house.output(),
  );
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});
