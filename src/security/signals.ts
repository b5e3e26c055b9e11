/** What the log tells the zones: motion, heyu's own armed state, keyfobs. */

import { judgeMotion, securityAt } from './alert.js';
import { give, type Order } from './commands.js';
import { refresh } from './refresh.js';
import type { Step } from './security.js';
import { nextWake, wake } from './verification.js';
import { commandFor, type Command } from './vocabulary.js';
import type { Motion, ZoneSettings } from './zone.js';

/**
 * A signal of a sensor that would be an alert in an armed zone: judged, now or as soon as the state is known.
 * Returns what the motion event may say about the zone.
 */
export function motion(step: Step, signal: Motion): ReturnType<typeof securityAt> {
  const { security, now } = step;
  const zone = security.zones.get(signal.zone);
  if (zone === undefined) return { security: 'unknown', verified: false };
  // a delay may have ended that nobody has noticed yet
  if ((nextWake(security) ?? Infinity) <= now.mono) wake(step);
  const standing = securityAt(step, zone, signal);
  judgeMotion(step, zone, signal);
  if (security.changed) refresh(step);
  return standing;
}

/** A line of the log commands some of the owned zones. */
function logged(
  step: Step,
  chosen: (settings: ZoneSettings) => boolean,
  order: Pick<Order, 'command' | 'immediate' | 'source'>,
  loggedAt: number,
): void {
  const { security, now } = step;
  for (const zone of security.zones.values()) {
    if (zone.settings.kind !== 'owned' || !chosen(zone.settings)) continue;
    give(step, zone, { ...order, ageMs: Math.max(0, now.at - loggedAt), loggedAt });
  }
  if (security.changed) refresh(step);
}

/** heyu's own armed state has changed at `at`: drives the zones with `followHeyu`. heyu has waited already. */
export function heyuArmed(step: Step, state: 'armed_home' | 'armed_away' | 'disarmed', at: number): void {
  const command = commandFor(state);
  logged(step, ({ followHeyu }) => followHeyu, { command, immediate: true, source: 'heyu' }, at);
}

/** A key of a keyfob. */
export type KeyfobPress = {
  readonly alias: string;
  readonly action: 'arm' | 'disarm';
  readonly mode: 'home' | 'away';
  /** When it was pressed, epoch ms. */
  readonly at: number;
  /** Its delay switch stands at minimum (`swMin`): there is no exit delay. */
  readonly immediate: boolean;
};

/** A keyfob was pressed: drives the zones that name its alias. */
export function keyfob(step: Step, { alias, action, mode, at, immediate }: KeyfobPress): void {
  const command: Command = action === 'arm' ? { kind: 'arm', mode } : { kind: 'disarm' };
  logged(step, ({ keyfobs }) => keyfobs.includes(alias), { command, immediate, source: alias }, at);
}
