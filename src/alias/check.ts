/**
 * What is wrong or doubtful in an alias file against heyu's configuration and against what the log has heard, and who
 * can never alert. What is wrong with it in itself is for the loader to say. Findings are values; nothing is mended here.
 */

import type { X10Config } from '../heyu/x10config.js';
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

/** Sensors that can never be heard, or never raise an alert in a house that has zones. */
export function neverAlerting(sensors: readonly SensorSettings[], hasZones: boolean): readonly Finding[] {
  return sensors.flatMap((sensor): readonly Finding[] => {
    const { alias, ignore, type, model, sources, zone } = sensor;
    if (ignore) return [];
    if (model.protocol === 'security' && !sources.has('rcva'))
      return [
        {
          level: 'warning',
          alias,
          problem: 'is never heard: rcva is not among its sources',
          hint: 'heyu writes security sensors as rcva only: add it to sources:',
        },
      ];
    if (!hasZones || zone !== undefined || !isAlarmType(type)) return [];
    return [
      {
        level: 'warning',
        alias,
        problem: 'can never raise an alert: it has no zone',
        hint: `heyu2mqtt alias set ${alias} --zone ZONE`,
      },
    ];
  });
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
