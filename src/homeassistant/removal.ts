/**
 * Removes what an earlier configuration announced to Home Assistant, which keeps a component until it is removed, and
 * moves between the two forms of discovery without losing what people set there (names, areas, entity ids, history).
 * What has to be remembered for this is plain JSON, a few bytes per entity.
 */
import { isObject, objectOf, type JsonObject } from '../common/json.js';
import type { CoreSettings } from '../core-settings.js';
import { bridgeTopic } from '../mqtt/topics.js';
import type { Message } from '../ports.js';
import { entity, originOf, PLATFORMS, type Platform } from './device.js';
import type { DiscoveryMessage } from './discovery.js';

/** By discovery topic: the component keys that it brought, and their platforms. */
export type Remembered = Readonly<Record<string, Readonly<Record<string, Platform>>>>;

/** Where a remembered message stands: one device's, or one component's. */
export type Place =
  | { readonly form: 'device'; readonly prefix: string; readonly objectId: string }
  | { readonly form: 'entity'; readonly prefix: string; readonly objectId: string; readonly key: string };

/** What to remember once these messages were published. */
export function rememberedOf(messages: readonly DiscoveryMessage[]): Remembered {
  return Object.fromEntries(messages.map(({ topic, components }) => [topic, components]));
}

/** What to remember before `current` begins to be published: both, because it may be interrupted anywhere. */
export function rememberedWhile(previous: Remembered, current: readonly DiscoveryMessage[]): Remembered {
  const now = rememberedOf(current);
  const topics = new Set([...Object.keys(previous), ...Object.keys(now)]);
  return Object.fromEntries(
    [...topics].map((topic) => [topic, { ...(previous[topic] ?? {}), ...(now[topic] ?? {}) }]),
  );
}

const isPlatform = (value: unknown): value is Platform => PLATFORMS.some((platform) => platform === value);

/** Reads what was stored. What does not have the form is left out: then it is merely not taken back. */
export function readRemembered(stored: unknown): Remembered {
  if (!isObject(stored)) return {};
  return Object.fromEntries(
    Object.entries(stored).flatMap(([topic, components]) => {
      if (placeOf(topic) === undefined || !isObject(components)) return [];
      const known = Object.entries(components).filter(([, platform]) => isPlatform(platform));
      return [[topic, Object.fromEntries(known) as Record<string, Platform>] as const];
    }),
  );
}

/** Reads a discovery topic of ours; undefined for any other. */
export function placeOf(topic: string): Place | undefined {
  const device = /^(.+)\/device\/([\w-]+)\/config$/.exec(topic);
  if (device) return { form: 'device', prefix: device[1] ?? '', objectId: device[2] ?? '' };
  const entity = /^(.+)\/(\w+)\/([\w-]+)\/([\w-]+)\/config$/.exec(topic);
  if (!entity || !isPlatform(entity[2])) return undefined;
  return { form: 'entity', prefix: entity[1] ?? '', objectId: entity[3] ?? '', key: entity[4] ?? '' };
}

/** One message and how long to wait before the next one. Milliseconds. */
export type DiscoveryStep = { readonly message: Message; readonly pauseMsAfter: number };

/**
 * Between one phase and the next. An entity that is made again while the old one is still going away gets an
 * entity id ending in `_2`; and while a component's message is being processed, Home Assistant queues the next one
 * for that component and skips the rest of the device message that brought it.
 */
const PAUSE_BETWEEN_PHASES_MS = 2000;

/** Tells Home Assistant (2024.12 or later) to unload what this topic brought, but to keep its settings. */
const MIGRATE = JSON.stringify({ migrate_discovery: true });

const remove = (topic: string): DiscoveryStep => ({
  message: { topic, payload: '', retain: true },
  pauseMsAfter: 0,
});
/** Not retained: it is meant for a Home Assistant that is listening now, and must not be found by a later one. */
const tell = (topic: string, payload: string): DiscoveryStep => ({
  message: { topic, payload, retain: false },
  pauseMsAfter: 0,
});

