/** `heyu2mqtt config`: the effective values with their origin. */

import type { Command } from 'commander';
import { effectiveValues, formatEffective } from '../config/effective.js';
import { loadOrFail, OPTIONS } from './configured.js';
import { processTerminal } from './terminal.js';

/** The command `config`. */
export function configCommand(command: Command): void {
  command
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action(({ config, json }: { config?: string; json?: boolean }) => {
      const terminal = processTerminal();
      const { resolved } = loadOrFail(config);
      const values = effectiveValues(resolved);
      terminal.print(json === true ? JSON.stringify(values, null, 2) : formatEffective(values));
    });
}
