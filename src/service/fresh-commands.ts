/**
 * Whether commands for lamps are given now, or may have waited at the broker. Nothing marks a message as old, and a
 * long queue goes on after the SUBACK: so commands count from the first pause on, as the zones' state does.
 */

import { QUIET_MS } from '../security/freshness.js';

/** What is known of it in one connection. Times are monotonic ms. */
export type FreshCommands = {
  /** The broker kept a session, or we stood still. */
  mayBeOld: boolean;
  isAnswered: boolean;
  askedMono: number;
  heardMono: number;
};

/** Messages that never pause are not waited for any longer. */
const LONGEST_MS = 30_000;

/** Before the first connect. */
export function noCommands(): FreshCommands {
  return { mayBeOld: true, isAnswered: false, askedMono: 0, heardMono: 0 };
}

/** A SUBSCRIBE goes out; `mayBeOld`: what comes may have waited. */
export function asked(mayBeOld: boolean, mono: number): FreshCommands {
  return { mayBeOld, isAnswered: false, askedMono: mono, heardMono: mono };
}

/** A SUBACK has come. */
export function answered(commands: FreshCommands, mono: number): void {
  if (!commands.isAnswered) commands.heardMono = mono;
  commands.isAnswered = true;
}

/** A message has come; returns whether it is of now if it is a command. */
export function isFresh(commands: FreshCommands, mono: number): boolean {
  const { isAnswered, askedMono, heardMono } = commands;
  const isQuiet = mono - heardMono >= QUIET_MS || mono - askedMono >= LONGEST_MS;
  commands.heardMono = mono;
  if (isAnswered && isQuiet) commands.mayBeOld = false;
  return isAnswered && !commands.mayBeOld;
}
