/** A heyu that hangs is noticed by the signs of life that do not come any more. */

import { describe, expect, test } from 'vitest';
import { reconfigureBridge } from '../../src/bridge/bridge.js';
import { advance, memoryOf, type Bridge, type CoreMemory } from '../../src/bridge/core.js';
import { rememberedHealth } from '../../src/bridge/health.js';
import { hear } from '../../src/bridge/hear.js';
import type { Address } from '../../src/x10/address.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { coreSettings, sensorSettings } from '../support/settings.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 1);

const door = (address: Address, more = {}) =>
  sensorSettings(address, 'DS10A', { type: 'door', silentMs: DAY, ...more });
const DOORS = [door('C1'), door('C2'), door('C3')];
const SETTINGS = coreSettings({
  quietAfterMs: 2 * DAY,
  sensors: [...DOORS, sensorSettings('A3', 'MS14A'), sensorSettings('A5', 'MS14A')],
});

/** A bridge, what it said of the trouble and when (hours), and a way to let time pass and lines come. */
function listening(settings = SETTINGS, memory?: CoreMemory) {
  const said: string[] = [];
  let at = START;
  const create = (known: CoreMemory | undefined): Bridge =>
    listeningBridge(settings, known, at, {
      trouble: (trouble, begins) => {
        if (trouble === 'heartbeats_missing') said.push(begins ? 'missing' : 'over');
      },
    });
  const scene = {
    said,
    bridge: create(memory),
    wait: (ms: number) => {
      at += ms;
      advance(scene.bridge.core, at, true);
    },
    /** Time that nobody watched: the next line comes after it. */
    pass: (ms: number) => {
      at += ms;
    },
    line: (text: string) => {
      const line = { text, generation: 'g', offset: at, file: 'current', notBefore: at, readAt: at } as const;
      hear(scene.bridge, line, 0, at, at);
    },
    beat: (address = 'C1') => scene.line(`rcva func        Clear : hu ${address}  swMax  (x)`),
    /** Three sensors take turns for days; the pauses (minutes) come round and round. */
    live: (days: number, pauses: readonly number[] = [20, 40, 60], addresses = ['C1', 'C2', 'C3']) => {
      const until = at + days * DAY;
      for (let turn = 0; at < until; turn += 1) {
        scene.beat(addresses[turn % addresses.length]);
        scene.wait((pauses[turn % pauses.length] ?? 0) * MINUTE);
      }
      scene.beat();
    },
    restart: () => {
      scene.bridge = create(JSON.parse(JSON.stringify(memoryOf(scene.bridge.core))) as CoreMemory);
    },
  };
  return scene;
}

