/** For the health check of a container: is the service online? */

import { objectOf } from '../../common/json.js';
import type { Configuration } from '../../config/load.js';
import { askService } from '../../io/control.js';
import { bridgeTopic } from '../../mqtt/topics.js';
import { CommandError, type Tell } from '../terminal.js';

/**
 * Checks whether the service is online: asks the service itself; if it does not answer, or has no broker, asks the
 * broker.
 */
export async function checkOnline(configuration: Configuration, tell: Tell): Promise<void> {
  const reply = await askService(configuration.stateDir, 'control', { ask: 'status' });
  const [status = {}] = reply.ok ? reply.answers : [];
  if (objectOf(status, 'broker')['connected'] === true) tell('ok', 'it is online');
  else await checkAtBroker(configuration, tell);
}

/** The answer must be there within this time, the connection included. */
const WITHIN_MS = 3_000;

async function checkAtBroker(configuration: Configuration, tell: Tell): Promise<void> {
  const { visitBroker } = await import('../visit-broker.js');
  const topic = bridgeTopic(configuration.core.baseTopic, 'status');
  const endAt = performance.now() + WITHIN_MS;
  const hint = 'heyu2mqtt check looks for the reason';
  let status: string | undefined;
  try {
    const visit = await visitBroker(configuration, { patienceMs: WITHIN_MS });
    const now = (): string | undefined => visit.copies(topic).at(-1)?.payload;
    void visit.subscribe([topic]).catch(() => undefined);
    await visit.until(() => now() === 'online', endAt - performance.now());
    status = now();
    await visit.leave();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    tell('error', error.message, error.hint ?? hint);
    return;
  }
  if (status === 'online') tell('ok', 'it is online');
  else tell('error', `it is not online: ${topic} holds ${status ?? 'nothing'}`, hint);
}
