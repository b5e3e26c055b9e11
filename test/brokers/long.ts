/** The long form of a trial: `npm run soak:security`, with as many checks as CHECKS says (2,000), from SEED (1) on. */

import { expectTruth } from './expectations.js';
import { longRounds, ZONES } from './rounds.js';
import { chances, tryBroker, type TrialOptions, type TriedBroker, type Trouble } from './trial.js';

const CHECKS = Number(process.env['CHECKS'] ?? 2_000);
const SEED = Number(process.env['SEED'] ?? 1);

/** Everything that can happen without the broker forgetting; brokers that store add their restarts. */
export const TROUBLES: readonly Trouble[] = [
  'cut',
  'short cut',
  'takeover',
  'bridge restart',
  'cut',
  'pulled cable',
];

/** Runs the long trial and says what it came to. */
export async function tryLong(
  name: string,
  broker: TriedBroker,
  options: Omit<TrialOptions, 'zones' | 'rounds' | 'random'>,
  troubles: readonly Trouble[],
  mixtures?: Parameters<typeof longRounds>[3],
): Promise<void> {
  const random = chances(SEED);
  const rounds = longRounds(CHECKS, troubles, random, mixtures);
  const began = performance.now();
  const tally = await tryBroker(broker, { ...options, zones: ZONES, rounds, random });
  const seconds = Math.round((performance.now() - began) / 1000);
  const { wrong, stale, ...counts } = tally;
  console.log(
    `${name}: ${JSON.stringify({ ...counts, wrong: wrong.length, stale: stale.length, rounds: rounds.length, seconds })}`,
  );
  expectTruth(tally, CHECKS);
}
