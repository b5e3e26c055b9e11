/** Every form of line that heyu writes (one row each), and what is none. */

import { describe, expect, test } from 'vitest';
import { readSignal, signalReader } from '../../src/heyu/line.js';
import type { Signal } from '../../src/heyu/signal.js';
import { indexOf, type Address } from '../../src/x10/address.js';
import { fc } from '../support/property.js';

const unit = (address: string): number => indexOf(address as Address);

const rows: readonly (readonly [string, Signal])[] = [
  [
    'rcvi addr unit       3 : hu A3  (hall_motion)',
    { kind: 'address', source: 'rcvi', unit: unit('A3'), label: 'hall_motion' },
  ],
  [
    'rcva addr unit      16 : hu P16 (_no_alias_)',
    { kind: 'address', source: 'rcva', unit: unit('P16'), label: null },
  ],
  [
    'sndc addr unit      13 : hu A13 (X234567890123456789012345678901_)',
    { kind: 'address', source: 'sndc', unit: unit('A13'), label: 'X234567890123456789012345678901_' },
  ],
  // blanks are counted by nobody
  ['snds addr unit 6 : hu A6 (x)', { kind: 'address', source: 'snds', unit: unit('A6'), label: 'x' }],
  ['rcvi func           On : hc A', { kind: 'function', source: 'rcvi', house: 0, name: 'On', args: '' }],
  ['snda func          Off : hc P', { kind: 'function', source: 'snda', house: 15, name: 'Off', args: '' }],
  ['rcvi func       AllOff : hc A', { kind: 'function', source: 'rcvi', house: 0, name: 'AllOff', args: '' }],
  [
    'rcvi func          Dim : hc A dim %22 [46]',
    { kind: 'function', source: 'rcvi', house: 0, name: 'Dim', args: 'dim %22 [46]' },
  ],
  [
    'sndc func       Bright : hc A bright %100 [210+]',
    { kind: 'function', source: 'sndc', house: 0, name: 'Bright', args: 'bright %100 [210+]' },
  ],
  [
    'rcvi func      xConfig : hc A mode=2',
    { kind: 'function', source: 'rcvi', house: 0, name: 'xConfig', args: 'mode=2' },
  ],
  [
    'rcvi func   xGrpRemAll : hc A group(s) 0,1',
    { kind: 'function', source: 'rcvi', house: 0, name: 'xGrpRemAll', args: 'group(s) 0,1' },
  ],
  ['rcvi func       Preset : level 12', { kind: 'preset', source: 'rcvi', level: 12 }],
  [
    'rcvi func      xPreset : hu A5  level 31 ramp 3 (porch_motion)',
    {
      kind: 'extended',
      source: 'rcvi',
      unit: unit('A5'),
      label: 'porch_motion',
      name: 'xPreset',
      args: 'level 31 ramp 3',
    },
  ],
  [
    'rcvi func   xStatusReq : hu A5  (porch_motion)',
    {
      kind: 'extended',
      source: 'rcvi',
      unit: unit('A5'),
      label: 'porch_motion',
      name: 'xStatusReq',
      args: '',
    },
  ],
  [
    'rcvi func   xStatusAck : hu A5  Lamp level 37, NoBulb (porch_motion)',
    {
      kind: 'extended',
      source: 'rcvi',
      unit: unit('A5'),
      label: 'porch_motion',
      name: 'xStatusAck',
      args: 'Lamp level 37, NoBulb',
    },
  ],
  [
    'rcvi func      xGrpRem : hu A5  group(s) 0,1 (porch_motion)',
    {
      kind: 'extended',
      source: 'rcvi',
      unit: unit('A5'),
      label: 'porch_motion',
      name: 'xGrpRem',
      args: 'group(s) 0,1',
    },
  ],
  [
    'rcvi func     xFunc 5a : hu A5  data=0x12 (porch_motion)',
    {
      kind: 'extended',
      source: 'rcvi',
      unit: unit('A5'),
      label: 'porch_motion',
      name: 'xFunc 5a',
      args: 'data=0x12',
    },
  ],
  [
    'syst func        vData : hu A14 vdata 0x21 (vd)',
    { kind: 'extended', source: 'syst', unit: unit('A14'), label: 'vd', name: 'vData', args: 'vdata 0x21' },
  ],
  [
    'rcvi func      ExtCode : Incomplete xcode in buffer.',
    { kind: 'noise', source: 'rcvi', text: 'ExtCode : Incomplete xcode in buffer.' },
  ],
  [
    'rcva func        Alert : hu C1   (sec_motion)',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C1'),
      label: 'sec_motion',
      name: 'Alert',
      flags: [],
      args: '',
      unchanged: false,
    },
  ],
  [
    'rcva func        Alert : hu C1  LoBat  (sec_motion)',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C1'),
      label: 'sec_motion',
      name: 'Alert',
      flags: ['LoBat'],
      args: 'LoBat',
      unchanged: false,
    },
  ],
  [
    'rcva func    secTamper : hu C9  Tamper Main swMin  (sec_ds90)',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C9'),
      label: 'sec_ds90',
      name: 'secTamper',
      flags: ['Tamper', 'Main', 'swMin'],
      args: 'Tamper Main swMin',
      unchanged: false,
    },
  ],
  [
    'rcva func        Clear : hu C10 Tamper  (sec_ms90)',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C10'),
      label: 'sec_ms90',
      name: 'Clear',
      flags: ['Tamper'],
      args: 'Tamper',
      unchanged: false,
    },
  ],
  [
    'rcva func        Alert : hu C1   (sec_motion) Intv ----  Chg',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C1'),
      label: 'sec_motion',
      name: 'Alert',
      flags: [],
      args: '',
      unchanged: false,
    },
  ],
  [
    'rcva func        Clear : hu C1   (sec_motion) Intv 0:00:01  UnChg',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C1'),
      label: 'sec_motion',
      name: 'Clear',
      flags: [],
      args: '',
      unchanged: true,
    },
  ],
  [
    'rcva func        vData : hu C1  vdata 0x55  (sec_motion)',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C1'),
      label: 'sec_motion',
      name: 'vData',
      flags: [],
      args: 'vdata 0x55',
      unchanged: false,
    },
  ],
  [
    'rcva func     Inactive : hu C10  (sec_ms90)',
    { kind: 'inactive', source: 'rcva', unit: unit('C10'), label: 'sec_ms90' },
  ],
  [
    'rcvi func     Inactive : hu E1  (plc_sens)',
    { kind: 'inactive', source: 'rcvi', unit: unit('E1'), label: 'plc_sens' },
  ],
  [
    'Inactive sensor C2 (sec_door)',
    { kind: 'inactive', source: 'syst', unit: unit('C2'), label: 'sec_door' },
  ],
  ['rcva      kAddress : hu B3 (x)', { kind: 'kaku_unit', source: 'rcva', unit: unit('B3'), label: 'x' }],
  [
    'rcva      kAddress : hu P16 (_no_alias_)',
    { kind: 'kaku_unit', source: 'rcva', unit: unit('P16'), label: null },
  ],
  ['rcva func          kOn : key 3', { kind: 'kaku', source: 'rcva', name: 'kOn', args: 'key 3' }],
  ['rcva func      kGrpOff : grp A', { kind: 'kaku', source: 'rcva', name: 'kGrpOff', args: 'grp A' }],
  [
    'rcva func      kPreset : key 4 level 9',
    { kind: 'kaku', source: 'rcva', name: 'kPreset', args: 'key 4 level 9' },
  ],
  [
    'rcva func        vData : hu C12 vdata 0x20  (ur81) Intv 26:00:01 days  Chg',
    {
      kind: 'security',
      source: 'rcva',
      unit: unit('C12'),
      label: 'ur81',
      name: 'vData',
      flags: [],
      args: 'vdata 0x20',
      unchanged: false,
    },
  ],
  [
    'rcva func       RFdata : Type 2, whatever that may be',
    { kind: 'noise', source: 'rcva', text: 'RFdata : Type 2, whatever that may be' },
  ],
  [
    'rcva func      rfxTemp : hu L9  Temp 25.500C (rfxt)',
    {
      kind: 'reading',
      source: 'rcva',
      unit: unit('L9'),
      label: 'rfxt',
      name: 'rfxTemp',
      args: 'Temp 25.500C',
    },
  ],
  [
    'rcva func     rfxWater : hu C9  Counter 4660 (water)',
    {
      kind: 'reading',
      source: 'rcva',
      unit: unit('C9'),
      label: 'water',
      name: 'rfxWater',
      args: 'Counter 4660',
    },
  ],
  [
    'rcva func       RFdata : Type Sec ID 0x22 Data 0x0C',
    { kind: 'unmapped', source: 'rcva', type: 'Sec', id: '0x22', args: 'Data 0x0C' },
  ],
  [
    'rcva func       RFdata : Type RFXSensor ID 0x24* Data 0x1986',
    { kind: 'unmapped', source: 'rcva', type: 'RFXSensor', id: '0x24*', args: 'Data 0x1986' },
  ],
  [
    'rcva func       RFdata : Type KAKU_S ID 0x004080c Cmd kOff Key 5 [Cmd2 0x01]',
    { kind: 'unmapped', source: 'rcva', type: 'KAKU_S', id: '0x004080c', args: 'Cmd kOff Key 5 [Cmd2 0x01]' },
  ],
  [
    'rcva func       RFdata : Type ORE_TH1 Ch 2 ID 0x4B Data 0x1a2d204b',
    { kind: 'unmapped', source: 'rcva', type: 'ORE_TH1', id: '0x4B', args: 'Data 0x1a2d204b' },
  ],
  [
    'rcva func     rfxPower : hu N1  Code: 0x0A Push MODE button to increment 6th digit of counter 00042',
    {
      kind: 'reading',
      source: 'rcva',
      unit: unit('N1'),
      label: null,
      name: 'rfxPower',
      args: 'Code: 0x0A Push MODE button to increment 6th digit of counter 00042',
    },
  ],
  [
    'rcva func       oreWgt : hu D8  Wgt 70.1kg (scales) ub = 0x0001',
    {
      kind: 'reading',
      source: 'rcva',
      unit: unit('D8'),
      label: 'scales',
      name: 'oreWgt',
      args: 'Wgt 70.1kg',
    },
  ],
  [
    'rcva func    RFrawdata : Data (hex) 60 9F 08 F7',
    { kind: 'noise', source: 'rcva', text: 'RFrawdata : Data (hex) 60 9F 08 F7' },
  ],
  [
    'rcva func      RFnoise : Data (hex) 01 02 03 04',
    { kind: 'noise', source: 'rcva', text: 'RFnoise : Data (hex) 01 02 03 04' },
  ],
  ['xmtf RF            fOn : hu A3 ', { kind: 'noise', source: 'xmtf', text: 'RF            fOn : hu A3' }],
  [
    'rcva RFXSensorXmitter : Type 2, version 49, sample_mode fast',
    { kind: 'noise', source: 'rcva', text: 'RFXSensorXmitter : Type 2, version 49, sample_mode fast' },
  ],
  [
    'rcva            RF Flood : Started',
    { kind: 'message', message: 'rf_flood', text: 'RF Flood : Started' },
  ],
  [
    'rcva            RF Flood : Ended',
    { kind: 'message', message: 'rf_flood_over', text: 'RF Flood : Ended' },
  ],
  [
    'rcva          RF Jamming : Started Main',
    { kind: 'message', message: 'rf_jamming', text: 'RF Jamming : Started Main' },
  ],
  [
    'rcva          RF Jamming : Ended Main',
    { kind: 'message', message: 'rf_jamming_over', text: 'RF Jamming : Ended Main' },
  ],
  [
    'rcvt Undetermined trigger',
    { kind: 'message', message: 'undetermined_trigger', text: 'Undetermined trigger' },
  ],
];