describe('signs of life', () => {
  test('are missing after twice their longest pause, until the next one', () => {
    const { live, wait, beat, said } = listening();
    live(15);
    wait(2 * HOUR - 1);
    expect(said).toEqual([]);
    wait(1);
    expect(said).toEqual(['missing']);
    wait(5 * DAY);
    beat('C2');
    expect(said).toEqual(['missing', 'over']);
  });

  test('are missing when only the power line is heard: the receiver hangs', () => {
    const { live, wait, line, said } = listening();
    live(15);
    for (let minutes = 0; minutes < 130; minutes += 10) {
      line('rcvi addr unit       3 : hu A3  (x)');
      line('rcvi func           On : hc A');
      wait(10 * MINUTE);
    }
    expect(said).toEqual(['missing']);
  });

  test('are never missed sooner than after 15 minutes', () => {
    const { live, wait, said } = listening();
    live(15, [1]);
    wait(15 * MINUTE - 1);
    expect(said).toEqual([]);
    wait(1);
    expect(said).toEqual(['missing']);
  });

  test('are not missed before 14 days are known', () => {
    const { live, wait, said } = listening();
    live(13);
    wait(10 * DAY);
    expect(said).toEqual([]);
  });

  test('are judged by the last 14 days', () => {
    const { live, wait, said, beat } = listening();
    live(1);
    wait(10 * HOUR);
    beat();
    live(13);
    wait(20 * HOUR - 1);
    expect(said).toEqual([]);
    wait(1);
    expect(said).toEqual(['missing']);
    const later = listening();
    later.live(1);
    later.wait(10 * HOUR);
    later.live(16);
    later.wait(2 * HOUR);
    expect(later.said).toEqual(['missing']);
  });

  test('are not judged by the time for which heyu did not run', () => {
    const { live, wait, line, said, beat } = listening();
    live(15);
    wait(1 * HOUR);
    line('Engine started');
    wait(1 * HOUR + 59 * MINUTE);
    expect(said).toEqual([]);
    beat();
    wait(2 * HOUR);
    expect(said).toEqual(['missing']);
  });

  test('that are missing are not any more when the engine is started', () => {
    const { live, wait, line, said } = listening();
    live(15);
    wait(3 * HOUR);
    line('Engine started');
    wait(2 * HOUR - 1);
    expect(said).toEqual(['missing', 'over']);
    wait(1);
    expect(said).toEqual(['missing', 'over', 'missing']);
  });

  test('that were missing long ago, in a log that is read on, are not reported', () => {
    const { live, pass, beat, wait, said } = listening();
    live(15);
    pass(9 * HOUR);
    beat('C2');
    wait(17 * HOUR);
    expect(said).toEqual([]);
  });

  test('that came late without a new engine count: the sensors do that', () => {
    const { live, wait, beat, said } = listening();
    live(15);
    wait(3 * HOUR);
    beat();
    wait(5 * HOUR);
    expect(said).toEqual(['missing', 'over']);
    wait(1 * HOUR);
    expect(said).toEqual(['missing', 'over', 'missing']);
  });

  test.each([
    ['fewer than three sensors', coreSettings({ ...SETTINGS, sensors: DOORS.slice(0, 2) }), ['C1', 'C2']],
    ['three of which only two are heard', SETTINGS, ['C1', 'C2']],
    [
      'sensors whose silence does not matter',
      coreSettings({ ...SETTINGS, sensors: [...DOORS.slice(0, 2), door('C3', { silentMs: 0 })] }),
      ['C1', 'C2', 'C3'],
    ],
    [
      "a neighbour's sensor among three",
      coreSettings({ ...SETTINGS, sensors: [...DOORS.slice(0, 2), door('C3', { ignore: true })] }),
      ['C1', 'C2', 'C3'],
    ],
    ['a house that wants no silence reported', { ...SETTINGS, quietAfterMs: 0 }, ['C1', 'C2', 'C3']],
  ])('say nothing of heyu with %s', (_, settings, addresses) => {
    const { live, wait, said } = listening(settings);
    live(15, [20], addresses);
    wait(3 * DAY);
    expect(said).toEqual([]);
  });

  test('of standard X10 do not exist', () => {
    const sensors = (['A1', 'A3', 'A5'] as const).map((address) => sensorSettings(address, 'MS14A'));
    const { wait, line, said } = listening(coreSettings({ ...SETTINGS, sensors }));
    for (let turn = 0; turn < 24 * 16; turn += 1) {
      line('rcvi addr unit       3 : hu A3  (x)');
      line('rcvi func           On : hc A');
      wait(HOUR);
    }
    wait(DAY);
    expect(said).toEqual([]);
  });

  test('are remembered over restarts, and so is that they are missing', () => {
    const { live, wait, restart, said, beat } = listening();
    live(8);
    restart();
    live(8);
    restart();
    wait(2 * HOUR);
    expect(said).toEqual(['missing']);
    restart();
    wait(HOUR);
    expect(said).toEqual(['missing']);
    beat();
    expect(said).toEqual(['missing', 'over']);
  });

  test('that were missing while the bridge was away are reported, but heyu is given time to start', () => {
    const { live, pass, restart, wait, said } = listening();
    live(15);
    pass(8 * HOUR);
    restart();
    wait(5 * MINUTE - 1);
    expect(said).toEqual([]);
    wait(1);
    expect(said).toEqual(['missing']);
  });

  test('are learned anew with a document of an earlier version', () => {
    const health = rememberedHealth();
    expect(health).not.toHaveProperty('heartbeats');
    const memory = { sensors: {}, selections: {}, rf: {}, unmapped: {}, health, lineAt: 0 };
    const { live, wait, said } = listening(SETTINGS, memory);
    live(15);
    wait(2 * HOUR);
    expect(said).toEqual(['missing']);
  });

  test('are not missed any more when the configuration has too few sensors', () => {
    const scene = listening();
    scene.live(15);
    scene.wait(3 * HOUR);
    reconfigureBridge(scene.bridge, coreSettings({ ...SETTINGS, sensors: DOORS.slice(0, 1) }), {
      at: START,
      mono: START,
    });
    scene.wait(MINUTE);
    expect(scene.said).toEqual(['missing', 'over']);
  });
});
