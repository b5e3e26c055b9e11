/** The rounds of a trial: a few chosen ones for every day, many random ones for the long form. */

import type { Mixture, Round, Trouble } from './trial.js';

/** Zones in a trial: with the command topics that a NATS session has room for. */
export const ZONES = 40;

/** 200 checks: every kind of publisher, a long queue, a change in the very moment of the connect. */
export const SHORT: readonly Round[] = [
  { trouble: 'cut', qos: 1, offline: 400, racing: 60 },
  { trouble: 'cut', qos: 'mixed', offline: 300, racing: 60 },
  { trouble: 'short cut', qos: 'mixed', offline: 0, racing: 80 },
  { trouble: 'takeover', qos: 0, offline: 0, racing: 41 },
  { trouble: 'bridge restart', qos: 0, offline: 150, racing: 40 },
];

const MIXTURES: readonly Mixture[] = [0, 1, 'mixed'];

/** As many rounds as make `checks` checks; each kind of trouble and of publisher comes up again and again. */
export function longRounds(
  checks: number,
  troubles: readonly Trouble[],
  random: () => number,
  mixtures: readonly Mixture[] = MIXTURES,
): Round[] {
  const rounds: Round[] = [];
  while (rounds.length * ZONES < checks) {
    const index = rounds.length;
    rounds.push({
      trouble: troubles[index % troubles.length] ?? 'cut',
      qos: mixtures[Math.floor(index / troubles.length) % mixtures.length] ?? 1,
      offline: Math.floor(random() ** 2 * 600),
      racing: Math.floor(random() * 120),
    });
  }
  return rounds;
}
