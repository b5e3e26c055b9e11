/**
 * Whatever stands in the log and whatever comes in on any topic: nothing is thrown, nobody moves, nothing grows. What
 * arrives is anybody's: a broker has many clients, and scripts write into heyu's log.
 */

import { expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';
import { fc, runs } from '../support/property.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000, dusk: 'A2', zone: 'own' }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000, zone: 'others' }),
    sensorSettings('B1', 'DS10A', { type: 'door', zone: 'own' }),
    sensorSettings('C1', 'LM465', { type: 'light' }),
    sensorSettings('C3', 'AM486', { type: 'appliance' }),
  ],
  zones: [zoneSettings('own'), zoneSettings('others', { kind: 'external', stateTopic: 'alarmo/state' })],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  control: true,
});

/** Every topic that the service listens to: a new one belongs here. */
const SUBSCRIBED = [
  'alarmo/state',
  'homeassistant/status',
  'x10/bridge/set',
  'x10/s_c1/set',
  'x10/s_c3/set',
  'x10/zone/others/set',
  'x10/zone/own/set',
  'x10/zone/own/state',
];

const words = fc.constantFrom(
  'ON',
  'OFF',
  'DISARM',
  'ARM_AWAY',
  'armed_away',
  'disarmed',
  'pending',
  'triggered',
  'online',
  'offline',
  'None',
  '{"state":"armed_away"}',
  '{"command":"DISARM","code":"1234"}',
  '{',
  '[]',
  'null',
  '0',
  '100',
  '-1',
  '1e999',
  '\0',
  '',
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  words.map((text) => new TextEncoder().encode(text)),
  fc.json().map((text) => new TextEncoder().encode(text)),
  fc.string({ unit: 'binary', maxLength: 100 }).map((text) => new TextEncoder().encode(text)),
  fc.constantFrom(1, 4096, 300_000).map((length) => new Uint8Array(length).fill(0x7b)),
);
const message = fc.record({
  topic: fc.constantFrom(...SUBSCRIBED, 'x10/nobody/asked'),
  payload,
  retain: fc.boolean(),
});

const stamp = fc.constantFrom(
  '',
  '11/22 12:00:01  ',
  '02/30 25:61:61  ',
  '2026/11/22 12:00:01 ',
  '99/99 99:99:99  ',
);
/** Pieces of heyu's lines in any order; never a whole address and a whole On of a sensor. */
const piece = fc.constantFrom(
  'rcvi',
  ' addr unit ',
  ' func ',
  ':',
  ' hu ',
  'A0',
  'A17',
  ' hc ',
  'Q',
  'Alert',
  'LoBat',
  '\t',
  '  ',
  '(',
  ')',
  '\ufffd',
  'Engine started',
  'System is',
  'Launching',
  'RFdata',
  'Type',
  'ID',
  '0x',
  '-1',
  '9'.repeat(40),
);
const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
  fc.tuple(stamp, fc.array(piece, { maxLength: 12 })).map(([at, parts]) => at + parts.join('')),
  fc.constantFrom(0, 1).map((more) => `11/22 12:00:01  ${'rcvi func On : hc '.repeat(800 + more)}`),
);

type Step =
  | { readonly kind: 'message'; readonly message: { topic: string; payload: Uint8Array; retain: boolean } }
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'crash' | 'disconnect' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: message.map((one): Step => ({ kind: 'message', message: one })) },
  { weight: 6, arbitrary: line.map((one): Step => ({ kind: 'line', line: one })) },
  { weight: 2, arbitrary: fc.constantFrom(10, 3000, 70_000).map((ms): Step => ({ kind: 'pass', ms })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'crash' }, { kind: 'disconnect' }) },
);

async function take(lives: Lives, one: Step): Promise<void> {
  switch (one.kind) {
    case 'message':
      await lives.connect();
      await lives.receive(one.message.topic, one.message.payload, one.message.retain);
      return;
    case 'line':
      // a line of the log has no line feed in it
      lives.write(one.line.replaceAll('\n', ' '));
      await lives.look();
      return;
    case 'pass':
      await lives.pass(one.ms);
      return;
    default:
      await lives[one.kind]();
  }
}

test('arbitrary bytes as log and on every subscribed topic move nobody and throw nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const lives = await beginLives(settings);
      await lives.settle();
      expect([...lives.subscriptions].sort()).toEqual(SUBSCRIBED);
      for (const one of steps) await take(lives, one);
      await lives.connect();
      for (let i = 0; i < 3; i += 1) {
        await lives.look();
        await lives.acknowledge();
      }
      const motions = lives.delivered.filter(({ topic }) => topic.endsWith('/motion'));
      expect(motions.filter(({ payload: value }) => value !== 'OFF')).toEqual([]);
      expect(lives.delivered.filter(({ topic }) => /s_a\d\/event$/.test(topic))).toEqual([]);
      // and it works as before
      await lives.hear(...pair('rcvi', 'A1', 'On'));
      expect(lives.retained.get('x10/s_a1/motion')).toBe('ON');
    }),
    { numRuns: runs(75) },
  );
});

test('thousands of different payloads and lines leave nothing behind', async () => {
  const lives = await beginLives(settings);
  await lives.settle();
  const sizes: number[] = [];
  const topics: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    for (let i = 0; i < 1000; i += 1) {
      const n = round * 1000 + i;
      for (const topic of SUBSCRIBED)
        await lives.receive(topic, `{"state":"word${n}","n":${n}}`, n % 2 === 0);
      lives.heyu(
        `rcvi func           On : hc ${String.fromCharCode(65 + (n % 16))}`,
        `rcva func        Alert : hu ${String.fromCharCode(65 + (n % 16))}${1 + (n % 16)}   (nobody_${n})`,
        `rcva func       RFdata : Type Sec ID 0x${n.toString(16).padStart(4, '0')} Data 0x0C`,
        `no line of heyu ${n}`,
      );
      if (i % 50 !== 0) continue;
      await lives.look();
      await lives.passAcknowledged(2000);
    }
    await lives.passAcknowledged(10_000);
    sizes.push(JSON.stringify(lives.saved()).length);
    topics.push(lives.retained.size);
  }
  // the first rounds fill what is bounded: at most 200 unmapped addresses are remembered
  expect((sizes.at(-1) ?? 0) / (sizes[2] ?? 1)).toBeLessThan(1.05);
  expect(topics.at(-1)).toBe(topics[2]);
});
