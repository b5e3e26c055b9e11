/** `heyu2mqtt session clear`: resets the session of the service by a clean connect with its client id. */

import { Command } from 'commander';
import { askOnTerminal } from './ask.js';
import { configOption, loadOrFail } from './configured.js';
import { askForSession } from './session/told.js';
import { resetSession } from './session/visit-as-service.js';
import { CommandError, EXIT, processTerminal } from './terminal.js';

type Options = { readonly config?: string; readonly yes?: boolean; readonly force?: boolean };

/** The command `session clear`. */
export function sessionClearCommand(): Command {
  return new Command('clear')
    .description('reset the session of the stopped service: what waits in it is thrown away; asks')
    .addOption(configOption())
    .option('--yes', 'do not ask')
    .option(
      '--force',
      'also when the broker says that the service is running, as it may after a crash of the broker',
    )
    .action(clear);
}

async function clear({ config, yes = false, force = false }: Options): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(config, (warning) => terminal.complain(warning));
  const { clientId, urls } = configuration.mqtt;
  const { service } = await askForSession(configuration);
  if (service === 'running' && !force)
    throw new CommandError(
      'the service is running: a second client with its id would throw it out',
      EXIT.failed,
      'sudo systemctl stop heyu2mqtt; if it does not run and the broker is wrong: --force',
    );
  if (!yes) {
    if (!terminal.isInteractive)
      throw new CommandError('there is no terminal to ask on', EXIT.usage, 'add --yes to reset the session');
    const question = `Reset the session of ${clientId}? What waits in it is lost.`;
    if (!(await askOnTerminal.yesOrNo(question, false))) return;
  }
  const refusals: unknown[] = [];
  for (const url of urls) {
    try {
      await resetSession(configuration, url);
      terminal.print(`${url}: the session of ${clientId} is reset`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      refusals.push(error);
      terminal.complain(error.message);
    }
  }
  if (refusals.length > 0)
    throw new CommandError(
      `${refusals.length} of ${urls.length} brokers could not be reached`,
      EXIT.failed,
      'nodes of one cluster share the session, others keep their own',
    );
}