const messages: readonly (readonly [string, string])[] = [
  ['Engine started', 'engine_started'],
  ['Engine reconfiguration', 'engine_reconfigured'],
  ["Launching 'two': <quiet>", 'routine'],
  ['Scripts enabled', 'routine'],
  ['Timeout, timer1', 'routine'],
  ['Countdown timer 2 set to 0:02:10', 'routine'],
  ['Counter 1 incremented to 5', 'routine'],
  ['Reset timers 1-16', 'routine'],
  ['Clear tamper flags', 'tamper_cleared'],
  ['System is Armed Home', 'armed_home'],
  ['*TAMPER*, System is Armed Away', 'armed_away'],
  ['System is Disarmed', 'disarmed'],
  ['System will be Armed Home in 30 seconds.', 'will_be_armed'],
  ['*** Warning: C2 (sec_door) is in Alert mode.', 'routine'],
  ['CM11A experienced an AC power interruption. It requested a time update.', 'power_failure'],
  ['CM10A experienced an AC power interruption. It requested a restart.', 'power_failure'],
  ["Bytes received = 3; the interface didn't answer a getinfo response.", 'interface_silent'],
  ['Powerfail signal received at startup.', 'power_failure'],
  ['RF_Flood signal received.', 'rf_flood'],
  ['Interface lockup signal received, reason 01.', 'interface_lockup'],
  ['Trigger executed macro : NAME, address 0x3f8', 'routine'],
  ['Upload to EEPROM location 3f0, checksum = 9c', 'routine'],
  ['Unknown transmission: 3 bytes, 1st byte = fb', 'unknown_transmission'],
  ['Poll received unknown value (1 bytes), leading byte = 73', 'unknown_value'],
  ["The interface didn't answer a getinfo response.", 'interface_silent'],
  ['Spoolfile exceeded max size and was rewound.', 'spool_rewound'],
  ['Unable to transceive to TTY dummy', 'cannot_transceive'],
  ['Temperature = -41      : hu A0  (_no_alias_)', 'routine'],
  ['System_mode = COOL     : hu A0  (_no_alias_)', 'routine'],
  // heyu logmsg: text, whatever it looks like
  ['my note: rcvi func On : hc A', 'text'],
  ['Engine started by hand', 'text'],
  ['System is Disarmed, I hope', 'text'],
  ['Inactive sensor: which one?', 'text'],
  ['', 'text'],
];

