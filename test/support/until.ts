/** How tests wait: for a condition, never for a fixed time. */

import { setTimeout as delay } from 'node:timers/promises';

/**
 * How long `until` waits before it fails. Generous, because the machine may be busy; a passing test never waits that
 * long. A suite with slower partners sets its own (environment variable PATIENCE_MS, in its vitest.config.ts).
 */
export const PATIENCE_MS = Number(process.env['PATIENCE_MS'] ?? 30_000);

/**
 * Resolves with what `condition` gives as soon as that is truthy; asks every 5 ms. Rejects after `timeoutMs`
 * with `what` (a function: text made at that time, to show what was there instead).
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string | (() => string) = 'the condition',
  timeoutMs = PATIENCE_MS,
): Promise<Exclude<T, false | 0 | '' | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, false | 0 | '' | null | undefined>;
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${typeof what === 'string' ? what : what()}`);
    }
    await delay(5);
  }
}
