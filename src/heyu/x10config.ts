/**
 * heyu's configuration file (x10config): what of it shapes the log and what it calls its units. Reads every file
 * and never throws; a line that heyu would refuse becomes a fault, because then heyu refuses the whole file.
 */
import {
  closeScripts,
  directiveNamed,
  type ModuleOptions,
  NO_OPTIONS,
  noScripts,
  optionFamily,
  readClock,
  readDecimal,
  readLauncher,
  readOptions,
  readScene,
  readScript,
  readUnits,
  type Scene,
  sceneProblem,
  writeUnits,
} from './x10config-rules.js';
import { type Address, type Addresses, type HouseCode, parseAddress, unitsOf } from '../x10/address.js';
import { modelNamed } from '../x10/model.js';

/** A line that heyu refuses (`problems`) or remarks upon (`warnings`). `line` counts from 1; 0 = the whole file. */
export type X10Remark = { readonly line: number; readonly text: string; readonly problem: string };

/** What a configuration file of heyu says. */
export type X10Config = X10Settings & {
  readonly aliases: readonly X10Alias[];
  /** With a single one heyu does not start, and at `heyu restart` keeps its old configuration. */
  readonly problems: readonly X10Remark[];
  readonly warnings: readonly X10Remark[];
};

/** heyu's LINE_LEN: what is longer becomes a line of its own. */
const LINE_LENGTH = 4095;

/** Reads the text of an x10config. Every line that heyu refuses is among the problems, every other one counts. */
export function readX10Config(text: string): X10Config {
  const settings = openSettings();
  const aliases: X10Alias[] = [];
  const problems: X10Remark[] = [];
  const warnings: X10Remark[] = [];
  const seen = new Set<string>();
  const before = noAliases();
  const scripts = noScripts();
  const scenes: Scene[] = [];
  const values = new Map<string, readonly string[]>();

  text.split('\n').forEach((whole, index) => {
    const line = index + 1;
    const remark = (remarks: X10Remark[], problem: string): void => {
      remarks.push({ line, text: whole.slice(0, 200), problem });
    };
    if (whole.length > LINE_LENGTH) remark(problems, `Line longer than ${LINE_LENGTH} characters`);
    // C strings end at NUL; `#` begins a comment wherever it stands.
    const content = trim(whole.slice(0, LINE_LENGTH).split('\0', 1)[0]?.split('#', 1)[0] ?? '');
    if (content === '') return;

    const [first = '', ...rest] = content.split(/[ \t]+/);
    const read = readLine(first, rest, seen);
    if (read.kind === 'alias') {
      const alias = readAlias(line, read.words, before);
      if (alias.kind === 'problem') remark(problems, alias.problem);
      else {
        aliases.push(alias.alias);
        for (const warning of alias.alias.warnings) remark(warnings, warning);
      }
      return;
    }
    if (read.kind === 'problem') {
      remark(problems, read.text);
      return;
    }
    const { name } = read;
    if (read.remark !== undefined) remark(warnings, read.remark);
    values.set(name, rest);
    if (name === 'LOG_DIR') settings.logDirLine = { line, text: content };
    const tail = content.slice(first.length).trim();
    const said =
      name === 'SCRIPT'
        ? refusal(readScript(scripts, line, tail, aliases))
        : name === 'LAUNCHER'
          ? refusal(readLauncher(scripts, line, tail, aliases))
          : name === 'SCENE' || name === 'USERSYN'
            ? refusal(readScene(scenes, name === 'SCENE' ? 'Scene' : 'Usersyn', line, tail))
            : readSetting(settings, name, rest);
    if (said) remark(said.kind === 'problem' ? problems : warnings, said.text);
  });

  const closed = closeSettings(settings);
  const whole = (line: number, problem: string): void => {
    problems.push({ line, text: '', problem });
  };
  for (const scene of scenes) {
    const said = sceneProblem(scene, aliases, values.get('RESTRICT_DIMS')?.[0]?.toUpperCase() === 'NO');
    if (said !== undefined) whole(scene.line, said);
  }
  for (const { line, text: said } of sharedIds(aliases, closed)) whole(line, said);
  for (const said of conflicts(values, closed)) whole(0, said);
  for (const { line, text: said } of closeScripts(scripts, values.has('LATITUDE') && values.has('LONGITUDE')))
    whole(line, said);
  return { ...closed, aliases, problems, warnings };
}

