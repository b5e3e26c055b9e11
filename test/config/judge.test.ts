import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.js';
import { MODELS } from '../../src/x10/models.js';
import { aliasesText, good, scene } from './scene.js';

/** What is ignored of the aliases (from line 2 on) in a house with these zones, without its hints. */
const ignored = (aliases: readonly string[], zones = 'ground: {}') =>
  good(
    scene({ 'config.yaml': `zones: { ${zones} }\n`, 'aliases.yaml': aliasesText(...aliases) }).load(),
  ).ignored.map((fault) => formatProblem({ ...fault, hint: undefined }));

const ALWAYS = 'has no effect: it is an alert at once, in every state of its zone (guard: always)';

describe('settings without effect', () => {
  test.each([
    ['a door as a remote', 'DS10A, type: remote', 'type: a DS10A is never heard as remote'],
    ['a keyfob as a door', 'KR10A, type: door', 'type: a KR10A is never heard as door'],
    ['a door as a lamp', 'DS10A, type: light', 'type: a DS10A is never heard as light'],
    ['a door as a light sensor', 'DS10A, type: light_sensor', 'type: a DS10A is never heard as light_sensor'],
    ['a thermometer as a motion sensor', 'ORE_TH1, type: motion', 'type: a ORE_TH1 is never heard as motion'],
    ['a motion sensor as a reading', 'MS14A, type: reading', 'type: a MS14A is never heard as reading'],
    ['the zone of a lamp', 'LM465, zone: ground', 'zone: has no effect with type light'],
    [
      'the zone of a light sensor',
      'MS14A, type: light_sensor, zone: ground',
      'zone: has no effect with type light_sensor',
    ],
    ['the dusk unit of a remote', 'KR10A, dusk: A4', 'dusk: has no effect with type remote'],
    ['the hold time of a remote', 'KR10A, hold: 5m', 'hold: has no effect with type remote'],
    ['the off policy of a door', 'DS10A, off: hold', 'off: has no effect with type door'],
    [
      'the Off of what has none',
      'DM10, off: sensor',
      'off: has no effect: a DM10 never reports that a motion is over',
    ],
    ['the cool-down of a door', 'DS10A, cooldown: 1m', 'cooldown: has no effect with type door'],
    ['the minimum on-time of smoke', 'SD90, min_on: 1m', 'min_on: has no effect with type smoke'],
    ['modes without a zone', 'MS14A, modes: [away]', 'modes: has no effect without a zone'],
    ['modes of a lamp', 'LM465, modes: [away]', 'modes: has no effect with type light'],
    ['modes of smoke', 'SD90, modes: [away], zone: ground', `modes: ${ALWAYS}`],
    ['an entry delay of smoke', 'SD90, entry: delayed, zone: ground', `entry: ${ALWAYS}`],
    [
      'an entry delay of a door that always guards',
      'DS10A, guard: always, entry: delayed',
      `entry: ${ALWAYS}`,
    ],
    [
      'modes of what guards nothing',
      'DS10A, zone: ground, guard: off, modes: [away]',
      'modes: has no effect: it is never an alert (guard: off)',
    ],
    ['an entry delay without a zone', 'DS10A, entry: delayed', 'entry: has no effect without a zone'],
    ['an entry delay of a remote', 'KR10A, entry: delayed', 'entry: has no effect with type remote'],
    ['the guard of a lamp', 'LM465, guard: always', 'guard: has no effect with type light'],
    [
      'the guard of a remote without a panic key',
      'PALMPAD, guard: off',
      'guard: has no effect with type remote',
    ],
    ['the silence of a lamp', 'LM465, silent_after: 2h', 'silent_after: has no effect with type light'],
  ])('%s', (_, keys, problem) => {
    const told = ignored([`a: { address: A3, model: ${keys} }`]).filter(
      (each) => !each.includes('dusk unit'),
    );
    expect(told).toEqual([`aliases.yaml:2: aliases.a.${problem}`]);
  });

  test.each([
    'MS14A, zone: ground, modes: [away], hold: 2m, off: hold, cooldown: 1m, min_on: 1m, dusk: A4, silent_after: 1h',
    'DS10A, zone: ground, modes: [away], hold: 2m, type: window, silent_after: 1h',
    'DS10A, type: motion, off: sensor',
    'DS10A, zone: ground, entry: immediate, guard: armed',
    'SD90, guard: armed, zone: ground, modes: [away]',
    'SD90, guard: always',
    'KR15A, guard: off',
    'DM10, type: light_sensor',
    'REMOTE2, type: motion',
    'MS14A, type: remote',
    'LM465, type: motion, zone: ground',
    'KR10A, zone: ground',
    'NONE, type: door, zone: ground',
    'VISGEN, type: remote',
    'DS90, type: motion, zone: ground',
    // put aside as a whole
    'LM465, zone: ground, modes: [away], ignore: true',
  ])('none in %s', (keys) => {
    expect(ignored([`a: { address: A3, model: ${keys} }`])).toEqual([]);
  });

  test('no model is without effect as what it is by default', () => {
    const aliases = MODELS.map(({ name }, index) => {
      const address = `${'ABCDEFGHIJKLMNOP'.charAt(index >> 4)}${(index & 15) + 1}`;
      return `s${index}: { address: ${address}, model: ${name} }`;
    });
    expect(ignored(aliases)).toEqual([]);
  });

  test('a type that is left aside is that of the model', () => {
    const text = aliasesText('a: { address: C2, model: DS10A, type: remote }');
    const { core } = good(scene({ 'config.yaml': '', 'aliases.yaml': text }).load()).configuration;
    expect(core.sensors.map(({ type }) => type)).toEqual(['door']);
  });

  test.each([
    ['a remote of house codes', 'REMOTE2', '"a" has no keys that arm and disarm'],
    ['a remote without a model', '', '"a" has no keys that arm and disarm'],
    ['a panic button', 'KR15A', '"a" has no keys that arm and disarm'],
    ['a remote that is ignored', 'KR10A, ignore: true', '"a" is ignored by the alias file'],
  ])('among keyfobs: %s', (_, model, problem) => {
    const keys = model === '' ? 'type: remote' : `model: ${model}`;
    expect(ignored([`a: { address: H16, ${keys} }`], 'ground: { keyfobs: [a] }')).toEqual([
      `config.yaml:1: zones.ground.keyfobs: ${problem}`,
    ]);
  });

  test('a keyfob that is called a door is a keyfob', () => {
    expect(ignored(['a: { address: C4, model: KR18, type: door }'], 'ground: { keyfobs: [a] }')).toEqual([
      'aliases.yaml:2: aliases.a.type: a KR18 is never heard as door',
    ]);
  });

  test('a door that is called a remote is no keyfob, and starts as it always did', () => {
    expect(ignored(['a: { address: C2, model: DS10A, type: remote }'], 'ground: { keyfobs: [a] }')).toEqual([
      'aliases.yaml:2: aliases.a.type: a DS10A is never heard as remote',
      'config.yaml:1: zones.ground.keyfobs: "a" is a DS10A, which has no keys',
    ]);
  });

  test('a word that means armed and disarmed', () => {
    expect(
      ignored([], 'a: { state_topic: x/y, armed_values: [An, scharf], disarmed_values: ["an "] }'),
    ).toEqual(['config.yaml:1: zones.a.armed_values: "An" means disarmed, too, and that counts']);
  });

  test.each([
    ['{ switch_on: [siren], for: 4m }', true, []],
    ['{ switch_on: siren }', true, []],
    ['{ switch_on: [siren] }', false, ['needs heyu.control']],
    ['{ switch_on: [siran] }', true, ['there is no alias "siran"']],
    ['{ switch_on: [hall] }', true, ['"hall" cannot be switched']],
    ['{ switch_on: [] }', true, ['switch_on: is empty, but at least 1 alias is wanted']],
    ['{ for: 4m }', true, ['switch_on: is empty, but at least 1 alias is wanted']],
    ['{ switch_on: [siren], for: 2h }', true, ['for: "2h" is out of range']],
    ['{ switch_on: [siren], fro: 2m }', true, ['"fro" is not one of switch_on, for']],
    ['{ switch_on: [siren], toString: 2m }', true, ['"toString" is not one of switch_on, for']],
    ['siren', true, ['is a section']],
  ])(
    'what sounds in an alarm is something that heyu may switch: %s, control %s',
    (text, control, expected) => {
      const loaded = scene({
        'config.yaml': `heyu: { control: ${control} }\nzones: { a: { on_alarm: ${text} } }\n`,
        'aliases.yaml':
          'aliases:\n  siren: { address: D1, model: StdAM }\n  hall: { address: A3, model: MS14A, zone: a }\n',
      }).load();
      const problems = loaded.ok ? [] : loaded.problems;
      expect(problems.map(({ problem }) => problem)).toEqual(expected);
      const said = loaded.ok ? loaded.configuration.core.zones[0]?.onAlarm : undefined;
      expect(said).toEqual(expected.length > 0 ? undefined : { switchOn: ['siren'], forMs: 240_000 });
    },
  );

  test('what waits for something that is switched off is a warning', () => {
    const config =
      'heyu: { command: /opt/heyu }\nhomeassistant: { discovery: off }\ncron: { discovery: "0 4 * * *" }\non_alert: { timeout: 5s }\n';
    const { configuration, ignored: none } = good(
      scene({ 'config.yaml': config, 'aliases.yaml': 'aliases: { a: { address: A3 } }\n' }).load(),
    );
    expect([none, configuration.warnings.map(({ key, problem }) => `${key}: ${problem}`)]).toEqual([
      [],
      [
        'heyu.command: has no effect without heyu.control',
        'cron.discovery: has no effect: homeassistant.discovery is off',
        'on_alert.timeout: has no effect without on_alert.command',
      ],
    ]);
  });
});

