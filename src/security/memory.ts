/**
 * What is remembered of a zone beyond a connection: its last known state, since when, how it was armed and
 * since when without a break. Instants are epoch ms.
 */

import { armedMode, isArmed, type ArmedMode, type SecurityState } from './vocabulary.js';

/** The last known state of a zone. */
export type Memory = {
  readonly state: SecurityState;
  /** When this state began, as far as we saw. */
  readonly since: number;
  /** How it is (or, while `arming`, will be) armed; undefined = not armed, or `triggered` out of nothing. */
  readonly mode: ArmedMode | undefined;
  /** Armed without a break since; undefined when not armed. Decides over motion that is judged late. */
  readonly armedSince: number | undefined;
};

/**
 * The memory after `state` was found at `at`; `between` are the states it had since it was last known, in
 * whatever order, `armedAt` is since when everything heard has said armed. The same object comes back when nothing
 * changed.
 */
export function remember(
  memory: Memory | undefined,
  state: SecurityState,
  at: number,
  between: readonly SecurityState[] = [],
  armedAt = at,
): Memory {
  if (memory?.state === state && between.every((other) => other === state)) return memory;
  const armed = isArmed(state);
  const unbroken = between.every(isArmed) ? memory?.armedSince : undefined;
  return {
    state,
    since: at,
    mode: armedMode(state) ?? (armed ? memory?.mode : undefined),
    armedSince: armed ? (unbroken ?? armedAt) : undefined,
  };
}

/** The memory after the zone turned out to have been disarmed before `at`: it is armed anew at best. */
export function interrupted(memory: Memory, at: number): Memory {
  return memory.armedSince === undefined ? memory : { ...memory, armedSince: at };
}
