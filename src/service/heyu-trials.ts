/**
 * Tests from time to time whether heyu can be commanded, so that a siren that would not sound is reported before the
 * alarm.
 */

import { MINUTE } from '../common/duration.js';
import type { Now } from '../ports.js';
import { concern } from './condition.js';
import type { Parts } from './parts.js';

/** At the start of the machine heyu may come after us. */
const FIRST_MS = MINUTE;
const EACH_MS = 10 * MINUTE;
/** After a failure. */
const AGAIN_MS = MINUTE;

/** Goes to spool, locks and serial port like any command, sends nothing and succeeds without an engine (x10state.c). */
const TRIAL = ['enginestate'];

/** Owns when heyu is tried. */
export class HeyuTrials {
  readonly #parts: Parts;
  #dueMono: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#dueMono = parts.time.moment().mono + FIRST_MS;
  }

  /** When `tick` has something to do, monotonic ms. */
  due(): number {
    return this.#parts.settings.core.control ? this.#dueMono : Infinity;
  }

  tick(): void {
    void this.now();
  }

  /** After a reload: what was found before says nothing any more. */
  restart({ mono }: Now): void {
    concern(this.#parts.condition, 'heyu_control', false);
    this.#dueMono = mono + FIRST_MS;
  }

  /** Tries it: why heyu cannot be commanded, in words. */
  async now(): Promise<string | undefined> {
    const { ports, condition, time, settle } = this.#parts;
    this.#dueMono = Infinity;
    const failure = await new Promise<string | undefined>((done) => ports.runHeyu?.(TRIAL, done));
    concern(condition, 'heyu_control', this.#parts.settings.core.control && (failure ?? false));
    this.#dueMono = time.now().mono + (failure === undefined ? EACH_MS : AGAIN_MS);
    settle();
    return failure;
  }
}