describe('an entry delay that nobody has who comes in by a door', () => {
  const warned = (aliases: readonly string[], zone: string): readonly string[] => {
    const text = aliasesText(...aliases);
    const loaded = good(
      scene({ 'config.yaml': `zones: { ground: { ${zone} } }\n`, 'aliases.yaml': text }).load(),
    );
    return loaded.configuration.warnings
      .map(formatProblem)
      .filter((warning) => warning.includes('entry_delay'));
  };
  const DOOR = 'd: { address: C2, model: DS10A, zone: ground';
  const WINDOW = 'w: { address: C3, model: DS10A, type: window, zone: ground }';
  const HALL = 'h: { address: A3, model: MS14A, zone: ground }';

  test.each([
    ['a door that has it', [`${DOOR} }`, WINDOW], 'entry_delay: 30s', false],
    ['motion alone', [HALL], 'entry_delay: 30s', false],
    ['no delay', [WINDOW], '', false],
    ['a delay of none', [WINDOW], 'entry_delay: { home: 0s }', false],
    ['windows alone', [WINDOW], 'entry_delay: 30s', true],
    ['windows alone, by way of being armed', [WINDOW], 'entry_delay: { home: 30s }', true],
    [
      'a window that has it',
      ['w: { address: C3, model: DS10A, type: window, zone: ground, entry: delayed }'],
      'entry_delay: 30s',
      false,
    ],
    ['a door that has none', [`${DOOR}, entry: immediate }`, HALL], 'entry_delay: 30s', true],
    ['a door that is ignored', [`${DOOR}, ignore: true }`, WINDOW], 'entry_delay: 30s', true],
    ['a door that guards nothing', [`${DOOR}, guard: off }`], 'entry_delay: 30s', false],
    ['a zone of others', [WINDOW], 'state_topic: x/y, entry_delay: 30s', false],
  ] as const)('%s', (_, aliases, zone, isWarned) => {
    expect(warned(aliases, zone)).toEqual(
      isWarned
        ? [
            'config.yaml:1: zones.ground.entry_delay: no door of the zone has it: opening one raises the alarm at once\n  hint: set entry: delayed for the door by which you come in',
          ]
        : [],
    );
  });
});

describe('the place of the house', () => {
  const located = (text: string) => {
    const loaded = good(scene({ 'config.yaml': text }).load());
    return [loaded.configuration.core.location, loaded.ignored.length];
  };

  test.each([
    ['location: { latitude: 52.52, longitude: 13.4 }\n', { latitude: 52.52, longitude: 13.4 }, 0],
    ['location: { latitude: 52.52 }\n', undefined, 1],
    ['location: { longitude: 13.4 }\n', undefined, 1],
    ['log: { level: info }\n', undefined, 0],
  ])('%j', (text, place, ignored) => expect(located(text)).toEqual([place, ignored]));
});
