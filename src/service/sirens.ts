/**
 * Switches sirens through heyu: tries failed commands again, and remembers over restarts which modules may be on, so
 * that nothing remains on without an alarm.
 */

import { SECOND } from '../common/duration.js';
import type { Now } from '../ports.js';
import { activeSirens } from '../security/siren.js';
import { isSwitchable } from '../sensor/channels.js';
import { concern } from './condition.js';
import type { Parts } from './parts.js';

/** A command that failed is given again after this time. */
const AGAIN_MS = 10 * SECOND;

/** A device that an alarm has switched on, or is switching. */
type Switched = {
  word: 'on' | 'off';
  /** heyu is at it, has done it, or has failed and is asked again then (monotonic ms). */
  standing: 'asked' | 'done' | number;
};

/** Owns which devices an alarm has switched on. */
export class Sirens {
  readonly #parts: Parts;
  readonly #save: () => void;
  /** By address. Every module in here may be on. */
  readonly #switched = new Map<string, Switched>();

  /** `stored`: what `remembered` was in an earlier life. */
  constructor(parts: Parts, stored: unknown, save: () => void) {
    this.#parts = parts;
    this.#save = save;
    // what no alarm wants any more is switched off
    for (const address of Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [])
      this.#switched.set(address, { word: 'off', standing: -Infinity });
  }

  /** The addresses of what may be on. */
  get remembered(): readonly string[] {
    return [...this.#switched.keys()];
  }

  /** When `tick` has something to do, monotonic ms. */
  due({ mono }: Now): number {
    const { wanted, endMono } = this.#wanted(mono);
    let due = endMono;
    for (const address of this.#concerned(wanted)) {
      const { word, standing } = this.#switched.get(address) ?? {};
      if (word !== wordFor(wanted, address)) return mono;
      if (typeof standing === 'number') due = Math.min(due, standing);
    }
    return due;
  }

  /** Gives the commands that are due: those that silence before all others. */
  tick({ mono }: Now): void {
    const { wanted } = this.#wanted(mono);
    // each is put before what waits for heyu: the last one is the first
    for (const next of ['on', 'off'] as const)
      for (const address of this.#concerned(wanted)) {
        if (wordFor(wanted, address) !== next) continue;
        const { word, standing } = this.#switched.get(address) ?? {};
        // what was silenced meanwhile is done
        if (word === undefined && next === 'off') continue;
        if (word !== next || (typeof standing === 'number' && mono >= standing)) this.#switch(address, next);
      }
  }

  #concerned(wanted: ReadonlySet<string>): readonly string[] {
    return [...new Set([...wanted, ...this.#switched.keys()])];
  }

  /** The addresses of what has to sound now, and when that may end. */
  #wanted(mono: number): { readonly wanted: ReadonlySet<string>; readonly endMono: number } {
    const { bridge } = this.#parts;
    const { aliases, endMono } = activeSirens(bridge.security, mono);
    // asked at each line of the log
    if (aliases.length === 0) return { wanted: NOTHING, endMono };
    const devices = bridge.core.settings.sensors.filter(
      (sensor) => aliases.includes(sensor.alias) && isSwitchable(sensor),
    );
    return { wanted: new Set(devices.map(({ address }) => address)), endMono };
  }

  #switch(address: string, word: 'on' | 'off'): void {
    const { ports, condition, time, settle } = this.#parts;
    const switched: Switched = { word, standing: 'asked' };
    const isNew = !this.#switched.has(address);
    this.#switched.set(address, switched);
    if (isNew) this.#save();
    ports.log.warn({ address, word }, 'the alarm switches a siren');
    const done = (failure: string | undefined): void => {
      // it was told something else since
      if (this.#switched.get(address) !== switched) return;
      concern(condition, 'siren', failure !== undefined && `${word} ${address}: ${failure}`);
      switched.standing = failure === undefined ? 'done' : time.now().mono + AGAIN_MS;
      if (failure === undefined && word === 'off') {
        this.#switched.delete(address);
        this.#save();
      }
      settle();
    };
    ports.runHeyu?.([word, address], done, address);
  }
}

const NOTHING: ReadonlySet<string> = new Set();

const wordFor = (wanted: ReadonlySet<string>, address: string): 'on' | 'off' =>
  wanted.has(address) ? 'on' : 'off';
