/**
 * Which lines heyu accepts in its configuration file, and its messages about the others, in its own words and order:
 * directives and their values (config.c, table `command` and function `parse_config_tail`, heyu 2.11-rc3), units, the
 * options after a module name (modules.c), SCENE and USERSYN, SCRIPT and LAUNCHER. A reader returns a value, or heyu's
 * message as text.
 */
import { DAY } from '../common/duration.js';
import { modelNamed } from '../x10/models.js';

/** What heyu says against the words behind a directive; undefined when it takes them. */
type ValueRule = (name: string, values: readonly string[]) => string | undefined;

/** Every value will do. */
const ANYTHING: ValueRule = () => undefined;

/** What a rule says: `%` stands for the directive. */
const say = (text: string, name: string): string => text.replaceAll('%', name);

/** What its first value must be. */
const must =
  (isGood: (value: string) => boolean, text: string): ValueRule =>
  (name, [value = '']) =>
    isGood(value) ? undefined : say(text, name);

/** No value will do. */
const never = (text: string): ValueRule => must(() => false, text);

/** One of these words, in any case; with `*` at its end a word may continue as it likes. */
function oneOf(words: string, text: string): ValueRule {
  const known = words.split(' ');
  return must((value) => known.some((word) => fits(value.toUpperCase(), word)), text);
}

/** Any number of words, each one of these. `text` is followed by the first that is none. */
function eachOf(words: string, text: string): ValueRule {
  const known = words.split(' ');
  return (_, values) => {
    const foreign = values.find((value) => !known.some((word) => fits(value.toUpperCase(), word)));
    return foreign === undefined ? undefined : `${text} ${foreign}`;
  };
}

function fits(value: string, word: string): boolean {
  return word.endsWith('*') ? value.startsWith(word.slice(0, -1)) : value === word;
}

/** A whole number, both limits included. */
const integer = (least: number, most: number, text: string): ValueRule =>
  must((value) => isWhole(value) && Number(value) >= least && Number(value) <= most, text);

const isWhole = (text: string): boolean => /^[+-]?\d+$/.test(text);

/** A decimal number, both limits included. */
const decimal = (least: number, most: number, text: string): ValueRule =>
  must((value) => {
    const number = readDecimal(value) ?? NaN;
    return number >= least && number <= most;
  }, text);

/** The number that a text is as C's strtod reads it; undefined when it is none. */
export function readDecimal(text: string): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** `hh:mm` of a day in minutes; what follows the minutes does not count. */
export function readClock(text: string): number | undefined {
  const match = /^([+-]?\d+):([+-]?\d+)/.exec(text);
  const minutes = match ? 60 * Number(match[1]) + Number(match[2]) : NaN;
  return minutes >= 0 && minutes < 24 * 60 ? minutes : undefined;
}

/** `hh:mm:ss`, `mm:ss` or seconds, in milliseconds; undefined when it is none (config.c, `parse_hhmmss`). */
function readTimeout(text: string): number | undefined {
  if (text.length > 31 || !/^:?[+-]?\d+(:[+-]?\d+){0,2}$/.test(text)) return undefined;
  const seconds = text
    .replace(/^:/, '')
    .split(':')
    .reduce((sum, part) => 60 * sum + Number(part), 0);
  return seconds < 0 ? undefined : seconds * 1000;
}

/** `h:mm:ss`, as `heyu show alias` prints a time in milliseconds. */
function writeTimeout(timeoutMs: number): string {
  const two = (number: number): string => `${Math.floor(number) % 60}`.padStart(2, '0');
  const seconds = timeoutMs / 1000;
  return `${Math.floor(seconds / 3600)}:${two(seconds / 60)}:${two(seconds)}`;
}

/** A hexadecimal ID with or without 0x; undefined when it is none, or higher than `highest`. */
function readId(text: string, highest: number): number | undefined {
  const digits = /^\+?(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1];
  const id = digits === undefined ? NaN : Number.parseInt(digits, 16);
  return id <= highest ? id : undefined;
}

/**
 * The ID of a DS90's other channel: with the bits of each byte reversed, the auxiliary ID is the main one plus 1
 * (modules.c, `comp_ds90_id`). `step` is 1 for main -> auxiliary, -1 for the way back; `wide` = the ID has two
 * bytes.
 */
export function ds90Companion(id: number, step: 1 | -1, wide = id > 0xff): number {
  const next = (byte: number): number => reversed((reversed(byte) + step) & 0xff);
  return wide ? (next(id >> 8) << 8) | next(id & 0xff) : next(id);
}

function reversed(byte: number): number {
  let bits = 0;
  for (let bit = 0; bit < 8; bit += 1) bits |= ((byte >> bit) & 1) << (7 - bit);
  return bits;
}

