/** The journal, which takes a priority at the start of each line (sd-daemon(3)). */

import { fstatSync } from 'node:fs';
import { orElse } from '../common/error.js';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** True when this descriptor goes to the journal: systemd says which stream that is (systemd.exec(5), JOURNAL_STREAM). */
export function isJournal(descriptor: 1 | 2, environment: Environment): boolean {
  const stream = environment['JOURNAL_STREAM'];
  const stats = stream === undefined ? undefined : orElse(() => fstatSync(descriptor), undefined);
  return stats !== undefined && stream === `${stats.dev}:${stats.ino}`;
}

/** Gives every line of a message the priority of an error, so that `journalctl -p err` shows it. */
export function asJournalError(message: string): string {
  return message.replace(/^(?=.)/gm, '<3>');
}
