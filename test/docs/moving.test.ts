/** What docs/moving.md says is done: its own commands move a bridge, below a folder in place of the root directory. */

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { collect, type Collector } from '../support/collect.js';
import { MAIN, makeHouse, pair, type House } from '../support/house.js';
import { startMosquitto } from '../support/mosquitto.js';
import { onTestFinished } from '../support/test-end.js';
import { sectionOf, textOf } from './documents.js';

const PAGE = textOf('docs/moving.md');

/** The commands in the shell blocks of a section, in order. */
const commandsOf = (heading: string): readonly string[] =>
  [...sectionOf(PAGE, heading).matchAll(/^ *```sh\n(.*?)^ *```/gms)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');

const CONFIG = `zones:
  house: { name: House, alert_cooldown: 0s }
  attic: { state_topic: alarmo/attic, alert_cooldown: 0s }
`;
const ALIASES = `aliases:
  hall: { address: A3, model: MS14A, zone: house }
  attic: { address: A5, model: MS14A, zone: attic }
`;

/** What a bridge has below `/`; the paths that the house has given it lead there. */
const PLACES = {
  'config.yaml': 'etc/heyu2mqtt',
  'aliases.yaml': 'etc/heyu2mqtt',
  state: 'var/lib/heyu2mqtt',
};

/** Lays the files of a house out as the packages do. */
function layOut(house: House): void {
  mkdirSync(house.path('etc/heyu2mqtt'), { recursive: true });
  mkdirSync(house.path('var/lib/heyu2mqtt'), { recursive: true });
  for (const name of ['config.yaml', 'aliases.yaml']) {
    renameSync(house.path(name), house.path(`etc/heyu2mqtt/${name}`));
    symlinkSync(house.path(`etc/heyu2mqtt/${name}`), house.path(name));
  }
  symlinkSync(house.path(PLACES.state), house.path('state'));
}

/** Runs commands of the page: systemctl starts and stops the house, `/` is its folder; others are for the caller. */
async function follow(house: House, commands: readonly string[]): Promise<readonly string[]> {
  const others: string[] = [];
  for (const command of commands) {
    const words = command.replace(/^sudo /, '');
    if (/^systemctl (stop|disable --now) heyu2mqtt$/.test(words)) await house.stop();
    else if (/^systemctl (start|enable --now) heyu2mqtt$/.test(words)) await house.start();
    else if (words.startsWith('tar ')) {
      const run = spawnSync('sh', ['-c', words.replace('-C /', `-C ${house.folder}`)], {
        cwd: house.folder,
        encoding: 'utf8',
      });
      expect({ command, status: run.status, stderr: run.stderr }).toMatchObject({ command, status: 0 });
    } else others.push(words);
  }
  return others;
}

type Scene = { readonly house: House; readonly seen: Collector };

/** A house whose own zone is armed, after one alert. */
async function armedHouse(): Promise<Scene> {
  const mosquitto = await startMosquitto({ persistence: true });
  onTestFinished(mosquitto.remove);
  const house = makeHouse({ mqttUrl: mosquitto.url, config: CONFIG, aliases: ALIASES });
  onTestFinished(house.remove);
  layOut(house);
  const seen = await collect(mosquitto.url, ['x10/#', 'homeassistant/#']);
  onTestFinished(seen.stop);
  await seen.publish('alarmo/attic', 'armed_away', { retain: true });
  await house.start();
  await seen.untilLast('x10/zone/attic/security', 'armed_away');
  await seen.publish('x10/zone/house/set', 'ARM_AWAY');
  await seen.untilLast('x10/zone/house/security', 'armed_away');
  await move(house, seen, 1);
  return { house, seen };
}

/** Someone moves before both sensors; each raises an alert, `times` in all. */
async function move(house: House, seen: Collector, times: number): Promise<void> {
  house.heyu(...pair('rcvi', 'A3', 'On'), ...pair('rcvi', 'A5', 'On'));
  for (const zone of ['house', 'attic'])
    await seen.until(() => seen.payloads(`x10/zone/${zone}/alert`).length === times, `alert ${times}`);
  house.heyu(...pair('rcvi', 'A3', 'Off'), ...pair('rcvi', 'A5', 'Off'));
  await seen.untilLast('x10/hall/motion', 'OFF');
  await seen.untilLast('x10/attic/motion', 'OFF');
}

const discovered = (seen: Collector): readonly (readonly [string, string | undefined])[] =>
  [...new Set(seen.messages.map(({ topic }) => topic))]
    .filter((topic) => topic.startsWith('homeassistant/') && topic.endsWith('/config'))
    .toSorted()
    .map((topic) => [topic, seen.last(topic)?.payload]);

/** Does `act`, which stops and starts the bridge: it knows its zones again, keeps its ids, and alerts at the next motion. */
async function goesOnAfter({ house, seen }: Scene, act: () => Promise<void>): Promise<void> {
  const [before, count] = [discovered(seen), seen.messages.length];
  expect(before.length).toBeGreaterThan(4);
  await act();
  const since = (topic: string): readonly string[] =>
    seen.messages
      .slice(count)
      .filter((message) => message.topic === topic)
      .map(({ payload }) => payload);
  for (const zone of ['house', 'attic'])
    await seen.until(() => since(`x10/zone/${zone}/available`).at(-1) === 'online', `zone ${zone}`);
  await move(house, seen, 2);
  for (const zone of ['house', 'attic']) expect(since(`x10/zone/${zone}/security`)).not.toContain('disarmed');
  const ids = seen
    .payloads('x10/zone/house/alert')
    .map((payload) => (JSON.parse(payload) as { readonly id: string }).id);
  expect(new Set(ids).size).toBe(2);
  expect(discovered(seen)).toEqual(before);
}

describe('docs/moving.md', () => {
  test('a backup is made of a bridge that goes on', async () => {
    const scene = await armedHouse();
    await goesOnAfter(scene, async () => {
      expect(await follow(scene.house, commandsOf('## Backup'))).toEqual([]);
    });
  });

  test('a restored zone has the state of the backup', async () => {
    const { house, seen } = await armedHouse();
    await follow(house, commandsOf('## Backup'));
    await seen.publish('x10/zone/house/set', 'DISARM');
    await seen.untilLast('x10/zone/house/security', 'disarmed');
    expect(await follow(house, commandsOf('## Restore'))).toEqual(['systemctl daemon-reload']);
    // the alarm of then is still on
    await seen.untilLast('x10/zone/house/security', 'triggered');
  });

  test.each([
    ['the log of the old one', true],
    ['a new log', false],
  ])('a new machine goes on with %s', async (_, hasOldLog) => {
    const scene = await armedHouse();
    const { house } = scene;
    const commands = commandsOf('## A new machine');
    const first = commands.findIndex((line) => line.includes('apt install'));
    await goesOnAfter(scene, async () => {
      expect(await follow(house, commands.slice(0, first))).toEqual([]);
      // the same paths on another machine: nothing is left but the archive, and inodes are others
      for (const place of Object.values(PLACES)) {
        rmSync(house.path(place), { recursive: true });
        mkdirSync(house.path(place), { recursive: true });
      }
      if (hasOldLog) cpSync(house.logPath, house.path('copy'), { preserveTimestamps: true });
      else writeFileSync(house.path('copy'), '');
      renameSync(house.path('copy'), house.logPath);
      const others = await follow(house, commands.slice(first));
      expect(others.map((line) => line.split(' ', 2).join(' '))).toEqual([
        'apt install',
        'systemctl daemon-reload',
        'heyu2mqtt check',
      ]);
    });
  });

  test('without the state directory an armed zone stays armed, by its retained message', async () => {
    const scene = await armedHouse();
    await goesOnAfter(scene, async () => {
      await scene.house.stop();
      rmSync(scene.house.path(PLACES.state), { recursive: true });
      mkdirSync(scene.house.path(PLACES.state));
      await scene.house.start();
    });
  });

  test('the unit of a second service has its own configuration and directories, and no other change', () => {
    const [command = ''] = commandsOf('## Several interfaces on one machine').filter((line) =>
      line.startsWith('heyu2mqtt service print'),
    );
    const folder = makeHouse();
    onTestFinished(folder.remove);
    folder.write('heyu2mqtt', `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    chmodSync(folder.path('heyu2mqtt'), 0o755);
    const run = (line: string): readonly string[] =>
      spawnSync('sh', ['-c', line], {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${folder.folder}:${process.env['PATH'] ?? ''}` },
      }).stdout.split('\n');
    const first = run('heyu2mqtt service print --systemd 257');
    const second = run(
      command.replace('service print', 'service print --systemd 257').replace(/sudo tee \S+/, 'cat'),
    );
    const settings = (lines: readonly string[]): readonly string[] =>
      lines.filter((line) => line !== '' && !line.startsWith('#'));
    const changed = settings(second).filter((line) => !first.includes(line));
    expect(settings(second).length).toBe(settings(first).length);
    expect(changed).toEqual([
      expect.stringMatching(/^ExecStart=.* run --config \/etc\/heyu2mqtt-garage\/config\.yaml$/),
      'StateDirectory=heyu2mqtt-garage',
      'CacheDirectory=heyu2mqtt-garage',
      'RuntimeDirectory=heyu2mqtt-garage',
    ]);
  });

  test('a second bridge on the same broker raises alerts by a zone of the first', async () => {
    const { house, seen } = await armedHouse();
    const mqtt = /mqtt: \{ url: "([^"]+)"/.exec(house.read('config.yaml'))?.[1] ?? '';
    const second = makeHouse({
      config: `mqtt: { url: "${mqtt}", base_topic: x10-garage }\n${/^zones:\n.*$/m.exec(PAGE)?.[0].replace('/ground/', '/house/') ?? ''}\n`,
      aliases: 'aliases:\n  gate: { address: A3, model: MS14A, zone: ground }\n',
    });
    onTestFinished(second.remove);
    const garage = await collect(mqtt, ['x10-garage/#']);
    onTestFinished(garage.stop);
    await second.start();
    // an alarm of the first bridge is one here, too
    await garage.untilLast('x10-garage/zone/ground/security', 'triggered');
    second.heyu(...pair('rcvi', 'A3', 'On'));
    await garage.until(() => garage.payloads('x10-garage/zone/ground/alert').length === 1, 'its alert');
    await seen.publish('x10/zone/house/set', 'DISARM');
    await garage.untilLast('x10-garage/zone/ground/security', 'disarmed');
    expect(seen.payloads('x10/zone/house/alert')).toHaveLength(1);
    expect(seen.last('x10/bridge/status')?.payload).toBe('online');
  });
});
