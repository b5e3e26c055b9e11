/** A restart of the broker, by a command of its owner: what is still there afterwards? */

import type { RestartSeen } from '../../fitness/observations.js';
import { copiesOf } from './five-tests.js';
import type { Guest } from './guest.js';
import type { Lab } from './lab.js';

/** The owner's command, and how to run it: rejects when it fails. */
export type Restart = { readonly command: string; readonly run: () => Promise<void> };

const WAITING = 20;
/** A command may end before the broker does. */
const GONE_MS = 5_000;
const BACK_MS = 90_000;
const AGAIN_MS = 500;

/** Leaves a state and a session there, restarts the broker and looks. */
export async function tryRestart(lab: Lab, { command, run }: Restart): Promise<RestartSeen> {
  const clientId = lab.newId();
  const [state, queue] = [lab.topic('restart/state'), lab.topic('restart/queue')];
  const first = await lab.stay(clientId);
  await first.subscribe([queue]);
  await first.leave();
  const publisher = await lab.visit();
  await publisher.send(state, 'older', { retain: true });
  for (let n = 0; n < WAITING; n += 1) await publisher.send(queue, String(n));
  await publisher.send(state, 'newer', { retain: true });
  await publisher.leave();

  const witness = await lab.visit();
  await run();
  await witness.until(() => false, GONE_MS);
  const wentAway = witness.closed() !== undefined;
  await witness.leave();

  const reader = await comesBack(() => lab.visit());
  const answers = (): string[] => copiesOf(reader.heard, state).map(({ payload }) => payload);
  await reader.subscribe([state]);
  await reader.until(() => answers().length > 0, lab.patienceMs);
  await reader.leave();
  const back = await comesBack(() => lab.stay(clientId));
  const delivered = (): number => new Set(copiesOf(back.heard, queue).map(({ payload }) => payload)).size;
  if (back.sessionPresent) await back.until(() => delivered() === WAITING, lab.patienceMs);
  await back.leave();
  const found = answers().at(-1);
  return {
    command,
    wentAway,
    retained: found === 'newer' ? 'kept' : found === undefined ? 'lost' : 'older',
    sessionPresent: back.sessionPresent,
    published: WAITING,
    delivered: delivered(),
  };
}

async function comesBack(enter: () => Promise<Guest>): Promise<Guest> {
  const endAt = performance.now() + BACK_MS;
  for (;;) {
    try {
      return await enter();
    } catch (error) {
      if (performance.now() > endAt || (error instanceof Error && error.message === 'called off'))
        throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, AGAIN_MS);
      });
    }
  }
}
