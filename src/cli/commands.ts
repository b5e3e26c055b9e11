/** All commands, in the order of the help. */

import { Command } from 'commander';
import { effectiveValues, formatEffective } from '../config/effective.js';
import { aliasTestCommand, aliasWatchCommand } from './alias/broker.js';
import { aliasAddCommand, aliasRemoveCommand, aliasRenameCommand, aliasSetCommand } from './alias/edit.js';
import { aliasImportCommand } from './alias/import.js';
import { aliasLearnCommand } from './alias/learn.js';
import { aliasCheckCommand, aliasListCommand, aliasShowCommand, aliasTopicsCommand } from './alias/show.js';
import { brokerCheckCommand } from './broker-check.js';
import { checkCommand } from './check/check-all.js';
import { loadOrFail, OPTIONS } from './configured.js';
import { demoCommand } from './demo.js';
import { explainCommand } from './explain.js';
import { initCommand } from './init.js';
import { runCommand } from './run.js';
import { serviceCommand } from './service-install.js';
import { sessionCommand } from './session.js';
import { processTerminal } from './terminal.js';

/** Adds every command to the program. */
export function withCommands(program: Command): Command {
  const alias = new Command('alias').description(
    'name the sensors: take them over from heyu, look at them, change them',
  );
  for (const command of [
    aliasImportCommand(),
    aliasListCommand(),
    aliasShowCommand(),
    aliasAddCommand(),
    aliasSetCommand(),
    aliasRenameCommand(),
    aliasRemoveCommand(),
    aliasCheckCommand(),
    aliasLearnCommand(),
    aliasTestCommand(),
    aliasTopicsCommand(),
    aliasWatchCommand(),
  ])
    alias.addCommand(command);
  for (const command of [
    initCommand(),
    runCommand(),
    demoCommand(),
    configCommand(),
    checkCommand(),
    brokerCheckCommand(),
    sessionCommand(),
    alias,
    explainCommand(),
    serviceCommand(),
  ])
    program.addCommand(command);
  return program;
}

/** The command `config`: the effective values with their origin. */
function configCommand(): Command {
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
