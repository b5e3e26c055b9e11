/**
 * The directives of heyu's configuration that shape its log, and how heyu reads their values (config.c). All
 * others are left to heyu.
 */

import type { HouseCode } from '../x10/address.js';
import { isScaleDirective, readScale, type Scales } from './x10config-scales.js';
import { readTimeout } from './x10config-values.js';

/** What the directives say; what a file does not say has heyu's default. */
export type X10Settings = {
  /** TTY: the interface's device, or `dummy`. Undefined when the file names none (heyu: /dev/ttyS0). */
  readonly tty: string | undefined;
  /** TTY_AUX: the RF receiver. */
  readonly ttyAux: { readonly port: string; readonly receiver: string } | undefined;
  /** LOG_DIR; undefined when it is absent or NONE: then heyu writes no log. */
  readonly logDir: string | undefined;
  /** LOG_DIR ... COMMON: one log for all sub-directories. */
  readonly logCommon: boolean;
  /** DATE_FORMAT. */
  readonly dateFormat: { readonly order: 'YMD' | 'DMY' | 'MDY'; readonly separator: '/' | '-' | '.' };
  /** LOGDATE_YEAR. */
  readonly logdateYear: boolean;
  /** LOGDATE_UNIX; overrides DATE_FORMAT and LOGDATE_YEAR. */
  readonly logdateUnix: boolean;
  /** DISPLAY_SUBDIR, or what follows from COMMON: a third column between stamp and text. */
  readonly displaySubdir: boolean;
  /** START_ENGINE: with MANUAL the log stays empty until someone runs `heyu engine`. */
  readonly startEngine: 'MANUAL' | 'AUTO';
  /** HIDE_UNCHANGED: repeated Alert and Clear are not logged; a DM10 then logs motion only once. */
  readonly hideUnchanged: boolean;
  /** HOUSECODE: of heyu's own commands. */
  readonly housecode: HouseCode;
  /** INACTIVE_TIMEOUT; undefined when absent (heyu: 4 h). */
  readonly inactiveTimeoutMs: number | undefined;
  /** House codes whose RF goes out on the power line (`snda`). Default: all. */
  readonly transceive: readonly HouseCode[];
  /** House codes whose RF is logged only (`rcva`). Default: none. */
  readonly rfForward: readonly HouseCode[];
  /** How many bits of a security ID heyu compares: 16 only with an RFXCOM in variable length mode. */
  readonly securityIdBits: 8 | 16;
  /** `*_SCALE`: the units in which heyu writes measured values. */
  readonly scales: Scales;
  /** Number of SCRIPT and LAUNCHER lines: their output stands in the log too. */
  readonly scripts: number;
};

/** The settings while a file is being read. */
export type OpenSettings = {
  -readonly [Key in keyof Omit<X10Settings, 'displaySubdir' | 'securityIdBits'>]: X10Settings[Key];
} & { displaySubdir: boolean | undefined; securId16: boolean };

const HOUSES = 'ABCDEFGHIJKLMNOP'.split('') as readonly HouseCode[];

/** Longest LOG_DIR in bytes: heyu keeps it in 50 (config.c:1823). */
const LOG_DIR_BYTES = 48;

/** heyu's defaults. */
export function openSettings(): OpenSettings {
  return {
    tty: undefined,
    ttyAux: undefined,
    logDir: undefined,
    logCommon: false,
    dateFormat: { order: 'YMD', separator: '/' },
    logdateYear: false,
    logdateUnix: false,
    displaySubdir: undefined,
    startEngine: 'MANUAL',
    hideUnchanged: false,
    housecode: 'A',
    inactiveTimeoutMs: undefined,
    transceive: HOUSES,
    rfForward: [],
    securId16: true,
    scales: {},
    scripts: 0,
  };
}

/** The settings of a file that has been read to its end. */
export function closeSettings(open: OpenSettings): X10Settings {
  const { securId16, displaySubdir, ...settings } = open;
  // RFXCOM alone means variable length mode; RFXCOM32 and the other receivers give 8 bits (finalize_config).
  const variable = open.ttyAux?.receiver === 'RFXCOM' || open.ttyAux?.receiver === 'RFXCOMVL';
  return {
    ...settings,
    displaySubdir: displaySubdir ?? (open.logCommon && open.logDir !== undefined),
    securityIdBits: securId16 && variable ? 16 : 8,
  };
}

/** What heyu says to a directive's values: `problem` = it refuses the file, `warning` = it goes on. */
export type Remark = { readonly kind: 'problem' | 'warning'; readonly text: string };

const problem = (text: string): Remark => ({ kind: 'problem', text });

