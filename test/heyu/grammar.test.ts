/**
 * The whole of heyu's log: every form of line in every form of stamp and from every source, and every function of
 * its label table (cmd.c:746-764). What a line is must depend on nothing else.
 */

import { describe, expect, test } from 'vitest';
import { readSignal } from '../../src/heyu/line.js';
import { isReading, KAKU_FUNCTIONS, SECURITY_FUNCTIONS, type Signal } from '../../src/heyu/signal.js';
import { SOURCES } from '../../src/heyu/sources.js';
import { readStamp } from '../../src/heyu/stamp.js';

/** Functions whose line names the house code; the units are those addressed before. */
const HOUSE = [
  ...['AllOff', 'LightsOn', 'On', 'Off', 'Dim', 'Bright', 'LightsOff', 'Extended', 'Hail', 'HailAck'],
  ...['DataXfer', 'StatusOn', 'StatusOff', 'StatusReq'],
  ...['xAllOn', 'xAllOff', 'xConfig', 'xGrpExec', 'xGrpOff', 'xGrpDim', 'xGrpBright', 'xGrpRemAll'],
  ...['shOpenAll', 'shCloseAll'],
];

/** Extended and virtual functions: their line names the unit. */
const UNIT = [
  ...['xPowerUp', 'xPreset', 'xStatusReq', 'xGrpStatus', 'xStatusAck', 'xGrpAdd', 'xGrpAddLvl', 'xGrpRem'],
  ...['xGrpAck', 'xGrpNack', 'shOpenLim', 'shOpen', 'shSetLim', 'xFunc 5a', 'xFunc 0'],
];

/** Their line names no unit: those stand on the lines before (rfxcom.c, `translate_kaku`). */
const KAKU = ['kOff', 'kOn', 'kGrpOff', 'kGrpOn', 'kUnkFunc', 'kPreset', 'kGrpPreset', 'kUnkPresetFunc'];

const SECURITY = [
  ...[
    'Panic',
    'Arm',
    'Disarm',
    'Alert',
    'Clear',
    'Test',
    'sLightsOn',
    'sLightsOff',
    'secTamper',
    'sDusk',
    'sDawn',
  ],
  ...['AkeyOn', 'AkeyOff', 'BkeyOn', 'BkeyOff'],
];

/** What heyu writes of each measured value (x10state.c, rfxcom.c, digimax.c, oregon.c). */
const READING_ARGS: Readonly<Record<string, readonly string[]>> = {
  rfxTemp: ['Temp 25.500C', 'Temp -3.125F'],
  rfxTemp2: ['Temp2 25.500C'],
  rfxRH: ['RH 45.20%', 'RH n/a'],
  rfxBP: ['BP 1013 hPa', 'BP n/a hPa'],
  rfxVad: ['Vad 2.50 Volts', 'Vadi 2.50V'],
  rfxPot: ['Pot 45.30%', 'Pot n/a'],
  rfxVs: ['Vs 4.85V'],
  rfxLoBat: ['Low Battery'],
  rfxOther: ['ID 00 Error 0x81', 'ID 00 Code 0x02'],
  rfxPulse: ['Counter 4660', 'Meter 4660 turns rollover'],
  rfxPower: ['Meter 4.660 kWh', 'Code: 0x0A'],
  rfxWater: ['Counter 4660 rollover'],
  rfxGas: ['Meter 46.60 m3'],
  rfxCount: ['Counter 4660'],
  dmxTemp: ['Temp 21C NotSet Heat'],
  dmxOn: ['Set Heat'],
  dmxOff: ['Init Set Cool'],
  dmxSetpoint: ['Setpoint 20C Set Heat'],
  oreTemp: ['Ch 1 Temp -3.4C LoBat', 'Temp 21.5C BatLvl 90% TmiN'],
  oreRH: ['Ch 2 RH 45%'],
  oreBP: ['BP 1013hPa Sunny', 'Ch 1 BP 29.92inHg'],
  oreWgt: ['Wgt 70.1kg'],
  oreWindSp: ['Ch 1 Speed 5.6m/s 3bft [56]'],
  oreWindAvSp: ['Ch 1 AvSpeed 4.2m/s'],
  oreWindDir: ['Ch 1 Dir 67.5deg ENE', 'Dir ENE'],
  oreRainRate: ['Ch 1 Rate 0.12inches/hr'],
  oreRainTot: ['Ch 1 TotRain 23.46inches [23456] rollover'],
  oreUV: ['Ch 1 UV Factor 7'],
  oreDT: ['Ch 1 2026-11-22 15:31:37'],
  elsCurr: ['Ch 1 Curr 12.3A [Pwr 2829VA]'],
  owlPower: ['Ch 1 Power 1.250kW [17]'],
  owlEnergy: ['Ch 1 Energy 1234.5678kWh'],
};

