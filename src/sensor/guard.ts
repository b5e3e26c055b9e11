/**
 * What a signal of a sensor means for the alarm: its kind (`kind`), when it counts (`guard`), and whether it has the
 * entry delay (`entry`). One table, and the owner's alias keys `guard` and `entry`, which override it.
 */

import type { AlarmType } from './types.js';

/** When a signal is an alert: while its zone is armed; always, even without a zone; never. */
export const GUARDS = ['armed', 'always', 'off'] as const;

/** One of them. */
export type Guard = (typeof GUARDS)[number];

/** Whether a signal has the entry delay of its zone or raises the alarm at once; `auto`: by its kind. */
export const ENTRIES = ['auto', 'delayed', 'immediate'] as const;

/** What the owner says of it. */
export type EntryRule = (typeof ENTRIES)[number];

/** What it comes to. */
type Entry = Exclude<EntryRule, 'auto'>;

/** What a signal means: the purpose of the sensor, tampering, or a panic key. */
export type SignalKind = AlarmType | 'tamper' | 'panic';

/** What a kind of signal is of which the owner has said nothing. `switch`: the switch of the sensor says it. */
type KindForm = { readonly guard: Exclude<Guard, 'off'>; readonly entry: Entry | 'switch' };

const KINDS: Readonly<Record<SignalKind, KindForm>> = {
  motion: { guard: 'armed', entry: 'delayed' },
  door: { guard: 'armed', entry: 'delayed' },
  garage: { guard: 'armed', entry: 'delayed' },
  window: { guard: 'armed', entry: 'switch' },
  opening: { guard: 'armed', entry: 'switch' },
  glass: { guard: 'armed', entry: 'immediate' },
  tamper: { guard: 'armed', entry: 'immediate' },
  smoke: { guard: 'always', entry: 'immediate' },
  water: { guard: 'always', entry: 'immediate' },
  panic: { guard: 'always', entry: 'immediate' },
};

/** The delay switch of a security sensor: `swMin`, `swMax`; undefined where it has none. */
export type DelaySwitch = 'min' | 'max' | undefined;

/** When a signal of this kind is an alert. */
export function guardOf({ guard }: { readonly guard: Guard | undefined }, kind: SignalKind): Guard {
  return guard ?? KINDS[kind].guard;
}

/** What a signal of this kind is to the alarm. */
export function signalForm(
  sensor: { readonly guard: Guard | undefined; readonly entry: EntryRule },
  kind: SignalKind,
  delay: DelaySwitch,
): { readonly kind: SignalKind; readonly guard: Guard; readonly entry: Entry } {
  const form = KINDS[kind];
  const own = form.entry === 'switch' ? (delay === 'max' ? 'delayed' : 'immediate') : form.entry;
  // who tampers with a door contact does not come in by the door
  const isAuto = sensor.entry === 'auto' || kind === 'tamper' || kind === 'panic';
  return { kind, guard: guardOf(sensor, kind), entry: isAuto ? own : sensor.entry };
}
