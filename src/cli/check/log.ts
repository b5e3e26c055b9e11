/** heyu's log: is it there, may it be read, does it grow, and do its stamps mean what we think? */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Configuration } from '../../config/configuration.js';
import { timeZone } from '../../heyu/time-zone.js';
import { errorCode } from '../../io/tail/error-code.js';
import { unreadable } from '../../io/tail/unreadable.js';
import { whenIn } from '../instants.js';
import { SERVICE_USER } from '../service-steps.js';
import type { Tell } from './finding.js';
import { judgeStamps } from './log-stamps.js';
import { barrierFor, identityOf } from './may-read.js';

/** What is to be known of the log elsewhere. */
export type LogLook = {
  readonly isReadable: boolean;
  /** Epoch ms; undefined when it is empty or cannot be read. */
  readonly writtenAt: number | undefined;
};

/** The end that is looked at. */
const END_BYTES = 64 * 1024;

/** Tells of the log, at the wall time `now`. */
export function checkLog(configuration: Configuration, now: number, tell: Tell): LogLook {
  const { log: path } = configuration.heyu;
  let end: LogEnd;
  try {
    end = readEnd(path);
  } catch (error) {
    tellUnreadable(path, errorCode(error), tell);
    return { isReadable: false, writtenAt: undefined };
  }
  tellWhoReads(path, tell);
  if (end.lines.length === 0) {
    tell(
      'warning',
      `${path} is empty: heyu has logged nothing yet`,
      "press a key of a remote; if nothing comes, heyu's engine does not run: heyu start",
    );
    return { isReadable: true, writtenAt: undefined };
  }
  tellGrowth(configuration, end.writtenAt, now, tell);
  tellStamps(configuration, end, tell);
  return { isReadable: true, writtenAt: end.writtenAt };
}

type LogEnd = { readonly lines: readonly string[]; readonly writtenAt: number };

function readEnd(path: string): LogEnd {
  const descriptor = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    const from = Math.max(0, size - END_BYTES);
    const bytes = Buffer.alloc(size - from);
    const length = readSync(descriptor, bytes, 0, bytes.length, from);
    const lines = bytes
      .toString('utf8', 0, length)
      .split('\n')
      .slice(from > 0 ? 1 : 0);
    return { lines: lines.filter((line) => line !== ''), writtenAt: mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}

function tellUnreadable(path: string, code: string, tell: Tell): void {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    tell(
      'fault',
      `${path} does not exist`,
      `heyu writes it with the next signal, if ${dirname(path)} exists and may be written by heyu; is heyu.log right?`,
    );
    return;
  }
  const status = unreadable(path, code);
  tell('fault', `${path} cannot be read (${code})`, status.kind === 'unreadable' ? status.hint : undefined);
}

/** We can read it; as root also says whether the service can. */
function tellWhoReads(path: string, tell: Tell): void {
  const service = process.getuid?.() === 0 ? identityOf(SERVICE_USER) : undefined;
  const barrier = service === undefined ? undefined : barrierFor(path, service);
  if (barrier === undefined) tell('ok', `${path} can be read`);
  else
    tell(
      'fault',
      `${path}: the user ${SERVICE_USER} may not read ${barrier}`,
      `add it to the group of the log (sudo usermod -aG GROUP ${SERVICE_USER}; ls -ld ${barrier} shows the group), then restart the service`,
    );
}

function tellGrowth({ core }: Configuration, writtenAt: number, now: number, tell: Tell): void {
  const when = whenIn(timeZone(core.stamp.timeZone))(writtenAt);
  if (core.quietAfterMs > 0 && now - writtenAt > core.quietAfterMs)
    tell(
      'warning',
      `nothing was written to it since ${when}`,
      "is heyu's engine running? heyu enginestate says so, heyu stop; heyu start mends it",
    );
  else tell('ok', `last written ${when}`);
}

function tellStamps({ core }: Configuration, { lines, writtenAt }: LogEnd, tell: Tell): void {
  const { stamp } = core;
  const verdict = judgeStamps(lines, writtenAt, stamp);
  switch (verdict.kind) {
    case 'fits':
      tell('ok', `its stamps fit ${stamp.timeZone}, in the order ${stamp.order}`);
      return;
    case 'unsure':
      tell('ok', 'its last line is not of heyu: the time zone cannot be checked now');
      return;
    case 'none':
      tell(
        'fault',
        "no line at its end begins with a stamp of heyu: it is not heyu's log",
        'correct heyu.log, or name x10config in heyu.x10config',
      );
      return;
    case 'order':
      tell(
        'fault',
        `day and month of its stamps are the other way round, not ${stamp.order}`,
        `set heyu.date_format: ${verdict.order}, or name x10config in heyu.x10config`,
      );
      return;
    case 'zone':
      tell(
        'fault',
        `its last stamp is ${hours(verdict.lateMs)}: heyu does not run in ${stamp.timeZone}`,
        'set heyu.timezone to the time zone in which heyu runs',
      );
      return;
    case 'off':
      tell(
        'warning',
        `its last stamp is ${hours(verdict.lateMs)}`,
        'was the file copied, or was the clock set? else see heyu.timezone and heyu.date_format',
      );
  }
}

function hours(lateMs: number): string {
  const size = Math.abs(lateMs);
  const words =
    size < 5_400_000 ? `${Math.round(size / 60_000)} min` : `${Math.round(size / 360_000) / 10} h`;
  return `${words} ${lateMs > 0 ? 'before' : 'after'} its writing`;
}
