/** `heyu2mqtt alias topics [NAME]`: the topics of sensors, with lines for mosquitto_sub. */

import { Command } from 'commander';
import { sensorTopic } from '../mqtt/topics.js';
import { channelsOf } from '../sensor/channels.js';
import { aliasNamed, readAliasFile } from './alias-file.js';
import { findPlace, withPlaceOptions, type PlaceOptions } from './alias-place.js';
import { mosquittoSub } from './mosquitto-line.js';
import { processTerminal } from './terminal.js';

type Options = PlaceOptions & { readonly json?: boolean };

/** The command `alias topics`. */
export function aliasTopicsCommand(): Command {
  return withPlaceOptions(new Command('topics'))
    .description('show the topics of an alias, or of all, with lines for mosquitto_sub')
    .argument('[alias]', 'which')
    .option('--json', 'as JSON')
    .action(showTopics);
}

function showTopics(alias: string | undefined, options: Options): void {
  const terminal = processTerminal();
  const file = readAliasFile(findPlace(options));
  const { values } = file.place;
  const base = values['mqtt.base_topic'];
  const wanted = (alias === undefined ? file.aliases : [aliasNamed(file, alias)])
    .map(({ settings }) => settings)
    .filter(({ ignore }) => !ignore);
  const topics = wanted.map((sensor) => ({
    alias: sensor.alias,
    topics: channelsOf(sensor).map((channel) => sensorTopic(base, sensor.topic, channel)),
    watch: mosquittoSub(values, `${base}/${sensor.topic}/#`),
  }));
  if (options.json === true) {
    terminal.print(JSON.stringify(topics, null, 2));
    return;
  }
  for (const { alias: name, topics: all, watch } of topics) {
    terminal.print(terminal.style('bold', name));
    for (const topic of all) terminal.print(`  ${topic}`);
    terminal.print(terminal.style('dim', `  ${watch}`));
  }
}
