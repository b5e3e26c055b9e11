/** `heyu2mqtt config`: the effective values with their origin. */

import type { Command } from 'commander';
import { effectiveValues, formatEffective } from '../config/effective.js';
import { readHouse } from '../config/load.js';
import { formatProblem, sortProblems } from '../config/problem.js';
import { configFileOf, configurationError, OPTIONS, withSudo } from './configured.js';
import { processTerminal } from './terminal.js';

/** The command `config`. */
export function configCommand(command: Command): void {
  command
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action(({ config, json }: { config?: string; json?: boolean }) => {
      const terminal = processTerminal();
      const configFile = configFileOf(config);
      // secrets are not shown, and not everybody may read them
      const house = readHouse({ configFile, env: process.env });
      if (house.problems.length > 0)
        throw configurationError(sortProblems(house.problems).map((each) => withSudo(each)));
      for (const setting of house.ignored) terminal.complain(`ignored: ${formatProblem(setting)}`);
      for (const warning of house.warnings) terminal.complain(formatProblem(warning));
      const values = effectiveValues({ ...house, configFile });
      terminal.print(json === true ? JSON.stringify(values, null, 2) : formatEffective(values));
    });
}
