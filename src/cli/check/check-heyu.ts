/** heyu itself: what keeps sensors out of its log, and does its engine run? */

import { HOUR } from '../../common/duration.js';
import { formatProblem } from '../../config/problem.js';
import { readTextFile } from '../../config/text-file.js';
import { heyuLogPath, readX10Config, type X10Config } from '../../heyu/x10config.js';
import { adviseHeyu } from '../../heyu/x10config-advice.js';
import type { Tell } from '../findings.js';
import {
  ENGINE_DIED_HINT,
  engineDied,
  engineLock,
  interfaceOf,
  isDirectory,
  processNamed,
} from '../heyu-install.js';

/** What is known of the log. */
export type HeyuLog = { readonly path: string; readonly writtenAt: number | undefined };

/** While the log grows heyu runs, wherever that is. */
const LIVELY_MS = HOUR;

/** Reads heyu's configuration; undefined when there is none, or it cannot be read. */
export function readHeyu(path: string | undefined, isNamed: boolean, tell: Tell): X10Config | undefined {
  if (path === undefined) {
    tell('ok', 'no configuration of heyu was found here: not checked');
    return undefined;
  }
  const reading = readTextFile(path, path, { lenient: true });
  if (reading.ok) return readX10Config(reading.file.text);
  const verdict = isNamed ? 'fault' : 'warning';
  tell(verdict, formatProblem({ ...reading.problem, hint: undefined }), reading.problem.hint);
  return undefined;
}

/** Tells of what heyu's configuration means for its log. */
export function checkHeyu(path: string, heyu: X10Config, log: HeyuLog | undefined, tell: Tell): void {
  // While its log is there, heyu may as well run on another machine.
  const exists = log?.writtenAt === undefined ? isDirectory : undefined;
  const advice = adviseHeyu(heyu, exists);
  if (advice.length === 0) tell('ok', `${path}: ${heyu.aliases.length} aliases, nothing to be mended`);
  else for (const { level, problem, hint } of advice) tell(level, problem, hint);

  const written = heyuLogPath(heyu);
  if (log !== undefined && written !== undefined && written !== log.path)
    tell('warning', `heyu writes ${written}, but ${log.path} is read`, 'correct heyu.log, or leave it out');
}

/** Tells whether heyu runs. Where it is not configured on this machine, a log that grows is enough. `now` is wall time. */
export function checkEngine(
  heyu: X10Config | undefined,
  log: HeyuLog | undefined,
  now: number,
  tell: Tell,
  machine = { engineLock, processNamed },
): void {
  const lock = machine.engineLock(interfaceOf(heyu?.tty ?? log?.path.replace(/^.*heyu\.log\./, '') ?? ''));
  const pid = lock === undefined ? machine.processNamed('heyu_engine') : lock.isAlive ? lock.pid : undefined;
  if (pid !== undefined) tell('ok', `its engine runs (process ${pid})`);
  else if (lock !== undefined) tell('fault', `its ${engineDied(lock)}`, ENGINE_DIED_HINT);
  else if (machine.processNamed('heyu_relay') !== undefined)
    tell(
      'fault',
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