/** Directives that contradict each other (config.c, `finalize_config`). */
function conflicts(
  values: ReadonlyMap<string, readonly string[]>,
  { transceive, rfForward }: X10Settings,
): readonly string[] {
  const clock = (name: string): number | undefined => readClock(values.get(name)?.[0] ?? '');
  const times = ['DUSK', 'DAWN'].filter((name) => {
    const [least, most] = [clock(`MIN_${name}`), clock(`MAX_${name}`)];
    return least !== undefined && most !== undefined && least >= most;
  });
  const bursts = Number(values.get('DEF_RF_BURSTS')?.[0] ?? 5);
  const tooMany = values.get('RF_BURSTS')?.some((count) => Number(count) > bursts) ?? false;
  return [
    ...times.map((name) => `MIN_${name} must be less than MAX_${name}`),
    ...(tooMany ? [`RF_BURSTS exceeds ${bursts}`] : []),
    ...(transceive.some((house) => rfForward.includes(house))
      ? ['Housecode conflict in TRANSCEIVE and RFFORWARD']
      : []),
  ];
}

const refusal = (text: string | undefined): Remark | undefined =>
  text === undefined ? undefined : { kind: 'problem', text };

type Line =
  | { readonly kind: 'alias'; readonly words: readonly string[] }
  | { readonly kind: 'setting'; readonly name: string; readonly remark: string | undefined }
  | { readonly kind: 'problem'; readonly text: string };

/** What the first word of a line makes of it (config.c `parse_config_tail`). `seen` are the directives before. */
function readLine(first: string, rest: readonly string[], seen: Set<string>): Line {
  const name = first.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  const directive = directiveNamed(name);
  if (!directive) {
    const [house = '', units = ''] = rest;
    if (rest.length !== 2) return { kind: 'problem', text: `Invalid Directive '${first}'` };
    if (!/^[A-Pa-p]$/.test(house)) return { kind: 'problem', text: 'Invalid Directive.' };
    return { kind: 'alias', words: [first, `${house}${units}`] };
  }
  if (seen.has(name) && !directive.repeats)
    return { kind: 'problem', text: `Directive '${name}' appears more than once in the file` };
  seen.add(name);
  if (rest.length + 1 < directive.fewest) return { kind: 'problem', text: 'Too few items on line.' };
  if (rest.length + 1 > directive.most) return { kind: 'problem', text: 'Too many items on line.' };
  if (name === 'ALIAS') return { kind: 'alias', words: rest };
  const problem = directive.rule(name, rest);
  return problem === undefined
    ? { kind: 'setting', name, remark: directive.remark }
    : { kind: 'problem', text: problem };
}

/** Cuts off what heyu cuts off; String.trim would also take a byte order mark, which heyu stumbles over. */
function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

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

/** An alias, or heyu's reason to refuse it, and with it the whole file. */
export type AliasReading =
  | { readonly kind: 'alias'; readonly alias: X10Alias }
  | { readonly kind: 'problem'; readonly problem: string };

/** What the aliases before a line have taken: labels, and the module of each unit with the line that named it. */
export type AliasesBefore = {
  readonly labels: Set<string>;
  readonly models: Map<string, { readonly model: string; readonly line: number }>;
};

/** No alias has been read yet. */
export function noAliases(): AliasesBefore {
  return { labels: new Set(), models: new Map() };
}

/** Longest label, in characters (heyu's NAME_LEN). */
const LABEL_LENGTH = 32;

const problem = (text: string): AliasReading => ({ kind: 'problem', problem: text });

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

/**
 * Reads the words behind ALIAS (label, house code with units, module, options) against the aliases before it,
 * which it joins when it is taken. The checks come in heyu's order, because it prints only the first complaint
 * (config.c, `case Alias`).
 */
