/** Somebody who walks through the house: motion after motion in a heyu log, and the id that each event must have. */

import { appendFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pair, stampAt } from '../support/house.js';

const ROOMS = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8'] as const;

/** The text of aliases.yaml for the rooms. The hold time is longer than any outage. */
export const ROOM_ALIASES = `aliases:\n${ROOMS.map(
  (address) => `  room_${address.toLowerCase()}: { address: ${address}, model: MS14A, hold: 15m }\n`,
).join('')}`;

export type Walker = {
  /** Byte offsets of the lines that begin a motion: the second part of each event's id. */
  readonly offsets: readonly number[];
  /** Stands still from now on; resolves when the last step is done. */
  readonly stop: () => Promise<void>;
};

/** Begins to walk: a motion begins about every `stepMs`, each sensor's Off comes before its next On. */
export function startWalking(logPath: string, stepMs: number): Walker {
  const offsets: number[] = [];
  let isWalking = true;
  const write = (address: string, name: 'On' | 'Off'): void => {
    const stamp = stampAt(Date.now());
    const [first = '', second = ''] = pair('rcvi', address, name).map((line) => `${stamp}  ${line}\n`);
    if (name === 'On') offsets.push(statSync(logPath).size + first.length);
    appendFileSync(logPath, first + second);
  };
  const walk = async (): Promise<void> => {
    for (let step = 0; isWalking; step += 1) {
      const room = ROOMS[step % ROOMS.length] ?? 'A1';
      // the one before last is left: two rooms at a time see motion
      if (step >= 2) write(ROOMS[(step - 2) % ROOMS.length] ?? 'A1', 'Off');
      write(room, 'On');
      await delay(stepMs);
    }
  };
  const walking = walk();
  return {
    offsets,
    stop: async () => {
      isWalking = false;
      await walking;
    },
  };
}
