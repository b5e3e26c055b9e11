/** What a line of the heyu log says. */

import type { AddressIndex } from '../x10/address.js';
import type { SecurityFlag } from './functions.js';
import type { Message } from './messages.js';
import type { Source } from './source.js';

/** What a line says. `label` is heyu's alias, null for `_no_alias_`; units are table positions (x10/address). */
export type Signal =
  /** A unit was addressed; its function follows on another line. */
  | {
      readonly kind: 'address';
      readonly source: Source;
      readonly unit: AddressIndex;
      readonly label: string | null;
    }
  /** A function of a house code (0 = A .. 15 = P): applies to the units addressed. */
  | {
      readonly kind: 'function';
      readonly source: Source;
      readonly house: number;
      readonly name: string;
      readonly args: string;
    }
  /** A function that names its unit itself: extended codes, virtual data. */
  | {
      readonly kind: 'extended';
      readonly source: Source;
      readonly unit: AddressIndex;
      readonly label: string | null;
      readonly name: string;
      readonly args: string;
    }
  /** A security sensor or remote. `unchanged`: heyu says itself that this is a repetition (SHOW_CHANGE). */
  | {
      readonly kind: 'security';
      readonly source: Source;
      readonly unit: AddressIndex;
      readonly label: string | null;
      readonly name: string;
      readonly flags: readonly SecurityFlag[];
      /** What stands between unit and label, e.g. "vdata 0x55" or the flags as words. */
      readonly args: string;
      readonly unchanged: boolean;
    }
  /** A unit that KlikAanKlikUit means; the function follows on the next line but for further units. */
  | {
      readonly kind: 'kaku_unit';
      readonly source: Source;
      readonly unit: AddressIndex;
      readonly label: string | null;
    }
  /** A function of KlikAanKlikUit (`kOn`, `kGrpOff`, `kPreset` ...): for the units of the lines directly before it. */
  | { readonly kind: 'kaku'; readonly source: Source; readonly name: string; readonly args: string }
  /** heyu has not heard of this sensor for long. */
  | {
      readonly kind: 'inactive';
      readonly source: Source;
      readonly unit: AddressIndex;
      readonly label: string | null;
    }
  /** A measured value, e.g. `Temp 25.500C`. */
  | {
      readonly kind: 'reading';
      readonly source: Source;
      readonly unit: AddressIndex;
      readonly label: string | null;
      readonly name: string;
      readonly args: string;
    }
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
