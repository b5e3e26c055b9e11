import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { heyuLogPath, readX10Config } from '../../src/heyu/x10config.js';
import { readUnits, writeUnits } from '../../src/heyu/x10config-rules.js';

const problems = (text: string) => readX10Config(text).problems.map(({ problem }) => problem);
const scale = (name: string, word: string, factor: number, offset = 0) => ({
  scales: { [name]: { word, factor, offset } },
});
const ALL = 'ABCDEFGHIJKLMNOP'.split('');

describe('directives', () => {
  it('have the defaults of heyu when the file is empty', () => {
    expect(readX10Config('')).toEqual({
      tty: undefined,
      ttyAux: undefined,
      logDir: undefined,
      logDirLine: undefined,
      logCommon: false,
      dateFormat: { order: 'YMD', separator: '/' },
      logdateYear: false,
      logdateUnix: false,
      displaySubdir: false,
      startEngine: 'MANUAL',
      hideUnchanged: false,
      transceive: ALL,
      rfForward: [],
      securityIdBits: 8,
      scales: {},
      oregonIdBits: 8,
      defaultModule: undefined,
      aliases: [],
      problems: [],
      warnings: [],
    });
  });

  it.each([
    ['START_ENGINE automatic', { startEngine: 'AUTO' }],
    ['start_engine man', { startEngine: 'MANUAL' }],
    ['HIDE_UNCHANGED yes', { hideUnchanged: true }],
    ['LOGDATE_YEAR YES\nLOGDATE_UNIX YES', { logdateYear: true, logdateUnix: true }],
    ['DATE_FORMAT DMY .', { dateFormat: { order: 'DMY', separator: '.' } }],
    ["DATE_FORMAT ymd '-'", { dateFormat: { order: 'YMD', separator: '-' } }],
    ['DATE_FORMAT MDY "/"', { dateFormat: { order: 'MDY', separator: '/' } }],
    ['DATE_FORMAT MDY', { dateFormat: { order: 'MDY', separator: '/' } }],
    ['ORE_BPSCALE inHg 0.029529983 1.06', scale('ORE_BPSCALE', 'inHg', 0.029529983, 1.06)],
    ['ore_windscale furlongs/fortnight 6012.8848', scale('ORE_WINDSCALE', 'furlongs/fortnight', 6012.8848)],
    ['RFX_VADSCALE mV 1e3', scale('RFX_VADSCALE', 'mV', 1000)],
    [`RFX_GASSCALE ${'x'.repeat(40)} .5`, scale('RFX_GASSCALE', 'x'.repeat(31), 0.5)],
    ['RFX_TSCALE F -1.5', { scales: {} }],
    ['DEFAULT_MODULE stdlm', { defaultModule: 'StdLM' }],
    ['LOG_DIR /d # here', { logDir: '/d', logDirLine: { line: 1, text: 'LOG_DIR /d' } }],
    ['\nLog_Dir  none', { logDir: undefined, logDirLine: { line: 2, text: 'Log_Dir  none' } }],
    ['LOG_DIR /d COMMON', { logCommon: true, displaySubdir: true }],
    ['LOG_DIR /d common\nDISPLAY_SUBDIR NO', { logCommon: true, displaySubdir: false }],
    ['LOG_DIR NONE COMMON', { logDir: undefined, displaySubdir: false }],
    ['DISPLAY_SUBDIR YES', { displaySubdir: true }],
    ['TTY_AUX /dev/ttyS1 w800rf32', { ttyAux: { port: '/dev/ttyS1', receiver: 'W800RF32A' } }],
    ['TTY_AUX /dev/ttyS1 MR26A', { securityIdBits: 8 }],
    ['TTY_AUX /dev/ttyS1 RFXCOM', { securityIdBits: 16 }],
    ['TTY_AUX /dev/ttyS1 RFXCOM\nSECURID_16 NO', { securityIdBits: 8 }],
    ['TTY_AUX /dev/ttyS1 RFXCOM32', { securityIdBits: 8 }],
    ['TRANSCEIVE NONE\nRFFORWARD ALL', { transceive: [], rfForward: ALL }],
    ['TRANSCEIVE ALLEXCEPT [d,E.f]', { transceive: 'ABCGHIJKLMNOP'.split('') }],
    ['TRANSCEIVE [AB]\nRFFORWARD [CD]', { transceive: ['A', 'B'], rfForward: ['C', 'D'] }],
    ['SCRIPT A3 on :: echo\nSCRIPT -l two :: echo\nLAUNCHER two A3 off', {}],
    ['SECTION one\nSECTION two words here', {}],
    ['USERSYN movie dim a1 5; on a2\nSCENE movie2 on $1; off a3', {}],
    ['  # only a comment\n\n\t\n', {}],
  ])('%j', (text, expected) => {
    const config = readX10Config(text);
    expect(config.problems).toEqual([]);
    expect(config).toMatchObject(expected);
  });

  it.each([
    ['LOGDATE_YEAR MAYBE', 'LOGDATE_YEAR must be YES or NO'],
    ['HIDE_UNCHANGED', 'Too few items on line.'],
    ['HIDE_UNCHANGED YES NO', 'Too many items on line.'],
    ['ALIAS x', 'Too few items on line.'],
    [`ALIAS x A1 SH624 ${'41 '.repeat(13)}`, 'Too many items on line.'],
    ['START_ENGINE NEVER', 'START_ENGINE must be MANUAL or AUTO'],
    ['DATE_FORMAT YDM', 'DATE_FORMAT order must be YMD, DMY, or MDY'],
    ['DATE_FORMAT YMD \'-"', "DATE_FORMAT separator must be '/', '-', or '.'"],
    ['ORE_WGTSCALE Lbs much', 'Invalid ORE_WGTSCALE scale factor.'],
    ['RFX_BPSCALE inHg 0.03 2x', 'Invalid RFX_BPSCALE offset.'],
    ['HOUSECODE AB', 'Invalid HOUSECODE - must be A though P'],
    ['INACTIVE_TIMEOUT soon', 'Invalid INACTIVE_TIMEOUT'],
    ['LOG_DIR /d EACH', "Token 'EACH' not recognized. Do you mean COMMON ?"],
    ['TTY_AUX /dev/ttyS1 X10', "Unsupported aux device 'X10'"],
    ['RFFORWARD [A]', 'Housecode conflict in TRANSCEIVE and RFFORWARD'],
    ['TRANSCEIVE [AQ]', 'Invalid character in TRANSCEIVE housecode list'],
    ['TRANSCEIVE ALLEXCEPT', 'Too few parameters for TRANSCEIVE ALLEXCEPT'],
    ['TRANSCEIVE SOME', 'TRANSCEIVE must be ALL or NONE or ALLEXCEPT [<housecode list>]'],
    ['TTY /dev/ttyS0\nTTY /dev/ttyS1', "Directive 'TTY' appears more than once in the file"],
    ['RCV_PHANTOM ALL', "Invalid Directive 'RCV_PHANTOM'"],
    ['porch Q 5', 'Invalid Directive.'],
    ['porch AB 5', 'Invalid Directive.'],
    ['po/rch A 5', "Invalid character '/' in alias label."],
    [`# ${'x'.repeat(4100)}`, 'Line longer than 4095 characters'],
  ])('%j is refused: %s', (text, said) => {
    expect(problems(text)).toEqual([said]);
  });

  it('that heyu has given up are warnings', () => {
    const { problems, warnings } = readX10Config('XREF_APPEND YES\n');
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      {
        line: 1,
        problem: 'Directive XREF_APPEND is obsolete and is being ignored.',
      },
    ]);
  });

  it('end at a NUL byte, as C strings do', () => {
    expect(readX10Config('TTY /dev/ttyS1\0 nonsense forever').tty).toBe('/dev/ttyS1');
  });
});

