/** `heyu2mqtt check`: everything on one page, each line with what to do about it. */

import { type Command, Option } from 'commander';
import { counted } from '../../common/text.js';
import type { Configuration, Loaded } from '../../config/load.js';
import { checkHomeAssistant, checkOnline, checkReach, lookAround, some } from './check-broker.js';
import { checkAliasFile, checkConfiguration } from './check-configuration.js';
import { checkEngine, checkHeyu, checkLog, readHeyu } from './check-heyu.js';
import { checkAccess, checkService, type Running, runningService, serviceUser } from './check-service.js';
import { clearObsolete, findObsolete, obsoleteTopics } from './leftovers.js';
import { configFileOf, load, OPTIONS, type Given } from '../configured.js';
import { findX10Config } from '../heyu-install.js';
import {
  EXIT,
  exitCodeOf,
  type Finding,
  printFinding,
  processTerminal,
  type Tell,
  type Terminal,
} from '../terminal.js';

type Options = Given & { readonly quick?: boolean; readonly fix?: boolean };

/** The areas of the page, in their order. */
const AREAS = ['configuration', 'aliases', 'log', 'heyu', 'broker', 'home assistant', 'service'] as const;
type Area = (typeof AREAS)[number];
type TellIn = (area: Area) => Tell;
type AreaFinding = Finding & { readonly area: Area };

/** The command `check`: ends with 0 when all is well, 1 with warnings, 2 with faults. */
export function checkCommand(command: Command): void {
  command
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
  const tell: TellIn = (area) => (verdict, text, hint) => said.push({ area, verdict, text, hint });
  const configFile = configFileOf(options.config);
  const loaded = load(configFile);
  checkConfiguration(loaded, configFile, tell('configuration'), options.quick);
  if (options.quick === true) {
    if (loaded.ok) await checkOnline(loaded.configuration, tell('service'));
  } else {
    const running = loaded.ok ? runningService(loaded.configuration.stateDir) : undefined;
    checkHere(loaded, running?.pid, tell);
    if (loaded.ok && running !== undefined) await checkThere(loaded.configuration, running, options, tell);
  }
  const findings = AREAS.flatMap((area) => said.filter((finding) => finding.area === area));
  if (options.json === true) terminal.printJson(findings);
  else printPage(terminal, findings);
  const code = exitCodeOf(findings);
  // a container is healthy or it is not: warnings do not count
  process.exitCode = options.quick === true && code !== EXIT.faults ? EXIT.ok : code;
}

/** What lies on this machine. `pid`: the process of the service. */
function checkHere(loaded: Loaded, pid: number | undefined, tell: TellIn): void {
  const now = Date.now();
  const user = serviceUser(pid);
  const configuration = loaded.ok ? loaded.configuration : undefined;
  const named = loaded.ok ? loaded.configuration.files.x10config : loaded.x10config;
  const x10config = named ?? findX10Config();
  const heyu = readHeyu(x10config, named !== undefined, tell('heyu'));
  const log = configuration && checkLog(configuration, user, now, tell('log'));
  if (loaded.ok) checkAliasFile(loaded, heyu, log?.isReadable === true, tell('aliases'));
  if (x10config !== undefined && heyu !== undefined) checkHeyu(x10config, heyu, log, tell('heyu'));
  checkEngine(heyu, log, now, tell('heyu'));
  if (configuration !== undefined) checkAccess(configuration.files, user, tell('service'));
}

/** What lies beyond the broker. */
async function checkThere(
  configuration: Configuration,
  running: Running,
  { fix = false, yes = false }: Options,
  tell: TellIn,
): Promise<void> {
  const broker = tell('broker');
  const reached = await checkReach(configuration, broker);
  if (reached === undefined) {
    checkService(configuration, undefined, running, tell('service'));
    return;
  }
  const kept = await lookAround(reached, broker);
  const obsolete = await findObsolete(reached);
  const topics = obsoleteTopics(obsolete);
  const left = 'of an earlier configuration';
  if (topics.length === 0) broker('ok', `nothing is left ${left}`);
  else if (fix && (await clearObsolete(reached, obsolete, yes)))
    broker('ok', `cleared: ${counted(topics.length, 'topic')} ${left}`);
  else broker('warning', `left ${left}: ${some(topics)}`, 'heyu2mqtt check --fix clears them');
  checkHomeAssistant(reached, kept, tell('home assistant'));
  checkService(reached, kept, running, tell('service'));
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
