/** The environment as a layer of the configuration: `HEYU2MQTT_MQTT_URL` for `mqtt.url`, and so on. */
import { CONFIG_KEY_NAMES, CONFIG_KEYS, environmentName } from './config-keys.js';
import { ENVIRONMENT, problemAt, type Problem } from './problem.js';
import type { Form } from './form.js';
import type { Layer } from './schema.js';
import { nearest } from './suggest.js';

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about the configuration. */
export type EnvironmentRead = {
  /** The texts of good variables, by variable. */
  readonly variables: Readonly<Record<string, string>>;
  /** What they stand for. */
  readonly values: Layer;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
};

const PREFIX = 'HEYU2MQTT_';

/** Our variables that are no key of the configuration: the path of the configuration itself. */
const OTHERS = ['HEYU2MQTT_CONFIG'];

/**
 * Reads our variables. An empty one counts as not set, as in unit files and compose files that pass it on. An unknown
 * one is a warning, not a fault: container engines invent variables with the service's name.
 */
export function readEnvironment(env: Environment): EnvironmentRead {
  const variables: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const known = new Map(CONFIG_KEY_NAMES.map((name) => [environmentName(name), name]));
  for (const [variable, name] of known) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const form: Form<unknown> = CONFIG_KEYS[name].form;
    const reading = form.read(text);
    if (reading.ok) {
      variables[variable] = text;
      values[name] = reading.value;
    } else {
      problems.push(problemAt({ file: ENVIRONMENT, key: variable }, reading.problem, reading.hint));
    }
  }
  const warnings = Object.keys(env)
    .filter((variable) => variable.startsWith(PREFIX) && !known.has(variable) && !OTHERS.includes(variable))
    .sort()
    .map((variable) => unknownVariable(variable, [...known.keys()]));
  return { variables, values, problems, warnings };
}

function unknownVariable(variable: string, known: readonly string[]): Problem {
  if (variable === `${PREFIX}ZONES`) {
    return problemAt({ file: ENVIRONMENT, key: variable }, 'is not read', 'zones can only stand in the file');
  }
  const near = nearest(
    variable.slice(PREFIX.length),
    known.map((name) => name.slice(PREFIX.length)),
  );
  return problemAt(
    { file: ENVIRONMENT, key: variable },
    'is no variable of ours',
    near === undefined ? undefined : `did you mean "${PREFIX}${near}"?`,
  );
}
