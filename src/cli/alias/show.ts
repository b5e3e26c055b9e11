/**
 * `heyu2mqtt alias list, show, topics, check`: the content of the alias file, its topics, and what is wrong with it.
 */

import type { Command } from 'commander';
import { checkAliases, type Doubt } from '../../alias/doubts.js';
import { formatDuration } from '../../common/duration.js';
import type { AliasRead } from '../../config/aliases.js';
import type { ConfigValues } from '../../config/keys-and-defaults.js';
import { formatProblem, formatProblems, type Problem } from '../../config/problem.js';
import { writeAddresses } from '../../heyu/x10config.js';
import { sensorTopic } from '../../mqtt/topics.js';
import { channelsOf } from '../../sensor/channels.js';
import { guardOf } from '../../sensor/guard.js';
import type { SensorSettings } from '../../sensor/settings.js';
import { isAlarmType } from '../../sensor/types.js';
import { type Given, mayRead, OPTIONS } from '../configured.js';
import { findX10Config, historyOf, logFormOf, readX10ConfigFile } from '../heyu-install.js';
import { EXIT, exitCodeOf, type Finding, printFinding, processTerminal, table } from '../terminal.js';
import {
  aliasNamed,
  type AliasPlace,
  findPlace,
  findPlaceToLook,
  neverAlertingIn,
  readAliasFile,
  withAliasFile,
} from './alias-file.js';

/** The command `alias list`. */
export function aliasListCommand(command: Command): void {
  withAliasFile(command).addOption(OPTIONS.json).action(listAliases);
}

function listAliases(given: Given): void {
  const terminal = processTerminal();
  const { aliases, problems, place } = readAliasFile(findPlaceToLook(given));
  const all = aliases.map(({ settings }) => settings);
  if (given.json === true)
    terminal.printJson(
      all.map((settings) => {
        const { alias, dusk, model, type, name, area, zone, topic, id, ignore } = settings;
        const address = writeAddresses(settings);
        return { alias, address, dusk, model: model.name, type, name, area, zone, topic, id, ignore };
      }),
    );
  else if (all.length === 0) terminal.print(`no aliases in ${place.path}`);
  else {
    const rows = all.map((settings) => {
      const { alias, dusk = '', model, type, zone = '', name, ignore } = settings;
      return [alias, writeAddresses(settings), dusk, model.name, ignore ? 'ignored' : type, zone, name];
    });
    const titles = ['ALIAS', 'ADDRESS', 'DUSK', 'MODEL', 'TYPE', 'ZONE', 'NAME'];
    for (const line of table(titles, rows)) terminal.print(line);
  }
  if (problems.length === 0) return;
  terminal.complain(formatProblems(problems));
  process.exitCode = EXIT.failed;
}

/** The command `alias show`. */
export function aliasShowCommand(command: Command): void {
  withAliasFile(command).argument('<alias>', 'which').addOption(OPTIONS.json).action(showAlias);
}

function showAlias(alias: string, given: Given): void {
  const terminal = processTerminal();
  const file = readAliasFile(findPlace(given));
  const read = aliasNamed(file, alias);
  const { settings } = read;
  const topics = settings.ignore ? [] : topicsOf(settings, file.place);
  if (given.json === true) {
    const { sources, model, moreUnits, ...rest } = settings;
    const address = writeAddresses({ address: rest.address, moreUnits });
    terminal.printJson({ ...rest, address, model: model.name, sources: [...sources], topics });
    return;
  }
  terminal.print(terminal.style('bold', settings.alias));
  for (const line of table(['KEY', 'VALUE', 'FROM'], rowsOf(read, file.place))) terminal.print(`  ${line}`);
  if (settings.ignore) terminal.print('heard and counted, never published');
  for (const topic of topics) terminal.print(`  ${topic}`);
}

function topicsOf(sensor: SensorSettings, { house }: AliasPlace): readonly string[] {
  const base = house.absolute['mqtt.base_topic'];
  return channelsOf(sensor).map((channel) => sensorTopic(base, sensor.topic, channel));
}

