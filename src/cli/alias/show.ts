/** `heyu2mqtt alias list, show, topics`: what the alias file says, and the topics it makes. */

import { Command } from 'commander';
import { formatDuration } from '../../common/duration.js';
import type { AliasRead } from '../../config/aliases.js';
import type { ConfigValues } from '../../config/keys.js';
import { formatProblems } from '../../config/problem.js';
import { writeAddresses } from '../../heyu/x10config.js';
import { sensorTopic } from '../../mqtt/topics.js';
import { channelsOf } from '../../sensor/channels.js';
import { EXIT, processTerminal, table } from '../terminal.js';
import {
  aliasNamed,
  type AliasPlace,
  findPlace,
  type PlaceOptions,
  readAliasFile,
  withPlaceOptions,
} from './file.js';

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
    const shown = rows.map((settings) => {
      const { alias, dusk, model, type, name, area, zone, topic, id, ignore } = settings;
      const address = writeAddresses(settings);
      return { alias, address, dusk, model: model.name, type, name, area, zone, topic, id, ignore };
    });
    terminal.print(JSON.stringify(shown, null, 2));
  } else if (rows.length === 0) {
    terminal.print(`no aliases in ${place.path}`);
  } else {
    const titles = ['ALIAS', 'ADDRESS', 'DUSK', 'MODEL', 'TYPE', 'ZONE', 'NAME'];
    const cells = rows.map((settings) => [
      settings.alias,
      writeAddresses(settings),
      settings.dusk ?? '',
      settings.model.name,
      settings.ignore ? 'ignored' : settings.type,
      settings.zone ?? '',
      settings.name,
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
    const address = writeAddresses(settings);
    terminal.print(
      JSON.stringify(
        { ...rest, address, moreUnits: undefined, model: model.name, sources: [...sources], topics },
        null,
        2,
      ),
    );
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
    address: writeAddresses(settings),
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

/** For a POSIX shell: quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The line that shows everything below a topic. The password is read from its file when the line is run. */
export function mosquittoSub(values: ConfigValues, filter: string): string {
  const [first = 'mqtt://localhost'] = values['mqtt.url'];
  const url = new URL(first);
  const isTls = url.protocol === 'mqtts:' || url.protocol === 'wss:';
  const isWeb = url.protocol.startsWith('ws');
  const user = values['mqtt.username'] ?? decodeURIComponent(url.username);
  const passwordFile = values['mqtt.password_file'];
  const ca = values['mqtt.ca_file'];
  const words = ['mosquitto_sub', '-v'];
  if (isWeb) words.push('--ws');
  if (url.hostname !== 'localhost') words.push('-h', shellWord(url.hostname));
  if (url.port !== '' && url.port !== '1883') words.push('-p', url.port);
  else if (isTls && url.port === '') words.push('-p', '8883');
  if (user !== '') words.push('-u', shellWord(user));
  if (passwordFile !== undefined) words.push('-P', `"$(cat ${shellWord(passwordFile)})"`);
  else if (user !== '') words.push('-P', 'PASSWORD');
  if (ca !== undefined) words.push('--cafile', shellWord(ca));
  else if (isTls) words.push('--capath', '/etc/ssl/certs');
  return [...words, '-t', shellWord(filter)].join(' ');
}
