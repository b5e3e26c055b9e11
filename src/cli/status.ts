/** `heyu2mqtt status`: the house at a glance, from the running service; `alias watch` is `status --watch`. */

import type { Command } from 'commander';
import { setTimeout as wait } from 'node:timers/promises';
import { DAY, HOUR, MINUTE, SECOND } from '../common/duration.js';
import { hintLine } from '../common/error.js';
import { counted, printable } from '../common/text.js';
import { writeAddresses } from '../heyu/x10config.js';
import type { HouseStatus, SensorStatus, ZoneStatus } from '../service/status.js';
import { type AliasFile, findPlaceToLook, noAlias, readAliasFile } from './alias/alias-file.js';
import { askRunning, stateDirOf } from './ask-service.js';
import { type Given, OPTIONS } from './configured.js';
import { ownVersion } from './program-files.js';
import {
  CommandError,
  EXIT,
  processTerminal,
  table,
  type Terminal,
  visibleLength,
  wrapped,
} from './terminal.js';

/** The command `status`: ends with 0 when a service answers, 1 when none runs. */
export function statusCommand(command: Command): void {
  withStatusOptions(command)
    .option('--watch', 'update it continuously until Ctrl-C')
    .action((aliases: readonly string[], given: Given & { readonly watch?: boolean }) =>
      given.watch === true ? watch(aliases, given) : show(aliases, given),
    );
}

/** The command `alias watch`. */
export function aliasWatchCommand(command: Command): void {
  withStatusOptions(command).action(watch);
}

function withStatusOptions(command: Command): Command {
  return command
    .argument('[alias...]', 'only these (default: all)')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json);
}

/** No service answers, and what to do about it. */
export const NOT_RUNNING = 'the service does not run';
export const START_HINT =
  'sudo systemctl start heyu2mqtt, or heyu2mqtt run; journalctl -u heyu2mqtt shows why it ended';

async function show(aliases: readonly string[], given: Given): Promise<void> {
  const terminal = processTerminal();
  const running = await runningHouse(stateDirOf(given.config), aliases);
  const status = running ?? only(configuredHouse(readAliasFile(findPlaceToLook(given))), aliases);
  if (given.json === true) terminal.printJson(status);
  else for (const line of statusLines(status, terminal)) terminal.print(line);
  if (running !== undefined) return;
  terminal.complain(NOT_RUNNING + hintLine(START_HINT));
  process.exitCode = EXIT.failed;
}

const REDRAW_MS = SECOND;
const HOME = '\u001b[H';
const TO_LINE_END = '\u001b[K';
const TO_SCREEN_END = '\u001b[J';

