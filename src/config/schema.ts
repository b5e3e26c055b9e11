/**
 * The layers of the configuration, laid over each other by convict: defaults, then what is derived, the file and the
 * environment. The only module that knows convict; its formats are our forms, so that both judge alike.
 */
import convict from 'convict';
import {
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  environmentName,
  type ConfigKey,
  type ConfigValues,
} from './config-keys.js';
import { givenAs, type Form } from './form.js';

/** Values of some keys. */
export type Layer = Partial<ConfigValues>;

/** A property of a convict schema. convict knows `null` for "no value", we know undefined. */
type Property = {
  readonly default: unknown;
  readonly doc: string;
  readonly env: string;
  readonly format: string;
  readonly sensitive: boolean;
  readonly nullable: true;
};
type Tree<Leaf> = { [name: string]: Leaf | Tree<Leaf> };

const formOf = (name: ConfigKey): Form<unknown> => CONFIG_KEYS[name].form;

// One format per key: a format of convict takes no parameters, our forms do (ranges, words). Formats are global to
// convict's module, therefore they are registered once, here, under names of our own.
const formatOf = (name: ConfigKey): string => `heyu2mqtt ${name}`;
for (const name of CONFIG_KEY_NAMES) {
  convict.addFormat({
    name: formatOf(name),
    // convict calls it for texts only, that is for environment variables and for values that are texts themselves.
    coerce: (text: string): unknown => {
      const reading = formOf(name).read(text);
      return reading.ok ? reading.value : text;
    },
    validate: (value: unknown): void => {
      const reading = formOf(name).read(givenAs(formOf(name).write(value)));
      if (!reading.ok) throw new Error(reading.problem);
    },
  });
}

/** Sets a dotted path in a tree, building its branches. */
function plant<Leaf>(tree: Tree<Leaf>, name: string, leaf: Leaf): void {
  const parts = name.split('.');
  const last = parts.pop() ?? name;
  let branch: Tree<Leaf> = tree;
  for (const part of parts) {
    const next: Tree<Leaf> = {};
    branch = branch[part] ??= next;
  }
  branch[last] = leaf;
}

function convictSchema(): Tree<Property> {
  const tree: Tree<Property> = {};
  for (const name of CONFIG_KEY_NAMES) {
    const { default: standard, doc, isSecret } = { isSecret: false, ...CONFIG_KEYS[name] };
    plant<Property>(tree, name, {
      default: standard ?? null,
      doc,
      env: environmentName(name),
      format: formatOf(name),
      sensitive: isSecret,
      nullable: true,
    });
  }
  return tree;
}

/**
 * The effective values: each later layer wins over the earlier ones, the environment over all. The values of the
 * layers and of `env` must have been checked; the exception for one that was not is a bug of ours.
 */
export function layered(layers: readonly Layer[], env: Readonly<Record<string, string>>): ConfigValues {
  const config = convict<Tree<unknown>>(convictSchema(), { args: [], env: { ...env } });
  for (const layer of layers) {
    const tree: Tree<unknown> = {};
    for (const [name, value] of Object.entries(layer)) plant(tree, name, value);
    config.load(tree);
  }
  config.validate({ allowed: 'strict' });
  const values: Record<string, unknown> = {};
  for (const name of CONFIG_KEY_NAMES) {
    const value: unknown = config.get(name);
    values[name] = value ?? undefined;
  }
  return values as ConfigValues;
}
