/** `heyu2mqtt check`: all checks on one page, each finding with a remedy. */

import { type Command, Option } from 'commander';
import type { Anonymizer } from '../../bridge/anonymous.js';
import { counted } from '../../common/text.js';
import { anonymizerOf } from '../anonymous-output.js';
import { checkConfiguration } from './check-configuration.js';
import type { Area, Fixing, TellIn } from './check-house.js';
import { checkOnline } from './check-online.js';
import { configFileOf, load, OPTIONS, type Given } from '../configured.js';
import { EXIT, exitCodeOf, type Finding, printFinding, processTerminal, type Terminal } from '../terminal.js';

type Options = Given & Fixing & { readonly quick?: boolean };

/** The areas of the page, in their order. */
const AREAS: readonly Area[] = [
  'configuration',
  'aliases',
  'log',
  'heyu',
  'broker',
  'home assistant',
  'service',
  'page',
];
type AreaFinding = Finding & { readonly area: Area };

/** The command `check`: ends with 0 when all is well, 1 with warnings, 2 with errors. */
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
    .addOption(OPTIONS.anonymous)
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
    await (await import('./check-house.js')).checkHouse(loaded, options, tell);
  }
  const hide = options.anonymous === true ? anonymizerOf(loaded) : undefined;
  const findings = AREAS.flatMap((area) => said.filter((finding) => finding.area === area)).map((finding) =>
    hide === undefined ? finding : hidden(finding, hide),
  );
  if (options.json === true) terminal.printJson(findings);
  else printPage(terminal, findings);
  const code = exitCodeOf(findings);
  // a container is healthy or it is not: warnings do not count
  process.exitCode = options.quick === true && code !== EXIT.errors ? EXIT.ok : code;
}

function hidden({ area, verdict, text, hint }: AreaFinding, hide: Anonymizer): AreaFinding {
  return {
    area,
    verdict,
    text: hide.sentence(text),
    hint: hint === undefined ? undefined : hide.sentence(hint),
  };
}

/** Prints the findings; an area is named at its first line only. */
function printPage(terminal: Terminal, findings: readonly AreaFinding[]): void {
  const width = Math.max(...AREAS.map(({ length }) => length)) + 2;
  findings.forEach((finding, index) => {
    const { area } = finding;
    printFinding(terminal, finding, (findings[index - 1]?.area === area ? '' : area).padEnd(width));
  });
  const parts = (['error', 'warning'] as const).flatMap((verdict) => {
    const count = findings.filter((finding) => finding.verdict === verdict).length;
    return count === 0 ? [] : [counted(count, verdict)];
  });
  terminal.print();
  terminal.print(parts.length === 0 ? 'all is well' : parts.join(', '));
}
