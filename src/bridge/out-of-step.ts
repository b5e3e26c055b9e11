/** heyu out of step with its spool (heyu/spool): nothing of it is heard, and it is said. */

import type { Selections } from '../heyu/selection.js';
import type { Signal } from '../heyu/signal.js';
import { droppedOutOfStep } from '../heyu/spool.js';
import type { Core } from './core.js';
import { setTrouble } from './health.js';

/** What is heard so long after the last sign shows that heyu is in step again. */
const OVER_AFTER_MS = 60_000;

type OfUpload = Parameters<typeof droppedOutOfStep>[3];

/** Could heyu have read this out of an upload of the interface? */
export function isOfUpload(signal: Signal): signal is OfUpload {
  const { kind } = signal;
  return kind === 'address' || kind === 'function' || kind === 'extended' || kind === 'preset';
}

/** Is the signal none of X10? Then it is counted and said; otherwise it may show that the trouble is over. */
export function isOutOfStep(
  core: Core,
  engine: number,
  selections: Selections,
  signal: OfUpload,
  at: number,
): boolean {
  const { health, output, settings, spool } = core;
  const dropped = droppedOutOfStep(spool, engine, selections, signal, at, settings.addressExpiryMs);
  if (dropped === undefined) {
    if (health.troubles.spool_out_of_step === undefined) return false;
    const last = Math.max(...Object.values(spool).map(({ until }) => until));
    if (Math.abs(at - last) > OVER_AFTER_MS) setTrouble(core, 'ends', 'spool_out_of_step', at);
    return false;
  }
  health.counters.outOfStep += dropped;
  setTrouble(core, 'begins', 'spool_out_of_step', at);
  const before = dropped > 1 ? `; what waited for a function is dropped (${dropped - 1})` : '';
  output.find?.({ kind: 'kept', alias: null, reason: `heyu is out of step with its spool: no X10${before}` });
  return true;
}
