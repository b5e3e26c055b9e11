/**
 * heyu's configuration file (x10config), read exactly as heyu reads it: the settings that shape the log, and the names
 * of its units. The same lines are accepted, the same are refused, for the same reason and with heyu's own message, so
 * that the owner recognises it (docs/heyu.md). Reads every file and never throws; a line that heyu would refuse becomes
 * a problem, because heyu then refuses the whole file.
 */
import { type Address, type Addresses, type HouseCode, parseAddress, unitsOf } from '../x10/address.js';
import { modelNamed } from '../x10/models.js';
import {
  directiveNamed,
  NO_OPTIONS,
  optionFamily,
  readClock,
  readDecimal,
  readOptions,
  readScene,
  readUnits,
  sceneProblem,
  Scripts,
  writeUnits,
  type ModuleOptions,
  type Scene,
} from './x10config-rules.js';

/** A line that heyu refuses (`problems`) or remarks upon (`warnings`). `line` counts from 1; 0 = the whole file. */
type X10Remark = { readonly line: number; readonly problem: string };

/** What a configuration file of heyu says. */
export type X10Config = X10Settings & {
  readonly aliases: readonly X10Alias[];
  /** With a single one heyu does not start, and at `heyu restart` keeps its old configuration. */
  readonly problems: readonly X10Remark[];
  readonly warnings: readonly X10Remark[];
};

/** One alias of heyu's configuration, as heyu understands it. */
export type X10Alias = ModuleOptions & {
  /** Line of the file, counted from 1. */
  readonly line: number;
  /** Case-sensitive and unique in the file. */
  readonly label: string;
  readonly house: HouseCode;
  /** Ascending, each once; empty when the alias names no unit (heyu shows `A0`). */
  readonly units: readonly number[];
  /** heyu's spelling of the module name; undefined when none is given. */
  readonly model: string | undefined;
};

/**
 * What the directives say that shape heyu's log (config.c); what a file does not say has heyu's default. All other
 * directives are left to heyu.
 */
type X10Settings = {
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

/** heyu's LINE_LEN: what is longer becomes a line of its own. */
const LINE_LENGTH = 4095;

/** Longest label, in characters (heyu's NAME_LEN). */
const LABEL_LENGTH = 32;

/** Longest LOG_DIR in bytes: heyu keeps it in 50 (config.c:1823). */
const LOG_DIR_BYTES = 48;

/** The words behind the directives, by directive. */
type Words = ReadonlyMap<string, readonly string[]>;

/** Reads the text of an x10config. Every line that heyu refuses is among the problems, every other one counts. */
export function readX10Config(text: string): X10Config {
  const problems: X10Remark[] = [];
  const warnings: X10Remark[] = [];
  const seen = new Set<string>();
  const words = new Map<string, readonly string[]>();
  const aliases = new Aliases();
  const scripts = new Scripts(aliases.all);
  const scenes: Scene[] = [];
  let logDirLine: X10Settings['logDirLine'];
  const refuse = (line: number, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ line, problem });
  };

  text.split('\n').forEach((whole, index) => {
    const line = index + 1;
    if (whole.length > LINE_LENGTH) refuse(line, `Line longer than ${LINE_LENGTH} characters`);
    // C strings end at NUL; `#` begins a comment at any place.
    const content = trim(whole.slice(0, LINE_LENGTH).split('\0', 1)[0]?.split('#', 1)[0] ?? '');
    if (content === '') return;
    const [first = '', ...rest] = content.split(/[ \t]+/);
    const read = readLine(first, rest, seen);
    if (typeof read === 'string') refuse(line, read);
    else if (read.name === 'ALIAS') {
      const alias = aliases.read(line, read.words);
      if (typeof alias === 'string') refuse(line, alias);
      else for (const problem of alias.warnings) warnings.push({ line, problem });
    } else {
      const { name } = read;
      if (read.remark !== undefined) warnings.push({ line, problem: read.remark });
      words.set(name === 'TRANSCIEVE' ? 'TRANSCEIVE' : name, rest);
      if (name === 'LOG_DIR') logDirLine = { line, text: content };
      const tail = content.slice(first.length).trim();
      if (name === 'SCRIPT') refuse(line, scripts.readScript(line, tail));
      else if (name === 'LAUNCHER') refuse(line, scripts.readLauncher(line, tail));
      else if (name === 'SCENE' || name === 'USERSYN')
        refuse(line, readScene(scenes, name === 'SCENE' ? 'Scene' : 'Usersyn', line, tail));
      else refuse(line, settingProblem(name, rest));
      if (name === 'LOG_DIR' && isTooLong(rest)) warnings.push({ line, problem: TOO_LONG });
    }
  });

  const settings = settingsOf(words, logDirLine);
  for (const scene of scenes)
    refuse(
      scene.line,
      sceneProblem(scene, aliases.all, words.get('RESTRICT_DIMS')?.[0]?.toUpperCase() === 'NO'),
    );
  problems.push(
    ...sharedIds(aliases.all, settings),
    ...conflicts(words, settings).map((problem) => ({ line: 0, problem })),
    ...scripts.close(words.has('LATITUDE') && words.has('LONGITUDE')),
  );
  return { ...settings, aliases: aliases.all, problems, warnings };
}

