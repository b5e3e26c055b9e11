/** Checks heyu: its log, what keeps sensors out of the log, and whether its engine runs. */

import { dirname } from 'node:path';
import { HOUR, MINUTE } from '../../common/duration.js';
import { errorCode } from '../../common/error.js';
import { counted } from '../../common/text.js';
import type { Configuration } from '../../config/load.js';
import { formatProblem } from '../../config/problem.js';
import { readTextFile } from '../../config/text-file.js';
import { readSignal } from '../../heyu/line.js';
import { readStamp, stampClock, type StampForm } from '../../heyu/stamp.js';
import { timeZone } from '../../heyu/time-zone.js';
import { heyuLogPath, readX10Config, type X10Config } from '../../heyu/x10config.js';
import { adviseHeyu } from '../../heyu/x10config-advice.js';
import { askService } from '../../io/control.js';
import { type FileEnd, readEnd } from '../../io/files.js';
import { heyuLock, interfaceOf, processNamed } from '../../io/heyu-locks.js';
import { unreadable } from '../../io/tail/unreadable.js';
import { ENGINE_DIED_HINT, engineDied, isDirectory } from '../heyu-install.js';
import { documentFile } from '../program-files.js';
import { type Tell, whenIn } from '../terminal.js';
import { type Identity, openedByInit, refusalFor } from './check-service.js';

/** What is known of the log. */
export type LogLook = {
  readonly path: string;
  readonly isReadable: boolean;
  /** Epoch ms; undefined when it is empty or cannot be read. */
  readonly writtenAt: number | undefined;
};

/** While the log grows heyu runs, on whichever machine. */
const LIVELY_MS = HOUR;

/** Reads heyu's configuration; undefined when there is none, or it cannot be read. */
export function readHeyu(path: string | undefined, isNamed: boolean, tell: Tell): X10Config | undefined {
  if (path === undefined) {
    tell('note', 'no configuration of heyu was found here: not checked');
    return undefined;
  }
  const reading = readTextFile(path, path, { lenient: true });
  if (reading.ok) return readX10Config(reading.file.text);
  const verdict = isNamed ? 'error' : 'warning';
  tell(verdict, formatProblem({ ...reading.problem, hint: undefined }), reading.problem.hint);
  return undefined;
}

/** Reports what heyu's configuration means for its log. */
export function checkHeyu(path: string, heyu: X10Config, log: LogLook | undefined, tell: Tell): void {
  // While its log is there, heyu may as well run on another machine.
  const exists = log?.writtenAt === undefined ? isDirectory : undefined;
  const advice = adviseHeyu(heyu, exists);
  if (advice.length === 0) tell('ok', `${path}: ${heyu.aliases.length} aliases, nothing to fix`);
  else for (const { level, problem, hint } of advice) tell(level, problem, hint);

  const written = heyuLogPath(heyu);
  if (log !== undefined && written !== undefined && written !== log.path)
    tell('warning', `heyu writes ${written}, but ${log.path} is read`, 'correct heyu.log, or leave it out');
}

/** Tells whether heyu runs. Where it is not configured on this machine, a log that grows is enough. `now` is wall time. */
export function checkEngine(
  heyu: X10Config | undefined,
  log: LogLook | undefined,
  now: number,
  tell: Tell,
  machine = { heyuLock, processNamed },
): void {
  const tty = interfaceOf(heyu?.tty ?? log?.path.replace(/^.*heyu\.log\./, '') ?? '');
  const lock = machine.heyuLock('engine', tty);
  const pid = lock === undefined ? machine.processNamed('heyu_engine') : lock.isAlive ? lock.pid : undefined;
  if (pid !== undefined) tell('ok', `its engine runs (process ${pid})`);
  else if (lock !== undefined) tell('error', `its ${engineDied(lock)}`, ENGINE_DIED_HINT);
  else if (machine.processNamed('heyu_relay') !== undefined)
    tell(
      'error',
      'heyu runs without its engine: nothing is logged',
      'heyu engine, and START_ENGINE AUTO in x10config',
    );
  else if (heyu !== undefined || (log !== undefined && now - (log.writtenAt ?? 0) > LIVELY_MS))
    tell(
      'warning',
      'heyu does not run on this machine: nothing is logged',
      'heyu start, and START_ENGINE AUTO in x10config; heyu in a container or on another machine cannot be seen from here',
    );
}

