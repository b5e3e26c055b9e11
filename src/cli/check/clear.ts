/** `check --fix`: clears what an earlier configuration left at the broker, after showing it. */

import type { Configuration } from '../../config/configuration.js';
import { discoveryMessages } from '../../homeassistant/discovery.js';
import { placeOf } from '../../homeassistant/remembered.js';
import { removalMessages } from '../../homeassistant/removal.js';
import { askOnTerminal } from '../ask.js';
import { CommandError, EXIT } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { visitBroker } from '../visitor.js';
import { obsoleteTopics, type Obsolete } from './obsolete.js';

/** Shows it, asks unless told `yes`, and clears it; false when the answer was no. */
export async function clearObsolete(
  configuration: Configuration,
  obsolete: Obsolete,
  terminal: Terminal,
  yes: boolean,
): Promise<boolean> {
  const topics = obsoleteTopics(obsolete);
  terminal.complain('left at the broker by an earlier configuration:');
  for (const topic of topics) terminal.complain(`  ${topic}`);
  if (!yes) {
    if (!terminal.isInteractive)
      throw new CommandError('there is no terminal to ask on', EXIT.usage, 'add --yes to clear them');
    if (
      !(await askOnTerminal.yesOrNo(`Clear ${topics.length === 1 ? 'it' : `all ${topics.length}`}?`, false))
    )
      return false;
  }
  await clear(configuration, obsolete);
  return true;
}

async function clear(configuration: Configuration, { topics, discovery }: Obsolete): Promise<void> {
  const visitor = await visitBroker(configuration, { received: () => undefined });
  try {
    const current = discoveryMessages(configuration.core);
    for (const { message, pauseMsAfter } of removalMessages(discovery, current)) {
      await visitor.publish(message);
      await new Promise((resolve) => setTimeout(resolve, pauseMsAfter));
    }
    // a device that is told in the other form now was unloaded with the old one: tell it once more
    const ids = new Set(Object.keys(discovery).map((topic) => placeOf(topic)?.objectId));
    for (const { topic, payload, objectId } of current)
      if (ids.has(objectId)) await visitor.publish({ topic, payload, retain: true });
    for (const topic of topics) await visitor.publish({ topic, payload: '', retain: true });
  } finally {
    await visitor.leave();
  }
}
