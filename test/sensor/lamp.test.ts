/** Levels of lamps: what holds for every module and every function. */

import { expect, test } from 'vitest';
import { levelAfter, levelFrom, percentOf, stepsTo } from '../../src/sensor/lamp.js';
import { MODELS } from '../../src/x10/models.js';
import { isDimmable, responseOf } from '../../src/x10/response.js';
import { fc } from '../support/property.js';

const functions = fc.oneof(
  fc
    .constantFrom(
      'On',
      'Off',
      'AllOff',
      'LightsOn',
      'LightsOff',
      'StatusOn',
      'StatusOff',
      'xAllOn',
      'xAllOff',
    )
    .map((name) => [name, ''] as const),
  fc
    .tuple(fc.constantFrom('Dim', 'Bright'), fc.integer({ min: 0, max: 210 }))
    .map(([name, dims]) => [name, `${name.toLowerCase()} %00 [${dims}]`] as const),
  fc.integer({ min: 1, max: 32 }).map((level) => ['Preset', String(level)] as const),
  fc.integer({ min: 0, max: 63 }).map((level) => ['xPreset', `level ${level}`] as const),
  fc.integer({ min: 0, max: 15 }).map((level) => ['kPreset', `key 1 level ${level}`] as const),
  fc.constantFrom('kOn', 'kOff', 'kGrpOn', 'kGrpOff').map((name) => [name, 'grp A'] as const),
);

test('a level is within the steps of its module, Off is off, and what is restored is what was shown', () => {
  const full = { dims: 210, preset: 31, extended: 62, kaku: 15 };
  const lamps = MODELS.filter(
    ({ kind, name }) => ['lamp', 'appliance'].includes(kind) || name.startsWith('KAKU'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...lamps), fc.array(functions, { maxLength: 12 }), (model, said) => {
      const response = responseOf(model, true);
      const { steps } = response;
      let level = levelFrom(steps, undefined, undefined);
      for (const [name, args] of said) {
        const after = levelAfter(response, level, name, args);
        if (after === undefined) continue;
        level = after;
        if (name === 'Off' || name === 'AllOff' || name === 'LightsOff' || name === 'kOff')
          expect(level.now).toBe(0);
        if (name === 'On' || name === 'kOn') expect(level.now).toBeGreaterThan(0);
        for (const each of [level.now, level.kept]) {
          expect(Number.isInteger(each) && each >= 0 && each <= full[steps]).toBe(true);
        }
        expect(level.kept).toBeGreaterThan(0);
        const percent = percentOf(steps, level.now);
        const again = levelFrom(steps, level.now > 0 ? 'ON' : 'OFF', String(percent));
        if (level.now > 1) expect(percentOf(steps, again.now)).toBe(percent);
      }
    }),
  );
});

test('as many steps as are asked for darkness, and none for full brightness', () => {
  for (const model of MODELS.filter(isDimmable)) {
    const response = responseOf(model, true);
    if (response.steps === 'kaku') continue;
    const steps = Array.from({ length: 101 }, (_, percent) => stepsTo(response, percent));
    expect(steps[100]).toBe(0);
    expect(steps[0]).toBe(22);
    for (let percent = 1; percent <= 100; percent += 1) {
      expect(steps[percent]).toBeLessThanOrEqual(steps[percent - 1] ?? 0);
    }
  }
});
