/**
 * What is wrong or doubtful in an alias file against heyu's configuration and against what the log has heard, and who
 * can never alert. What is wrong with it in itself is for the loader to say. Findings are values; nothing is mended here.
 */

import type { X10Config } from '../heyu/x10config.js';
import type { Source } from '../heyu/source.js';
import { isAlarmType } from '../sensor/channels.js';
import type { SensorSettings } from '../sensor/settings.js';
import type { Address } from '../x10/address.js';
import { againstHeyu } from './check-heyu.js';
import { disturbedSensors } from './disturbed.js';
import type { AliasEntry } from './entry.js';
import { heardOf } from './heard.js';
import type { History } from './heard.js';

/** One finding. `fault`: the service would be wrong; `warning`: it may be; `note`: good to know. */
export type Finding = {
  readonly level: 'fault' | 'warning' | 'note';
  /** The alias concerned; undefined = the file as a whole, or heyu's. */
  readonly alias: string | undefined;
  /** In lower case, without a full stop. */
  readonly problem: string;
  /** What to do. */
  readonly hint: string | undefined;
};

/** Checks the entries of an alias file against heyu and its log, in their order. */
export function checkAliases(
  current: readonly AliasEntry[],
  config: X10Config | undefined,
  history: History | undefined,
): readonly Finding[] {
  return [
    ...disturbedSensors(current),
    ...(config === undefined ? [] : againstHeyu(current, config, history)),
    ...(history === undefined ? [] : current.flatMap((entry) => againstHistory(entry, history))),
  ];
}

/** heyu writes nothing of what these modules send. */
const SILENCED: readonly string[] = ['SEC_IGNORE', 'ORE_IGNORE'];

/** Sensors that can never be heard, or never raise an alert in a house that has zones. */
export function neverAlerting(
  sensors: readonly SensorSettings[],
  hasZones: boolean,
  history?: History,
): readonly Finding[] {
  return sensors.flatMap((sensor): readonly Finding[] => {
    const { alias, ignore, type, zone } = sensor;
    if (ignore) return [];
    const [problem, hint] =
      neverHeard(sensor, history && heardOf(history, sensor.address)?.sources) ??
      (hasZones && zone === undefined && isAlarmType(type)
        ? ['can never raise an alert: it has no zone', `heyu2mqtt alias set ${alias} --zone ZONE`]
        : []);
    return problem === undefined ? [] : [{ level: 'warning', alias, problem, hint }];
  });
}

/** Why nothing of a sensor counts, and what to do. `heard`: the sources in which the log has it. */
function neverHeard(
  { model, sources }: SensorSettings,
  heard: ReadonlySet<Source> | undefined,
): readonly [problem: string, hint: string] | undefined {
  if (SILENCED.includes(model.name))
    return [`is never heard: heyu logs nothing of a ${model.name}`, 'mend its module in x10config and here'];
  // weather stations and meters may be emulated by heyu, which says sndc
  const comesAs: readonly Source[] =
    model.protocol === 'security' ? ['rcva'] : model.protocol === 'decoded' ? ['rcva', 'sndc'] : [];
  if (comesAs.length > 0 && !comesAs.some((source) => sources.has(source)))
    return [
      'is never heard: rcva is not among its sources',
      `heyu writes a ${model.name} as rcva: add it to sources:`,
    ];
  if (heard === undefined || heard.size === 0 || [...heard].some((source) => sources.has(source)))
    return undefined;
  const only = [...heard].join(' and ');
  return [`does not count: it was heard as ${only} only, which is not among its sources`, 'see sources:'];
}

function againstHistory(entry: AliasEntry, history: History): readonly Finding[] {
  if (entry.ignore || history.fromAt === undefined) return [];
  const never = (address: Address): boolean => heardOf(history, address) === undefined;
  const { alias, address, dusk } = entry;
  if (never(address))
    return [
      {
        level: 'warning',
        alias,
        problem: `${address} was never seen in the log`,
        hint: 'walk past it: heyu2mqtt alias learn shows what is heard',
      },
    ];
  if (dusk === undefined || !never(dusk)) return [];
  const problem = `its dusk unit ${dusk} was never seen in the log`;
  return [
    {
      level: 'note',
      alias,
      problem,
      hint: 'it is heard at dusk and dawn only, where the sensor is set to send it',
    },
  ];
}
