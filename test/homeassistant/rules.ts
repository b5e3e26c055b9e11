/** Rules for what all discovery messages have in common: shapes, topics, availability, device and origin. */
import * as tables from './tables.js';

export type JsonObject = Readonly<Record<string, unknown>>;
export type Form = 'device' | 'entity';
export type Item = {
  readonly form: Form;
  readonly topic: string;
  readonly platform: string;
  readonly objectId: string;
  readonly key: string;
  readonly device: unknown;
  readonly config: JsonObject;
};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isUrl = (value: unknown): boolean => isText(value) && /^(https?|homeassistant):\/\/./.test(value);
export const show = (value: unknown): string => JSON.stringify(value);
/** A text as it is, anything else as JSON. */
export const word = (value: unknown): string => (typeof value === 'string' ? value : show(value));
export const closed = (keys: readonly string[], allowed: readonly string[], where: string): string[] =>
  keys.filter((key) => !allowed.includes(key)).map((key) => `${where}: key ${key} is not allowed`);

/** MQTT 3.1.1, section 4.7: a topic to subscribe to exactly or to publish to. */
export function topicFaults(config: JsonObject, where: string): string[] {
  return Object.entries(config)
    .filter(([key]) => key.endsWith('topic'))
    .filter(([, topic]) => !isText(topic) || /[+#\0]|^\$|^\/|\/$|\/\/|~/.test(topic))
    .map(([key, topic]) => `${where}: ${key} ${show(topic)} is not an exact topic`);
}

export function availabilityFaults(config: JsonObject, where: string): string[] {
  const { availability } = config;
  const faults: string[] = [];
  if ('availability' in config && 'availability_topic' in config) {
    faults.push(`${where}: availability and availability_topic exclude each other`);
  }
  if (availability !== undefined) {
    if (!Array.isArray(availability) || availability.length === 0) {
      faults.push(`${where}: availability must be a list`);
    } else {
      for (const entry of availability as readonly unknown[]) {
        if (!isObject(entry)) faults.push(`${where}: availability ${show(entry)} is not an object`);
        else {
          const allowed = ['topic', 'payload_available', 'payload_not_available', 'value_template'];
          faults.push(...closed(Object.keys(entry), allowed, `${where}: availability`));
          if (!('topic' in entry)) faults.push(`${where}: availability without a topic`);
          faults.push(...topicFaults(entry, `${where}: availability`));
        }
      }
      const mode = config['availability_mode'] ?? 'latest';
      if (!['all', 'any', 'latest'].includes(word(mode)))
        faults.push(`${where}: availability_mode ${show(mode)}`);
      if (availability.length > 1 && mode !== 'all') {
        faults.push(`${where}: with several availability topics the mode must be all`);
      }
    }
  }
  return faults;
}

export function deviceFaults(device: unknown, form: Form, where: string): string[] {
  if (!isObject(device)) return [`${where}: device is missing`];
  const faults = closed(Object.keys(device), Object.keys(tables.DEVICE_KEYS), `${where}: device`);
  for (const key of Object.keys(device)) {
    if (form === 'entity' && tables.DEVICE_KEYS[key] === 'device') {
      faults.push(`${where}: device: ${key} is rejected by releases before device-based discovery`);
    }
  }
  const identifiers = device['identifiers'];
  if (!Array.isArray(identifiers) || identifiers.length === 0 || !identifiers.every(isText)) {
    faults.push(`${where}: device: must have identifiers`);
  } else if (identifiers.some((identifier) => identifier === device['via_device'])) {
    faults.push(`${where}: device: can not be its own via_device`);
  }
  if (!isText(device['name'])) faults.push(`${where}: device: name is missing`);
  for (const [key, value] of Object.entries(device)) {
    if (key !== 'identifiers' && key !== 'connections' && !isText(value)) {
      faults.push(`${where}: device: ${key} must be a text`);
    }
  }
  if ('configuration_url' in device && !isUrl(device['configuration_url'])) {
    faults.push(`${where}: device: configuration_url is not a valid url`);
  }
  return faults;
}

export function originFaults(origin: unknown, where: string): string[] {
  if (!isObject(origin)) return [`${where}: origin is missing`];
  const faults = closed(Object.keys(origin), tables.ORIGIN_KEYS, `${where}: origin`);
  if (!isText(origin['name'])) faults.push(`${where}: origin: name is missing`);
  if ('support_url' in origin && !isUrl(origin['support_url']))
    faults.push(`${where}: origin: support_url is not a valid url`);
  return faults;
}
