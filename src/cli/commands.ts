/** All commands, in the order of the help. */

import { Command } from 'commander';
import { aliasCheckCommand } from './alias/check.js';
import { aliasAddCommand, aliasRemoveCommand, aliasRenameCommand, aliasSetCommand } from './alias/edit.js';
import { aliasImportCommand } from './alias/import.js';
import { aliasLearnCommand } from './alias/learn.js';
import { aliasListCommand, aliasShowCommand, aliasTopicsCommand } from './alias/show.js';
import { aliasTestCommand } from './alias/test.js';
import { aliasWatchCommand } from './alias/watch.js';
import { brokerCheckCommand } from './broker-check.js';
import { checkCommand } from './check.js';
import { configCommand } from './config.js';
import { demoCommand } from './demo.js';
import { explainCommand } from './explain.js';
import { initCommand } from './init.js';
import { runCommand } from './run.js';
import { serviceCommand } from './service.js';
import { sessionCommand } from './session.js';

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
