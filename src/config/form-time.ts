/** Forms of time: durations with their unit, time zones by name, schedules as cron expressions. */
import { validateDetailed } from 'node-cron';
import { quote } from './problem.js';
import { bad, good, single, type Form } from './form.js';
import { nearest } from './suggest.js';

const DAY = 86_400_000;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY,
  w: 7 * DAY,
};

/** A duration in milliseconds as a person writes it: `90s`, `5m`, `24h`, and days only from two of them on. */
export function writeDuration(durationMs: number): string {
  if (durationMs === 0) return '0';
  if (durationMs % DAY === 0 && durationMs > DAY) return `${durationMs / DAY}d`;
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (durationMs % size === 0) return `${durationMs / size}${unit}`;
  }
  return `${durationMs}ms`;
}

/**
 * `90s`, `5m`, `24h`, `1d` or several of them (`1h30m`) as milliseconds, from `leastMs` to `mostMs`. A number
 * without a unit is refused because nobody can know what is meant; `0` needs none.
 */
export function duration(leastMs: number, mostMs: number, zero?: 'zero_allowed'): Form<number> {
  const range = `${writeDuration(leastMs)} to ${writeDuration(mostMs)}${zero ? ', or 0' : ''}`;
  return single(
    'duration',
    (given) => {
      const written = given.trim().toLowerCase().replaceAll(' ', '');
      if (/^\d+(\.\d+)?$/.test(written) && Number(written) !== 0) {
        return bad(`${quote(given)} has no unit`, `write ${written}s, ${written}m or ${written}h`);
      }
      if (!/^(0|(\d{1,12}(\.\d{1,3})?(ms|s|m|h|d|w))+)$/.test(written)) {
        return bad(`${quote(given)} is no duration`, 'write it as 90s, 5m or 24h');
      }
      let total = 0;
      for (const [, amount, unit] of written.matchAll(/([\d.]+)([a-z]+)/g)) {
        total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
      }
      total = Math.round(total);
      if (total === 0 && (zero !== undefined || leastMs === 0)) return good(0);
      if (total < leastMs || total > mostMs)
        return bad(`${quote(given)} is out of range`, `allowed: ${range}`);
      return good(total);
    },
    {
      anyOf: [
        { type: 'string', pattern: '^ *(0|(\\d{1,12}(\\.\\d{1,3})? *([mM]?[sS]|[mMhHdDwW]) *)+) *$' },
        { const: 0 },
      ],
    },
    writeDuration,
  );
}

/** Name of a time zone in the IANA database, as the runtime knows it. */
export const timeZone: Form<string> = single(
  'time zone',
  (given) => {
    const name = given.trim();
    try {
      if (!/^[A-Za-z]/.test(name)) throw new RangeError('an offset is no zone');
      new Intl.DateTimeFormat('en', { timeZone: name });
      return good(name);
    } catch {
      const near = nearest(name, Intl.supportedValuesOf('timeZone'));
      return bad(
        `${quote(given)} is no time zone`,
        near === undefined
          ? 'write a name such as Europe/Berlin or America/New_York'
          : `did you mean "${near}"?`,
      );
    }
  },
  { type: 'string', pattern: '^ *[A-Za-z]' },
  (value) => value,
);

/** A cron expression of 5 or 6 fields or a nickname such as `@daily`, checked by node-cron; or `off`. */
export const cron: Form<string> = single(
  'schedule',
  (given) => {
    const expression = given.trim();
    if (expression === 'off') return good('off');
    const { valid, errors } = validateDetailed(expression);
    if (valid) return good(expression);
    const field = errors[0]?.field;
    return bad(
      `${quote(given)} is no cron expression${field === undefined || field === 'expression' ? '' : ` (${field})`}`,
      'write minute, hour, day, month and weekday, such as 30 3 * * *, or off',
    );
  },
  { type: 'string', minLength: 1 },
  (value) => value,
);
