/** `heyu2mqtt read-past`, hidden: the child process in which the service reads the past. */

import type { Command } from 'commander';
import { serveParent } from '../io/history/past-reader.js';
import { CommandError, EXIT } from './terminal.js';

/** The command `read-past`. */
export function readPastCommand(command: Command): void {
  command.action(() => {
    if (!serveParent())
      throw new CommandError('this is a part of the service', 'heyu2mqtt why, or explain', EXIT.usage);
  });
}
