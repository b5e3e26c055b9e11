/**
 * Commands that need a code, and the lock-out after wrong ones. The code is checked outside (`check_code`), and a
 * command waits here for the answer. Codes themselves are never kept.
 */

import { DAY, MINUTE, SECOND } from '../common/duration.js';
import type { Now } from '../ports.js';
import { obey } from './owned-zone.js';
import type { Command } from './vocabulary.js';
import { emergencyOf, type WrongCodes, type Zone } from './zone.js';

/** The end of an entry delay waits for the check of a code at most this long, ms. */
export const CHECK_MS = 5 * SECOND;

/** So many wrong codes may be tried before the first lock-out. */
const FREE = 5;
/** The first lock-out, doubled with each further wrong code up to the longest. */
const FIRST_LOCK_MS = MINUTE;
/** No lock-out is longer, ms. */
export const LONGEST_LOCK_MS = 15 * MINUTE;

/**
 * Whether a command needs a code before it is obeyed: a command that leaves another state than disarmed, or changes the
 * arm mode, or ends an alarm. `answers`: to an alarm of signals that always guard, here or in a zone beside it.
 */
export function needsCode(zone: Zone, command: Command, answers: boolean): boolean {
  const { truth, settings } = zone;
  if (!settings.hasCodes || command.kind === 'trigger') return false;
  const isDisarmed = truth?.state === 'disarmed';
  if (command.kind === 'disarm') return !isDisarmed || answers || emergencyOf(zone) !== undefined;
  return !isDisarmed && (truth === undefined || obey(truth, command, settings, truth.since) !== truth);
}

/** A wrong code was tried. */
export function afterWrongCode(before: WrongCodes | undefined, { at, mono }: Now): WrongCodes {
  const count = (before !== undefined && at - before.at < DAY ? before.count : 0) + 1;
  const lockMs = count <= FREE ? 0 : Math.min(FIRST_LOCK_MS * 2 ** (count - FREE - 1), LONGEST_LOCK_MS);
  return { count, at, lockedUntil: at + lockMs, lockedUntilMono: mono + lockMs };
}

/** How long codes are not looked at, ms; 0 = they are. */
export function lockedMs({ wrongCodes }: Zone, { mono }: Now): number {
  return Math.max(0, (wrongCodes?.lockedUntilMono ?? mono) - mono);
}
