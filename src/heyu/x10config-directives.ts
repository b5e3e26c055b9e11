/**
 * The directives of heyu's configuration file: name, how many tokens a line may have (the directive included),
 * how often it may appear and which values it takes. Data only (config.c, table `command` and function
 * `parse_config_tail`, heyu 2.11-rc3).
 */

import { modelNamed } from '../x10/model.js';
import {
  ANYTHING,
  decimal,
  eachOf,
  integer,
  never,
  oneOf,
  readClock,
  readDecimal,
} from './x10config-values.js';
import { readTimeout } from './x10config-values.js';
import type { ValueRule } from './x10config-values.js';

/** How heyu reads the lines of a directive. */
export type Directive = {
  /** How many tokens its line may have, itself included; `most` Infinity = any number. */
  readonly fewest: number;
  readonly most: number;
  /** May appear more than once in a file. */
  readonly repeats: boolean;
  /** What heyu says while it takes the line. */
  readonly remark: string | undefined;
  /** What of its values can be judged by themselves. */
  readonly rule: ValueRule;
};

type Row = readonly [string, Directive];

const rows = (
  names: string,
  [fewest, most]: readonly [number, number],
  rule: ValueRule = ANYTHING,
  more: Partial<Directive> = {},
): readonly Row[] =>
  names.split(' ').map((name) => [name, { fewest, most, repeats: false, remark: undefined, rule, ...more }]);

/** Directives with one value. */
const ones = (names: string, rule: ValueRule): readonly Row[] => rows(names, [2, 2], rule);

const MANY = Infinity;
/** The highest value of heyu's `int`. */
const INT = 2 ** 31 - 1;
const YES_NO = oneOf('YES NO', '% must be YES or NO');
const OLD_NEW = oneOf('OLD NEW', '% must be NEW or OLD');
const ENABLE = oneOf('ENABLE DISABLE', '% must be ENABLE or DISABLE');
const AUTO = oneOf('MAN* AUTO*', '% must be MANUAL or AUTO');
const DAWN = oneOf('FIRST EARLIEST LATEST AVERAGE MEDIAN', 'Invalid %');
const POSITIVE = decimal(0, Infinity, '% is invalid or negative');

/** A time up to `limitS` (exclusive). */
const timeout =
  (limitS: number): ValueRule =>
  (name, [value = '']) =>
    (readTimeout(value) ?? Infinity) < limitS * 1000 ? undefined : `Invalid ${name}`;

const clock = (text: string, off: boolean): ValueRule => {
  return (name, [value = '']) =>
    (off && value.toUpperCase() === 'OFF') || readClock(value) !== undefined ? undefined : `${name} ${text}`;
};

/** `[NS+-]dd:mm`; a number alone is north or west. */
const place =
  (letters: string, form: string, limit: number): ValueRule =>
  (name, [value = '']) => {
    const match = /^(\D|(?=\d))([^:]*):(.*)$/.exec(value);
    const [, letter = '', degrees = '', minutes = ''] = match ?? [];
    if (!match || (letter !== '' && !letters.includes(letter.toUpperCase())))
      return `${name} invalid - must be [${form}]dd:mm`;
    const leading = (text: string): number => Number(/^[+-]?\d+/.exec(text)?.[0] ?? 0);
    return leading(degrees) + leading(minutes) / 60 > limit
      ? `${name} outside range -${limit} to +${limit} degrees`
      : undefined;
  };

/** A name for the unit, the factor, and with `offset` a number to be added. */
const scale: ValueRule = (name, [, factor = '', offset]) => {
  if (readDecimal(factor) === undefined) return `Invalid ${name} scale factor.`;
  return offset === undefined || readDecimal(offset) !== undefined ? undefined : `Invalid ${name} offset.`;
};

const temperature: ValueRule = (name, [letter = '', offset]) => {
  if (offset !== undefined && readDecimal(offset) === undefined) return `Invalid ${name} offset.`;
  return /^[fckr]/i.test(letter) ? undefined : `${name} must be C, F, K, or R`;
};

const repcounts: ValueRule = (name, counts) => {
  if (!/^\+?0*[1-9]\d*$/.test(counts[0] ?? '')) return `${name} <min count> value must be greater than zero`;
  return counts.every((count) => /^\+?\d+$/.test(count)) ? undefined : `Invalid ${name}`;
};

const launchSource: ValueRule = (name, words) => {
  const upper = words.map((word) => word.toUpperCase());
  const known = 'SNDC SNDM SNDT SNDP RCVI RCVT SNDA RCVA ANYSRC NOSRC'.split(' ');
  const foreign = upper.findIndex((word) => !known.includes(word));
  if (foreign < 0) return undefined;
  return upper[foreign] === 'SNDS'
    ? `${name} '${words[foreign] ?? ''}' not allowed as a default.`
    : `Invalid ${name} option '${words[foreign] ?? ''}'`;
};

