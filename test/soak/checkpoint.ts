/** The bridge's checkpoint, as others see it: how far the bridge says to be, and what can happen to the file. */

import { existsSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { House } from '../support/house.js';
import { until } from '../support/until.js';
import type { DamageCheckpoint, FaultKind } from './faults.js';
import type { Checkpoint } from './judge.js';
import type { Random } from './random.js';

/** How long nothing may move while something is waited for. A busy machine is slow, and that is no fault. */
export const STILL_MS = 90_000;

/** The newest file of the log, and up to where it is dealt with. */
type SettledFile = { readonly generation: string; readonly inode: number; readonly offset: number };

type Stored = {
  readonly document?: {
    readonly settled?: {
      readonly log?: { readonly files?: readonly SettledFile[] };
    } | null;
  };
};

/** Up to where the log is settled, as the checkpoint says. */
export function settledOffset(bridge: House): SettledFile | undefined {
  const path = join(bridge.statePath, 'state.json');
  if (!existsSync(path)) return undefined;
  const stored = JSON.parse(readFileSync(path, 'utf8')) as Stored;
  return stored.document?.settled?.log?.files?.at(-1);
}

/** Everything in the current file has been dealt with, and that is on disk. */
export async function untilSettled(bridge: House): Promise<void> {
  await untilAtLast(
    bridge,
    () => {
      const settled = settledOffset(bridge);
      if (!existsSync(bridge.logPath)) return false;
      const { ino, size } = statSync(bridge.logPath);
      return settled?.inode === ino && settled.offset === size;
    },
    () => `the log to be settled: ${JSON.stringify(settledOffset(bridge))}\n${bridge.output().slice(-2000)}`,
  );
}

/** Waits for the bridge as long as it gets on: it has written something, into its log or its state. */
export async function untilAtLast(
  bridge: House,
  condition: () => unknown,
  what: string | (() => string),
): Promise<void> {
  const progressSoFar = (): string =>
    `${bridge.output().length} ${JSON.stringify(settledOffset(bridge) ?? null)}`;
  for (;;) {
    const before = progressSoFar();
    try {
      await until(condition, what, STILL_MS);
      return;
    } catch (error) {
      if (progressSoFar() === before) throw error;
    }
  }
}

/** How often the checkpoint is looked at, ms. */
const LOOK_MS = 200;

/** Writes down every checkpoint from now on, into a list that grows until `stop`. */
export function watchCheckpoints(bridge: House): {
  readonly seen: readonly Checkpoint[];
  readonly stop: () => void;
} {
  const seen: Checkpoint[] = [];
  const look = (): void => {
    const settled = readableOffset(bridge);
    const last = seen.at(-1);
    if (settled === undefined) return;
    const { generation, offset } = settled;
    if (generation !== last?.generation || offset !== last.offset)
      seen.push({ generation, offset, at: Date.now() });
  };
  const timer = setInterval(look, LOOK_MS);
  return { seen, stop: () => clearInterval(timer) };
}

/** Of a damaged checkpoint nothing can be told. */
function readableOffset(bridge: House): SettledFile | undefined {
  try {
    return settledOffset(bridge);
  } catch {
    return undefined;
  }
}

/** Everything that may happen to the state file on a bad disk, or at the hands of its owner. */
export function damaging(bridge: House, chance: Random): DamageCheckpoint {
  const path = join(bridge.statePath, 'state.json');
  const act = (): FaultKind | undefined => {
    if (!existsSync(path)) return undefined;
    const text = readFileSync(path);
    switch (chance.whole(0, 4)) {
      case 0:
        writeFileSync(path, text.subarray(0, chance.whole(0, text.length - 1)));
        return 'checkpoint cut off';
      case 1:
        writeFileSync(path, '');
        return 'checkpoint emptied';
      case 2:
        // a digit of an offset is enough
        for (let i = 0; i < 20; i += 1) text[chance.whole(11, text.length - 1)] = 48 + chance.whole(0, 9);
        writeFileSync(path, text);
        return 'checkpoint overwritten';
      case 3:
        writeFileSync(path, text.toString('utf8').replace('{"version":1,', '{"version":2,'));
        return 'checkpoint of the future';
      default:
        unlinkSync(path);
        return 'checkpoint deleted';
    }
  };
  return {
    act,
    untilHealed: () => untilAtLast(bridge, () => settledOffset(bridge), 'a checkpoint after the damage'),
  };
}
