/** What is published for a zone: `state` (owned), `security`, `security_attributes` and `alarm`, all retained. */

import { zoneTopic, type ZoneTopic } from '../mqtt/topics.js';
import type { WhyUnknown } from './tracker.js';
import type { Belief, Zone } from './zone.js';

/** ISO 8601 in UTC, as Home Assistant wants it; null when there is no instant. */
export function iso(at: number | undefined): string | null {
  if (at === undefined || at <= 0) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Topics of a zone that hold a retained payload of ours. */
export const RETAINED_ZONE_TOPICS: readonly ZoneTopic[] = [
  'state',
  'security',
  'security_attributes',
  'alarm',
];

/** Why a zone is unknown, for people. */
export const WHY: Readonly<Record<WhyUnknown | 'members_differ', string>> = {
  link_down: 'no connection to the broker',
  waiting: 'just connected, the state is being read',
  ambiguous: 'what was heard contradicts itself',
  nothing_retained: 'the broker has no retained message for it',
  cleared: 'the retained message was deleted',
  no_information: 'the source itself does not know',
  not_understood: 'the payload is not understood',
  members_differ: 'its members are not all in the same state',
  refused: 'the broker does not let us read the topic',
};

function attributes(zone: Zone, belief: Belief): string {
  const { latch, refusedCommand } = zone;
  const { lastKnown } = belief;
  return JSON.stringify({
    since: belief.state === undefined ? null : iso(belief.since),
    verified: belief.verified,
    source: belief.source,
    last_known: lastKnown?.state ?? null,
    last_known_since: iso(lastKnown?.since),
    reason: belief.why === undefined ? null : WHY[belief.why],
    reported: zone.reported ?? null,
    while_away: zone.whileAway,
    alarm_since: iso(latch?.at),
    alarm_sensor: latch?.alias ?? null,
    last_refused_command:
      refusedCommand === undefined ? null : { ...refusedCommand, at: iso(refusedCommand.at) },
  });
}

/** The payloads of a zone by topic. `alarm`: an alert of it (or of a member) is not over. */
export function publications(
  zone: Zone,
  belief: Belief,
  alarm: boolean,
  baseTopic: string,
): ReadonlyMap<string, string> {
  const topic = (name: ZoneTopic) => zoneTopic(baseTopic, zone.settings.zone, name);
  const payloads = new Map<string, string>();
  if (zone.truth !== undefined) payloads.set(topic('state'), zone.truth.state);
  payloads.set(topic('security'), belief.state ?? 'None');
  payloads.set(topic('alarm'), alarm ? 'ON' : 'OFF');
  payloads.set(topic('security_attributes'), attributes(zone, belief));
  return payloads;
}
