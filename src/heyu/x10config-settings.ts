/**
 * The directives of heyu's configuration that shape its log, and how heyu reads their values (config.c). All
 * others are left to heyu.
 */

import type { HouseCode } from '../x10/address.js';
import { modelNamed } from '../x10/model.js';
import { isScaleDirective, readScale, type Scales } from './x10config-scales.js';

/** What the directives say; what a file does not say has heyu's default. */
export type X10Settings = {
  /** TTY: the interface's device, or `dummy`. Undefined when the file names none (heyu: /dev/ttyS0). */
  readonly tty: string | undefined;
  /** TTY_AUX: the RF receiver. */
  readonly ttyAux: { readonly port: string; readonly receiver: string } | undefined;
  /** LOG_DIR; undefined when it is absent or NONE: then heyu writes no log. */
  readonly logDir: string | undefined;
  /** The line of LOG_DIR as it stands in the file. */
  readonly logDirLine: { readonly line: number; readonly text: string } | undefined;
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
  /** House codes whose RF goes out on the power line (`snda`). Default: all. */
  readonly transceive: readonly HouseCode[];
  /** House codes whose RF is logged only (`rcva`). Default: none. */
  readonly rfForward: readonly HouseCode[];
  /** How many bits of a security ID heyu compares: 16 only with an RFXCOM in variable length mode. */
  readonly securityIdBits: 8 | 16;
  /** `*_SCALE`: the units in which heyu writes measured values. */
  readonly scales: Scales;
  /** The same of an Oregon sensor's ID. */
  readonly oregonIdBits: 8 | 16;
  /** DEFAULT_MODULE: what heyu takes a unit for whose alias names no module (heyu: StdLM). */
  readonly defaultModule: string | undefined;
};

/** The settings while a file is being read. */
export type OpenSettings = {
  -readonly [Key in keyof Omit<X10Settings, Concluded>]: X10Settings[Key];
} & { displaySubdir: boolean | undefined; securId16: boolean; oreId16: boolean };

/** What follows from several directives. */
type Concluded = 'displaySubdir' | 'securityIdBits' | 'oregonIdBits';

const HOUSES = 'ABCDEFGHIJKLMNOP'.split('') as readonly HouseCode[];

/** Longest LOG_DIR in bytes: heyu keeps it in 50 (config.c:1823). */
const LOG_DIR_BYTES = 48;

/** heyu's defaults. */
export function openSettings(): OpenSettings {
  return {
    tty: undefined,
    ttyAux: undefined,
    logDir: undefined,
    logDirLine: undefined,
    logCommon: false,
    dateFormat: { order: 'YMD', separator: '/' },
    logdateYear: false,
    logdateUnix: false,
    displaySubdir: undefined,
    startEngine: 'MANUAL',
    hideUnchanged: false,
    transceive: HOUSES,
    rfForward: [],
    securId16: true,
    scales: {},
    oreId16: false,
    defaultModule: undefined,
  };
}

/** The settings of a file that has been read to its end. */
export function closeSettings(open: OpenSettings): X10Settings {
  const { securId16, oreId16, displaySubdir, ...settings } = open;
  // RFXCOM alone means variable length mode; RFXCOM32 and the other receivers give 8 bits (finalize_config).
  const variable = open.ttyAux?.receiver === 'RFXCOM' || open.ttyAux?.receiver === 'RFXCOMVL';
  return {
    ...settings,
    displaySubdir: displaySubdir ?? (open.logCommon && open.logDir !== undefined),
    securityIdBits: securId16 && variable ? 16 : 8,
    oregonIdBits: oreId16 && variable ? 16 : 8,
  };
}

/** What heyu says to a directive's values: `problem` = it refuses the file, `warning` = it goes on. */
export type Remark = { readonly kind: 'problem' | 'warning'; readonly text: string };

const problem = (text: string): Remark => ({ kind: 'problem', text });

/**
 * Takes over one directive whose values its rule has let pass; `values` are the words behind it, at least as many
 * as the directive needs. Says what the rule cannot judge.
 */
export function readSetting(open: OpenSettings, name: string, values: readonly string[]): Remark | undefined {
  const [value = '', second] = values;
  const upper = value.toUpperCase();
  const yes = upper === 'YES';
  switch (name) {
    case 'TTY':
      return readInterface(open, values);
    case 'TTY_AUX':
      return readReceiver(open, values);
    case 'LOG_DIR':
      return readLogDir(open, value, second);
    case 'DATE_FORMAT':
      return readDateFormat(open, upper, second);
    case 'TRANSCEIVE':
    case 'TRANSCIEVE':
      return readHouses('TRANSCEIVE', upper, second, (houses) => (open.transceive = houses));
    case 'RFFORWARD':
      return readHouses(name, upper, second, (houses) => (open.rfForward = houses));
    case 'LOGDATE_YEAR':
      open.logdateYear = yes;
      break;
    case 'LOGDATE_UNIX':
      open.logdateUnix = yes;
      break;
    case 'DISPLAY_SUBDIR':
      open.displaySubdir = yes;
      break;
    case 'HIDE_UNCHANGED':
      open.hideUnchanged = yes;
      break;
    case 'SECURID_16':
      open.securId16 = yes;
      break;
    case 'ORE_ID_16':
      open.oreId16 = yes;
      break;
    case 'START_ENGINE':
      open.startEngine = upper.startsWith('MAN') ? 'MANUAL' : 'AUTO';
      break;
    case 'DEFAULT_MODULE':
      open.defaultModule = modelNamed(value)?.name;
      break;
    default:
      if (isScaleDirective(name)) open.scales = { ...open.scales, [name]: readScale(values) };
  }
  return undefined;
}

function readInterface(open: OpenSettings, [port = '', ...kinds]: readonly string[]): Remark | undefined {
  open.tty = port;
  const foreign = kinds.map((kind) => kind.toUpperCase()).find((kind) => !/^CM1[0127]/.test(kind));
  return foreign === undefined ? undefined : problem(`Unsupported interface type '${foreign}'`);
}

function readReceiver(open: OpenSettings, [port = '', ...words]: readonly string[]): Remark | undefined {
  const [word = '', ...kinds] = words.map((each) => each.toUpperCase());
  // heyu compares only the beginning of the first two: W800RF32A and MR26 are accepted.
  const receiver = word.startsWith('W800RF32')
    ? 'W800RF32A'
    : word.startsWith('MR26')
      ? 'MR26A'
      : ['RFXCOM', 'RFXCOM32', 'RFXCOMVL'].find((each) => each === word);
  if (receiver === undefined) return problem(`Unsupported aux device '${word}'`);
  open.ttyAux = { port, receiver };
  if (receiver !== 'RFXCOM' && receiver !== 'RFXCOMVL') return undefined;
  const foreign = kinds.find((kind) => kind !== 'VISONIC' && kind !== 'X10');
  return foreign === undefined ? undefined : problem(`Invalid RFXCOM receiver type '${foreign}'`);
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
