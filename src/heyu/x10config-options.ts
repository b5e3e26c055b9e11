/**
 * The options that heyu takes behind a module name in an ALIAS line, and what it has against them
 * (modules.c, functions `opt_...`). Options of modules that no house with motion sensors depends on (weather,
 * meters, dimmers) are kept as they stand.
 */

/** What heyu does with the RF of a standard X10 unit. */
export type RfOption = 'TRANSCEIVE' | 'RFFORWARD' | 'RFIGNORE';

/** The options of one alias. */
export type ModuleOptions = {
  /** As `heyu show alias` prints them: `RFFORWARD`, `0x41`, `IATO 1:00:00`. */
  readonly options: readonly string[];
  /** IDs of a security module, 0..0xffff each. */
  readonly securityIds: readonly number[];
  /** Undefined when none or more than one is given. */
  readonly rfOption: RfOption | undefined;
  /** Option IATO: after this silence heyu writes `Inactive`. */
  readonly inactiveTimeoutMs: number | undefined;
  /** What heyu says while it accepts them. */
  readonly warnings: readonly string[];
};

/** The options, or heyu's reason to refuse the alias. */
export type OptionsReading =
  | { readonly kind: 'options'; readonly options: ModuleOptions }
  | { readonly kind: 'problem'; readonly problem: string };

/** No options at all. */
export const NO_OPTIONS: ModuleOptions = {
  options: [],
  securityIds: [],
  rfOption: undefined,
  inactiveTimeoutMs: undefined,
  warnings: [],
};

const RF_OPTIONS: readonly RfOption[] = ['TRANSCEIVE', 'RFFORWARD', 'RFIGNORE'];

/** Options that say something about switches and channels, in the order in which heyu prints them. */
const WORDS: readonly string[] = ['MAIN', 'AUX', ...RF_OPTIONS, 'REVERSE', 'SWHOME', 'SWMAX', 'DUMMY'];

/** Understood and left out when printed: they are the defaults. */
const DEFAULT_WORDS: readonly string[] = ['SWAWAY', 'SWMIN'];

/** How many IDs a security module takes; a sensor stands on one unit only. */
type IdRule = { readonly fewest: number; readonly most: number; readonly sensor: boolean };

const idRules = (names: string, fewest: number, most: number, sensor: boolean): [string, IdRule][] =>
  names.split(' ').map((name) => [name, { fewest, most, sensor }]);

const ID_RULES: ReadonlyMap<string, IdRule> = new Map([
  ...idRules('DS10A DS10 DS10E PDS01 DS18 MS10A PMS01 MS90 MS18E', 1, 1, true),
  ...idRules('SD10 BMB-SD18 EH-CWSD10 EH-WD210 GB10 DM10 SSVDATA', 1, 1, true),
  ...idRules('DS90 DS18-1 SD90', 1, 2, true),
  ...idRules('SH624 PSR01 KR18 KR18E KR10A KR21 PKR02 KR15A SVDATA', 1, 6, false),
  ...idRules('SEC_IGNORE', 1, 12, false),
]);

const STANDARD_RF: ReadonlySet<string> = new Set(
  'MS12 MS12A MS13 MS13A MS14 MS14A MS16 MS16A PALMPAD KR19A KR22 KEYCHAIN ONLYON ONLYOFF'.split(' '),
);

const problem = (text: string): OptionsReading => ({ kind: 'problem', problem: text });

/** `hh:mm:ss` (heyu: below 24 h) in milliseconds; undefined when it is none. */
export function readTimeout(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return seconds < 86_400 ? seconds * 1000 : undefined;
}

const two = (number: number): string => `${number}`.padStart(2, '0');

const writeTimeout = (timeoutMs: number): string => {
  const seconds = timeoutMs / 1000;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** `0x41`, `41`, `0X4F` as heyu reads them, at most 16 bits; undefined when it is none. */
function readId(word: string): number | undefined {
  const match = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(word);
  const id = match ? Number.parseInt(match[1] ?? '', 16) : Infinity;
  return id <= 0xffff ? id : undefined;
}

/**
 * Reads the words behind a module name. `model` is heyu's spelling, `unitCount` how many units the alias names.
 */
export function readOptions(model: string, words: readonly string[], unitCount: number): OptionsReading {
  const rule = ID_RULES.get(model);
  const standard = STANDARD_RF.has(model);
  if (!rule && !standard && model !== 'PLCSENSOR')
    return { kind: 'options', options: { ...NO_OPTIONS, options: words } };

  const rest: string[] = [];
  const found = new Set<string>();
  let inactiveTimeoutMs: number | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const upper = word.toUpperCase();
    if (upper === 'IATO') {
      index += 1;
      inactiveTimeoutMs = readTimeout(words[index] ?? '');
      if (inactiveTimeoutMs === undefined) return problem('Invalid IATO timeout');
    } else if (WORDS.includes(upper)) found.add(upper);
    else if (!DEFAULT_WORDS.includes(upper)) rest.push(word);
  }

  if (rule?.sensor && unitCount > 1) return problem('Multiple unit alias is invalid for sensors.');
  if (rule && rest.length < rule.fewest) return problem('Module ID is needed.');
  if (rest.length > (rule?.most ?? 0)) return problem(`Invalid parameter '${rest[rule?.most ?? 0] ?? ''}'`);
  const ids: number[] = [];
  for (const word of rest) {
    const id = readId(word);
    if (id === undefined) return problem(`Invalid module ID '${word}'`);
    ids.push(id);
  }

  const rf = RF_OPTIONS.filter((option) => found.has(option));
  const warnings: string[] = [];
  if (standard && rf.length === 0) warnings.push('RF option TRANSCEIVE, RFFORWARD, or RFIGNORE required.');
  if (standard && rf.length > 1) warnings.push('Conflicting RF options.');
  return {
    kind: 'options',
    options: {
      options: [
        ...ids.map((id) => `0x${id.toString(16).padStart(2, '0')}`),
        ...WORDS.filter((word) => found.has(word)),
        ...(inactiveTimeoutMs === undefined ? [] : [`IATO ${writeTimeout(inactiveTimeoutMs)}`]),
      ],
      securityIds: ids,
      rfOption: rf.length === 1 ? rf[0] : undefined,
      inactiveTimeoutMs,
      warnings,
    },
  };
}