describe('units', () => {
  it.each([
    ['3', [3]],
    ['', []],
    ['0', []],
    ['0-2', [1, 2]],
    ['4-1', [1, 2, 3, 4]],
    ['16,1', [1, 16]],
    ['1,,3', [1, 3]],
    ['-3', [3]],
    ['3-', []],
    ['1-3-5', [3, 4, 5]],
    ['+3', [3]],
    ['007', [7]],
  ])('%j are %j', (text, units) => {
    expect(readUnits(text)).toEqual(units);
  });

  it.each([
    ['17', 'Unit number outside range 0-16'],
    ['1-17', 'Unit number outside range 0-16'],
    ['99999999999999999999', 'Unit number outside range 0-16'],
    ['*,3', "Invalid character '*' in units list"],
    ['3x', "Invalid character 'x' in units list"],
    ['x3', "Invalid character 'x' in units list"],
    ['3😀', "Invalid character '😀' in units list"],
  ])('%j are refused: %s', (text, said) => {
    expect(readUnits(text)).toBe(said);
  });

  it.each([
    [[], '0'],
    [[3], '3'],
    [[1, 2], '1,2'],
    [[1, 2, 3], '1-3'],
    [[1, 3, 5, 6, 7, 16], '1,3,5-7,16'],
  ])('%j are written %s', (units, text) => {
    expect(writeUnits(units)).toBe(text);
  });
});

describe('the configurations of the recordings', () => {
  const folder = new URL('../fixtures/recordings/', import.meta.url);
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

  it('are there', () => {
    expect(names.length).toBeGreaterThan(30);
  });

  it.each(names.map(({ name }) => name))('%s: heyu ran with it, so it is without fault', (name) => {
    const config = readX10Config(readFileSync(new URL(`${name}/x10config`, folder), 'utf8'));
    expect(config.problems).toEqual([]);
    expect(heyuLogPath(config)).toMatch(/^\/var\/log\/heyu\/heyu\.log\./);
  });
});
