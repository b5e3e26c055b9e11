/** `check --quick`, for the health check of a container: is the service online? */

import type { Configuration } from '../../config/configuration.js';
import { bridgeTopic } from '../../mqtt/topics.js';
import { CommandError } from '../exit-code.js';
import { visitBroker } from '../visitor.js';
import type { Tell } from './finding.js';

/** The answer must be there within this time, the connection included. */
const WITHIN_MS = 3_000;

/** Tells whether the service is online. */
export async function checkOnline(configuration: Configuration, tell: Tell): Promise<void> {
  const topic = bridgeTopic(configuration.core.baseTopic, 'status');
  const until = performance.now() + WITHIN_MS;
  const hint = 'heyu2mqtt check looks for the reason';
  let status: string | undefined;
  let isOnline: () => void = () => undefined;
  const received = (_: string, payload: string): void => {
    status = payload;
    if (payload === 'online') isOnline();
  };
  try {
    const visitor = await visitBroker(configuration, { received }, WITHIN_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, until - performance.now()));
      isOnline = () => {
        clearTimeout(timer);
        resolve();
      };
      void visitor.subscribe([topic]);
    });
    await visitor.leave();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    tell('fault', error.message, error.hint ?? hint);
    return;
  }
  if (status === 'online') tell('ok', 'it is online');
  else tell('fault', `it is not online: ${topic} holds ${status ?? 'nothing'}`, hint);
}
