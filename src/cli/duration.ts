/** Times for people, as they are written in the configuration. */

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `90 000` -> `90s`, `300 000` -> `5m`: the largest unit in which it is a whole number. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  const [unit, length] = UNITS.find(([, size]) => durationMs % size === 0) ?? ['ms', 1];
  return `${durationMs / length}${unit}`;
}
