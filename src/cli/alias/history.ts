/** What a log that is there already has heard: reads its end, or whole files, and never waits. */

import { type FileEnd, readEnd } from '../../io/files.js';
import { errorCode } from '../../common/error.js';
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
    const { lines, writtenAt: endAt } = endOf(log);
    const instants = instantsBackFrom(lines, form, endAt);
    lines.forEach((text, index) => {
      const at = instants[index];
      if (at !== undefined) for (const heard of listen(ear, text, at)) hear(history, heard);
    });
  }
  return history;
}

/** The last lines of a log, and when it was written to last. */
function endOf(log: string): FileEnd {
  try {
    return readEnd(log, TAIL_BYTES);
  } catch (error) {
    throw new CommandError(`${log}: ${whyNot(errorCode(error))}`, EXIT.noInput);
  }
}

function whyNot(code: string): string {
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EACCES' ? 'may not be read by this user' : `cannot be read (${code})`;
}
