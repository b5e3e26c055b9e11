/**
 * Commands to owned zones: from their `.../set` topic, from heyu's own armed state and from keyfobs. What was
 * said too long ago is recorded, not obeyed: a disarming of two days ago must not disarm.
 */

import type { Now, Received } from '../ports.js';
import { causeOf, raise, setTruth } from './alarm.js';
import type { Emit } from './effect.js';
import { tellOnce, type Security } from './house.js';
import { doubt, obey } from './owned-zone.js';
import { excerpt } from './payload.js';
import { commandWord, readCommand, type Command } from './vocabulary.js';
import type { Zone } from './zone.js';

/** Who commands, and how. */
export type Order = {
  readonly command: Command;
  /** How long ago it was said, ms. Infinity = not known. */
  readonly ageMs: number;
  /** It stands in the log with this instant (epoch ms, a whole second); undefined = it comes from the broker. */
  readonly loggedAt: number | undefined;
  /** Arm without exit delay. */
  readonly immediate: boolean;
  /** For notes: a topic, `heyu`, or the alias of a keyfob. */
  readonly source: string;
};

/** Stamps are whole seconds. */
const SECOND_MS = 1000;

function refuse(
  security: Security,
  zone: Zone,
  command: string,
  reason: string,
  source: string,
  now: Now,
  emit: Emit,
): void {
  zone.refusedCommand = { command, at: now.at, reason };
  security.changed = true;
  emit({
    kind: 'note',
    level: 'warn',
    fields: { zone: zone.settings.zone, command, source },
    message: `command not obeyed: ${reason}`,
  });
}

/** Gives an order to an owned zone. */
export function order(security: Security, zone: Zone, given: Order, now: Now, emit: Emit): void {
  const { command, ageMs, loggedAt, immediate, source } = given;
  const { settings, truth } = zone;
  const word = commandWord(command);
  if (loggedAt !== undefined && loggedAt + SECOND_MS <= (zone.orderedAt ?? -Infinity)) {
    // after a crash the log is read again; what was ordered since counts
    emit({
      kind: 'note',
      level: 'info',
      fields: { zone: settings.zone, command: word, source },
      message: 'command is older than the last one that was obeyed: it changes nothing',
    });
    return;
  }
  if (ageMs > settings.commandMaxAgeMs) {
    const age = Number.isFinite(ageMs) ? `may be ${Math.round(ageMs / 1000)} s old` : 'is of unknown age';
    const limit = Math.round(settings.commandMaxAgeMs / 1000);
    refuse(security, zone, word, `it ${age}, more than command_max_age (${limit} s)`, source, now, emit);
    // somebody did want to disarm: motion from before that is no alarm
    if (command.kind === 'disarm' && truth !== undefined) setTruth(security, zone, doubt(truth, now.at), now);
    return;
  }
  zone.orderedAt = Math.max(zone.orderedAt ?? -Infinity, loggedAt ?? now.at);
  security.changed = true;
  // what stands behind it in the log, and is read late with it, is judged by it
  const at = loggedAt === undefined ? now.at : Math.min(now.at, loggedAt + SECOND_MS);
  const next = obey(truth, command, settings, at, immediate);
  emit({
    kind: 'note',
    level: 'info',
    fields: { zone: settings.zone, command: word, source, from: truth?.state ?? 'unknown', to: next.state },
    message: next === truth ? 'command changes nothing' : 'command obeyed',
  });
  if (command.kind === 'trigger' && truth?.state !== 'triggered') {
    setTruth(security, zone, next, now);
    const grounds = { security: truth?.state ?? 'unknown', verified: true, late: false };
    raise(security, zone, causeOf(zone, next, now, source), grounds, now, emit);
    return;
  }
  setTruth(security, zone, next, now);
}

/** The owned zones that an order to `zone` goes to: itself, or the owned members of a master zone. */
function addressees(security: Security, zone: Zone): readonly Zone[] {
  if (zone.settings.kind === 'owned') return [zone];
  return zone.settings.members.flatMap((name) => {
    const member = security.zones.get(name);
    return member?.settings.kind === 'owned' ? [member] : [];
  });
}

/** A message on a zone's `.../set` topic. */
export function commandReceived(
  security: Security,
  zone: Zone,
  message: Received,
  now: Now,
  emit: Emit,
): void {
  const { topic, payload } = message;
  if (payload.length === 0) return;
  const text = excerpt(payload);
  if (message.retain) {
    if (!tellOnce(zone, `command ${text}`)) return;
    const reason = `it is retained, and commands must not be (delete it: mosquitto_pub -r -n -t '${topic}')`;
    refuse(security, zone, text, reason, topic, now, emit);
    return;
  }
  const command = readCommand(payload, zone.settings);
  if (command === undefined) {
    refuse(security, zone, text, 'it is not understood', topic, now, emit);
    return;
  }
  const zones = addressees(security, zone);
  if (zones.length === 0) {
    refuse(security, zone, text, 'none of its zones can be commanded by the bridge', topic, now, emit);
    return;
  }
  const ageMs = security.link.draining ? security.link.awayMs : 0;
  for (const addressee of zones) {
    order(
      security,
      addressee,
      { command, ageMs, loggedAt: undefined, immediate: false, source: topic },
      now,
      emit,
    );
  }
}
