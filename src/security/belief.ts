/**
 * What the bridge believes about the state of a zone: external zones by their topic, owned zones by their disk, master zones
 * by their members. Unknown is never disarmed. Instants are epoch ms.
 */

import type { Link } from './broker-link.js';
import { isAwaited, whyUnknown, type WhyUnknown } from './tracker.js';
import { armedMode, isArmed, type ArmedMode, type SecurityState } from './vocabulary.js';
import type { Memory, Zone } from './zone.js';

/** What the bridge believes about a zone. */
export type Belief = {
  /** undefined = unknown. As long as nothing is certain, that of an owned zone is what its disk says. */
  readonly state: SecurityState | undefined;
  /** When the state (or the last known one) began, epoch ms. */
  readonly since: number | undefined;
  /** Where it is from: a topic, `disk`, `members` or `scene`. */
  readonly source: string;
  /** Known for certain in this connection. */
  readonly verified: boolean;
  readonly why: WhyUnknown | 'members_differ' | undefined;
  /** The broker has been asked for it, and its answer may still be on the way. */
  readonly isAwaited: boolean;
  readonly mode: ArmedMode | undefined;
  readonly armedSince: number | undefined;
  /** The last known state; the present one when it is known. */
  readonly lastKnown: Memory | undefined;
  /** Unknown, and since `lastKnown` a word was heard that is not understood: no evidence of disarmed. */
  readonly isForeign: boolean;
};

/**
 * The memory after `state` was found at `at`; `meanwhile` are the states it had since it was last known, in
 * whatever order, `armedAt` is since when everything heard has said armed. The same object comes back when nothing
 * changed.
 */
export function remember(
  memory: Memory | undefined,
  state: SecurityState,
  at: number,
  meanwhile: readonly SecurityState[] = [],
  armedAt = at,
): Memory {
  const armed = isArmed(state);
  const unbroken = meanwhile.every(isArmed) ? memory?.armedSince : undefined;
  const armedSince = armed ? (unbroken ?? armedAt) : undefined;
  const isSame = memory?.state === state && memory.armedSince === armedSince;
  if (isSame && meanwhile.every((other) => other === state)) return memory;
  return {
    state,
    since: at,
    mode: armedMode(state) ?? (armed ? memory?.mode : undefined),
    armedSince,
  };
}

function beliefFrom(
  memory: Memory | undefined,
  source: string,
  why: Belief['why'],
  isForeign = false,
): Belief {
  const known = why === undefined && memory !== undefined;
  return {
    state: known ? memory.state : undefined,
    since: memory?.since,
    source,
    verified: known,
    why: known ? undefined : (why ?? 'waiting'),
    isAwaited: false,
    mode: memory?.mode,
    armedSince: memory?.armedSince,
    lastKnown: memory,
    isForeign: isForeign && !known,
  };
}

/** What is believed about an external or owned zone. */
function believeSingle(zone: Zone, link: Link): Belief {
  const { settings, topic = 'disk', tracker, truth, memory } = zone;
  if (zone.pinned) return beliefFrom(truth ?? memory, 'scene', undefined);
  const { up, isAbsent } = link;
  if (settings.kind === 'external') {
    const why = up === undefined ? 'link_down' : whyUnknown(tracker);
    const belief = beliefFrom(memory, topic, why, zone.isForeign);
    return { ...belief, isAwaited: tracker !== undefined && isAwaited(tracker) };
  }
  // a command may be waiting at the broker, or still be on its way
  const why = up === undefined && !isAbsent ? 'link_down' : up?.isDraining === true ? 'waiting' : undefined;
  const belief = beliefFrom(truth, truth === undefined ? topic : 'disk', why);
  return { ...belief, state: truth?.state };
}

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

/** The last of those that are known. */
export function latest(instants: readonly (number | undefined)[]): number | undefined {
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
function believeMaster(members: readonly (Belief | undefined)[], memory: Memory | undefined): Belief {
  const states = members.flatMap((member) => member?.state ?? []);
  const state = states.length === members.length ? sumUp(states) : undefined;
  if (state === undefined) {
    const why = (['link_down', 'waiting'] as const).find((reason) =>
      members.some((member) => member?.why === reason),
    );
    const isForeign = members.some((member) => member?.isForeign === true);
    const belief = beliefFrom(memory, 'members', why ?? 'members_differ', isForeign);
    return { ...belief, isAwaited: members.some((member) => member?.isAwaited === true) };
  }
  const sum: Memory = {
    state,
    since: latest(members.map((member) => member?.since)) ?? 0,
    mode: state === 'disarmed' ? undefined : commonMode(members),
    armedSince: isArmed(state) ? latest(members.map((member) => member?.armedSince)) : undefined,
  };
  const why = members.find((member) => member?.verified === false)?.why;
  return { ...beliefFrom(sum, 'members', why), state };
}

/** What is believed about one of these zones. */
export function believe(
  { zones, link }: { readonly zones: ReadonlyMap<string, Zone>; readonly link: Link },
  zone: Zone,
): Belief {
  const { settings, pinned, memory } = zone;
  if (settings.kind !== 'master') return believeSingle(zone, link);
  if (pinned) return beliefFrom(memory, 'scene', undefined);
  const members = settings.members.map((name) => zones.get(name));
  return believeMaster(
    members.map((member) =>
      member === undefined || member.settings.kind === 'master' ? undefined : believeSingle(member, link),
    ),
    memory,
  );
}
