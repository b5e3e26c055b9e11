import { expect, it, test } from 'vitest';
import type { SensorStatus } from '../../src/service/status.js';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { alias: 'hall', zone: 'ground', name: 'Hall', dusk: 'A2' }),
    sensorSettings('C1', 'DS10A', { alias: 'door', type: 'door', zone: 'ground', silentMs: 3_600_000 }),
    sensorSettings('C2', 'MS10A', { alias: 'stairs' }),
    sensorSettings('C3', 'SD90', { alias: 'smoke', type: 'smoke' }),
    sensorSettings('C5', 'SD90', { alias: 'kitchen', type: 'smoke', zone: 'ground' }),
    sensorSettings('C4', 'KR10A', { alias: 'fob', type: 'remote' }),
    sensorSettings('B1', 'LM465', { alias: 'lamp', type: 'light' }),
    sensorSettings('D1', 'ORE_TH1', { alias: 'weather', type: 'reading' }),
    sensorSettings('E1', 'MS14A', { alias: 'neighbour', ignore: true }),
  ],
  zones: [zoneSettings('ground', { name: 'Ground floor' })],
});

async function house(): Promise<Lives> {
  const lives = await beginLives(settings);
  await lives.look();
  await lives.connect(false);
  await lives.acknowledge();
  await lives.passAcknowledged(5000);
  return lives;
}

const sensor = (lives: Lives, alias: string): SensorStatus | undefined =>
  lives
    .service()
    .status()
    .sensors.find((each) => each.alias === alias);

const security = (unit: number, said: string): string =>
  `rcva func ${said.split(' ')[0]?.padStart(12)} : hu C${unit}  ${said.split(' ').slice(1).join(' ')} (x)`;

it('shows all sensors but ignored ones, in the order of the aliases, before anything was heard', async () => {
  const { running, sensors, unnamed, problems, log } = (await house()).service().status();
  expect(running).toBe(true);
  expect(sensors.map(({ alias, state, last_seen: at, battery }) => [alias, state, at, battery])).toEqual(
    ['hall', 'door', 'stairs', 'smoke', 'kitchen', 'fob', 'lamp', 'weather'].map((alias) => [
      alias,
      null,
      null,
      null,
    ]),
  );
  expect(unnamed).toEqual([]);
  expect(problems).toEqual([]);
  expect(log).toMatchObject({ status: 'following' });
});

test.each([
  ['hall', pair('rcvi', 'A1', 'On'), 'motion', null],
  ['hall', [...pair('rcvi', 'A1', 'On'), ...pair('rcvi', 'A1', 'Off')], 'no motion', null],
  ['hall', [...pair('rcvi', 'A1', 'Off'), ...pair('rcvi', 'A2', 'On')], 'no motion, dark', null],
  ['door', [security(1, 'Alert swMin')], 'open', 'ok'],
  ['door', [security(1, 'Clear swMin LoBat')], 'closed', 'low'],
  ['stairs', [security(2, 'Alert LoBat')], 'motion', 'low'],
  ['smoke', [security(3, 'Alert')], 'smoke', 'ok'],
  ['fob', [security(4, 'Disarm')], 'disarm', null],
  ['lamp', pair('rcvi', 'B1', 'On'), 'on, 100 %', null],
  ['weather', ['rcva func      oreTemp : hu D1  Ch 1 Temp 21.5C (x)'], '21.5 °C', 'ok'],
])('shows %s after %j as %s', async (alias, lines, state, battery) => {
  const lives = await house();
  await lives.hear(...lines);
  expect(sensor(lives, alias)).toMatchObject({ state, battery, silent: false });
  expect(sensor(lives, alias)?.last_seen).toMatch(/^2026-11-22T/);
});

it('shows a sensor that has fallen silent', async () => {
  const lives = await house();
  await lives.hear(security(1, 'Clear'));
  await lives.passAcknowledged(2 * 3_600_000);
  expect(sensor(lives, 'door')).toMatchObject({ state: 'closed, silent', silent: true });
});

it('shows zones with their alarm, and an unknown one with what it was', async () => {
  const lives = await house();
  const zone = () => lives.service().status().zones[0];
  expect(zone()).toMatchObject({ zone: 'ground', name: 'Ground floor', alarm: false });
  await lives.receive('x10/zone/ground/set', 'ARM_AWAY');
  await lives.passAcknowledged(2000);
  expect(zone()).toMatchObject({ state: 'armed_away', alarm: false, reason: null });
  expect(zone()?.since).toMatch(/^2026-11-22T/);
  await lives.hear(...pair('rcvi', 'A1', 'On'));
  expect(zone()).toMatchObject({ alarm: true, alarm_sensor: 'hall' });
});

it('shows what stands open, and smoke as an alarm', async () => {
  const lives = await house();
  const zone = () => lives.service().status().zones[0];
  await lives.hear(security(1, 'Alert swMin'));
  expect(zone()).toMatchObject({ open_sensors: ['door'], alarm: false });
  await lives.hear(security(5, 'Alert'));
  expect(zone()).toMatchObject({ state: 'triggered', alarm: true, alarm_sensor: 'kitchen' });
});

it('shows who has no name, the one heard last first', async () => {
  const lives = await house();
  await lives.hear(...pair('rcvi', 'A9', 'On'), ...pair('rcvi', 'A9', 'Off'));
  await lives.passAcknowledged(60_000);
  await lives.hear('rcva func       RFdata : Type Sec ID 0x22 Data 0x0C');
  expect(lives.service().status().unnamed).toMatchObject([
    { sender: 'Sec 0x22', count: 1 },
    { sender: 'A9', label: null, count: 2, function: 'Off' },
  ]);
});

it('shows what is wrong, with what to do', async () => {
  const lives = await house();
  await lives.disconnect();
  lives.service().concerned('configuration', 'config.yaml:3');
  const { problems, broker } = lives.service().status();
  expect(broker).toEqual({ connected: false });
  expect(problems).toEqual([
    { problem: 'the broker is not reached: events wait for it', hint: 'heyu2mqtt check shows why' },
    {
      problem: 'the configuration has errors: the last good one is in force (config.yaml:3)',
      hint: 'heyu2mqtt check shows every error',
    },
  ]);
});
