/** The memory in a checkpoint: what is written is read again, and what is not as it should be is left out by itself. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryOf, type CoreMemory } from '../../src/bridge/core.js';
import { hear } from '../../src/bridge/hear.js';
import { readCoreMemory } from '../../src/bridge/remembered.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { logsOf, recordingNames } from '../support/recordings.js';
import { coreSettings, sensorSettings } from '../support/settings.js';

const NOON = Date.UTC(2026, 10, 22, 12);

const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { dusk: 'A2' }),
    sensorSettings('A3', 'MS10A'),
    sensorSettings('B1', 'DS10A', { type: 'door' }),
    sensorSettings('C1', 'LM465', { type: 'light' }),
  ],
});

/** As it comes from the disk. */
function stored(texts: readonly string[]): CoreMemory {
  const bridge = listeningBridge(settings, undefined, NOON);
  texts.forEach((text, index) => {
    const at = NOON + index * 1000;
    const place = { generation: 'abcdef01', offset: index * 80, file: 'current' } as const;
    hear(bridge, { text, ...place, notBefore: at, readAt: at }, 0, at, at);
  });
  return JSON.parse(JSON.stringify(memoryOf(bridge.core))) as CoreMemory;
}

const linesOf = (name: string): readonly string[] =>
  logsOf(name)
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .map((line) => line.replace(/^\d\d\/\d\d \d\d:\d\d:\d\d +/, ''));

test.each(recordingNames())('what is remembered of recording %s is read again', (name) => {
  const memory = stored(linesOf(name));
  expect(readCoreMemory(memory)).toEqual({ memory, damaged: [] });
});

describe('what is damaged is named and left out, and nothing else:', () => {
  const [motion, door] = settings.sensors.map(({ id }) => id).filter((_, index) => index % 2 === 0);
  const at = (memory: CoreMemory, path: string): { holder: Record<string, unknown>; key: string } => {
    const keys = path.split('/');
    const key = keys.pop() ?? '';
    let holder = memory as unknown as Record<string, unknown>;
    for (const step of keys) holder = holder[step] as Record<string, unknown>;
    return { holder, key };
  };
  const heard = [
    'rcvi addr unit       1 : hu A1  (hall)',
    'rcvi func           On : hc A',
    'rcva func        Alert : hu B1  swMin LoBat  (door)',
    'rcvi addr unit       5 : hu D5  (_no_alias_)',
  ];
  test.each([
    { path: `sensors/${motion}/motion`, value: null, damaged: `sensors.${motion}` },
    { path: `sensors/${motion}/motion/until`, value: 1e300, damaged: `sensors.${motion}` },
    { path: `sensors/${motion}/motion/since`, value: '0', damaged: `sensors.${motion}` },
    { path: `sensors/${door}/values`, value: { contact: 1 }, damaged: `sensors.${door}` },
    { path: `sensors/${door}`, value: [], damaged: `sensors.${door}` },
    { path: 'sensors', value: null, damaged: 'sensors' },
    {
      path: 'selections',
      value: { 3: { units: [{ unit: 256, label: null, at: 1 }] } },
      damaged: 'selections',
    },
    { path: 'selections', value: { 3: {} }, damaged: 'selections' },
    { path: 'otherSelections', value: [], damaged: 'otherSelections' },
    { path: 'spool', value: { rcvi: { at: 1 } }, damaged: 'spool' },
    { path: 'rf', value: { 1: [1] }, damaged: 'rf' },
    { path: 'unmapped', value: { D5: { count: 'many' } }, damaged: 'unmapped' },
    { path: 'health/counters', value: { lines: null }, damaged: 'health' },
    { path: 'lineAt', value: 9e15, damaged: 'lineAt' },
  ])('$path = $value', ({ path, value, damaged }) => {
    const memory = stored(heard);
    const { holder, key } = at(memory, path);
    holder[key] = value;
    const read = readCoreMemory(memory);
    expect(read.damaged).toEqual([damaged]);
    const [part = '', id] = damaged.split('.');
    const whole = stored(heard);
    const others = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== part));
    expect(read.memory).toMatchObject(id === undefined ? others : { ...others, sensors: {} });
    if (id !== undefined) {
      expect(Object.keys(read.memory.sensors)).toEqual(
        Object.keys(whole.sensors).filter((one) => one !== id),
      );
    }
    expect(() => listeningBridge(settings, read.memory, NOON)).not.toThrow();
  });
});
