/** Codes of zones, from the command that writes them to the panel that sends them. */

import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collect } from '../support/collect.js';
import { MAIN, makeHouse } from '../support/house.js';
import { startMosquitto } from '../support/mosquitto.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

const CODE = '47110815';

test('a code disarms, a wrong one and none do not, and a damaged file protects no less', async () => {
  const mosquitto = await startMosquitto();
  onTestFinished(() => mosquitto.remove());
  const bridge = makeHouse({
    mqttUrl: mosquitto.url,
    config: 'codes_file: codes\nzones:\n  ground: {}\n  attic: {}\n  alarmo: { state_topic: alarmo/state }\n',
  });
  onTestFinished(() => bridge.remove());
  const code = (args: readonly string[], input = ''): { out: string; status: number | null } => {
    const run = [MAIN, 'zone', 'code', ...args, '--config', bridge.configPath];
    const { status, stdout, stderr } = spawnSync(process.execPath, run, { input, encoding: 'utf8' });
    return { status, out: stdout + stderr };
  };
  const codes = bridge.path('codes');
  expect(code(['add', 'grund', 'jane'], CODE).out).toContain('did you mean "ground"?');
  expect(code(['add', 'alarmo', 'jane'], CODE).out).toContain('another program keeps alarmo');
  expect(code(['add', 'ground', 'jane'], '12').out).toContain('a code has 4 to 12 digits');
  expect(code(['add', 'ground', 'jane'], `${CODE}\n`).status).toBe(0);
  expect(code(['add', 'ground', 'bob'], `${CODE}\n`).out).toContain('this code is already in use');
  expect(code(['list', 'ground', '--json']).out).toContain('"jane"');
  expect(statSync(codes).mode & 0o777).toBe(0o600);
  expect(readFileSync(codes, 'utf8')).not.toContain(CODE);

  const seen = await collect(mosquitto.port, ['#']);
  onTestFinished(() => seen.stop());
  await bridge.start();
  const send = (action: string, typed: unknown): Promise<void> =>
    seen.publish('x10/zone/ground/set', JSON.stringify({ action, code: typed }));
  await seen.untilLast('x10/zone/ground/state', 'disarmed');
  const panel = seen.last('homeassistant/device/x10_zone_ground/config')?.payload;
  expect(panel).toContain('REMOTE_CODE');
  expect(panel).toContain('wrong_code');
  expect(seen.last('homeassistant/device/x10_zone_attic/config')?.payload).not.toContain('REMOTE_CODE');
  await send('ARM_AWAY', null);
  await seen.untilLast('x10/zone/ground/state', 'armed_away');
  await send('DISARM', null);
  await send('DISARM', '00000000');
  await seen.until(() => seen.last('x10/zone/ground/event')?.payload.includes('"wrong_code"') === true);
  expect(seen.last('x10/zone/ground/state')?.payload).toBe('armed_away');
  await send('DISARM', CODE);
  await seen.untilLast('x10/zone/ground/state', 'disarmed');
  expect(seen.last('x10/zone/ground/event')?.payload).toContain('jane');

  await send('ARM_AWAY', null);
  await seen.untilLast('x10/zone/ground/state', 'armed_away');
  const before = readFileSync(codes, 'utf8');
  writeFileSync(codes, before.slice(0, -20));
  await until(() => /no code is right.*configuration reloaded/s.test(bridge.output()));
  await send('DISARM', CODE);
  await seen.until(
    () => seen.messages.filter(({ payload }) => payload.includes('"event_type":"wrong_code"')).length > 1,
  );
  expect(seen.last('x10/zone/ground/state')?.payload).toBe('armed_away');
  writeFileSync(codes, before);
  chmodSync(codes, 0o644);
  bridge.signal('SIGHUP');
  await until(() => bridge.output().includes('can be read by all users'));
  await bridge.stop();
  const said = seen.messages.filter(
    ({ topic, payload }) => !topic.endsWith('/set') && payload.includes(CODE),
  );
  expect(said).toEqual([]);
  expect(bridge.output() + bridge.read('state/state.json')).not.toContain(CODE);
  expect(code(['remove', 'ground', 'jane']).out).toContain('it asks for none');
});
