/** What is heard without an alias: kept ready to be adopted, and never more than a broker can take. */

import { describe, expect, test } from 'vitest';
import { UNMAPPED_LIMIT, type Core } from '../../src/bridge/core.js';
import { hear } from '../../src/bridge/hear.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { coreSettings, sensorSettings } from '../support/settings.js';

const NOON = Date.UTC(2026, 10, 22, 12);

function heard(...lines: string[]): Core {
  const settings = coreSettings({ sensors: [sensorSettings('A3', 'MS14A', { dusk: 'A4' })] });
  const bridge = listeningBridge(settings, undefined, NOON);
  lines.forEach((text, index) => {
    const at = NOON + index * 1000;
    const line = {
      text,
      generation: 'g',
      offset: index,
      file: 'current',
      notBefore: at,
      readAt: at,
    } as const;
    hear(bridge, line, 0, at, at);
  });
  return bridge.core;
}

describe('unmapped', () => {
  test.each([
    ['an address', ['rcvi addr unit       1 : hu D1  (lamp)', 'rcvi func           On : hc D'], ['D1']],
    ['security RF that heyu maps', ['rcva func        Alert : hu C1   (sec_motion)'], ['C1']],
    ['a measuring sensor', ['rcva func      rfxTemp : hu L9  Temp 25.500C (rfxt)'], ['L9']],
    ['an id of eight bits', ['rcva func       RFdata : Type Sec ID 0x22 Data 0x0C'], ['Sec 0x22']],
    ['an id of sixteen bits', ['rcva func       RFdata : Type Sec ID 0x5422 Data 0x0C'], ['Sec 0x5422']],
    ['a meter', ['rcva func       RFdata : Type RFXMeter ID 0x05 Data 0x1234000C'], ['RFXMeter 0x05']],
    ['an address without a function', ['rcvi addr unit       1 : hu D1  (lamp)'], []],
    ['heyu itself', ['sndc addr unit       1 : hu D1  (lamp)', 'sndc func           On : hc D'], []],
    [
      'a sensor and its dusk unit',
      ['rcvi addr unit       4 : hu A4  (x)', 'rcvi func           On : hc A'],
      [],
    ],
    ['noise', ['rcva func      RFnoise : Data (hex) 01 02 03 04'], []],
  ])('%s', (_, lines, expected) => {
    expect(Object.keys(heard(...lines).unmapped)).toEqual(expected);
  });

  test('tells how often, when, and what was last', () => {
    const { unmapped } = heard(
      'rcva func        Alert : hu C1   (_no_alias_)',
      'rcva func        Clear : hu C1  LoBat  (sec_motion)',
    );
    expect(unmapped).toEqual({
      C1: {
        label: 'sec_motion',
        count: 2,
        first: NOON,
        last: NOON + 1000,
        function: 'Clear',
        source: 'rcva',
      },
    });
  });

  test('holds what was heard last, and no long texts', () => {
    const ids = Array.from(
      { length: UNMAPPED_LIMIT + 50 },
      (_, id) => `0x${id.toString(16).padStart(4, '0')}`,
    );
    const core = heard(
      ...ids.map((id) => `rcva func       RFdata : Type Sec ID ${id} Data ${'0x0C'.repeat(9000)}`),
    );
    expect(Object.keys(core.unmapped)).toEqual(ids.slice(50).map((id) => `Sec ${id}`));
    expect(JSON.stringify(core.unmapped).length).toBeLessThan(64 * 1024);
    const strange = heard(
      `rcva func       RFdata : Type ${'x'.repeat(9000)} ID 0x1`,
      `rcvi addr unit       1 : hu D1  (${'x'.repeat(9000)})`,
    );
    expect(strange.unmapped).toEqual({});
  });
});
