/** Deadlines by groups do what looking after every sensor at every line would do. */

import { describe, expect, test } from 'vitest';
import { advance, Deadlines, shiftDeadlines, type Core } from '../../src/bridge/core.js';
import { hear } from '../../src/bridge/hear.js';
import { newSensorState, newTally, type Sensor } from '../../src/sensor/heard.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { addressAt } from '../../src/x10/address.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { coreSettings, sensorSettings } from '../support/settings.js';
import { fc, runs } from '../support/property.js';

const MODELS = ['MS14A', 'MS10A', 'DM10', 'EH-WD210', 'DS10A'];

/** Sensors of three groups: hold times, alarms that clear themselves, silences; some are ignored. */
const SENSORS = Array.from({ length: 34 }, (_, index) => {
  const model = MODELS[index % MODELS.length] ?? 'MS14A';
  const isMotion = ['MS14A', 'MS10A', 'DM10'].includes(model);
  return sensorSettings(addressAt(index), model, {
    type: isMotion ? 'motion' : model === 'DS10A' ? 'door' : 'water',
    holdMs: (1 + (index % 4)) * 30_000,
    minOnMs: index % 2 === 0 ? 20_000 : 0,
    silentMs: index % 3 === 0 ? 300_000 : 0,
    ignore: index % 9 === 8,
  });
});

const START = 1_000_000_000_000;

const sensorOf = (settings: SensorSettings, number: number): Sensor => ({
  number,
  settings,
  state: newSensorState(START),
  emit: () => undefined,
  tally: newTally(),
  alarm: () => undefined,
});

describe('deadlines', () => {
  const wish = fc.record({ number: fc.nat(SENSORS.length - 1), inS: fc.integer({ min: -5, max: 100 }) });
  const pass = fc.record({ passS: fc.nat(5) });
  const steps = fc.array(
    fc.oneof({ weight: 8, arbitrary: wish }, { weight: 4, arbitrary: pass }, fc.constant('all' as const)),
    { maxLength: 150, size: 'max' },
  );

  test('are looked after when their time has come, in the order of the sensors', () => {
    let spared = 0;
    fc.assert(
      fc.property(steps, (said) => {
        const sensors = SENSORS.map(sensorOf);
        const deadlines = new Deadlines(sensors);
        const wishes = sensors.map(() => Infinity);
        let at = START;
        for (const step of said) {
          if (step === 'all') {
            deadlines.setAll();
            wishes.fill(-Infinity);
          } else if ('passS' in step) {
            at += step.passS * 1000;
            const looked: number[] = [];
            const earliest = deadlines.lookAfter(at, ({ number }) => void looked.push(number));
            expect(looked).toEqual([...new Set(looked)].sort((one, other) => one - other));
            for (const number of looked) expect(wishes[number]).toBeLessThanOrEqual(at);
            for (const number of looked) wishes[number] = Infinity;
            expect(Math.min(...wishes)).toBeGreaterThan(at);
            // a deadline that was moved on may still be waited for where it was
            expect(earliest).toBeGreaterThan(at);
            expect(earliest).toBeLessThanOrEqual(Math.min(...wishes));
            if (looked.length > 0) spared += sensors.length - looked.length;
          } else {
            const sensor = sensors[step.number];
            if (sensor === undefined) continue;
            const wished = at + step.inS * 1000;
            deadlines.set(sensor, wished);
            wishes[step.number] = wished;
          }
        }
      }),
      { numRuns: runs(300) },
    );
    expect(spared).toBeGreaterThan(1000);
  });

  test('of one sensor are asked of no other', () => {
    const sensors = Array.from({ length: 5000 }, (_, number) =>
      sensorOf(sensorSettings('A1', 'MS14A'), number),
    );
    const deadlines = new Deadlines(sensors);
    const [, one] = sensors;
    if (one === undefined) throw new Error('no sensor');
    deadlines.set(one, START);
    let looked = 0;
    deadlines.lookAfter(START, () => (looked += 1));
    expect(looked).toBe(1);
  });

  const names = ['On', 'Off', 'Alert', 'Clear', 'Inactive'];
  const line = fc.record({ unit: fc.nat(SENSORS.length - 1), name: fc.constantFrom(...names) });
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
      { numRuns: runs(300) },
    );
    expect(changes).toBeGreaterThan(1000);
  });
});

type Event = { readonly unit: number; readonly name: string } | number | 'set back';

/** What a core publishes; `before` is done before each step. */
function played(events: readonly Event[], before: (core: Core) => void): string[] {
  const published: string[] = [];
  const bridge = listeningBridge(coreSettings({ sensors: SENSORS }), undefined, START, {
    channel: (alias, channel, value) => void published.push(`${alias}/${channel} ${value}`),
    event: (alias, { type, at }) => void published.push(`${alias} ${type} at ${at - START}`),
  });
  const { core } = bridge;
  let at = START;
  let offset = 0;
  const hearText = (text: string): void => {
    offset += 1;
    const heard = { text, generation: 'g', offset, file: 'current', notBefore: at, readAt: at } as const;
    hear(bridge, heard, 0, at, at);
  };
  for (const event of events) {
    const address = typeof event === 'object' ? addressAt(event.unit) : 'A1';
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
      hearText(`rcvi addr unit       ${address.slice(1)} : hu ${address}  (s)`);
      hearText(`rcvi func ${event.name.padStart(12)} : hc ${address.charAt(0)}`);
    } else {
      hearText(`rcva func ${event.name.padStart(12)} : hu ${address}  (s)`);
    }
  }
  return published;
}
