/**
 * Commands to owned zones: from their `.../set` topic, from heyu's own armed state and from keyfobs. A command that is
 * too old is recorded, not obeyed: a disarm of two days ago must not disarm the house.
 */

import { SECOND } from '../common/duration.js';
import type { Received } from '../ports.js';
import { isOfNow, waitedMs } from './broker-link.js';
import { bypassOpen, endSilence, refusal, switchBypass } from './bypass.js';
import { causeOf, endEntry, raise, setTruth } from './alert.js';
import { afterWrongCode, lockedMs, needsCode } from './codes.js';
import { endEmergency } from './emergency.js';
import { doubt, obey } from './owned-zone.js';
import { isBeingChecked, settle, wasSettled } from './redelivery.js';
import { isFirstMention, note, tellEvent, type Security, type Step } from './security.js';
import { refresh } from './refresh.js';
import {
  commandFor,
  commandWord,
  namedCommand,
  readBypass,
  readCode,
  readCommand,
  type Command,
} from './vocabulary.js';
import { delayIn, type Order, type Zone, type ZoneSettings } from './zone.js';

function refuse(step: Step, zone: Zone, command: string, reason: string, source: string): void {
  zone.refusedCommand = { command, at: step.now.at, reason };
  step.security.changed = true;
  note(step, 'warn', `command not obeyed: ${reason}`, { zone: zone.settings.zone, command, source });
}

/** What stands open where the owner does not want that, in words: a key shows no answer. */
function obstacleTo(step: Step, zone: Zone, { command, loggedAt, immediate }: Order): string | undefined {
  const { truth, settings } = zone;
  if (command.kind !== 'arm' || command.force === true || loggedAt !== undefined) return undefined;
  // the alarm of an armed zone continues in any case
  if (truth?.state === 'pending' || truth?.state === 'triggered') return undefined;
  const hasTime =
    !immediate && truth?.armedSince === undefined && delayIn(settings.exitDelayMs, command.mode) > 0;
  return refusal(step, zone, command.mode, hasTime);
}

/**
 * Whether a DISARM for these zones answers the alarm of what guards always in one of them: it ends it, or has ended it
 * when it was heard before (the log is read again, the broker delivers a message twice).
 */
function isAnswer({ now }: Step, zones: readonly Zone[], { command, ageMs }: Order): boolean {
  if (command.kind !== 'disarm') return false;
  return zones.some(
    ({ emergency }) => emergency !== undefined && (emergency.endedAt ?? Infinity) > now.at - ageMs,
  );
}

/** What belongs to an order beside itself. */
type Given = {
  /** It answers an alarm of what guards always, here or in a zone beside it. */
  readonly answers: boolean;
  /** What was typed with it. */
  readonly code?: string | undefined;
  /** Who has typed a code that was right. */
  readonly by?: string;
};

/** A zone does not obey, and will not when the command comes again. */
function refuseOrder(step: Step, zone: Zone, order: Order, reason: string): void {
  refuse(step, zone, commandWord(order.command), reason, order.source);
  settle(step, zone, order);
}

/** A zone does not obey because of the code; a master zone names all that do not. */
function refuseCode(step: Step, zone: Zone, order: Order, reason: string): void {
  const { command, master } = order;
  refuseOrder(step, zone, order, reason);
  if (master === undefined) return;
  master.refusing.push(`${zone.settings.name}: ${reason}`);
  master.zone.refusedCommand = {
    command: commandWord(command),
    at: step.now.at,
    reason: master.refusing.join('; '),
  };
}

/** A command waits for the check of its code, or is not obeyed: without one, and while codes are locked out. */
function askForCode(step: Step, zone: Zone, order: Order, { answers, code }: Given): void {
  const { now, emit } = step;
  if (code === undefined) return refuseCode(step, zone, order, 'it needs a code');
  const lockMs = lockedMs(zone, now);
  const locked = `after too many wrong codes no code is accepted for another ${Math.ceil(lockMs / 1000)} s`;
  if (lockMs > 0) return refuseCode(step, zone, order, locked);
  if (isBeingChecked(zone, order)) return;
  if (zone.check !== undefined) return refuseCode(step, zone, order, 'another code is being checked');
  zone.check = { order, answers, startedMono: now.mono, isOvertaken: false, rearmed: undefined };
  emit({ kind: 'check_code', zone: zone.settings.zone, code, startedMono: now.mono });
}

/** What came out of the check of a code: it is right, wrong, or could not be checked. */
export type CodeResult = { readonly by: string } | 'wrong' | 'failed';