/** What may stand behind `hc A`. */
const HOUSE_ARGS = [
  '',
  'dim %22 [46]',
  'bright %100 [210+]',
  'dim %48 [~101]',
  'mode=2',
  'group 1.3',
  'group(s) 0,1',
];

/** What may stand between unit and label. */
const UNIT_ARGS = [
  ...[
    '',
    'level 31',
    'level 31 ramp 3',
    'subunit 01 level 31',
    'group 0',
    'group 0.4 ',
    'group 0 level 5',
    'group(s) 0,1',
    'data=0x12',
  ],
  ...['Lamp level 37, NoBulb', 'Switch On  LoadOK', 'Switch Off  NoLoad', 'vdata 0x4d'],
];

const FLAGS = ['Tamper', 'Main', 'Aux', 'swHome', 'swAway', 'swMin', 'swMax', 'LoBat'] as const;

const TAILS = [
  '',
  ' Chg',
  ' UnChg',
  ' Intv ----  Chg',
  ' Intv 0:00:01  UnChg',
  ' Intv 12:00:00 ',
  ' Intv ---- ',
];

const LABELS = [
  '_no_alias_',
  'x',
  'name.with-dots_1',
  '.dot',
  '1num',
  'A3',
  'X234567890123456789012345678901_',
];

const padded = (name: string): string => name.padStart(12);
const unitText = (house: string, unit: number): string => `hu ${house}${String(unit).padEnd(2)}`;

const HOUSES = 'ABCDEFGHIJKLMNOP'.split('');
const everyUnit = HOUSES.flatMap((house, place) =>
  Array.from({ length: 16 }, (_, index) => ({ house, number: index + 1, unit: place * 16 + index })),
);
const labelOf = (label: string): string | null => (label === '_no_alias_' ? null : label);

describe('an address line', () => {
  test.each(SOURCES)('of %s is read for each of the 256 units and any label', (source) => {
    everyUnit.forEach(({ house, number, unit }, place) => {
      const label = LABELS[place % LABELS.length] ?? 'x';
      const text = `${source} addr unit     ${String(number).padStart(3)} : ${unitText(house, number)} (${label})`;
      expect(readSignal(text, 0)).toEqual({ kind: 'address', source, unit, label: labelOf(label) });
    });
  });
});

describe('a function of a house code', () => {
  test.each(HOUSE)('%s', (name) => {
    for (const source of SOURCES) {
      HOUSES.forEach((letter, house) => {
        const args = HOUSE_ARGS[house % HOUSE_ARGS.length] ?? '';
        const text = `${source} func ${padded(name)} : hc ${letter}${args === '' ? '' : ` ${args}`}`;
        expect(readSignal(text, 0)).toEqual({ kind: 'function', source, house, name, args });
      });
    }
  });
});

describe('a function of a unit', () => {
  test.each([...UNIT, 'vData', 'vDataM'])('%s', (name) => {
    for (const source of ['rcvi', 'sndc', 'syst'] as const) {
      everyUnit.forEach(({ house, number, unit }, place) => {
        const args = UNIT_ARGS[place % UNIT_ARGS.length] ?? '';
        const text = `${source} func ${padded(name)} : ${unitText(house, number)} ${args} (x)`;
        const signal = { kind: 'extended', source, unit, label: 'x', name, args: args.trim() };
        expect(readSignal(text, 0)).toEqual(signal);
      });
    }
  });
});

