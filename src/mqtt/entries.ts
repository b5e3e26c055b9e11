/** Where the messages of the outbox are: in the line, before the gate of a save, on standby, or in flight. */

import type { Outgoing } from './outgoing.js';
import { createWaitingLine } from './waiting-line.js';

/** A message on its way through the outbox. */
export type Entry = {
  readonly sequence: number;
  readonly message: Outgoing;
  /** The save it waits for; 0 = none. */
  readonly gate: number;
  /** `gate` = waits for a save, `standby` = waits until the older value of its topic has come through. */
  place: 'line' | 'gate' | 'standby' | 'flight';
  payload: string;
  /** It has been sent before: its payload is fixed. */
  tried: boolean;
  ahead: Entry | undefined;
  behind: Entry | undefined;
};

export type Entries = {
  /** Counts on: the number of the message that comes now. */
  readonly nextNumber: () => number;
  /** Takes in a message under the latest number; it is nowhere yet. */
  readonly enter: (message: Outgoing, gate: number) => Entry;
  /** Lets an entry wait in the line, or before the gate when its save has not come. */
  readonly wait: (entry: Entry) => void;
  /** Takes it out of the line until it waits again. */
  readonly standBy: (entry: Entry) => void;
  /** The first of the line; it stays there. */
  readonly first: () => Entry | undefined;
  /** From the line, or from nowhere, into flight. */
  readonly takeOff: (entry: Entry) => void;
  /** From flight to nowhere. */
  readonly land: (entry: Entry) => void;
  /** Takes it out of wherever it is, for good. */
  readonly settle: (entry: Entry) => void;
  /** Hands out what waited for this save or an earlier one, in order; it is nowhere then. */
  readonly openGate: (number: number) => readonly Entry[];
  /** Everything in the line and before the gate. */
  readonly waiting: () => readonly Entry[];
  readonly flying: () => readonly Entry[];
  readonly inFlight: (sequence: number) => Entry | undefined;
  /** How many are in flight, how many are not settled, how many of these are events. */
  readonly sizes: () => { readonly flight: number; readonly unsettled: number; readonly events: number };
  /** The lowest number that is not settled, or the next to be given. */
  readonly oldestUnsettled: () => number;
};

export function createEntries(): Entries {
  const line = createWaitingLine<Entry>();
  const gated = createWaitingLine<Entry>();
  /** Events of these topics wait for this save: later ones must not overtake them. */
  const gates = new Map<string, number>();
  const flight = new Map<number, Entry>();
  const unsettled = new Map<number, Entry>();
  let sequence = 0;
  let savedUpTo = 0;
  let events = 0;

  return {
    nextNumber: () => (sequence += 1),
    enter: (message, afterSave) => {
      const { kind, topic, payload } = message;
      let gate = afterSave;
      if (kind === 'event') {
        events += 1;
        gate = Math.max(gate, gates.get(topic) ?? 0);
        if (gate > savedUpTo) gates.set(topic, gate);
      }
      const place = 'standby';
      const nobody = { ahead: undefined, behind: undefined };
      const entry: Entry = { sequence, message, gate, place, payload, tried: false, ...nobody };
      unsettled.set(sequence, entry);
      return entry;
    },
    wait: (entry) => {
      entry.place = entry.gate > savedUpTo ? 'gate' : 'line';
      (entry.place === 'gate' ? gated : line).join(entry);
    },
    standBy: (entry) => {
      if (entry.place === 'line') line.leave(entry);
      entry.place = 'standby';
    },
    first: line.first,
    takeOff: (entry) => {
      if (entry.place === 'line') line.leave(entry);
      entry.place = 'flight';
      entry.tried = true;
      flight.set(entry.sequence, entry);
    },
    land: (entry) => {
      flight.delete(entry.sequence);
      entry.place = 'standby';
    },
    settle: (entry) => {
      if (entry.place === 'line') line.leave(entry);
      else if (entry.place === 'gate') gated.leave(entry);
      else if (entry.place === 'flight') flight.delete(entry.sequence);
      unsettled.delete(entry.sequence);
      if (entry.message.kind === 'event') events -= 1;
    },
    openGate: (number) => {
      savedUpTo = Math.max(savedUpTo, number);
      for (const [topic, gate] of gates) if (gate <= savedUpTo) gates.delete(topic);
      const free = inLine(gated.first()).filter(({ gate }) => gate <= savedUpTo);
      for (const entry of free) {
        gated.leave(entry);
        entry.place = 'standby';
      }
      return free;
    },
    waiting: () => [...inLine(line.first()), ...inLine(gated.first())],
    flying: () => [...flight.values()],
    inFlight: (number) => flight.get(number),
    sizes: () => ({ flight: flight.size, unsettled: unsettled.size, events }),
    oldestUnsettled: () => {
      for (const oldest of unsettled.keys()) return oldest;
      return sequence + 1;
    },
  };
}

function inLine(first: Entry | undefined): Entry[] {
  const entries: Entry[] = [];
  for (let entry = first; entry !== undefined; entry = entry.behind) entries.push(entry);
  return entries;
}
