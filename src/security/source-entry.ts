/**
 * External zones with an entry delay of their own (Alarmo, alarm panels): a person who comes home triggers their
 * sensors, and ours. A signal in an armed zone is held back until its source has reported more: `pending`, then
 * `triggered` or `disarmed`.
 */

import { MINUTE } from '../common/duration.js';
import type { Link } from './broker-link.js';
import { isArmed, isEntryWord } from './vocabulary.js';
import { type Belief } from './belief.js';
import { delayIn, type Held, type Zone } from './zone.js';

/** A source says `pending` within this time of a signal that it takes from us, ms. */
const SOURCE_WAIT_MS = 2000;

/** No entry delay is longer: then a source that says `pending` has died, ms. */
const PENDING_LIMIT_MS = 5 * MINUTE;

/** Its source says that its entry delay runs. Some say pending also on the way to armed: it was armed before that. */
export function isInEntryDelay({ reported }: Zone, { lastKnown }: Pick<Belief, 'lastKnown'>): boolean {
  const isEntry = reported !== undefined && isEntryWord(reported);
  return isEntry && lastKnown !== undefined && isArmed(lastKnown.state);
}

/** How long a signal is held back for what the source of its zone says, ms; 0 = not at all. */
export function patienceMs(zone: Zone, belief: Belief): number {
  const { settings } = zone;
  const { state, mode } = belief;
  if (settings.kind !== 'external' || state === 'triggered') return 0;
  if (settings.alertOn === 'triggered') return state === undefined ? 0 : PENDING_LIMIT_MS;
  if (settings.sourceDelayMs !== undefined)
    return state === undefined ? 0 : delayIn(settings.sourceDelayMs, mode);
  if (isInEntryDelay(zone, belief)) return PENDING_LIMIT_MS;
  return state === undefined ? 0 : SOURCE_WAIT_MS;
}

/** What becomes of a signal that is held back. `source`: the owner wants the source to say `triggered`. */
type Outcome =
  | { readonly verdict: 'waiting' }
  | { readonly verdict: 'alert'; readonly verified: boolean; readonly reason: string }
  | { readonly verdict: 'disarmed' | 'source'; readonly reason: string };

/** What becomes of a signal that is held back, at `mono`. */
export function outcomeOf(held: Held, zone: Zone, belief: Belief, up: Link['up'], mono: number): Outcome {
  const { state, verified } = belief;
  if (state === 'disarmed')
    return { verdict: 'disarmed', reason: 'disarmed within the entry delay of the source' };
  if (state === 'triggered') {
    const reason = 'the source reports triggered';
    return { verdict: 'alert', verified: held.verified && verified, reason };
  }
  const patience = up === undefined ? 0 : patienceMs(zone, belief);
  if (mono < held.sinceMono + patience) return { verdict: 'waiting' };
  if (zone.settings.alertOn === 'triggered')
    return { verdict: 'source', reason: 'the source has not reported triggered (alert_on: triggered)' };
  if (patience === PENDING_LIMIT_MS)
    return {
      verdict: 'alert',
      verified: false,
      reason: 'the source has reported pending for 5 min, and nothing else',
    };
  const reason =
    up === undefined
      ? 'the connection was lost before the source reported more'
      : 'the source has begun no entry delay, or it is over';
  return { verdict: 'alert', verified: held.verified && verified, reason };
}
