import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, test } from 'vitest';
import { checkPage } from '../../src/cli/check/check-page.js';
import { load } from '../../src/cli/configured.js';
import type { Configuration } from '../../src/config/load.js';
import { freePort } from '../support/free-port.js';
import { house, runCli } from './run-cli.js';

/** What is told: verdict and text. */
async function told(
  web: string,
  isRunning: boolean,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly (readonly [string, string])[]> {
  const { configPath } = house({ 'config.yaml': `zones: { ground: {} }\n${web}`, ...files });
  const loaded = load(configPath);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return tellOf(loaded.configuration, isRunning);
}

async function tellOf(
  configuration: Configuration,
  isRunning: boolean,
): Promise<readonly (readonly [string, string])[]> {
  const said: (readonly [string, string])[] = [];
  await checkPage(configuration, isRunning, (verdict, text) => said.push([verdict, text]));
  return said;
}

async function answering(text: string): Promise<number> {
  const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('is off where its owner says so', async () => {
  expect(await told('web: { listen: off }\n', true)).toEqual([['note', 'it is off (web.listen)']]);
});

test.each([
  ['ok\n', true, 'ok', 'it is served at'],
  ['stuck\n', true, 'error', 'the log is not being read'],
  ['<html>', true, 'error', 'another program answers at'],
  ['<html>'.repeat(1000), true, 'error', 'another program answers at'],
  ['<html>', false, 'note', 'another program answers at'],
  ['', true, 'error', 'another program answers at'],
])('%j of a service that runs (%s): %s', async (text, isRunning, verdict, words) => {
  const [said] = await told(`web: { listen: ${await answering(text)} }\n`, isRunning);
  expect(said).toEqual([verdict, expect.stringContaining(words) as string]);
});

test.each([
  [true, 'error', 'no answer at'],
  [false, 'note', 'while the service runs'],
])('nobody answers, the service runs: %s', async (isRunning, verdict, words) => {
  const [said] = await told(`web: { listen: ${await freePort()} }\n`, isRunning);
  expect(said).toEqual([verdict, expect.stringContaining(words) as string]);
});

it('can be read from the network with a token alone', async () => {
  const web = `web: { listen: "0.0.0.0:${await answering('ok\n')}" }\n`;
  const [, warned] = await told(web, true);
  expect(warned).toEqual(['warning', 'nobody can read it from another machine: there is no token']);
  const { configPath } = house({ 'config.yaml': `zones: { ground: {} }\n${web}` });
  await runCli('web', 'token', 'add', 'phone', '--config', configPath);
  const loaded = load(configPath);
  if (!loaded.ok) throw new Error('the configuration has errors');
  expect(await tellOf(loaded.configuration, true)).toHaveLength(1);
});
