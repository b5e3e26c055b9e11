/** What in heyu's configuration keeps sensors out of its log, and how to mend it. */

import { modelNamed } from '../x10/model.js';
import { heyuLogPath, type X10Config } from './x10config.js';

/** Something to be mended in heyu's configuration, in words for people. */
export type Advice = {
  /** `fault`: nothing can be heard at all; `warning`: something will be missed. */
  readonly level: 'fault' | 'warning';
  readonly problem: string;
  readonly hint: string;
};

/** After a change heyu has to read its configuration again. */
const RESTART = 'then: heyu restart';

/** How many refused lines are named. */
const FAULTS_NAMED = 3;

/** What stands between heyu's configuration and a log that tells everything. */
export function adviseHeyu(config: X10Config): readonly Advice[] {
  const advice: Advice[] = [];
  const say = (level: Advice['level'], problem: string, hint: string): void => {
    advice.push({ level, problem, hint });
  };
  for (const { line, problem } of config.faults.slice(0, FAULTS_NAMED))
    say(
      'fault',
      `heyu refuses ${line === 0 ? 'the file' : `line ${line}`}: ${problem}`,
      `mend it, ${RESTART}`,
    );
  if (heyuLogPath(config) === undefined)
    say(
      'fault',
      'heyu writes no log: there is no LOG_DIR',
      `write LOG_DIR /var/log/heyu (the directory must exist), ${RESTART}`,
    );
  if (config.startEngine === 'MANUAL')
    say(
      'warning',
      'heyu writes its log only after someone has run heyu engine (START_ENGINE MANUAL)',
      'write START_ENGINE AUTO, and run heyu engine once',
    );

  const modules = config.aliases.flatMap(({ model }) =>
    model === undefined ? [] : (modelNamed(model) ?? []),
  );
  const hasSecurity = modules.some(({ protocol, name }) => protocol === 'security' && name !== 'SEC_IGNORE');
  if (config.hideUnchanged && (hasSecurity || modules.some(({ name }) => name === 'PLCSENSOR')))
    say(
      'warning',
      'heyu does not log repeated motion (HIDE_UNCHANGED YES)',
      `write HIDE_UNCHANGED NO, ${RESTART}`,
    );
  if (hasSecurity && config.ttyAux === undefined)
    say(
      'warning',
      'there are security sensors, but no radio receiver (TTY_AUX)',
      `name it in TTY_AUX, then: heyu stop; heyu start`,
    );
  for (const { label, warnings } of config.aliases) {
    for (const warning of warnings)
      say(
        'warning',
        `${label}: ${warning.replace(/\.$/, '')}`,
        `write RFFORWARD behind the module, ${RESTART}`,
      );
  }
  for (const { problem } of config.warnings.filter(({ problem: text }) => text.startsWith('LOG_DIR')))
    say('fault', problem, `choose a shorter directory, ${RESTART}`);
  return advice;
}
