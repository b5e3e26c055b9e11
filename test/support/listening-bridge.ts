/** A bridge without a broker, whose words are taken apart again: what is said of each sensor, and what it finds. */

import { createBridge } from '../../src/bridge/bridge.js';
import type { Bridge, BridgeSinks, CoreMemory } from '../../src/bridge/core.js';
import type { CoreSettings } from '../../src/core-settings.js';

/** What a test wants to know. */
export type Takes = {
  /** A retained value, without `last_seen`. */
  readonly channel?: (alias: string, channel: string, value: string) => void;
  readonly event?: (alias: string, event: { type: string; id: string; at: number }) => void;
  readonly trouble?: BridgeSinks['trouble'];
  readonly find?: BridgeSinks['find'];
};

/** A bridge that begins at `at` (epoch ms) with what was remembered of the log. */
export function listeningBridge(
  settings: CoreSettings,
  memory: CoreMemory | undefined,
  at: number,
  { channel, event, trouble, find }: Takes = {},
): Bridge {
  const aliases = new Map(
    settings.sensors.map(({ topic, alias }) => [`${settings.baseTopic}/${topic}`, alias]),
  );
  const nothing = (): void => undefined;
  return createBridge(
    settings,
    { core: memory },
    { at, mono: at },
    {
      put: (message) => {
        const end = message.topic.lastIndexOf('/');
        const alias = aliases.get(message.topic.slice(0, end));
        const name = message.topic.slice(end + 1);
        if (alias === undefined || name === 'last_seen') return;
        if (message.kind !== 'event') return channel?.(alias, name, message.payload);
        const said = JSON.parse(message.payload) as { event_type: string };
        event?.(alias, { type: said.event_type, id: message.id, at: message.at });
      },
      subscribe: nothing,
      unsubscribe: nothing,
      persist: () => 0,
      note: nothing,
      trouble: trouble ?? nothing,
      ...(find === undefined ? {} : { find }),
    },
  );
}
