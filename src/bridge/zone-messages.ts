/**
 * What is published of a zone: `state` (owned zones), `security`, `security_attributes` and `alarm`, all retained, and
 * `alert`, an event.
 */

import type { EventMessage, RetainedMessage } from '../mqtt/outgoing.js';
import { zoneTopic } from '../mqtt/topics.js';
import type { Alert, ZoneAttributes, ZoneChannel, ZoneValue } from '../security/security.js';
import { WHY } from '../security/tracker.js';

/** ISO 8601 in UTC, as Home Assistant wants it; null when there is no instant. */
function iso(at: number | undefined): string | null {
  if (at === undefined || at <= 0) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function attributesText(attributes: ZoneAttributes): string {
  const { since, verified, source, lastKnown, why, reported, whileAway, latch, refusedCommand } = attributes;
  return JSON.stringify({
    since: iso(since),
    verified,
    source,
    last_known: lastKnown?.state ?? null,
    last_known_since: iso(lastKnown?.since),
    reason: why === undefined ? null : WHY[why],
    reported: reported ?? null,
    while_away: whileAway,
    alarm_since: iso(latch?.at),
    alarm_sensor: latch?.alias ?? null,
    last_refused_command:
      refusedCommand === undefined ? null : { ...refusedCommand, at: iso(refusedCommand.at) },
  });
}

function textOf(said: ZoneValue): string {
  switch (said.channel) {
    case 'state':
      return said.value;
    case 'security':
      return said.value ?? 'None';
    case 'alarm':
      return said.value ? 'ON' : 'OFF';
    case 'security_attributes':
      return attributesText(said.value);
  }
}

/** A retained value of a zone. */
export function zoneMessage(baseTopic: string, zone: string, said: ZoneValue): RetainedMessage {
  return { kind: 'state', topic: zoneTopic(baseTopic, zone, said.channel), payload: textOf(said) };
}

/** Deletes the retained value of a zone. */
export function clearedZone(baseTopic: string, zone: string, channel: ZoneChannel): RetainedMessage {
  return { kind: 'state', topic: zoneTopic(baseTopic, zone, channel), payload: '' };
}

/** An alert, which stays one however late it is delivered: it says `at` itself. */
export function alertMessage(baseTopic: string, alert: Alert): EventMessage {
  const { id, at, zone, alias, address, source, security, verified, late } = alert;
  return {
    kind: 'event',
    topic: zoneTopic(baseTopic, zone, 'alert'),
    id,
    at,
    payload: JSON.stringify({
      event_type: 'alert',
      id,
      at: iso(at),
      zone,
      alias,
      address,
      source,
      security,
      verified,
      late,
    }),
  };
}
