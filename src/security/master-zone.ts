/** A master zone: the sum of its members. Armed if all of them are, disarmed if none is, otherwise unknown. */

import type { Memory } from './memory.js';
import type { Belief } from './zone.js';
import { isArmed, type ArmedMode, type SecurityState } from './vocabulary.js';

/**
 * The common state of members whose states are all known; undefined when they do not agree. With all members
 * armed or about to be, the least settled one shows: arming, then triggered, then pending. Different ways of
 * being armed add up to `armed_away`.
 */
export function sumUp(states: readonly SecurityState[]): SecurityState | undefined {
  const [first] = states;
  if (first === undefined || states.every((state) => state === first)) return first;
  if (states.includes('disarmed')) return undefined;
  return (
    (['arming', 'triggered', 'pending'] as const).find((state) => states.includes(state)) ?? 'armed_away'
  );
}

function latest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function commonMode(members: readonly (Belief | undefined)[]): ArmedMode | undefined {
  const [first, ...others] = members.map((member) => member?.mode);
  return others.every((mode) => mode === first) ? first : 'away';
}

/**
 * What is believed about a master zone. A member that does not exist counts as unknown. `memory` is the last
 * state in which all members were known and agreed.
 */
export function believeMaster(members: readonly (Belief | undefined)[], memory: Memory | undefined): Belief {
  const states = members.flatMap((member) => (member?.state === undefined ? [] : [member.state]));
  const state = states.length === members.length ? sumUp(states) : undefined;
  if (state === undefined) {
    const why = (['link_down', 'waiting'] as const).find((reason) =>
      members.some((member) => member?.why === reason),
    );
    return {
      state,
      since: memory?.since,
      source: 'members',
      verified: false,
      why: why ?? 'members_differ',
      mode: memory?.mode,
      armedSince: memory?.armedSince,
      lastKnown: memory,
    };
  }
  const sum: Memory = {
    state,
    since: latest(members.map((member) => member?.since)) ?? 0,
    mode: state === 'disarmed' ? undefined : commonMode(members),
    armedSince: isArmed(state) ? latest(members.map((member) => member?.armedSince)) : undefined,
  };
  return { ...sum, source: 'members', verified: true, why: undefined, lastKnown: sum };
}
