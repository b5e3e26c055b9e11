/**
 * What the broker sends again because it was not acknowledged (MQTT 3.1.1 and 5.0, section 4.4). DUP alone does not tell
 * whether it has come before, but it has the packet identifier of the first time, which no other message may have until
 * the broker has the acknowledgement. So a zone remembers by it what it has settled. docs/design.md, decision 9.
 */

import { MINUTE } from '../common/duration.js';
import type { Received } from '../ports.js';
import type { Security, Step } from './security.js';
import { commandWord } from './vocabulary.js';
import type { Order, Zone } from './zone.js';

/** More are hardly on their way at a time: mosquitto sends 20 before it waits. */
const MOST_SETTLED = 20;
/** What comes again so much later than it could be obeyed is too old by itself. */
const MARGIN_MS = MINUTE;

/** The command of this order has had its effect in the zone, or was refused: it does not count when it comes again. */
export function settle({ security, now }: Step, zone: Zone, { command, delivery }: Order): void {
  if (delivery === undefined) return;
  const { id } = delivery;
  const others = zone.settled.filter((each) => each.id !== id);
  zone.settled = [...others, { id, command: commandWord(command), at: now.at }].slice(-MOST_SETTLED);
  security.changed = true;
}

/** It was settled when it came before. RabbitMQ numbers anew in each connection: long afterwards it is another one. */
export function wasSettled(
  { security, now }: Step,
  { settled, settings }: Zone,
  { command, delivery }: Order,
): boolean {
  if (delivery?.isRepeated !== true) return false;
  const one = settled.find(({ id }) => id === delivery.id);
  if (one?.command !== commandWord(command)) return false;
  return security.ageMs(one.at, now.at) <= settings.commandMaxAgeMs + MARGIN_MS;
}

/** Its code is being checked since it came before. */
export function isBeingChecked({ check }: Zone, { delivery }: Order): boolean {
  return delivery?.isRepeated === true && check?.order.delivery?.id === delivery.id;
}

/** A message that is not sent again has an identifier that was free: what had it before is acknowledged. */
export function freeIdentifier(security: Security, { id, duplicate }: Received): void {
  if (id === undefined || duplicate) return;
  for (const zone of security.zones.values()) {
    if (!zone.settled.some((each) => each.id === id)) continue;
    zone.settled = zone.settled.filter((each) => each.id !== id);
    security.changed = true;
  }
}

/** Another session numbers anew. */
export function forgetIdentifiers({ zones }: Security): void {
  for (const zone of zones.values()) zone.settled = [];
}
