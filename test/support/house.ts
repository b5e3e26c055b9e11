/** The bridge as its users run it: `dist/main.js run` in a process of its own, with files in a folder of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS, until } from './until.js';

/** The program as it is shipped; TESTED_BRIDGE names another one, to try the tests on it. */
export const MAIN =
  process.env['TESTED_BRIDGE'] ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The code of the program that V8 has compiled, as the unit has it kept: for all houses. */
const CACHE_DIRECTORY = fileURLToPath(new URL('../../build/kept-code', import.meta.url));

/** On a machine that does many other things a start may take long. */
const START_MS = 2 * PATIENCE_MS;

export type HouseOptions = {
  /** Lines of config.yaml beside heyu, mqtt.url, state_dir and log. */
  readonly config?: string;
  /** Text of aliases.yaml. */
  readonly aliases?: string;
  readonly mqttUrl?: string;
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further files by name, and such as are to stand in the place of those that are made. */
  readonly files?: Readonly<Record<string, string>>;
  /** Runs without root's capabilities, to whom everything is permitted; its files belong to it. */
  readonly isOrdinaryUser?: boolean;
  /** Its main.js, if not MAIN. */
  readonly program?: string;
};

/**
 * Takes root's capabilities away (setpriv, util-linux). Another user than root might not be let into the folder of the
 * program, such as one in /root.
 */
const WITHOUT_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];

/** A bridge in a folder; `start` and `stop` as often as you like. */
export type House = {
  readonly folder: string;
  /** Of its files, by their names. */
  readonly path: (name: string) => string;
  readonly read: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  readonly logPath: string;
  readonly configPath: string;
  readonly aliasesPath: string;
  readonly statePath: string;
  /** Its own log: JSON lines of all its lives. */
  readonly output: () => string;
  readonly pid: () => number | undefined;
  /** Starts it and resolves when it follows its log. */
  readonly start: () => Promise<void>;
  /** Sends a signal; resolves with the exit code (null after a signal) when it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Appends lines as heyu does: with a stamp of now unless they bring their own. */
  readonly heyu: (...texts: string[]) => void;
  readonly remove: () => Promise<void>;
};

const two = (value: number): string => String(value).padStart(2, '0');

/** heyu's default stamp of an instant, UTC. */
export function stampAt(at: number): string {
  const date = new Date(at);
  return (
    `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())} ` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  );
}

/** The two lines of an On or Off, as heyu writes them. */
export function pair(source: string, address: string, name: string, label = '_no_alias_'): string[] {
  const unit = address.slice(1);
  return [
    `${source} addr unit     ${unit.padStart(3)} : hu ${address.charAt(0)}${unit.padEnd(2)} (${label})`,
    `${source} func ${name.padStart(12)} : hc ${address.charAt(0)}`,
  ];
}

/** Makes the files of a house; the heyu log exists and is empty. */
export function makeHouse({
  config = '',
  aliases = 'aliases: {}\n',
  mqttUrl = '',
  env = {},
  files = {},
  isOrdinaryUser = false,
  program = MAIN,
}: HouseOptions = {}): House {
  mkdirSync(CACHE_DIRECTORY, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'heyu2mqtt-test-'));
  const path = (name: string): string => join(folder, name);
  const [logPath, configPath] = [path('heyu.log.ttyS0'), path('config.yaml')];
  const [aliasesPath, statePath] = [path('aliases.yaml'), path('state')];
  const head = [
    `heyu: { log: ${logPath}, timezone: UTC }`,
    `state_dir: ${statePath}`,
    'log: { format: json, level: info }',
    ...(config.includes('mqtt:') ? [] : [`mqtt: { url: "${mqttUrl}" }`]),
    // houses of other tests have the same port
    ...(config.includes('web:') ? [] : ['web: { listen: off }']),
  ];
  writeFileSync(configPath, `${head.join('\n')}\n${config}`);
  writeFileSync(aliasesPath, aliases);
  writeFileSync(logPath, '');
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
  const deprived = isOrdinaryUser && process.getuid?.() === 0 ? WITHOUT_CAPABILITIES : [];
  let child: ChildProcess | undefined;
  let output = '';

  const start = async (): Promise<void> => {
    if (!existsSync(program)) throw new Error(`${program} is missing. hint: npm run build`);
    const before = output.length;
    const [command, ...args] = [...deprived, process.execPath, program, 'run', '--config', configPath];
    const started = spawn(command, args, {
      env: { ...process.env, TZ: 'UTC', CACHE_DIRECTORY, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    await until(
      () =>
        /following the heyu log|the heyu log (does not exist|cannot be read)/.test(output.slice(before)) ||
        started.exitCode !== null ||
        started.signalCode !== null,
      () => `the bridge to start:\n${output}`,
      START_MS,
    );
  };

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    const ending = child;
    child = undefined;
    if (ending === undefined) return null;
    if (ending.exitCode !== null || ending.signalCode !== null) return ending.exitCode;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    ending.kill('SIGCONT');
    await gone;
    return ending.exitCode;
  };

  return {
    folder,
    path,
    read: (name) => readFileSync(path(name), 'utf8'),
    write: (name, text) => writeFileSync(path(name), text),
    logPath,
    configPath,
    aliasesPath,
    statePath,
    output: () => output,
    pid: () => child?.pid,
    start,
    stop,
    signal: (signal) => void child?.kill(signal),
    heyu: (...texts) => {
      const stamp = stampAt(Date.now());
      const lines = texts.map((text) => (/^\d\d[/.]\d\d /.test(text) ? text : `${stamp}  ${text}`));
      appendFileSync(logPath, `${lines.join('\n')}\n`);
    },
    remove: async () => {
      // a process that is killed cannot write down what it has run
      await stop(process.env['CHILD_COVERAGE'] === undefined ? 'SIGKILL' : 'SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
