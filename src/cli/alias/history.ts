/** What a log that is there already has heard: reads its end, or whole files, and never waits. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { instantsBackFrom, listen, newEar } from '../../alias/ear.js';
import { hear, type History, newHistory } from '../../alias/heard.js';
import type { ConfigValues } from '../../config/keys.js';
import type { StampForm } from '../../heyu/stamp.js';
import { CommandError, EXIT } from '../terminal.js';

/** The end of a log that is looked at: some 400,000 lines, a year of an ordinary house. */
export const TAIL_BYTES = 24 * 1024 * 1024;

/** How the log is written and read. */
export type LogForm = StampForm & { readonly addressExpiryMs: number };

/** The form of the log that a configuration describes. */
export function logFormOf(values: ConfigValues): LogForm {
  return {
    order: values['heyu.date_format'],
    timeZone: values['heyu.timezone'] ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    addressExpiryMs: values['selection.address_expiry'],
  };
}

/** Everything heard in these logs, the oldest first. A log that cannot be read is an error. */
export function historyOf(logs: readonly string[], form: LogForm): History {
  const history = newHistory();
  const ear = newEar(form, form.addressExpiryMs);
  for (const log of logs) {
    const { lines, endAt } = readTail(log);
    const instants = instantsBackFrom(lines, form, endAt);
    lines.forEach((text, index) => {
      const at = instants[index];
      if (at !== undefined) for (const heard of listen(ear, text, at)) hear(history, heard);
    });
  }
  return history;
}

/** The last lines of a log, and when it was written to last. The line that is cut off is left out. */
function readTail(log: string): { readonly lines: readonly string[]; readonly endAt: number } {
  let descriptor: number;
  try {
    descriptor = openSync(log, 'r');
  } catch (error) {
    throw new CommandError(`${log}: ${whyNot(error)}`, EXIT.noInput);
  }
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw new CommandError(`${log}: is a directory`, EXIT.noInput);
    const from = Math.max(0, status.size - TAIL_BYTES);
    const bytes = Buffer.alloc(status.size - from);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, from + length);
      if (count === 0) break;
      length += count;
    }
    const lines = bytes.toString('utf8', 0, length).split('\n');
    return { lines: from > 0 ? lines.slice(1) : lines, endAt: status.mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EACCES' ? 'may not be read by this user' : `cannot be read (${code})`;
}
