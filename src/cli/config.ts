/** `heyu2mqtt config`: the effective values with their origin. */

import { Command } from 'commander';
import { effectiveValues, formatEffective } from '../config/effective.js';
import { OPTIONS, loadOrFail } from './configured.js';
import { processTerminal } from './terminal.js';

/** The command `config`. */
export function configCommand(): Command {
  return new Command('config')
    .description('show the effective configuration and where each value comes from; secrets are masked')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action(({ config, json }: { config?: string; json?: boolean }) => {
      const terminal = processTerminal();
      const { resolved } = loadOrFail(config);
      const values = effectiveValues(resolved);
      terminal.print(json === true ? JSON.stringify(values, null, 2) : formatEffective(values));
    });
}
