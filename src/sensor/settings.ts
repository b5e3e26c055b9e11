import type { Address, Addresses } from '../x10/address.js';
import type { Model } from '../x10/models.js';
import type { Source } from '../heyu/sources.js';
import type { EntryRule, Guard } from './guard.js';
import type { SensorType } from './types.js';

/** Ways of being armed, Home Assistant's words without `armed_`. */
type ArmedMode = 'away' | 'home' | 'night' | 'vacation' | 'custom_bypass';

/** One entry of the alias file, checked and with its defaults filled in. Times are milliseconds. */
export type SensorSettings = Addresses & {
  /** heyu's alias: the key in the alias file. */
  readonly alias: string;
  /** Stays forever: the last part of unique ids. The address in lower case unless written down (`id:`). */
  readonly id: string;
  /** The unit that says dark (On) and light (Off). */
  readonly dusk: Address | undefined;
  readonly model: Model;
  readonly type: SensorType;
  /** Name for people. */
  readonly name: string;
  readonly area: string | undefined;
  /** First part of its topics below the base topic: the alias unless written down. */
  readonly topic: string;
  readonly zone: string | undefined;
  /** How long after its last sign a motion is taken to last when no Off comes. 1 s .. 24 h. */
  readonly holdMs: number;
  /** `sensor`: its Off or Clear ends a motion; `hold`: only the end of the hold time does. */
  readonly off: 'sensor' | 'hold';
  /** After the end of a motion no new one starts for this long. 0 = none. */
  readonly cooldownMs: number;
  /** A motion stays ON at least this long, even if the sensor sends Off. 0 = none. */
  readonly minOnMs: number;
  /** Source tags whose lines count for this sensor. */
  readonly sources: ReadonlySet<Source>;
  /** Ways of being armed in which it raises an alert; undefined = all. */
  readonly modes: readonly ArmedMode[] | undefined;
  /** When its signals are alerts; undefined = by their kind. */
  readonly guard: Guard | undefined;
  /** Whether what it is for has the entry delay of its zone. */
  readonly entry: EntryRule;
  /** Silence after which it is reported silent; 0 = never. */
  readonly silentMs: number;
  /** Heartbeats that are missed are counted: it has one, heyu logs it, and its silence matters. */
  readonly countsHeartbeats: boolean;
  /** heyu's own `Inactive` counts: unless the owner has said that its silence does not matter. */
  readonly heedsInactive: boolean;
  /** Heard and counted, never published: a neighbour's sensor. */
  readonly ignore: boolean;
};
