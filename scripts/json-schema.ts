/**
 * JSON Schema (draft 2020-12) of both files, for editors, made of the tables that the checks use. What one key alone
 * cannot tell (duplicate addresses, unknown zones, keys that do not go together) only the loader finds.
 */
import {
  ALIAS_KEYS,
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  type KeyTable,
  ZONE_KEYS,
} from '../src/config/keys-and-defaults.js';
import type { Plain, PlainObject } from '../src/config/forms.js';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

type Section = { description?: string; properties: Record<string, Plain> };

const closed = ({ properties, ...more }: Section): PlainObject => ({
  ...more,
  // A section of which every key is commented out is nothing in YAML.
  type: ['object', 'null'],
  additionalProperties: false,
  properties,
});

function propertiesOf(table: KeyTable): Record<string, Plain> {
  return Object.fromEntries(Object.entries(table).map(([name, definition]) => [name, property(definition)]));
}

function property({ form, doc, default: standard, otherwise, example }: KeyTable[string]): PlainObject {
  const words = otherwise === undefined ? '' : ` Default: ${otherwise}.`;
  return {
    description: `${doc}${words}`.replaceAll('`', ''),
    ...form.jsonSchema,
    ...(standard === undefined ? {} : { default: form.write(standard) }),
    examples: [example],
  };
}

/** Schema of config.yaml. */
export function configSchema(): PlainObject {
  const top: Record<string, Plain> = {};
  const sections = new Map<string, Record<string, Plain>>();
  for (const name of CONFIG_KEY_NAMES) {
    const [first = '', second] = name.split('.');
    const described = property(CONFIG_KEYS[name]);
    if (second === undefined) {
      top[first] = described;
      continue;
    }
    const section = sections.get(first) ?? {};
    sections.set(first, { ...section, [second]: described });
  }
  for (const [name, properties] of sections) top[name] = closed({ properties });
  top['zones'] = {
    description: 'Zones that are armed and disarmed, by name.',
    type: ['object', 'null'],
    propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
    additionalProperties: closed({ properties: propertiesOf(ZONE_KEYS) }),
  };
  return { $schema: DRAFT, title: 'Configuration of heyu2mqtt', ...closed({ properties: top }) };
}

/** Schema of aliases.yaml. */
export function aliasesSchema(): PlainObject {
  const alias = {
    ...closed({ properties: propertiesOf(ALIAS_KEYS) }),
    type: 'object',
    required: ['address'],
  };
  return {
    $schema: DRAFT,
    title: 'Aliases of heyu2mqtt',
    ...closed({
      properties: {
        aliases: {
          description: "Sensors, lamps and remotes by heyu's alias.",
          type: ['object', 'null'],
          propertyNames: { pattern: '^(?!macro$)[A-Za-z0-9.][A-Za-z0-9._-]{0,31}$' },
          additionalProperties: alias,
        },
      },
    }),
  };
}

/** A schema as the text of its file. */
export function schemaText(schema: PlainObject): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