/** What a line is about, or why heyu refuses it (config.c `parse_config_tail`). `seen` are the directives before. */
function readLine(
  first: string,
  rest: readonly string[],
  seen: Set<string>,
): { name: string; words: readonly string[]; remark?: string | undefined } | string {
  const name = first.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  const directive = directiveNamed(name);
  if (!directive) {
    const [house = '', units = ''] = rest;
    if (rest.length !== 2) return `Invalid Directive '${first}'`;
    return /^[A-Pa-p]$/.test(house)
      ? { name: 'ALIAS', words: [first, `${house}${units}`] }
      : 'Invalid Directive.';
  }
  if (seen.has(name) && !directive.repeats) return `Directive '${name}' appears more than once in the file`;
  seen.add(name);
  if (rest.length + 1 < directive.fewest) return 'Too few items on line.';
  if (rest.length + 1 > directive.most) return 'Too many items on line.';
  return directive.rule(name, rest) ?? { name, words: rest, remark: directive.remark?.replace('%', name) };
}

/** Cuts off what heyu cuts off; String.trim would also take a byte order mark, which heyu stumbles over. */
function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

// --- Settings.

const HOUSES = 'ABCDEFGHIJKLMNOP'.split('') as readonly HouseCode[];

const TOO_LONG = `LOG_DIR is longer than ${LOG_DIR_BYTES} characters: heyu cuts it off there and finds no such directory`;

const isNone = (word: string | undefined): boolean => word?.toUpperCase() === 'NONE';

function isTooLong([dir = '', second = 'COMMON']: readonly string[]): boolean {
  const isTaken = !isNone(dir) && second.toUpperCase() === 'COMMON';
  return isTaken && new TextEncoder().encode(dir).length > LOG_DIR_BYTES;
}

/** What heyu has against a directive's values that its rule has let pass. */
function settingProblem(name: string, words: readonly string[]): string | undefined {
  const [, ...kinds] = words.map((word) => word.toUpperCase());
  switch (name) {
    case 'TTY': {
      const foreign = kinds.find((kind) => !/^CM1[0127]/.test(kind));
      return foreign === undefined ? undefined : `Unsupported interface type '${foreign}'`;
    }
    case 'TTY_AUX': {
      const receiver = receiverOf(words);
      if (receiver === undefined) return `Unsupported aux device '${kinds[0] ?? ''}'`;
      const foreign = kinds.slice(1).find((kind) => kind !== 'VISONIC' && kind !== 'X10');
      return foreign !== undefined && isVariable(receiver)
        ? `Invalid RFXCOM receiver type '${foreign}'`
        : undefined;
    }
    case 'LOG_DIR':
      return kinds.length > 0 && kinds[0] !== 'COMMON' && !isNone(words[0])
        ? `Token '${words[1] ?? ''}' not recognized. Do you mean COMMON ?`
        : undefined;
    case 'DATE_FORMAT':
      return complaintIn(dateFormatOf(words));
    case 'TRANSCEIVE':
    case 'TRANSCIEVE':
    case 'RFFORWARD':
      return complaintIn(housesOf(name === 'RFFORWARD' ? name : 'TRANSCEIVE', words));
    default:
      return undefined;
  }
}

const complaintIn = (read: unknown): string | undefined => (typeof read === 'string' ? read : undefined);

/** heyu compares only the beginning of the first two: W800RF32A and MR26 are accepted. */
function receiverOf([, word = '']: readonly string[]): string | undefined {
  const upper = word.toUpperCase();
  if (upper.startsWith('W800RF32')) return 'W800RF32A';
  return upper.startsWith('MR26')
    ? 'MR26A'
    : ['RFXCOM', 'RFXCOM32', 'RFXCOMVL'].find((each) => each === upper);
}

/** RFXCOM alone means variable length mode; RFXCOM32 and the other receivers give 8 bits (finalize_config). */
const isVariable = (receiver: string | undefined): boolean =>
  receiver === 'RFXCOM' || receiver === 'RFXCOMVL';

