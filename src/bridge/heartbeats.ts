/**
 * Signs of life of sensors that are heard of themselves, whatever happens in the house. When all of them fall silent
 * at once, the engine, the relay or the receiver of heyu hangs: none of them says so itself.
 */

import { DAY } from '../common/duration.js';
import type { Sensor } from '../sensor/hearing.js';
import type { SensorSettings } from '../sensor/settings.js';

/** What is remembered of all signs of life together. Plain data: it goes into the checkpoint. Instants are epoch ms. */
export type Heartbeats = {
  /** The first one. */
  since: number;
  /** The last one, or a later interruption. */
  at: number;
  /** Nobody could hear the sensors since the last one: the pause says nothing of them. */
  isInterrupted: boolean;
  /** The longest pause between two of them, ms, by the day on which it ended (days since 1970). */
  gaps: Record<string, number>;
};

/** So much of the log has to be known, and so much of it counts. */
const KNOWN_DAYS = 14;

/** Fewer sensors say nothing of heyu: their batteries may be empty. */
const FEWEST = 3;

/** Silence that is shorter is never too long. */
export const SHORTEST_LIMIT_MS = 15 * 60_000;

/** It is heard at least every few hours, whatever happens, and its silence is watched. */
export function hasHeartbeat({ model, silentMs, ignore }: SensorSettings): boolean {
  return model.silentMs > 0 && silentMs > 0 && !ignore;
}

/** The signs of life with one more, at this instant. */
export function withHeartbeat(known: Heartbeats | undefined, at: number): Heartbeats {
  if (known === undefined) return { since: at, at, isInterrupted: false, gaps: {} };
  if (at <= known.at) return known;
  if (!known.isInterrupted) {
    const day = Math.floor(at / DAY);
    known.gaps[day] = Math.max(known.gaps[day] ?? 0, at - known.at);
    for (const past of Object.keys(known.gaps))
      if (Number(past) < day - KNOWN_DAYS) Reflect.deleteProperty(known.gaps, past);
  }
  known.at = at;
  known.isInterrupted = false;
  return known;
}

/** heyu was started, or this machine woke up: that nothing was heard before says nothing of the sensors. */
export function interrupt(known: Heartbeats | undefined, at: number): void {
  if (known === undefined || at < known.at) return;
  known.at = at;
  known.isInterrupted = true;
}

/**
 * From when on (epoch ms) the silence is too long: after twice the longest pause of the last 14 days, at least 15 min.
 * Undefined before 14 days are known, and where fewer than three sensors were heard in them.
 */
export function silentFrom(known: Heartbeats | undefined, sensors: readonly Sensor[]): number | undefined {
  if (known === undefined || known.at - known.since < KNOWN_DAYS * DAY) return undefined;
  const { at, gaps } = known;
  const heard = sensors.filter(
    ({ settings, state }) => hasHeartbeat(settings) && state.seenAt > at - KNOWN_DAYS * DAY,
  );
  const longestMs = Math.max(...Object.values(gaps));
  if (heard.length < FEWEST || longestMs < 0) return undefined;
  return at + Math.max(2 * longestMs, SHORTEST_LIMIT_MS);
}
