/** What the service has written down of the topics that it ever published. Only read: the running service owns it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '../../service/checkpoint.js';
import { readRemembered, type Remembered } from '../../homeassistant/remembered.js';

/** Topics of ours. */
export type OwnTopics = { readonly retained: readonly string[]; readonly discovery: Remembered };

/** Reads it as far as it can be read; undefined when this user cannot, or there is none. */
export function readOwnTopics(stateDir: string): OwnTopics | undefined {
  try {
    const envelope: unknown = JSON.parse(readFileSync(join(stateDir, 'state.json'), 'utf8'));
    if (typeof envelope !== 'object' || envelope === null || !('document' in envelope)) return undefined;
    const { checkpoint } = readCheckpoint(envelope.document);
    return { retained: checkpoint.retained, discovery: readRemembered(checkpoint.discovery) };
  } catch {
    return undefined;
  }
}
