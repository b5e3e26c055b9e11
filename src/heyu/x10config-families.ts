/**
 * Which options heyu takes behind which module name (modules.c, table `modules` and functions `opt_...`). Data
 * only.
 */

/**
 * How the words behind a module name are read:
 * `sensor`  security sensor: IDs, REVERSE, RFIGNORE, MAIN, AUX, IATO;
 * `single`  security sensor with one ID and at most IATO;
 * `keyfob`  IDs, DUMMY and switch positions;
 * `ids`     IDs and nothing else;
 * `motion`  RF options, complaints are warnings;
 * `remote`  RF options, complaints are refusals;
 * `plc`     IATO, anything else is passed over;
 * `bare`    nothing at all;
 * `other`   whatever heyu makes of them: no house with motion sensors depends on it.
 */
export type OptionKind =
  'sensor' | 'single' | 'keyfob' | 'ids' | 'motion' | 'remote' | 'plc' | 'bare' | 'other';

/** The options of a family of modules. */
export type OptionFamily = {
  readonly kind: OptionKind;
  /** Most IDs. */
  readonly mostIds: number;
  /** Stands on one unit only. */
  readonly oneUnit: boolean;
  /** Option words beside IDs, RF options and IATO. */
  readonly words: readonly string[];
  readonly iato: boolean;
};

const family = (kind: OptionKind, more: Partial<OptionFamily> = {}): OptionFamily => ({
  kind,
  mostIds: 0,
  oneUnit: false,
  words: [],
  iato: false,
  ...more,
});

const SENSOR_WORDS = ['REVERSE', 'RFIGNORE', 'MAIN', 'AUX'];

/** heyu holds this many IDs for a remote; a line has room for no more. */
const MANY = 12;

const FAMILIES: readonly (readonly [OptionFamily, string])[] = [
  [
    family('sensor', { mostIds: 1, oneUnit: true, words: SENSOR_WORDS, iato: true }),
    'DS10A DS10 DS10E PDS01 DS18 MS10A PMS01 MS90 MS18E SSVDATA',
  ],
  [family('sensor', { mostIds: 2, oneUnit: true, words: SENSOR_WORDS, iato: true }), 'SD90'],
  [family('sensor', { mostIds: 2, words: SENSOR_WORDS, iato: true }), 'DS90 DS18-1'],
  [family('single', { mostIds: 1, oneUnit: true }), 'SD10 EH-CWSD10 EH-WD210'],
  [family('single', { mostIds: 1, oneUnit: true, iato: true }), 'BMB-SD18 GB10 DM10'],
  [
    family('keyfob', { mostIds: MANY, words: ['DUMMY', 'SWMAX', 'SWHOME', 'SWMIN', 'SWAWAY'] }),
    'KR18 KR18E KR10A KR21 PKR02',
  ],
  [family('ids', { mostIds: MANY }), 'SH624 PSR01 KR15A SVDATA SEC_IGNORE'],
  [family('motion'), 'MS12 MS12A MS13 MS13A MS14 MS14A MS16 MS16A'],
  [family('remote'), 'PALMPAD KR19A KR22 KEYCHAIN ONLYON ONLYOFF'],
  [family('plc', { iato: true }), 'PLCSENSOR'],
  [
    family('bare'),
    'NONE StdAM AM AM486 AM12 PAM01 AM466 PAM02 SR227 PA011 RR501 PAT01 StdLM LM LM465 LM12 LM465-1 LM-1 PLM03 ' +
      'PLM01 StdWS WS WS467 LW10U PLW01 WS477 PLW02 WS467-1 WS-1 WS12A XPD3 WS13A XPS3 LM15A LM15 PSM04 LMS PR511 ' +
      'PHS01 AM14A PAM21 AM15A PAM22 LM14A PLM21 SL1AM SL2AM REMOTE2 REMOTE3 REMOTE4 REMOTE6 REMOTEP AMEXC ' +
      'AMEXC16 AMEXC8 RAIN8 AMEXC4 XM10A XM13A XM14A VDATA SHUTTER SW10 UR81A UR51A UX17A UX23A',
  ],
];

const BY_MODEL: ReadonlyMap<string, OptionFamily> = new Map(
  FAMILIES.flatMap(([options, names]) => names.split(' ').map((name) => [name, options] as const)),
);

const OTHER = family('other');

/** The options that heyu takes behind a module name (in heyu's spelling). */
export function optionFamily(model: string): OptionFamily {
  return BY_MODEL.get(model) ?? OTHER;
}
