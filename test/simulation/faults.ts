/** What goes wrong: a plan of faults, made of a seed and nothing else, so that it can be shortened; and who does them. */

import type { Random } from '../soak/random.js';
import type { SimulatedBroker } from './broker.js';
import { STATE_DIRECTORY, type Computer } from './computer.js';
import { owner, type Timeline } from './timeline.js';
import type { Bridge, Panel } from './world.js';

/** A fault of a kind, at so many ms after the beginning; `ms` and `count` mean what the kind makes of them. */
export type Fault = {
  readonly at: number;
  readonly kind: FaultKind;
  readonly ms: number;
  readonly count: number;
};

/** What it acts upon. */
export type Stage = {
  readonly timeline: Timeline;
  readonly computer: Computer;
  readonly broker: SimulatedBroker;
  readonly bridge: Bridge;
  readonly panel: Panel;
  readonly note: (text: string) => void;
};

/** Whose turn it is: faults of the same part do not overlap. */
type Part = 'process' | 'network' | 'disk' | 'people';

type Act = (stage: Stage, fault: Fault, wait: (ms: number) => Promise<void>) => Promise<void> | void;

const restarted: (stage: Stage, ms: number, wait: (ms: number) => Promise<void>) => Promise<void> = async (
  { bridge },
  ms,
  wait,
) => {
  await wait(ms);
  bridge.start();
};

/** Something of the disk is so for a time. */
const troubled =
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

/** Every kind: which part it is of, how often it comes compared with others, and what it does. */
const KINDS = {
  'killed between two steps': {
    part: 'process',
    weight: 8,
    act: async (stage, { ms, count }, wait) => {
      const { bridge } = stage;
      const { process } = bridge;
      if (process !== undefined) process.callsLeft = count;
      for (let waited = 0; waited < 3000 && process?.isGone === false; waited += 20) await wait(20);
      bridge.kill();
      await restarted(stage, ms, wait);
    },
  },
  'killed while starting': {
    part: 'process',
    weight: 3,
    act: async (stage, { ms, count }, wait) => {
      const { bridge } = stage;
      bridge.kill();
      await wait(ms / 10);
      bridge.start();
      await wait(count);
      bridge.kill();
      await restarted(stage, 10, wait);
    },
  },
  'stopped and started': {
    part: 'process',
    weight: 3,
    act: async (stage, { ms }, wait) => {
      await stage.bridge.stop();
      await restarted(stage, ms, wait);
    },
  },
  'killed while stopping': {
    part: 'process',
    weight: 1,
    act: async (stage, { ms, count }, wait) => {
      const stopping = stage.bridge.stop();
      await wait(count);
      stage.bridge.kill();
      await stopping;
      await restarted(stage, ms, wait);
    },
  },
  frozen: {
    part: 'process',
    weight: 3,
    act: async ({ bridge, broker, timeline }, { ms }, wait) => {
      const { process } = bridge;
      if (process === undefined) return;
      process.isStill = true;
      broker.noteReach();
      broker.giveUp(ms, () => process.isStill);
      await wait(ms);
      timeline.goOn(process);
      broker.noteReach();
    },
  },
  'down for long': {
    part: 'process',
    weight: 1,
    act: async (stage, { ms }, wait) => {
      stage.bridge.kill();
      await restarted(stage, 20 * ms, wait);
    },
  },
  'power cut': {
    part: 'process',
    weight: 2,
    act: async (stage, { ms }, wait) => {
      stage.bridge.kill();
      stage.computer.disk.cutPower(STATE_DIRECTORY);
      await restarted(stage, ms, wait);
    },
  },
  'link cut': { part: 'network', weight: 6, act: ({ broker }) => broker.cut() },
  'link frozen': {
    part: 'network',
    weight: 4,
    act: async ({ broker }, { ms, count }, wait) => {
      broker.freeze();
      await wait(ms);
      broker.thaw(count % 2 === 0);
    },
  },
  'broker killed': {
    part: 'network',
    weight: 3,
    act: async ({ broker, panel }, { ms }, wait) => {
      broker.stop(true);
      await wait(ms);
      broker.start();
      await wait(ms / 10);
      panel.sayAll();
    },
  },
  'broker restarted': {
    part: 'network',
    weight: 2,
    act: async ({ broker, panel }, { ms }, wait) => {
      broker.stop(false);
      await wait(ms);
      broker.start();
      await wait(ms / 10);
      panel.sayAll();
    },
  },
  'client id taken over': {
    part: 'network',
    weight: 1,
    act: async ({ broker }, { ms }, wait) => {
      broker.isTakenOver = true;
      broker.cut();
      await wait(ms);
      broker.isTakenOver = false;
    },
  },
  'disk slow': { part: 'disk', weight: 3, act: troubled('slowMs', 400, 0) },
  'no notice of changes': { part: 'disk', weight: 2, act: troubled('isDeaf', true, false) },
  'home assistant is born': {
    part: 'people',
    weight: 1,
    act: ({ broker }) => void broker.publish('homeassistant/status', 'online', false),
  },
} satisfies Readonly<Record<string, { readonly part: Part; readonly weight: number; readonly act: Act }>>;

/** A kind of fault. */
type FaultKind = keyof typeof KINDS;

const PARTS: readonly Part[] = ['process', 'network', 'disk', 'people'];

/** Milliseconds between two faults of a part, on average. */
const PAUSE_MS = 15_000;

/** Not every history has every kind: some have few, of which there are many. */
export function planFaults(chance: Random, lengthMs: number): readonly Fault[] {
  const planned: Fault[] = [];
  for (const part of PARTS) {
    const stream = chance.fork(part);
    const kinds = (Object.keys(KINDS) as FaultKind[]).filter((kind) => KINDS[kind].part === part);
    const chosen = kinds.filter(() => stream.chance(0.6));
    const cards = (chosen.length > 0 ? chosen : kinds).flatMap((kind) =>
      Array.from({ length: KINDS[kind].weight }, () => kind),
    );
    const deal = stream.dealer(cards);
    const pauseMs = PAUSE_MS * stream.pick([0.3, 0.6, 1, 1, 2, 4]);
    for (let at = stream.between(0, 2) * pauseMs; at < lengthMs; at += stream.between(0.1, 1.9) * pauseMs) {
      const ms = stream.chance(0.5) ? stream.between(0, 400) : stream.between(400, 12_000);
      planned.push({ at: Math.round(at), kind: deal(), ms: Math.round(ms), count: stream.whole(1, 400) });
    }
  }
  return planned.sort((one, other) => one.at - other.at);
}

/** Does them; `rest` resolves when all are over. */
export function startFaults(
  planned: readonly Fault[],
  stage: Stage,
): { readonly counts: ReadonlyMap<string, number>; readonly rest: () => Promise<void> } {
  const counts = new Map<string, number>();
  const { timeline, note } = stage;
  const somebody = owner(false);
  const beganMs = timeline.nowMs;
  const wait = (ms: number): Promise<void> => timeline.sleep(ms, somebody);
  const actor = async (part: Part): Promise<void> => {
    for (const fault of planned.filter(({ kind }) => KINDS[kind].part === part)) {
      const leftMs = beganMs + fault.at - timeline.nowMs;
      if (leftMs > 0) await wait(leftMs);
      note(`FAULT ${fault.kind} (${fault.ms} ms, ${fault.count})`);
      counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
      const act: Act = KINDS[fault.kind].act;
      await act(stage, fault, wait);
      note(`over: ${fault.kind}`);
    }
  };
  const all = Promise.all(PARTS.map(actor));
  return { counts, rest: () => all.then(() => undefined) };
}
