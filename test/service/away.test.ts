/** A broker that is away for days costs neither memory nor an event that is younger than a day. */

import { expect, test } from 'vitest';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { beginLives, type Lives } from './lives.js';

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;

const settings = coreSettings({
  sensors: [sensorSettings('A1', 'MS14A', { holdMs: 5000 })],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  replayMaxAgeMs: DAY_MS,
});

type Told = { readonly event_type: string; readonly id: string; readonly at: string };

const startsOf = (lives: Lives): Told[] =>
  lives.delivered
    .filter(({ topic }) => topic === 'x10/s_a1/event')
    .map(({ payload }) => JSON.parse(payload) as Told)
    .filter(({ event_type }) => event_type.startsWith('motion'));

type Saved = {
  readonly settled: {
    readonly core: { readonly health: { readonly counters: { readonly expired: number } } };
  };
};

/** `crashes`: the process dies now and then meanwhile. */
test.each([{ crashes: false }, { crashes: true }])(
  'everything of the last day arrives, what is older is counted and said (crashes: $crashes)',
  async ({ crashes }) => {
    const lives = await beginLives(settings);
    await lives.settle();
    await lives.disconnect();
    const written: number[] = [];
    let most = 0;
    while (written.length * EVERY_MS < 3 * DAY_MS) {
      written.push(Math.floor(lives.clock.wallMs() / 1000) * 1000);
      lives.heyu(...pair('rcvi', 'A1', 'On'));
      await lives.look();
      await lives.pass(EVERY_MS);
      if (crashes && written.length % 500 === 0) await lives.crash();
      most = Math.max(most, JSON.stringify(lives.saved()).length);
    }
    expect(most).toBeLessThan(20_000);
    expect(lives.told.filter((text) => text.startsWith('the broker does not take events'))).not.toEqual([]);
    await lives.connect();
    const now = lives.clock.wallMs();
    for (let i = 0; i < 200; i += 1) {
      await lives.look();
      await lives.acknowledge();
      await lives.pass(100);
    }
    const told = new Set(startsOf(lives).map(({ at }) => Date.parse(at)));
    const young = written.filter((at) => now - at < DAY_MS - EVERY_MS);
    expect(young.filter((at) => !told.has(at))).toEqual([]);
    expect(startsOf(lives).every(({ event_type }) => event_type === 'motion_missed')).toBe(true);
    expect(
      lives.delivered.filter(({ topic, payload }) => topic === 'x10/s_a1/motion' && payload === 'ON'),
    ).toEqual([]);
    await lives.pass(120_000);
    await lives.look();
    await lives.acknowledge();
    await lives.pass(10_000);
    const { expired } = (lives.saved() as Saved).settled.core.health.counters;
    const old = written.length - told.size;
    expect(old).toBeGreaterThan(2800);
    // beginnings and ends
    expect(expired).toBeGreaterThanOrEqual(old);
    if (!crashes) expect(expired).toBeLessThanOrEqual(2 * old);
    const said = lives.told
      .filter((text) => text.startsWith('events were too old'))
      .map((text) => Number(/"events":(\d+)/.exec(text)?.[1] ?? 0));
    if (!crashes) expect(said.reduce((sum, count) => sum + count, 0)).toBe(expired);
    else expect(said.length).toBeGreaterThan(0);
  },
);
