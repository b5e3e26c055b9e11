/** `heyu2mqtt session`: what the broker keeps for the service while it is away. */

import { Command } from 'commander';
import { sessionClearCommand } from './session-clear.js';
import { sessionShowCommand } from './session-show.js';

/** The command `session` with its commands. */
export function sessionCommand(): Command {
  return new Command('session')
    .description('the session that the broker keeps for the service: look at it, reset it')
    .addCommand(sessionShowCommand())
    .addCommand(sessionClearCommand());
}
