/**
 * `npm run fuzz`: bytes of others in everything that reads them. `--minutes M` (1), shared between the targets; `--target
 * PATTERN` those whose name fits; `--from N` begins with this input, `--input N` tells it and feeds it alone.
 */

import { parseArgs } from 'node:util';
import { fuzz, inputOf, wrongWith } from './fuzz.js';
import { targets } from './targets.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    target: { type: 'string', default: '' },
    from: { type: 'string', default: '1' },
    input: { type: 'string' },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const pattern = new RegExp(values.target);
const chosen = targets().filter(({ name }) => pattern.test(name));

if (values.input !== undefined) {
  for (const target of chosen) {
    const input = inputOf(target, Number(values.input));
    say(`${target.name}: ${JSON.stringify(Buffer.from(input).toString())}`);
    say(wrongWith(target, input) ?? 'nothing is wrong');
  }
} else {
  const eachMs = (Number(values.minutes) * 60_000) / chosen.length;
  let all = 0;
  let wrong = 0;
  for (const target of chosen) {
    const until = performance.now() + eachMs;
    const count = fuzz(
      target,
      Number(values.from),
      (so_far) => so_far % 64 === 0 && performance.now() >= until,
      (seed, what) => {
        wrong += 1;
        if (wrong <= 20) say(`${target.name}, input ${seed}: ${what}`);
      },
    );
    all += count;
    say(`${target.name}: ${count} inputs`);
  }
  say(`${all} inputs, ${wrong} wrong`);
  process.exitCode = wrong > 0 ? 1 : 0;
}
