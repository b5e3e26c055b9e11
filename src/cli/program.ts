/** The command line: one file per command, put together here. */

import type { Command } from 'commander';
import { aliasCommand } from './alias.js';
import { bareProgram } from './bare-program.js';
import { brokerCheckCommand } from './broker-check.js';
import { checkCommand } from './check.js';
import { configCommand } from './config.js';
import { demoCommand } from './demo.js';
import { explainCommand } from './explain.js';
import { initCommand } from './init.js';
import { runCommand } from './run.js';
import { serviceCommand } from './service.js';
import { sessionCommand } from './session.js';

/** The whole command line with its commands. */
export function program(): Command {
  return bareProgram()
    .addCommand(initCommand())
    .addCommand(runCommand())
    .addCommand(demoCommand())
    .addCommand(configCommand())
    .addCommand(checkCommand())
    .addCommand(brokerCheckCommand())
    .addCommand(sessionCommand())
    .addCommand(aliasCommand())
    .addCommand(explainCommand())
    .addCommand(serviceCommand());
}
