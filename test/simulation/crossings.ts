/**
 * Faults that meet within seconds. Each is what one rule of the bridge is for, and would take a million histories to come
 * by chance.
 */

import { BRIDGE_COMMAND } from '../../src/mqtt/topics.js';
import { SENSORS } from '../soak/sensors.js';
import { permitting } from './losses.js';
import { frozen, restarted, untilReached, type Kind, type Stage } from './stage.js';

/** Both sides have given a connection up that stood still for so long, ms. */
const GIVEN_UP_MS = 8000;
/** The bridge has captured a moment and has tried to write it by then, ms. */
const CAPTURED_MS = 6000;
/** A write that failed is tried again within this time by the clock of the machine, ms. */
const WRITTEN_MS = 12_000;
/** So often a panel says how all zones are: more messages than any broker sends before it has an answer. */
const REPEATS = 60;
/** After so many, and the answers to some, there are still more. */
const MANY_REPEATS = 150;
/** The answer to a SUBSCRIBE has arrived by then, and the rest of a long queue has not, ms. */
const ANSWERED_MS = 20;
/** What is left on a disk that is nearly full: room for some ids, and not for a document. */
const LEFT_BYTES = 512;
/** A pause in which to ask is longer, ms. */
const RESTLESS_MS = 400;
/** The bridge is told of everything within this time of a connect, ms. */
const TOLD_MS = 9000;
/** A word has arrived, and the state is known, ms. */
const KNOWN_MS = 1000;
/** A process that stood still for so long has noticed, and its link goes on for some seconds more, ms. */
const NOTICED_MS = 4100;
/** The bridge looks at the log within this time, ms. */
const DUE_MS = 1000;

/** Somebody who bypasses a sensor, and presses the button of the bridge, when the bridge cannot hear of it. */
function commandUnheard({ broker }: Stage, count: number): void {
  const sensors = SENSORS.filter(({ zone }) => zone === 'changing');
  const { alias = '' } = sensors[count % sensors.length] ?? {};
  broker.publish('x10/zone/changing/set', JSON.stringify({ command: 'bypass', sensor: alias }), false);
  broker.publish('x10/bridge/set', BRIDGE_COMMAND, false);
}

/** The next moment is on disk, and what was written until then is dealt with; or there is none soon. */
async function untilCaptured({ bridge }: Stage, wait: (ms: number) => Promise<void>): Promise<void> {
  const { settledAt } = bridge;
  for (let waited = 0; waited < 2 * CAPTURED_MS && bridge.settledAt === settledAt; waited += 20)
    await wait(20);
}

/** The kinds. */
export const CROSSINGS = {
  // a file is begun while the disk is full, there is room again, and nothing happens but that the write is tried again
  'killed after the disk was full': {
    part: 'crossed',
    weight: 2,
    act: async (stage, { ms }, wait) => {
      const { bridge, computer, heyu, untilQuiet } = stage;
      computer.trouble.refusesWrites = 'ENOSPC';
      heyu.rotate('create');
      await wait(CAPTURED_MS);
      await untilQuiet();
      await wait(CAPTURED_MS);
      computer.trouble.refusesWrites = undefined;
      for (const until = computer.monotonicMs() + WRITTEN_MS; computer.monotonicMs() < until;)
        await wait(100);
      bridge.kill();
      await restarted(stage, ms, wait);
    },
  },
  // motion waits for the state of its zone, and its place in the log is dealt with already
  'killed while the zones are asked for': {
    part: 'crossed',
    weight: 3,
    act: async (stage, { ms, count }, wait) => {
      const { bridge, broker, panel } = stage;
      await wait(TOLD_MS);
      broker.cut();
      await untilReached(stage, wait);
      // without a pause there is no answer that counts
      for (let waited = 0; waited < 3500 + 2 * count; waited += RESTLESS_MS) {
        panel.say('changing', (waited / RESTLESS_MS) % 2 === 0);
        await wait(RESTLESS_MS);
      }
      bridge.kill();
      await restarted(stage, ms / 4, wait);
      await wait(TOLD_MS);
    },
  },
  // the link stands still within a long queue, which seems to be over, and old commands are in the rest of it
  'link frozen within a long queue': {
    part: 'crossed',
    weight: 3,
    act: async (stage, { ms, count }, wait) => {
      const { broker, panel } = stage;
      broker.freeze();
      panel.say('changing', false);
      await wait(GIVEN_UP_MS + ms / 3);
      for (let said = 0; said < REPEATS; said += 1) panel.sayAll();
      commandUnheard(stage, count);
      broker.thaw(true);
      await untilReached(stage, wait);
      await wait(count / 20);
      broker.freeze();
      await wait(4000 + (ms % 3000));
      broker.thaw(false);
    },
  },
  // the answer to what was asked after a pause comes in the middle of the queue, and then nothing for long
  'link frozen twice within a long queue': {
    part: 'narrow',
    weight: 3,
    act: async (stage, { ms, count }, wait) => {
      const { broker, panel } = stage;
      // there what waited cannot be told from an answer (docs/brokers.md, aedes): the owner is told to set `session: clean`
      if (broker.marksQueued) return;
      broker.freeze();
      panel.say('changing', count % 2 === 0);
      await wait(GIVEN_UP_MS + ms / 3);
      for (let said = 0; said < MANY_REPEATS; said += 1) panel.sayAll();
      panel.say('changing', count % 2 === 1);
      commandUnheard(stage, count);
      broker.thaw(true);
      await untilReached(stage, wait);
      for (const part of [1, 2]) {
        await wait(ANSWERED_MS + ((count / part) % 15));
        broker.freeze();
        await wait(2000 + (ms % 1500));
        broker.thaw(false);
      }
    },
  },
  // what is held back is dealt with in the log already; it is an alert at last, which the broker does not take any more
  'killed when what was held back is an alert': {
    part: 'narrow',
    weight: 3,
    act: async (stage, { ms, count }, wait) => {
      const { bridge, broker } = stage;
      await untilCaptured(stage, wait);
      broker.freeze();
      await wait(1500 + 5 * count);
      bridge.kill();
      broker.thaw(true);
      await restarted(stage, ms / 4, wait);
    },
  },
  // what is acknowledged is known by its id on disk, while the moment that would make it needless is not there
  'killed while the disk is nearly full': {
    part: 'narrow',
    weight: 3,
    act: permitting('ids', async (stage, { ms }, wait) => {
      const { bridge, computer } = stage;
      computer.trouble.leftBytes = LEFT_BYTES;
      await wait(2 * CAPTURED_MS + ms / 4);
      bridge.kill();
      computer.trouble.leftBytes = Infinity;
      await restarted(stage, ms / 4, wait);
    }),
  },
  // the timer that was due first reads the log beyond a word that still waits in the socket
  'frozen while a zone changes': {
    part: 'stopped',
    weight: 1,
    act: async (stage, { ms, count }, wait) => {
      const { panel } = stage;
      panel.say('changing', count % 2 === 0);
      await wait(KNOWN_MS);
      const standing = frozen(stage, { ms: NOTICED_MS + ms / 4 }, wait);
      await wait(DUE_MS);
      panel.say('changing', count % 2 === 1);
      await standing;
    },
  },
} satisfies Readonly<Record<string, Kind>>;