const strange = [
  'rcvi',
  'rcvi addr',
  'rcvi addr unit       3 : hu A3  (',
  'rcvi addr unit       3 : hu Q3  (x)',
  'rcvi addr unit       0 : hu A0  (x)',
  'rcvi addr unit       3 : hu A3  (X2345678901234567890123456789012_)',
  'rcvi addr unit      17 : hu A17 (x)',
  'rcvi func',
  'rcvi func           On : hc',
  'rcvi func           On : hc Q',
  'rcvi func           On : hc AB',
  'rcva func        Alert : hu C99   (x)',
  'rcva func        Alert : hu C1   x',
  'rcvi func       Preset : level 99',
  // pieces of two lines, glued together after a full disk
  'rcvi func           11/22 15:29:29  rcvi func           On : hc A',
  'rcvi fu11/22 15:29:29  rcva func        Alert : hu C1   (sec_motion)',
  'rcva func        Alert : hu C1   (sec_motion)11/22 15:29:29  rcvi func           On : hc A',
  'rcvi addr unit       3 : hu A3  (haOn : hc A',
];

/** Forms of old releases: in the example lines of heyu's man pages, and as its release notes tell of them. */
const old: readonly [string, string | null][] = [
  ['rcvi address A8', '2.3'],
  ['rcvi address unit   8 : housecode A', '2.3'],
  ['rcvi function       On : housecode A', '2.3'],
  ['rcva function    Alert : housecode C unit 3 swMin (back_door)', '2.3'],
  ['rcvi addr unit       8 : hc A unit 8 (hall)', '2.5'],
  ['rcvi addr unit       8 : hc A (hall)', '2.5'],
  ['rcva func        Alert : hc C unit 3 swMin (back_door)', '2.5'],
  ['rcva func      rfxTemp : hc L unit 9 Temp 20.125C (House)', '2.5'],
  ['rcva func      dmxTemp : hc B unit 7 Temp 21C Set Heat (Upstairs)', '2.5'],
  ['rcva func     rfxPower : hc C unit 5 Meter 99.876 kWh (MyElectric)', '2.5'],
  ['rcvi func      xPreset : hc A unit 5 level 31 (porch)', '2.5'],
  ['sndc func        vData : hc A unit 14 vdata 0x4d (_no_alias_)', '2.5'],
  ['rcvi func           On : hc', null],
  ['rcvi addr unit       3 : hu Q3  (x)', null],
];

