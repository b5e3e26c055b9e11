/** From the line of the log to the alert: which signals count, and for which zones. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBridge } from '../../src/bridge/bridge.js';
import { Explainer } from '../../src/bridge/explain.js';
import { hear } from '../../src/bridge/hear.js';
import { newSensorState } from '../../src/sensor/heard.js';
import { zoneEventMessage } from '../../src/bridge/messages.js';
import { setScene, withoutBroker } from '../../src/security/setup.js';
import { aliasesText, good, scene } from '../config/scene.js';
import { stamp } from '../support/replayed.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

type Told = { readonly topic: string; readonly body: Readonly<Record<string, unknown>> };

/** The alerts of lines (`+5` lets 5 s pass), with these aliases and zones; the zone `ground` is armed or not. */
function alertsOf(
  aliases: readonly string[],
  lines: readonly string[],
  { zones = 'ground: {}', armed = [] }: { readonly zones?: string; readonly armed?: readonly string[] } = {},
): readonly Told[] {
  const files = { 'config.yaml': `zones: { ${zones} }\n`, 'aliases.yaml': aliasesText(...aliases) };
  const { core } = good(scene(files).load()).configuration;
  const disarmed = core.zones.map(({ zone }) => zone).filter((zone) => !armed.includes(zone));
  const told: Told[] = [];
  const explainer = new Explainer(core, { year: 2026, armed, disarmed }, ({ finding }) => {
    if (finding.kind !== 'publish' || !finding.topic.endsWith('/alert')) return;
    told.push({ topic: finding.topic, body: JSON.parse(finding.payload) as Told['body'] });
  });
  let seconds = 0;
  lines.forEach((text, index) => {
    if (text.startsWith('+')) seconds += Number(text.slice(1));
    else explainer.line(`${stamp(seconds)}  ${text}`, 'log', index + 1, index * 100);
  });
  explainer.end();
  return told;
}

const SMOKE = 'rcva func        Alert : hu C3   (smoke)';
const NO_SMOKE = 'rcva func        Clear : hu C3   (smoke)';
const PANIC = 'rcva func        Panic : hu C4   (fob)';
const FLOOD = 'rcva func        Alert : hu C5   (washer)';
const OPENED = 'rcva func        Alert : hu C2  swMin  (door)';

