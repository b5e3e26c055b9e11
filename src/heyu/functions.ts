/** The function names of heyu's label table (cmd.c:746-764), sorted by what they mean. Data only. */

/** Security functions, as heyu writes them; data bytes (`isBytes`) count among them when they came by RF (`rcva`). */
export const SECURITY_FUNCTIONS: ReadonlySet<string> = new Set([
  'Panic',
  'Arm',
  'Disarm',
  'Alert',
  'Clear',
  'Test',
  'sLightsOn',
  'sLightsOff',
  'secTamper',
  'sDusk',
  'sDawn',
  'AkeyOn',
  'AkeyOff',
  'BkeyOn',
  'BkeyOff',
]);

/** Bytes that heyu does not interpret: unknown ones of a security sensor, entertainment remotes, `heyu vdata`. */
export function isBytes(name: string): boolean {
  return name === 'vData' || name === 'vDataM';
}

/**
 * Functions of KlikAanKlikUit in words of X10, null for those that no sensor means (rfxcom.c, `translate_kaku`). Keys and
 * groups are those of the transmitter: which units they mean, heyu has said on the lines before.
 */
export const KAKU_FUNCTIONS: ReadonlyMap<string, 'On' | 'Off' | null> = new Map<string, 'On' | 'Off' | null>([
  ['kOn', 'On'],
  ['kOff', 'Off'],
  ['kGrpOn', 'On'],
  ['kGrpOff', 'Off'],
  ['kPreset', null],
  ['kGrpPreset', null],
  ['kUnkFunc', null],
  ['kUnkPresetFunc', null],
]);

/** Functions that carry a measured value, by their prefix: RFXSensor and RFXMeter, Digimax, Oregon, meters. */
const READING = /^(?:rfx|dmx|ore|els|owl)[A-Z]/;

/** True for a function whose line carries a measured value. */
export function isReading(name: string): boolean {
  return READING.test(name);
}

/** Flags of a security line (x10state.c `create_flagslist`), in heyu's fixed order. */
export const SECURITY_FLAGS = [
  'Tamper',
  'Main',
  'Aux',
  'swHome',
  'swAway',
  'swMin',
  'swMax',
  'LoBat',
] as const;

/** A flag of a security line. */
export type SecurityFlag = (typeof SECURITY_FLAGS)[number];

const FLAGS: ReadonlySet<string> = new Set(SECURITY_FLAGS);

/** The flags among the words between unit and label. */
export function flagsIn(words: string): readonly SecurityFlag[] {
  if (words === '') return [];
  return words.split(/\s+/).filter((word): word is SecurityFlag => FLAGS.has(word));
}
