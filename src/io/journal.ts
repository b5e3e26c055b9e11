/** Whether we write to the journal of systemd, which takes a priority at the start of each line (sd-daemon(3)). */

import { fstatSync } from 'node:fs';

/** True when this descriptor goes to the journal: systemd says which stream that is (systemd.exec(5), JOURNAL_STREAM). */
export function isJournal(
  descriptor: 1 | 2,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const stream = environment['JOURNAL_STREAM'];
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(descriptor);
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Gives every line of a message the priority of an error, so that `journalctl -p err` shows it. */
export function asJournalError(message: string): string {
  return message.replace(/^(?=.)/gm, '<3>');
}
