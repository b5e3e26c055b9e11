import { describe, expect, test } from 'vitest';
import { aliasesText, faultsOf, good, scene } from './scene.js';

const aliases = aliasesText('fob: { address: D1, model: KR10A }', 'hall: { address: A3 }');

function load(zones: string, more = '') {
  return scene({ 'aliases.yaml': aliases, 'config.yaml': `zones:\n${zones}${more}` }).load();
}

/** A zone in line 2 and the first line of each fault without the place. */
const BAD: readonly (readonly [string, string, readonly string[]])[] = [
  ['unknown key', '  a: { state_topik: x }\n', ['zones.a.state_topik: unknown key']],
  ['unknown key like those of objects', '  a: { constructor: x }\n', ['zones.a.constructor: unknown key']],
  ['name that is no id', '  first floor: {}\n', ['zones."first floor": "first floor" is not a valid id']],
  ['name that is no topic level', '  a/b: {}\n', ['zones.a/b: "a/b" is not a valid id']],
  ['zone that is a word', '  a: alarmo/state\n', ['zones.a: must be a section']],
  [
    'keys of a zone of ours beside a state topic',
    '  a: { state_topic: x, exit_delay: 60s, keyfobs: [fob] }\n',
    [
      'zones.a.exit_delay: has no meaning for a zone with a state_topic, which belongs to another program',
      'zones.a.keyfobs: has no meaning for a zone with a state_topic, which belongs to another program',
    ],
  ],
  [
    'keys of another program’s zone without a state topic',
    '  a: { armed_values: [an] }\n',
    ['zones.a.armed_values: has no meaning for a zone without a state_topic, which belongs to the bridge'],
  ],
  [
    'delays of a master zone',
    '  a: { members: [b], entry_delay: 3s }\n  b: {}\n',
    ['zones.a.entry_delay: has no meaning for a zone with members'],
  ],
  [
    'members beside a state topic',
    '  a: { members: [b], state_topic: x }\n  b: {}\n',
    ['zones.a.members: cannot be set together with state_topic'],
  ],
  [
    'unknown member',
    '  a: { members: [grund] }\n  ground: {}\n',
    ['zones.a.members: there is no zone "grund"'],
  ],
  [
    'a member that has members, here itself',
    '  a: { members: [a] }\n',
    ['zones.a.members: "a" is a zone with members itself'],
  ],
  ['no member', '  a: { members: [] }\n', ['zones.a.members: is empty, but at least 1 id is wanted']],
  ['member twice', '  a: { members: [b, b] }\n  b: {}\n', ['zones.a.members: names "b" twice']],
  [
    'state topic with a wildcard',
    '  a: { state_topic: alarmo/# }\n',
    ['zones.a.state_topic: "alarmo/#" contains a wildcard (+ or #)'],
  ],
  [
    'state topic of the bridge itself',
    '  a: { state_topic: x10/zone/a/state }\n  b: { state_topic: x10/hall/motion }\n',
    [
      'zones.a.state_topic: is a topic of the bridge itself',
      'zones.b.state_topic: is a topic of the bridge itself',
    ],
  ],
  [
    'commands to the bridge itself',
    '  a: { state_topic: p, command_topic: x10/zone/b/set }\n  b: {}\n  c: { state_topic: q, command_topic: q }\n',
    [
      'zones.a.command_topic: is a topic of the bridge itself',
      'zones.c.command_topic: is the state_topic of the zone',
    ],
  ],
  [
    'what is said of commands without a topic for them',
    '  a: { state_topic: p, command_area: attic, modes: [away] }\n  b: { command_topic: p }\n',
    [
      'zones.a.command_area: has no meaning without command_topic',
      'zones.a.modes: has no meaning without command_topic',
      'zones.b.command_topic: has no meaning for a zone without a state_topic, which belongs to the bridge',
    ],
  ],
  [
    'pointer that is none',
    '  a: { state_topic: x, pointer: state }\n',
    ['zones.a.pointer: "state" is not a valid JSON pointer'],
  ],
  [
    'delay by a way of being armed that there is not',
    '  a: { exit_delay: { away: 60s, hom: 0s } }\n',
    ['zones.a.exit_delay: "hom" is not one of away, home, night, vacation, custom_bypass'],
  ],
  [
    'delay by way of being armed that is none',
    '  a: { entry_delay: { away: soon } }\n',
    ['zones.a.entry_delay: away: "soon" is not a valid duration'],
  ],
  [
    'delay by way of being armed, without a value',
    '  a: { entry_delay: { away: } }\n',
    ['zones.a.entry_delay: away: "" is not a valid duration'],
  ],
  [
    'entry delay of another program’s zone by way of being armed',
    '  a: { state_topic: x, entry_delay: { away: 60s } }\n',
    ['zones.a.entry_delay: is one duration for a zone with a state_topic, or auto'],
  ],
  [
    'section where none can be',
    '  a: { alert_cooldown: { away: 60s } }\n',
    ['zones.a.alert_cooldown: is a section, but one duration is wanted'],
  ],
  ['keyfob that is not there', '  a: { keyfobs: [fop] }\n', ['zones.a.keyfobs: there is no alias "fop"']],
  ['keyfob that is no remote', '  a: { keyfobs: [hall] }\n', ['zones.a.keyfobs: "hall" is not a remote']],
];

