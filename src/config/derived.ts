/**
 * Values that are worked out when nobody gives them: from heyu's own configuration, from systemd's environment, from
 * other values. A layer above the defaults and below the file and the environment.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { adviseLogDir } from '../heyu/x10config-advice.js';
import { heyuLogPath, readX10Config } from '../heyu/x10config.js';
import type { Scales } from '../heyu/x10config-scales.js';
import { CONFIG_KEYS, type ConfigKey } from './config-keys.js';
import type { Environment } from './environment.js';
import { problemAt, type Problem } from './problem.js';
import { slug } from './form-mqtt.js';
import type { Layer } from './schema.js';
import type { FileReading } from './text-file.js';

/** A layer of derived values and what each was worked out from. */
export type Derived = {
  readonly values: Layer;
  readonly from: ReadonlyMap<ConfigKey, string>;
  /** heyu's configuration says HIDE_UNCHANGED YES. */
  readonly hidesUnchanged: boolean;
  /** The scales of heyu's configuration. */
  readonly scales: Scales;
};

/** What a key is without derived values: the environment's, else the file's, else the default. */
export type Given = <K extends ConfigKey>(name: K) => Layer[K];

/** How deep into problems of heyu's configuration we go: the first tells the user to ask heyu for the others. */
const X10_PROBLEMS_SHOWN = 3;

/** Collects values with their sources. */
type Collector = <K extends ConfigKey>(name: K, value: Layer[K], from: string) => void;

/** heyu's configuration: its absolute path and what is in it. */
export type X10ConfigReading = { readonly path: string; readonly reading: FileReading };

/** Works out what can be, with heyu's configuration if one is given. */
export function derive(
  given: Given,
  x10config: X10ConfigReading | undefined,
  env: Environment,
  problems: Problem[],
  warnings: Problem[],
): Derived {
  const values: Record<string, unknown> = {};
  const from = new Map<ConfigKey, string>();
  const add: Collector = (name, value, source) => {
    values[name] = value;
    from.set(name, source);
  };
  const { hidesUnchanged, scales } =
    x10config === undefined
      ? SILENT
      : fromX10Config(x10config, add, given('heyu.log') !== undefined, problems, warnings);
  fromSystemd(env, add);

  const baseTopic = given('mqtt.base_topic') ?? CONFIG_KEYS['mqtt.base_topic'].default;
  const bridgeId = given('bridge_id') ?? slug(baseTopic) ?? 'x10';
  if (given('bridge_id') === undefined) add('bridge_id', bridgeId, 'from mqtt.base_topic');
  add('mqtt.client_id', `heyu2mqtt-${bridgeId}`, 'from bridge_id');
  add('heyu.timezone', Intl.DateTimeFormat().resolvedOptions().timeZone, 'system');
  return { values: values, from, hidesUnchanged, scales };
}

/** What is taken from heyu's configuration without being a key of ours. */
type OfHeyu = Pick<Derived, 'hidesUnchanged' | 'scales'>;

/** A configuration that is not there, or cannot be read. */
const SILENT: OfHeyu = { hidesUnchanged: false, scales: {} };

/** Takes what it can of heyu's configuration. */
function fromX10Config(
  { path, reading }: X10ConfigReading,
  add: Collector,
  hasLog: boolean,
  problems: Problem[],
  warnings: Problem[],
): OfHeyu {
  if (!reading.ok) {
    problems.push({
      ...reading.problem,
      hint: reading.problem.hint ?? 'correct heyu.x10config or remove it',
    });
    return SILENT;
  }
  const config = readX10Config(reading.file.text);
  for (const { line, problem } of config.problems.slice(0, X10_PROBLEMS_SHOWN)) {
    warnings.push(
      problemAt(
        { file: path, line: line === 0 ? undefined : line },
        `heyu refuses the file: ${problem.replace(/\.$/, '')}`,
        'heyu keeps its old configuration until this is mended',
      ),
    );
  }
  add('heyu.date_format', config.dateFormat.order, `x10config ${path}`);
  const log = heyuLogPath(config);
  if (log !== undefined) add('heyu.log', log, `x10config ${path}`);
  else if (!hasLog) {
    const { line } = config.logDirLine ?? {};
    for (const { problem, hint } of adviseLogDir(config))
      problems.push(problemAt({ file: path, line }, problem, hint));
  }
  return { hidesUnchanged: config.hideUnchanged, scales: config.scales };
}

/** systemd.exec(5): StateDirectory= and LoadCredential= arrive as environment variables. */
function fromSystemd(env: Environment, add: Collector): void {
  const [stateDirectory = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (stateDirectory !== '') add('state_dir', resolve(stateDirectory), 'environment STATE_DIRECTORY');
  const credentials = env['CREDENTIALS_DIRECTORY'] ?? '';
  if (credentials === '') return;
  const password = join(credentials, 'mqtt-password');
  if (existsSync(password)) add('mqtt.password_file', password, 'environment CREDENTIALS_DIRECTORY');
}