export function readAlias(line: number, words: readonly string[], before: AliasesBefore): AliasReading {
  const [label = '', place = '', modelWord, ...optionWords] = words;
  const model = modelWord === undefined ? undefined : modelNamed(modelWord)?.name;
  const fault = labelProblem(label);
  if (fault !== undefined) return problem(fault);
  if (modelWord !== undefined && model === undefined) return problem(`Invalid module model '${modelWord}'`);
  if (before.labels.has(label)) return problem(`Duplicate alias label '${label}'`);

  const [letter = ''] = place;
  const house = letter.toUpperCase();
  if (!isHouseCode(house)) return problem(`Alias '${label}': Housecode '${house}' outside range A-P`);
  const read = readUnits(place.slice(letter.length));
  if (read.kind === 'problem') return problem(`Alias '${label}': ${read.problem}`);
  const conflict = modelConflict(house, read.units, model, before);
  if (conflict !== undefined) return problem(conflict);

  const options = model === undefined ? undefined : readOptions(model, optionWords, read.units.length);
  if (options?.kind === 'problem') return problem(options.problem);
  before.labels.add(label);
  if (model !== undefined) {
    for (const unit of read.units) {
      const address = `${house}${unit}`;
      if (!before.models.has(address)) before.models.set(address, { model, line });
    }
  }
  return {
    kind: 'alias',
    alias: { line, label, house, units: read.units, model, ...(options?.options ?? NO_OPTIONS) },
  };
}

/**
 * Senders that stand in two aliases, or twice in one: heyu refuses such a file as a whole (x10aux.c,
 * `verify_unique_ids`). It compares as many bits of an ID as its receiver gives it.
 */
export function sharedIds(
  aliases: readonly X10Alias[],
  bits: { readonly securityIdBits: number; readonly oregonIdBits: number },
): readonly { readonly line: number; readonly text: string }[] {
  const owners = new Map<string, X10Alias>();
  return aliases.flatMap((alias) => {
    const space = alias.model === undefined ? undefined : optionFamily(alias.model).space;
    if (space === undefined) return [];
    const width = space === 'security' ? bits.securityIdBits : space === 'oregon' ? bits.oregonIdBits : 16;
    return alias.ids.flatMap((id) => {
      const key = `${space} ${id & (2 ** width - 1)}`;
      const owner = owners.get(key);
      owners.set(key, owner ?? alias);
      return owner === undefined
        ? []
        : [{ line: alias.line, text: `The same ID appears in ALIASes: (${owner.label} ${alias.label})` }];
    });
  });
}

/** House code and units of an alias as heyu writes them: `F1-3`. */
export function placeOf({ house, units }: Pick<X10Alias, 'house' | 'units'>): string {
  return `${house}${writeUnits(units)}`;
}

/** How `heyu show alias` prints it: label, house code and units, module, options. */
export function writeAlias(alias: X10Alias): string {
  const place = placeOf(alias);
  return [alias.label, place, ...(alias.model === undefined ? [] : [alias.model]), ...alias.options].join(
    ' ',
  );
}

/** True for one letter A..P. */
export function isHouseCode(text: string): text is HouseCode {
  return /^[A-P]$/.test(text);
}

/** A unit must not have two different modules; the same twice is fine. The earliest conflicting line is named. */
function modelConflict(
  house: HouseCode,
  units: readonly number[],
  model: string | undefined,
  before: AliasesBefore,
): string | undefined {
  if (model === undefined) return undefined;
  const others = units.flatMap((unit) => {
    const other = before.models.get(`${house}${unit}`);
    return other && other.model !== model ? [{ unit, line: other.line }] : [];
  });
  if (others.length === 0) return undefined;
  const line = Math.min(...others.map((other) => other.line));
  const shared = others.filter((other) => other.line === line).map(({ unit }) => unit);
  return `Module type conflicts with that defined for ${house}${writeUnits(shared)} on Line ${line}`;
}

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

const refuse = (text: string): Remark => ({ kind: 'problem', text });

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
  return foreign === undefined ? undefined : refuse(`Unsupported interface type '${foreign}'`);
}

