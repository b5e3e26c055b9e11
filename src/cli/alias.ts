/** `heyu2mqtt alias ...`: the map from heyu's units to sensors, one file per command. */

import { Command } from 'commander';
import { aliasAddCommand } from './alias-add.js';
import { aliasCheckCommand } from './alias-check.js';
import { aliasImportCommand } from './alias-import.js';
import { aliasLearnCommand } from './alias-learn.js';
import { aliasListCommand } from './alias-list.js';
import { aliasRemoveCommand } from './alias-remove.js';
import { aliasRenameCommand } from './alias-rename.js';
import { aliasSetCommand } from './alias-set.js';
import { aliasShowCommand } from './alias-show.js';
import { aliasTestCommand } from './alias-test.js';
import { aliasTopicsCommand } from './alias-topics.js';
import { aliasWatchCommand } from './alias-watch.js';

/** The command `alias` with its commands. */
export function aliasCommand(): Command {
  return new Command('alias')
    .description('name the sensors: take them over from heyu, look at them, change them')
    .addCommand(aliasImportCommand())
    .addCommand(aliasListCommand())
    .addCommand(aliasShowCommand())
    .addCommand(aliasAddCommand())
    .addCommand(aliasSetCommand())
    .addCommand(aliasRenameCommand())
    .addCommand(aliasRemoveCommand())
    .addCommand(aliasCheckCommand())
    .addCommand(aliasLearnCommand())
    .addCommand(aliasTestCommand())
    .addCommand(aliasTopicsCommand())
    .addCommand(aliasWatchCommand());
}