function rowsOf(
  { settings, lines, line, ignoredType }: AliasRead,
  { path, house }: AliasPlace,
): readonly (readonly string[])[] {
  const { dusk, area, zone, modes, sources, guard, entry } = settings;
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
    guard: isAlarmType(settings.type) ? guardOf(settings, settings.type) : (guard ?? ''),
    entry: isAlarmType(settings.type) ? entry : '',
    silent_after: settings.silentMs === 0 ? 'never' : formatDuration(settings.silentMs),
  };
  const at = (key: string): string => `${path}:${lines.get(key) ?? line}`;
  const isHidden = house.derived.hidesUnchanged && house.absolute['sensors.silent_after'] === undefined;
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
export function aliasTopicsCommand(command: Command): void {
  withAliasFile(command).argument('[alias]', 'which').addOption(OPTIONS.json).action(showTopics);
}

function showTopics(wanted: string | undefined, given: Given): void {
  const terminal = processTerminal();
  const file = readAliasFile(findPlace(given));
  const { absolute } = file.place.house;
  const shown = (wanted === undefined ? file.aliases : [aliasNamed(file, wanted)]).flatMap(({ settings }) => {
    const { alias, topic, ignore } = settings;
    const watch = mosquittoSub(absolute, `${absolute['mqtt.base_topic']}/${topic}/#`);
    return ignore ? [] : [{ alias, topics: topicsOf(settings, file.place), watch }];
  });
  if (given.json === true) terminal.printJson(shown);
  else
    for (const { alias, topics, watch } of shown) {
      terminal.print(terminal.style('bold', alias));
      for (const topic of topics) terminal.print(`  ${topic}`);
      terminal.print(terminal.style('dim', `  ${watch}`));
    }
}

/** For a POSIX shell: quoted where it must be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The line that shows everything below a topic. The password is read from its file when the line is run. */
function mosquittoSub(values: ConfigValues, filter: string): string {
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

/** The command `alias check`: ends with 0 when all is well, 1 with warnings, 2 with errors. */
export function aliasCheckCommand(command: Command): void {
  withAliasFile(command)
    .addOption(OPTIONS.x10config)
    .addOption(OPTIONS.log)
    .option('--no-log', 'do not read the log')
    .addOption(OPTIONS.json)
    .action(check);
}

function check(given: Given): void {
  const terminal = processTerminal();
  const place = findPlace(given);
  const { absolute } = place.house;
  const file = readAliasFile(place);
  const x10config = given.x10config ?? absolute['heyu.x10config'] ?? findX10Config();
  const config = readX10ConfigFile(x10config);
  const log = given.log ?? absolute['heyu.log'];
  // a log that was asked for and cannot be read is an error
  const hasLog = log !== false && (given.log !== undefined || mayRead(log));
  const history = hasLog ? historyOf([log], logFormOf(absolute)) : undefined;
  const doubts = [
    ...doubtsOf('error', file.problems),
    ...doubtsOf('warning', file.warnings),
    ...neverAlertingIn(file, () => true, history),
    ...checkAliases(file.entries, config, history),
  ];
  const findings = doubts.map(findingOf);
  const code = exitCodeOf(findings);
  if (given.json === true) terminal.printJson(doubts);
  else {
    for (const finding of findings) printFinding(terminal, finding);
    const against = x10config === undefined ? 'without the configuration of heyu' : `against ${x10config}`;
    if (code === EXIT.ok) terminal.print(`${file.aliases.length} aliases, checked ${against}: all is well`);
  }
  process.exitCode = code;
}

/** The doubt as a finding: it names its alias. */
export function findingOf({ level, alias, problem, hint }: Doubt): Finding {
  return { verdict: level, text: alias === undefined ? problem : `${alias}: ${problem}`, hint };
}

/** What is wrong with the file in itself. */
function doubtsOf(level: Doubt['level'], problems: readonly Problem[]): readonly Doubt[] {
  return problems.map((each) => {
    const problem = formatProblem({ ...each, hint: undefined });
    return { level, alias: undefined, problem, hint: each.hint };
  });
}
