/** A thread that feeds one target after the other, as long as the main thread says so. */

import { parentPort, workerData } from 'node:worker_threads';
import { random } from '../soak/random.js';
import { corpusOf, keep } from './corpus.js';
import { Coverage } from './coverage.js';
import { fuzz } from './fuzz.js';
import { leakIn, Memory } from './memory.js';

/** What a thread is asked for. */
export type Asked = {
  /** Of the names of its targets. */
  readonly pattern: string;
  readonly seed: number;
  /** By target: which of these inputs are worth keeping? Nothing else is done then. */
  readonly kept?: readonly (readonly string[])[];
};

/** What a worker tells of its turn. */
export type Turn = {
  readonly target: number;
  readonly count: number;
  readonly ms: number;
  readonly wrong: readonly string[];
  /** Blocks of code that were reached for the first time. */
  readonly news: number;
  /** Bytes that it has left behind so far in this thread. */
  readonly grown: number;
  /** What has reached new code, and what it was made of. */
  readonly corpus: readonly string[];
};

/** One target after the other has so long, ms: the quicker it is, the more inputs it gets. */
const TURN_MS = 2000;
/** Counting what has run costs time: in one round of so many it is done. */
const COUNTED = 4;

const { pattern, seed, kept } = workerData as Asked;
const coverage = new Coverage();
// blocks are counted in functions that are compiled from now on
coverage.begin();
const { targets } = await import('./targets.js');
const chosen = (await targets()).filter(({ name }) => new RegExp(pattern).test(name));

const textOf = (input: Buffer): string => input.toString('latin1');

async function work(): Promise<void> {
  const chance = random(seed);
  const corpora = chosen.map(corpusOf);
  const memory = new Memory();
  for (let round = 0; ; round += 1) {
    for (const [index, target] of chosen.entries()) {
      const corpus = corpora[index] ?? [];
      const wrong: string[] = [];
      const began = performance.now();
      const reached = coverage.count;
      const count = await fuzz(target, {
        chance,
        corpus,
        ...(round % COUNTED === 0 ? { coverage } : {}),
        isEnough: () => performance.now() >= began + TURN_MS,
        found: (input, what) => wrong.push(`${what}\n  --input ${input.toString('base64')}`),
      });
      const ms = performance.now() - began;
      const grown = memory.turned(target.name);
      const leak = leakIn(grown);
      if (leak !== undefined) wrong.push(leak);
      const news = coverage.count - reached;
      const told: Turn = { target: index, count, ms, wrong, news, grown, corpus: corpus.map(textOf) };
      const isOver = new Promise<boolean>((done) => void parentPort?.once('message', done));
      parentPort?.postMessage(told);
      if (await isOver) return;
    }
  }
}

if (kept === undefined) await work();
else {
  for (const [index, target] of chosen.entries()) {
    const inputs = (kept[index] ?? []).map((bytes) => Buffer.from(bytes, 'latin1'));
    await keep(target, inputs, coverage);
  }
}
parentPort?.close();
