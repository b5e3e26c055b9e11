/** `heyu2mqtt config`: the effective values with their origin. */

import { Command } from 'commander';
import { effectiveValues } from '../config/effective.js';
import { configOption, loadOrFail } from './configured.js';
import { processTerminal, table } from './terminal.js';

/** The command `config`. */
export function configCommand(): Command {
  return new Command('config')
    .description('show the effective configuration and where each value comes from; secrets are masked')
    .addOption(configOption())
    .option('--json', 'as JSON')
    .action(({ config, json }: { config?: string; json?: boolean }) => {
      const terminal = processTerminal();
      const { resolved } = loadOrFail(config, (warning) => terminal.complain(warning));
      const values = effectiveValues(resolved);
      if (json === true) {
        terminal.print(JSON.stringify(values, null, 2));
        return;
      }
      const rows = values.map(({ key, value, origin }) => [
        key,
        valueText(value),
        terminal.style('dim', origin),
      ]);
      for (const line of table([{ title: 'key' }, { title: 'value' }, { title: 'from' }], rows))
        terminal.print(line);
    });
}

function valueText(value: unknown): string {
  if (value === null) return '-';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(valueText).join(', ') : JSON.stringify(value);
}
