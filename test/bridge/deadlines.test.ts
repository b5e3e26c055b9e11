/** The heap of deadlines does what looking after every sensor at every line would do. */

import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { advance, createCore, shiftDeadlines, type Core, type CoreOutput } from '../../src/bridge/core.js';
import { createDeadlines } from '../../src/bridge/deadlines.js';
import { hearStamped } from '../../src/bridge/listen.js';
import type { Sensor } from '../../src/sensor/hearing.js';
import { newSensorState } from '../../src/sensor/state.js';
import { coreSettings, sensorSettings } from '../support/settings.js';

const MODELS = ['MS14A', 'MS10A', 'DM10', 'EH-WD210', 'DS10A'];

/** Nine sensors: hold times, alarms that clear themselves, silences; the last one is ignored. */
const SENSORS = Array.from({ length: 9 }, (_, index) => {
  const model = MODELS[index % MODELS.length] ?? 'MS14A';
  const isMotion = ['MS14A', 'MS10A', 'DM10'].includes(model);
  return sensorSettings(`A${index + 1}`, model, {
    type: isMotion ? 'motion' : model === 'DS10A' ? 'door' : 'water',
    holdMs: (1 + (index % 4)) * 30_000,
    minOnMs: index % 2 === 0 ? 20_000 : 0,
    silentMs: index % 3 === 0 ? 300_000 : 0,
    ignore: index === 8,
  });
});

const START = 1_000_000_000_000;

describe('deadlines', () => {
  const wish = fc.record({ sensor: fc.nat(8), inS: fc.integer({ min: -5, max: 100 }) });
  const pass = fc.record({ passS: fc.nat(5) });
  const steps = fc.array(
    fc.oneof({ weight: 8, arbitrary: wish }, { weight: 4, arbitrary: pass }, fc.constant('all' as const)),
    { maxLength: 150, size: 'max' },
  );

  test('are due when their time has come, each once, in the order of the sensors', () => {
    fc.assert(
      fc.property(steps, (said) => {
        const sensors: Sensor[] = SENSORS.map((settings) => ({
          settings,
          state: newSensorState(START),
          wakeAt: Infinity,
        }));
        const deadlines = createDeadlines(sensors);
        const wishes = sensors.map(() => Infinity);
        let at = START;
        for (const step of said) {
          if (step === 'all') {
            deadlines.wishAll();
            wishes.fill(-Infinity);
          } else if ('passS' in step) {
            at += step.passS * 1000;
            const expected = sensors.filter((_, index) => (wishes[index] ?? Infinity) <= at);
            expect(deadlines.due(at)).toEqual(expected);
            wishes.forEach((wished, index) => {
              if (wished <= at) wishes[index] = Infinity;
            });
          } else {
            const sensor = sensors[step.sensor];
            if (sensor === undefined) continue;
            const wished = at + step.inS * 1000;
            deadlines.wish(sensor, wished);
            wishes[step.sensor] = Math.min(wishes[step.sensor] ?? Infinity, wished);
          }
          expect(deadlines.earliest()).toBe(Math.min(...wishes));
        }
      }),
      { numRuns: 500 },
    );
  });

  const names = ['On', 'Off', 'Alert', 'Clear', 'Inactive'];
  const line = fc.record({ unit: fc.integer({ min: 1, max: 9 }), name: fc.constantFrom(...names) });
  const events = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: line },
      { weight: 4, arbitrary: fc.nat(200) },
      fc.constant('set back' as const),
    ),
    { maxLength: 60 },
  );

  test('end the same motions, alarms and silences as looking after every sensor at every step', () => {
    let changes = 0;
    fc.assert(
      fc.property(events, (said) => {
        const one = played(said, () => undefined);
        expect(one).toEqual(played(said, (core) => shiftDeadlines(core, 0)));
        changes += one.length;
      }),
      { numRuns: 300 },
    );
    expect(changes).toBeGreaterThan(1000);
  });
});

type Event = { readonly unit: number; readonly name: string } | number | 'set back';

/** What a core publishes; `before` is done before each step. */
function played(events: readonly Event[], before: (core: Core) => void): string[] {
  const published: string[] = [];
  const nothing = (): void => undefined;
  const output: CoreOutput = {
    channel: ({ settings }, channel, value) => void published.push(`${settings.alias}/${channel} ${value}`),
    event: ({ settings }, { type, at }) => void published.push(`${settings.alias} ${type} at ${at - START}`),
    seen: nothing,
    alarm: () => undefined,
    heyuArmed: nothing,
    keyfob: nothing,
    trouble: nothing,
    note: nothing,
  };
  const core = createCore(coreSettings({ sensors: SENSORS }), undefined, START, output);
  let at = START;
  let offset = 0;
  const hear = (text: string): void => {
    offset += 1;
    const heard = { text, generation: 'g', offset, file: 'current', notBefore: at, readAt: at } as const;
    hearStamped(core, heard, 0, at, at);
  };
  for (const event of events) {
    before(core);
    if (event === 'set back') {
      at -= 3_600_000;
      shiftDeadlines(core, -3_600_000);
    } else if (typeof event === 'number') {
      at += event * 1000;
      advance(core, at);
      // what was due is over: nothing that is earlier is waited for
      expect(core.wakeAt).toBeGreaterThan(at);
    } else if (event.name === 'On' || event.name === 'Off') {
      hear(`rcvi addr unit       ${event.unit} : hu A${event.unit}  (s)`);
      hear(`rcvi func ${event.name.padStart(12)} : hc A`);
    } else {
      hear(`rcva func ${event.name.padStart(12)} : hu A${event.unit}  (s)`);
    }
  }
  return published;
}