/** How heyu reads the lines of a directive. */
export type Directive = {
  /** How many tokens its line may have, itself included; `most` Infinity = any number. */
  readonly fewest: number;
  readonly most: number;
  /** May appear more than once in a file. */
  readonly repeats: boolean;
  /** What heyu says while it takes the line, `%` being the directive. */
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

/** A time up to `limitMs` (exclusive). */
const timeout = (limitMs: number): ValueRule =>
  must((value) => (readTimeout(value) ?? Infinity) < limitMs, 'Invalid %');

const isClock = (value: string): boolean => readClock(value) !== undefined;

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

const IGNORED = { remark: 'Directive % is obsolete and is being ignored.' };
const OBSOLETE =
  'MACROXREF DISPLAY_EXP_MACROS DAWN_SUBSTITUTE DUSK_SUBSTITUTE TRIGGER_TAG XREF_APPEND ORE_CHGBITS_WSP ' +
  'ORE_CHGBITS_WAVSP ORE_CHGBITS_WDIR ORE_CHGBITS_RRATE ORE_CHGBITS_RTOT ORE_DISPLAY_RAW';

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
  // heyu accepts every letter, despite its message.
  ...ones(
    'HOUSECODE',
    must((value) => /^[a-z]$/i.test(value), 'Invalid % - must be A though P'),
  ),
  ...ones('DEFAULT_MODULE', (_, [value = '']) =>
    modelNamed(value) ? undefined : `Module type '${value}' is unknown.`,
  ),
  ...ones('RCS_DECODE RCS_TEMPERATURE', houses),

  ...ones('INACTIVE_TIMEOUT', timeout(DAY)),
  ...ones('ARM_MAX_DELAY', timeout(DAY / 2)),
  ...ones(
    'MIN_DAWN MAX_DAWN MIN_DUSK MAX_DUSK',
    must((value) => isClock(value) || /^off$/i.test(value), '% must be 00:00-23:59 (hh:mm) or OFF'),
  ),
  ...ones('ASIF_TIME', must(isClock, '% must be hh:mm between 00:00-23:59')),
  ...ones('ASIF_DATE', integer(19700101, 20380101, '% must be yyyymmdd between 19700101 and 20380101')),
  ...ones('LATITUDE', place('NS+-', 'NS+-', 89)),
  ...ones('LONGITUDE', place('EW+-', 'EW+-', 180)),

  ...ones('PROGRAM_DAYS', integer(1, 366, '% outside range 1-366')),
  ...ones('RESERVED_TIMERS', integer(0, 50, '% outside range 0-50')),
  ...ones('MAX_PPARMS', integer(1, 999, '% outside range 1-999')),
  ...ones('STATUS_TIMEOUT', integer(1, 5, '% outside range 1-5')),
  ...ones('SPF_TIMEOUT', integer(1, 10, '% outside range 1-10')),
  // heyu compares the lowest byte only.
  ...ones(
    'TRANS_DIMLEVEL',
    must(
      (value) => isWhole(value) && (Number(value) & 255) >= 1 && (Number(value) & 255) <= 22,
      '% outside range 1-22',
    ),
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
  ...ones(
    'HEYU_UMASK',
    must((value) => /^(off|\+?[0-7]+)$/i.test(value), 'Invalid % value.'),
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
  ...rows('NEWFORMAT', [1, 1], ANYTHING, IGNORED),
  ...rows(OBSOLETE, [2, 2], ANYTHING, IGNORED),
]);

/** The directive of that name in upper case; undefined when heyu knows none. */
export function directiveNamed(name: string): Directive | undefined {
  return DIRECTIVES.get(name);
}

/** Highest unit code. */
const LAST = 16;

const between = (one: number, other: number): readonly number[] => {
  const first = Math.min(one, other);
  return Array.from({ length: Math.abs(one - other) + 1 }, (_, step) => first + step);
};

/**
 * Reads the units behind a house code (`3`, `1,3,5-7`, `4-1`, `*`, and `0` for none) as heyu does (parse_units), in
 * ascending order: duplicates and overlaps merge, unit 0 and an empty text name no unit, a delimiter too many is
 * harmless. Of `1-3-5` heyu takes 3-5, of `3-` nothing.
 */
export function readUnits(text: string): readonly number[] | string {
  if (text === '*') return between(1, LAST);
  const units = new Set<number>();
  let from: number | undefined;
  for (const [, number = '', dash] of text.matchAll(/([^,-]+)(-?)/gu)) {
    const foreign = /^\+?\d+(.)?/u.exec(number)?.[1] ?? /^(?!\+?\d)(.)/u.exec(number)?.[1];
    if (foreign !== undefined) return `Invalid character '${foreign}' in units list`;
    const unit = Number(number);
    if (unit > LAST) return 'Unit number outside range 0-16';
    if (dash !== '-') for (const each of between(from ?? unit, unit)) units.add(each);
    from = dash === '-' ? unit : undefined;
  }
  units.delete(0);
  return [...units].sort((one, other) => one - other);
}

/** heyu's own way to write a set of ascending units: `1-4`, `1,2`, `1,3,5-7`; `0` for none. */
export function writeUnits(units: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const unit of units) {
    const run = runs.at(-1);
    if (run?.[1] === unit - 1) run[1] = unit;
    else runs.push([unit, unit]);
  }
  if (runs.length === 0) return '0';
  return runs
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last - first > 1 ? '-' : ','}${last}`))
    .join(',');
}

/**
 * How the words behind a module name are read:
 * `sensor`   IDs, option words, IATO;
 * `single`   one ID and at most IATO, units before IDs;
 * `keyfob`   IDs, DUMMY and switch positions;
 * `ids`      IDs and nothing else;
 * `oregon`   one ID, limits (TMIN ...), IATO;
 * `rfxsensor` one ID, what it measures, IATO;
 * `digimax`  one ID, and any text after it;
 * `kaku`     pairs of ID and key;
 * `motion`   RF options, complaints are warnings;
 * `remote`   RF options, complaints are refusals;
 * `plc`      IATO, anything else is passed over;
 * `level`    ONLEVEL;
 * `words`    option words;
 * `bare`     nothing at all.
 */
type OptionKind =
  | 'sensor'
  | 'single'
  | 'keyfob'
  | 'ids'
  | 'oregon'
  | 'rfxsensor'
  | 'digimax'
  | 'kaku'
  | 'motion'
  | 'remote'
  | 'plc'
  | 'level'
  | 'words'
  | 'bare';

/** Among whose IDs one must be unique: heyu refuses a file in which two aliases of a space share one. */
type IdSpace = 'security' | 'entertainment' | 'oregon' | 'rfxsensor' | 'rfxmeter' | 'digimax';

/** The options of a family of modules. */
export type OptionFamily = {
  readonly kind: OptionKind;
  /** Undefined where heyu does not compare them. */
  readonly space: IdSpace | undefined;
  /** Most IDs, and the highest of them. */
  readonly mostIds: number;
  readonly highestId: number;
  /** What heyu says when there is no ID, and when one is none. */
  readonly noId: string;
  readonly badId: string;
  /** Stands on one unit only. */
  readonly oneUnit: boolean;
  /** Option words beside IDs, RF options and IATO. */
  readonly words: readonly string[];
  readonly iato: boolean;
  /** Highest ONLEVEL; what heyu says against words where it takes none. */
  readonly highestLevel: number;
  readonly bare: string;
  /** IDs that the module has by itself. */
  readonly ownIds: readonly number[];
};

const family = (kind: OptionKind, more: Partial<OptionFamily> = {}): OptionFamily => ({
  kind,
  space: undefined,
  mostIds: 0,
  highestId: 0xffff,
  noId: 'Module ID is needed.',
  badId: 'Invalid hexadecimal ID parameter',
  oneUnit: false,
  words: [],
  iato: false,
  highestLevel: 0,
  bare: 'No parameters are supported for this module type.',
  ownIds: [],
  ...more,
});

const SENSOR_WORDS = ['REVERSE', 'RFIGNORE', 'MAIN', 'AUX'];

/** heyu holds this many IDs for a remote; a line has room for no more. */
const MANY_IDS = 12;

const security = (kind: OptionKind, mostIds: number, more: Partial<OptionFamily> = {}): OptionFamily =>
  family(kind, { space: 'security', mostIds, ...more });
const sensor = (mostIds: number, more: Partial<OptionFamily> = {}): OptionFamily =>
  security('sensor', mostIds, { oneUnit: true, words: SENSOR_WORDS, iato: true, ...more });
/** Weather, sensors and thermostats that an RFXCOM hears: one ID on one unit. */
const receiver = (kind: OptionKind & IdSpace, noun: string, more: Partial<OptionFamily>): OptionFamily =>
  family(kind, {
    space: kind,
    mostIds: 1,
    badId: `Invalid hexadecimal ${noun} address parameter`,
    oneUnit: true,
    iato: true,
    ...more,
  });
const oregon = (more: Partial<OptionFamily> = {}): OptionFamily =>
  receiver('oregon', 'Oregon', { highestId: 0xfff, ...more });
const own = (ownIds: readonly number[]): OptionFamily =>
  family('bare', { space: 'entertainment', ownIds, bare: 'This module takes no parameters.' });

const FAMILIES: readonly (readonly [OptionFamily, string])[] = [
  [sensor(1), 'DS10A DS10 DS10E PDS01 DS18 MS10A PMS01 MS90 MS18E SSVDATA'],
  [sensor(2), 'SD90'],
  [sensor(2, { oneUnit: false }), 'DS90 DS18-1'],
  [security('single', 1, { oneUnit: true }), 'SD10 EH-CWSD10 EH-WD210'],
  [security('single', 1, { oneUnit: true, iato: true }), 'BMB-SD18 GB10 DM10'],
  [
    security('keyfob', MANY_IDS, { words: ['DUMMY', 'SWMAX', 'SWHOME', 'SWMIN', 'SWAWAY'] }),
    'KR18 KR18E KR10A KR21 PKR02',
  ],
  [security('ids', MANY_IDS), 'SH624 PSR01 KR15A SVDATA'],
  [security('ids', MANY_IDS, { noId: 'Module ID(s) needed.' }), 'SEC_IGNORE'],
  [family('ids', { mostIds: MANY_IDS, highestId: 0xffffff }), 'VISGEN'],
  [
    family('ids', {
      space: 'entertainment',
      mostIds: MANY_IDS,
      highestId: 0xff,
      noId: 'At least one entertainment ID is needed.',
      badId: 'Invalid hexadecimal entertainment ID parameter',
    }),
    'GURU',
  ],
  [family('ids', { space: 'oregon', mostIds: MANY_IDS, noId: 'Module ID(s) needed.' }), 'ORE_IGNORE'],
  [
    oregon(),
    'ORE_TH1 THGR122NX THGN123N THGR228N ORE_TH2 THGN800 THGR800 THGR810 ORE_TH3 RTGN318 RTGR328N RTGR328N_TH ' +
      'ORE_TH4 ORE_TH5 ORE_TH6 THGR918N ORE_T1 THR138 ORE_T2 THRN122N THN122N THN132N ORE_T3 ORE_THB1 BTHR918 ' +
      'ORE_THB2 BTHR968 BTHR918N ORE_DT1 RTGR328N_DT ORE_WIND1 ORE_WIND2 WGR800 ORE_WIND3 WGR918N ORE_RAIN1 ' +
      'PCR918N ORE_RAIN2 PCR800 ORE_RAIN3 ORE_UV1 ORE_UV2',
  ],
  [oregon({ space: undefined }), 'ELS_CM113 ELS_ELEC1 ORE_ELS OWL_ELEC2'],
  [oregon({ mostIds: 0 }), 'ORE_TEMU ORE_THEMU ORE_THBEMU'],
  [oregon({ iato: false }), 'ORE_WGT1 BWR102'],
  [
    receiver('rfxsensor', 'RFXSensor base', {
      highestId: 0xff,
      noId: 'This module requires more parameters.',
    }),
    'RFXSENSOR',
  ],
  [
    family('ids', {
      space: 'rfxmeter',
      mostIds: 1,
      highestId: 0xff,
      noId: 'This module requires one ID parameter.',
      badId: 'Invalid hexadecimal RFXMeter ID parameter',
      iato: true,
    }),
    'RFXCOUNT RFXPOWER RFXWATER RFXGAS RFXPULSE',
  ],
  [receiver('digimax', 'Digimax', { noId: 'This module requires an ID parameter' }), 'DIGIMAX'],
  [family('kaku', { oneUnit: true }), 'KAKU_S KAKU_P'],
  [family('motion'), 'MS12 MS12A MS13 MS13A MS14 MS14A MS16 MS16A'],
  [family('remote'), 'PALMPAD KR19A KR22 KEYCHAIN ONLYON ONLYOFF'],
  [family('plc', { iato: true }), 'PLCSENSOR'],
  [family('level', { highestLevel: 32 }), 'SL1LM SL2LM SL2380W LL1LM LL2LM LL2000STW'],
  [family('level', { highestLevel: 255 }), 'VIRT4'],
  [family('words', { words: ['DEFER'] }), 'AMS RAIN8II'],
  [family('words', { words: ['AUF', 'ALO', 'ALF'] }), 'ACTAMS RS114 ACTAMSBUG RF234'],
  [own([0xee]), 'UR81A UR51A'],
  [own([0x82, 0x83]), 'UX17A UX23A'],
];

const BY_MODEL: ReadonlyMap<string, OptionFamily> = new Map(
  FAMILIES.flatMap(([options, names]) => names.split(' ').map((name) => [name, options] as const)),
);

const BARE = family('bare');

/** The options that heyu takes behind a module name (in heyu's spelling). */
export function optionFamily(model: string): OptionFamily {
  return BY_MODEL.get(model) ?? BARE;
}

/** What heyu does with the RF of a standard X10 unit. */
type RfOption = 'TRANSCEIVE' | 'RFFORWARD' | 'RFIGNORE';

/** The options of one alias. */
export type ModuleOptions = {
  /** As `heyu show alias` prints them: `RFFORWARD`, `0x41`, `IATO 1:00:00`. */
  readonly options: readonly string[];
  /** IDs of the sender; for a DS90 its second channel too where heyu derives it. */
  readonly ids: readonly number[];
  /** Undefined when none or more than one is given. */
  readonly rfOption: RfOption | undefined;
  /** Option IATO: after this silence heyu writes `Inactive`. 0 .. 24 h. */
  readonly inactiveTimeoutMs: number | undefined;
  /** What heyu says while it accepts them. */
  readonly warnings: readonly string[];
};

/** No options at all. */
export const NO_OPTIONS: ModuleOptions = {
  options: [],
  ids: [],
  rfOption: undefined,
  inactiveTimeoutMs: undefined,
  warnings: [],
};

const RF_OPTIONS: readonly RfOption[] = ['TRANSCEIVE', 'RFFORWARD', 'RFIGNORE'];

/** The order in which heyu prints option words; SWMIN and SWAWAY are defaults and not printed. */
const PRINTED = ['MAIN', 'AUX', 'RFIGNORE', 'REVERSE', 'DUMMY', 'SWHOME', 'SWMAX'];

/** The words behind a module name, sorted out. */
type Sorted = {
  readonly ids: readonly string[];
  readonly words: ReadonlySet<string>;
  /** Names of limits and their values, in turn. */
  readonly limits: readonly string[];
  readonly inactiveTimeoutMs: number | undefined;
};

/** The options that were read, or heyu's reason to refuse them. */
type Options = Partial<ModuleOptions> | string;

/** Reads the words behind a module name. `model` is heyu's spelling, `unitCount` how many units the alias names. */
export function readOptions(
  model: string,
  words: readonly string[],
  unitCount: number,
): ModuleOptions | string {
  const family = optionFamily(model);
  const read = readFamily(model, words, family, unitCount);
  return typeof read === 'string' ? read : { ...NO_OPTIONS, ...read };
}

function readFamily(
  model: string,
  words: readonly string[],
  family: OptionFamily,
  unitCount: number,
): Options {
  const { kind } = family;
  if (kind === 'bare') return words.length === 0 ? { ids: family.ownIds } : family.bare;
  if (kind === 'motion' || kind === 'remote') return readRfOptions(words, kind === 'remote');
  if (kind === 'words') return readWords(words, family);
  if (kind === 'level') return readLevel(words, family);
  if (kind === 'kaku') return readKaku(words, unitCount);
  const sorted = sortWords(words, family);
  if (typeof sorted === 'string') return sorted;
  if (kind === 'plc') return asPrinted([], sorted);
  if (kind === 'rfxsensor') return readRfxSensor(sorted, family, unitCount);
  // The ID of a Digimax comes first; what else stands there is passed over.
  const ids = kind === 'digimax' ? words.slice(0, 1) : sorted.ids;
  return readIds(model, family, { ...sorted, ids }, unitCount);
}

function readWords(words: readonly string[], family: OptionFamily): Options {
  const upper = words.map((word) => word.toUpperCase());
  const foreign = upper.find((word) => !family.words.includes(word));
  return foreign === undefined
    ? { options: family.words.filter((word) => upper.includes(word)) }
    : `Invalid module option '${foreign}'`;
}

/** The words two by two; the second of the last pair may be missing. */
function pairsOf(words: readonly string[]): readonly (readonly [string, string | undefined])[] {
  return words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]] as const] : []));
}

/** `ONLEVEL 20`, `ONLEVEL RESUME`; the last one counts (`opt_onlevel`). */
function readLevel(words: readonly string[], { highestLevel }: OptionFamily): Options {
  let options: readonly string[] = [];
  for (const [word, value] of pairsOf(words.map((each) => each.toUpperCase()))) {
    if (word !== 'ONLEVEL') return 'Module option not recognized';
    if (value === undefined) return 'Missing ONLEVEL parameter';
    const level = /^\+?\d+$/.test(value) ? Number(value) : NaN;
    if (value === 'RESUME' || value === '0') options = ['ONLEVEL RESUME'];
    else if (level > 0 && level <= highestLevel) options = [`ONLEVEL ${level}`];
    else return 'Invalid ONLEVEL parameter';
  }
  return { options };
}

/** Pairs of a transmitter's ID and one of its keys (1..16), groups (A..P) or both (`opt_kaku`). */
function readKaku(words: readonly string[], unitCount: number): Options {
  if (words.length < 2) return 'Too few parameters';
  if (words.length > 12) return 'Too many parameters';
  if (words.length % 2 === 1) return 'Parameter syntax: <ID> <Key|Grp> [<ID> <Key|Grp> [...]]';
  if (unitCount > 1) return MANY_UNITS;
  const ids: number[] = [];
  const options: string[] = [];
  for (const [word, key = ''] of pairsOf(words)) {
    const id = readId(word, Number.MAX_SAFE_INTEGER);
    if (id === undefined) return 'Invalid hexadecimal KAKU ID parameter';
    const [, digits = '', group = ''] = /^(\d*)(.*)$/u.exec(key) ?? [];
    if (digits !== '' && (Number(digits) < 1 || Number(digits) > 16)) return 'Invalid KAKU key parameter';
    if ((digits === '' || group !== '') && !/^[a-p]$/i.test(group)) return 'Invalid KAKU group parameter';
    ids.push(id);
    options.push(`0x${id.toString(16).padStart(7, '0')}`, `${Number(digits) || ''}${group.toUpperCase()}`);
  }
  return { ids, options };
}

/** The base address stands for three IDs (`opt_rfxsensor`); words behind its function are passed over. */
function readRfxSensor(sorted: Sorted, family: OptionFamily, unitCount: number): Options {
  const [base, kind] = sorted.ids;
  if (base === undefined || kind === undefined) return family.noId;
  if (unitCount > 1) return MANY_UNITS;
  const id = readId(base, family.highestId);
  if (id === undefined) return family.badId;
  if (id % 4 !== 0) return 'RFXSensor base address must be a multiple of 0x04';
  if (!/^T[HBVPT]?$/i.test(kind)) return 'Invalid RFXSensor function.';
  const { options = [], ...more } = asPrinted([id], sorted);
  return { ...more, ids: [id, id + 1, id + 2], options: options.toSpliced(1, 0, kind.toUpperCase()) };
}

/** Standard RF modules: exactly one RF option; for motion sensors a complaint only warns (`opt_x10std`). */
function readRfOptions(words: readonly string[], refuses: boolean): Options {
  const upper = words.map((word) => word.toUpperCase());
  const unknown = upper.findIndex((word) => !RF_OPTIONS.some((option) => option === word));
  const read = unknown < 0 ? upper : upper.slice(0, unknown);
  const found = RF_OPTIONS.filter((option) => read.includes(option));
  const said =
    unknown >= 0
      ? 'Unknown RF option parameter.'
      : words.length === 0
        ? 'RF option TRANSCEIVE, RFFORWARD, or RFIGNORE required.'
        : words.length > 1
          ? 'Conflicting RF options.'
          : undefined;
  if (said !== undefined && refuses) return said;
  return {
    options: found,
    rfOption: found.length === 1 ? found[0] : undefined,
    warnings: said === undefined ? [] : [said],
  };
}

const MANY_UNITS = 'Multiple unit alias is invalid for sensors.';

/** Limits of an Oregon sensor: name, the units that its value may have, lowest and highest value. */
const LIMITS: readonly (readonly [RegExp, RegExp, number, number])[] = [
  [/^T(MIN|MAX)$/, /[CFKR]?$/i, -200, 200],
  [/^RH(MIN|MAX)$/, /%?$/, 0, 100],
  // Their value may have any unit that ORE_BPSCALE names, and heyu converts before it compares.
  [/^BP(MIN|MAX)L?$/, /[^\d.]*$/, 0, 1500],
];

function sortWords(given: readonly string[], family: OptionFamily): Sorted | string {
  const ids: string[] = [];
  const words = new Set<string>();
  const limits: string[] = [];
  let inactiveTimeoutMs: number | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? '';
    const upper = word.toUpperCase();
    const limit = family.kind === 'oregon' ? LIMITS.find(([name]) => name.test(upper)) : undefined;
    if (family.words.includes(upper)) words.add(upper);
    else if (family.iato && upper === 'IATO') {
      index += 1;
      const time = given[index];
      if (time === undefined) return 'Missing IATO hh:mm:ss value.';
      inactiveTimeoutMs = readTimeout(time);
      if (inactiveTimeoutMs === undefined || inactiveTimeoutMs > DAY)
        return `Invalid IATO timeout '${time}'.`;
    } else if (limit && family.iato) {
      index += 1;
      const value = given[index];
      if (value === undefined) return `Missing ${upper} value.`;
      const bad = limitProblem(upper, value, limit);
      if (bad !== undefined) return bad;
      limits.push(upper, value);
    } else ids.push(word);
  }
  return { ids, words, limits, inactiveTimeoutMs };
}

function limitProblem(
  name: string,
  value: string,
  [, unit, least, most]: (typeof LIMITS)[number],
): string | undefined {
  const [suffix = ''] = unit.exec(value) ?? [];
  const number = readDecimal(value.slice(0, value.length - suffix.length));
  if (number === undefined) return `Invalid ${name} value${name.startsWith('T') ? ' or scale' : ''}.`;
  const isNative = suffix === '' || suffix === '%' || suffix.toUpperCase() === 'C';
  return isNative && (number < least || number > most) ? `${name} value is out of range.` : undefined;
}

function readIds(model: string, family: OptionFamily, sorted: Sorted, unitCount: number): Options {
  const { words } = sorted;
  const conflict = TOGETHER.find(([one, other]) => words.has(one) && words.has(other));
  if (conflict !== undefined) return conflict[2];
  const manyUnits = family.oneUnit && unitCount > 1;
  if (family.kind === 'oregon' && sorted.ids.length !== family.mostIds) return 'Unknown parameters';
  if (manyUnits && (family.kind === 'single' || family.kind === 'oregon')) return MANY_UNITS;
  if (sorted.ids.length === 0 && family.mostIds > 0) return family.noId;
  if (manyUnits && family.kind === 'digimax') return MANY_UNITS;
  if (family.space === 'rfxmeter' && sorted.ids.length > 1)
    return 'This module accepts only one ID parameter.';
  const ids: number[] = [];
  for (const word of sorted.ids) {
    const id = readId(word, family.highestId);
    // Those of entertainment remotes have this bit set.
    const isForeign = family.space === 'entertainment' && ((id ?? 0) & 2) === 0;
    if (id === undefined || isForeign) return family.badId;
    ids.push(id);
  }
  if (manyUnits) return model === 'SD90' ? 'Multiple unit alias is invalid.' : MANY_UNITS;
  if (ids.length > family.mostIds)
    return family.mostIds === 1 ? 'Only one security ID is supported' : `Too many security IDs for ${model}`;
  const channels = words.has('MAIN') || words.has('AUX');
  if (model === 'SD90' && !isSd90(ids)) return 'Invalid ID value for the SD90';
  if (model === 'SD90' && (channels || words.has('REVERSE'))) return 'Unsupported module option';
  if (family.kind === 'sensor' && family.mostIds === 1 && channels)
    return 'Unsupported module option MAIN or AUX';
  if (model === 'SSVDATA' && words.has('REVERSE')) return 'Unsupported module option REVERSE';
  if (family.kind !== 'sensor' || family.mostIds !== 2 || model === 'SD90') return asPrinted(ids, sorted);
  const both = ds90Ids(ids, words);
  return both === undefined ? 'DS90 security IDs are incompatible' : asPrinted(both, sorted);
}

/** Words that cannot stand beside each other, in heyu's order. */
const TOGETHER: readonly (readonly [string, string, string])[] = [
  ['MAIN', 'AUX', 'Module options MAIN and AUX are incompatible'],
  ...['SWHOME', 'SWAWAY', 'SWMAX', 'SWMIN'].map(
    (word) => [word, 'DUMMY', 'Parameter DUMMY incompatible with SWxxx parameters.'] as const,
  ),
  ['SWHOME', 'SWAWAY', 'Conflicting parameters SWHOME, SWAWAY.'],
  ['SWMAX', 'SWMIN', 'Conflicting parameters SWMAX, SWMIN.'],
];

/** An SD90 has an emergency ID 0xC. and a sensor ID 0xD. (`opt_sd90`). */
function isSd90(ids: readonly number[]): boolean {
  const kinds = ids.map((id) => id & 0xf0);
  return kinds.every((kind) => kind === 0xc0 || kind === 0xd0) && new Set(kinds).size === kinds.length;
}

/**
 * Of a DS90 with MAIN or AUX heyu derives the other channel's ID (`comp_ds90_id`); the main one comes first.
 * Undefined when two IDs are not those of one DS90.
 */
function ds90Ids(ids: readonly number[], words: ReadonlySet<string>): readonly number[] | undefined {
  const [id = 0, other] = ids;
  if (other !== undefined) {
    // A short ID beside a long one is compared as a long one (`check_ds90_ids`).
    const step = (main: number): number => ds90Companion(main, 1, Math.max(id, other) > 0xff);
    if (step(id) === other) return ids;
    return step(other) === id ? [other, id] : undefined;
  }
  if (words.has('MAIN')) return [id, ds90Companion(id, 1)];
  if (words.has('AUX')) return [ds90Companion(id, -1), id];
  return ids;
}

function asPrinted(
  ids: readonly number[],
  { words, limits, inactiveTimeoutMs }: Sorted,
): Partial<ModuleOptions> {
  return {
    options: [
      ...ids.map((id) => `0x${id.toString(16).padStart(2, '0')}`),
      ...PRINTED.filter((word) => words.has(word)),
      ...limits,
      ...(inactiveTimeoutMs === undefined ? [] : [`IATO ${writeTimeout(inactiveTimeoutMs)}`]),
    ],
    ids,
    inactiveTimeoutMs,
  };
}

/** What scenes and launchers name: an alias with its units. */
type Labelled = { readonly label: string; readonly units: readonly number[] };

/** A scene that has been read, to be verified when all aliases are known. */
export type Scene = {
  readonly kind: 'Scene' | 'Usersyn';
  readonly label: string;
  readonly line: number;
  readonly body: string;
};

/** What heyu's own commands need: `unit` a house code with a unit, `house` a house code, `none` neither. */
type Command = {
  readonly least: number;
  readonly most: number;
  readonly needs: 'unit' | 'house' | 'none';
  /** Judges its number. */
  readonly rule: ValueRule;
};

const commands = (
  needs: Command['needs'],
  [least, most]: readonly [number, number],
  names: string,
  rule: ValueRule = ANYTHING,
): readonly (readonly [string, Command])[] =>
  names.split(' ').map((name) => [name, { least, most, needs, rule }]);

/** The number stands last (`at` -1) or first (0). */
const number =
  (at: -1 | 0, rule: ValueRule): ValueRule =>
  (name, values) => {
    const value = values.at(at) ?? '';
    return value.includes('$') ? undefined : rule(`Command '${name}'`, [value]);
  };
const level = (least: number, most: number, text: string): ValueRule =>
  number(-1, integer(least, most, text));
const DIM = level(1, 22, '%: Dim/Bright value outside range 1-22');
const FREE_DIM = level(0, 31, '%: Dim/Bright value outside range 0-31');
const counter = number(0, integer(1, 32, '%: Counter number outside range 1-32'));
const timer = number(0, integer(1, 32, '%: Timer number outside range 1-32'));
/** `3`, `1,3,5-7`. */
const flags: ValueRule = (_, [list = '']) => {
  const high = list
    .split(/[,-]/)
    .find((flag) => /^\d+$/.test(flag) && (Number(flag) < 1 || Number(flag) > 32));
  return high === undefined ? undefined : `Flag number ${high} outside range 1-32.`;
};
const seconds = number(0, decimal(0, Infinity, '%: invalid value'));

const LEVEL = '%: dim level outside range 1-32';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...commands(
    'unit',
    [1, 1],
    'on turnon off turnoff status status_req statusreq status_emu xon xoff xstatus ext_status ext_status_req xpowerup ' +
      'xpup fon foff',
  ),
  ...commands(
    'unit',
    [2, 2],
    'bright turnup up brighten tbright brightb bbright dim turndown down dimb bdim obdim tdim',
    DIM,
  ),
  ...commands('unit', [2, 2], 'preset preset_dim mpreset macro_preset', level(1, 32, LEVEL)),
  ...commands(
    'unit',
    [2, 2],
    'xpreset ext_preset xdim',
    level(0, 63, '%: Extended Preset level outside range 0-63'),
  ),
  ...commands('unit', [2, 2], 'vdata vdatam', level(0, 255, '%: Invalid virtual data parameter')),
  ...commands(
    'unit',
    [2, 2],
    'xgrpadd xga xgrprem xgr xgrpstatus xgs xgrpstatusreq shopen shopenlim shsetlim fbright fdim fdimbo ffbright ffdim ' +
      'ffdimbo',
  ),
  ...commands('unit', [3, 3], 'xpresetramp xgrpaddlvl xgal xfunc xfuncw'),
  ...commands('unit', [1, MANY], 'address'),
  ...commands(
    'house',
    [1, 1],
    'lightson lights_on all_lights_on alllightson lightsoff lights_off all_lights_off alllightsoff allon all_on ' +
      'all_units_on allunitson units_on unitson alloff all_off all_units_off allunitsoff units_off unitsoff data_xfer ' +
      'dataxfer xallon xall_on ext_all_on xalloff xall_off ext_all_off shopenall shcloseall flightson flightsoff ' +
      'falloff status_on statuson status_off statusoff clrspend clrstatus',
  ),
  ...commands('house', [2, 2], 'xconfig xgrpremall xgra xgrpexec xgx xgrpoff xgrpdim xgrpbright sendtext'),
  ...commands('none', [0, 1], 'hail hail_req hailw hail_ack hailack'),
  ...commands('none', [0, 0], 'kill_all_hc pausetick disarm clrtimers clrtamper null freset'),
  ...commands('none', [0, 4], 'arm'),
  ...commands('none', [1, 1], 'preset_level presetlevel', level(1, 32, LEVEL)),
  ...commands('none', [1, 1], 'pause sleep delay', seconds),
  ...commands('none', [1, 1], 'setflag setflags clrflag clrflags', flags),
  ...commands('none', [1, 1], 'inccount incc deccount decc', counter),
  ...commands('none', [1, 2], 'rdelay'),
  ...commands('none', [2, 2], 'settimer', timer),
  ...commands('none', [2, 2], 'setcount setc', counter),
  ...commands('none', [2, 3], 'setrtimer', timer),
  ...commands('none', [1, MANY], 'command2cm11a bytes2cm11a sendbytes farw ffarw'),
  ...commands('none', [3, 3], 'farb ffarb'),
  ...commands('none', [3, MANY], 'flux fflux'),
]);

/** Commands that stand before another one: `turn` has its unit first. */
const PREFIXES = ['turn', 'function', 'rcs_req', 'temp_req'];

const ADMINISTRATIVE = new Set(
  (
    'info help start stop restart engine aux monitor date erase syn <label> show script_ctrl initstate initothers ' +
    'reset setclock readclock newbattery purge clear list upload catchup trigger macro utility logmsg wait cm10a_init ' +
    'restore_groups logtail sec_emu launch conflist modlist stateflaglist masklist webhook version'
  ).split(' '),
);

/** What heyu has against a scene's label and parameters; undefined when it joins `before`. */
export function readScene(
  before: Scene[],
  kind: Scene['kind'],
  line: number,
  tail: string,
): string | undefined {
  const [, label = '', body = ''] = /^([^ \t]*)[ \t]*(.*)$/.exec(tail) ?? [];
  if (label.length > 32) return `${kind} label too long - maximum 32 characters`;
  if (/^[+_-]/.test(label)) return `${kind} label may not may not begin with '+', '-' or '_'`;
  const foreign = ['$', ';'].find((character) => label.includes(character));
  if (foreign !== undefined) return `${kind} label may not contain the '${foreign}' character`;
  const other = before.find((each) => each.label === label);
  if (other) return `${kind} label '${label}' previously defined as a ${other.kind} on line ${other.line}`;
  if (ADMINISTRATIVE.has(label) || COMMANDS.has(label) || PREFIXES.includes(label))
    return `${kind} label '${label}' conflicts with heyu command`;
  const [first = '', ...words] = body.split(/[ \t;]+/).filter((word) => word !== '');
  const bad = words.find((word) => /\$(?!\{0*[1-9]\d*\}|\+?0*[1-9])/.test(word));
  if (bad !== undefined)
    return `${kind} '${label}': Command '${first}': Invalid positional parameter in '${bad}'`;
  before.push({ kind, label, line, body });
  return undefined;
}

/** What heyu has against the commands of a scene. `freeDims` = RESTRICT_DIMS NO. */
export function sceneProblem(
  { kind, label, body }: Scene,
  aliases: readonly Labelled[],
  freeDims: boolean,
): string | undefined {
  for (const part of body.split(';')) {
    const words = part.split(/[ \t]+/).filter((word) => word !== '');
    const problem = words.length === 0 ? undefined : commandProblem(words, aliases, freeDims);
    if (problem !== undefined) return `${kind} '${label}': ${problem}`;
  }
  return undefined;
}

function commandProblem(
  words: readonly string[],
  aliases: readonly Labelled[],
  freeDims: boolean,
): string | undefined {
  const [first = ''] = words;
  const isPrefix = PREFIXES.includes(first);
  if (isPrefix && words.length < (first === 'turn' ? 3 : 2)) return `Command '${first}': Too few parameters`;
  const rest = isPrefix ? words.slice(1) : words;
  const [name = '', ...values] = first === 'turn' ? [rest[1] ?? '', rest[0] ?? '', ...rest.slice(2)] : rest;
  const command = COMMANDS.get(name);
  if (!command) return `Invalid command '${name}'`;
  if (values.length < command.least) return `Command '${name}': Too few parameters`;
  if (values.length > command.most) return `Command '${name}': Too many parameters`;
  const place = values[name.startsWith('xfunc') ? 1 : 0] ?? '';
  const rule = freeDims && command.rule === DIM ? FREE_DIM : command.rule;
  const bad = rule(name, values);
  if (command.needs === 'none') return bad;
  const units = unitsOf(place, aliases);
  if (units === undefined)
    return `Command '${name}': Invalid housecode '${place.charAt(0)}' in HU '${place}'`;
  if (place.replace(/^[+-]/, '') === '') return `Command '${name}': Housecode required`;
  return command.needs === 'unit' && units === 0 && !place.startsWith('-') && first !== 'function'
    ? `Command '${name}': No Unitcode specified`
    : bad;
}

type Launcher = {
  readonly label: string;
  readonly line: number;
  /** It asks for night or darkness. */
  readonly needsPlace: boolean;
  /** It says `nosrc` and no other source. */
  readonly hasNoSource: boolean;
};

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Functions are compared as they are written. */
const FUNCTIONS = set(
  'anyfunc anyplc on off dim bright lightson lightsoff allon alloff statuson status_on statusoff status_off status ' +
    'statusreq status_req preset extended xpup xpowerup hail hail_ack data_xfer vdata vdatam gon goff gdim anysec ' +
    'panic arm disarm alert clear sectamper test slightson slightsoff sdusk sdawn akeyon akeyoff bkeyon bkeyoff ' +
    'inactive anyrfx anydmx dmxtemp dmxon dmxoff dmxsetpoint rfxtemp rfxtemp2 rfxrh rfxbp rfxlobat rfxvad rfxpot ' +
    'rfxvs rfxother rfxpulse rfxpower rfxwater rfxgas rfxcount anyore oretemp orerh orebp orewgt oredt elscurr ' +
    'orewindsp orewindavsp orewinddir oreraintot orerainrate oreuv owlpower owlenergy anykaku koff kon kgrpoff ' +
    'kgrpon kpreset kgrppreset',
);
/** Conditions that every launcher may have. */
const FLAGS = set(
  'night notnight dark notdark tamper nottamper armed notarmed disarmed notdisarmed armpending notarmpending home ' +
    'away continue break',
);
/** Words of a launcher for signals. */
const WORDS = set(
  'address changed module signal nosrc anysrc sndc snds sndm snda sndt rcvi rcvt sndp rcva xmtf nosndc nosnds nosndm ' +
    'nosnda nosndt norcvi norcvt nosndp norcva noxmtf trigemu swmin swmax swhome swaway lobat notlobat main aux ' +
    'rollover heat notcool cool notheat set notset init notinit temp nottemp tmin tmax rhmin rhmax bpmin bpmax',
);
/** States of a unit, `on:A3`, each also with `not` before it. */
const STATES =
  /^(?:not)?(?:on|off|dim|alert|clear|auxalert|auxclear|active|inactive|valid|addr|tamper|chg|lobat|rollover|swmin|swmax|tmin|tmax|rhmin|rhmax|bpmin|bpmax|main|aux|init|heat|set):(.*)$/i;
const NUMBERED = /^(not)?(flag|czflag|tzflag)(\d+)$/i;

/** Launchers for other things than signals, and the words that each may have. */
const SPECIAL: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['-powerfail', set('boot notboot')],
  ['-rfflood', set('started ended')],
  ['-sensorfail', set('')],
  ['-lockup', set('started ended boot notboot')],
  ['-rfjamming', set('started ended main aux')],
  ['-exec', set('')],
  ['-hourly', set('')],
]);

/** The scripts and launchers of a file. */
export class Scripts {
  readonly #scripts: { readonly label: string; readonly line: number }[] = [];
  readonly #launchers: Launcher[] = [];
  readonly #aliases: readonly Labelled[];

  /** `aliases` are those of the lines before, and grow: only they have a meaning in a script. */
  constructor(aliases: readonly Labelled[]) {
    this.#aliases = aliases;
  }

  /** Reads what stands behind SCRIPT. */
  readScript(line: number, tail: string): string | undefined {
    const cut = tail.indexOf('::');
    if (cut < 0) return "Invalid SCRIPT format - no '::' separator";
    let command = tail.slice(cut + 2).trim();
    const options = new Set<string>();
    while (command.startsWith('-')) {
      const [word = ''] = command.split(/[ \t]/, 1);
      const option = /^-(qq|q|r|n|x)/.exec(word)?.[1];
      if (option === undefined) return `Invalid script option '${word}'`;
      options.add(option);
      command = command.slice(word.length).trim();
    }
    const conflict = ['nx', 'nr', 'xr'].some(
      ([one = '', other = '']) => options.has(one) && options.has(other),
    );
    if (conflict || (options.has('q') && options.has('qq'))) return 'Invalid combination of script options';
    if (command === '') return 'Missing script command line';

    const head = tail.slice(0, cut).trim();
    const [, named, conditions = head] = /^-l[ \t]+([^ \t]+)[ \t]*(.*)$/.exec(head) ?? [];
    const label = named ?? `Script_${`${line}`.padStart(2, '0')}`;
    this.#scripts.push({ label, line });
    return conditions === '' ? undefined : this.#readConditions(line, label, conditions);
  }

  /** Reads what stands behind LAUNCHER. */
  readLauncher(line: number, tail: string): string | undefined {
    const [, label = '', conditions = ''] = /^([^ \t]+)[ \t]*(.*)$/.exec(tail) ?? [];
    if (conditions === '') return 'Too few items on line.';
    if (label.length > 32) return `Label '${label}' too long (max 32 characters)`;
    return this.#readConditions(line, label, conditions);
  }

  /** What heyu has against the scripts as a whole. `hasPlace` = LATITUDE and LONGITUDE are there. */
  close(hasPlace: boolean): readonly { readonly line: number; readonly problem: string }[] {
    const scripts = this.#scripts;
    const launchers = this.#launchers;
    const [launcher] = launchers;
    const [script] = scripts;
    if (launcher && !script) return [{ line: launcher.line, problem: 'No SCRIPTs defined for LAUNCHERs' }];
    if (script && !launcher) return [{ line: script.line, problem: 'No LAUNCHERs defined for SCRIPTs' }];
    const ofScripts = scripts.flatMap(({ label, line }, index) => {
      const before = scripts.slice(0, index).find((other) => other.label === label);
      return [
        before && `Script label '${label}' duplicates line ${before.line}`,
        !launchers.some((other) => other.label === label) && `No LAUNCHER for SCRIPT with label '${label}'`,
      ].flatMap((problem) => (problem ? [{ line, problem }] : []));
    });
    const ofLaunchers = launchers.flatMap(({ label, line, needsPlace, hasNoSource }) =>
      [
        !scripts.some((other) => other.label === label) && `No SCRIPT with label '${label}' found`,
        needsPlace && !hasPlace && 'Flags night/notnight/dark/notdark require LONGITUDE and LATITUDE',
        hasNoSource && `No sources (e.g., RCVI) for LAUNCHER with label '${label}'`,
      ].flatMap((problem) => (problem === false ? [] : [{ line, problem }])),
    );
    return [...ofScripts, ...ofLaunchers];
  }

  #readConditions(line: number, label: string, conditions: string): string | undefined {
    const sets = conditions.split(';').filter((each) => each !== '');
    if (sets.length === 0) return 'No launch parameters specified';
    for (const each of sets) {
      const words = each.split(/[ \t]+/).filter((word) => word !== '');
      const problem = launchProblem(words, this.#aliases);
      if (problem !== undefined) return problem;
      const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
      this.#launchers.push({
        label,
        line,
        needsPlace: has(/^(not)?(night|dark)$/i),
        hasNoSource: has(/^nosrc$/i) && !has(/^(anysrc|snd[csmatp]|rcv[ita]|xmtf)$/i),
      });
    }
    return undefined;
  }
}

function launchProblem(
  [first = '', ...words]: readonly string[],
  aliases: readonly Labelled[],
): string | undefined {
  const others: string[] = [];
  for (const word of words) {
    const state = STATES.exec(word)?.[1];
    const units = state === undefined ? undefined : unitsOf(state, aliases);
    if (state !== undefined && (units === undefined || units === 0 || /^[+-]/.test(state)))
      return `Invalid state flag housecode|unit '${state}'`;
    if (units !== undefined && units > 1) return `'${state ?? ''}' Only a single unit code is acceptable`;
    const [, not = '', kind = '', number] = NUMBERED.exec(word.toLowerCase()) ?? [];
    if (number !== undefined && (Number(number) < 1 || Number(number) > 32))
      return `Invalid ${not}${kind} launch parameter '${word}'`;
    if (state === undefined && number === undefined && !FLAGS.has(word.toLowerCase())) others.push(word);
  }
  const conflict = flagConflict(words.map((word) => word.toLowerCase()));
  if (conflict !== undefined) return conflict;
  const special = SPECIAL.get(first);
  if (special) return foreignWord(others, special, first);
  if (first === '-timeout') return timeoutProblem(others);
  const units = unitsOf(first, aliases);
  if (units === undefined || units === 0) return `Invalid Housecode|Units '${first}' in Launcher.`;
  const functions = others.filter((word) => !WORDS.has(word.toLowerCase()));
  const foreign = functions.find((word) => !FUNCTIONS.has(word));
  if (foreign !== undefined) return `Invalid launch parameter '${foreign}'`;
  const has = (name: string): boolean => others.some((word) => word.toLowerCase() === name);
  if (functions.length === 0 && !has('address') && !has('changed'))
    return 'No launch function has been specified.';
  if (has('address') && functions.length > 0) return "Keyword 'address' is incompatible with any functions.";
  if (has('address') && (has('changed') || has('module')))
    return "Keywords 'changed' and 'module' are invalid in an address launcher.";
  if (has('signal') && has('changed')) return 'Keywords change and signal are incompatible.';
  if (has('signal') && has('module')) return 'Keywords module and signal are incompatible.';
  return undefined;
}

/** Flags that a launcher wants set and not set at once. To be home or away, heyu must be armed. */
function flagConflict(words: readonly string[]): string | undefined {
  const wanted = words.flatMap((word) => {
    if (word === 'home' || word === 'away')
      return [word === 'home' ? 'home' : 'nothome', words.includes('armpending') ? 'armpending' : 'armed'];
    if (word === 'disarmed') return ['notarmed', 'notarmpending'];
    if (word === 'notdisarmed') return ['armed', 'armpending'];
    return FLAGS.has(word) || NUMBERED.test(word) ? [word] : [];
  });
  if (wanted.includes('continue') && wanted.includes('break'))
    return 'Conflicting continue/break in launch conditions.';
  if (words.includes('boot') && words.includes('notboot'))
    return 'Conflicting boot/notboot in launch conditions.';
  const both = wanted.find((word) => wanted.includes(`not${word}`));
  if (both === undefined) return undefined;
  const [, , numbered] = NUMBERED.exec(both) ?? [];
  if (numbered === undefined) return 'Conflicting global flag/notflag in launch conditions.';
  return `Conflicting ${numbered === 'flag' ? 'common ' : ''}${numbered}/not${numbered} in launch conditions.`;
}

function foreignWord(
  words: readonly string[],
  known: ReadonlySet<string>,
  launcher: string,
): string | undefined {
  const foreign = words.find((word) => !known.has(word.toLowerCase()));
  return foreign === undefined
    ? undefined
    : `Launch parameter '${foreign}' is invalid for ${launcher} launcher`;
}

function timeoutProblem(words: readonly string[]): string | undefined {
  const isTimer = (word: string): boolean => /^(armdelay|timer([1-9]|[12]\d|3[0-2]))$/i.test(word);
  const foreign = words.find((word) => !isTimer(word));
  if (foreign !== undefined)
    return /^timer/i.test(foreign)
      ? `Invalid timer launch parameter '${foreign}'`
      : `Launch parameter '${foreign}' is invalid for -timer script`;
  if (words.length === 0) return 'No timer (armtimer or timer1 ... timer32) has been specified.';
  return words.length > 1 ? 'Only one timer (armtimer or timer1 ... timer32) may be specified.' : undefined;
}

/** How many units an alias or `A3`, `_1-4`, `+b2` names; undefined when it is neither (`parse_addr`). */
function unitsOf(word: string, aliases: readonly Labelled[]): number | undefined {
  if (word.includes('$')) return 1;
  const place = word.replace(/^[+-]/, '');
  const alias = aliases.find(({ label }) => label === place);
  if (alias) return alias.units.length;
  if (place === '') return 0;
  if (!/^[a-p_]/i.test(place)) return undefined;
  const units = readUnits(place.slice(1));
  return typeof units === 'string' ? undefined : units.length;
}
