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
const chosen = (await targets()).filter(({ name }) => pattern.test(name));

const begin = (asked: Asked): Worker =>
  new Worker(new URL('worker.js', import.meta.url), { workerData: asked });

/** So often it is told how far it is, ms. */
const PROGRESS_MS = 10_000;

type Sum = {
  inputs: number;
  ms: number;
  news: number;
  wrong: number;
  readonly grown: Map<number, number>;
  readonly corpus: Set<string>;
};

/** What was fed so far. */
class Progress {
  readonly sums = chosen.map((): Sum => ({
    inputs: 0,
    ms: 0,
    news: 0,
    wrong: 0,
    grown: new Map(),
    corpus: new Set(),
  }));
  readonly #began = performance.now();
  /** What each worker is at. */
  readonly #at = new Map<number, string>();
  #told = { inputs: 0, news: 0, at: this.#began };

  /** Of one of the figures, over all targets. */
  all(what: 'inputs' | 'news' | 'wrong'): number {
    return this.sums.reduce((total, sum) => total + sum[what], 0);
  }

  take(worker: number, turn: Turn): void {
    const sum = this.sums[turn.target];
    if (sum === undefined) return;
    sum.inputs += turn.count;
    sum.ms += turn.ms;
    sum.news += turn.news;
    sum.grown.set(worker, turn.grown);
    for (const bytes of turn.corpus) sum.corpus.add(bytes);
    for (const what of turn.wrong) {
      sum.wrong += 1;
      if (this.all('wrong') <= 20) say(`${chosen[turn.target]?.name ?? ''}: ${what}`);
    }
    this.#at.set(worker, chosen[(turn.target + 1) % chosen.length]?.name ?? '');
  }

  /** One line. */
  tell(): void {
    const [inputs, news, at] = [this.all('inputs'), this.all('news'), performance.now()];
    const rate = Math.round((1000 * (inputs - this.#told.inputs)) / (at - this.#told.at));
    const seconds = Math.round((at - this.#began) / 1000);
    const targets = [...this.#at.values()].join(', ');
    say(`${seconds} s: ${inputs} inputs, ${rate} a second, ${news - this.#told.news} blocks new; ${targets}`);
    this.#told = { inputs, news, at };
  }

  /** A row for each target. */
  summarise(): void {
    const rows = this.sums.map(({ inputs, ms, news, wrong, grown, corpus }, index) => [
      chosen[index]?.name ?? '',
      {
        inputs,
        'a second': Math.round((1000 * inputs) / ms),
        blocks: news,
        corpus: corpus.size,
        'KiB left': Math.round(Math.max(0, ...grown.values()) / 1024),
        wrong,
      },
    ]);
    console.table(Object.fromEntries(rows));
    const minutes = ((performance.now() - this.#began) / 60_000).toFixed(1);
    say(`${this.all('inputs')} inputs in ${minutes} minutes, ${this.all('wrong')} wrong`);
  }
}

async function feedAll(): Promise<void> {
  const minutes = Number(values.minutes ?? (values.inputs === undefined ? 1 : Infinity));
  const until = performance.now() + minutes * 60_000;
  const progress = new Progress();
  const one = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = begin({ pattern: values.target, seed: Number(values.seed) * 1000 + number });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
      worker.on('message', (turn: Turn) => {
        progress.take(number, turn);
        const isEnough = progress.all('inputs') >= Number(values.inputs ?? Infinity);
        worker.postMessage(performance.now() >= until || isEnough);
      });
    });
  const telling = setInterval(() => progress.tell(), PROGRESS_MS);
  await Promise.all(Array.from({ length: Number(values.workers) }, (_, number) => one(number)));
  clearInterval(telling);
  progress.summarise();
  const kept = progress.sums.map(({ corpus }) => [...corpus]);
  if (values.keep) begin({ pattern: values.target, seed: 0, kept });
  process.exitCode = progress.all('wrong') > 0 ? 1 : 0;
}

async function feedOne(input: Buffer): Promise<void> {
  for (const target of chosen)
    say(`${target.name}: ${(await wrongWith(target, input)) ?? 'nothing is wrong'}`);
}

if (values.input !== undefined) await feedOne(Buffer.from(values.input, 'base64'));
else await feedAll();