/** The steps of one phase, with the pause after the last one. */
function phase(steps: readonly DiscoveryStep[]): readonly DiscoveryStep[] {
  return steps.map((step, index) =>
    index === steps.length - 1 ? { ...step, pauseMsAfter: PAUSE_BETWEEN_PHASES_MS } : step,
  );
}

/** Our own payload, read back. */
const parse = (message: DiscoveryMessage): JsonObject => JSON.parse(message.payload) as JsonObject;

const platformOnly = (gone: readonly (readonly [string, Platform])[]): JsonObject =>
  Object.fromEntries(gone.map(([key, platform]) => [key, { platform }]));

/** The device message in which the components that are gone have nothing but their platform: that removes them. */
function withGone(message: DiscoveryMessage, gone: readonly (readonly [string, Platform])[]): string {
  const payload = parse(message);
  const components = payload['components'] as JsonObject;
  return JSON.stringify({ ...payload, components: { ...components, ...platformOnly(gone) } });
}

/**
 * The same for a device that is now told in single messages: what it had and keeps is put together once more.
 * Nothing new: that would belong to a topic which is not remembered to have brought it.
 */
function togetherWithGone(
  messages: readonly DiscoveryMessage[],
  previous: Readonly<Record<string, Platform>>,
  gone: readonly (readonly [string, Platform])[],
): string {
  const parts = messages.flatMap((message) => {
    const { device, origin, ...keys } = parse(message);
    return Object.entries(message.components).map(([key, platform]) => ({
      device,
      origin,
      component: [key, { platform, ...keys }] as const,
    }));
  });
  return JSON.stringify({
    device: parts[0]?.device,
    origin: parts[0]?.origin,
    components: {
      ...Object.fromEntries(
        parts.map(({ component }) => component).filter(([key, { platform }]) => previous[key] === platform),
      ),
      ...platformOnly(gone),
    },
  });
}

/** Components that existed and do not any more, or have another platform now. */
function goneOf(
  previous: Readonly<Record<string, Platform>>,
  current: Readonly<Record<string, Platform>>,
): readonly (readonly [string, Platform])[] {
  return Object.entries(previous).filter(([key, platform]) => current[key] !== platform);
}

/** What is told now, looked up by what was told then. */
type Current = {
  readonly topics: ReadonlyMap<string, DiscoveryMessage>;
  /** The messages of a device now, in either form, under the prefix of `place`. */
  readonly ofDevice: (place: Place) => readonly DiscoveryMessage[];
};

function currentOf(messages: readonly DiscoveryMessage[]): Current {
  const byDevice = new Map<string, DiscoveryMessage[]>();
  for (const message of messages) {
    const key = `${placeOf(message.topic)?.prefix ?? ''} ${message.objectId}`;
    byDevice.set(key, [...(byDevice.get(key) ?? []), message]);
  }
  return {
    topics: new Map(messages.map((message) => [message.topic, message])),
    ofDevice: (place) => byDevice.get(`${place.prefix} ${place.objectId}`) ?? [],
  };
}

/** What each platform must have so that Home Assistant takes it. */
const REQUIRED: Readonly<Record<Exclude<Platform, 'device_automation'>, readonly string[]>> = {
  binary_sensor: ['state_topic'],
  sensor: ['state_topic'],
  event: ['state_topic'],
  switch: ['command_topic'],
  light: ['command_topic'],
  button: ['command_topic'],
  alarm_control_panel: ['state_topic', 'command_topic'],
};

/** An entity that has nothing but its identity. Nothing is ever published on `topic`. */
function placeholder(
  objectId: string,
  [key, platform]: readonly [string, Platform],
  topic: string,
): readonly (readonly [string, JsonObject])[] {
  if (platform === 'device_automation') return [];
  const topics = Object.fromEntries(REQUIRED[platform].map((name) => [name, topic]));
  const types = platform === 'event' ? { event_types: ['none'] } : {};
  const owner = { objectId, name: objectId, fallback: objectId };
  return [[key, entity(owner, platform, key, key, { name: `Gone ${key}`, qos: 1, ...topics, ...types })]];
}

/**
 * What was taken back by going from `before` to `current`, by topic. A Home Assistant that was not there has not heard
 * it, and keeps the entities forever. Triggers are not kept by it.
 */
