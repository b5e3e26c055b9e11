/**
 * heyu out of step with its own spool file. The relay, heyu_aux and heyu's commands write to it at the same time,
 * each message in several pieces; when pieces get between each other, heyu takes the bytes of its own messages for an
 * upload of the interface, and prints each as an address (poll.c `check4poll`, "an address byte was received"). So
 * come dozens of addresses within a second, and now and then a function, and none of it is X10.
 */

import { indexOf } from '../x10/address.js';
import { dropWaiting, type Selections } from './selection.js';
import type { Signal } from './signal.js';
import { HOUSE_SOURCES } from './sources.js';

/** What was addressed of late by one engine from one source. */
type SpoolWatch = {
  /** Address lines since the last function, by house code. */
  addresses: Record<number, number>;
  /** How often the byte was heard last, and without another between, that begins heyu's messages. */
  heads: number;
  /** The instant of the last address. */
  at: number;
  /** What is heard until then is no X10. */
  until: number;
};

/** By engine and source. Plain data: it goes into the checkpoint. */
export type SpoolWatches = Record<string, SpoolWatch>;

/** A house code has so many units. */
const MOST_ADDRESSES = 16;
/** heyu's messages in its spool begin with three bytes 0xFF; as an address this is J10. */
const HEAD_UNIT = indexOf('J10');
const HEAD_BYTES = 3;
/** The pieces are one message, and printed within a second; stamps are whole seconds. */
const OVER_AFTER_MS = 1000;

/**
 * How many addresses are dropped with this signal because heyu is out of step, its own included; undefined = it is
 * X10. What waits for a function in `selections` is dropped with the first sign. `expiryMs`: addresses of before
 * belong to nothing that comes now.
 */
export function droppedOutOfStep(
  { spool, expiryMs }: { readonly spool: SpoolWatches; readonly expiryMs: number },
  engine: number,
  selections: Selections,
  signal: Extract<Signal, { kind: 'address' | 'function' | 'extended' | 'preset' }>,
  at: number,
): number | undefined {
  const { source } = signal;
  if (!HOUSE_SOURCES.includes(source)) return undefined;
  const watch = (spool[engine === 0 ? source : `${source}/${engine}`] ??= {
    addresses: {},
    heads: 0,
    at: 0,
    until: 0,
  });
  // a clock that was set back ends it as well
  const wasOut = watch.until > 0 && at <= watch.until && watch.until - at <= OVER_AFTER_MS;
  if (signal.kind !== 'address') {
    if (signal.kind === 'function') watch.addresses[signal.house] = 0;
    watch.heads = 0;
    return wasOut ? 0 : undefined;
  }
  const { unit } = signal;
  const house = unit >> 4;
  if (Math.abs(at - watch.at) > expiryMs) watch.addresses = {};
  if (Math.abs(at - watch.at) > OVER_AFTER_MS) watch.heads = 0;
  watch.at = at;
  const count = (watch.addresses[house] ?? 0) + 1;
  watch.addresses[house] = count;
  watch.heads = unit === HEAD_UNIT && source === 'rcvi' ? watch.heads + 1 : 0;
  if (count > MOST_ADDRESSES || watch.heads >= HEAD_BYTES) {
    watch.until = at + OVER_AFTER_MS;
    return dropWaiting(selections, source) + 1;
  }
  return wasOut ? 1 : undefined;
}