describe('a line', () => {
  test.each(rows)('%s', (text, signal) => {
    expect(readSignal(text, 0)).toEqual(signal);
    expect(readSignal(`11/22 15:29:27  ${text}`, 16)).toEqual(signal);
  });

  test.each(messages)('%s is a message', (text, message) => {
    expect(readSignal(text, 0)).toMatchObject({ kind: 'message', message });
  });

  test.each(strange)('%s is not understood', (text) => {
    expect(readSignal(text, 0).kind).toBe('unrecognised');
  });

  test.each(old)('%s is not understood, and says of which heyu it is: before %s', (text, before) => {
    expect(readSignal(text, 0)).toEqual({ kind: 'unrecognised', text, before });
    expect(readSignal(`11/22 15:29:27  ${text}`, 16)).toEqual({ kind: 'unrecognised', text, before });
  });

  test.each(['rcvi func         Hail : hc A', 'rcvi func      xConfig : hc A mode=2'])(
    '%s of today is none of these',
    (text) => {
      expect(readSignal(text, 0).kind).toBe('function');
    },
  );

  test('of any kind is a value, never an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof readSignal(text, 0).kind).toBe('string');
      }),
    );
  });
});

describe('a reader that remembers', () => {
  test('says what one that does not would say', () => {
    const read = signalReader();
    const texts = [...rows.map(([text]) => text), ...messages.map(([text]) => text), ...strange];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...texts)), (said) => {
        for (const text of said) expect(read(text, 0)).toEqual(readSignal(text, 0));
      }),
    );
  });

  test('says it for arbitrary texts that share places', () => {
    const read = signalReader();
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 5 }), (text, start) => {
        expect(read(text, start)).toEqual(readSignal(text, start));
      }),
    );
  });
});