export function removedSince(before: Remembered, current: readonly DiscoveryMessage[]): Remembered {
  const now = currentOf(current);
  return Object.fromEntries(
    Object.entries(before).flatMap(([topic, components]) => {
      const place = placeOf(topic);
      if (place === undefined) return [];
      const message = now.topics.get(topic);
      const messages = message === undefined ? now.ofDevice(place) : [message];
      // told in the other form now: what is gone of it was removed with the rest
      if (message === undefined && messages.length > 0 && place.form === 'device') return [];
      const gone = goneOf(components, allComponents(messages)).filter(([, is]) => is !== 'device_automation');
      return gone.length === 0 ? [] : [[topic, Object.fromEntries(gone)]];
    }),
  );
}

/**
 * Makes a Home Assistant that has just been born know again what was taken back while it was not there: it removes only
 * what it knows. `removalMessages` of the same has to follow.
 */
export function revivalMessages(
  takenBack: Remembered,
  current: readonly DiscoveryMessage[],
  core: CoreSettings,
): readonly DiscoveryStep[] {
  const now = currentOf(current);
  const nowhere = bridgeTopic(core.baseTopic, 'set');
  return phase(
    Object.entries(takenBack).flatMap(([topic, gone]) => {
      const place = placeOf(topic);
      if (place === undefined) return [];
      const { objectId } = place;
      const entities = Object.entries(gone).flatMap((one) => placeholder(objectId, one, nowhere));
      const device = { identifiers: [objectId], name: objectId };
      if (place.form === 'entity')
        return entities.map(([, keys]) =>
          tell(topic, JSON.stringify({ device, origin: originOf(core), ...keys, platform: undefined })),
        );
      const message = now.topics.get(topic);
      const payload = message === undefined ? { device, origin: originOf(core) } : parse(message);
      const components = { ...objectOf(payload, 'components'), ...Object.fromEntries(entities) };
      return [tell(topic, JSON.stringify({ ...payload, components }))];
    }),
  );
}

const allComponents = (messages: readonly DiscoveryMessage[]): Readonly<Record<string, Platform>> =>
  Object.fromEntries(messages.flatMap(({ components }) => Object.entries(components)));

/**
 * The steps to take before the messages of `current` are published, in order; none when nothing of `previous`
 * is gone. Taking them again, also after they were broken off anywhere, does no harm. `current` must be the
 * complete result of `discoveryMessages`.
 *
 * Where the form changes, Home Assistant 2024.12 or later is assumed, because older releases know one form only:
 * the old topics are unloaded, then emptied, and what is published afterwards takes their place. Emptied only
 * after that, as its documentation has it, the new owner of each component would warn of a conflict (2026.11).
 */
export function removalMessages(
  previous: Remembered,
  current: readonly DiscoveryMessage[],
): readonly DiscoveryStep[] {
  const now = currentOf(current);
  const triggers: DiscoveryStep[] = [];
  const removals: DiscoveryStep[] = [];
  const trimmed: DiscoveryStep[] = [];
  const unloaded: DiscoveryStep[] = [];
  const emptied: DiscoveryStep[] = [];

  for (const [topic, components] of Object.entries(previous)) {
    const place = placeOf(topic);
    if (place === undefined) continue;
    const message = now.topics.get(topic);
    const messages = message === undefined ? now.ofDevice(place) : [message];
    const gone = goneOf(components, allComponents(messages));
    if (message !== undefined) {
      if (place.form === 'device' && gone.length > 0) trimmed.push(tell(topic, withGone(message, gone)));
    } else if (messages.length === 0 || (place.form === 'entity' && gone.length > 0)) {
      const isTrigger = Object.values(components).includes('device_automation');
      (place.form === 'entity' && isTrigger ? triggers : removals).push(remove(topic));
    } else {
      if (gone.length > 0) trimmed.push(tell(topic, togetherWithGone(messages, components, gone)));
      unloaded.push(tell(topic, MIGRATE));
      emptied.push(remove(topic));
    }
  }
  // Triggers go first: after the last entity the device goes, and each trigger still there is torn down twice.
  return [triggers, removals, trimmed, unloaded, emptied].flatMap(phase);
}
