import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ALIAS_KEYS, CONFIG_KEYS, ZONE_KEYS } from '../../src/config/keys-and-defaults.js';
import type { Form, PlainObject } from '../../src/config/forms.js';
import { aliasesSchema, configSchema, schemaText } from '../../scripts/json-schema.js';
import { referenceTables, withReferenceTables } from '../../scripts/documents.js';
import { loadConfiguration } from '../../src/config/load.js';
import { schemaFaults } from '../support/json-schema.js';
import { good, scene } from '../config/scene.js';
import { fc, runs } from '../support/property.js';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('what is made of the tables is up to date: npm run schema', () => {
  test.each([
    ['config/config.schema.json', configSchema()],
    ['config/aliases.schema.json', aliasesSchema()],
  ])('%s', (path, schema) => {
    expect(JSON.parse(file(path))).toEqual(JSON.parse(schemaText(schema)));
  });

  test('docs/configuration.md', () => {
    const document = file('docs/configuration.md');
    expect(document).toBe(withReferenceTables(document));
    for (const [name, rows] of Object.entries(referenceTables())) {
      expect(document).toContain(`<!-- ${name}:begin -->\n\n${rows}\n\n<!-- ${name}:end -->`);
    }
  });
});

describe('the reference', () => {
  test('has a row for every key, and no cell is empty', () => {
    const tables = referenceTables();
    const rows = (text: string): readonly string[] => text.split('\n').slice(2);
    expect(rows(tables['config-keys'])).toHaveLength(Object.keys(CONFIG_KEYS).length);
    expect(rows(tables['zone-keys'])).toHaveLength(Object.keys(ZONE_KEYS).length);
    expect(rows(tables['alias-keys'])).toHaveLength(Object.keys(ALIAS_KEYS).length);
    for (const row of Object.values(tables).flatMap(rows)) expect(row).not.toMatch(/\|\s*\|/);
  });
});

