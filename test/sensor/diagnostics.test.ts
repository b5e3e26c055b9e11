/** Battery, tampering and silence of sensors, and the keys of remotes. */

import { describe, expect, test } from 'vitest';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { modelNamed } from '../../src/x10/models.js';
import { replay } from '../support/replayed.js';
import { sensorSettings } from '../support/settings.js';

const HOUR = 3_600_000;

/** A security sensor at C1 hears `Alert LoBat`: a function and its flags. */
function said(
  model: string,
  channel: string,
  lines: string[],
  more: Partial<SensorSettings> = {},
): readonly string[] {
  const type = more.type ?? (modelNamed(model)?.kind === 'contact' ? 'door' : 'motion');
  const sensor = sensorSettings('C1', model, { topic: 'x', type, ...more });
  const written = lines.map((line) => {
    const [name = '', ...flags] = line.split(' ');
    return line.startsWith('+') || /[:=]|Clear tamper|Engine|sensor/.test(line)
      ? line
      : `rcva func ${name.padStart(12)} : hu C1  ${flags.map((flag) => `${flag} `).join('')} (x)`;
  });
  return replay([sensor], written).published.flatMap((text) =>
    text.startsWith(`x/${channel} `) ? [text.slice(channel.length + 3)] : [],
  );
}

describe('battery', () => {
  test.each([
    ['MS10A', ['Alert', 'Clear', 'Alert LoBat', 'Clear LoBat', 'Clear'], ['OFF', 'ON', 'OFF']],
    ['DS10A', ['Clear swMin LoBat', 'Clear swMin'], ['ON', 'OFF']],
    ['DS90', ['Alert Main swMin LoBat', 'Alert Aux swMin'], ['ON', 'OFF']],
    ['SD90', ['Test', 'Clear LoBat'], ['OFF', 'ON']],
    // heyu is not known to tell it of these: only what is said counts
    ['DM10', ['Alert', 'sDusk'], []],
    ['DM10', ['Alert', 'Alert LoBat', 'Alert'], ['ON', 'OFF']],
    ['KR10A', ['Arm swAway swMin', 'Disarm'], []],
    // unknown bytes have no flags
    ['MS10A', ['Alert LoBat', 'vData'], ['ON']],
  ])('of a %s: %j', (model, lines, expected) => {
    const type = model === 'KR10A' ? 'remote' : undefined;
    expect(said(model, 'battery', lines, type === undefined ? {} : { type })).toEqual(expected);
  });
});

describe('missed heartbeats', () => {
  const counted = { silentMs: 24 * HOUR, countsHeartbeats: true };
  const minutes = (count: number): string => `+${count * 60}`;

  test.each([
    ['none before its time', 'DS10A', ['Clear', minutes(65), 'Clear'], ['0']],
    [
      'one, until it is heard',
      'DS10A',
      ['Clear', minutes(67), 'Clear', minutes(60), 'Clear'],
      ['0', '1', '0'],
    ],
    ['several, one after the other', 'DS10A', ['Clear', minutes(190), 'Clear'], ['0', '1', '2', '3', '0']],
    ['of a motion sensor', 'MS10A', ['Clear', minutes(100), 'Alert'], ['0', '1', '0']],
    ['any signal is a sign of life', 'MS10A', ['Clear', minutes(80), 'Alert', minutes(80), 'Clear'], ['0']],
    [
      'by the pace of the sensor itself',
      'DS10A',
      ['Clear', ...['Clear', 'Clear', 'Clear'].flatMap((said) => [minutes(40), said]), minutes(45), 'Clear'],
      ['0', '1', '0'],
    ],
  ])('%s', (_, model, lines, expected) => {
    // the last ones are counted at the end of the log until the sensor is silent
    const all = said(model, 'missed_heartbeats', lines, counted);
    expect(all.slice(0, expected.length)).toEqual(expected);
  });

  test('are counted until the sensor is silent, and not where nobody wants to know', () => {
    const lines = ['Clear', minutes(60 * 48), 'Clear'];
    const all = said('DS10A', 'missed_heartbeats', lines, { silentMs: 5 * HOUR, countsHeartbeats: true });
    expect(all.slice(0, 6)).toEqual(['0', '1', '2', '3', '4', '0']);
    expect(said('DS10A', 'missed_heartbeats', lines, { silentMs: 5 * HOUR })).toEqual([]);
  });
});

describe('tamper', () => {
  test.each([
    ['MS90', ['Alert', 'secTamper Tamper', 'Clear', 'Alert', 'Clear'], ['OFF', 'ON']],
    ['MS90', ['secTamper Tamper', 'Clear', 'Clear tamper flags', 'Clear'], ['ON', 'OFF']],
    ['DS90', ['secTamper Tamper Main swMin', 'Clear Tamper Main swMin', 'Clear tamper flags'], ['ON', 'OFF']],
    // cleared while nobody looked
    ['DS90', ['secTamper Tamper Main swMin', 'Clear Main swMin'], ['ON', 'OFF']],
    ['MS10A', ['Alert Tamper'], []],
  ])('of a %s: %j', (model, lines, expected) => {
    expect(said(model, 'tamper', lines)).toEqual(expected);
  });
});

