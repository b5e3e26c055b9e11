/** `heyu2mqtt broker-check`: is this broker fit for the bridge? Tried on the broker itself, on topics of its own. */

import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { errorText, problemIn } from '../common/error.js';
import type { Configuration } from '../config/configuration.js';
import { judgeBroker } from '../fitness/fitness.js';
import type { Need } from '../fitness/row.js';
import { type Lab, openLab } from '../io/broker-check/lab.js';
import { makeTrials, type Tested } from '../io/broker-check/trials.js';
import { type BrokerUrl, parseBrokerUrl } from '../io/broker/url.js';
import { systemClock } from '../io/clock.js';
import { credentialsOf } from './assemble.js';
import { printFitness } from './broker-check/print.js';
import { runInShell } from './broker-check/restart-command.js';
import { readingsOf, writingsOf } from './broker-check/topics.js';
import { configOption, loadOrFail } from './configured.js';
import { CommandError, EXIT, processTerminal, progressOnTerminal } from './terminal.js';

type Options = {
  readonly config?: string;
  readonly url?: readonly string[];
  readonly restartCmd?: string;
  readonly json?: boolean;
};

/** The command `broker-check`: ends with 0 when the broker is fit, 1 with settings, 2 when it is not fit. */
export function brokerCheckCommand(): Command {
  return new Command('broker-check')
    .description(
      'prove on the broker itself what the bridge relies on; on topics of its own, cleaned up afterwards',
    )
    .addOption(configOption())
    .option('--url <url...>', 'brokers to try instead of mqtt.url; several must be one cluster')
    .option(
      '--restart-cmd <command>',
      "also prove that a restart forgets nothing; the command is run by the shell: 'sudo systemctl restart mosquitto'",
    )
    .option('--json', 'as JSON')
    .action(checkBroker);
}

async function checkBroker(options: Options): Promise<void> {
  const terminal = processTerminal();
  const { configuration } = loadOrFail(options.config, (warning) => terminal.complain(warning));
  const urls = (options.url ?? configuration.mqtt.urls).map(broker);
  const { session, protocol } = configuration.mqtt;
  const need: Need = { session, protocol };
  const calledOff = new AbortController();
  const startedAt = performance.now();
  const lab = laboratory(configuration, urls, calledOff.signal);
  const progress = progressOnTerminal(process.stderr);
  const tested = await cleanly(lab, calledOff, progress.end, terminal.complain, () =>
    makeTrials(lab, {
      need,
      readings: readingsOf(configuration),
      writings: writingsOf(configuration, randomBytes(6).toString('hex')),
      restart:
        options.restartCmd === undefined
          ? undefined
          : { command: options.restartCmd, run: runInShell(options.restartCmd, calledOff.signal) },
      progress: progress.tell,
    }),
  );
  const fitness = judgeBroker(tested, need);
  if (options.json === true)
    terminal.print(JSON.stringify({ ...fitness, ...aboutTheBroker(tested, urls) }, null, 2));
  else
    printFitness(terminal, fitness, {
      ...aboutTheBroker(tested, urls),
      need,
      seconds: Math.round((performance.now() - startedAt) / 1000),
    });
  process.exitCode = { fit: EXIT.ok, 'fit-with-settings': EXIT.failed, 'not-fit': EXIT.faults }[
    fitness.verdict
  ];
}

function broker(url: string): BrokerUrl {
  const parsed = parseBrokerUrl(url);
  if (parsed !== undefined) return parsed;
  throw new CommandError(`${url} is no broker url`, EXIT.usage, 'write it as mqtt://host:1883');
}

function laboratory(configuration: Configuration, urls: readonly BrokerUrl[], signal: AbortSignal): Lab {
  return openLab({
    urls,
    credentials: credentialsOf(configuration),
    clock: systemClock,
    // below the bridge's own level: no alias can be there
    root: `${configuration.core.baseTopic}/bridge/broker-check/${randomBytes(6).toString('hex')}`,
    idRoot: `h2m-check-${randomBytes(3).toString('hex')}`,
    signal,
  });
}

function aboutTheBroker(
  { brokerName, protocols }: Tested,
  urls: readonly BrokerUrl[],
): {
  readonly broker: string | null;
  readonly urls: readonly string[];
  readonly protocols: readonly string[];
} {
  return {
    broker: brokerName ?? null,
    urls: urls.map(({ shown }) => shown),
    protocols: (['3.1.1', '5'] as const).filter((each) => protocols[each].spoken),
  };
}

/** Takes everything back afterwards, whatever happens; Ctrl-C calls the trials off, a second one ends at once. */
async function cleanly(
  lab: Lab,
  calledOff: AbortController,
  endProgress: () => void,
  complain: (line: string) => void,
  trials: () => Promise<Tested>,
): Promise<Tested> {
  const callOff = (): void => {
    if (calledOff.signal.aborted) process.exit(EXIT.interrupted);
    calledOff.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, callOff);
  try {
    const tested = await trials().catch((error: unknown) => {
      const { problem, hint } = problemIn(errorText(error));
      if (calledOff.signal.aborted) return undefined;
      throw new CommandError(`the broker cannot be reached: ${problem}`, EXIT.failed, hint);
    });
    if (tested !== undefined && !calledOff.signal.aborted) return tested;
    throw new CommandError('called off, what was begun is cleaned up', EXIT.interrupted);
  } finally {
    const left = await lab.cleanUp();
    endProgress();
    for (const signal of signals) process.off(signal, callOff);
    for (const each of left) complain(`left at the broker, because it could not be reached: ${each}`);
  }
}
