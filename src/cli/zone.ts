/** `heyu2mqtt zone`: shows zones, and commands those of the bridge through the running service, without a broker. */

import { type Command, Option } from 'commander';
import { didYouMean } from '../common/text.js';
import { ARMED_MODES, type ArmedMode } from '../security/vocabulary.js';
import type { ZoneStatus } from '../service/status.js';
import { askRunning, stateDirOf } from './ask-service.js';
import { type Given, OPTIONS } from './configured.js';
import { NOT_RUNNING, runningHouse, START_HINT, zoneLine } from './status.js';
import { CommandError, processTerminal } from './terminal.js';

/** The command `zone status`. */
export function zoneStatusCommand(command: Command): void {
  command
    .argument('[zone...]', 'only these (default: all)')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action(showZones);
}

/** The command `zone arm`. */
export function zoneArmCommand(command: Command): void {
  command
    .argument('<zone>', 'the key of the zone in the configuration')
    .showHelpAfterError('  hint: the mode is an option: heyu2mqtt zone arm ground --mode away')
    .addOption(
      new Option('--mode <mode>', 'arm mode; its exit delay applies').choices(ARMED_MODES).default('away'),
    )
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action((zone: string, given: Given & { readonly mode: ArmedMode }) =>
      commandZone(zone, given.mode, given),
    );
}

/** The command `zone disarm`. */
export function zoneDisarmCommand(command: Command): void {
  command
    .argument('<zone>', 'the key of the zone in the configuration')
    .addOption(OPTIONS.config)
    .addOption(OPTIONS.json)
    .action((zone: string, given: Given) => commandZone(zone, undefined, given));
}

async function showZones(asked: readonly string[], given: Given): Promise<void> {
  const house = await runningHouse(stateDirOf(given.config));
  if (house === undefined) throw new CommandError(NOT_RUNNING, START_HINT);
  const known = house.zones.map(({ zone }) => zone);
  const missing = asked.find((zone) => !known.includes(zone));
  if (missing !== undefined)
    throw new CommandError(`there is no zone ${missing}`, didYouMean(missing, known));
  const zones = house.zones.filter(({ zone }) => asked.length === 0 || asked.includes(zone));
  print(zones, Date.parse(house.at), given);
}

/** `mode` undefined = disarm. */
async function commandZone(zone: string, mode: ArmedMode | undefined, given: Given): Promise<void> {
  const question = { ask: 'command', zone, ...(mode === undefined ? {} : { mode }) };
  const [answer] = (await askRunning(stateDirOf(given.config), 'root', question)) ?? [];
  if (answer === undefined) throw new CommandError(NOT_RUNNING, START_HINT);
  print(answer['zones'] as readonly ZoneStatus[], Date.now(), given);
}

function print(zones: readonly ZoneStatus[], now: number, { json = false }: Given): void {
  const terminal = processTerminal();
  if (json) terminal.printJson(zones);
  else for (const zone of zones) terminal.print(zoneLine(zone, now, terminal));
}