/** A code was checked; `startedMono` tells which one. */
export function codeChecked(step: Step, name: string, startedMono: number, result: CodeResult): void {
  const { security, now } = step;
  const zone = security.zones.get(name);
  if (zone?.check?.startedMono !== startedMono) return;
  const { order, answers, isOvertaken, rearmed } = zone.check;
  zone.check = undefined;
  if (result === 'failed') refuseCode(step, zone, order, 'the code could not be checked');
  else if (result === 'wrong') {
    zone.wrongCodes = afterWrongCode(zone.wrongCodes, now);
    refuseCode(step, zone, order, 'the code is wrong');
    tellEvent(step, zone, { type: 'wrong_code', sensors: [] });
  } else {
    zone.wrongCodes = undefined;
    security.changed = true;
    if (isOvertaken) {
      refuseCode(step, zone, order, 'another command was obeyed while its code was checked');
    } else {
      const proven = { ...order, isProven: true };
      endOfMaster(step, proven);
      give(step, zone, proven, { answers, by: result.by });
      if (rearmed !== undefined) {
        // the alarm ends with what is disarmed
        refresh(step);
        give(step, zone, atOnce(rearmed), { answers: false });
      }
    }
  }
  refresh(step);
}

/** An order that is obeyed now, without a code; like a key, it arms although something is open. */
function atOnce({ command, immediate, source }: Pick<Order, 'command' | 'immediate' | 'source'>): Order {
  const forced = command.kind === 'arm' ? { ...command, force: true } : command;
  return { command: forced, ageMs: 0, immediate, source, isProven: true };
}

/** What was read before the order that has armed a zone at `at` was before it, also in the second of its stamp. */
function readBefore({ waiting }: Security, name: string, at: number): void {
  for (const [key, each] of waiting)
    if (each.signal.zone === name) waiting.set(key, { ...each, readAt: Math.min(each.readAt, at - 1) });
}

/** Gives an order to an owned zone. */
function give(step: Step, zone: Zone, order: Order, given: Given): void {
  const { answers } = given;
  const { security, now } = step;
  const { command, ageMs, loggedAt, immediate, source } = order;
  const { settings, truth } = zone;
  const word = commandWord(command);
  const fields = { zone: settings.zone, command: word, source };
  // stamps of the log are whole seconds
  if (loggedAt !== undefined && loggedAt + SECOND <= (zone.orderedAt ?? -Infinity)) {
    // after a crash the log is read again; what was ordered since counts
    return note(
      step,
      'info',
      'command is older than the last one that was obeyed: it changes nothing',
      fields,
    );
  }
  if (loggedAt === undefined && order.isProven !== true && needsCode(zone, command, answers))
    return askForCode(step, zone, order, given);
  if (ageMs > settings.commandMaxAgeMs) {
    const age = Number.isFinite(ageMs) ? `may be ${Math.round(ageMs / 1000)} s old` : 'is of unknown age';
    const limit = Math.round(settings.commandMaxAgeMs / 1000);
    refuseOrder(step, zone, order, `it ${age}, more than command_max_age (${limit} s)`);
    // the owner wanted to disarm: motion from before that is not an alarm
    if (command.kind === 'disarm' && truth !== undefined) setTruth(step, zone, doubt(truth, now.at));
    return;
  }
  const obstacle = obstacleTo(step, zone, order);
  if (obstacle !== undefined) return refuseOrder(step, zone, order, obstacle);
  zone.orderedAt = Math.max(zone.orderedAt ?? -Infinity, loggedAt ?? now.at);
  settle(step, zone, order);
  security.changed = true;
  // what stands behind it in the log, and is read late with it, is judged by it
  const at = loggedAt === undefined ? now.at : Math.min(now.at, loggedAt + SECOND);
  if (command.kind === 'disarm') endEmergency({ security, now: { ...now, at } }, zone);
  // who ends the alarm of a smoke detector has not left the house unguarded
  const isKept = answers && truth !== undefined && truth.state !== 'pending' && truth.state !== 'triggered';
  const obeyed = isKept ? truth : obey(truth, command, settings, at, immediate);
  const next =
    obeyed === truth ? truth : { ...obeyed, by: given.by === undefined ? { source } : { code: given.by } };
  note(step, 'info', next === truth && !answers ? 'command changes nothing' : 'command obeyed', {
    ...fields,
    from: truth?.state ?? 'unknown',
    to: next.state,
  });
  if (next.state === 'triggered') endEntry(step, zone, true);
  setTruth(step, zone, next);
  // one that changes nothing needs no code, and must not keep somebody from disarming
  if (zone.check !== undefined && next !== truth) {
    // a code counts from its arrival: who arms during an alarm or an entry delay does not keep one from ending it either
    const isRearmed = next.state === truth?.state && next.state !== 'arming';
    zone.check = isRearmed ? { ...zone.check, rearmed: order } : { ...zone.check, isOvertaken: true };
  }
  if (next.state === 'disarmed') endSilence(security, zone);
  if (next !== truth) bypassOpen(step, zone);
  if (next.armedSince === at && truth?.armedSince !== at) readBefore(security, settings.zone, at);
  if (command.kind !== 'trigger' || truth?.state === 'triggered') return;
  const grounds = { security: truth?.state ?? 'unknown', verified: true };
  raise(step, zone, causeOf(zone, next, now.at, source), grounds);
}

/** The owned zones that an order to `zone` goes to: itself, or the owned members of a master zone. */
function addressees({ zones }: Security, zone: Zone): readonly Zone[] {
  if (zone.settings.kind === 'owned') return [zone];
  return zone.settings.members.flatMap((name) => {
    const member = zones.get(name);
    return member?.settings.kind === 'owned' ? [member] : [];
  });
}

