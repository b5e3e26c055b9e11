/** What a log that is there already has heard: reads its end, or whole files, and never waits. */

import { hear, type History, instantsBackFrom, listen, newHistory } from '../alias/history.js';
import { lineReader } from '../heyu/reader.js';
import type { StampForm } from '../heyu/stamp.js';
import { errorCode } from '../common/error.js';
import type { ConfigValues } from '../config/keys.js';
import { type FileEnd, readEnd } from '../io/files.js';
import { CommandError, EXIT } from './terminal.js';

/** The end of a log that is looked at: some 400,000 lines, a year of an ordinary house. */
const TAIL_BYTES = 24 * 1024 * 1024;

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
  const reader = lineReader(form, form.addressExpiryMs);
  for (const log of logs) {
    const { lines, writtenAt } = endOf(log);
    const instants = instantsBackFrom(lines, form, writtenAt);
    lines.forEach((text, index) => {
      const at = instants[index];
      if (at !== undefined) for (const heard of listen(reader, text, at)) hear(history, heard);
    });
  }
  return history;
}

/** The last lines of a log. */
function endOf(log: string): FileEnd {
  try {
    return readEnd(log, TAIL_BYTES);
  } catch (error) {
    const code = errorCode(error);
    const why = WHY[code] ?? `cannot be read (${code})`;
    throw new CommandError(`${log}: ${why}`, undefined, EXIT.noInput);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a directory',
};
