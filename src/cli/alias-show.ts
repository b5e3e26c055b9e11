/** `heyu2mqtt alias show NAME`: what is in force for one alias, where it comes from, and its topics. */

import { Command } from 'commander';
import { sensorTopic } from '../mqtt/topics.js';
import { channelsOf } from '../sensor/channels.js';
import type { AliasRead } from '../config/aliases.js';
import { aliasNamed, readAliasFile } from './alias-file.js';
import { findPlace, withPlaceOptions, type AliasPlace, type PlaceOptions } from './alias-place.js';
import { formatDuration } from './duration.js';
import { processTerminal, table } from './terminal.js';

type Options = PlaceOptions & { readonly json?: boolean };

/** The command `alias show`. */
export function aliasShowCommand(): Command {
  return withPlaceOptions(new Command('show'))
    .description('show one alias: what is in force, and its topics')
    .argument('<alias>', 'which')
    .option('--json', 'as JSON')
    .action(showAlias);
}

function showAlias(alias: string, options: Options): void {
  const terminal = processTerminal();
  const file = readAliasFile(findPlace(options));
  const read = aliasNamed(file, alias);
  const base = file.place.values['mqtt.base_topic'];
  const { settings } = read;
  const topics = settings.ignore
    ? []
    : channelsOf(settings).map((channel) => sensorTopic(base, settings.topic, channel));
  if (options.json === true) {
    const { sources, model, ...rest } = settings;
    terminal.print(JSON.stringify({ ...rest, model: model.name, sources: [...sources], topics }, null, 2));
    return;
  }
  terminal.print(terminal.style('bold', settings.alias));
  for (const line of table(
    [{ title: 'KEY' }, { title: 'VALUE' }, { title: 'FROM' }],
    rowsOf(read, file.place),
  ))
    terminal.print(`  ${line}`);
  if (settings.ignore) terminal.print('heard and counted, never published');
  for (const topic of topics) terminal.print(`  ${topic}`);
}

function rowsOf(
  { settings, lines, line, ignoredType }: AliasRead,
  place: AliasPlace,
): readonly (readonly string[])[] {
  const { dusk, area, zone, modes, sources } = settings;
  const values: Readonly<Record<string, string>> = {
    address: settings.address,
    model: settings.model.name,
    type: settings.type,
    name: settings.name,
    area: area ?? '',
    zone: zone ?? '',
    dusk: dusk ?? '',
    hold: formatDuration(settings.holdMs),
    topic: settings.topic,
    id: settings.id,
    off: settings.off,
    cooldown: formatDuration(settings.cooldownMs),
    min_on: formatDuration(settings.minOnMs),
    sources: [...sources].join(' '),
    modes: modes?.join(' ') ?? 'all',
    silent_after: settings.silentMs === 0 ? 'never' : formatDuration(settings.silentMs),
  };
  const at = (key: string): string => `${place.path}:${lines.get(key) ?? line}`;
  const isHidden = place.hidesUnchanged && place.values['sensors.silent_after'] === undefined;
  const byDefault = (key: string): string =>
    key === 'silent_after' && isHidden && settings.model.silentMs > 0
      ? 'HIDE_UNCHANGED YES of heyu hides its signs of life'
      : 'default';
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => [
      key,
      value,
      key === 'type' && ignoredType !== undefined
        ? `its model; ${ignoredType} of ${at(key)} is ignored`
        : lines.has(key)
          ? at(key)
          : byDefault(key),
    ]);
}
