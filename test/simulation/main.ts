/** `npm run simulate`: histories of a house in which everything goes wrong, each from its seed. `--help` says more. */

import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { errorText } from '../../src/common/error.js';
import { MUTANTS, buildMutant } from './mutants.js';
import { shrink } from './shrink.js';
import { simulate, type SimulationReport } from './world.js';

const HELP = `usage: npm run simulate -- [options]

  --seed N           one history happens again, and is told in words
  --seeds A..B       these are judged (1..100)
  --minutes M        as many as there is time for
  --starts N         until so many motions have begun
  --pauses F         between faults passes F times the usual time (1)
  --workers N        so many at a time (2)
  --mutants          the bridge is broken in many ways, one after the other: in how many of the seeds is each found
  --mutant PATTERN   of these, those whose name fits

What is wrong is shortened to the faults that it takes. The exit code is 1 when a history is wrong or a mutant is not found.`;

const OPTIONS = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  minutes: { type: 'string' },
  starts: { type: 'string' },
  workers: { type: 'string', default: '2' },
  pauses: { type: 'string', default: '1' },
  mutants: { type: 'boolean', default: false },
  mutant: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** `A..B`, or `A` and all after it. */
const SEEDS = /^(\d+)(?:\.\.(\d+))?$/;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The options; whoever asks for help, or for what there is not, gets help. */
function options(): ReturnType<typeof parseArgs<{ readonly options: typeof OPTIONS }>>['values'] {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const unclear = [values.seed, values.minutes, values.starts, values.pauses, values.workers].find(
      (number) => number !== undefined && !(Number(number) > 0),
    );
    if (unclear !== undefined) throw new Error(`'${unclear}' is no number above 0`);
    if (values.seeds !== undefined && !SEEDS.test(values.seeds))
      throw new Error(`'${values.seeds}' is no range of seeds like 1..100`);
    if (!values.help) return values;
    say(HELP);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n\n${HELP}\n`);
    process.exit(2);
  }
}

const values = options();
const pauses = Number(values.pauses);

/** What a worker tells of a seed. */
type Outcome = Pick<SimulationReport, 'seed' | 'starts' | 'lines' | 'passedMs' | 'faults' | 'lengthMs'> & {
  readonly counts: readonly (readonly [string, number])[];
};

const outcomeOf = (report: SimulationReport): Outcome => ({
  seed: report.seed,
  starts: report.starts,
  lines: report.lines,
  passedMs: report.passedMs,
  faults: report.faults.slice(0, 20),
  lengthMs: report.lengthMs,
  counts: [...report.counts],
});

/** A history that cannot be judged is wrong, and those after it are judged all the same. */
const brokenOff = (seed: number, error: unknown): Outcome => ({
  seed,
  starts: 0,
  lines: 0,
  passedMs: 0,
  faults: [`thrown: ${String(error)}`],
  lengthMs: 0,
  counts: [],
});

/** A worker is asked for one seed after the other. */
function work(): void {
  parentPort?.on('message', (seed: number) => {
    void simulate({ seed, pauses })
      .then(outcomeOf, (error: unknown) => brokenOff(seed, error))
      .then((outcome) => parentPort?.postMessage(outcome));
  });
}

async function tell(seed: number): Promise<void> {
  const report = await simulate({ seed, pauses, isTold: true });
  say(report.history.join('\n'));
  const { starts, lines, passedMs } = report;
  say(`${starts} motions in ${lines} lines, ${Math.round(passedMs / 1000)} s: ${report.faults.length} wrong`);
  for (const fault of report.faults) say(`WRONG ${fault}`);
  process.exitCode = report.faults.length > 0 ? 1 : 0;
}

type Sum = { seeds: number; starts: number; lines: number; passedMs: number; faults: number };

/** Judges seeds from `first` on until `isEnough`, in several workers. */
function judgeMany(
  first: number,
  isEnough: (next: number, sum: Sum) => boolean,
  script = new URL(import.meta.url),
): Promise<{
  readonly sum: Sum;
  readonly counts: ReadonlyMap<string, number>;
  readonly wrong: readonly Outcome[];
}> {
  const sum: Sum = { seeds: 0, starts: 0, lines: 0, passedMs: 0, faults: 0 };
  const counts = new Map<string, number>();
  const wrong: Outcome[] = [];
  let next = first;
  let toldAt = performance.now();
  const take = (outcome: Outcome): void => {
    sum.seeds += 1;
    sum.starts += outcome.starts;
    sum.lines += outcome.lines;
    sum.passedMs += outcome.passedMs;
    for (const [kind, count] of outcome.counts) {
      counts.set(kind, (counts.get(kind) ?? 0) + count);
      sum.faults += count;
    }
    if (outcome.faults.length > 0) {
      wrong.push(outcome);
      say(`seed ${outcome.seed}: ${outcome.faults.length} wrong, ${outcome.faults[0] ?? ''}`);
    }
    if (performance.now() - toldAt < 10_000) return;
    toldAt = performance.now();
    say(`${sum.seeds} histories, ${sum.starts} motions, ${sum.faults} faults, ${wrong.length} wrong`);
  };
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { workerData: 'simulate', argv: process.argv.slice(2) });
      const ask = (): void => {
        if (isEnough(next, sum)) {
          void worker.terminate().then(() => resolve());
          return;
        }
        worker.postMessage(next);
        next += 1;
      };
      worker.on('message', (outcome: Outcome) => {
        take(outcome);
        ask();
      });
      worker.on('error', reject);
      ask();
    });
  return Promise.all(Array.from({ length: Number(values.workers) }, one)).then(() => ({
    sum,
    counts,
    wrong,
  }));
}

async function judgeAll(): Promise<void> {
  const [, from = '1', to = 'Infinity'] = SEEDS.exec(values.seeds ?? '1') ?? [];
  const last =
    values.seeds === undefined && values.minutes === undefined && values.starts === undefined
      ? 100
      : Number(to);
  const began = performance.now();
  const { sum, counts, wrong } = await judgeMany(
    Number(from),
    (next, { starts }) =>
      next > last ||
      starts >= Number(values.starts ?? Infinity) ||
      performance.now() - began >= Number(values.minutes ?? Infinity) * 60_000,
  );
  const minutes = (performance.now() - began) / 60_000;
  const { user, system } = process.cpuUsage();
  console.table(Object.fromEntries([...counts].sort()));
  say(
    `${sum.seeds} histories of ${Math.round(sum.passedMs / 3_600_000)} h in ${minutes.toFixed(1)} min: ` +
      `${sum.starts} motions in ${sum.lines} lines under ${sum.faults} faults, ` +
      `${((user + system) / 1000 / Math.max(1, sum.starts)).toFixed(2)} ms of CPU each, ${wrong.length} wrong`,
  );
  for (const { seed } of wrong.slice(0, 3)) {
    const shortest = await shrink(await simulate({ seed, pauses }));
    say(`\nseed ${seed}, shortened: { seed: ${seed}, lengthMs: ${shortest.lengthMs}, faults: [`);
    for (const fault of shortest.planned) say(`  ${JSON.stringify(fault)},`);
    say('] }');
    for (const fault of shortest.faults.slice(0, 5)) say(`  WRONG ${fault}`);
  }
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

/** A mutant that tells no history for so long is found; a machine that others use takes minutes for a long one. */
const HANGS_MS = 600_000;

const nextOutcome = (worker: Worker): Promise<Outcome> =>
  new Promise((done) => void worker.once('message', done));

/** Seeds are tried in blocks of this many, until a block finds the mutant. */
const BLOCK = 4;

/** In how many of how many seeds a mutant is found; of none = it does not even run. */
async function findMutant(main: string, from: number, to: number): Promise<{ found: number; of: number }> {
  const worker = new Worker(pathToFileURL(resolve(main)), { workerData: 'simulate' });
  const ended = new Promise<undefined>((done) => {
    worker.on('error', () => done(undefined));
    worker.on('exit', () => done(undefined));
  });
  let found = 0;
  let of = 0;
  try {
    for (let seed = from; seed <= to && (found === 0 || of % BLOCK > 0); seed += 1) {
      const timer = setTimeout(() => void worker.terminate(), HANGS_MS);
      worker.postMessage(seed);
      // one that throws, or is ended, is found
      const outcome = await Promise.race([nextOutcome(worker), ended]);
      clearTimeout(timer);
      if (outcome === undefined) return { found: 1, of: 0 };
      of += 1;
      if (outcome.faults.length === 0) continue;
      found += 1;
      if (values.mutant !== undefined) say(`seed ${seed}: ${outcome.faults[0] ?? ''}`);
    }
    return { found, of };
  } finally {
    await worker.terminate();
  }
}

async function judgeMutants(): Promise<void> {
  const [, from = '1', to = '48'] = SEEDS.exec(values.seeds ?? '1..48') ?? [];
  const survivors: string[] = [];
  const pattern = new RegExp(values.mutant ?? '');
  for (const mutant of MUTANTS.filter(({ name }) => pattern.test(name))) {
    const { main, remove } = buildMutant(mutant);
    const { found, of } = await findMutant(main, Number(from), Number(to));
    remove();
    say(`| ${mutant.name} | ${of === 0 ? 'it does not even run' : `${found} of ${of}`} |`);
    if (found === 0) survivors.push(mutant.name);
  }
  process.exitCode = survivors.length > 0 ? 1 : 0;
}

if (!isMainThread && workerData === 'simulate') work();
else if (values.seed !== undefined) await tell(Number(values.seed));
else if (values.mutants) await judgeMutants();
else await judgeAll();
