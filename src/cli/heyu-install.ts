/** heyu on this machine: where its configuration is, and what was heard in its log. */

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hear, type History, instantsBackFrom, listen, newHistory } from '../alias/history.js';
import { errorCode } from '../common/error.js';
import type { ConfigValues } from '../config/keys-and-defaults.js';
import { formatProblems } from '../config/problem.js';
import { NOT_READABLE, readTextFile } from '../config/text-file.js';
import { systemTimeZone } from '../config/time-zone.js';
import type { Environment } from '../config/values.js';
import { lineReader } from '../heyu/reader.js';
import type { StampForm } from '../heyu/stamp.js';
import { readX10Config, type X10Config } from '../heyu/x10config.js';
import { type FileEnd, readEnd } from '../io/files.js';
import type { HeyuLock } from '../io/heyu-locks.js';
import { mayRead, sudoFor } from './configured.js';
import { CommandError, EXIT } from './terminal.js';

/** The directory of heyu's system-wide configuration as distributions compile it. */
const SYSTEM_DIRECTORY = '/etc/heyu';

/**
 * Where heyu looks for its configuration, the first that counts first; with X10CONFIG set only there (process.c:9795ff).
 * Under sudo the user who asks counts, and root after that.
 */
export function x10configPlaces(env: Environment, system: string = SYSTEM_DIRECTORY): readonly string[] {
  const named = env['X10CONFIG'] ?? '';
  if (named !== '') return [named];
  const sub = env['HEYUSUB'] ?? '';
  const home = env['HOME'] ?? '';
  const asking = askingUser(env);
  const [first = home] = asking === undefined ? [] : homesOf(asking);
  const own = (of: string): readonly string[] => (of === '' ? [] : [join(of, '.heyu', sub, 'x10config')]);
  return [...new Set([...own(first), join(system, sub, 'x10.conf'), ...own(home)])];
}

/** Who has called sudo; undefined for root itself, and without sudo. */
export function askingUser(env: Environment = process.env): string | undefined {
  const { SUDO_USER: user = '' } = env;
  return user === '' || user === 'root' ? undefined : user;
}

/** The entries of passwd(5) of this machine's users, or of the one that is named, by their fields. */
export function accounts(user?: string): readonly (readonly string[])[] {
  const { status, stdout } = spawnSync('getent', ['passwd', ...(user === undefined ? [] : [user])], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.split('\n').map((line) => line.split(':')) : [];
}

/** The home directories of this machine's users, or of the one that is named. */
export function homesOf(user?: string): readonly string[] {
  return [...new Set(accounts(user).map((fields) => fields[5] ?? ''))].filter((home) => home.length > 1);
}

/** The configurations of heyu that users of this machine have. */
export function x10configsInHomes(homes: readonly string[] = homesOf()): readonly string[] {
  return homes.map((home) => join(home, '.heyu', 'x10config')).filter((path) => existsSync(path));
}

/** The configuration that heyu would take for this user, or undefined when there is none that can be read. */
export function findX10Config(env: Environment = process.env): string | undefined {
  return x10configPlaces(env).find((path) => mayRead(path));
}

/** Reads heyu's configuration, in any encoding; undefined when none is named. */
export function readX10ConfigFile(path: string | undefined): X10Config | undefined {
  if (path === undefined) return undefined;
  const reading = readTextFile(path, path, { lenient: true });
  if (!reading.ok) throw new CommandError(formatProblems([reading.problem]), undefined, EXIT.noInput);
  return readX10Config(reading.file.text);
}

/** True when there is a directory of that path, as heyu's LOG_DIR must be, or this user may not look. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return true;
  }
}

/** The end of a log that is looked at: some 400,000 lines, a year of an ordinary house. */
const TAIL_BYTES = 24 * 1024 * 1024;

/** How the log is written and read. */
export type LogForm = StampForm & { readonly addressExpiryMs: number };

/** The form of the log that a configuration describes. */
export function logFormOf(values: ConfigValues): LogForm {
  return {
    order: values['heyu.date_format'],
    timeZone: values['heyu.timezone'] ?? systemTimeZone(),
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
    throw unreadableLog(log, error);
  }
}

/** The error of a log that a command was to read. `error` is the file system's. */
export function unreadableLog(log: string, error: unknown): CommandError {
  const code = errorCode(error);
  return new CommandError(`${log}: ${WHY[code] ?? `cannot be read (${code})`}`, sudoFor(code), EXIT.noInput);
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: NOT_READABLE,
  EISDIR: 'is a directory',
};

/** What a lock means that was left behind; who says it puts `heyu's` or `its` before it. */
export function engineDied({ path }: HeyuLock): string {
  return `engine has died and left its lock ${path}: nothing is logged`;
}

/** What to do about that. */
export const ENGINE_DIED_HINT = 'heyu stop; heyu start';
