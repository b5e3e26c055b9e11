import { describe, expect, it } from 'vitest';
import { discoveryMessages } from '../../src/homeassistant/discovery.js';
import { BAD_DEVICES, BAD_ENTITIES } from './bad-payloads.js';
import { HOUSE, inForm } from './examples.js';
import { SMALL_HOUSE, spoilt, type Bad } from './spoil.js';
import { faultsOf } from './validator.js';

const named = (rows: readonly Bad[]): readonly (readonly [string, Bad])[] =>
  rows.map((row) => [row.what, row]);

describe('the validator', () => {
  it('has nothing against our own messages', () => {
    expect(faultsOf(discoveryMessages(SMALL_HOUSE))).toEqual([]);
    expect(faultsOf(discoveryMessages(inForm(SMALL_HOUSE, 'entity')))).toEqual([]);
    expect(faultsOf(discoveryMessages(HOUSE))).toEqual([]);
  });

  it.each(named(BAD_DEVICES))('refuses %s', (_, row) => {
    expect(faultsOf(spoilt('device', row)).join('\n')).toMatch(row.why);
  });

  it.each(named(BAD_ENTITIES))('refuses in a message of a single component %s', (_, row) => {
    expect(faultsOf(spoilt('entity', row)).join('\n')).toMatch(row.why);
  });

  it.each([
    'homeassistant/device/cellar a3/config',
    'homeassistant/device/küche/config',
    'homeassistant/device/cellar_a3',
    'homeassistant/device/config',
    'homeassistant/binary_sensor/a/b/c/config',
    'other/device/cellar_a3/config',
  ])('refuses the topic %s', (topic) => {
    const [first] = discoveryMessages(SMALL_HOUSE);
    expect(faultsOf([{ topic, payload: first?.payload ?? '' }])).toEqual([
      `${topic}: illegal discovery topic`,
    ]);
  });

  it('refuses one device in both forms at once', () => {
    const both = [...discoveryMessages(SMALL_HOUSE), ...discoveryMessages(inForm(SMALL_HOUSE, 'entity'))];
    expect(faultsOf(both).join('\n')).toMatch(/discovery id binary_sensor cellar_a3 motion is used twice/);
  });

  it('takes a component with nothing but its platform: that removes it', () => {
    const removing = spoilt('device', {
      what: 'a removal',
      topicEnd: 'device/cellar_a3/config',
      path: 'components.gone',
      value: { platform: 'binary_sensor' },
      why: /./,
      judge: 'schema',
    });
    expect(faultsOf(removing)).toEqual([]);
  });
});
