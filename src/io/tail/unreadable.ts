/** Why the log cannot be read, in words for people, and what to do about it. */
import { readFileSync, statSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { orElse } from '../../common/error.js';
import type { LogStatus } from '../../ports.js';

/** The status of a log that is there and cannot be read. `code` is what the system said, or `openSource`. */
export function unreadable(path: string, code: string): LogStatus {
  return { kind: 'unreadable', path, code, hint: hintFor(path, code) };
}

const TOO_MANY_FILES =
  'too many files are open: raise LimitNOFILE of the service or fs.file-max of the system';
const FAILING = 'the file system fails: check its disk or mount; the log is opened again as soon as it works';
const HINTS: Readonly<Record<string, string>> = {
  EISDIR: 'this is a directory: give the path of the log file in it',
  FIFO: 'this is a named pipe: give the path of the log file that heyu writes',
  DEVICE: 'this is a device, not a file: set LOG_DIR in the x10config of heyu',
  ELOOP: 'its symbolic links lead in a circle: correct them',
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  EIO: FAILING,
  ESTALE: FAILING,
};

function hintFor(path: string, code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return permissionHint(path);
  return HINTS[code] ?? 'check the path and its file system; the log is opened again as soon as it works';
}

/** Names the file, or the first directory on the way, that keeps us (the effective user) out, and how to change that. */
export function permissionHint(path: string): string {
  const barred = firstBarred(path);
  if (barred === undefined) return `let user ${userName()} read it`;
  const { stats } = barred;
  const group = nameOf('/etc/group', stats.gid);
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const owner = `${nameOf('/etc/passwd', stats.uid)}:${group}`;
  const needed = stats.isDirectory() ? 0o010 : 0o040;
  const remedy =
    stats.gid !== 0 && (stats.mode & needed) === needed
      ? `add user ${userName()} to group ${group} (SupplementaryGroups=${group} in the service)`
      : stats.isDirectory()
        ? `let others enter it (chmod o+x ${barred.path})`
        : `let a group read it (chmod g+r, HEYU_UMASK in x10config, "create" of logrotate) and add user ${userName()} to that group`;
  return `${barred.path} belongs to ${owner} with mode ${mode}: ${remedy}`;
}

function firstBarred(path: string): { path: string; stats: Stats } | undefined {
  for (let at = path; ; at = dirname(at)) {
    const stats = orElse(() => statSync(at), undefined);
    if (stats !== undefined) return { path: at, stats };
    if (at === dirname(at)) return undefined;
  }
}

/** The name that a line `name:x:id:...` of passwd or group gives to an id; the id itself where there is none. */
function nameOf(table: string, id: number): string {
  const lines = orElse(() => readFileSync(table, 'utf8'), '').split('\n');
  const line = lines.find((entry) => entry.split(':')[2] === String(id));
  return line?.split(':')[0] ?? String(id);
}

function userName(): string {
  return orElse(() => userInfo().username, String(process.getuid?.() ?? 'of the service'));
}