describe('silence', () => {
  const inactive = 'rcva func     Inactive : hu C1  (x)';
  const watched = { silentMs: 2 * HOUR, heedsInactive: true };
  const heedful = { silentMs: 0, heedsInactive: true };

  test.each<[string, string[], Partial<SensorSettings>, string[]]>([
    ['begins after its limit', ['Clear', '+7200', 'Engine started'], watched, ['OFF', 'ON']],
    ['not sooner', ['Clear', '+7199', 'Engine started'], watched, ['OFF']],
    ['ends with the next sign', ['Clear', '+7200', 'Clear'], watched, ['OFF', 'ON', 'OFF']],
    ['is told by heyu sooner', ['Clear', '+60', inactive, inactive], watched, ['OFF', 'ON']],
    ['is told by heyu in its old words', ['Clear', 'Inactive sensor C1 (x)'], watched, ['OFF', 'ON']],
    [
      'is told by heyu alone where it hides signs of life',
      ['Clear', '+72000', 'Clear', inactive, '+60', 'Alert'],
      heedful,
      ['OFF', 'ON', 'OFF'],
    ],
    ['does not matter', ['Clear', '+72000', inactive], {}, []],
  ])('%s', (_, lines, more, expected) => {
    expect(said('MS10A', 'silent', lines, more)).toEqual(expected);
  });

  test('is neither motion nor its end', () => {
    expect(said('MS10A', 'motion', ['Alert', '+5', inactive, '+50', 'Engine started'], watched)).toEqual([
      'ON',
      'OFF',
    ]);
    expect(said('MS10A', 'motion', [inactive], watched)).toEqual([]);
    expect(said('DS10A', 'contact', ['Alert', inactive], watched)).toEqual(['ON']);
  });

  test('is told on the power line too', () => {
    const gate = sensorSettings('E1', 'PLCSENSOR', { topic: 'gate', ...heedful });
    const line = 'rcvi func     Inactive : hu E1  (plc_sens)';
    expect(
      replay([gate], ['rcvi E1 On', 'rcvi E1 Off', line, 'rcvi E1 On', 'rcvi E1 Off']).published,
    ).toEqual([
      'gate/motion ON',
      'gate/event motion',
      'gate/silent OFF',
      'gate/motion OFF',
      'gate/event clear',
      'gate/silent ON',
      'gate/motion ON',
      'gate/event motion',
      'gate/silent OFF',
      'gate/motion OFF',
      'gate/event clear',
    ]);
  });
});

describe('a key of a remote', () => {
  const keyfob = { type: 'remote' } as const;

  test('that is held is one event', () => {
    expect(said('KR10A', 'event', ['Panic', '+1', 'Panic', '+1', 'Panic', 'Panic'], keyfob)).toEqual([
      'panic',
    ]);
  });

  test('pressed again a little later is another', () => {
    expect(said('KR10A', 'event', ['Panic', '+2', 'Panic'], keyfob)).toEqual(['panic', 'panic']);
  });

  test('is not held when another was pressed, or in another position', () => {
    expect(said('KR10A', 'event', ['Arm swHome', 'Disarm', 'Arm swHome', 'Arm swAway'], keyfob)).toEqual([
      'arm',
      'disarm',
      'arm',
      'arm',
    ]);
  });

  test.each([
    [
      'SH624',
      ['Arm', 'Disarm', 'Panic', 'sLightsOn', 'sLightsOff'],
      ['arm', 'disarm', 'panic', 'lights_on', 'lights_off'],
    ],
    [
      'KR18',
      ['Arm', 'AkeyOn', 'AkeyOff', 'BkeyOn', 'BkeyOff'],
      ['arm', 'a_key_on', 'a_key_off', 'b_key_on', 'b_key_off'],
    ],
    ['KR15A', ['Panic'], ['panic']],
    ['SVDATA', ['vData vdata 0x12', 'vDataM vdata 0x13'], ['vdata', 'vdata']],
    ['SSVDATA', ['vData vdata 0x12'], ['vdata']],
    ['VISGEN', ['vData vdata 0x12'], ['vdata']],
    ['UR81A', ['vData vdata 0x12'], ['vdata']],
    // option DUMMY of heyu: not to be taken for anything
    ['KR10A', ['Alert', 'Clear'], []],
  ])('of a %s', (model, lines, expected) => {
    expect(said(model, 'event', lines, keyfob)).toEqual(expected);
  });
});
