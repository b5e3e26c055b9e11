/**
 * Which options heyu takes behind which module name (modules.c, table `modules` and functions `opt_...`). Data
 * only.
 */

/**
 * How the words behind a module name are read:
 * `sensor`   IDs, option words, IATO;
 * `single`   one ID and at most IATO, units before IDs;
 * `keyfob`   IDs, DUMMY and switch positions;
 * `ids`      IDs and nothing else;
 * `oregon`   one ID, limits (TMIN ...), IATO;
 * `rfxsensor` one ID, what it measures, IATO;
 * `digimax`  one ID, and whatever follows;
 * `kaku`     pairs of ID and key;
 * `motion`   RF options, complaints are warnings;
 * `remote`   RF options, complaints are refusals;
 * `plc`      IATO, anything else is passed over;
 * `level`    ONLEVEL;
 * `words`    option words;
 * `bare`     nothing at all.
 */
export type OptionKind =
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
export type IdSpace = 'security' | 'entertainment' | 'oregon' | 'rfxsensor' | 'rfxmeter' | 'digimax';

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
const MANY = 12;

const security = (kind: OptionKind, mostIds: number, more: Partial<OptionFamily> = {}): OptionFamily =>
  family(kind, { space: 'security', mostIds, ...more });
const sensor = (mostIds: number, more: Partial<OptionFamily> = {}): OptionFamily =>
  security('sensor', mostIds, { oneUnit: true, words: SENSOR_WORDS, iato: true, ...more });
const oregon = (more: Partial<OptionFamily> = {}): OptionFamily =>
  family('oregon', {
    space: 'oregon',
    mostIds: 1,
    highestId: 0xfff,
    badId: 'Invalid hexadecimal Oregon address parameter',
    oneUnit: true,
    iato: true,
    ...more,
  });
const own = (ownIds: readonly number[]): OptionFamily =>
  family('bare', { space: 'entertainment', ownIds, bare: 'This module takes no parameters.' });

const FAMILIES: readonly (readonly [OptionFamily, string])[] = [
  [sensor(1), 'DS10A DS10 DS10E PDS01 DS18 MS10A PMS01 MS90 MS18E SSVDATA'],
  [sensor(2), 'SD90'],
  [sensor(2, { oneUnit: false }), 'DS90 DS18-1'],
  [security('single', 1, { oneUnit: true }), 'SD10 EH-CWSD10 EH-WD210'],
  [security('single', 1, { oneUnit: true, iato: true }), 'BMB-SD18 GB10 DM10'],
  [
    security('keyfob', MANY, { words: ['DUMMY', 'SWMAX', 'SWHOME', 'SWMIN', 'SWAWAY'] }),
    'KR18 KR18E KR10A KR21 PKR02',
  ],
  [security('ids', MANY), 'SH624 PSR01 KR15A SVDATA'],
  [security('ids', MANY, { noId: 'Module ID(s) needed.' }), 'SEC_IGNORE'],
  [family('ids', { mostIds: MANY, highestId: 0xffffff }), 'VISGEN'],
  [
    family('ids', {
      space: 'entertainment',
      mostIds: MANY,
      highestId: 0xff,
      noId: 'At least one entertainment ID is needed.',
      badId: 'Invalid hexadecimal entertainment ID parameter',
    }),
    'GURU',
  ],
  [family('ids', { space: 'oregon', mostIds: MANY, noId: 'Module ID(s) needed.' }), 'ORE_IGNORE'],
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
    family('rfxsensor', {
      space: 'rfxsensor',
      mostIds: 1,
      highestId: 0xff,
      noId: 'This module requires more parameters.',
      badId: 'Invalid hexadecimal RFXSensor base address parameter',
      oneUnit: true,
      iato: true,
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
  [
    family('digimax', {
      space: 'digimax',
      mostIds: 1,
      noId: 'This module requires an ID parameter',
      badId: 'Invalid hexadecimal Digimax address parameter',
      oneUnit: true,
      iato: true,
    }),
    'DIGIMAX',
  ],
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
