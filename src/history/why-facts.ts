/** The facts of an answer to "why", as data. Instants are epoch ms. */

import type { VerdictKind } from '../security/security.js';
import type { SecurityState } from '../security/vocabulary.js';
import type { SensorType } from '../sensor/types.js';
import type { GapReason, SignalKind } from './history.js';
import type { ZoneSource } from './journal.js';

/** What a signal said. */
export type Said = Pick<SignalKind, 'source' | 'address' | 'says'>;

/** One thing that is known. `to` and `since` are null where they are not known, or where it is not over. */
export type Fact =
  /** A motion, an open door, smoke: what it was heard by, and how often then. */
  | {
      readonly kind: 'on';
      readonly alias: string;
      readonly type: SensorType;
      readonly at: number;
      readonly to: number | null;
      readonly said: Said | null;
      readonly repeats: number;
      readonly lastAt: number;
    }
  /** Signals without such a state, or of which nothing came, and why (`kept`). */
  | {
      readonly kind: 'heard';
      readonly alias: string;
      readonly at: number;
      readonly lastAt: number;
      readonly count: number;
      readonly said: Said;
      readonly kept: string | null;
    }
  /** Not heard from `at` to `to`; before, every so many ms. Before `lookedFrom` the log was not read, or it begins there. */
  | {
      readonly kind: 'silence';
      readonly alias: string;
      readonly at: number | null;
      readonly lookedFrom: number;
      readonly logBegins: boolean;
      readonly to: number | null;
      readonly everyMs: number | null;
    }
  /** It is not known what happened. `at` is null where it began before what was read. */
  | {
      readonly kind: 'gap';
      readonly at: number | null;
      readonly to: number | null;
      readonly reason: GapReason;
    }
  /** How a zone stood; `state` is null where it was not recorded. */
  | {
      readonly kind: 'zone';
      readonly zone: string;
      readonly at: number;
      readonly state: SecurityState | 'unknown' | null;
      readonly since: number | null;
      readonly source: ZoneSource | null;
      readonly by: string | null;
      readonly reason: string | null;
      readonly was: SecurityState | null;
    }
  | { readonly kind: 'no_zone'; readonly alias: string }
  /** What came of a signal; `today`: worked out with the settings of today. `afterMs`: after the last alert. */
  | {
      readonly kind: 'verdict';
      readonly at: number;
      readonly alias: string;
      readonly zone: string | null;
      readonly verdict: VerdictKind;
      readonly reason: string;
      readonly afterMs: number | null;
      readonly today: boolean;
    }
  /** The service did not run. */
  | { readonly kind: 'away'; readonly at: number; readonly to: number | null }
  | { readonly kind: 'problem'; readonly at: number; readonly to: number | null; readonly words: string }
  /** Settings of the sensor were others then: which, and how. */
  | { readonly kind: 'settings'; readonly alias: string; readonly then: Readonly<Record<string, string>> }
  /** How many alerts; null = not known. `today`: as far as it was worked out with the settings of today. */
  | { readonly kind: 'conclusion'; readonly alerts: number | null; readonly today: boolean };

/** The answer. */
export type Why = {
  readonly name: string;
  readonly about: 'sensor' | 'zone';
  readonly from: number;
  readonly until: number;
  /** Something is known. */
  readonly found: boolean;
  /** A longer window may know more. */
  readonly isPart: boolean;
  /** Something was worked out with the settings of today. */
  readonly today: boolean;
  readonly facts: readonly Fact[];
  /** What is missing, in words: damaged files, damaged lines of the journal. */
  readonly missing: readonly string[];
};

/** Facts of some kinds. */
export type OnFact = Extract<Fact, { readonly kind: 'on' }>;
export type HeardFact = Extract<Fact, { readonly kind: 'heard' }>;
export type VerdictFact = Extract<Fact, { readonly kind: 'verdict' }>;
export type ZoneFact = Extract<Fact, { readonly kind: 'zone' }>;

/** What may still become an alert. */
export const UNDECIDED: ReadonlySet<VerdictKind> = new Set(['waiting', 'entry']);