describe('what guards always', () => {
  test.each([
    [
      'smoke in a disarmed zone',
      'smoke: { address: C3, model: SD90, zone: ground }',
      SMOKE,
      ['ground smoke'],
    ],
    ['smoke without a zone', 'smoke: { address: C3, model: SD90 }', SMOKE, ['null smoke']],
    ['water', 'washer: { address: C5, model: EH-WD210, zone: ground }', FLOOD, ['ground water']],
    [
      'smoke of which the owner wants none',
      'smoke: { address: C3, model: SD90, zone: ground, guard: off }',
      SMOKE,
      [],
    ],
    [
      'smoke that guards an armed zone only',
      'smoke: { address: C3, model: SD90, zone: ground, guard: armed }',
      SMOKE,
      [],
    ],
    ['a door', 'door: { address: C2, model: DS10A, zone: ground }', OPENED, []],
    [
      'a door that guards always',
      'door: { address: C2, model: DS10A, zone: ground, guard: always }',
      OPENED,
      ['ground door'],
    ],
    ['a panic key', 'fob: { address: C4, model: KR10A, zone: ground }', PANIC, ['ground panic']],
    ['a panic key without a zone', 'fob: { address: C4, model: KR10A }', PANIC, ['null panic']],
    ['a panic key that nobody wants', 'fob: { address: C4, model: KR10A, guard: off }', PANIC, []],
  ])('%s', (_, alias, line, expected) => {
    const told = alertsOf([alias], [line]);
    expect(told.map(({ body }) => `${String(body['zone'])} ${String(body['kind'])}`)).toEqual(expected);
    for (const { topic, body } of told)
      expect(topic).toBe(body['zone'] === null ? 'x10/bridge/alert' : 'x10/zone/ground/alert');
  });

  test('a panic key calls in every zone that its remote arms, each alert with an id of its own', () => {
    const zones = 'ground: { keyfobs: [fob] }, attic: { keyfobs: [fob] }, shed: {}';
    const told = alertsOf(['fob: { address: C4, model: KR10A, zone: shed }'], [PANIC], { zones });
    expect(told.map(({ topic }) => topic)).toEqual(
      ['shed', 'ground', 'attic'].map((zone) => `x10/zone/${zone}/alert`),
    );
    expect(new Set(told.map(({ body }) => body['id'])).size).toBe(3);
  });

  test('a held panic key is one press', () => {
    const lines = [PANIC, PANIC, '+1', PANIC, '+1', PANIC];
    expect(alertsOf(['fob: { address: C4, model: KR10A, zone: ground }'], lines)).toHaveLength(1);
  });

  test('a key that is held is one DISARM: it ends the alarm of smoke and leaves the zone armed', () => {
    const aliases = [
      'smoke: { address: C3, model: SD90, zone: ground }',
      'door: { address: C2, model: DS10A, zone: ground, entry: immediate }',
      'fob: { address: C4, model: KR10A }',
    ];
    const disarm = 'rcva func       Disarm : hu C4   (fob)';
    const zone = { zones: 'ground: { keyfobs: [fob] }', armed: ['ground'] };
    const kinds = (lines: readonly string[]): readonly unknown[] =>
      alertsOf(aliases, lines, zone).map(({ body }) => body['kind']);
    const held = [SMOKE, '+5', disarm, disarm, '+1', disarm, '+1', disarm, '+5'];
    expect(kinds([...held, OPENED])).toEqual(['smoke', 'door']);
    expect(kinds([...held, disarm, '+5', OPENED])).toEqual(['smoke']);
  });

  test('in a zone of others the alarm ends ten minutes after the smoke, when it has cleared', () => {
    const files = {
      'config.yaml': 'zones: { ground: { state_topic: alarmo/state } }\n',
      'aliases.yaml': aliasesText('smoke: { address: C3, model: SD90, zone: ground }'),
    };
    const { core } = good(scene(files).load()).configuration;
    const said: string[] = [];
    const explainer = new Explainer(
      core,
      { year: 2026, armed: [], disarmed: ['ground'] },
      ({ at, finding }) => {
        if (finding.kind === 'publish' && finding.topic === 'x10/zone/ground/alarm')
          said.push(`${new Date(at ?? 0).toISOString().slice(11, 19)} ${finding.payload}`);
      },
    );
    explainer.line(`${stamp(0)}  ${SMOKE}`, 'log', 1, 0);
    explainer.line(`${stamp(60)}  ${NO_SMOKE}`, 'log', 2, 100);
    explainer.line(`${stamp(3600)}  ${NO_SMOKE}`, 'log', 3, 200);
    expect(said).toEqual(['12:00:00 ON', '12:10:00 OFF']);
  });
});

test('a hold time that is over when the line is read makes no alert late', () => {
  const noon = Date.UTC(2026, 10, 22, 12);
  const now = { at: noon, mono: 0 };
  const sensors = [sensorSettings('A3', 'MS14A', { zone: 'ground', holdMs: 1000 })];
  const said: unknown[] = [];
  const nothing = (): void => undefined;
  const bridge = createBridge(coreSettings({ sensors, zones: [zoneSettings('ground')] }), {}, now, {
    put: ({ topic, payload }) => {
      if (topic === 'x10/zone/ground/alert') said.push(JSON.parse(payload));
    },
    subscribe: nothing,
    unsubscribe: nothing,
    persist: () => 0,
    note: nothing,
    trouble: nothing,
  });
  withoutBroker(bridge.security);
  setScene(bridge.security, { zone: 'ground', at: 0, state: 'armed_away' }, now);
  for (const [offset, text] of [
    'rcva addr unit       3 : hu A3   (x)',
    'rcva func           On : hc A',
  ].entries()) {
    const line = { text, generation: 'g', offset, file: 'current', notBefore: noon, readAt: noon } as const;
    hear(bridge, line, 0, noon, noon + 2000);
  }
  expect(said).toMatchObject([{ kind: 'motion', late: false }]);
});

