/** The command line: one file per command, put together here. */

import { Command, CommanderError } from 'commander';
import { aliasCommand } from './alias.js';
import { configCommand } from './config.js';
import { demoCommand } from './demo.js';
import { asJournalError, isJournal } from '../io/journal.js';
import { CommandError, EXIT } from './exit-code.js';
import { explainCommand } from './explain.js';
import { initCommand } from './init.js';
import { runCommand } from './run.js';
import { serviceCommand } from './service.js';
import { ownVersion } from './version.js';

/** The whole command line with its commands. */
export function program(): Command {
  return new Command('heyu2mqtt')
    .description('the bridge from heyu (X10) to MQTT and Home Assistant')
    .version(ownVersion())
    .showHelpAfterError('(heyu2mqtt --help shows what there is)')
    .addCommand(initCommand())
    .addCommand(runCommand())
    .addCommand(demoCommand())
    .addCommand(configCommand())
    .addCommand(aliasCommand())
    .addCommand(explainCommand())
    .addCommand(serviceCommand());
}

/** Makes every command throw instead of ending the process. */
function tame(command: Command): Command {
  command.exitOverride();
  for (const sub of command.commands) tame(sub);
  return command;
}

/** Runs one command line; resolves to the exit code. Faults are shown as one message, never as a stack trace. */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await tame(program()).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CommandError) {
      const hint = error.hint === undefined ? '' : `  hint: ${error.hint}\n`;
      const message = `heyu2mqtt: ${error.message}\n${hint}`;
      process.stderr.write(isJournal(2, process.env) ? asJournalError(message) : message);
      return error.exitCode;
    }
    throw error;
  }
}
