/** Whatever the alias commands do to a house, the service starts with it: any sequence of them on any house. */

import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Suggestion } from '../../src/alias/suggestions.js';
import { findPlace } from '../../src/cli/alias/alias-file.js';
import { actUpon } from '../../src/cli/alias/learn.js';
import type { Ask } from '../../src/cli/ask.js';
import { loadConfiguration } from '../../src/config/load.js';
import { formatProblem } from '../../src/config/problem.js';
import type { Address } from '../../src/x10/address.js';
import { type AliasHouse, house } from './run-cli.js';
import { fc, runs } from '../support/property.js';

const one = fc.constantFrom;
const NAMES = ['hall', 'hall_dark', 'fob', 'garage', 'garage.set', 'door', 'zone'] as const;
const name = one(...NAMES);
const address = one<Address>('A1', 'A2', 'A3', 'A4', 'C1', 'C2');
const module_ = one('MS14A', 'MS10A', 'DS10A', 'KR10A', 'REMOTE2', 'LM465', 'DM10', 'ORE_TH1', 'DS90');

/** Values of keys, many of which fit only few sensors. */
const KEYS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  address,
  model: module_,
  type: one('motion', 'door', 'remote', 'light', 'light_sensor', 'reading'),
  zone: one('ground', 'upstairs', 'cellar'),
  dusk: address,
  topic: one('hall', 'garage', 'hall/motion', 'zone/x', 'x/y'),
  id: one('a1', 'A2', 'a3', 'own', 'zone_1'),
  modes: one('away', 'night'),
  hold: one('1m'),
  off: one('hold', 'sensor'),
  'silent-after': one('1h'),
  ignore: one('true', 'false'),
};
const pair = one(...Object.keys(KEYS)).chain((key) =>
  (KEYS[key] ?? name).map((value) => [key, value] as const),
);
const option = pair.map(([key, value]) => [`--${key}`, value]);
const options = fc
  .uniqueArray(pair, { maxLength: 3, selector: ([key]) => key })
  .map((pairs) => pairs.filter(([key]) => key !== 'address').flatMap(([key, value]) => [`--${key}`, value]));

/** Modules of sensors that heyu knows by their ids. */
const WITH_ID = ['MS10A', 'DS10A', 'KR10A', 'DM10', 'DS90'];
const x10config = fc
  .uniqueArray(fc.tuple(name, address, module_), { maxLength: 5, selector: ([label]) => label })
  .map((aliases) =>
    aliases
      .map(([label, unit, model], index) => {
        const id = WITH_ID.includes(model) ? ` 0x${50 + index}` : '';
        return `ALIAS ${label} ${unit} ${model}${id}\n`;
      })
      .join(''),
  );

/** What learning may propose, as the walk test hands it over. */
const suggestion: fc.Arbitrary<Suggestion> = fc.oneof(
  address.map((unit): Suggestion => ({
    kind: 'unmapped',
    moreUnits: [],
    address: unit,
    label: undefined,
    model: undefined,
    likely: undefined,
    name: undefined,
    count: 1,
    firstAt: 1,
    lastAt: 1,
  })),
  address.map((unit): Suggestion => ({ kind: 'neighbour', address: unit, count: 3 })),
  fc.tuple(name, address).map(([alias, unit]): Suggestion => ({ kind: 'dusk', alias, unit, likely: true })),
  fc.tuple(name, address, address).map(([alias, from, to]): Suggestion => ({
    kind: 'moved',
    alias,
    from,
    to,
    securityId: undefined,
    line: undefined,
    silentSinceAt: 1,
    newSinceAt: 2,
  })),
);

type Step =
  | { readonly kind: 'command'; readonly args: readonly string[] }
  | { readonly kind: 'import'; readonly x10config: string; readonly args: readonly string[] }
  | {
      readonly kind: 'learn';
      readonly suggestion: Suggestion;
      readonly alias: string;
      readonly what: string;
    };