/** Takes over one directive; `values` are the words behind it, at least as many as the directive needs. */
export function readSetting(open: OpenSettings, name: string, values: readonly string[]): Remark | undefined {
  const [value = '', second] = values;
  const upper = value.toUpperCase();
  const yesOrNo = (take: (yes: boolean) => void): Remark | undefined => {
    if (upper !== 'YES' && upper !== 'NO') return problem(`${name} must be YES or NO`);
    take(upper === 'YES');
    return undefined;
  };
  switch (name) {
    case 'TTY':
      open.tty = value;
      return undefined;
    case 'TTY_AUX':
      return readReceiver(open, value, (second ?? '').toUpperCase());
    case 'LOG_DIR':
      return readLogDir(open, value, second);
    case 'DATE_FORMAT':
      return readDateFormat(open, upper, second);
    case 'LOGDATE_YEAR':
      return yesOrNo((yes) => (open.logdateYear = yes));
    case 'LOGDATE_UNIX':
      return yesOrNo((yes) => (open.logdateUnix = yes));
    case 'DISPLAY_SUBDIR':
      return yesOrNo((yes) => (open.displaySubdir = yes));
    case 'HIDE_UNCHANGED':
      return yesOrNo((yes) => (open.hideUnchanged = yes));
    case 'SECURID_16':
      return yesOrNo((yes) => (open.securId16 = yes));
    case 'START_ENGINE':
      if (!upper.startsWith('MAN') && !upper.startsWith('AUTO'))
        return problem('START_ENGINE must be MANUAL or AUTO');
      open.startEngine = upper.startsWith('MAN') ? 'MANUAL' : 'AUTO';
      return undefined;
    case 'HOUSECODE': {
      const house = HOUSES.find((each) => each === upper);
      if (house === undefined) return problem('Invalid HOUSECODE - must be A though P');
      open.housecode = house;
      return undefined;
    }
    case 'INACTIVE_TIMEOUT':
      open.inactiveTimeoutMs = readTimeout(value);
      return open.inactiveTimeoutMs === undefined ? problem('Invalid INACTIVE_TIMEOUT') : undefined;
    case 'TRANSCEIVE':
    case 'TRANSCIEVE':
      return readHouses(name, upper, second, (houses) => (open.transceive = houses));
    case 'RFFORWARD':
      return readHouses(name, upper, second, (houses) => (open.rfForward = houses));
    case 'SCRIPT':
    case 'LAUNCHER':
      open.scripts += 1;
      return undefined;
    default: {
      if (!isScaleDirective(name)) return undefined;
      const scale = readScale(name, values);
      if (typeof scale === 'string') return problem(scale);
      open.scales = { ...open.scales, [name]: scale };
      return undefined;
    }
  }
}

function readReceiver(open: OpenSettings, port: string, word: string): Remark | undefined {
  // heyu compares only the beginning of the first two: W800RF32A and MR26 are accepted.
  const receiver = word.startsWith('W800RF32')
    ? 'W800RF32A'
    : word.startsWith('MR26')
      ? 'MR26A'
      : ['RFXCOM', 'RFXCOM32', 'RFXCOMVL'].find((each) => each === word);
  if (receiver === undefined) return problem(`Unsupported aux device '${word}'`);
  open.ttyAux = { port, receiver };
  return undefined;
}

function readLogDir(open: OpenSettings, dir: string, second: string | undefined): Remark | undefined {
  if (dir.toUpperCase() === 'NONE') return undefined;
  open.logDir = dir;
  if (second !== undefined && second.toUpperCase() !== 'COMMON')
    return problem(`Token '${second}' not recognized. Do you mean COMMON ?`);
  open.logCommon = second !== undefined;
  if (new TextEncoder().encode(dir).length <= LOG_DIR_BYTES) return undefined;
  return {
    kind: 'warning',
    text: `LOG_DIR is longer than ${LOG_DIR_BYTES} characters: heyu cuts it off there and finds no such directory`,
  };
}

function readDateFormat(open: OpenSettings, order: string, quoted: string | undefined): Remark | undefined {
  if (order !== 'YMD' && order !== 'DMY' && order !== 'MDY')
    return problem('DATE_FORMAT order must be YMD, DMY, or MDY');
  const separator = quoted === undefined ? '/' : /^(['"]?)([/.-])\1$/.exec(quoted)?.[2];
  if (separator !== '/' && separator !== '-' && separator !== '.')
    return problem("DATE_FORMAT separator must be '/', '-', or '.'");
  open.dateFormat = { order, separator };
  return undefined;
}

function readHouses(
  name: string,
  upper: string,
  second: string | undefined,
  take: (houses: readonly HouseCode[]) => void,
): Remark | undefined {
  if (upper === 'ALL' || upper === 'NONE') {
    take(upper === 'ALL' ? HOUSES : []);
    return undefined;
  }
  const except = upper === 'ALLEXCEPT';
  if (except && second === undefined) return problem(`Too few parameters for ${name} ALLEXCEPT`);
  const list = /^\[([^\]]*)\]$/.exec(except ? (second ?? '').toUpperCase() : upper)?.[1];
  if (list === undefined) return problem(`${name} must be ALL or NONE or ALLEXCEPT [<housecode list>]`);
  if (/[^A-P.,]/.test(list)) return problem(`Invalid character in ${name} housecode list`);
  take(HOUSES.filter((house) => list.includes(house) !== except));
  return undefined;
}
