/** All zones of the house together, with the connection they share and the motion that is still to be judged. */

import type { Now } from '../ports.js';
import { zoneTopic } from '../mqtt/topics.js';
import type { Motion } from './alert.js';
import type { AlertEffect, SecurityEffect } from './effect.js';
import type { Link } from './link.js';
import type { Passes } from './passes.js';
import { believe, topicsOf, type Belief, type Zone } from './zone.js';

/**
 * Motion that waits until the state of its zone is known. Of each sensor the first that came while the link was down
 * or before a restart (`gap`), and the first and the last in the instants after a connect: the zone may have been armed
 * between those.
 */
export type Waiting = {
  readonly motion: Motion;
  readonly kind: 'gap' | 'first' | 'last';
  /** When it was read, epoch ms. */
  readonly readAt: number;
};

/** The security part at work: one object, changed in place. */
export type Security = {
  baseTopic: string;
  /** In the order of the configuration. */
  zones: Map<string, Zone>;
  readonly link: Link;
  /** Undefined while the link is down. */
  passes: Passes | undefined;
  /** By `waitingKey`. */
  readonly waiting: Map<string, Waiting>;
  /** The last alert of each sensor since its zone was last disarmed, by alias. */
  readonly alertedAt: Map<string, { readonly zone: string; readonly at: number }>;
  /**
   * Alerts that the broker may not have yet, by id, oldest first: they are sent again after a restart, because
   * nothing in the log tells of them a second time (an entry delay that ended, a state that became known).
   */
  readonly undelivered: Map<string, AlertEffect>;
  /** Whether the broker has this alert from an earlier life, of which the log is read again. */
  readonly isDelivered: (id: string) => boolean;
  /** Topics that the stored session may hold subscriptions for. */
  subscribed: Set<string>;
  /** Notes from the start, to be emitted at the first opportunity. */
  readonly unsaid: SecurityEffect[];
  /** `snapshot` would differ from what was last asked to be stored. */
  changed: boolean;
};

/** So many undelivered alerts are remembered; without a broker none are raised. */
export const MOST_UNDELIVERED = 200;

/** Motion waits for the state at most this long after a connect, ms (docs/design.md, decision 8). */
export const WAIT_MS = 5000;

/** Every topic that has to be subscribed to, each once. */
export function topicsOfAll(security: Security): readonly string[] {
  return [...new Set([...security.zones.values()].flatMap((zone) => topicsOf(zone, security.baseTopic)))];
}

/** The state topics alone: what a verification asks for. Commands are never asked for again. */
export function stateTopics(security: Security): readonly string[] {
  return [...new Set([...security.zones.values()].flatMap((zone) => zone.tracker?.topic ?? []))];
}

/** One motion of each kind waits per sensor. */
export function waitingKey(alias: string, kind: Waiting['kind']): string {
  return `${kind} ${alias}`;
}

/** The command topic of a zone. */
export function commandTopic(security: Security, zone: Zone): string {
  return zoneTopic(security.baseTopic, zone.settings.zone, 'set');
}

/** What is believed about a zone of this house. */
export function beliefOf(security: Security, zone: Zone): Belief {
  return believe(zone, security.zones, security.link);
}

/** Whether motion in an unknown zone still has hope: the link is down, or came up less than 5 s ago. */
export function mayBecomeKnown(security: Security, now: Now): boolean {
  if (security.link.absent) return false;
  return !security.link.up || now.mono < security.link.upMono + WAIT_MS;
}

/** Notes a payload that people are told of once; true the first time. Of 50 different ones they have heard enough. */
export function tellOnce(zone: Zone, payload: string): boolean {
  if (zone.told.has(payload) || zone.told.size >= 50) return false;
  zone.told.add(payload);
  return true;
}

/** Notes a trouble that people are told of when it begins; true then. */
export function beginTrouble(zone: Zone, trouble: string): boolean {
  if (zone.troubles.has(trouble)) return false;
  zone.troubles.add(trouble);
  return true;
}