describe('problems of zones', () => {
  test.each(BAD)('%s', (_, zones, problems) => {
    const lines = faultsOf(load(zones)).map((fault) => fault.split('\n')[0]);
    expect(lines.map((line) => line?.replace(/^config\.yaml:\d+: /, ''))).toEqual(problems);
  });

  test('a topic beside those of the bridge is none of them', () => {
    const zones =
      '  a: { state_topic: x10/motion }\n  b: { state_topic: x10/halls/motion }\n  c: { state_topic: x10/hall/armed }\n';
    const entries = aliasesText('motio: { address: A3 }', 'hall: { address: A4 }');
    const { load: loadIt } = scene({ 'aliases.yaml': entries, 'config.yaml': `zones:\n${zones}` });
    expect(loadIt().ok).toBe(true);
  });

  test('they name the line of the key, not of the zone', () => {
    expect(faultsOf(load('  a:\n    name: A\n    on_unknown: panic\n'))).toEqual([
      'config.yaml:4: zones.a.on_unknown: "panic" is not one of last_known, alert, annotate',
    ]);
  });

  test('zones that are no section', () => {
    expect(faultsOf(scene({ 'config.yaml': 'zones: [a, b]\n' }).load())).toEqual([
      'config.yaml:1: zones: must be a section\n  hint: write the name of each zone below it, indented',
    ]);
  });

  test('topics below the base topic that the bridge does not publish belong to others', () => {
    const { core } = good(
      load('  a: { state_topic: x10/alarm/state }\n  b: { state_topic: x10/hall/armed }\n'),
    ).configuration;
    expect(core.zones.map(({ stateTopic }) => stateTopic)).toEqual(['x10/alarm/state', 'x10/hall/armed']);
  });
});

describe('zones', () => {
  test('a zone without keys is kept by the bridge and has the defaults', () => {
    expect(good(load('  ground_floor:\n')).configuration.core.zones).toEqual([
      {
        zone: 'ground_floor',
        name: 'Ground floor',
        kind: 'owned',
        stateTopic: undefined,
        pointer: undefined,
        armedValues: [],
        disarmedValues: [],
        members: [],
        panel: 'alarm_control_panel',
        modes: ['home', 'away', 'night', 'vacation'],
        hasCodes: false,
        area: undefined,
        onUnknown: 'last_known',
        exitDelayMs: 0,
        entryDelayMs: 0,
        sourceDelayMs: undefined,
        alertOn: 'armed',
        openAtArming: 'bypass',
        commandMaxAgeMs: 60_000,
        alertCooldownMs: 60_000,
        followHeyu: false,
        keyfobs: [],
      },
    ]);
  });

  test('delays may differ by way of being armed', () => {
    const { core } = good(
      load('  a: { exit_delay: { away: 60s, home: 0s }, entry_delay: { away: 30s } }\n'),
    ).configuration;
    expect(core.zones).toMatchObject([
      { exitDelayMs: { away: 60_000, home: 0 }, entryDelayMs: { away: 30_000 } },
    ]);
  });

  test('an external zone waits for its source as long as its owner wants', () => {
    const { core } = good(
      load(
        '  a: { state_topic: a, entry_delay: auto }\n' +
          '  b: { state_topic: b, entry_delay: 45s }\n' +
          '  c: { state_topic: c, alert_on: triggered }\n' +
          '  d: { entry_delay: auto }\n',
      ),
    ).configuration;
    expect(core.zones).toMatchObject([
      { sourceDelayMs: undefined, alertOn: 'armed' },
      { sourceDelayMs: 45_000, alertOn: 'armed' },
      { sourceDelayMs: undefined, alertOn: 'triggered' },
      { kind: 'owned', entryDelayMs: 0 },
    ]);
  });

  test('a state topic makes it external, members a master', () => {
    const { core } = good(
      load(
        '  a: { name: Oben, state_topic: /alarm/state, pointer: /state, armed_values: [scharf, an], disarmed_values: aus }\n' +
          '  b: { panel: switch, exit_delay: 1m, entry_delay: 30s, follow_heyu: yes, keyfobs: fob, command_max_age: 5m }\n' +
          '  all: { members: [a, b], on_unknown: alert, alert_cooldown: 0 }\n',
      ),
    ).configuration;
    expect(core.zones).toMatchObject([
      {
        zone: 'a',
        name: 'Oben',
        kind: 'external',
        stateTopic: '/alarm/state',
        pointer: '/state',
        armedValues: ['scharf', 'an'],
        disarmedValues: ['aus'],
        sourceDelayMs: undefined,
        alertOn: 'armed',
      },
      {
        zone: 'b',
        kind: 'owned',
        panel: 'switch',
        exitDelayMs: 60_000,
        entryDelayMs: 30_000,
        followHeyu: true,
        keyfobs: ['fob'],
        commandMaxAgeMs: 300_000,
      },
      {
        zone: 'all',
        name: 'All',
        kind: 'master',
        members: ['a', 'b'],
        onUnknown: 'alert',
        alertCooldownMs: 0,
      },
    ]);
  });
});

test.each([
  ['alarmo/state', 'alarmo/command', '', undefined],
  ['alarmo/attic/state', 'alarmo/command', '', 'attic'],
  ['home/alarmo/attic/state', 'home/alarmo/command', '', 'attic'],
  ['alarmo/attic/state', 'alarmo/command', 'roof', 'roof'],
  ['ha/alarm/state', 'alarmo/command', '', undefined],
  ['ha/alarm/state', 'alarmo/command', 'attic', 'attic'],
  ['panel/state', 'command', '', undefined],
] as const)('commands for %s to %s %s are for the area %s', (state, topic, written, area) => {
  const own = written === '' ? '' : `, command_area: ${written}`;
  const { configuration } = good(load(`  a: { state_topic: ${state}, command_topic: ${topic}${own} }\n`));
  expect(configuration.core.zones[0]?.commands).toEqual({ topic, area });
});
