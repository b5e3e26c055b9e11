/** Runs `broker-check` for a house of its own. */

import { onTestFinished } from '../support/test-end.js';
import type { Fitness } from '../../src/broker-check/trials.js';
import { makeHouse, type HouseOptions } from '../support/house.js';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../support/mosquitto.js';
import { runCli, type Ran } from './run-cli.js';

const ALIASES = `aliases:
  hall: { address: A3, model: MS14A }
  porch: { address: A5, model: MS14A }
`;

/** Checks a broker with a house of its own. */
export async function check(house: HouseOptions, ...args: readonly string[]): Promise<Ran> {
  const bridge = makeHouse({ aliases: ALIASES, ...house });
  onTestFinished(() => bridge.remove());
  return runCli('broker-check', '--config', bridge.configPath, ...args);
}

/** The same, read as programs read it. */
export async function fitness(
  house: HouseOptions,
  ...args: readonly string[]
): Promise<Fitness & { readonly code: number }> {
  const { code, out } = await check(house, '--json', ...args);
  return { ...(JSON.parse(out) as Fitness), code };
}

/** A mosquitto that ends with the test. */
export const start = async (options: MosquittoOptions): Promise<Mosquitto> => {
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  return broker;
};

/** What the row of a trial says. */
export const actual = ({ rows }: Fitness, trial: RegExp): string | undefined =>
  rows.find((row) => trial.test(row.trial))?.actual;
