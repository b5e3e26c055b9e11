/**
 * Taking back what an earlier configuration told Home Assistant, and moving between the two forms of discovery
 * without losing what people set in Home Assistant (names, areas, entity ids, history).
 */
import type { Message } from '../ports.js';
import type { Platform } from './component.js';
import type { DiscoveryMessage } from './discovery.js';
import { placeOf, type Place, type Remembered } from './remembered.js';

/** One message and how long to wait before the next one. Milliseconds. */
export type DiscoveryStep = { readonly message: Message; readonly pauseMsAfter: number };

/**
 * While a component's message is being processed, Home Assistant queues the next one for that component and
 * skips the rest of the device message that brought it: two messages for one device need some time between them.
 */
const PAUSE_BETWEEN_VERSIONS_MS = 500;

/** An entity that is made anew while the old one is still going away gets an entity id ending in `_2`. */
const PAUSE_BEFORE_RECREATION_MS = 2000;

/** Tells Home Assistant (2024.12 or later) to unload what this topic brought, but to keep its settings. */
const MIGRATE = JSON.stringify({ migrate_discovery: true });

type JsonObject = Readonly<Record<string, unknown>>;
type Step = DiscoveryStep;

const remove = (topic: string): Step => ({
  message: { topic, payload: '', retain: true },
  pauseMsAfter: 0,
});
/** Not retained: it is meant for a Home Assistant that is listening now, and must not be found by a later one. */
const tell = (topic: string, payload: string): Step => ({
  message: { topic, payload, retain: false },
  pauseMsAfter: 0,
});
const publish = (message: DiscoveryMessage): Step => ({
  message: { topic: message.topic, payload: message.payload, retain: true },
  pauseMsAfter: 0,
});

/** The same steps with a pause after the last one. */
function thenPause(steps: readonly Step[], pauseMsAfter: number): readonly Step[] {
  return steps.map((step, index) => (index === steps.length - 1 ? { ...step, pauseMsAfter } : step));
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

/** Components that were there and are no more, or have another platform now. */
function goneOf(
  previous: Readonly<Record<string, Platform>>,
  current: Readonly<Record<string, Platform>>,
): readonly (readonly [string, Platform])[] {
  return Object.entries(previous).filter(([key, platform]) => current[key] !== platform);
}

/** What is told now, looked up by what was told then. */
type Current = {
  readonly topics: ReadonlyMap<string, DiscoveryMessage>;
  /** The messages of a device now, in whichever form, under the prefix of `place`. */
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

const allComponents = (messages: readonly DiscoveryMessage[]): Readonly<Record<string, Platform>> =>
  Object.fromEntries(messages.flatMap(({ components }) => Object.entries(components)));

/** A device that was told in one message and is told in single ones now. */
function toEntities(
  topic: string,
  previous: Readonly<Record<string, Platform>>,
  messages: readonly DiscoveryMessage[],
): readonly Step[] {
  const gone = goneOf(previous, allComponents(messages));
  return [
    ...(gone.length === 0
      ? []
      : thenPause([tell(topic, togetherWithGone(messages, previous, gone))], PAUSE_BETWEEN_VERSIONS_MS)),
    ...thenPause([tell(topic, MIGRATE)], PAUSE_BETWEEN_VERSIONS_MS),
    ...thenPause(messages.map(publish), PAUSE_BETWEEN_VERSIONS_MS),
    remove(topic),
  ];
}

/** A device that was told in single messages and is told in one now. */
function toDevice(topics: readonly string[], message: DiscoveryMessage): readonly Step[] {
  return [
    ...thenPause(
      topics.map((topic) => tell(topic, MIGRATE)),
      PAUSE_BETWEEN_VERSIONS_MS,
    ),
    ...thenPause([publish(message)], PAUSE_BETWEEN_VERSIONS_MS),
    ...topics.map(remove),
  ];
}

/**
 * The steps to take before the messages of `current` are published, in order; none when nothing of `previous`
 * is gone. Taking them again, also after they were broken off anywhere, does no harm. `current` must be the
 * complete result of `discoveryMessages`. Home Assistant 2024.12 or later is assumed where the form changes,
 * because older releases know one form only.
 */
export function removalMessages(
  previous: Remembered,
  current: readonly DiscoveryMessage[],
): readonly DiscoveryStep[] {
  const now = currentOf(current);
  const removals: Step[] = [];
  const trimmed: Step[] = [];
  const migrations: Step[] = [];
  /** Topics of single components by the one message that takes their place. */
  const joined = new Map<DiscoveryMessage, string[]>();

  for (const [topic, components] of Object.entries(previous)) {
    const message = now.topics.get(topic);
    const place = placeOf(topic);
    if (place === undefined) continue;
    if (message !== undefined) {
      const gone = place.form === 'device' ? goneOf(components, message.components) : [];
      if (gone.length > 0) trimmed.push(tell(topic, withGone(message, gone)));
      continue;
    }
    const messages = now.ofDevice(place);
    const [first] = messages;
    if (place.form === 'device' && first !== undefined) {
      migrations.push(...toEntities(topic, components, messages));
    } else if (
      place.form === 'entity' &&
      first !== undefined &&
      placeOf(first.topic)?.form === 'device' &&
      goneOf(components, first.components).length === 0
    ) {
      joined.set(first, [...(joined.get(first) ?? []), topic]);
    } else {
      removals.push(remove(topic));
    }
  }
  for (const [message, topics] of joined) migrations.push(...toDevice(topics, message));
  return [
    ...thenPause(removals, PAUSE_BEFORE_RECREATION_MS),
    ...thenPause(trimmed, PAUSE_BEFORE_RECREATION_MS),
    ...migrations,
  ];
}
