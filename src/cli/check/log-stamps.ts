/**
 * Do the stamps of the log mean what the configuration says? The last line was written when the file was changed
 * last: a stamp of another time means another time zone, or day and month the other way round.
 */

import { readStamp, stampClock, type StampForm } from '../../heyu/stamp.js';

/** What the stamps say. Times are milliseconds, `lateMs` = the stamp lies before the writing. */
export type StampVerdict =
  | { readonly kind: 'fits' }
  /** The last line has no stamp: a script has written it. */
  | { readonly kind: 'unsure' }
  /** No line has one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'order'; readonly order: StampForm['order'] }
  | { readonly kind: 'zone'; readonly lateMs: number }
  | { readonly kind: 'off'; readonly lateMs: number };

/** A stamp is whole seconds, and the disk may be slow. */
const EARLY_MS = 2_000;
const LATE_MS = 15_000;

/** All time zones lie a multiple of this apart, and 26 hours at most. */
const ZONE_STEP_MS = 15 * 60_000;
const ZONE_MOST_MS = 26 * 3_600_000;

/** Judges the last lines of a log that was written to last at `writtenAt` (epoch ms). */
export function judgeStamps(lines: readonly string[], writtenAt: number, form: StampForm): StampVerdict {
  const written = lines.filter((line) => line.trim() !== '');
  if (!written.some((line) => readStamp(line, form.order) !== undefined)) return { kind: 'none' };
  const last = written.at(-1) ?? '';
  const lateMs = lateness(last, writtenAt, form);
  if (lateMs === undefined) return { kind: 'unsure' };
  if (isNear(lateMs)) return { kind: 'fits' };
  const order = form.order === 'DMY' ? 'YMD' : 'DMY';
  const otherwiseMs = lateness(last, writtenAt, { ...form, order });
  if (otherwiseMs !== undefined && isNear(otherwiseMs)) return { kind: 'order', order };
  const stepMs = Math.round(lateMs / ZONE_STEP_MS) * ZONE_STEP_MS;
  if (stepMs !== 0 && Math.abs(stepMs) <= ZONE_MOST_MS && isNear(lateMs - stepMs))
    return { kind: 'zone', lateMs: stepMs };
  return { kind: 'off', lateMs };
}

function lateness(line: string, writtenAt: number, form: StampForm): number | undefined {
  const stamp = readStamp(line, form.order);
  if (stamp === undefined) return undefined;
  const at = stampClock(form).instantNear(stamp, writtenAt);
  return Number.isNaN(at) ? undefined : writtenAt - at;
}

function isNear(lateMs: number): boolean {
  return lateMs >= -EARLY_MS && lateMs <= LATE_MS;
}
