/**
 * What an earlier configuration left at the broker. Only topics that certainly are ours: those that the service has
 * recorded, discovery that names this program and this bridge, and the topics in such discovery.
 */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isObject, objectIn, objectOf, type JsonObject } from '../../common/json.js';
import type { Configuration } from '../../config/load.js';
import { bridgeObjectId, originOf } from '../../homeassistant/device.js';
import { discoveryMessages } from '../../homeassistant/discovery.js';
import { placeOf, readRemembered, removalMessages, type Remembered } from '../../homeassistant/removal.js';
import { readEnvelope } from '../../io/store.js';
import { retainedTopicsOf } from '../../service/announcing.js';
import { readCheckpoint } from '../../service/checkpoint.js';
import type { CoreSettings } from '../../core-settings.js';
import { mustAsk } from '../ask.js';
import { processTerminal } from '../terminal.js';
import { publishOrFail, readBack, visitBroker } from '../visit-broker.js';

/** What is to be cleared. */
export type Obsolete = {
  /** Retained topics, discovery aside. */
  readonly topics: readonly string[];
  /** Discovery, with what it brought. */
  readonly discovery: Remembered;
};

/** Looks for it at the broker. */
export async function findObsolete(configuration: Configuration): Promise<Obsolete> {
  const { core } = configuration;
  const own = await readOwnTopics(configuration.stateDir);
  const { prefix } = core.homeassistant;
  const wildcards = [`${prefix}/device/+/config`, `${prefix}/+/+/+/config`];
  const remembered = Object.keys(own.discovery);
  const { retained } = await readBack(configuration, [...wildcards, ...remembered]);

  const published = new Set(discoveryMessages(core).map(({ topic }) => topic));
  const discovery: Record<string, Remembered[string]> = {};
  const named: string[] = [];
  for (const [topic, payload] of retained) {
    if (published.has(topic) || placeOf(topic) === undefined) continue;
    const message = objectIn(payload);
    const isOurs = isFromUs(message, core);
    if (!isOurs && !remembered.includes(topic)) continue;
    discovery[topic] = broughtBy(topic, message) ?? own.discovery[topic] ?? {};
    if (isOurs) named.push(...topicsIn(message));
  }

  const expected = retainedTopicsOf(core);
  const foreign = new Set([
    configuration.homeassistant.birthTopic,
    ...core.zones.map((zone) => zone.stateTopic),
  ]);
  const below = named.filter((topic) => topic.startsWith(`${core.baseTopic}/`));
  const candidates = [...own.topics, ...below].filter(
    (topic) => !expected.has(topic) && !foreign.has(topic) && placeOf(topic) === undefined,
  );
  const kept = await readBack(configuration, candidates);
  const topics = [...new Set(candidates)].filter((topic) => kept.retained.has(topic));
  return { topics: topics.sort(), discovery };
}

/** All that is obsolete, for people. */
export function obsoleteTopics({ topics, discovery }: Obsolete): readonly string[] {
  return [...topics, ...Object.keys(discovery)];
}

/** Our program has written it, for this bridge and no other. */
function isFromUs({ origin, device }: JsonObject, core: CoreSettings): boolean {
  if (!isObject(origin) || origin['name'] !== originOf(core)['name'] || !isObject(device)) return false;
  const bridge = bridgeObjectId(core);
  const { identifiers } = device;
  return device['via_device'] === bridge || (Array.isArray(identifiers) && identifiers.includes(bridge));
}

/** The components that a message brought: those in it, or the one that its topic names. */
function broughtBy(topic: string, message: JsonObject): Remembered[string] | undefined {
  const place = placeOf(topic);
  if (place?.form === 'entity')
    return readRemembered({ [topic]: { [place.key]: topic.split('/').at(-4) } })[topic];
  const components = objectOf(message, 'components');
  const brought = Object.keys(components).map((key) => [key, objectOf(components, key)['platform']]);
  return readRemembered({ [topic]: Object.fromEntries(brought) as unknown })[topic];
}

/** Topics that a discovery message names, but for those to which others write. */
function topicsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(topicsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner !== 'string') return topicsIn(inner);
    return /(^|_)topic$/.test(key) && !key.includes('command') ? [inner] : [];
  });
}

/** `check --fix`: shows it, asks unless told `yes`, and clears it; false when the answer was no. */
export async function clearObsolete(
  configuration: Configuration,
  obsolete: Obsolete,
  yes: boolean,
): Promise<boolean> {
  const topics = obsoleteTopics(obsolete);
  const { complain } = processTerminal();
  complain('left at the broker by an earlier configuration:');
  for (const topic of topics) complain(`  ${topic}`);
  const question = `Clear ${topics.length === 1 ? 'it' : `all ${topics.length}`}?`;
  if (!yes && !(await mustAsk(question, 'add --yes to clear them'))) return false;
  await clear(configuration, obsolete);
  return true;
}

async function clear(configuration: Configuration, { topics, discovery }: Obsolete): Promise<void> {
  const visit = await visitBroker(configuration);
  try {
    const current = discoveryMessages(configuration.core);
    for (const { message, pauseMsAfter } of removalMessages(discovery, current)) {
      await publishOrFail(visit, message);
      await wait(pauseMsAfter);
    }
    // a device that is told in the other form now was unloaded with the old one: tell it once more
    const ids = new Set(Object.keys(discovery).map((topic) => placeOf(topic)?.objectId));
    for (const { topic, payload, objectId } of current)
      if (ids.has(objectId)) await publishOrFail(visit, { topic, payload, retain: true });
    for (const topic of topics) await publishOrFail(visit, { topic, payload: '', retain: true });
  } finally {
    await visit.leave();
  }
}

/**
 * What the service has written down of the topics that it ever published; nothing when this user cannot read it, or
 * there is none. Only read: the running service owns it.
 */
async function readOwnTopics(stateDir: string): Promise<Obsolete> {
  const found = await readEnvelope(join(stateDir, 'state.json')).catch(() => undefined);
  if (found?.kind !== 'document') return { topics: [], discovery: {} };
  const { retained, discovery } = readCheckpoint(found.document).checkpoint;
  return { topics: retained, discovery: readRemembered(discovery) };
}
