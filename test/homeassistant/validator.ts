/**
 * Judges discovery messages as Home Assistant would, and by our own rules where they are stricter: `faultsOf`
 * says in words what is wrong with a set of messages that are published together. Empty = nothing.
 */
import { entityFaults, triggerFaults } from './component-rules.js';
import {
  availabilityFaults,
  closed,
  deviceFaults,
  isObject,
  isText,
  originFaults,
  show,
  topicFaults,
  word,
  type Item,
} from './rules.js';
import * as tables from './tables.js';

/** A discovery message as it goes to the broker. */
export type Published = { readonly topic: string; readonly payload: string };

/** The parts of one message: its components, and what is wrong with the message around them. */
function unpack({ topic, payload }: Published, prefix: string): { items: Item[]; faults: string[] } {
  const levels = topic.startsWith(`${prefix}/`) ? topic.slice(prefix.length + 1).split('/') : [];
  const legal = levels.slice(0, -1).every((level) => /^[a-zA-Z0-9_-]+$/.test(level));
  if (!legal || levels.at(-1) !== 'config' || levels.length < 3 || levels.length > 4) {
    return { items: [], faults: [`${topic}: illegal discovery topic`] };
  }
  let root: unknown;
  try {
    root = JSON.parse(payload);
  } catch {
    return { items: [], faults: [`${topic}: no JSON`] };
  }
  if (!isObject(root)) return { items: [], faults: [`${topic}: no JSON object`] };
  const device = root['device'];
  if (levels[0] !== 'device') {
    const [platform = '', objectId = '', key = ''] = levels;
    const faults = [...deviceFaults(device, 'entity', topic), ...originFaults(root['origin'], topic)];
    return { items: [{ form: 'entity', topic, platform, objectId, key, device, config: root }], faults };
  }
  const faults = [
    ...closed(Object.keys(root), tables.ROOT_KEYS, topic),
    ...deviceFaults(device, 'device', topic),
    ...originFaults(root['origin'], topic),
    ...availabilityFaults(root, topic),
    ...topicFaults(root, topic),
  ];
  const { components } = root;
  if (!isObject(components) || Object.keys(components).length === 0) {
    return { items: [], faults: [...faults, `${topic}: components are missing`] };
  }
  const items: Item[] = [];
  for (const [key, component] of Object.entries(components)) {
    if (!isObject(component) || !isText(component['platform'])) {
      faults.push(`${topic}: ${key}: platform is missing`);
      continue;
    }
    const { platform, ...own } = component;
    if (Object.keys(own).length === 0) continue;
    const shared = Object.fromEntries(
      Object.entries(root).filter(([name]) => tables.SHARED_KEYS.includes(name) && !(name in own)),
    );
    const config = platform === 'device_automation' ? own : { ...shared, ...own };
    items.push({
      form: 'device',
      topic,
      platform,
      objectId: levels[1] ?? '',
      key,
      device,
      config,
    });
  }
  return { items, faults };
}

function twice(items: readonly Item[], what: string, of: (item: Item) => string | undefined): string[] {
  const seen = new Map<string, Item>();
  const faults: string[] = [];
  for (const item of items) {
    const id = of(item);
    if (id === undefined) continue;
    if (seen.has(id)) faults.push(`${item.topic}: ${item.key}: ${what} ${id} is used twice`);
    seen.set(id, item);
  }
  return faults;
}

function togetherFaults(items: readonly Item[]): string[] {
  const identifiers = new Set(
    items.flatMap(({ device }) => (isObject(device) ? (device['identifiers'] as string[]) : [])),
  );
  const strangers = items.filter(
    ({ device }) =>
      isObject(device) && isText(device['via_device']) && !identifiers.has(device['via_device']),
  );
  const deviceOf = ({ device }: Item): string => (isObject(device) ? show(device['identifiers']) : '');
  const devices = new Map<string, string>();
  const differing = items.filter((item) => {
    const known = devices.get(deviceOf(item));
    devices.set(deviceOf(item), show(item.device));
    return known !== undefined && known !== show(item.device);
  });
  return [
    ...strangers.map(({ topic }) => `${topic}: via_device names no device of ours`),
    ...differing.map(({ topic }) => `${topic}: two devices have one identifier`),
    ...twice(items, 'unique_id', ({ platform, config }) =>
      isText(config['unique_id']) ? `${platform} ${config['unique_id']}` : undefined,
    ),
    ...twice(items, 'discovery id', ({ platform, objectId, key }) => `${platform} ${objectId} ${key}`),
    ...twice(items, 'default_entity_id', ({ config }) => config['default_entity_id'] as string | undefined),
    ...twice(items, 'name null in', (item) => (item.config['name'] === null ? deviceOf(item) : undefined)),
    ...twice(items, 'trigger', (item) =>
      item.platform === 'device_automation'
        ? `${deviceOf(item)} ${word(item.config['type'])} ${word(item.config['subtype'])}`
        : undefined,
    ),
  ];
}

/** Everything that is wrong with messages that are published together under one discovery prefix. */
export function faultsOf(messages: readonly Published[], prefix = 'homeassistant'): string[] {
  const unpacked = messages.map((message) => unpack(message, prefix));
  const items = unpacked.flatMap((part) => part.items);
  return [
    ...unpacked.flatMap((part) => part.faults),
    ...items.flatMap((item) => {
      const where = `${item.topic}: ${item.key}`;
      return item.platform === 'device_automation'
        ? [...triggerFaults(item, where), ...topicFaults(item.config, where)]
        : entityFaults(item, where);
    }),
    ...togetherFaults(items),
  ];
}
