/** What our own log says of the heyu log: one line for each transition. */

import { isoAt, type TimeZone } from '../heyu/time-zone.js';
import type { Log, LogIncident, LogStatus } from '../ports.js';

/** The heyu log is followed, missing or unreadable. `isFirst`: nothing was said of it yet. */
export function sayStatus(log: Log, status: LogStatus, isFirst: boolean): void {
  const { path } = status;
  switch (status.kind) {
    case 'following':
      log.info({ path }, isFirst ? 'following the heyu log' : 'the heyu log is there again');
      return;
    case 'missing':
      log.warn({ path }, 'the heyu log does not exist: heyu writes it with the next signal');
      return;
    case 'unreadable':
      log.warn({ path, code: status.code, hint: status.hint }, 'the heyu log cannot be read');
  }
}

/** Something has happened to the heyu log. */
export function sayIncident(log: Log, { kind, ...fields }: LogIncident): void {
  switch (kind) {
    case 'rotated':
      log.info(fields, 'the heyu log was rotated, following the new one');
      return;
    case 'rewritten':
      log.info(fields, 'the heyu log was rewritten, reading it from its beginning');
      return;
    case 'line_too_long':
      log.warn(fields, 'skipped a line that heyu cannot have written: it is too long');
      return;
    case 'lost':
      log.warn(fields, 'lines of the heyu log are gone for good');
  }
}

/** From when to when lines are gone, in the time of the log. */
export function spanInWords(
  { from, to }: { readonly from: number; readonly to: number },
  zone: TimeZone,
): string {
  return `between ${isoAt(from, zone)} and ${isoAt(to, zone)}`;
}