describe('a security function', () => {
  test.each([...SECURITY, 'vData', 'vDataM'])(
    '%s with any flags and anything that heyu writes behind',
    (name) => {
      for (let mask = 0; mask < 1 << FLAGS.length; mask += 1) {
        const flags = FLAGS.filter((_, bit) => (mask & (1 << bit)) !== 0);
        for (const [place, tail] of TAILS.entries()) {
          const number = (mask % 16) + 1;
          const label = LABELS[(mask + place) % LABELS.length] ?? 'x';
          const words = flags.map((flag) => `${flag} `).join('');
          const text = `rcva func ${padded(name)} : ${unitText('C', number)} ${words} (${label})${tail}`;
          expect(readSignal(text, 0)).toEqual({
            kind: 'security',
            source: 'rcva',
            unit: 32 + number - 1,
            label: labelOf(label),
            name,
            flags,
            args: flags.join(' '),
            unchanged: tail.includes('UnChg'),
          });
        }
      }
    },
  );

  test('Inactive, from the receiver and from the power line', () => {
    for (const source of ['rcva', 'rcvi'] as const) {
      for (const { house, number, unit } of everyUnit) {
        // heyu does not pad the unit here
        const text = `${source} func ${padded('Inactive')} : hu ${house}${number}  (x)`;
        expect(readSignal(text, 0)).toEqual({ kind: 'inactive', source, unit, label: 'x' });
        expect(readSignal(`Inactive sensor ${house}${number} (x)`, 0)).toMatchObject({
          kind: 'inactive',
          unit,
        });
      }
    }
  });
});

describe('a reading', () => {
  test.each(Object.entries(READING_ARGS))('%s : %j', (name, said) => {
    for (const args of said) {
      expect(readSignal(`rcva func ${padded(name)} : hu L9  ${args} (rfxt)`, 0)).toEqual({
        kind: 'reading',
        source: 'rcva',
        unit: 184,
        label: 'rfxt',
        name,
        args,
      });
    }
  });
});

describe('a function without a unit', () => {
  test('of KlikAanKlikUit: a key or a group of the transmitter', () => {
    for (const name of KAKU) {
      for (const args of ['key 1', 'key 16', 'grp A', 'grp P', 'key 4 level 9', 'grp B level 15']) {
        const signal = { kind: 'kaku', source: 'rcva', name, args };
        expect(readSignal(`rcva func ${padded(name)} : ${args}`, 0)).toEqual(signal);
      }
      // forms that heyu does not write
      expect(readSignal(`rcva func ${padded(name)} : key`, 0).kind).toBe('unrecognised');
    }
  });

  test('Preset 1 to 32', () => {
    for (const source of SOURCES) {
      for (let level = 1; level <= 32; level += 1) {
        const signal = { kind: 'preset', source, level };
        expect(readSignal(`${source} func ${padded('Preset')} : level ${level}`, 0)).toEqual(signal);
      }
    }
  });

  test.each([
    ['RFdata', 'Type Sec ID 0x22 Data 0x0C', 'unmapped'],
    ['RFdata', 'Type Sec ID 0x5422 Data 0x0C', 'unmapped'],
    ['RFdata', 'Type Ent ID 0x16 Data 0x20', 'unmapped'],
    ['RFdata', 'Type RFXMeter ID 0x05 Data 0x1234000C', 'unmapped'],
    ['RFdata', 'Type RFXSensor ID 0x24* Data 0x1986', 'unmapped'],
    ['RFdata', 'Type KAKU_S ID 0x004080c Cmd kOff Key 5 [Cmd2 0x01]', 'unmapped'],
    ['RFdata', 'Type VISONIC ID 0x050201 Data 0x03', 'unmapped'],
    ['RFdata', 'Type KAKU_P ID 0x02048d2 Cmd kPreset Key 3 Level 6 [Cmd2 0x00]', 'unmapped'],
    ['RFdata', 'Type ORE_TH1 Ch 2 ID 0x4B Data 0x1a2d204b', 'unmapped'],
    ['RFdata', 'Type Digimax ID 0xEB83 Data 0x14000000', 'unmapped'],
    ['RFdata', 'Type 0x04 Data (hex) 01 02 03 04', 'noise'],
    ['RFunknown', 'Data (hex) 01 02 03 04', 'noise'],
    ['RFrawdata', 'Data (hex) 60 9F 08 F7', 'noise'],
    ['RFrawdata', 'Data (hex) 18 aa bb', 'noise'],
    ['RFnoise', 'Data (hex) 01 02 03 04', 'noise'],
    ['RFnoise', 'Data (hex) D5 AA 01 02 03', 'noise'],
    ['RFnoise', 'Data (hex) 18 aa bb', 'noise'],
    ['ExtCode', 'Incomplete xcode in buffer.', 'noise'],
  ])('%s : %s', (name, body, kind) => {
    expect(readSignal(`rcva func ${padded(name)} : ${body}`, 0).kind).toBe(kind);
  });
});

