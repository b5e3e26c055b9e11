/** Durations in milliseconds: their units, and how people write them. */

/** Milliseconds in a second. */
export const SECOND = 1000;
/** Milliseconds in a minute. */
export const MINUTE = 60 * SECOND;
/** Milliseconds in an hour. */
export const HOUR = 60 * MINUTE;
/** Milliseconds in a day. */
export const DAY = 24 * HOUR;

/** A duration in milliseconds as a person writes it: `90s`, `5m`, `24h`, and days only from two of them on. */
export function writeDuration(durationMs: number): string {
  if (durationMs === 0) return '0';
  if (durationMs % DAY === 0 && durationMs > DAY) return `${durationMs / DAY}d`;
  if (durationMs % HOUR === 0) return `${durationMs / HOUR}h`;
  if (durationMs % MINUTE === 0) return `${durationMs / MINUTE}m`;
  return durationMs % SECOND === 0 ? `${durationMs / SECOND}s` : `${durationMs}ms`;
}

/** A duration in its largest whole unit, with one even for nothing: `0s`, `90s`, `1d`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  return durationMs === DAY ? '1d' : writeDuration(durationMs);
}