function dateFormatOf([word = '', quoted = '/']: readonly string[]): X10Settings['dateFormat'] | string {
  const order = word.toUpperCase();
  if (order !== 'YMD' && order !== 'DMY' && order !== 'MDY')
    return 'DATE_FORMAT order must be YMD, DMY, or MDY';
  const separator = /^(['"]?)([/.-])\1$/.exec(quoted)?.[2];
  return separator === '/' || separator === '-' || separator === '.'
    ? { order, separator }
    : "DATE_FORMAT separator must be '/', '-', or '.'";
}

function housesOf(name: string, [word = '', second]: readonly string[]): readonly HouseCode[] | string {
  const upper = word.toUpperCase();
  if (upper === 'ALL' || upper === 'NONE') return upper === 'ALL' ? HOUSES : [];
  const except = upper === 'ALLEXCEPT';
  if (except && second === undefined) return `Too few parameters for ${name} ALLEXCEPT`;
  const list = /^\[([^\]]*)\]$/.exec(except ? (second ?? '').toUpperCase() : upper)?.[1];
  if (list === undefined) return `${name} must be ALL or NONE or ALLEXCEPT [<housecode list>]`;
  if (/[^A-P.,]/.test(list)) return `Invalid character in ${name} housecode list`;
  return HOUSES.filter((house) => list.includes(house) !== except);
}

/** What the directives say, with heyu's defaults. */
function settingsOf(words: Words, logDirLine: X10Settings['logDirLine']): X10Settings {
  const word = (name: string): string => words.get(name)?.[0]?.toUpperCase() ?? '';
  const yes = (name: string): boolean => word(name) === 'YES';
  const houses = (name: string, standard: readonly HouseCode[]): readonly HouseCode[] => {
    const read = words.has(name) ? housesOf(name, words.get(name) ?? []) : standard;
    return typeof read === 'string' ? standard : read;
  };
  const [dir, common] = words.get('LOG_DIR') ?? [];
  const logDir = isNone(dir) ? undefined : dir;
  const logCommon = logDir !== undefined && common?.toUpperCase() === 'COMMON';
  const [port = ''] = words.get('TTY_AUX') ?? [];
  const receiver = receiverOf(words.get('TTY_AUX') ?? []);
  const format = dateFormatOf(words.get('DATE_FORMAT') ?? ['YMD']);
  return {
    tty: words.get('TTY')?.[0],
    ttyAux: receiver === undefined ? undefined : { port, receiver },
    logDir,
    logDirLine,
    logCommon,
    dateFormat: typeof format === 'string' ? { order: 'YMD', separator: '/' } : format,
    logdateYear: yes('LOGDATE_YEAR'),
    logdateUnix: yes('LOGDATE_UNIX'),
    displaySubdir: words.has('DISPLAY_SUBDIR') ? yes('DISPLAY_SUBDIR') : logCommon,
    startEngine: word('START_ENGINE').startsWith('AUTO') ? 'AUTO' : 'MANUAL',
    hideUnchanged: yes('HIDE_UNCHANGED'),
    transceive: houses('TRANSCEIVE', HOUSES),
    rfForward: houses('RFFORWARD', []),
    securityIdBits: word('SECURID_16') !== 'NO' && isVariable(receiver) ? 16 : 8,
    scales: scalesOf(words),
    oregonIdBits: yes('ORE_ID_16') && isVariable(receiver) ? 16 : 8,
    defaultModule: modelNamed(words.get('DEFAULT_MODULE')?.[0] ?? '')?.name,
  };
}

/** Directives that contradict each other (config.c, `finalize_config`). */
function conflicts(words: Words, { transceive, rfForward }: X10Settings): readonly string[] {
  const clock = (name: string): number | undefined => readClock(words.get(name)?.[0] ?? '');
  const times = ['DUSK', 'DAWN'].filter((name) => {
    const [least, most] = [clock(`MIN_${name}`), clock(`MAX_${name}`)];
    return least !== undefined && most !== undefined && least >= most;
  });
  const bursts = Number(words.get('DEF_RF_BURSTS')?.[0] ?? 5);
  const tooMany = words.get('RF_BURSTS')?.some((count) => Number(count) > bursts) ?? false;
  return [
    ...times.map((name) => `MIN_${name} must be less than MAX_${name}`),
    ...(tooMany ? [`RF_BURSTS exceeds ${bursts}`] : []),
    ...(transceive.some((house) => rfForward.includes(house))
      ? ['Housecode conflict in TRANSCEIVE and RFFORWARD']
      : []),
  ];
}

const SCALE_DIRECTIVES = [
  'ORE_BPSCALE',
  'ORE_WGTSCALE',
  'ORE_WINDSCALE',
  'ORE_RAINRATESCALE',
  'ORE_RAINTOTSCALE',
  'RFX_BPSCALE',
  'RFX_VADSCALE',
  'RFX_POWERSCALE',
  'RFX_WATERSCALE',
  'RFX_GASSCALE',
  'RFX_PULSESCALE',
] as const;

/** A directive that names a unit of the owner's and what it is worth. */
export type ScaleDirective = (typeof SCALE_DIRECTIVES)[number];

/** heyu writes `native * factor + offset` and then the word, which is free text. */
export type Scale = { readonly word: string; readonly factor: number; readonly offset: number };

/** The scales that a configuration sets. Without a directive heyu writes the native unit. */
export type Scales = Readonly<Partial<Record<ScaleDirective, Scale>>>;

/** heyu keeps a word in NAME_LEN = 32 bytes, its end included (process.h:48). */
const WORD_LENGTH = 31;

function scalesOf(words: Words): Scales {
  const scales: Partial<Record<ScaleDirective, Scale>> = {};
  for (const name of SCALE_DIRECTIVES) {
    const [word = '', factor = '', offset = '0'] = words.get(name) ?? [];
    if (!words.has(name)) continue;
    scales[name] = {
      word: word.slice(0, WORD_LENGTH),
      factor: readDecimal(factor) ?? 1,
      offset: readDecimal(offset) ?? 0,
    };
  }
  return scales;
}

// --- Aliases.

/** What heyu has against a label; undefined when it takes it. */
export function labelProblem(label: string): string | undefined {
  const foreign = /[^A-Za-z0-9._-]/u.exec(label);
  if (foreign) return `Invalid character '${foreign[0]}' in alias label.`;
  if (label === 'macro') return 'An alias label may not be the word "macro".';
  if (/^[_-]/.test(label)) return "Alias labels may not begin with '_' or '-'";
  if (label.length > LABEL_LENGTH)
    return `Alias label '${label}' too long - maximum ${LABEL_LENGTH} characters`;
  return undefined;
}

/** The aliases of a file, in its order. */
class Aliases {
  readonly all: X10Alias[] = [];
  readonly #labels = new Set<string>();
  /** The module of each unit, with the line that named it first. */
  readonly #models = new Map<string, { readonly model: string; readonly line: number }>();

  /**
   * Reads the words behind ALIAS (label, house code with units, module, options) against the aliases before it. The
   * checks come in heyu's order, because it prints only the first complaint (config.c, `case Alias`).
   */
  read(line: number, words: readonly string[]): X10Alias | string {
    const [label = '', place = '', modelWord, ...optionWords] = words;
    const model = modelWord === undefined ? undefined : modelNamed(modelWord)?.name;
    const problem = labelProblem(label);
    if (problem !== undefined) return problem;
    if (modelWord !== undefined && model === undefined) return `Invalid module model '${modelWord}'`;
    if (this.#labels.has(label)) return `Duplicate alias label '${label}'`;

    const [letter = ''] = place;
    const upper = letter.toUpperCase();
    const house = HOUSES.find((each) => each === upper);
    if (house === undefined) return `Alias '${label}': Housecode '${upper}' outside range A-P`;
    const units = readUnits(place.slice(letter.length));
    if (typeof units === 'string') return `Alias '${label}': ${units}`;
    const conflict = this.#modelConflict(house, units, model);
    if (conflict !== undefined) return conflict;

    const options = model === undefined ? NO_OPTIONS : readOptions(model, optionWords, units.length);
    if (typeof options === 'string') return options;
    this.#labels.add(label);
    for (const unit of model === undefined ? [] : units) {
      const address = `${house}${unit}`;
      if (model !== undefined && !this.#models.has(address)) this.#models.set(address, { model, line });
    }
    const alias = { line, label, house, units, model, ...options };
    this.all.push(alias);
    return alias;
  }

  /** A unit must not have two different modules; the same twice is fine. The earliest conflicting line is named. */
  #modelConflict(house: HouseCode, units: readonly number[], model: string | undefined): string | undefined {
    const others = units.flatMap((unit) => {
      const other = this.#models.get(`${house}${unit}`);
      return model !== undefined && other && other.model !== model ? [{ unit, line: other.line }] : [];
    });
    if (others.length === 0) return undefined;
    const line = Math.min(...others.map((other) => other.line));
    const shared = others.filter((other) => other.line === line).map(({ unit }) => unit);
    return `Module type conflicts with that defined for ${house}${writeUnits(shared)} on Line ${line}`;
  }
}

/**
 * Senders that stand in two aliases, or twice in one: heyu refuses such a file as a whole (x10aux.c,
 * `verify_unique_ids`). It compares as many bits of an ID as its receiver gives it.
 */
function sharedIds(
  aliases: readonly X10Alias[],
  { securityIdBits, oregonIdBits }: X10Settings,
): readonly X10Remark[] {
  const owners = new Map<string, X10Alias>();
  return aliases.flatMap((alias) => {
    const space = alias.model === undefined ? undefined : optionFamily(alias.model).space;
    if (space === undefined) return [];
    const width = space === 'security' ? securityIdBits : space === 'oregon' ? oregonIdBits : 16;
    return alias.ids.flatMap((id) => {
      const key = `${space} ${id & (2 ** width - 1)}`;
      const owner = owners.get(key);
      owners.set(key, owner ?? alias);
      const problem = `The same ID appears in ALIASes: (${owner?.label ?? ''} ${alias.label})`;
      return owner === undefined ? [] : [{ line: alias.line, problem }];
    });
  });
}

/** House code and units of an alias as heyu writes them: `F1-3`. */
export function placeOf({ house, units }: Pick<X10Alias, 'house' | 'units'>): string {
  return `${house}${writeUnits(units)}`;
}

/** How `heyu show alias` prints it: label, house code and units, module, options. */
export function writeAlias(alias: X10Alias): string {
  return [alias.label, placeOf(alias), alias.model ?? [], alias.options].flat().join(' ');
}

/** What `parseAddresses` takes: one unit, or several without what heyu takes by halves (`1-3-5`, `3-`). */
export const ADDRESSES_PATTERN = ((unit: string): string => {
  const run = `${unit}(-${unit})?`;
  return `^ *[A-Pa-p](\\*|${run}(,${run})*) *$`;
})('0?(1[0-6]|[1-9])');

const ADDRESSES = new RegExp(ADDRESSES_PATTERN, 'u');

/** Reads `F1-3`, `f1,3,5`, `F*` or one address; anything else is undefined. */
export function parseAddresses(text: string): Addresses | undefined {
  const place = text.trim();
  const units = ADDRESSES.test(place) ? readUnits(place.slice(1)) : '';
  if (typeof units === 'string') return undefined;
  const [address, ...moreUnits] = units.flatMap((unit) => parseAddress(`${place.charAt(0)}${unit}`) ?? []);
  return address === undefined ? undefined : { address, moreUnits };
}

/** The same as heyu writes it. */
export function writeAddresses(addresses: Addresses): string {
  return `${addresses.address.charAt(0)}${writeUnits(unitsOf(addresses).map((each) => Number(each.slice(1))))}`;
}

// --- What follows for the log.

/**
 * Where heyu writes its log (config.c:3640-3694): LOG_DIR/heyu.log plus the last part of TTY, or `.common`.
 * Undefined when heyu writes none (LOG_DIR absent or NONE).
 */
export function heyuLogPath(config: X10Config): string | undefined {
  if (config.logDir === undefined) return undefined;
  const tty = config.tty ?? '/dev/ttyS0';
  const suffix = config.logCommon ? 'common' : tty.slice(tty.lastIndexOf('/') + 1);
  return `${config.logDir.replace(/(?<=[^/])\/+$/, '')}/heyu.log.${suffix}`.replace(/^\/\//, '/');
}

/**
 * The label that heyu shows for an address: that of the first alias in the file which names this unit and no
 * other (process.c:2149). Undefined where the log says `_no_alias_`.
 */
export function aliasInLog(config: X10Config, address: Address): string | undefined {
  return config.aliases.find(
    ({ house, units }) => units.length === 1 && `${house}${units[0] ?? 0}` === address,
  )?.label;
}

/** Modules that are a transceiver: they put the radio of their house code on the power line (modules.c). */
const TRANSCEIVERS: ReadonlySet<string | undefined> = new Set(['RR501', 'PAT01']);

/**
 * Whether heyu never hears this alias for the sake of RFIGNORE. It concerns heyu_aux alone (relay_aux.c): without
 * TTY_AUX there is none, and what a transceiver puts on the power line is heard all the same. Security sensors are
 * heard by radio only.
 */
export function isDropped(config: X10Config, alias: X10Alias): boolean {
  if (alias.rfOption !== 'RFIGNORE') return alias.options.includes('RFIGNORE');
  return (
    config.ttyAux !== undefined &&
    !config.aliases.some(({ house, model }) => house === alias.house && TRANSCEIVERS.has(model))
  );
}
