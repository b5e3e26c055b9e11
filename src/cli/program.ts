/** Runs one command line: problems become messages and exit codes. */

import { Command, CommanderError } from 'commander';
import { hintLine } from '../common/error.js';
import { printable } from '../common/text.js';
import { asJournalError, isJournal } from '../io/journal.js';
import { addCommands, completeAll, withHelpAsOption } from './commands.js';
import { ownVersion } from './program-files.js';
import { CommandError, EXIT, processTerminal } from './terminal.js';

/** The command line. A command throws instead of ending the process, and complains as the rest of the program does. */
function commandLine(): Command {
  const { print, complain } = processTerminal();
  const program = new Command('heyu2mqtt')
    .description('the bridge from heyu (X10) to MQTT and Home Assistant')
    .version(ownVersion())
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      // commander leaves long lines to narrow terminals
      writeOut: (text) => print(text.trimEnd()),
      outputError: (text) => complain(text.trimEnd().replace(/^error: /, 'heyu2mqtt: ')),
    });
  addCommands(program);
  return program;
}

/** The command line with all of its commands complete, for what is written about them. */
export async function completeCommandLine(): Promise<Command> {
  const program = commandLine();
  await completeAll(program);
  return program;
}

/** Runs the process: arguments to the command line, errors to messages, and its exit code. */
export async function main(args: readonly string[]): Promise<void> {
  // a reader that has seen enough (`explain ... | head`) is not an error
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.exitCode = await runProgram(args);
}

/**
 * Runs one command line; resolves to the exit code. Errors are shown as one message; a stack trace is only for an error
 * of the program itself.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await commandLine().parseAsync(withHelpAsOption(args), { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const known = error instanceof CommandError ? error : systemError(error);
    if (known === undefined) throw error;
    const message = `heyu2mqtt: ${known.message}${hintLine(known.hint)}`;
    processTerminal().complain(isJournal(2, process.env) ? asJournalError(message) : message);
    return known.exitCode;
  }
}

/** An error of the system that no command has foreseen; undefined for others, and for all when DEBUG is set. */
function systemError(error: unknown): CommandError | undefined {
  if (!(error instanceof Error) || process.env['DEBUG'] !== undefined) return undefined;
  const { syscall, path = '', code = '' }: NodeJS.ErrnoException = error;
  if (syscall === undefined) return undefined;
  const isDenied = (code === 'EACCES' || code === 'EPERM') && process.geteuid?.() !== 0;
  const what = [`cannot ${syscall}`, path].filter((part) => part !== '').join(' ');
  return new CommandError(
    printable(`${what} (${code})`),
    isDenied ? 'run it with sudo' : 'with DEBUG=1 before the command it says where',
  );
}
