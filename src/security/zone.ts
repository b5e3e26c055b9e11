/**
 * One zone with everything that is known of it, and what the bridge believes about its state. External zones
 * believe their topic, owned zones their disk, master zones their members. Unknown is never disarmed.
 */

import { believeMaster } from './master-zone.js';
import type { Memory } from './memory.js';
import type { Link } from './link.js';
import type { Truth } from './owned-zone.js';
import type { ZoneSettings } from './settings.js';
import { createTracker, type Tracker, type WhyUnknown } from './tracker.js';
import type { ArmedMode, SecurityState } from './vocabulary.js';
import { zoneTopic } from '../mqtt/topics.js';

/** The first alert since the zone was last disarmed. */
export type Latch = { readonly id: string; readonly at: number; readonly alias: string | null };

/** A command that was not obeyed, for people to see. */
export type RefusedCommand = { readonly command: string; readonly at: number; readonly reason: string };

/** A zone at work. */
export type Zone = {
  settings: ZoneSettings;
  /** External: the state topic. Owned: our own `.../state`, to compare with the disk. Master: none. */
  tracker: Tracker | undefined;
  /** Owned: what is true; undefined = never set. */
  truth: Truth | undefined;
  /** Owned: the end of the exit or entry delay, monotonic ms. */
  delayUntilMono: number | undefined;
  /** Owned: the truth that was last published. */
  announced: Truth | undefined;
  /** Owned: the last word heard on our own `.../state` since the last SUBSCRIBE. */
  ownWord: string | undefined;
  /** External and master: the last known state. */
  memory: Memory | undefined;
  /** External: `memory` has been compared with what this connection says. */
  compared: boolean;
  /** The state was set by hand, for `explain`: it needs no connection. */
  pinned: boolean;
  latch: Latch | undefined;
  refusedCommand: RefusedCommand | undefined;
  /** Owned: when the last order that was obeyed was given, epoch ms. */
  orderedAt: number | undefined;
  /** The last words heard on the state topic, as the source says them. */
  reported: string | undefined;
  /** Queued copies that came with the last connect. */
  whileAway: readonly SecurityState[];
  /** Payloads that people have been told of, at most 50. */
  readonly told: Set<string>;
  /** Troubles that people have been told of and that are not over. */
  readonly troubles: Set<string>;
  /** What was last published, by topic. */
  readonly published: Map<string, string>;
};

/** What the bridge believes about a zone. */
export type Belief = {
  /** undefined = unknown. */
  readonly state: SecurityState | undefined;
  /** When the state (or the last known one) began, epoch ms. */
  readonly since: number | undefined;
  /** Where it is from: a topic, `disk`, `members` or `scene`. */
  readonly source: string;
  /** Known for certain in this connection. */
  readonly verified: boolean;
  readonly why: WhyUnknown | 'members_differ' | undefined;
  readonly mode: ArmedMode | undefined;
  readonly armedSince: number | undefined;
  /** The last known state; the present one when it is known. */
  readonly lastKnown: Memory | undefined;
};

/** The topic that tells this zone's state to us, undefined for master zones. */
export function stateTopic(settings: ZoneSettings, baseTopic: string): string | undefined {
  if (settings.kind === 'external') return settings.stateTopic;
  return settings.kind === 'owned' ? zoneTopic(baseTopic, settings.zone, 'state') : undefined;
}

/** The topics that a zone needs to be subscribed to. */
export function topicsOf(zone: Zone, baseTopic: string): readonly string[] {
  const { settings, tracker } = zone;
  const set = settings.kind === 'external' ? [] : [zoneTopic(baseTopic, settings.zone, 'set')];
  return tracker === undefined ? set : [tracker.topic, ...set];
}

/** A zone of which nothing is known. */
export function createZone(settings: ZoneSettings, baseTopic: string): Zone {
  const topic = stateTopic(settings, baseTopic);
  return {
    settings,
    tracker: topic === undefined ? undefined : createTracker(topic),
    truth: undefined,
    delayUntilMono: undefined,
    announced: undefined,
    ownWord: undefined,
    memory: undefined,
    compared: false,
    pinned: false,
    latch: undefined,
    refusedCommand: undefined,
    orderedAt: undefined,
    reported: undefined,
    whileAway: [],
    told: new Set(),
    troubles: new Set(),
    published: new Map(),
  };
}

function from(memory: Memory | undefined, source: string, why: WhyUnknown | undefined): Belief {
  const known = why === undefined && memory !== undefined;
  return {
    state: known ? memory.state : undefined,
    since: memory?.since,
    source,
    verified: known,
    why: known ? undefined : (why ?? 'waiting'),
    mode: memory?.mode,
    armedSince: memory?.armedSince,
    lastKnown: memory,
  };
}

/** What is believed about an external or owned zone. */
function believeSingle(zone: Zone, link: Link): Belief {
  const { settings, tracker } = zone;
  const memory = zone.truth ?? zone.memory;
  if (zone.pinned) return from(memory, 'scene', undefined);
  const source = zone.truth !== undefined ? 'disk' : (tracker?.topic ?? 'disk');
  if (!link.up && !(link.absent && settings.kind === 'owned')) return from(memory, source, 'link_down');
  // an owned zone is what its disk says, unless a command may still be waiting in the queue
  if (settings.kind === 'owned') return from(memory, source, link.draining ? 'waiting' : undefined);
  return from(memory, source, tracker?.state === undefined ? (tracker?.why ?? 'waiting') : undefined);
}

/** What is believed about a zone. `zones` holds the members of a master zone. */
export function believe(zone: Zone, zones: ReadonlyMap<string, Zone>, link: Link): Belief {
  if (zone.settings.kind !== 'master') return believeSingle(zone, link);
  if (zone.pinned) return from(zone.memory, 'scene', undefined);
  const members = zone.settings.members.map((name) => {
    const member = zones.get(name);
    return member === undefined || member.settings.kind === 'master'
      ? undefined
      : believeSingle(member, link);
  });
  return believeMaster(members, zone.memory);
}
