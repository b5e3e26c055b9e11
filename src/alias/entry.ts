/**
 * An entry of the alias file as far as import, checks and learning care for it. What an owner has written beside
 * that (hold time, modes, area) is nobody's business here and is never touched.
 */

import { isAlarmType, type SensorType } from '../sensor/types.js';
import { modelNamed, UNNAMED_MODEL } from '../x10/model.js';
import type { Model, ModelKind } from '../x10/model.js';
import type { Address, Addresses } from '../x10/address.js';

/** One entry. Undefined = not written down, so that the default counts. */
export type AliasEntry = Addresses & {
  /** heyu's label, the key in the file. */
  readonly alias: string;
  /** heyu's module name; undefined = plain X10. */
  readonly model?: string | undefined;
  readonly type?: SensorType | undefined;
  /** Name for people. */
  readonly name?: string | undefined;
  /** The unit that says dark (On) and light (Off). */
  readonly dusk?: Address | undefined;
  /** First part of its topics, by default the alias. */
  readonly topic?: string | undefined;
  /** Last part of unique ids, by default the address in lower case. */
  readonly id?: string | undefined;
  readonly ignore?: boolean;
};

/** The model of an entry; plain X10 when none, or an unknown one, is written down. */
export function modelOf(entry: AliasEntry): Model {
  return (entry.model === undefined ? undefined : modelNamed(entry.model)) ?? UNNAMED_MODEL;
}

/** True for what is taken for a motion sensor. */
export function isMotion(entry: AliasEntry): boolean {
  return entry.type === undefined ? modelOf(entry).kind === 'motion' : entry.type === 'motion';
}

const ALARM_KINDS: readonly ModelKind[] = ['motion', 'contact', 'smoke', 'glass', 'water'];

/** True for what can raise an alarm. */
export function raisesAlarm(entry: AliasEntry): boolean {
  return entry.type === undefined ? ALARM_KINDS.includes(modelOf(entry).kind) : isAlarmType(entry.type);
}

/** The last part of its unique ids. */
export function idOf(entry: AliasEntry): string {
  return entry.id ?? entry.address.toLowerCase();
}
