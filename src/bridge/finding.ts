/**
 * What the core finds in a line and makes of it: the trace that `explain` prints, the demo shows and the
 * service writes at level debug. Instants are epoch ms. Units are spelled as addresses.
 */

import type { Address, HouseCode } from '../x10/address.js';
import type { Message } from '../heyu/messages.js';
import type { SecurityFlag } from '../heyu/signal.js';
import type { Source } from '../heyu/sources.js';

/** One finding. */
export type Finding =
  /** A unit was addressed and waits for its function. */
  | {
      readonly kind: 'address';
      readonly address: Address;
      readonly source: Source;
      readonly alias: string | null;
    }
  /** A function reached a unit. `function` in lower case. */
  | {
      readonly kind: 'unit';
      readonly address: Address;
      readonly function: string;
      readonly source: Source;
      readonly alias: string | null;
      readonly note?: string;
    }
  /** A function of a whole house code, or one that names no unit. */
  | {
      readonly kind: 'house';
      readonly house: HouseCode;
      readonly function: string;
      readonly source: Source;
      readonly args: string;
    }
  | { readonly kind: 'preset'; readonly level: number; readonly source: Source }
  /** An extended code or virtual function; `function` as heyu writes it. */
  | {
      readonly kind: 'extended';
      readonly address: Address;
      readonly function: string;
      readonly source: Source;
      readonly alias: string | null;
      readonly args: string;
    }
  /** Security RF; `function` and `flags` as heyu writes them. */
  | {
      readonly kind: 'security';
      readonly address: Address;
      readonly function: string;
      readonly flags: readonly SecurityFlag[];
      readonly source: Source;
      readonly alias: string | null;
    }
  | {
      readonly kind: 'inactive';
      readonly address: Address;
      readonly source: Source;
      readonly alias: string | null;
    }
  | {
      readonly kind: 'reading';
      readonly address: Address;
      readonly function: string;
      readonly source: Source;
      readonly alias: string | null;
      readonly args: string;
    }
  /** RF of a transmitter that heyu does not map. */
  | { readonly kind: 'unmapped'; readonly type: string; readonly id: string; readonly args: string }
  /** On or Off with nothing addressed. */
  | { readonly kind: 'orphan'; readonly house: HouseCode; readonly function: string; readonly source: Source }
  | { readonly kind: 'message'; readonly message: Message; readonly text: string }
  | { readonly kind: 'noise'; readonly text: string }
  | { readonly kind: 'unrecognised'; readonly text: string; readonly reason: string }
  /** A retained channel of a sensor has a new value. */
  | {
      readonly kind: 'change';
      readonly alias: string;
      readonly channel: string;
      readonly value: string;
      readonly reason: string;
      readonly changedAt: number;
    }
  /** Nothing is published for a sensor, and why. */
  | { readonly kind: 'kept'; readonly alias: string | null; readonly reason: string }
  /** The security state of a zone was asked. */
  | {
      readonly kind: 'judged';
      readonly zone: string;
      readonly alias: string;
      readonly verdict: string;
      readonly reason: string;
    }
  /** A message for the broker. */
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: string; readonly retain: boolean };