function readReceiver(open: OpenSettings, [port = '', ...words]: readonly string[]): Remark | undefined {
  const [word = '', ...kinds] = words.map((each) => each.toUpperCase());
  // heyu compares only the beginning of the first two: W800RF32A and MR26 are accepted.
  const receiver = word.startsWith('W800RF32')
    ? 'W800RF32A'
    : word.startsWith('MR26')
      ? 'MR26A'
      : ['RFXCOM', 'RFXCOM32', 'RFXCOMVL'].find((each) => each === word);
  if (receiver === undefined) return refuse(`Unsupported aux device '${word}'`);
  open.ttyAux = { port, receiver };
  if (receiver !== 'RFXCOM' && receiver !== 'RFXCOMVL') return undefined;
  const foreign = kinds.find((kind) => kind !== 'VISONIC' && kind !== 'X10');
  return foreign === undefined ? undefined : refuse(`Invalid RFXCOM receiver type '${foreign}'`);
}

function readLogDir(open: OpenSettings, dir: string, second: string | undefined): Remark | undefined {
  if (dir.toUpperCase() === 'NONE') return undefined;
  open.logDir = dir;
  if (second !== undefined && second.toUpperCase() !== 'COMMON')
    return refuse(`Token '${second}' not recognized. Do you mean COMMON ?`);
  open.logCommon = second !== undefined;
  if (new TextEncoder().encode(dir).length <= LOG_DIR_BYTES) return undefined;
  return {
    kind: 'warning',
    text: `LOG_DIR is longer than ${LOG_DIR_BYTES} characters: heyu cuts it off there and finds no such directory`,
  };
}

function readDateFormat(open: OpenSettings, order: string, quoted: string | undefined): Remark | undefined {
  if (order !== 'YMD' && order !== 'DMY' && order !== 'MDY')
    return refuse('DATE_FORMAT order must be YMD, DMY, or MDY');
  const separator = quoted === undefined ? '/' : /^(['"]?)([/.-])\1$/.exec(quoted)?.[2];
  if (separator !== '/' && separator !== '-' && separator !== '.')
    return refuse("DATE_FORMAT separator must be '/', '-', or '.'");
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
  if (except && second === undefined) return refuse(`Too few parameters for ${name} ALLEXCEPT`);
  const list = /^\[([^\]]*)\]$/.exec(except ? (second ?? '').toUpperCase() : upper)?.[1];
  if (list === undefined) return refuse(`${name} must be ALL or NONE or ALLEXCEPT [<housecode list>]`);
  if (/[^A-P.,]/.test(list)) return refuse(`Invalid character in ${name} housecode list`);
  take(HOUSES.filter((house) => list.includes(house) !== except));
  return undefined;
}

const DIRECTIVES = [
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
export type ScaleDirective = (typeof DIRECTIVES)[number];

/** heyu writes `native * factor + offset` and then the word, which is free text. */
export type Scale = { readonly word: string; readonly factor: number; readonly offset: number };

/** The scales that a configuration sets. Without a directive heyu writes the native unit. */
export type Scales = Readonly<Partial<Record<ScaleDirective, Scale>>>;

/** heyu keeps a word in NAME_LEN = 32 bytes, its end included (process.h:48). */
const WORD_LENGTH = 31;

/** Whether a directive is one of these. */
export function isScaleDirective(name: string): name is ScaleDirective {
  return DIRECTIVES.some((directive) => directive === name);
}

/** Reads the values of such a directive, which its rule has let pass. */
export function readScale([word = '', factor = '', offset = '0']: readonly string[]): Scale {
  return {
    word: word.slice(0, WORD_LENGTH),
    factor: readDecimal(factor) ?? 1,
    offset: readDecimal(offset) ?? 0,
  };
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
  if (!ADDRESSES.test(place)) return undefined;
  const read = readUnits(place.slice(1));
  const [address, ...moreUnits] = (read.kind === 'units' ? read.units : []).flatMap(
    (unit) => parseAddress(`${place.charAt(0)}${unit}`) ?? [],
  );
  return address === undefined ? undefined : { address, moreUnits };
}

/** The same as heyu writes it. */
export function writeAddresses(addresses: Addresses): string {
  return `${addresses.address.charAt(0)}${writeUnits(unitsOf(addresses).map((each) => Number(each.slice(1))))}`;
}