/** Tells whether the service can command heyu: it is the one that tries, with the rights that it has. */
export async function checkControl({ core, stateDir }: Configuration, tell: Tell): Promise<void> {
  if (!core.control) return;
  const reply = await askService(stateDir, 'control', { ask: 'heyu' });
  const failure = reply.ok ? reply.answers[0]?.['failure'] : undefined;
  if (failure === null) tell('ok', 'the service can command it');
  else if (typeof failure === 'string')
    tell(
      'error',
      `the service cannot command it: ${failure}`,
      `${documentFile('install.md')}, "Hardening", has the drop-in that lets it`,
    );
  else if (!reply.ok)
    tell('note', `whether the service can command it was not tried: ${reply.problem}`, reply.hint);
}

/*
 * Its log: is it there, may it be read, does it grow, and do its stamps mean what we think?
 */

/** The end that is looked at. */
const END_BYTES = 64 * 1024;

/** Checks the log, at the wall time `now`; `user` is that of the service. */
export function checkLog(
  configuration: Configuration,
  user: Identity | undefined,
  now: number,
  tell: Tell,
): LogLook {
  const { log: path } = configuration.heyu;
  let end: FileEnd;
  try {
    end = readEnd(path, END_BYTES);
    end = { ...end, lines: end.lines.filter((line) => line !== '') };
  } catch (error) {
    tellUnreadable(path, errorCode(error), user, tell);
    return { path, isReadable: false, writtenAt: undefined };
  }
  tellWhoReads(configuration, user, tell);
  if (end.lines.length === 0) {
    tell(
      'warning',
      `${path} is empty: heyu has logged nothing yet`,
      "press a key of a remote; if nothing comes, heyu's engine does not run: heyu start",
    );
    return { path, isReadable: true, writtenAt: undefined };
  }
  tellGrowth(configuration, end.writtenAt, now, tell);
  tellStamps(end, configuration.core.stamp, tell);
  tellUnderstood(configuration, end.lines, tell);
  return { path, isReadable: true, writtenAt: end.writtenAt };
}

function tellUnreadable(path: string, code: string, user: Identity | undefined, tell: Tell): void {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    tell(
      'error',
      `${path} does not exist`,
      `heyu writes it with the next signal, if ${dirname(path)} exists and may be written by heyu; is heyu.log right?`,
    );
    return;
  }
  const status = unreadable(path, code);
  const hint = status.kind === 'unreadable' ? status.hint : undefined;
  // what we may not, the service may perhaps
  if (code === 'EACCES' && user !== undefined && user.uid !== process.geteuid?.())
    tell(
      'warning',
      `${path} cannot be read by you`,
      `sudo heyu2mqtt check asks for ${user.name}, the user of the service`,
    );
  else tell('error', `${path} cannot be read (${code})`, hint);
}

/** We can read it; as root also says whether the service can. */
function tellWhoReads(
  { heyu: { log: path }, files }: Configuration,
  user: Identity | undefined,
  tell: Tell,
): void {
  const hint = user && refusalFor(path, user, (code) => unreadable(path, code));
  if (user === undefined || hint?.kind !== 'unreadable') tell('ok', `${path} can be read`);
  else
    tell(
      'error',
      `${path}: the user ${user.name} of the service may not read it`,
      `${openedByInit(files)}${hint.hint}, then restart the service`,
    );
}

function tellGrowth({ core }: Configuration, writtenAt: number, now: number, tell: Tell): void {
  const when = whenIn(timeZone(core.stamp.timeZone))(writtenAt);
  if (core.quietAfterMs > 0 && now - writtenAt > core.quietAfterMs)
    tell(
      'warning',
      `nothing was written to it since ${when}`,
      "is heyu's engine running? heyu enginestate shows it; heyu stop; heyu start fixes it",
    );
  else tell('ok', `last written ${when}`);
}

