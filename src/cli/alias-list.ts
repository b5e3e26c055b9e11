/** `heyu2mqtt alias list`: all entries of the alias file at a glance. */

import { Command } from 'commander';
import { formatProblems } from '../config/problem.js';
import { readAliasFile } from './alias-file.js';
import { findPlace, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { EXIT } from './exit-code.js';
import { processTerminal, table } from './terminal.js';

type Options = PlaceOptions & { readonly json?: boolean };

/** The command `alias list`. */
export function aliasListCommand(): Command {
  return withPlaceOptions(new Command('list'))
    .description('show all aliases')
    .option('--json', 'as JSON')
    .action(listAliases);
}

function listAliases(options: Options): void {
  const terminal = processTerminal();
  const { aliases, problems, place } = readAliasFile(findPlace(options));
  const rows = aliases.map(({ settings }) => settings);
  if (options.json === true) {
    const shown = rows.map(({ alias, address, dusk, model, type, name, area, zone, topic, id, ignore }) => {
      return { alias, address, dusk, model: model.name, type, name, area, zone, topic, id, ignore };
    });
    terminal.print(JSON.stringify(shown, null, 2));
  } else if (rows.length === 0) {
    terminal.print(`no aliases in ${place.path}`);
  } else {
    const titles = ['ALIAS', 'ADDRESS', 'DUSK', 'MODEL', 'TYPE', 'ZONE', 'NAME'];
    const cells = rows.map(({ alias, address, dusk, model, type, zone, name, ignore }) => [
      alias,
      address,
      dusk ?? '',
      model.name,
      ignore ? 'ignored' : type,
      zone ?? '',
      name,
    ]);
    for (const line of table(
      titles.map((title) => ({ title })),
      cells,
    ))
      terminal.print(line);
  }
  if (problems.length === 0) return;
  terminal.complain(formatProblems(problems));
  process.exitCode = EXIT.failed;
}