const command = (args: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Step> =>
  args.map((given) => ({ kind: 'command', args: given }));

const step: fc.Arbitrary<Step> = fc.oneof(
  command(fc.tuple(name, address, options).map(([alias, unit, more]) => ['add', alias, unit, ...more])),
  command(fc.tuple(name, option).map(([alias, given]) => ['set', alias, ...given])),
  command(fc.tuple(name, address).map(([alias, unit]) => ['set', alias, '--address', unit])),
  command(
    fc
      .tuple(name, one('id', 'type', 'model', 'zone', 'topic'))
      .map(([alias, key]) => ['set', alias, '--unset', key]),
  ),
  command(name.map((alias) => ['remove', alias, '--yes'])),
  command(
    fc.tuple(name, name, one([], ['--move-topic'])).map(([from, to, more]) => ['rename', from, to, ...more]),
  ),
  fc.record({
    kind: one('import' as const),
    x10config,
    args: one<readonly string[]>([], ['--prune'], ['--zone', 'ground'], ['--zone', 'cellar']),
  }),
  fc.record({
    kind: one('learn' as const),
    suggestion,
    alias: name,
    what: one('MS14A', 'motion', 'door', 'smoke', 'light', 'remote', 'ignore'),
  }),
);

const zones = one(
  '',
  'zones: { ground: {}, upstairs: {} }\n',
  'zones: { ground: { keyfobs: [fob] }, upstairs: { state_topic: x10/garage/motion } }\n',
  'zones: { ground: { state_topic: x10/hall/set }, house: { members: [ground] } }\n',
  'homeassistant: { birth_topic: x10/door/contact }\nzones: { ground: { keyfobs: [fob, door] } }\n',
);
const entry = fc
  .tuple(name, address, fc.option(module_), fc.uniqueArray(pair, { maxLength: 2, selector: ([key]) => key }))
  .map(([alias, unit, model, pairs]): readonly [string, Readonly<Record<string, string>>] => [
    alias,
    {
      ...Object.fromEntries(pairs.map(([key, value]) => [key.replace('-', '_'), value])),
      address: unit,
      ...(model === null ? {} : { model }),
    },
  ]);
const entries = fc
  .tuple(fc.boolean(), fc.uniqueArray(entry, { maxLength: 4, selector: ([alias]) => alias }))
  .map(([hasFob, rest]) =>
    hasFob
      ? [...rest.filter(([alias]) => alias !== 'fob'), ['fob', { address: 'C4', model: 'KR10A' }] as const]
      : rest,
  );

const loaded = (there: AliasHouse) =>
  loadConfiguration({ configFile: there.path('config.yaml'), env: {}, version: '0' });

/** What the service would have against the house. */
const against = (there: AliasHouse): readonly string[] => {
  const result = loaded(there);
  return (result.ok ? result.ignored : result.problems).map(formatProblem);
};

/** Does one step; what it says when it refuses something. */
async function take(there: AliasHouse, next: Step): Promise<string> {
  if (next.kind === 'learn') {
    const said: string[] = [];
    const ask: Ask = {
      text: (_question, standard, check) =>
        Promise.resolve(check?.(next.alias) === undefined ? next.alias : standard),
      yesOrNo: () => Promise.resolve(true),
      choice: (_question, choices, standard) =>
        Promise.resolve(choices.find(({ value }) => value === next.what)?.value ?? standard),
      secret: () => Promise.resolve(''),
    };
    const terminal = {
      print: () => undefined,
      printJson: () => undefined,
      complain: (line: string) => said.push(line),
      style: (_: string, text: string) => text,
      isInteractive: true,
      columns: 80,
    };
    await actUpon(next.suggestion, findPlace({ config: there.path('config.yaml') }), ask, terminal, String);
    return said.join('\n');
  }
  if (next.kind === 'import') there.write('x10config', next.x10config);
  const { code, err } = await there.alias(
    ...(next.kind === 'import' ? ['import', '--yes'] : []),
    ...next.args,
  );
  expect(err).not.toMatch(/^ +at /m);
  return code === 0 ? '' : err;
}

describe('any sequence of alias commands on any house', () => {
  it('leaves a house that loads, or is refused with a reason and changes nothing', async () => {
    const done = { accepted: 0, refused: 0 };
    const there = house();
    await fc.assert(
      fc.asyncProperty(
        zones,
        entries,
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (config, given, steps) => {
          there.write('x10config', '');
          there.write('config.yaml', `heyu: { log: heyu.log, x10config: x10config }\n${config}`);
          writeFileSync(
            there.path('aliases.yaml'),
            `aliases:\n${given.map(([alias, keys]) => `  ${alias}: ${JSON.stringify(keys)}\n`).join('')}`,
          );
          fc.pre(against(there).length === 0);
          for (const next of steps) {
            const before = there.read('aliases.yaml');
            const said = await take(there, next);
            const hasChanged = there.read('aliases.yaml') !== before;
            expect([next, against(there)]).toEqual([next, []]);
            // an import leaves out what cannot be, and writes the rest
            if (said !== '' && next.kind !== 'import')
              expect([next, said, hasChanged]).toEqual([next, said, false]);
            done[said === '' ? 'accepted' : 'refused'] += 1;
          }
        },
      ),
      { numRuns: runs(40) },
    );
    expect(done.accepted).toBeGreaterThan(20);
    expect(done.refused).toBeGreaterThan(20);
  });
});
