/**
 * `npm run soak:bridge`: the long form. `--seed N` runs one seed again, `--seconds N` sets how long heyu writes in each
 * run, `--runs N` how many seeds are run one after the other, from `--seed` or 1 on. Every fourth of several
 * seeds damages the checkpoint too (`--damage` does so in each). `--settle N` sets for how many seconds the bridge may get
 * no further in the end, `--until-wrong` ends a run as soon as something is wrong for good. `--limits` measures instead what a backlog of 1 GB, a line of 10 MB
 * and a flood cost. `--mutants` breaks the bridge in small ways and fails unless each of them is found.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isBeyond, limits } from './limits.js';
import { MUTANTS, buildMutant } from './mutants.js';
import { soak, type SoakReport } from './soak.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '150' },
    runs: { type: 'string' },
    damage: { type: 'boolean', default: false },
    limits: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    settle: { type: 'string', default: '90' },
    'until-wrong': { type: 'boolean', default: false },
  },
});

if (values.limits) {
  const sizes = { backlogBytes: 1e9, lineBytes: 10e6, floodLines: 300_000, garbageBytes: 20e6 };
  const measured = await limits(sizes, (what) => process.stdout.write(`${what}\n`));
  console.table(measured);
  process.exit(measured.some((report) => isBeyond(report)) ? 1 : 0);
}

if (values.mutants) {
  const survivors: string[] = [];
  for (const mutant of MUTANTS) {
    const args = ['--seed', values.seed ?? '3', '--seconds', '60', '--settle', '12', '--until-wrong'];
    const env = { ...process.env, TESTED_BRIDGE: buildMutant(mutant) };
    const began = performance.now();
    const { status, stdout } = spawnSync(process.execPath, [process.argv[1] ?? '', ...args], {
      env,
      encoding: 'utf8',
    });
    const found = stdout.split('\n').find((line) => line.includes('WRONG'));
    const seconds = Math.round((performance.now() - began) / 1000);
    const outcome = found ?? `not found in ${seconds} s (ended with ${String(status)})`;
    process.stdout.write(`${mutant.name}: ${outcome}\n`);
    if (found === undefined) survivors.push(mutant.name);
  }
  process.exit(survivors.length > 0 ? 1 : 0);
}

const first = Number(values.seed ?? 1);
const runs = Number(values.runs ?? (values.seed === undefined ? 4 : 1));
const reports: SoakReport[] = [];
for (let seed = first; seed < first + runs; seed += 1) {
  const began = performance.now();
  const say = (text: string): void => {
    const seconds = String(Math.round((performance.now() - began) / 1000)).padStart(4);
    process.stdout.write(`seed ${seed} ${seconds} s  ${text}\n`);
  };
  const damage = values.damage || (runs > 1 && seed % 4 === 0);
  const report = await soak({
    seed,
    lengthMs: Number(values.seconds) * 1000,
    damage,
    settleMs: Number(values.settle) * 1000,
    untilWrong: values['until-wrong'],
    progress: say,
  });
  reports.push(report);
  for (const fault of report.faults.slice(0, 50)) say(`WRONG ${fault}`);
  if (report.faults.length > 50) say(`and ${report.faults.length - 50} more`);
  if (report.faults.length > 0) {
    const file = join(tmpdir(), `soak-seed-${seed}.txt`);
    writeFileSync(file, `${report.diary.join('\n')}\n`);
    say(`what was done when: ${file}`);
  }
}
console.table(
  Object.fromEntries(
    reports.map(({ seed, ...report }) => [
      `seed ${seed}`,
      {
        lines: report.lines,
        starts: report.starts,
        events: report.events,
        missed: report.missed,
        repeats: report.repeats,
        alerts: report.alerts,
        rotations: report.rotations,
        faults: [...report.faultCounts.values()].reduce((sum, count) => sum + count, 0),
        'slowest s': Math.round(report.slowestMs / 1000),
        'stall ms': report.stallMs,
        broker: report.brokerPersistence ? 'persistent' : 'forgetful',
        wrong: report.faults.length,
      },
    ]),
  ),
);
const kinds = new Map<string, number>();
for (const { faultCounts } of reports) {
  for (const [kind, count] of faultCounts) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
}
console.table(Object.fromEntries(kinds));
process.exitCode = reports.some(({ faults }) => faults.length > 0) ? 1 : 0;
