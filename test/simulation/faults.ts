/** What goes wrong: a plan of faults, made of a seed and nothing else, so that it can be shortened; and who does them. */

import type { Random } from '../soak/random.js';
import { STATE_DIRECTORY } from './computer.js';
import { BROKER_FAULTS } from './broker-faults.js';
import { CLOCKS } from './clocks.js';
import { CROSSINGS } from './crossings.js';
import { LOSSES } from './losses.js';
import { RESIDENTS } from './residents.js';
import {
  frozen,
  restarted,
  troubled,
  untilReached,
  type Act,
  type Kind,
  type Part,
  type Stage,
} from './stage.js';
import { owner } from './timeline.js';

/** A fault of a kind, at so many ms after the beginning; `ms` and `count` mean what the kind makes of them. */
export type Fault = {
  readonly at: number;
  readonly kind: FaultKind;
  readonly ms: number;
  readonly count: number;
};

/** Each step of a write takes so long on average, ms, when the disk is slow. */
const SLOW_MS = 400;

/** A log is copied and truncated, unless heyu is in the middle of a message, a part of which would be lost. */
const copyAndTruncate = ({ heyu, bridge }: Stage): void => {
  if (!heyu.isInMessage()) bridge.truncated();
  heyu.rotate(heyu.isInMessage() ? 'create' : 'copytruncate');
};

/** heyu writes a motion within this time, as a rule, ms. */
const FILLED_MS = 3000;

/** A message is written to its end within this time, ms. */
const WHOLE_MS = 2000;

/** It sees the log empty, and not what is written until the log is empty again. */
const frozenOverTwoRotations: Act = async (stage, { ms }, wait) => {
  // the name is taken away from a log with half of a message, and it does not become empty
  const truncated = async (): Promise<void> => {
    for (let waited = 0; waited < WHOLE_MS && stage.heyu.isInMessage(); waited += 5) await wait(5);
    copyAndTruncate(stage);
  };
  await truncated();
  await wait(10);
  const standing = frozen(stage, { ms }, wait);
  await wait(ms * 0.8);
  await truncated();
  await standing;
};

