/** `heyu2mqtt alias remove NAME...`: takes entries out of the alias file. */

import { Command } from 'commander';
import { aliasNamed, editAliasFile, readAliasFile } from './alias-file.js';
import { findPlace, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { askOnTerminal } from './ask.js';
import { CommandError } from './exit-code.js';
import { processTerminal } from './terminal.js';

type Options = PlaceOptions & { readonly yes?: boolean };

/** The command `alias remove`. */
export function aliasRemoveCommand(): Command {
  return withPlaceOptions(new Command('remove'))
    .description('forget aliases; their entities in Home Assistant go, too')
    .argument('<alias...>', 'which')
    .option('--yes', 'do not ask')
    .action(removeAliases);
}

async function removeAliases(given: readonly string[], options: Options): Promise<void> {
  const terminal = processTerminal();
  const place = findPlace(options);
  const aliases = [...new Set(given)];
  const file = readAliasFile(place);
  const found = aliases.map((alias) => aliasNamed(file, alias).settings);
  if (terminal.isInteractive && options.yes !== true) {
    const names = found.map(({ alias, address }) => `${alias} (${address})`).join(', ');
    if (!(await askOnTerminal.yesOrNo(`Remove ${names}?`, false)))
      throw new CommandError('called off, nothing was written');
  }
  editAliasFile(place, (now) =>
    aliases.map((alias) => ({ kind: 'remove', alias: aliasNamed(now, alias).settings.alias })),
  );
  terminal.print(`removed: ${aliases.join(', ')} from ${place.path}`);
}