/** A message on a zone's `.../set` topic. */
export function commandReceived(step: Step, zone: Zone, message: Received): void {
  const { security, now } = step;
  const { topic, payload, retain, duplicate, id } = message;
  if (payload.length === 0) return;
  const text = namedCommand(payload, zone.settings);
  if (retain) {
    if (!isFirstMention(zone, `command ${text}`)) return;
    const reason = `it is retained, and commands must not be (delete it: mosquitto_pub -r -n -t '${topic}')`;
    return refuse(step, zone, text, reason, topic);
  }
  const bypass = readBypass(payload);
  if (bypass !== undefined) return bypassed(step, zone, bypass, message);
  const command = readCommand(payload, zone.settings);
  if (command === undefined) return refuse(step, zone, text, 'it is not understood', topic);
  const ageMs = waitedMs(security.link, message, now.mono);
  const delivery = id === undefined ? undefined : { id, isRepeated: duplicate };
  const order = { command, ageMs, immediate: false, source: topic, delivery };
  if (!giveAll(step, zone, order, readCode(payload))) refuse(step, zone, text, NOT_OURS, topic);
}

const NOT_OURS = 'none of its zones can be commanded by the bridge';

/** Gives an order to a zone, or to those that it sums up; false when none of them obeys the bridge. */
function giveAll(step: Step, zone: Zone, ordered: Order, code?: string): boolean {
  const master = zone.settings.kind === 'master' ? { zone, refusing: [] } : undefined;
  const order = { ...ordered, master };
  const zones = addressees(step.security, zone);
  const answers = isAnswer(step, [zone, ...zones], order);
  endOfMaster(step, order);
  for (const addressee of zones) {
    if (!wasSettled(step, addressee, order)) give(step, addressee, order, { answers, code });
    else {
      const fields = {
        zone: addressee.settings.zone,
        command: commandWord(order.command),
        source: order.source,
      };
      note(step, 'info', 'the broker has sent a command again: it was settled before', fields);
    }
  }
  return zones.length > 0;
}

/** A DISARM ends the alarm of what guards always in the master zone itself; if one of its zones has codes, by a code. */
function endOfMaster(step: Step, order: Order): void {
  const { command, ageMs, master, isProven = false } = order;
  if (master === undefined || command.kind !== 'disarm' || wasSettled(step, master.zone, order)) return;
  const { settings } = master.zone;
  if (ageMs > settings.commandMaxAgeMs || (!isProven && settings.hasCodes)) return;
  endEmergency(step, master.zone);
  settle(step, master.zone, order);
}

/**
 * Root on this machine commands a zone: obeyed at once, with or without a broker. Like a key, it arms although
 * something is open. Returns the reason in words if the bridge can command no part of the zone.
 */
export function locallyCommanded(
  step: Step,
  zone: Zone,
  command: Exclude<Command, { kind: 'trigger' }>,
): string | undefined {
  const isOurs = giveAll(step, zone, atOnce({ command, immediate: false, source: 'this machine' }));
  if (!isOurs) return NOT_OURS;
  refresh(step);
  return undefined;
}

/** A command to bypass a sensor of the zone, or to end that. */
function bypassed(
  step: Step,
  zone: Zone,
  { alias, isOn }: NonNullable<ReturnType<typeof readBypass>>,
  message: Received,
): void {
  const { security, now } = step;
  const source = message.topic;
  const word = isOn ? 'BYPASS' : 'UNBYPASS';
  // that a sensor guards again is right however late it is said
  const isOld = isOn && !isOfNow(security.link, message, now.mono);
  const obstacle = isOld ? 'it may have waited for long' : switchBypass(step, zone, alias, isOn);
  if (obstacle !== undefined) refuse(step, zone, word, obstacle, source);
  else note(step, 'info', 'command obeyed', { zone: zone.settings.zone, command: word, alias, source });
}

/** A line of the log commands some of the owned zones. */
function logged(
  step: Step,
  chosen: (settings: ZoneSettings) => boolean,
  said: Pick<Order, 'command' | 'immediate' | 'source'>,
  loggedAt: number,
): void {
  const { security, now } = step;
  const order = { ...said, ageMs: Math.max(0, now.at - loggedAt), loggedAt };
  const zones = [...security.zones.values()].filter(
    ({ settings }) => settings.kind === 'owned' && chosen(settings),
  );
  const answers = isAnswer(step, zones, order);
  for (const zone of zones) give(step, zone, order, { answers });
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
  const owned = [...step.security.zones.values()].filter(({ settings }) => settings.kind === 'owned');
  const [first] = owned;
  const isObeyed = owned.some(({ settings }) => settings.keyfobs.includes(alias));
  if (first !== undefined && !isObeyed && isFirstMention(first, `keyfob ${alias}`))
    note(
      step,
      'warn',
      'no zone obeys this keyfob: name it in keyfobs of the zone that it may arm and disarm',
      {
        alias,
        key: action,
      },
    );
  logged(step, ({ keyfobs }) => keyfobs.includes(alias), { command, immediate, source: alias }, at);
}