/** Shows it again and again: on a terminal in place, elsewhere when something has changed. */
async function watch(aliases: readonly string[], { config, json = false }: Given): Promise<void> {
  const stateDir = stateDirOf(config);
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const { isTTY } = process.stdout;
  let shown = '';
  if (isTTY && !json) process.stdout.write(HOME + TO_SCREEN_END);
  while (!ended.signal.aborted) {
    const status = await runningHouse(stateDir, aliases);
    const terminal = processTerminal();
    if (isTTY && !json) redraw(status, terminal);
    else {
      const compared = JSON.stringify({ ...status, at: '' });
      if (compared !== shown) printChange(status, terminal, json);
      shown = compared;
    }
    await wait(REDRAW_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  }
}

function printChange(status: HouseStatus | undefined, terminal: Terminal, json: boolean): void {
  if (status === undefined) terminal.complain(NOT_RUNNING);
  else if (json) terminal.print(JSON.stringify(status));
  else terminal.print([...statusLines(status, terminal), ''].join('\n'));
}

function redraw(status: HouseStatus | undefined, terminal: Terminal): void {
  const { rows } = process.stdout;
  const all = (status === undefined ? [NOT_RUNNING] : statusLines(status, terminal)).flatMap((line) =>
    wrapped(line, terminal.columns),
  );
  const most = Math.max(1, rows - 1);
  const lines =
    all.length <= most ? all : [...all.slice(0, most - 1), `... ${all.length - most + 1} more lines`];
  process.stdout.write(HOME + lines.map((line) => `${line}${TO_LINE_END}\n`).join('') + TO_SCREEN_END);
}

/** What the running service says; undefined when none runs. */
export async function runningHouse(
  stateDir: string,
  aliases: readonly string[] = [],
): Promise<HouseStatus | undefined> {
  const [answer] = (await askRunning(stateDir, 'control', { ask: 'status' })) ?? [];
  if (answer === undefined) return undefined;
  const { version } = answer;
  if (version === ownVersion()) return only(answer as HouseStatus, aliases);
  const problem = `the service is version ${String(version)}, this command ${ownVersion()}`;
  throw new CommandError(problem, 'sudo systemctl restart heyu2mqtt');
}

/** Of these sensors alone, and their zones. */
function only(status: HouseStatus, aliases: readonly string[]): HouseStatus {
  const missing = aliases.find((alias) => status.sensors.every((sensor) => sensor.alias !== alias));
  if (missing !== undefined) throw noAlias(missing, status.sensors);
  if (aliases.length === 0) return status;
  const sensors = status.sensors.filter(({ alias }) => aliases.includes(alias));
  const zones = status.zones.filter(({ zone }) => sensors.some((sensor) => sensor.zone === zone));
  return { ...status, sensors, zones, unnamed: [] };
}

/** What there is without a service. */
function configuredHouse({ aliases, place: { house } }: AliasFile): HouseStatus {
  return {
    version: ownVersion(),
    at: new Date().toISOString(),
    running: false,
    log: { path: house.absolute['heyu.log'], status: 'unknown', last_line: null },
    broker: { connected: false },
    problems: [],
    zones: house.zones.map(({ settings: { zone, name } }) => {
      const never = { since: null, last_known: null, changed_by: null, verified: false, until: null };
      const none = { open_sensors: [], bypassed: [] };
      return {
        zone,
        name,
        state: 'unknown',
        reason: NOT_RUNNING,
        ...never,
        ...none,
        alarm: false,
        alarm_sensor: null,
      };
    }),
    sensors: aliases
      .filter(({ settings }) => !settings.ignore)
      .map(({ settings }) => {
        const { alias, name, type, zone = null } = settings;
        const nothing = { state: null, values: {}, last_seen: null, silent: false };
        const none = { battery: null, battery_hint: null };
        return { alias, address: writeAddresses(settings), name, type, zone, ...nothing, ...none };
      }),
    unnamed: [],
  };
}

/** So many senders without a name are listed. */
const MOST_UNNAMED = 5;

/** The lines of a terminal: a table where it fits, else each sensor by itself. */
export function statusLines(status: HouseStatus, terminal: Terminal): readonly string[] {
  const { zones, sensors, unnamed, problems, at } = status;
  const now = Date.parse(at);
  const { style } = terminal;
  const paragraphs = [
    zones.map((zone) => zoneLine(zone, now, terminal)),
    sensors.length === 0
      ? ['no sensor has a name yet: heyu2mqtt alias import, or heyu2mqtt alias learn']
      : sensorLines(status, terminal),
    unnamed.length === 0
      ? []
      : [
          `${counted(unnamed.length, 'sender')} without a name: heyu2mqtt alias learn`,
          ...unnamed
            .slice(0, MOST_UNNAMED)
            .map(({ sender, label, count, function: said, last_seen: last }) => {
              const known = label === null ? '' : `, heyu calls it ${label}`;
              const often = count === 1 ? 'once' : `${count} times`;
              return printable(`  ${sender}  ${said}, heard ${often}, last ${ago(last, now)}${known}`);
            }),
          ...(unnamed.length > MOST_UNNAMED
            ? [style('dim', `  and ${unnamed.length - MOST_UNNAMED} more`)]
            : []),
        ],
    // one hint for all sensors that it is of
    [...new Set(sensors.flatMap(({ battery_hint: hint }) => hint ?? []))].flatMap((hint) => {
      const low = sensors.filter((sensor) => sensor.battery_hint === hint).map(({ alias }) => alias);
      return [style('yellow', `! battery low: ${low.join(' ')}`), `  ${style('dim', hint)}`];
    }),
    problems.flatMap(({ problem, hint }) => [
      style('yellow', `! ${printable(problem)}`),
      ...(hint === null ? [] : [`  ${style('dim', hint)}`]),
    ]),
  ].filter((lines) => lines.length > 0);
  return paragraphs.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** A zone in one line. */
export function zoneLine(zone: ZoneStatus, now: number, { style }: Terminal): string {
  const { name, state, since, reason, last_known: lastKnown, alarm, alarm_sensor: sensor } = zone;
  const words = (of: string): string => of.replaceAll('_', ' ');
  const colour = alarm || state === 'triggered' ? 'red' : state === 'unknown' ? 'yellow' : 'green';
  const before = lastKnown === null || lastKnown === state ? '' : `; it was ${words(lastKnown)}`;
  const more =
    (since === null ? '' : `, for ${lasting(since, now)}`) + (reason === null ? '' : ` (${reason}${before})`);
  const aliases = (what: string, some: readonly string[]): string =>
    some.length === 0 ? '' : `, ${what}: ${some.join(' ')}`;
  const sensors = aliases('open', zone.open_sensors) + aliases('bypassed', zone.bypassed);
  const raised = alarm ? style('red', `, ALARM${sensor === null ? '' : ` raised by ${sensor}`}`) : '';
  return `${style('bold', printable(name))}: ${style(colour, words(state))}${more}${sensors}${raised}`;
}

function sensorLines(status: HouseStatus, terminal: Terminal): readonly string[] {
  const now = Date.parse(status.at);
  const { style } = terminal;
  const state = ({ state: words, silent, values }: SensorStatus): string =>
    words === null ? '-' : style(silent || values['tamper'] === 'ON' ? 'yellow' : 'bold', printable(words));
  const battery = (sensor: SensorStatus): string =>
    sensor.battery === 'low' ? style('red', 'low') : (sensor.battery ?? '-');
  const heard = (at: string | null): string => (status.running ? ago(at, now) : '-');
  const rows = status.sensors.map((sensor) => {
    const { alias, last_seen: last, zone } = sensor;
    return [alias, state(sensor), heard(last), battery(sensor), zone ?? '-'];
  });
  const lines = table(['SENSOR', 'STATE', 'HEARD', 'BATTERY', 'ZONE'], rows);
  if (lines.every((line) => visibleLength(line) <= terminal.columns)) return lines;
  const titles = ['heard ', 'battery ', 'zone '];
  return rows.flatMap(([alias = '', words = '', ...rest]) => {
    const more = rest.flatMap((cell, index) => (cell === '-' ? [] : `${titles[index] ?? ''}${cell}`));
    return [`${alias}: ${words}`, ...(more.length === 0 ? [] : [`  ${more.join(', ')}`])];
  });
}

/** How long ago it was, in the largest unit that says enough; `never` for null. */
export function ago(iso: string | null, now: number): string {
  if (iso === null) return 'never';
  return now - Date.parse(iso) < 10 * SECOND ? 'just now' : `${lasting(iso, now)} ago`;
}

function lasting(iso: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(iso));
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  return ms < 2 * DAY ? `${Math.floor(ms / HOUR)} h` : `${Math.floor(ms / DAY)} d`;
}
