/** What in heyu's configuration keeps sensors out of its log, and how to fix it. */

import { modelNamed } from '../x10/models.js';
import type { X10Config } from './x10config.js';

/** Something to be fixed in heyu's configuration, in words for people. */
export type Advice = {
  /** `error`: nothing can be heard at all; `warning`: something will be missed. */
  readonly level: 'error' | 'warning';
  readonly problem: string;
  readonly hint: string;
};

/** After a change heyu has to read its configuration again. */
const RESTART = 'then: heyu restart';

/** How many refused lines are named. */
const PROBLEMS_NAMED = 3;

const error = (problem: string, hint: string): Advice => ({ level: 'error', problem, hint });
const warning = (problem: string, hint: string): Advice => ({ level: 'warning', problem, hint });

const warnIf = (isSo: boolean, problem: string, hint: string): readonly Advice[] =>
  isSo ? [warning(problem, hint)] : [];

/**
 * What stands between heyu's configuration and a log that tells everything. `exists` = is there such a directory?
 * Without it this is not checked.
 */
export function adviseHeyu(config: X10Config, exists?: (directory: string) => boolean): readonly Advice[] {
  const modules = config.aliases.flatMap(({ model }) => modelNamed(model ?? '') ?? []);
  const hasSecurity = modules.some(({ protocol, name }) => protocol === 'security' && name !== 'SEC_IGNORE');
  const hidesMotion = hasSecurity || modules.some(({ name }) => name === 'PLCSENSOR');
  return [
    ...config.problems
      .slice(0, PROBLEMS_NAMED)
      .map(({ line, problem }) =>
        error(`heyu refuses ${line === 0 ? 'the file' : `line ${line}`}: ${problem}`, `fix it, ${RESTART}`),
      ),
    ...adviseLogDir(config, exists),
    ...warnIf(
      config.startEngine === 'MANUAL',
      'heyu writes its log only after someone has run heyu engine (START_ENGINE MANUAL)',
      'write START_ENGINE AUTO, and run heyu engine once',
    ),
    ...warnIf(
      config.hideUnchanged && hidesMotion,
      'heyu does not log repeated motion (HIDE_UNCHANGED YES)',
      `write HIDE_UNCHANGED NO, ${RESTART}`,
    ),
    ...warnIf(
      hasSecurity && config.ttyAux === undefined,
      'there are security sensors, but no radio receiver (TTY_AUX)',
      'name it in TTY_AUX, then: heyu stop; heyu start',
    ),
    ...config.aliases.flatMap(({ label, warnings }) =>
      warnings.map((said) =>
        warning(`${label}: ${said.replace(/\.$/, '')}`, `write RFFORWARD behind the module, ${RESTART}`),
      ),
    ),
  ];
}

/** Where heyu writes its log, or why it writes none; the line is quoted. */
export function adviseLogDir(
  { logDir, logDirLine, warnings }: X10Config,
  exists?: (directory: string) => boolean,
): readonly Advice[] {
  const WRITE = 'LOG_DIR /var/log/heyu (the directory must exist)';
  if (logDirLine === undefined)
    return [error('heyu writes no log: its configuration has no LOG_DIR', `write ${WRITE}, ${RESTART}`)];
  const line = `line ${logDirLine.line} says ${logDirLine.text}`;
  if (logDir === undefined) return [error(`heyu writes no log: ${line}`, `write ${WRITE} there, ${RESTART}`)];
  const tooLong = warnings.find(({ problem }) => problem.startsWith('LOG_DIR'));
  if (tooLong) return [error(tooLong.problem, `choose a shorter directory, ${RESTART}`)];
  if (!logDir.startsWith('/'))
    return [
      warning(
        `${line}: where that is depends on the directory in which heyu is started`,
        `write the whole path, with a / at its beginning, ${RESTART}`,
      ),
    ];
  if (exists?.(logDir) !== false) return [];
  return [
    error(
      `heyu refuses its configuration: ${line}, and there is no such directory`,
      `mkdir -p ${logDir}, as the user who runs heyu or with chown to that user; ${RESTART}`,
    ),
  ];
}
