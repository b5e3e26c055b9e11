/** `heyu2mqtt alias learn`: what is heard, who is still without a name, and what may have changed. */

import { Command } from 'commander';
import type { History } from '../alias/heard.js';
import { heardRows, learn } from '../alias/learn.js';
import { isoAt, timeZone } from '../heyu/time-zone.js';
import { readAliasFile, type AliasFile } from './alias-file.js';
import { learnLive } from './alias-learn-live.js';
import { findPlace, readX10ConfigFile, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { suggestionText } from './alias-suggestions.js';
import { EXIT, CommandError } from './exit-code.js';
import { findX10Config } from './find-x10config.js';
import { whenIn } from './instants.js';
import { historyOf, logFormOf } from './log-history.js';
import { processTerminal, table, type Terminal } from './terminal.js';

type Options = PlaceOptions & {
  readonly from?: readonly string[];
  readonly x10config?: string;
  readonly log?: string;
  readonly json?: boolean;
};

/** The command `alias learn`. */
export function aliasLearnCommand(): Command {
  return withPlaceOptions(new Command('learn'))
    .description('walk test: see live what is heard, and name it; needs no running service and disturbs none')
    .option('--from <log...>', 'learn from these logs (rotated ones first) and end')
    .option('--log <file>', "heyu's log (default: as configured)")
    .option('--x10config <file>', "heyu's configuration (default: as configured, else where heyu looks)")
    .option('--json', 'what the log has heard as JSON, and end')
    .action(learnAliases);
}

async function learnAliases(options: Options): Promise<void> {
  const terminal = processTerminal();
  const place = findPlace(options);
  const config = readX10ConfigFile(options.x10config ?? place.x10config ?? findX10Config(process.env));
  const form = logFormOf(place.values);
  const log = options.log ?? place.values['heyu.log'];
  const file = readAliasFile(place);
  if (options.from === undefined && options.json !== true && terminal.isInteractive) {
    await learnLive({ place, log, form, config, terminal });
    return;
  }
  const history = historyOf(options.from ?? [log], form);
  if (history.units.size === 0 && options.json !== true)
    throw new CommandError(
      'nothing was heard in the log',
      EXIT.failed,
      'heyu2mqtt check looks for the reason',
    );
  const suggestions = learn(history, file.entries, config, history.toAt ?? 0);
  if (options.json === true) {
    terminal.print(JSON.stringify({ heard: jsonRows(history, file, form.timeZone), suggestions }, null, 2));
    return;
  }
  const when = whenIn(timeZone(form.timeZone));
  printRows(terminal, history, file, when);
  for (const suggestion of suggestions) {
    const { title, remedy } = suggestionText(suggestion, when);
    terminal.print();
    terminal.print(terminal.style('bold', title));
    for (const line of remedy) terminal.print(`  ${line}`);
  }
}

/** Who was heard, as a table: senders without a name first. */
export function printRows(
  terminal: Terminal,
  history: History,
  file: AliasFile,
  when: (at: number) => string,
): void {
  const titles = ['UNIT', 'ALIAS', 'HEARD', 'LAST', 'SAYS', 'FROM'];
  const cells = heardRows(history, file.entries).map(({ unit, entry }) => [
    unit.address ?? unit.securityId ?? '',
    entry?.alias ?? '-',
    `${unit.count}`,
    when(unit.lastAt),
    [...unit.functions].map(([name, count]) => (count === 1 ? name : `${name} x${count}`)).join(' '),
    [...unit.sources].join(' '),
  ]);
  const columns = titles.map((title) => (title === 'HEARD' ? { title, align: 'right' as const } : { title }));
  for (const line of table(columns, cells)) terminal.print(line);
}

function jsonRows(history: History, file: AliasFile, zoneName: string): readonly object[] {
  const zone = timeZone(zoneName);
  return heardRows(history, file.entries).map(({ unit, entry }) => ({
    address: unit.address ?? null,
    security_id: unit.securityId ?? null,
    alias: entry?.alias ?? null,
    label: unit.label,
    count: unit.count,
    first: isoAt(unit.firstAt, zone),
    last: isoAt(unit.lastAt, zone),
    functions: Object.fromEntries(unit.functions),
    sources: [...unit.sources],
  }));
}
