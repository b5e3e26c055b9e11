/** Sixteen modules and 220 functions on the power line: after each of them heyu's own idea of every module. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import { good, scene } from '../config/scene.js';

const file = (name: string): string =>
  readFileSync(new URL(`../fixtures/lamps/${name}`, import.meta.url), 'utf8');

/** By mark: percent of D1 to D16. */
const LEVELS: ReadonlyMap<string, readonly number[]> = new Map(
  file('levels.txt')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [mark = '', levels = ''] = line.split(': ');
      return [`MARK ${mark}`, levels.split(' ').map(Number)] as const;
    }),
);

/**
 * An LM14A that answered as a switch would (`Switch On`), which a real one does not: heyu saw a level in the byte, its
 * log has none.
 */
const UNTOLD = ['MARK 176', 'MARK 177'];

test('every module is as heyu thinks that it is', () => {
  const { core } = good(
    scene({ 'config.yaml': 'heyu: { log: heyu.log }\n', 'aliases.yaml': file('aliases.yaml') }).load(),
  ).configuration;
  const values = new Map<string, string>();
  const explainer = new Explainer(core, { year: 2026, armed: [], disarmed: [] }, ({ finding }) => {
    if (finding.kind === 'change') values.set(`${finding.alias}/${finding.channel}`, finding.value);
  });
  const seen: string[] = [];
  const wrong: string[] = [];
  let last = '';
  file('heyu.log')
    .trimEnd()
    .split('\n')
    .forEach((line, index) => {
      explainer.line(line, 'log', index, index * 100);
      const levels = LEVELS.get(line.slice(16));
      if (levels === undefined) {
        last = line;
        return;
      }
      seen.push(line.slice(16));
      core.sensors.forEach(({ alias, model }, unit) => {
        const heyu = levels[unit] ?? 0;
        const state = values.get(`${alias}/state`) ?? 'OFF';
        const brightness = values.get(`${alias}/brightness`);
        const ours = state === 'ON' ? Number(brightness ?? 100) : 0;
        if (ours !== heyu && !(model.name === 'LM14A' && UNTOLD.includes(line.slice(16))))
          wrong.push(`${line.slice(16)}, ${last.slice(16)}: ${model.name} is ${ours}, to heyu ${heyu}`);
      });
    });
  expect(wrong).toEqual([]);
  expect(seen).toEqual([...LEVELS.keys()]);
});
