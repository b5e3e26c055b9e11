/** heyu itself: what keeps sensors out of its log, and does its engine run? */

import { readX10Config, heyuLogPath, type X10Config } from '../../heyu/x10config.js';
import { adviseHeyu } from '../../heyu/x10config-advice.js';
import { readTextFile } from '../../config/text-file.js';
import { formatFault } from '../../config/faults.js';
import { isDirectory } from '../find-x10config.js';
import { engineLock } from '../heyu-engine.js';
import type { Tell } from './finding.js';

/** What is known of the log. */
export type HeyuLog = { readonly path: string; readonly writtenAt: number | undefined };

/** While the log grows the engine runs, wherever its lock is. */
const LIVELY_MS = 3_600_000;

/** Reads heyu's configuration; undefined when there is none. One that cannot be read is told. */
export function readHeyu(path: string | undefined, tell: Tell): X10Config | undefined {
  if (path === undefined) {
    tell('ok', 'no configuration of heyu was found here: not checked');
    return undefined;
  }
  const reading = readTextFile(path, path, { lenient: true });
  if (reading.ok) return readX10Config(reading.file.text);
  tell('warning', formatFault({ ...reading.fault, hint: undefined }), reading.fault.hint);
  return undefined;
}

/** Tells of heyu. `now` is wall time; `lockDirectories` are for tests. */
export function checkHeyu(
  path: string,
  heyu: X10Config,
  log: HeyuLog | undefined,
  now: number,
  tell: Tell,
  lockDirectories?: readonly string[],
): void {
  // While its log is there, heyu may as well run on another machine.
  const exists = log?.writtenAt === undefined ? isDirectory : undefined;
  const advice = adviseHeyu(heyu, exists);
  if (advice.length === 0) tell('ok', `${path}: ${heyu.aliases.length} aliases, nothing to be mended`);
  else for (const { level, problem, hint } of advice) tell(level, problem, hint);

  const written = heyuLogPath(heyu);
  if (log !== undefined && written !== undefined && written !== log.path)
    tell('warning', `heyu writes ${written}, but ${log.path} is read`, 'correct heyu.log, or leave it out');

  const suffix = (heyu.tty ?? '/dev/ttyS0').split('/').at(-1) ?? '';
  const lock = engineLock(suffix, lockDirectories);
  if (lock?.isAlive === true) tell('ok', `its engine runs (process ${lock.pid})`);
  else if (lock !== undefined)
    tell(
      'fault',
      `its engine has died and left its lock ${lock.path}: nothing is logged`,
      'heyu stop; heyu start',
    );
  else if (now - (log?.writtenAt ?? 0) > LIVELY_MS)
    tell('warning', 'no running engine was found', 'heyu start, and START_ENGINE AUTO in x10config');
}
