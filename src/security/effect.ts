/** What the security part wants done by the bridge. Topics are whole, instants (`at`) epoch ms. */

/** Why motion led to an alert or did not, for `explain` and the counters. */
export type VerdictKind =
  /** An alert was sent. */
  | 'alert'
  /** Owned zones: the entry delay runs, the alert follows at its end. */
  | 'entry'
  | 'disarmed'
  | 'arming'
  /** Armed in a way that this sensor does not care for. */
  | 'mode'
  | 'cooldown'
  /** The state is not known yet: judged later. */
  | 'waiting'
  | 'unknown'
  /** Read or judged too late, and the zone was not armed all the time since. */
  | 'late';

/** `.../alert`, never retained. An alert stays an alert however late it is delivered: it says `at` itself. */
export type AlertEffect = {
  readonly kind: 'event';
  readonly topic: string;
  readonly id: string;
  readonly at: number;
  readonly event: Readonly<Record<string, string | number | boolean | null>>;
};

/** One wish of the security part. */
export type SecurityEffect =
  | {
      readonly kind: 'publish';
      readonly topic: string;
      /** Empty = delete the retained copy. */
      readonly payload: string;
      readonly retain: true;
      /** Send it only after what `snapshot` holds now is on disk. */
      readonly persistFirst: boolean;
    }
  | AlertEffect
  /** Send a SUBSCRIBE that really goes out, QoS 1, exact topics. */
  | { readonly kind: 'subscribe'; readonly topics: readonly string[] }
  | { readonly kind: 'unsubscribe'; readonly topics: readonly string[] }
  /** What `snapshot` holds has changed and should be on disk at once. */
  | { readonly kind: 'persist' }
  | {
      readonly kind: 'note';
      readonly level: 'debug' | 'info' | 'warn';
      readonly fields: object;
      readonly message: string;
    }
  | {
      readonly kind: 'judged';
      readonly zone: string;
      readonly alias: string;
      /** Id of the motion that was judged. */
      readonly id: string;
      readonly verdict: VerdictKind;
      /** In words for people. */
      readonly reason: string;
      /** Id of the alert that came of it. */
      readonly alertId: string | undefined;
    };

/** Takes the wishes, in their order. */
export type Emit = (effect: SecurityEffect) => void;

/** ISO 8601 in UTC, as Home Assistant wants it; null when there is no instant. */
export function iso(at: number | undefined): string | null {
  if (at === undefined || at <= 0) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