/** Nothing is published of a log of which no line of a sensor is understood, however good its stamps are. */
function tellUnderstood({ core }: Configuration, lines: readonly string[], tell: Tell): void {
  const before = lines
    .map((line) => heyuOf(line, core.stamp.order))
    .findLast((release) => release !== undefined);
  if (before === undefined)
    tell(
      'warning',
      `none of its last ${counted(lines.length, 'line')} is about a sensor`,
      'trigger a sensor; heyu2mqtt explain shows what each line means',
    );
  else if (before !== 'today')
    tell(
      'error',
      `its lines are those of heyu before ${before}: no sensor is understood`,
      `update heyu: 2.5 is the oldest that is understood (${documentFile('heyu.md')})`,
    );
}

/** Which heyu has written a line of a sensor: before a release, or that of `today`. Other lines are alike in all. */
function heyuOf(line: string, order: StampForm['order']): string | undefined {
  const stamp = readStamp(line, order);
  if (stamp === undefined) return undefined;
  const signal = readSignal(line, stamp.bodyStart);
  if (signal.kind === 'unrecognised') return signal.before ?? undefined;
  return 'unit' in signal ? 'today' : undefined;
}

/** `lateMs`: so long does a stamp lie before the writing. */
function hours(lateMs: number): string {
  const size = Math.abs(lateMs);
  const words =
    size < 90 * MINUTE ? `${Math.round(size / MINUTE)} min` : `${Math.round((10 * size) / HOUR) / 10} h`;
  return `${words} ${lateMs > 0 ? 'before' : 'after'} its writing`;
}

/** A stamp is whole seconds, and the disk may be slow. */
const EARLY_MS = 2_000;
const LATE_MS = 15_000;

/** All time zones lie a multiple of this apart, and 26 hours at most. */
const ZONE_STEP_MS = 15 * MINUTE;
const ZONE_MOST_MS = 26 * HOUR;

/**
 * Tells what the stamps in the last lines of a log say. The last line was written when the file was changed last: a
 * stamp of another time means another time zone, or day and month the other way round.
 */
export function tellStamps({ lines, writtenAt }: FileEnd, form: StampForm, tell: Tell): void {
  const { order, timeZone: zone } = form;
  const written = lines.filter((line) => line.trim() !== '');
  if (!written.some((line) => readStamp(line, order) !== undefined)) {
    const problem = "no line at its end begins with a stamp of heyu: it is not heyu's log";
    tell('error', problem, 'correct heyu.log, or name x10config in heyu.x10config');
    return;
  }
  const last = written.at(-1) ?? '';
  const lateMs = lateness(last, writtenAt, form);
  if (lateMs === undefined) {
    tell('ok', 'its last line is not of heyu: the time zone cannot be checked now');
    return;
  }
  const other = order === 'DMY' ? 'YMD' : 'DMY';
  const otherwiseMs = lateness(last, writtenAt, { ...form, order: other });
  const stepMs = Math.round(lateMs / ZONE_STEP_MS) * ZONE_STEP_MS;
  if (isNear(lateMs)) tell('ok', `its stamps fit ${zone}, in the order ${order}`);
  else if (otherwiseMs !== undefined && isNear(otherwiseMs)) {
    const hint = `set heyu.date_format: ${other}, or name x10config in heyu.x10config`;
    tell('error', `day and month of its stamps are the other way round, not ${order}`, hint);
  } else if (stepMs !== 0 && Math.abs(stepMs) <= ZONE_MOST_MS && isNear(lateMs - stepMs)) {
    const problem = `its last stamp is ${hours(stepMs)}: heyu does not run in ${zone}`;
    tell('error', problem, 'set heyu.timezone to the time zone in which heyu runs');
  } else {
    const hint = 'was the file copied, or was the clock set? else see heyu.timezone and heyu.date_format';
    tell('warning', `its last stamp is ${hours(lateMs)}`, hint);
  }
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
