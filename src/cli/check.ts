/** `heyu2mqtt check`: everything on one page, each line with what to do about it. */

import { Command, Option } from 'commander';
import { counted } from '../common/text.js';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration, type Loaded } from '../config/load.js';
import { checkHomeAssistant, checkOnline, checkReach, lookAround, some } from './check/check-broker.js';
import { checkAliasFile, checkConfiguration } from './check/check-configuration.js';
import { checkEngine, checkHeyu, readHeyu } from './check/check-heyu.js';
import { checkLog } from './check/check-log.js';
import {
  checkAccess,
  checkService,
  type Running,
  runningService,
  serviceUser,
} from './check/check-service.js';
import { clearObsolete, findObsolete, obsoleteTopics } from './check/leftovers.js';
import { configFileOf, OPTIONS, ownVersion } from './configured.js';
import { exitCodeOf, type Finding, printFinding, type Tell } from './findings.js';
import { findX10Config } from './heyu-install.js';
import { EXIT, processTerminal, type Terminal } from './terminal.js';

type Options = {
  readonly config?: string;
  readonly quick?: boolean;
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
};

/** The areas of the page, in their order. */
const AREAS = ['configuration', 'aliases', 'log', 'heyu', 'broker', 'home assistant', 'service'] as const;
type Area = (typeof AREAS)[number];
type AreaFinding = Finding & { readonly area: Area };

/** The command `check`: ends with 0 when all is well, 1 with warnings, 2 with faults. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check configuration, log, heyu, broker, Home Assistant and service, each with its remedy')
    .addOption(OPTIONS.config)
    .addOption(
      new Option('--quick', 'only: does the configuration load, is the service online (for health checks)'),
    )
    .addOption(
      new Option('--fix', 'clear what an earlier configuration left at the broker; asks').conflicts('quick'),
    )
    .option('--yes', 'with --fix: do not ask')
    .addOption(OPTIONS.json)
    .action(check);
}

async function check(options: Options): Promise<void> {
  const terminal = processTerminal();
  const said: AreaFinding[] = [];
  const tell =
    (area: Area): Tell =>
    (verdict, text, hint) =>
      said.push({ area, verdict, text, hint });
  const configFile = configFileOf(options.config);
  const loaded = loadConfiguration({ configFile, env: process.env, version: ownVersion() });
  const configuration = checkConfiguration(loaded, configFile, tell('configuration'), options.quick);
  if (options.quick === true) {
    if (configuration !== undefined) await checkOnline(configuration, tell('service'));
  } else {
    const running = configuration && runningService(configuration.stateDir);
    checkHere(loaded, options.config, running, tell);
    if (configuration !== undefined && running !== undefined)
      await checkThere(configuration, running, options, terminal, tell);
  }
  const findings = AREAS.flatMap((area) => said.filter((finding) => finding.area === area));
  if (options.json === true) terminal.print(JSON.stringify(findings, null, 2));
  else printPage(terminal, findings);
  const code = exitCodeOf(findings);
  // a container is healthy or it is not: warnings do not count
  process.exitCode = options.quick === true && code !== EXIT.faults ? EXIT.ok : code;
}

/** What lies on this machine. */
function checkHere(
  loaded: Loaded,
  config: string | undefined,
  running: Running | undefined,
  tell: (area: Area) => Tell,
): void {
  const now = Date.now();
  const configuration = loaded.ok ? loaded.configuration : undefined;
  const user = serviceUser(running?.pid);
  const named = loaded.ok ? loaded.configuration.files.x10config : loaded.x10config;
  const x10config = named ?? findX10Config(process.env);
  const heyu = readHeyu(x10config, named !== undefined, tell('heyu'));
  const log = configuration && {
    path: configuration.heyu.log,
    ...checkLog(configuration, user, now, tell('log')),
  };
  if (configuration !== undefined)
    checkAliasFile(configuration, config, heyu, log?.isReadable === true, tell('aliases'));
  if (x10config !== undefined && heyu !== undefined) checkHeyu(x10config, heyu, log, tell('heyu'));
  checkEngine(heyu, log, now, tell('heyu'));
  if (configuration !== undefined) checkAccess(configuration.files, user, tell('service'));
}

/** What lies beyond the broker. */
async function checkThere(
  configuration: Configuration,
  running: Running,
  options: Options,
  terminal: Terminal,
  tell: (area: Area) => Tell,
): Promise<void> {
  const reached = await checkReach(configuration, tell('broker'));
  if (reached === undefined) {
    checkService(configuration, undefined, running, tell('service'));
    return;
  }
  const kept = await lookAround(reached, tell('broker'));
  await checkObsolete(reached, options, terminal, tell('broker'));
  checkHomeAssistant(reached, kept, tell('home assistant'));
  checkService(reached, kept, running, tell('service'));
}

async function checkObsolete(
  configuration: Configuration,
  { fix = false, yes = false }: Options,
  terminal: Terminal,
  tell: Tell,
): Promise<void> {
  const obsolete = await findObsolete(configuration);
  const topics = obsoleteTopics(obsolete);
  if (topics.length === 0) tell('ok', 'nothing is left of an earlier configuration');
  else if (fix && (await clearObsolete(configuration, obsolete, terminal, yes)))
    tell('ok', `cleared: ${counted(topics.length, 'topic')} of an earlier configuration`);
  else
    tell('warning', `left of an earlier configuration: ${some(topics)}`, 'heyu2mqtt check --fix clears them');
}

/** Prints the findings; an area is named at its first line only. */
function printPage(terminal: Terminal, findings: readonly AreaFinding[]): void {
  const width = Math.max(...AREAS.map(({ length }) => length)) + 2;
  findings.forEach((finding, index) => {
    const { area } = finding;
    printFinding(terminal, finding, (findings[index - 1]?.area === area ? '' : area).padEnd(width));
  });
  const parts = (['fault', 'warning'] as const).flatMap((verdict) => {
    const count = findings.filter((finding) => finding.verdict === verdict).length;
    return count === 0 ? [] : [counted(count, verdict)];
  });
  terminal.print();
  terminal.print(parts.length === 0 ? 'all is well' : parts.join(', '));
}
