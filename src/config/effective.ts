/** The effective configuration for people and programs: every key, its value with secrets masked, and its origin. */
import { printable } from '../common/text.js';
import {
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  type ConfigKey,
  KEYS_OF_KIND,
  type KeyTable,
  ZONE_KEYS,
} from './keys-and-defaults.js';
import { type Form, MASK, maskUrl, type Plain } from './forms.js';
import type { Resolved } from './load.js';
import { formatOrigin, type Origin, type ZoneRead } from './values.js';
import { dotted } from './yaml.js';

/** One line of the effective configuration. */
export type EffectiveValue = {
  /** Dotted path. */
  readonly key: string;
  /** As it would stand in the file, null for none; secrets are `********`, also within a url. */
  readonly value: Plain;
  /** `default`, `config.yaml:12`, `environment HEYU2MQTT_MQTT_URL`, `x10config /etc/heyu/x10.conf` ... */
  readonly origin: string;
};

/** Every key of config.yaml, paths absolute, in the order of the reference, then the zones. */
export function effectiveValues({
  absolute,
  origins,
  zones,
  configFile,
}: Resolved): readonly EffectiveValue[] {
  const scalars = CONFIG_KEY_NAMES.map((key) => ({
    key,
    value: shown(key, absolute[key]),
    origin: formatOrigin(origins.get(key) ?? { kind: 'default' }),
  }));
  return [...scalars, ...zones.flatMap((zone) => zoneValues(zone, configFile ?? ''))];
}

function shown(key: ConfigKey, value: unknown): Plain {
  const definition: KeyTable[string] = CONFIG_KEYS[key];
  if (value === undefined) return null;
  if (definition.isSecret === true) return MASK;
  const plain = definition.form.write(value);
  if (key !== 'mqtt.url' || !Array.isArray(plain)) return plain;
  return plain.map((url: unknown) => maskUrl(url as string));
}

function zoneValues({ settings, values, lines }: ZoneRead, file: string): readonly EffectiveValue[] {
  return KEYS_OF_KIND[settings.kind].map((key) => {
    const line = lines.get(key);
    const origin: Origin = line === undefined ? { kind: 'default' } : { kind: 'file', file, line };
    const form: Form<unknown> = ZONE_KEYS[key].form;
    const value = key === 'name' ? settings.name : (values[key] ?? ZONE_KEYS[key].default);
    return {
      key: dotted('zones', settings.zone, key),
      value: value === undefined ? null : form.write(value),
      origin: formatOrigin(origin),
    };
  });
}

/** The effective configuration as an aligned table, one key per line, for terminals. */
export function formatEffective(rows: readonly EffectiveValue[]): string {
  const cells = rows.map(({ key, value, origin }) => [key, cell(value), origin].map(printable));
  const width = (column: number): number =>
    Math.min(44, Math.max(0, ...cells.map((row) => row[column]?.length ?? 0)));
  const [keys, values] = [width(0), width(1)];
  return cells
    .map(([key = '', value = '', origin = '']) => `${key.padEnd(keys)}  ${value.padEnd(values)}  ${origin}`)
    .join('\n');
}

function cell(value: Plain): string {
  if (value === null) return '-';
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0 ? '[]' : value.map((item: Plain) => cell(item)).join(', ');
}
