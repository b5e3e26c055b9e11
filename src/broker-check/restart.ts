/** A restart of the broker, by a command of its owner: what is still there afterwards? */

import type { Visit } from '../io/broker/visit.js';
import type { Scratch } from './scratch.js';
import { OK, setting, NOTE, SETTINGS, type Need, type TrialResult } from './trial-result.js';

export type RestartSeen = {
  readonly command: string;
  /** The connection was closed, so that there was a restart. */
  readonly wentAway: boolean;
  readonly retained: 'kept' | 'older' | 'lost';
  readonly sessionPresent: boolean;
  readonly published: number;
  readonly delivered: number;
};

/** The owner's command, and how to run it: rejects when it fails. */
export type Restart = { readonly command: string; readonly run: () => Promise<void> };

const WAITING = 20;
/** A command may end before the broker does. */
const GONE_MS = 5_000;
const BACK_MS = 90_000;
const AGAIN_MS = 500;

/** Leaves a state and a session there, restarts the broker and looks. */
export async function tryRestart(scratch: Scratch, { command, run }: Restart): Promise<RestartSeen> {
  const clientId = scratch.newId();
  const [state, queue] = [scratch.topic('restart/state'), scratch.topic('restart/queue')];
  const first = await scratch.stay(clientId);
  await first.subscribe([queue]);
  await first.leave();
  const publisher = await scratch.visit();
  await publisher.send(state, 'older', { retain: true });
  for (let n = 0; n < WAITING; n += 1) await publisher.send(queue, String(n));
  await publisher.send(state, 'newer', { retain: true });
  await publisher.leave();

  const witness = await scratch.visit();
  await run();
  await witness.until(() => false, GONE_MS);
  const wentAway = witness.closed !== undefined;
  await witness.leave();

  const reader = await comesBack(() => scratch.visit());
  const answers = (): string[] => reader.copies(state).map(({ payload }) => payload);
  await reader.subscribe([state]);
  await reader.until(() => answers().length > 0, scratch.patienceMs);
  await reader.leave();
  const back = await comesBack(() => scratch.stay(clientId));
  const delivered = (): number => new Set(back.copies(queue).map(({ payload }) => payload)).size;
  if (back.sessionPresent) await back.until(() => delivered() === WAITING, scratch.patienceMs);
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

async function comesBack(enter: () => Promise<Visit>): Promise<Visit> {
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

/** Judges a restart that was asked for; without one, says what could not be told. */
export function judgeRestart(seen: RestartSeen | undefined, need: Need): readonly TrialResult[] {
  const area = 'restart';
  if (seen === undefined)
    return [
      {
        area,
        trial: 'a restart of the broker',
        expected: 'it forgets nothing',
        actual:
          'not tried, see --restart-cmd; mosquitto needs persistence true, autosave_interval 60 and persistent_client_expiration of months',
        result: 'unknown',
      },
    ];
  const { command, wentAway, retained, sessionPresent, published, delivered } = seen;
  if (!wentAway)
    return [
      {
        area,
        trial: command,
        expected: 'the broker restarts',
        actual: 'the broker did not go away: nothing is proved',
        result: 'unknown',
      },
    ];
  const kept = { kept: 'the last one', older: 'an older one', lost: 'none' }[retained];
  const rows: TrialResult[] = [
    {
      area,
      trial: 'a retained message, after the restart',
      expected: 'the last one',
      actual: kept,
      ...(retained === 'kept'
        ? OK
        : retained === 'older'
          ? setting('a restart brings back a state that is over', SETTINGS.autosave)
          : setting(
              'a restart costs the broker all states: zones are unknown until they are told again',
              SETTINGS.persistence,
              SETTINGS.autosave,
            )),
    },
  ];
  const isKept = sessionPresent && delivered === published;
  return [
    ...rows,
    {
      area,
      trial: `a session with ${published} waiting messages, after the restart`,
      expected:
        need.session === 'persistent' ? `kept, ${published} messages` : 'anything: mqtt.session is clean',
      actual: `${sessionPresent ? 'kept' : 'gone'}, ${delivered} messages`,
      ...(isKept
        ? OK
        : need.session === 'persistent'
          ? setting(
              'a restart of the broker costs the bridge what waited for it',
              SETTINGS.persistence,
              SETTINGS.autosave,
            )
          : NOTE),
    },
  ];
}
