/**
 * What must be remembered of the discovery messages that were published, so that later ones can take back what
 * is gone: Home Assistant keeps a component until it is told. Plain JSON, a few bytes per entity.
 */
import { isObject } from '../common/json.js';
import { PLATFORMS, type Platform } from './component.js';
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

/** What to remember before `current` begins to be published: both, because nobody knows how far it will get. */
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