const bursts: ValueRule = (name, words) => {
  if (words.length % 2 === 1) return `Missing ${name} parameter`;
  for (let index = 0; index < words.length; index += 2) {
    const [label = '', count = ''] = words.slice(index);
    if (!/^\+?0*[1-9]\d*$/.test(count)) return `Invalid ${name} bursts '${count}'`;
    if (!/^(falloff|flightson|fon|foff|fdim|fbright|flightsoff|_|farb|farw)$/i.test(label))
      return `Unknown CM17A function '${label.toLowerCase()}'`;
  }
  return undefined;
};

const dawnDusk: ValueRule = (name, [word = '', offset]) => {
  const isGood = offset === undefined ? /^[rcna]/i.test(word) : /^o/i.test(word) && /^[+-]?\d+$/.test(offset);
  return isGood ? undefined : `${name} must be R, C, N, A or O <int>`;
};

const houses: ValueRule = (_, [value = '']) => {
  if (/^(off|none|all|yes)$/i.test(value)) return undefined;
  const list = /^\[(.*)\]$/.exec(value)?.[1];
  if (list === undefined) return 'RCS_DECODE must be OFF or [<housecode list>] or ALL';
  return /^[a-p,]*$/i.test(list) ? undefined : 'Invalid character in RCS_DECODE housecode list';
};

const OBSOLETE =
  'MACROXREF DISPLAY_EXP_MACROS DAWN_SUBSTITUTE DUSK_SUBSTITUTE TRIGGER_TAG XREF_APPEND ORE_CHGBITS_WSP ' +
  'ORE_CHGBITS_WAVSP ORE_CHGBITS_WDIR ORE_CHGBITS_RRATE ORE_CHGBITS_RTOT ORE_DISPLAY_RAW';

const obsolete = (names: string, tokens: number): readonly Row[] =>
  names.split(' ').flatMap((name) =>
    rows(name, [tokens, tokens], ANYTHING, {
      remark: `Directive ${name} is obsolete and is being ignored.`,
    }),
  );