test('a motion within the cool-down of its sensor is not waited for to end', () => {
  const files = {
    'config.yaml': 'zones: { ground: { state_topic: alarmo/state } }\n',
    'aliases.yaml': aliasesText(
      'hall: { address: A3, model: MS14A, zone: ground, guard: always, cooldown: 5m }',
    ),
  };
  const { core } = good(scene(files).load()).configuration;
  const said: string[] = [];
  const explainer = new Explainer(
    core,
    { year: 2026, armed: [], disarmed: ['ground'] },
    ({ at, finding }) => {
      if (finding.kind === 'publish' && finding.topic === 'x10/zone/ground/alarm')
        said.push(`${new Date(at ?? 0).toISOString().slice(11, 19)} ${finding.payload}`);
    },
  );
  const unit = 'rcva addr unit       3 : hu A3   (hall)';
  for (const [index, [seconds, word]] of (
    [
      [0, ' On'],
      [10, 'Off'],
      [100, ' On'],
      [110, 'Off'],
      [3600, 'Off'],
    ] as const
  ).entries()) {
    explainer.line(`${stamp(seconds)}  ${unit}`, 'log', 2 * index + 1, 200 * index);
    explainer.line(
      `${stamp(seconds)}  rcva func          ${word} : hc A`,
      'log',
      2 * index + 2,
      200 * index + 100,
    );
  }
  expect(said).toEqual(['12:00:00 ON', '12:11:40 OFF']);
});

/** The alerts of a log in `fixtures/cases`, by the time of their signals. */
function alertsOfCase(name: string, armed: readonly string[]): readonly string[] {
  const read = (file: string): string =>
    readFileSync(new URL(`../fixtures/cases/${name}/${file}`, import.meta.url), 'utf8');
  const files = { 'config.yaml': 'zones: { ground: {} }\n', 'aliases.yaml': read('aliases.yaml') };
  const { core } = good(scene(files).load()).configuration;
  const told: string[] = [];
  const explainer = new Explainer(core, { year: 2026, armed, disarmed: [] }, ({ finding }) => {
    if (finding.kind !== 'publish' || finding.topic !== 'x10/zone/ground/alert') return;
    told.push((JSON.parse(finding.payload) as { at: string }).at.slice(11, 19));
  });
  read('heyu.log')
    .split('\n')
    .forEach((line, index) => {
      if (line !== '') explainer.line(line, 'log', index + 1, index * 100);
    });
  explainer.end();
  return told;
}

describe('change or repeat', () => {
  test('a window that stands open is one alert', () => {
    expect(alertsOfCase('window_open_at_arming', ['ground'])).toEqual(['08:00:00']);
  });

  test('an MS10A of which a Clear was lost is heard all the same', () => {
    expect(alertsOfCase('ms10a_lost_clear', ['ground'])).toEqual(['12:00:00', '12:45:00']);
  });

  test('a window that was open before the zone was armed raises no alarm an hour later', () => {
    const files = {
      'config.yaml': 'zones: { ground: { keyfobs: [fob] } }\n',
      'aliases.yaml': aliasesText(
        'door: { address: C2, model: DS10A, type: window, zone: ground }',
        'fob: { address: C4, model: KR10A }',
      ),
    };
    const { core } = good(scene(files).load()).configuration;
    const told: string[] = [];
    const explainer = new Explainer(core, { year: 2026, armed: [], disarmed: ['ground'] }, ({ finding }) => {
      if (finding.kind === 'publish' && finding.topic === 'x10/zone/ground/alert') told.push(finding.payload);
    });
    explainer.line(`${stamp(0)}  ${OPENED}`, 'log', 1, 0);
    explainer.line(`${stamp(60)}  rcva func          Arm : hu C4  swAway swMin  (fob)`, 'log', 2, 100);
    explainer.line(`${stamp(3780)}  ${OPENED}`, 'log', 3, 200);
    explainer.line(`${stamp(7560)}  ${OPENED}`, 'log', 4, 300);
    expect(told).toEqual([]);
    explainer.line(`${stamp(8000)}  ${OPENED}`, 'log', 5, 400);
    expect(told).toHaveLength(1);
  });
});

test.each([
  ['jane', { code: 'jane' }],
  ["Jane's fob", { source: 'jane' }],
  ['MQTT', { source: 'x10/zone/ground/set' }],
  ['heyu', { source: 'heyu' }],
] as const)('who has disarmed is called %s', (name, by) => {
  const settings = sensorSettings('C4', 'KR10A', { alias: 'jane', name: "Jane's fob" });
  const fob = { settings, state: newSensorState(0) };
  const told = { settings: coreSettings(), sensors: [fob] };
  const event = { type: 'disarmed', id: 'ground.1.disarmed', at: 1, sensors: [], by } as const;
  expect(JSON.parse(zoneEventMessage(told, 'ground', event).payload)).toMatchObject({ by: name });
});