/** Every kind. */
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
  frozen: { part: 'process', weight: 3, act: frozen },
  'frozen for long': {
    part: 'process',
    weight: 1,
    act: (stage, { ms }, wait) => frozen(stage, { ms: 5 * ms }, wait),
  },
  'frozen while somebody comes or goes': {
    part: 'process',
    weight: 2,
    act: async (stage, { ms, count }, wait) => {
      stage.panel.say('changing', count % 2 === 0);
      await wait(1000);
      const standing = frozen(stage, { ms: 4000 + ms / 4 }, wait);
      stage.panel.say('changing', count % 2 === 1);
      await standing;
    },
  },
  'frozen over two rotations': {
    part: 'process',
    weight: 1,
    act: frozenOverTwoRotations,
  },
  'frozen while the log is filled and copied': {
    part: 'crossed',
    weight: 3,
    act: (stage, { ms, count }, wait) => frozenOverTwoRotations(stage, { ms: FILLED_MS + ms, count }, wait),
  },
  'down for long': {
    part: 'process',
    weight: 1,
    act: async (stage, { ms }, wait) => {
      stage.bridge.kill();
      await restarted(stage, 20 * ms, wait);
    },
  },
  'killed soon after a rotation': {
    part: 'process',
    weight: 2,
    act: async (stage, { ms, count }, wait) => {
      const { heyu, broker, computer } = stage;
      const isHeld = count % 2 === 0;
      if (isHeld) broker.freeze();
      else computer.trouble.slowMs = SLOW_MS;
      await wait(ms / 3);
      if (count % 3 === 0) copyAndTruncate(stage);
      else heyu.rotate('create');
      // the new file is begun when the old one was silent for a second
      await wait(isHeld ? 1500 : 1000 + 5 * count);
      if (isHeld) {
        broker.thaw(false);
        await wait(count);
      }
      stage.bridge.kill();
      computer.trouble.slowMs = 0;
      await restarted(stage, 100, wait);
    },
  },
  'killed while the link stands still': {
    part: 'process',
    weight: 2,
    act: async (stage, { ms, count }, wait) => {
      stage.broker.freeze();
      await wait(1500 + 10 * count);
      stage.bridge.kill();
      stage.broker.thaw(true);
      await restarted(stage, ms, wait);
    },
  },
  'killed soon after a connect': {
    part: 'process',
    weight: 2,
    act: async (stage, { ms, count }, wait) => {
      stage.broker.cut();
      await untilReached(stage, wait);
      await wait(5 * count);
      stage.bridge.kill();
      await restarted(stage, ms, wait);
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
  'link frozen within what waited': {
    part: 'network',
    weight: 3,
    act: async (stage, { ms, count }, wait) => {
      const { broker, panel } = stage;
      broker.freeze();
      panel.say('changing', count % 4 < 2);
      await wait(6000 + ms / 3);
      panel.say('changing', count % 4 >= 2);
      await wait(3000);
      broker.thaw(true);
      await untilReached(stage, wait);
      await wait(count / 4);
      broker.freeze();
      await wait(ms / 3);
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
  'disk slow': { part: 'disk', weight: 3, act: troubled('slowMs', SLOW_MS, 0) },
  'no notice of changes': { part: 'disk', weight: 2, act: troubled('isDeaf', true, false) },
  'armed and disarmed at once': {
    part: 'people',
    weight: 3,
    act: async ({ panel }, { ms, count }, wait) => {
      panel.say('changing', count % 2 === 0);
      await wait(ms / 4);
      panel.say('changing', count % 2 === 1);
    },
  },
  'home assistant is born': {
    part: 'people',
    weight: 1,
    act: ({ broker }) => void broker.publish('homeassistant/status', 'online', false),
  },
  ...CLOCKS,
  ...LOSSES,
  ...BROKER_FAULTS,
  ...CROSSINGS,
  ...RESIDENTS,
} satisfies Readonly<Record<string, Kind>>;

/** A kind of fault. */
type FaultKind = keyof typeof KINDS;

/** Whose turn it is: faults of the same turn do not overlap. */
type Turn = 'process' | 'network' | 'disk' | 'people' | 'residents';

/** Each part of the plan has its own chance: one that is added leaves the others as they were. */
const PARTS: Readonly<
  Record<
    Part,
    {
      readonly turn: Turn;
      /** Of all histories, how many have faults of this part. */
      readonly share: number;
      /** Milliseconds between two faults, on average. */
      readonly pauseMs: number;
      /** Such a history has no faults of the parts before: these need time before and after them. */
      readonly isAlone?: true;
      /** Only a house with zones that the bridge keeps itself has them. */
      readonly isOfOwned?: true;
    }
  >
> = {
  process: { turn: 'process', share: 1, pauseMs: 15_000 },
  network: { turn: 'network', share: 1, pauseMs: 15_000 },
  disk: { turn: 'disk', share: 1, pauseMs: 15_000 },
  people: { turn: 'people', share: 1, pauseMs: 15_000 },
  broker: { turn: 'network', share: 0.5, pauseMs: 20_000 },
  residents: { turn: 'residents', share: 1, pauseMs: 4000, isOfOwned: true },
  clock: { turn: 'process', share: 0.25, pauseMs: 30_000 },
  crossed: { turn: 'process', share: 0.4, pauseMs: 12_000, isAlone: true },
  narrow: { turn: 'process', share: 0.3, pauseMs: 12_000, isAlone: true },
  // behind what takes long they would come when heyu is silent already
  stopped: { turn: 'process', share: 0.1, pauseMs: 12_000, isAlone: true },
  // beside those, too: they take their turns
  resent: { turn: 'process', share: 1, pauseMs: 30_000, isOfOwned: true },
  entered: { turn: 'process', share: 0.3, pauseMs: 30_000, isOfOwned: true },
};
const TURNS = ['process', 'network', 'disk', 'people', 'residents'] as const;

const turnOf = ({ kind }: Fault): Turn => PARTS[KINDS[kind].part].turn;

/** Not every history has every kind: some have few, of which there are many. `pauses`: so many times as long as usual. */
export function planFaults(
  chance: Random,
  lengthMs: number,
  { pauses, hasOwnedZones }: { readonly pauses: number; readonly hasOwnedZones: boolean },
): readonly Fault[] {
  let planned: Fault[] = [];
  for (const [part, { share, pauseMs: usualMs, isAlone, isOfOwned }] of Object.entries(PARTS)) {
    if (isOfOwned === true && !hasOwnedZones) continue;
    const stream = chance.fork(part);
    if (share < 1 && !stream.chance(share)) continue;
    if (isAlone === true) planned = [];
    const kinds = (Object.keys(KINDS) as FaultKind[]).filter((kind) => KINDS[kind].part === part);
    const chosen = kinds.filter(() => stream.chance(0.6));
    const cards = (chosen.length > 0 ? chosen : kinds).flatMap((kind) =>
      Array.from({ length: 10 * KINDS[kind].weight }, () => kind),
    );
    const deal = stream.dealer(cards);
    const pauseMs = usualMs * pauses * stream.pick([0.3, 0.6, 1, 1, 2, 4]);
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
  const actor = async (turn: Turn): Promise<void> => {
    for (const fault of planned.filter((fault) => turnOf(fault) === turn)) {
      const leftMs = beganMs + fault.at - timeline.nowMs;
      if (leftMs > 0) await wait(leftMs);
      note(`FAULT ${fault.kind} (${fault.ms} ms, ${fault.count})`);
      counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
      const act: Act = KINDS[fault.kind].act;
      await act(stage, fault, wait);
      note(`over: ${fault.kind}`);
    }
  };
  const all = Promise.all(TURNS.map(actor));
  return { counts, rest: () => all.then(() => undefined) };
}
