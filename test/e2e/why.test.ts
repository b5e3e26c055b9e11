/** `heyu2mqtt why`: a house that arms itself, motion, a reload and a restart; asked of the service, and of its files. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, type Ran } from '../cli/run-cli.js';
import { makeHouse, pair } from '../support/house.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

test('why and report tell the same with the service and without it', async () => {
  const bridge = makeHouse({
    // nobody listens there: the alarm needs no broker
    mqttUrl: 'mqtt://127.0.0.1:9',
    config: 'zones:\n  ground: { name: Ground floor }\n',
    aliases:
      'aliases:\n  hall: { address: A3, model: MS14A, zone: ground }\n  stairs: { address: A5, model: MS14A, zone: ground }\n',
  });
  onTestFinished(() => bridge.remove());
  const why = (...args: readonly string[]): Promise<Ran> =>
    runCli('why', ...args, '--config', bridge.configPath);
  const journal = (): string => readFileSync(join(bridge.statePath, 'journal.ndjson'), 'utf8');
  await bridge.start();
  const command = (word: string): Promise<Ran> =>
    runCli('zone', word, 'ground', '--config', bridge.configPath);
  await command('arm');
  await command('disarm');
  bridge.heyu(...pair('rcvi', 'A3', 'On'), ...pair('sndc', 'A5', 'On'));
  await until(async () => (await why('hall')).out.includes('motion at'));
  const disarmed = await why('hall', 'last');
  expect(disarmed).toMatchObject({ code: 0, err: '' });
  expect(disarmed.out).toMatch(
    /^hall, \d{4}-\d\d-\d\d:\n {2}motion at .* \(rcvi A3 on\), and has not ended\n/,
  );
  expect(disarmed.out).toMatch(/zone ground: disarmed since .*\n {2}therefore: no alert\n$/);
  expect((await why('stairs')).out).toContain('without effect: command of heyu itself');

  expect((await command('arm')).code).toBe(0);
  bridge.heyu(...pair('rcvi', 'A5', 'On'));
  await until(() => journal().includes('"verdict":"alert"'));
  const alert = await why('stairs');
  expect(alert.out).toMatch(
    /zone ground: armed away since .* by a command on this machine \(not verified: no connection to the broker\)\n/,
  );
  expect(alert.out).toMatch(/alert for the signal at .*: zone armed_away\n {2}therefore: an alert\n$/);
  const zone = JSON.parse((await why('ground', 'today', '--json')).out) as Record<string, unknown>;
  expect(zone).toMatchObject({ name: 'ground', about: 'zone', found: true });

  // who may not read the log asks the service: it has one that this configuration does not know
  bridge.write('elsewhere.yaml', 'heyu: { log: nowhere.log }\nstate_dir: state\n');
  const report = (file: string): Promise<Ran> => runCli('report', '--json', '--config', file);
  const asked = await report(join(bridge.folder, 'elsewhere.yaml'));
  expect(asked).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(asked.out)).toMatchObject({
    sensors: [{ alias: 'hall', events: 1 }, { alias: 'stairs' }],
    zones: [{ zone: 'ground', alerts: 1 }],
    log: { lines: 6 },
  });

  // another hold time from now on: what was before is judged with it, and that is said
  writeFileSync(
    bridge.aliasesPath,
    readFileSync(bridge.aliasesPath, 'utf8').replace('address: A5', 'hold: 2m, address: A5'),
  );
  bridge.signal('SIGHUP');
  await until(async () =>
    (await why('stairs')).out.includes("judged with today's settings; at that time it had hold: 300 s"),
  );
  expect(await bridge.stop()).toBe(0);
  expect(journal().trimEnd().split('\n').at(-1)).toContain('"kind":"stop"');

  expect(JSON.parse((await report(bridge.configPath)).out)).toMatchObject({
    zones: [{ zone: 'ground', alerts: 1 }],
    log: { lines: 6 },
  });
  const files = await why('stairs');
  expect(files).toMatchObject({ code: 0, err: '' });
  expect(files.out).toContain('therefore: an alert');
  expect(await why('stears')).toMatchObject({ code: 64, out: '' });
  expect((await why('stears')).err).toContain('did you mean "stairs"?');
  expect((await why('stairs', 'soon')).err).toContain('"soon" is not a valid time');
});
