import { describe, expect, it } from 'vitest';
import { readX10Config, writeAlias } from '../../src/heyu/x10config.js';
import { ds90Companion } from '../../src/heyu/x10config-rules.js';

/** `[what stands behind "ALIAS x", what heyu prints or refuses with]` */
type Row = readonly [string, string];

describe('options that heyu takes', () => {
  it.each<Row>([
    ['C1 DS10A 0x65 reverse', 'C1 DS10A 0x65 REVERSE'],
    ['C1 MS10A IATO 24:00:00 41', 'C1 MS10A 0x41 IATO 24:00:00'],
    ['C9 DS90 0x63 0xE3', 'C9 DS90 0x63 0xe3'],
    ['C9 DS90 0x63 MAIN', 'C9 DS90 0x63 0xe3 MAIN'],
    ['C9 DS90 0xE3 AUX', 'C9 DS90 0x63 0xe3 AUX'],
    ['C3 SD90 0xC5 0xD5', 'C3 SD90 0xc5 0xd5'],
    ['C4 KR10A 77 swhome swmax', 'C4 KR10A 0x77 SWHOME SWMAX'],
    ['C4 KR10A 77 swaway swmin', 'C4 KR10A 0x77'],
    ['C4 KR18 0x78 DUMMY', 'C4 KR18 0x78 DUMMY'],
    ['P6 SEC_IGNORE 3C 3D 3E', 'P6 SEC_IGNORE 0x3c 0x3d 0x3e'],
    ['F1-3 PALMPAD RFFORWARD', 'F1-3 PALMPAD RFFORWARD'],
    ['E1 PLCSENSOR whatever', 'E1 PLCSENSOR'],
    ['C11 SL2LM ONLEVEL 20', 'C11 SL2LM ONLEVEL 20'],
    ['C11 VIRT4 onlevel 0', 'C11 VIRT4 ONLEVEL RESUME'],
    ['C2 RS114 alf auf', 'C2 RS114 AUF ALF'],
    ['C3 RFXSENSOR 20 th iato 1:00', 'C3 RFXSENSOR 0x20 TH IATO 0:01:00'],
    ['C4 KAKU_S 123456 1a 234567 B', 'C4 KAKU_S 0x0123456 1A 0x0234567 B'],
    ['C5 ORE_TH1 4b tmax 30.0C', 'C5 ORE_TH1 0x4b TMAX 30.0C'],
    ['C6 DIGIMAX ba xx', 'C6 DIGIMAX 0xba'],
    ['C1 MS10A 41 IATO 90:00', 'C1 MS10A 0x41 IATO 1:30:00'],
    ['C9 DS90 0xE3 0x63', 'C9 DS90 0x63 0xe3'],
    ['C12 UR81A', 'C12 UR81A'],
    ['C1 MS10A 0x1A2B', 'C1 MS10A 0x1a2b'],
  ])('%s -> %s', (line, printed) => {
    const { aliases, problems, warnings } = readX10Config(`ALIAS x ${line}`);
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(aliases.map(writeAlias)).toEqual([`x ${printed}`]);
  });
});

describe('options that heyu refuses', () => {
  it.each<Row>([
    ['C1 MS10A 41 42', 'Only one security ID is supported'],
    ['C1 MS10A zz', 'Invalid hexadecimal ID parameter'],
    ['C1 MS10A 10000', 'Invalid hexadecimal ID parameter'],
    ['C1 MS10A 41 IATO', 'Missing IATO hh:mm:ss value.'],
    ['C1 MS10A 41 IATO 25:00:00', "Invalid IATO timeout '25:00:00'."],
    ['C1 MS10A 41 MAIN', 'Unsupported module option MAIN or AUX'],
    ['C1 DS90 63 MAIN AUX', 'Module options MAIN and AUX are incompatible'],
    ['C1 DS90 1 2 3', 'Too many security IDs for DS90'],
    ['C1 SD90 41', 'Invalid ID value for the SD90'],
    ['C1,2 SD90 C5', 'Multiple unit alias is invalid.'],
    ['C1,2 DM10 zz', 'Multiple unit alias is invalid for sensors.'],
    ['C1 KR10A 77 DUMMY SWMAX', 'Parameter DUMMY incompatible with SWxxx parameters.'],
    ['C1 KR10A 77 SWHOME SWAWAY', 'Conflicting parameters SWHOME, SWAWAY.'],
    ['C1 KR10A 77 SWMIN SWMAX', 'Conflicting parameters SWMAX, SWMIN.'],
    ['F1 PALMPAD', 'RF option TRANSCEIVE, RFFORWARD, or RFIGNORE required.'],
    ['A1 StdLM RFFORWARD', 'No parameters are supported for this module type.'],
  ])('%s: %s', (line, said) => {
    const { aliases, problems } = readX10Config(`ALIAS x ${line}`);
    expect(problems.map(({ problem }) => problem)).toEqual([said]);
    expect(aliases).toEqual([]);
  });

  it('only warns of an unknown word behind a motion sensor, and does not read on', () => {
    const { aliases, problems, warnings } = readX10Config('ALIAS x A3 MS14A NOSUCH RFFORWARD');
    expect(problems).toEqual([]);
    expect(warnings.map(({ problem }) => problem)).toEqual(['Unknown RF option parameter.']);
    expect(aliases[0]?.rfOption).toBeUndefined();
  });
});

describe('the channels of a DS90', () => {
  it.each([
    [0x63, 0xe3],
    [0x1234, 0x92b4],
  ])('main %i belongs to auxiliary %i and back', (main, aux) => {
    expect(ds90Companion(main, 1)).toBe(aux);
    expect(ds90Companion(aux, -1)).toBe(main);
  });
});
