import { describe, expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const settings = coreSettings({
  sensors: [sensorSettings('B1', 'LM465', { alias: 'lamp', type: 'light', topic: 'lamp' })],
  control: true,
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

const house = async (): Promise<Lives> => {
  const lives = await beginLives(settings);
  await lives.settle();
  await lives.pass(2000);
  return lives;
};

const info = (lives: Lives): Record<string, unknown> =>
  JSON.parse(lives.retained.get('x10/bridge/info') ?? '{}') as Record<string, unknown>;

test('what waited in the session is counted by topic, whatever that is called', async () => {
  const lives = await beginLives({ ...settings, zones: [zoneSettings('ground')] });
  await lives.pass(2000);
  await lives.disconnect();
  await lives.connect(true);
  for (const topic of ['constructor', 'constructor', 'x10/zone/ground/set'])
    await lives.receive(topic, 'OFF');
  await lives.passAcknowledged(61_000);
  expect(info(lives)['session']).toMatchObject({
    queued: 3,
    queued_topics: { constructor: 2, 'x10/zone/ground/set': 1 },
  });
});

describe('a command for a lamp', () => {
  test('is obeyed', async () => {
    const lives = await house();
    await lives.receive('x10/lamp/set', 'ON');
    expect(lives.commanded).toEqual([['on', 'B1']]);
  });

  test('that is retained is not', async () => {
    const lives = await house();
    await lives.receive('x10/lamp/set', 'ON', true);
    expect(lives.commanded).toEqual([]);
    expect(lives.told.join('\n')).toContain('a retained command is refused');
  });

  test.each([
    ['a stopped process', (lives: Lives) => lives.clock.freeze(10_000)],
    ['a suspended machine', (lives: Lives) => lives.clock.set(8 * 3_600_000)],
  ])('that may have waited for %s is not, the next one is', async (_what, stand) => {
    const lives = await house();
    stand(lives);
    await Promise.all([lives.receive('x10/lamp/set', 'ON'), lives.receive('x10/lamp/set', 'OFF')]);
    expect(lives.commanded).toEqual([]);
    await lives.pass(1000);
    await lives.receive('x10/lamp/set', 'OFF');
    expect(lives.commanded).toEqual([['off', 'B1']]);
  });

  test('that comes in a queue which goes on after the SUBACK is not, the first one after a pause is', async () => {
    const lives = await house();
    await lives.disconnect();
    await lives.pass(24 * 3_600_000);
    await lives.connect(true);
    for (let i = 0; i < 40; i += 1) {
      await lives.receive('x10/lamp/set', i % 2 === 0 ? 'ON' : 'OFF');
      await lives.pass(20);
    }
    expect(lives.commanded).toEqual([]);
    await lives.pass(1000);
    await lives.receive('x10/lamp/set', 'ON');
    expect(lives.commanded).toEqual([['on', 'B1']]);
  });

  test('that comes behind a standstill within the queue is not, though messages paused', async () => {
    const lives = await house();
    await lives.disconnect();
    await lives.pass(24 * 3_600_000);
    await lives.connect(true);
    await lives.receive('x10/lamp/set', 'OFF');
    await lives.stall(true);
    await lives.pass(1000);
    await lives.receive('x10/lamp/set', 'ON');
    await lives.stall(false);
    await lives.receive('x10/lamp/set', 'OFF');
    expect(lives.commanded).toEqual([]);
    await lives.pass(2000);
    await lives.receive('x10/lamp/set', 'ON');
    expect(lives.commanded).toEqual([['on', 'B1']]);
  });

  test('is obeyed at once after a connect without a stored session, and in the end though messages never pause', async () => {
    const lives = await house();
    await lives.disconnect();
    await lives.connect(false);
    await lives.receive('x10/lamp/set', 'ON');
    expect(lives.commanded).toEqual([['on', 'B1']]);
    await lives.disconnect();
    await lives.connect(true);
    for (let i = 0; i < 80; i += 1) {
      await lives.receive('homeassistant/status', 'offline');
      await lives.pass(400);
    }
    await lives.receive('x10/lamp/set', 'OFF');
    expect(lives.commanded).toEqual([
      ['on', 'B1'],
      ['off', 'B1'],
    ]);
  });
});

test.each([
  [2000, true],
  [20_000, false],
])(
  'motion that waits to be sent while the process stands still for %i ms is shown: %s',
  async (ms, isShown) => {
    const houses = ['A', 'B', 'C'] as const;
    const units = houses.flatMap((house) =>
      ([1, 3, 5, 7, 9, 11, 13, 15] as const).map((unit) => `${house}${unit}` as const),
    );
    const sensors = units.map((unit) => sensorSettings(unit, 'MS14A', { holdMs: 5000 }));
    const lives = await beginLives({ ...settings, sensors });
    await lives.connect();
    // no more than 20 are in flight: what is said of all sensors at the start
    await lives.look();
    lives.heyu('rcvi addr unit      15 : hu C15 (_no_alias_)', 'rcvi func           On : hc C');
    await lives.look();
    lives.clock.freeze(ms);
    await lives.acknowledge();
    const said = lives.delivered.filter(({ topic }) => topic === 'x10/s_c15/motion');
    expect(said.map(({ payload }) => payload).includes('ON')).toBe(isShown);
  },
);

test('motions that wait for the broker while the process stands still are all looked at before one is sent', async () => {
  const sensors = (['A1', 'C15'] as const).map((unit) => sensorSettings(unit, 'MS14A', { holdMs: 5000 }));
  const lives = await beginLives({ ...settings, sensors });
  await lives.look();
  lives.heyu('rcvi addr unit       1 : hu A1  (_no_alias_)', 'rcvi func           On : hc A');
  lives.heyu('rcvi addr unit      15 : hu C15 (_no_alias_)', 'rcvi func           On : hc C');
  await lives.look();
  lives.clock.freeze(20_000);
  await lives.connect();
  await lives.passAcknowledged(0);
  const said = lives.delivered.filter(({ topic }) => topic.endsWith('/motion'));
  expect(said.map(({ payload }) => payload)).not.toContain('ON');
  expect(said.map(({ topic }) => topic)).toContain('x10/s_c15/motion');
});

test('motion that is over after a standstill is not said again by a republication that had begun before', async () => {
  const houses = ['A', 'B', 'C'] as const;
  const units = houses.flatMap((house) =>
    ([1, 3, 5, 7, 9, 11, 13, 15] as const).map((unit) => `${house}${unit}` as const),
  );
  const sensors = units.map((unit) => sensorSettings(unit, 'MS14A', { holdMs: 5000 }));
  const lives = await beginLives({ ...settings, sensors });
  await lives.settle();
  await lives.hear('rcvi addr unit      15 : hu C15 (_no_alias_)', 'rcvi func           On : hc C');
  await lives.disconnect();
  await lives.connect();
  const said = lives.delivered.length;
  lives.clock.freeze(20_000);
  await lives.acknowledge();
  const again = lives.delivered.slice(said).filter(({ topic }) => topic === 'x10/s_c15/motion');
  expect(again.map(({ payload }) => payload)).not.toContain('ON');
});

test('motion that is over is not said again for Home Assistant before the log is read on', async () => {
  const path = '/var/log/heyu/heyu.log.ttyS0';
  const sensors = [sensorSettings('A1', 'MS14A', { holdMs: 5000 })];
  const lives = await beginLives({ ...settings, sensors });
  await lives.settle();
  await lives.hear('rcvi addr unit       1 : hu A1  (_no_alias_)', 'rcvi func           On : hc A');
  await lives.logIs({ kind: 'unreadable', path, code: 'EIO', hint: 'the disk fails' });
  await lives.receive('homeassistant/status', 'online');
  const said = lives.delivered.length;
  lives.rotation.isWaited = true;
  lives.clock.freeze(9500);
  await lives.logIs({ kind: 'following', path });
  // the states follow the birth within 10.8 s
  await lives.passAcknowledged(3000);
  const again = lives.delivered.slice(said).filter(({ topic }) => topic === 'x10/s_a1/motion');
  expect(again.map(({ payload }) => payload)).not.toContain('ON');
});

describe('bridge/info', () => {
  test('tells when Home Assistant was last heard to start', async () => {
    const lives = await house();
    expect(info(lives)).toMatchObject({ home_assistant: { birth: null } });
    await lives.receive('homeassistant/status', 'online');
    await lives.passAcknowledged(0);
    expect(JSON.stringify(info(lives)['home_assistant'])).toMatch(/^\{"birth":"2026-11-22T/);
  });

  test.each([
    ['offline', false],
    ['online', true],
  ])('takes %s (retained: %s) for no start', async (payload, retain) => {
    const lives = await house();
    await lives.receive('homeassistant/status', payload, retain);
    await lives.passAcknowledged(61_000);
    expect(info(lives)).toMatchObject({ home_assistant: { birth: null } });
  });
});

const lostLines = { kind: 'lost', path: 'heyu.log', from: 0, to: 0 } as const;
const ahead = { ...lostLines, isAhead: true } as const;
const gap = { kind: 'gap', path: 'heyu.log' } as const;

test.each([
  ['here is for no unit addressed before', [lostLines], 1],
  ['ahead is for the unit addressed before', [ahead], 2],
  ['where a gap is is for no unit addressed before', [ahead, gap], 1],
])('a function after lines that are gone for good %s', async (_name, incidents, motions) => {
  const lives = await beginLives({
    ...settings,
    sensors: [sensorSettings('A1', 'MS14A'), sensorSettings('A3', 'MS14A')],
  });
  await lives.settle();
  const [address = '', on = ''] = pair('rcvi', 'A3', 'On');
  await lives.hear(...pair('rcvi', 'A1', 'On'), address);
  for (const incident of incidents) await lives.incident(incident);
  await lives.hear(on);
  const started = (): unknown[] => lives.delivered.filter(({ payload }) => payload.includes('"motion"'));
  expect(started()).toHaveLength(motions);
  await lives.hear(address, on);
  expect(started()).toHaveLength(2);
});

test('a message that begins in one file and ends in the next is heard, once the gap is passed', async () => {
  const lives = await beginLives({ ...settings, sensors: [sensorSettings('A3', 'MS14A')] });
  await lives.settle();
  const [address = '', on = ''] = pair('rcvi', 'A3', 'On');
  const to = lives.clock.wallMs();
  await lives.incident({ kind: 'lost', path: 'heyu.log', from: to - 60_000, to });
  for (const [generation, line] of [
    ['abcdef02', 'Engine started'],
    ['abcdef03', address],
    ['abcdef04', on],
  ] as const) {
    lives.rotation.generation = generation;
    lives.heyu(line);
  }
  await lives.look();
  await lives.acknowledge();
  expect(lives.delivered.filter(({ payload }) => payload.includes('"motion"'))).toHaveLength(1);
});

test('an Alert with LoBat after lines that are gone is no cry of an empty battery', async () => {
  const lives = await beginLives({ ...settings, sensors: [sensorSettings('F2', 'MS10A', { holdMs: 5000 })] });
  await lives.settle();
  const alert = 'rcva func        Alert : hu F2  LoBat  (hall)';
  await lives.hear(alert);
  await lives.passAcknowledged(17_000);
  const to = lives.clock.wallMs();
  await lives.incident({ kind: 'lost', path: 'heyu.log', from: to - 10_000, to });
  lives.rotation.generation = 'abcdef02';
  await lives.hear(alert);
  const started = lives.delivered.filter(({ payload }) => payload.startsWith('{"event_type":"motion"'));
  expect(started).toHaveLength(2);
});

test('lines that are gone for good are a problem until the next summary', async () => {
  const lives = await house();
  expect(lives.retained.get('x10/bridge/problem')).toBe('OFF');
  const to = lives.clock.wallMs();
  await lives.incident({ kind: 'lost', path: 'heyu.log', from: to - 3_600_000, to });
  await lives.passAcknowledged(1000);
  expect(lives.retained.get('x10/bridge/problem')).toBe('ON');
  expect(info(lives)['problem']).toMatch(/lines of the heyu log were lost \(between 2026-11-22T.+ and .+\)/);
  lives.service().summarise();
  await lives.acknowledge();
  expect(lives.retained.get('x10/bridge/problem')).toBe('OFF');
});