const DIRECTIVES: ReadonlyMap<string, Directive> = new Map([
  // Read elsewhere: their values need more than themselves.
  ...rows('ALIAS', [3, 16], ANYTHING, { repeats: true }),
  ...rows('LAUNCHER SCRIPT USERSYN SCENE', [2, MANY], ANYTHING, { repeats: true }),
  ...rows('SECTION', [1, MANY], ANYTHING, { repeats: true }),
  ...rows('TTY', [2, 4]),
  ...rows('TTY_AUX', [3, 5]),
  ...rows('DATE_FORMAT LOG_DIR TRANSCEIVE RFFORWARD', [2, 3]),
  ...rows('TRANSCIEVE', [2, 3], ANYTHING, { remark: 'TRANSCEIVE misspelled' }),

  ...ones('SCHEDULE_FILE REPORT_PATH SCRIPT_SHELL TAILPATH LAUNCHPATH_APPEND LAUNCHPATH_PREFIX', ANYTHING),
  ...ones(
    'FORCE_ADDR ACK_HAILS COMBINE_EVENTS COMPRESS_MACROS FEB_KLUGE WRITE_CHECK_FILES REPL_DELAYED_MACROS MACTERM ' +
      'DISPLAY_SUBDIR FIX_5A AUTOFETCH POWERFAIL_UPDATE RESTRICT_DIMS RF_NOSWITCH CHECK_RI_LINE HIDE_UNCHANGED ' +
      'HIDE_UNCHANGED_INACTIVE SHOW_CHANGE DISPLAY_RF_NOISE RFXCOM_HIBAUD SUPPRESS_RFXJAM DISPLAY_DMXTEMP ' +
      'SECURID_16 SECURID_PARITY LOGDATE_YEAR LOGDATE_UNIX DISPLAY_ORE_ALL ORE_DISPLAY_CHAN ORE_DISPLAY_BATLVL ' +
      'ORE_DISPLAY_COUNT ORE_DISPLAY_BEAUFORT ORE_ID_16 ORE_DISPLAY_FCAST DISPLAY_SENSOR_INTV ' +
      'RFXMETER_SETUP_INLINE OWL_DISPLAY_COUNT PROCESS_XMIT FIX_STOPSTART_ERROR',
    YES_NO,
  ),
  ...ones('STATE_FORMAT INACTIVE_HANDLING SHOW_FLAGS_MODE', OLD_NEW),
  ...ones('RESOLVE_OVERLAP', oneOf('OLD NEW', '% must be OLD or NEW')),
  ...ones('SCRIPT_CTRL RING_CTRL', ENABLE),
  ...ones('START_ENGINE ARM_REMOTE', AUTO),
  ...ones('DAWN_OPTION DUSK_OPTION', DAWN),
  ...ones('MODE', oneOf('COMPATIBLE HEYU', '% must be COMPATIBLE or HEYU')),
  ...ones('SCRIPT_MODE', oneOf('HEYUHELPER SCRIPT*', '% must be HEYUHELPER or SCRIPT')),
  ...ones('STATE_CTRL', oneOf('SINGLE BITMAP', '% must be SINGLE or BITMAP')),
  ...ones('LAUNCHER_SCANMODE', oneOf('CONTINUE BREAK', '% must be CONTINUE or BREAK')),
  ...ones('ENV_ALIAS_PREFIX', oneOf('UC LC', '% must be UC or LC')),
  ...ones('DISPLAY_RF_XMIT', oneOf('NO YES VERBOSE', '% must be NO or YES or VERBOSE')),
  ...ones('DISPLAY_RAW_RF', oneOf('NONE NOISE ALL', '% must be NONE or NOISE or ALL')),
  // heyu takes its value for STRICT, 0, for no value at all.
  ...ones('ARM_LOGIC', oneOf('MEDIUM LOOSE', '% must be STRICT, MEDIUM or LOOSE')),
  ...ones('ORE_DATA_ENTRY', oneOf('NATIVE SCALED', '% must be NATIVE or SCALED')),
  ...ones('ORE_WINDDIR_MODE', oneOf('POINTS ANGLE BOTH', '% must be POINTS, ANGLE, or BOTH.')),
  ...ones('LOCKUP_CHECK', eachOf('YES PORT CM11* NO', 'Invalid LOCKUP_CHECK parameter')),
  // heyu takes every letter, whatever it says.
  ...ones('HOUSECODE', (name, [value = '']) =>
    /^[a-z]$/i.test(value) ? undefined : `Invalid ${name} - must be A though P`,
  ),
  ...ones('DEFAULT_MODULE', (_, [value = '']) =>
    modelNamed(value) ? undefined : `Module type '${value}' is unknown.`,
  ),
  ...ones('RCS_DECODE RCS_TEMPERATURE', houses),

  ...ones('INACTIVE_TIMEOUT', timeout(24 * 3600)),
  ...ones('ARM_MAX_DELAY', timeout(12 * 3600)),
  ...ones('MIN_DAWN MAX_DAWN MIN_DUSK MAX_DUSK', clock('must be 00:00-23:59 (hh:mm) or OFF', true)),
  ...ones('ASIF_TIME', clock('must be hh:mm between 00:00-23:59', false)),
  ...ones('ASIF_DATE', integer(19700101, 20380101, '% must be yyyymmdd between 19700101 and 20380101')),
  ...ones('LATITUDE', place('NS+-', 'NS+-', 89)),
  ...ones('LONGITUDE', place('EW+-', 'EW+-', 180)),

  ...ones('PROGRAM_DAYS', integer(1, 366, '% outside range 1-366')),
  ...ones('RESERVED_TIMERS', integer(0, 50, '% outside range 0-50')),
  ...ones('MAX_PPARMS', integer(1, 999, '% outside range 1-999')),
  ...ones('STATUS_TIMEOUT', integer(1, 5, '% outside range 1-5')),
  ...ones('SPF_TIMEOUT', integer(1, 10, '% outside range 1-10')),
  // heyu compares the lowest byte only.
  ...ones('TRANS_DIMLEVEL', (name, [value = '']) =>
    /^[+-]?\d+$/.test(value) && (Number(value) & 255) >= 1 && (Number(value) & 255) <= 22
      ? undefined
      : `${name} outside range 1-22`,
  ),
  ...ones('ISDARK_OFFSET', integer(-360, 360, '% outside range +/-360 minutes')),
  ...ones('CM11_POST_DELAY', integer(0, 1000, '% must be 0-1000')),
  ...ones('CM17A_BIT_DELAY', integer(100, 10000, '% must be 100-10000')),
  ...ones('RF_BURST_SPACING', integer(80, 160, '% must be 80-160')),
  ...ones('RF_TIMER_TWEAK', integer(0, 50, '% must be 0-50')),
  ...ones('RF_POST_DELAY RF_FARB_DELAY RF_FARW_DELAY', integer(0, 10000, '% must be 0-10000')),
  ...ones('DEF_RF_BURSTS', integer(5, 6, '% must be 5 or 6')),
  ...ones('TIMER_LOOPCOUNT', integer(-INT, INT, 'Invalid %')),
  ...ones('SPOOLFILE_MAX', integer(20, 0x100000, '% must be between 20l and 1048576l')),
  ...ones('SEND_RETRIES', integer(0, INT, '% must be > 0')),
  ...ones('AUX_MINCOUNT_RFX', integer(1, 3, '% out of range 1-3')),
  ...ones('AUTO_WAIT', integer(0, 300, '% timeout must be 0-300 seconds.')),
  ...ones('FULL_BRIGHT', integer(16, 31, '% level must be 16 though 31')),
  ...ones('ENGINE_POLL', integer(100, 1000000, '% must be 100 though 1000000')),
  ...ones('RFXCOM_DTR_RTS', integer(0, 3, '% must be 0 though 3')),
  ...ones('LOCK_TIMEOUT', integer(5, 60, '% range is 5 through 60 seconds')),
  ...ones('CM11A_QUERY_DELAY', integer(0, 100, 'CM11_QUERY_DELAY range is 0 through 100 milliseconds')),
  ...ones(
    'ORE_CHGBITS_T ORE_CHGBITS_RH ORE_CHGBITS_BP ORE_CHGBITS_WGT ORE_CHGBITS_UV',
    integer(1, 255, '% must be 1 though 255'),
  ),
  ...ones(
    'ORE_CHGBITS_DT ORE_CHGBITS_WINDSP ORE_CHGBITS_WINDAVSP ORE_CHGBITS_RAINRATE ORE_CHGBITS_RAINTOT',
    integer(1, 65535, '% must be 1 though 65535'),
  ),
  ...ones('ORE_CHGBITS_WINDDIR', integer(1, 720, '% must be 1 though 720')),
  ...ones('ELS_CHGBITS_CURR', integer(1, 1000, '% is 1 through 1000')),
  ...ones('OWL_CHGBITS_POWER', integer(1, 10000, '% is 1 through 10000')),
  ...ones('OWL_CHGBITS_ENERGY', integer(1, 100000, '% is 1 through 100000')),
  ...ones('ORE_LOWBATTERY', (name, [value = '']) =>
    integer(10, 90, '% level must be 10 though 90 percent')(name, [value.replace(/%.*/, '')]),
  ),
  ...ones('ORE_WINDSENSORDIR', decimal(-359.6, 359.9, 'Invalid % angle.')),
  ...ones('ELS_VOLTAGE OWL_VOLTAGE OWL_CALIB_POWER OWL_CALIB_ENERGY', POSITIVE),
  ...ones('HEYU_UMASK', (name, [value = '']) =>
    /^(off|\+?[0-7]+)$/i.test(value) ? undefined : `Invalid ${name} value.`,
  ),

  ...rows('TTY_RFXMIT', [3, 3], (name, [, frequency = '']) =>
    /^(310|433)/.test(frequency) ? undefined : `${name} frequency parameter must be 310 or 433`,
  ),
  ...rows('DAWNDUSK_DEF', [2, 3], dawnDusk),
  ...rows('DMX_TSCALE ORE_TSCALE RFX_TSCALE', [2, 3], temperature),
  ...rows('ORE_BPSCALE RFX_VADSCALE RFX_BPSCALE', [3, 4], scale),
  ...rows('ORE_WGTSCALE ORE_WINDSCALE ORE_RAINRATESCALE ORE_RAINTOTSCALE', [3, 3], scale),
  ...rows('RFX_POWERSCALE RFX_WATERSCALE RFX_GASSCALE RFX_PULSESCALE', [3, 3], scale),
  ...rows('LAUNCH_SOURCE', [2, 6], launchSource),
  ...rows('RF_BURSTS', [3, 21], bursts),
  ...rows('AUX_REPCOUNTS', [4, 4], repcounts),
  ...rows('RELAY_POWERFAIL_SCRIPT', [2, MANY]),
  ...rows('RFXCOM_ENABLE', [2, 4], ANYTHING, { remark: 'RFXCOM_ENABLE is obsolete; see RFXCOM_DISABLE' }),
  ...rows(
    'RFXCOM_DISABLE',
    [2, 16],
    eachOf('ARC* ORE* ATI* X10* KOP* HE_U* HE_E* VIS*', 'Invalid RFXCOM_DISABLE protocol'),
  ),
  ...ones('RI_DISABLE', (_, [value = '']) => {
    const word = /^yes$/i.test(value) ? 'DISABLE' : /^no$/i.test(value) ? 'ENABLE' : undefined;
    return word === undefined
      ? 'Obsolete - Use RING_CTRL ENABLE or DISABLE'
      : `Obsolete - use RING_CTRL ${word}`;
  }),
  ...ones(
    'RESPOOL_PERMISSIONS',
    never('The RESPOOL_PERMISSIONS directive is invalid for this operating system'),
  ),
  ...rows('RF_FUNCMASK', [2, MANY], never('RF_FUNCMASK not yet implemented')),
  ...obsolete('NEWFORMAT', 1),
  ...obsolete(OBSOLETE, 2),
]);

/** The directive of that name in upper case; undefined when heyu knows none. */
export function directiveNamed(name: string): Directive | undefined {
  return DIRECTIVES.get(name);
}
