/**
 * What Home Assistant gets by discovery: devices with components, and their ids. Keys of a component are Home
 * Assistant's own (long names, no `~`), so that a payload is written as it is read.
 */
import type { SensorSettings } from '../sensor/settings.js';
import type { CoreSettings } from '../core-settings.js';
import { bridgeTopic } from '../mqtt/topics.js';

/** Anything that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Keys of a component or a device, in Home Assistant's words. */
export type Keys = Readonly<Record<string, Json>>;

/** The kinds of components that we offer. */
export const PLATFORMS = [
  'binary_sensor',
  'sensor',
  'event',
  'switch',
  'light',
  'alarm_control_panel',
  'button',
  'device_automation',
] as const;

/** One of them. */
export type Platform = (typeof PLATFORMS)[number];

/** One component of a device payload: an entity or a device trigger. */
export type Component = { readonly platform: Platform; readonly [key: string]: Json };

/** One device of Home Assistant, before it is put into one message or several. */
export type DiscoveryDevice = {
  /** Names it in the discovery topic and is its only identifier: `[a-zA-Z0-9_-]`, the same forever. */
  readonly objectId: string;
  /** Keys of the device object that every release since 2023.8 takes. */
  readonly device: Keys;
  /** Keys of the device object that releases with device-based discovery (2024.12) take, older ones reject. */
  readonly newerDeviceKeys: Keys;
  /** All of these topics must say `online`; empty = its entities bring their own availability or have none. */
  readonly availabilityTopics: readonly string[];
  /** By component key: `[a-zA-Z0-9_-]`, unique in the device and the same forever. */
  readonly components: Readonly<Record<string, Component>>;
};

/** Letters that do not come apart into a plain letter and an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/**
 * A name as Home Assistant writes it in an entity id: lower case, `[a-z0-9_]`, no underscore doubled or at an
 * end. Empty when nothing of it can be written so.
 */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/\P{ASCII}/gu, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** A text as part of a discovery topic, where Home Assistant allows `[a-zA-Z0-9_-]` only. */
export function topicId(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_');
}

/**
 * The entity id that Home Assistant is asked to use when it first sees an entity (`default_entity_id`): the
 * owner's name for the device and the channel, but not the channel twice ("hall_motion", not
 * "hall_motion_motion"). `fallback` is used when the name has no letter that an entity id can hold.
 */
export function defaultEntityId(platform: string, name: string, fallback: string, channel: string): string {
  const base = slug(name) || slug(fallback);
  const repeated = base === channel || base.endsWith(`_${channel}`);
  return `${platform}.${repeated || channel === '' ? base : `${base}_${channel}`}`;
}

/** Whose an entity is. */
export type EntityOwner = {
  /** Of its device: the beginning of unique ids, the same forever. */
  readonly objectId: string;
  /** The owner's name for it: the beginning of entity ids. */
  readonly name: string;
  /** Used when the name has no letter that an entity id can hold. */
  readonly fallback: string;
};

/**
 * The unique id of a component. One that may have another platform some day has a key of its own for each, with the platform
 * behind the word: a key whose platform changed could not be told from the old one when that has to be removed.
 */
export function uniqueId(objectId: string, key: string): string {
  return `${objectId}_${key.replace(/_(control|switch|sensor)$/, '')}`;
}

/** One entity. `word` is what its entity id says beside the owner's name; '' = nothing. */
export function entity(
  { objectId, name, fallback }: EntityOwner,
  platform: Platform,
  key: string,
  word: string,
  keys: Keys,
): Component {
  const unique_id = uniqueId(objectId, key);
  const default_entity_id = defaultEntityId(platform, name, fallback, word);
  return { platform, unique_id, default_entity_id, ...keys };
}

/** Where the project lives. Home Assistant refuses a discovery message whose support url is not a URL. */
const HOMEPAGE = 'https://github.com/heyu2mqtt/heyu2mqtt';

/** Names us in Home Assistant's log; every payload carries it. */
export function originOf(core: CoreSettings): Keys {
  return { name: 'heyu2mqtt', sw_version: core.version, support_url: HOMEPAGE };
}

/** The bridge's identifier, which all other devices name in `via_device`. */
export function bridgeObjectId(core: CoreSettings): string {
  return `heyu2mqtt_${topicId(core.bridgeId)}`;
}

/** A sensor's identifier: bridge id and the sensor's own, never a name (docs/design.md, decision 13). */
export function sensorObjectId(core: CoreSettings, sensor: SensorSettings): string {
  return `${topicId(core.bridgeId)}_${topicId(sensor.id)}`;
}

/** A zone's identifier. */
export function zoneObjectId(core: CoreSettings, zone: string): string {
  return `${topicId(core.bridgeId)}_zone_${topicId(zone)}`;
}

/** Makers by the beginning of heyu's module name; all others are X10's own. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^(ORE_ELS|ELS_)/, 'Electrisave'],
  [/^(ORE_|TH[RGN]|RTG|BTHR|WGR|PCR|BWR)/, 'Oregon Scientific'],
  [/^OWL_/, 'OWL'],
  [/^RFX/, 'RFXCOM'],
  [/^DIGIMAX$/, 'Digimax'],
];

/** Who made a module. */
export function makerOf(modelName: string): string {
  return MAKERS.find(([pattern]) => pattern.test(modelName))?.[1] ?? 'X10';
}

/** The link of a device to the page, where that is known: to a place in it, `sensor/hall`. */
export function pageLink({ homeassistant: { pageUrl } }: CoreSettings, place: string): Keys {
  return pageUrl === undefined ? {} : { configuration_url: `${pageUrl}#/${place}` };
}

/** Says whether the bridge lives; retained, and the bridge's last will. */
export function statusTopic(core: CoreSettings): string {
  return bridgeTopic(core.baseTopic, 'status');
}

/** A sensor is available while the bridge lives and can read heyu's log. */
export function sensorAvailability(core: CoreSettings): readonly string[] {
  return [statusTopic(core), bridgeTopic(core.baseTopic, 'source')];
}