describe('the examples', () => {
  const example = new URL('../../config/config.yaml', import.meta.url).pathname;

  test('load without problems and warnings', () => {
    const files = { 'config.yaml': file('config/config.yaml'), 'aliases.yaml': exampleAliases() };
    const { configuration } = good(scene(files).load());
    expect(configuration.warnings).toEqual([]);
    expect(configuration.core.sensors.map(({ alias }) => alias)).toEqual([
      'hall_motion',
      'front_door',
      'neighbour',
    ]);
  });

  test('name no sensors: a package must not invent any', () => {
    const { configuration } = good(loadConfiguration({ configFile: example, env: {}, version: '1' }));
    expect(configuration.core.sensors).toEqual([]);
    expect(configuration.warnings.map(({ problem }) => problem)).toEqual([
      'names no alias: there are no sensors yet',
    ]);
  });

  test('satisfy the schemas that they name', () => {
    for (const [path, schema] of [
      ['config/config.yaml', configSchema()],
      ['config/aliases.yaml', aliasesSchema()],
    ] as const) {
      const text = file(path);
      const name = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)?.[1] ?? 'none';
      expect(JSON.parse(file(`config/${name}`))).toEqual(JSON.parse(schemaText(schema)));
      expect(schemaFaults(schema, parse(text))).toEqual([]);
    }
  });

  test('what is commented out in them is right, too', () => {
    const uncommented = file('config/config.yaml')
      .split('\n')
      .map((line) => line.replace(/^(\s*)# (?=[a-z_]+: \S)(?!yaml-language-server)/, '$1'))
      .filter((line) => !/^\s*#/.test(line))
      .join('\n');
    expect(uncommented).toContain('\n  username: heyu2mqtt\n');
    expect(schemaFaults(configSchema(), parse(uncommented))).toEqual([]);
    expect(schemaFaults(aliasesSchema(), parse(exampleAliases()))).toEqual([]);
  });
});

/** The example of the alias file without the marks of comments before its aliases. */
function exampleAliases(): string {
  const aliases = [...file('config/aliases.yaml').matchAll(/^#( {2}.*)$/gm)].map(([, line]) => line);
  return ['aliases:', ...aliases, ''].join('\n');
}

/** Texts of config.yaml that the schema must judge as the loader does. */
const CONFIGS: readonly (readonly [boolean, string])[] = [
  [true, ''],
  [true, 'mqtt:\nzones:\nlog: {}'],
  [true, 'mqtt: { keepalive: 1h30m, protocol: 5, session: clean, username: 007 }'],
  [true, 'mqtt: { url: [mqtt://a, "wss://b/c"] }\nheyu: { quiet_after: 0, control: yes }'],
  [true, 'zones: { a: , b: { state_topic: /x, armed_values: [on, off], pointer: /a } }'],
  [true, 'zones: { a: { exit_delay: { away: 60s, home: 0 }, entry_delay: auto } }'],
  [false, 'zones: { a: { exit_delay: { out: 60s } } }'],
  [false, 'zones: { a: { exit_delay: { away: soon } } }'],
  [false, 'mqt: {}'],
  [false, 'mqtt: { keepalive: soon }'],
  [false, 'mqtt: { keepalive: 15 }'],
  [false, 'mqtt: { url: localhost }'],
  [false, 'mqtt: { url: [] }'],
  [false, 'mqtt: []'],
  [false, 'mqtt: { base_topic: x/# }'],
  [false, 'log: { level: loud }'],
  [false, 'heyu: { control: 1 }'],
  [false, 'zones: { "a b": {} }'],
  [false, 'zones: { a: { exit: 5s } }'],
  [false, 'zones: { a: { members: [] } }'],
  [false, 'bridge_id: _x'],
  [false, 'state_dir: ~/x'],
  [false, 'state_dir:'],
];

const ALIASES: readonly (readonly [boolean, string])[] = [
  [true, ''],
  [true, 'aliases:'],
  [true, 'aliases: { a.b: { address: a03, model: ms14a, modes: away, ignore: true, hold: 5m } }'],
  [true, 'aliases: { 1x: { address: P16, name: 12, sources: [rcvi], silent_after: 0 } }'],
  [false, 'aliases: { a: }'],
  [false, 'aliases: { a: {} }'],
  [false, 'aliases: { a: { address: Q1 } }'],
  [false, 'aliases: { a: { address: A17 } }'],
  [false, 'aliases: { a: { address: A3, model: MS15 } }'],
  [false, 'aliases: { a: { address: A3, type: doors } }'],
  [false, 'aliases: { a: { address: A3, hold: 5 } }'],
  [false, 'aliases: { a: { address: A3, modell: x } }'],
  [false, 'aliases: { _a: { address: A3 } }'],
  [false, 'aliases: { macro: { address: A3 } }'],
  [false, 'aliases: { a: { address: A3, topic: $x } }'],
  [false, 'hall: { address: A3 }'],
];

describe('the schemas judge as the loader does', () => {
  test.each([
    ...CONFIGS.map(([isGood, text]) => ['config', isGood, text, configSchema()] as const),
    ...ALIASES.map(([isGood, text]) => ['aliases', isGood, text, aliasesSchema()] as const),
  ])('%s: %s: %s', async (which, isGood, text, schema) => {
    const { scene } = await import('../config/scene.js');
    const files = which === 'config' ? { 'config.yaml': text } : { 'config.yaml': '', 'aliases.yaml': text };
    expect(scene(files).load().ok).toBe(isGood);
    expect(schemaFaults(schema, parse(text)).length === 0).toBe(isGood);
  });

  test('what a form reads of a text, its schema allows', () => {
    const forms = [CONFIG_KEYS, ZONE_KEYS, ALIAS_KEYS].flatMap((table) =>
      Object.values<{ readonly form: Form<unknown> }>(table).map(({ form }) => form),
    );
    const written = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '5m',
        '1h 30m',
        '0',
        'A3',
        ' a03',
        'ms14a',
        'Europe/Berlin',
        'off',
        '@daily',
        '/a~1',
        'a/b',
        'mqtt://a',
        ' away ',
        'on',
        'oN',
        'x,y',
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...forms), written, (form, text) => {
        // a list may be one text with commas in the environment; in a file editors ask for a list
        fc.pre(text !== '' && form.read(text).ok && !text.includes(',') && text === text.trim());
        expect(schemaFaults(form.jsonSchema, text)).toEqual([]);
      }),
      { numRuns: runs(500) },
    );
  });

  test('an unknown keyword does not pass unseen', () => {
    expect(() => schemaFaults({ multipleOf: 3 } satisfies PlainObject, 1)).toThrow('multipleOf');
  });
});
