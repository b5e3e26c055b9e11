/** What faults act upon, and what several of them do. */

import type { Permitted } from '../soak/damage.js';
import type { Heyu } from '../soak/heyu.js';
import type { SimulatedBroker } from './broker.js';
import type { Computer } from './computer.js';
import type { Timeline } from './timeline.js';
import type { Bridge, Panel } from './world.js';

/** What it acts upon. */
export type Stage = {
  readonly timeline: Timeline;
  readonly computer: Computer;
  readonly broker: SimulatedBroker;
  readonly bridge: Bridge;
  readonly panel: Panel;
  readonly heyu: Heyu;
  /** Waits until heyu is in the middle of nothing. */
  readonly untilQuiet: () => Promise<void>;
  /** What the faults take away. */
  readonly permitted: Permitted[];
  readonly note: (text: string) => void;
};

/** What is planned together. */
export type Part =
  | 'process'
  | 'clock'
  | 'network'
  | 'disk'
  | 'people'
  | 'broker'
  | 'crossed'
  | 'residents'
  | 'narrow'
  | 'resent'
  | 'entered'
  | 'stopped';

/** Does it; what `ms` and `count` mean is its own affair. */
export type Act = (
  stage: Stage,
  fault: { readonly ms: number; readonly count: number },
  wait: (ms: number) => Promise<void>,
) => Promise<void> | void;

/** Which part it is of, how often it comes compared with others, and what it does. */
export type Kind = { readonly part: Part; readonly weight: number; readonly act: Act };

/** The bridge is started again after so many ms. */
export const restarted: (
  stage: Stage,
  ms: number,
  wait: (ms: number) => Promise<void>,
) => Promise<void> = async ({ bridge }, ms, wait) => {
  await wait(ms);
  bridge.start();
};

/** The bridge stands still for so long. */
export const frozen = async (
  { bridge, broker }: Stage,
  { ms }: { readonly ms: number },
  wait: (ms: number) => Promise<void>,
): Promise<void> => {
  const process = bridge.freeze();
  if (process === undefined) return;
  broker.giveUp(ms, () => process.isStill);
  await wait(ms);
  bridge.thaw(process);
};

/** Something of the disk is so for a time. */
export const troubled =
  <Key extends keyof Computer['trouble']>(
    key: Key,
    value: Computer['trouble'][Key],
    well: Computer['trouble'][Key],
  ): Act =>
  async ({ computer: { trouble } }, { ms }, wait) => {
    trouble[key] = value;
    await wait(ms);
    trouble[key] = well;
  };

/** The bridge is connected, or is not soon. */
export async function untilReached({ broker }: Stage, wait: (ms: number) => Promise<void>): Promise<void> {
  for (let waited = 0; waited < 5000 && !broker.isReached; waited += 5) await wait(5);
}
