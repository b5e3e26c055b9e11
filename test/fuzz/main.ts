/**
 * `npm run fuzz`: bytes of others in everything that reads them. `--minutes M` (1) or `--inputs N`, shared between the
 * targets; `--target PATTERN` those whose name fits; `--workers N` at a time (2), `--seed N` other inputs. What is found is
 * told in base64: `--input BASE64` feeds it alone. `--keep` writes down which inputs have reached the most code.
 */

import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { wrongWith } from './fuzz.js';
import { targets } from './targets.js';
import type { Asked, Turn } from './worker.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    inputs: { type: 'string' },
    target: { type: 'string', default: '' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    input: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const pattern = new RegExp(values.target);
const chosen = targets().filter(({ name }) => pattern.test(name));

const begin = (asked: Asked): Worker =>
  new Worker(new URL('worker.js', import.meta.url), { workerData: asked });

type Sum = { inputs: number; ms: number; readonly corpus: Set<string> };

async function feedAll(): Promise<void> {
  const until =
    performance.now() + Number(values.minutes ?? (values.inputs === undefined ? 1 : Infinity)) * 60_000;
  const sums = chosen.map((): Sum => ({ inputs: 0, ms: 0, corpus: new Set() }));
  const all = (): number => sums.reduce((total, { inputs }) => total + inputs, 0);
  let wrong = 0;
  const take = ({ target, count, ms, wrong: found, corpus }: Turn): void => {
    const sum = sums[target];
    if (sum === undefined) return;
    sum.inputs += count;
    sum.ms += ms;
    for (const bytes of corpus) sum.corpus.add(bytes);
    for (const what of found) {
      wrong += 1;
      if (wrong <= 20) say(`${chosen[target]?.name ?? ''}: ${what}`);
    }
  };
  const one = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = begin({ pattern: values.target, seed: Number(values.seed) * 1000 + number });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
      worker.on('message', (turn: Turn) => {
        take(turn);
        worker.postMessage(performance.now() >= until || all() >= Number(values.inputs ?? Infinity));
      });
    });
  await Promise.all(Array.from({ length: Number(values.workers) }, (_, number) => one(number)));
  const rows = sums.map(({ inputs, ms, corpus }, index) => [
    chosen[index]?.name ?? '',
    { inputs, 'a second': Math.round((1000 * inputs) / ms), corpus: corpus.size },
  ]);
  console.table(Object.fromEntries(rows));
  say(`${all()} inputs, ${wrong} wrong`);
  if (values.keep) begin({ pattern: values.target, seed: 0, kept: sums.map(({ corpus }) => [...corpus]) });
  process.exitCode = wrong > 0 ? 1 : 0;
}

function feedOne(input: Buffer): void {
  for (const target of chosen) say(`${target.name}: ${wrongWith(target, input) ?? 'nothing is wrong'}`);
}

if (values.input !== undefined) feedOne(Buffer.from(values.input, 'base64'));
else await feedAll();
