/** The content of a line of the heyu log, in heyu's words: functions (label table, cmd.c:746-764), flags. */

import type { AddressIndex } from '../x10/address.js';
import type { Message } from './messages.js';
import type { Source } from './sources.js';

/** Security functions, as heyu writes them; data bytes (`isBytes`) count among them when they came by RF (`rcva`). */
export const SECURITY_FUNCTIONS: ReadonlySet<string> = new Set(
  'Panic Arm Disarm Alert Clear Test sLightsOn sLightsOff secTamper sDusk sDawn AkeyOn AkeyOff BkeyOn BkeyOff'.split(
    ' ',
  ),
);

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

/** The unit that a line names. `label` is heyu's alias, null for `_no_alias_`; units are table positions (x10/address). */
type OfUnit = { readonly source: Source; readonly unit: AddressIndex; readonly label: string | null };
/** What a function is called, and what stands behind it. */
type Said = { readonly source: Source; readonly name: string; readonly args: string };

/** What a line says. */
export type Signal =
  /** A unit was addressed; its function follows on another line. */
  | ({ readonly kind: 'address' } & OfUnit)
  /** A function of a house code (0 = A .. 15 = P): applies to the units addressed. */
  | ({ readonly kind: 'function'; readonly house: number } & Said)
  /** A function that names its unit itself: extended codes, virtual data. */
  | ({ readonly kind: 'extended' } & OfUnit & Said)
  /**
   * A security sensor or remote. `args` stands between unit and label, e.g. "vdata 0x55" or the flags as words.
   * `unchanged`: heyu says itself that this is a repetition (SHOW_CHANGE).
   */
  | ({
      readonly kind: 'security';
      readonly flags: readonly SecurityFlag[];
      readonly unchanged: boolean;
    } & OfUnit &
      Said)
  /** A unit that KlikAanKlikUit means; the function follows on the next line but for further units. */
  | ({ readonly kind: 'kaku_unit' } & OfUnit)
  /** A function of KlikAanKlikUit (`kOn`, `kGrpOff`, `kPreset` ...): for the units of the lines directly before it. */
  | ({ readonly kind: 'kaku' } & Said)
  /** heyu has not heard of this sensor for long. */
  | ({ readonly kind: 'inactive' } & OfUnit)
  /** A measured value, e.g. `Temp 25.500C`. */
  | ({ readonly kind: 'reading' } & OfUnit & Said)
  /** Preset 1..32: heyu prints no house code. */
  | { readonly kind: 'preset'; readonly source: Source; readonly level: number }
  /** RF of a transmitter that no ALIAS of heyu maps. `id` e.g. "0x22". */
  | {
      readonly kind: 'unmapped';
      readonly source: Source;
      readonly type: string;
      readonly id: string;
      readonly args: string;
    }
  /** Raw RF bytes, noise, transmissions by a CM17A, incomplete codes: nothing that a sensor meant to say. */
  | { readonly kind: 'noise'; readonly source: Source; readonly text: string }
  /** heyu about itself, or text of a script. */
  | { readonly kind: 'message'; readonly message: Message; readonly text: string }
  /** `before`: the release of heyu that gave up this form, e.g. "2.5"; null for what no heyu writes. */
  | { readonly kind: 'unrecognised'; readonly text: string; readonly before: string | null };