describe('a line without the words addr and func', () => {
  test.each([
    ['rcva            RF Flood : Started', 'message'],
    ['rcva            RF Flood : Ended', 'message'],
    ['rcva          RF Jamming : Started Main', 'message'],
    ['rcva          RF Jamming : Ended Main', 'message'],
    ['rcva RFXSensorXmitter : Type 2, version 49, sample_mode fast', 'noise'],
    ['rcva RFXSensorInit    : ID 0x24, chip DS2438, serial_no 1234567', 'noise'],
    ['rcva             Error : Corrupted RFXM buffer: 0x0102030405AA', 'noise'],
    ['rcva Unknown KAKU', 'noise'],
    ['rcvt Undetermined trigger', 'message'],
    ['xmtf RF            fOn : hu A3 ', 'noise'],
    ['xmtf RF        fAllOff : hc A', 'noise'],
    ['xmtf RF           fDim : hc A count 5', 'noise'],
    ['xmtf RF           fArb : bytes 0x12 0x34 count 5', 'noise'],
    ['xmtf RF            fOn : hu A3  [60 08 5]', 'noise'],
    ['rcva      kAddress : hu B3 (x)', 'kaku_unit'],
  ])('%s', (text, kind) => {
    expect(readSignal(text, 0).kind).toBe(kind);
  });
});

test('every function of the tables of the program is in this list', () => {
  expect([...SECURITY_FUNCTIONS].sort()).toEqual([...SECURITY].sort());
  expect(Object.keys(READING_ARGS).every(isReading)).toBe(true);
  expect([...HOUSE, ...UNIT, ...SECURITY].some(isReading)).toBe(false);
  expect([...KAKU_FUNCTIONS.keys()].sort()).toEqual([...KAKU].sort());
});

const ORDERS = ['YMD', 'DMY', 'MDY'] as const;

/** Every stamp of 22 November 2026 15:38:42.859 that heyu can be configured to write, with its order of the date. */
const STAMPS: readonly (readonly ['YMD' | 'DMY' | 'MDY', string])[] = [
  ...ORDERS.flatMap((order) =>
    ['/', '-', '.'].flatMap((separator) =>
      [false, true].map((hasYear) => {
        const day = order === 'DMY' ? `22${separator}11` : `11${separator}22`;
        const year = order === 'YMD' ? `2026${separator}${day}` : `${day}${separator}2026`;
        return [order, `${hasYear ? year : day} 15:38:42`] as const;
      }),
    ),
  ),
  ['YMD', '1795361922.859'],
];

describe('a stamp', () => {
  test.each(STAMPS.flatMap((row) => ['  ', '   ', ' 3 '].map((between) => [...row, between] as const)))(
    'of order %s: %s%s',
    (order, stamp, between) => {
      for (const text of ['Engine started', 'rcvi func           On : hc A', '3 apples', 'ümlaut']) {
        const read = readStamp(`${stamp}${between}${text}`, order);
        expect(read).toBeDefined();
        expect(`${stamp}${between}${text}`.slice(read?.bodyStart)).toBe(text);
        if (stamp.startsWith('1795')) expect(read?.unixMs).toBe(1_795_361_922_859);
        else {
          expect(read).toMatchObject({ month: 11, day: 22, timeOfDayMs: ((15 * 60 + 38) * 60 + 42) * 1000 });
          expect(read?.year).toBe(stamp.includes('2026') ? 2026 : 0);
        }
      }
    },
  );

  test('is found in a signal of every kind, whatever its form', () => {
    const kinds = new Set<Signal['kind']>();
    for (const [order, stamp] of STAMPS) {
      for (const text of [
        'rcvi addr unit       3 : hu A3  (x)',
        'rcvi func           On : hc A',
        'rcva func        Alert : hu C1  LoBat  (x)',
        'rcva func     Inactive : hu C10  (x)',
        'Scripts enabled',
      ]) {
        const line = `${stamp}  ${text}`;
        const signal = readSignal(line, readStamp(line, order)?.bodyStart ?? 0);
        expect(signal).toEqual(readSignal(text, 0));
        kinds.add(signal.kind);
      }
    }
    expect(kinds.size).toBe(5);
  });
});
