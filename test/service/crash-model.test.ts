/**
 * Whatever the broker, the disk and the process do, in the end the same motions have been reported and the same
 * values are shown as in a life without a fault. The reference is the bridge itself, on the same log.
 */

import { describe, expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';
import { fc, runs } from '../support/property.js';

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000, dusk: 'A2' }),
    sensorSettings('A3', 'MS14A', { holdMs: 20_000, cooldownMs: 30_000 }),
    sensorSettings('A5', 'MS14A', { holdMs: 3000, minOnMs: 2000 }),
    sensorSettings('B1', 'MS10A', { holdMs: 10_000, off: 'hold' }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
});

type Step =
  | { readonly kind: 'write'; readonly texts: readonly string[] }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'acknowledge'; readonly most: number }
  | { readonly kind: 'disk'; readonly isFull: boolean }
  | { readonly kind: 'reload'; readonly log: boolean; readonly broker: boolean }
  | { readonly kind: 'look' | 'connect' | 'disconnect' | 'crash' | 'restart' };

const standard = fc
  .tuple(
    fc.constantFrom('rcvi', 'rcva', 'snda', 'sndc'),
    fc.constantFrom('A1', 'A2', 'A3', 'A5'),
    fc.constantFrom('On', 'On', 'Off'),
  )
  .map(([source, address, name]) => pair(source, address, name));
const security = fc
  .constantFrom('Alert', 'Clear')
  .map((name) => [`rcva func ${name.padStart(12)} : hu B1   (s_b1)`]);
const write = fc
  .oneof({ weight: 3, arbitrary: standard }, { weight: 1, arbitrary: security })
  .map((texts): Step => ({ kind: 'write', texts }));
const half = standard.map((texts): Step => ({ kind: 'write', texts: texts.slice(0, 1) }));
const engine = fc.constant<Step>({ kind: 'write', texts: ['Engine started'] });
const pass = fc.constantFrom(300, 900, 1500, 2500, 6000, 25_000, 70_000);

const steps = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: write },
    { weight: 1, arbitrary: half },
    { weight: 1, arbitrary: engine },
    { weight: 8, arbitrary: pass.map((ms): Step => ({ kind: 'pass', ms })) },
    { weight: 8, arbitrary: fc.constant<Step>({ kind: 'look' }) },
    { weight: 4, arbitrary: fc.constant<Step>({ kind: 'connect' }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'disconnect' }) },
    { weight: 6, arbitrary: fc.nat(30).map((most): Step => ({ kind: 'acknowledge', most })) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Step>({ kind: 'crash' }, { kind: 'crash' }, { kind: 'restart' }),
    },
    { weight: 1, arbitrary: fc.boolean().map((isFull): Step => ({ kind: 'disk', isFull })) },
    {
      weight: 2,
      arbitrary: fc
        .record({ log: fc.boolean(), broker: fc.boolean() })
        .map((others): Step => ({ kind: 'reload', ...others })),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

/** What was reported and is shown. */
type Outcome = {
  readonly starts: readonly string[];
  readonly shown: Readonly<Record<string, string>>;
  /** Events that the broker has been given twice. */
  readonly repeats: readonly string[];
};

function outcomeOf(lives: Lives): Outcome {
  const starts = new Set<string>();
  const events: string[] = [];
  for (const { topic, payload } of lives.delivered) {
    if (!topic.endsWith('/event')) continue;
    const { event_type, id } = JSON.parse(payload) as { event_type: string; id: string };
    events.push(`${topic} ${id}`);
    if (event_type.startsWith('motion')) starts.add(`${topic} ${id}`);
  }
  const shown = Object.fromEntries(
    [...lives.retained].filter(([topic]) => /\/(motion|light|battery|last_seen)$/.test(topic)),
  );
  const repeats = events.filter((event, index) => events.indexOf(event) < index);
  return { starts: [...starts].sort(), shown, repeats };
}

/** Everything runs again, and has the time it needs. */
async function recover(lives: Lives): Promise<void> {
  lives.disk.isFull = false;
  await lives.connect();
  for (let i = 0; i < 4; i += 1) {
    await lives.acknowledge();
    await lives.look();
  }
  await lives.acknowledge();
}

async function run(plan: readonly Step[], isFaultless: boolean): Promise<Outcome> {
  const lives = await beginLives(settings);
  await lives.look();
  if (isFaultless) await lives.connect();
  for (const step of plan) {
    if (step.kind === 'write') {
      lives.heyu(...step.texts);
      if (isFaultless) await lives.look();
    } else if (step.kind === 'pass') {
      await lives.pass(step.ms);
      if (isFaultless) await lives.look();
    } else if (step.kind === 'restart') {
      // stopping without a broker takes its time
      const from = lives.clock.wallMs();
      if (!isFaultless) await lives.restart();
      await lives.pass(from + 3000 - lives.clock.wallMs());
    } else if (!isFaultless) {
      if (step.kind === 'acknowledge') await lives.acknowledge(step.most);
      else if (step.kind === 'disk') lives.disk.isFull = step.isFull;
      else if (step.kind === 'reload') await lives.reload(settings, step);
      else await lives[step.kind]();
    }
    if (isFaultless) await lives.acknowledge();
  }
  await recover(lives);
  await lives.pass(100_000);
  await recover(lives);
  return outcomeOf(lives);
}

describe('a bridge that dies again and again', () => {
  test('reports and shows in the end what one without faults does', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { repeats, ...outcome } = await run(plan, false);
        expect({ ...outcome, repeats: [] }).toEqual(await run(plan, true));
        // what the disk did not take is sent again
        if (!plan.some(({ kind }) => kind === 'disk')) expect(repeats).toEqual([]);
      }),
      { numRuns: runs(150) },
    );
  });
});
