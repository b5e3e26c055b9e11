/** How the sensors of a zone stand, from the lines of the log to what is said of the zone. */

import { expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import { aliasesText, good, scene } from '../config/scene.js';
import { stamp } from '../support/replayed.js';

/** What is said of the zone `ground` after these lines. */
function attributesAfter(
  aliases: readonly string[],
  lines: readonly string[],
): Readonly<Record<string, unknown>> {
  const files = { 'config.yaml': 'zones: { ground: {} }\n', 'aliases.yaml': aliasesText(...aliases) };
  const { core } = good(scene(files).load()).configuration;
  let said = '{}';
  const explainer = new Explainer(core, { year: 2026, armed: [], disarmed: ['ground'] }, ({ finding }) => {
    if (finding.kind === 'publish' && finding.topic === 'x10/zone/ground/security_attributes')
      said = finding.payload;
  });
  // something that changes what is said, also where no sensor does
  for (const [index, text] of [...lines, 'rcva addr unit       1 : hu A1   (none)'].entries())
    explainer.line(`${stamp(index)}  ${text}`, 'log', index + 1, index * 100);
  explainer.end();
  return JSON.parse(said) as Readonly<Record<string, unknown>>;
}

const DOOR = 'door: { address: C2, model: DS10A, zone: ground }';
const GLASS = 'glass: { address: C3, model: GB10, zone: ground }';
const HALL = 'hall: { address: A3, model: MS14A, zone: ground }';
const SHED = 'shed: { address: C4, model: DS10A, zone: ground, guard: off }';
const SMOKE = 'smoke: { address: C5, model: SD90, zone: ground }';

const OPENED = 'rcva func        Alert : hu C2  swMax  (door)';
const CLOSED = 'rcva func        Clear : hu C2  swMax  (door)';

test.each([
  ['opened', [DOOR, HALL], [OPENED], { ready: false, open_sensors: ['door'], unknown_sensors: [] }],
  ['and closed', [DOOR], [OPENED, CLOSED], { ready: true, open_sensors: [], unknown_sensors: [] }],
  [
    'with a low battery',
    [DOOR],
    ['rcva func        Clear : hu C2  swMax LoBat  (door)'],
    { ready: true, low_batteries: ['door'] },
  ],
  [
    'broken glass',
    [GLASS, DOOR],
    [CLOSED, 'rcva func        Alert : hu C3   (glass)'],
    { ready: false, open_sensors: ['glass'] },
  ],
  [
    'what does not guard, or always',
    [SHED, SMOKE, DOOR],
    ['rcva func        Alert : hu C4  swMax  (shed)', 'rcva func        Alert : hu C5   (smoke)', CLOSED],
    { ready: true, open_sensors: [], unknown_sensors: [] },
  ],
  [
    'one of two was never heard',
    [DOOR, 'window: { address: C6, model: DS10A, type: window, zone: ground }'],
    [CLOSED],
    { ready: false, unknown_sensors: ['window'] },
  ],
])('%s', (_, aliases, lines, expected) => {
  expect(attributesAfter(aliases, lines)).toMatchObject(expected);
});
