/** Checks whether the configuration loads, and what is doubtful in it. */

import { join } from 'node:path';
import { counted } from '../../common/text.js';
import type { Loaded } from '../../config/load.js';
import { formatProblem, type Problem } from '../../config/problem.js';
import { systemTimeZone } from '../../config/time-zone.js';
import { timeZone } from '../../heyu/time-zone.js';
import { DEFAULT_CONFIG, SET_UP, withSudo } from '../configured.js';
import { type Tell, type Verdict, whenIn } from '../terminal.js';
import { lastGood, textsOf, vanished } from '../last-good.js';

const CHECK_WITH_SUDO = 'sudo heyu2mqtt check asks for the user of the service';

/** Checks the configuration. `isQuick`: the configuration with which the service runs is not an error. */
export function checkConfiguration(
  loaded: Loaded,
  configFile: string | undefined,
  tell: Tell,
  isQuick = false,
): void {
  const say = (verdict: Verdict, problem: Problem): void =>
    tell(verdict, formatProblem({ ...problem, hint: undefined }), problem.hint);
  const stateDir = loaded.ok ? loaded.configuration.stateDir : loaded.stateDir;
  const zoneName = loaded.ok ? loaded.configuration.core.stamp.timeZone : systemTimeZone();
  const kept = lastGood(stateDir, configFile);
  const lost = loaded.ok ? vanished(loaded, textsOf(kept)) : [];
  for (const problem of lost) say('error', problem);
  if (kept !== undefined && (!loaded.ok || lost.length > 0))
    tell(
      'warning',
      `the service uses its last good configuration, of ${whenIn(timeZone(zoneName))(kept.at)}`,
      `fix the files; what they held is in ${join(stateDir, 'last-good')}`,
    );
  if (!loaded.ok) {
    const hintOfLog = 'see heyu below, or set heyu.log';
    // what is wrong with heyu's own file is told with heyu
    const isOurs = ({ file }: Problem): boolean => file !== loaded.x10config;
    for (const problem of loaded.problems.filter(isOurs)) {
      const hinted = withSudo(problem, CHECK_WITH_SUDO);
      // that this user may not read it says nothing of the service
      say(hinted === problem || isQuick ? 'error' : 'warning', hinted);
    }
    for (const warning of loaded.warnings.filter(isOurs)) say('warning', warning);
    if (!loaded.problems.some(isOurs))
      tell('error', `${loaded.x10config ?? ''} does not name the log to read`, hintOfLog);
    return;
  }
  const { configuration, ignored } = loaded;
  const { core, files, warnings } = configuration;
  if (configFile === undefined)
    tell('warning', `there is no ${DEFAULT_CONFIG}: everything has its default`, SET_UP);
  else tell('ok', `${configFile}: ${counted(core.zones.length, 'zone')}`);
  for (const { zone, alertOn } of core.zones.filter(({ alertOn }) => alertOn === 'triggered'))
    tell('note', `zone ${zone}: there is no alert while its source is down (alert_on: ${alertOn})`);
  for (const setting of ignored) say(isQuick ? 'warning' : 'error', setting);
  // what heyu refuses in its own file is told with heyu
  for (const warning of warnings) if (warning.file !== files.x10config) say('warning', warning);
}
