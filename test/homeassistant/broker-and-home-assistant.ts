/**
 * A broker that keeps retained messages and a Home Assistant that keeps components, as far as discovery goes
 * (rules of Home Assistant's discovery.py since 2024.12): a component belongs to the topic that brought it; a
 * device message does not remove what it leaves out; `migrate_discovery` unloads but keeps settings.
 */
import type { Message } from '../../src/ports.js';

type Told = { readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

const nameOf = (platform: string, objectId: string, key: string): string => `${platform} ${objectId} ${key}`;

type Brought = readonly (readonly [string, boolean])[];

const read = new Map<string, Brought>();

/** What a message brings: the name of each component and whether there is more to it than its platform. */
function broughtBy({ topic, payload }: Message): Brought {
  const known = read.get(topic + payload);
  if (known !== undefined) return known;
  const [kind = '', objectId = '', key = ''] = topic.split('/').slice(1, -1);
  const told = JSON.parse(payload) as Told;
  const brought: Brought =
    kind === 'device'
      ? Object.entries(told.components ?? {}).map(([name, { platform, ...keys }]) => [
          nameOf(platform as string, objectId, name),
          Object.keys(keys).length > 0,
        ])
      : [[nameOf(kind, objectId, key), true]];
  read.set(topic + payload, brought);
  return brought;
}

export type Simulation = {
  readonly play: (messages: readonly Message[]) => void;
  /** The components that are loaded. */
  readonly components: () => readonly string[];
  /** Topics that hold a retained message. */
  readonly retained: () => readonly string[];
  /** Components that were removed, with all that people had set for them. */
  readonly lostSettings: () => readonly string[];
};

/** Plays messages to both, from the state after `first`. */
export function simulate(first: readonly Message[]): Simulation {
  const retained = new Map<string, string>();
  const loaded = new Map<string, string>();
  const lost = new Set<string>();

  const receive = (message: Message): void => {
    const { topic, payload } = message;
    if (payload === '') {
      for (const [name, owner] of [...loaded]) {
        if (owner !== topic) continue;
        loaded.delete(name);
        lost.add(name);
      }
    } else if (payload === '{"migrate_discovery":true}') {
      for (const [name, owner] of [...loaded]) if (owner === topic) loaded.delete(name);
    } else {
      for (const [name, isWhole] of broughtBy(message)) {
        const owner = loaded.get(name);
        if (owner !== undefined && owner !== topic) continue;
        if (isWhole) loaded.set(name, topic);
        else if (loaded.delete(name)) lost.add(name);
      }
    }
  };
  const play = (messages: readonly Message[]): void => {
    for (const message of messages) {
      if (message.retain && message.payload === '') retained.delete(message.topic);
      else if (message.retain) retained.set(message.topic, message.payload);
      receive(message);
    }
  };
  play(first);
  return {
    play,
    components: () => [...loaded.keys()].sort(),
    retained: () => [...retained.keys()].sort(),
    lostSettings: () => [...lost].sort(),
  };
}
