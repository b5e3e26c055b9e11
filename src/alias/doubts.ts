/**
 * What is wrong or doubtful in an alias file against heyu's configuration and against what the log has heard, and who
 * can never alert. What is wrong with it in itself is for the loader to say. Doubts are values; nothing is mended here.
 */

import type { Source } from '../heyu/source.js';
import {
  aliasInLog,
  isDropped,
  placeOf,
  writeAddresses,
  type X10Alias,
  type X10Config,
} from '../heyu/x10config.js';
import { isAlarmType } from '../sensor/channels.js';
import type { SensorSettings } from '../sensor/settings.js';
import { type Address, nextUnit, unitsOf } from '../x10/address.js';
import { type AliasEntry, modelOf, raisesAlarm } from './entry.js';
import { heardOf, type History } from './history.js';
import { isKeypad } from './propose.js';

/** One doubt. `fault`: the service would be wrong; `warning`: it may be; `note`: good to know. */
export type Doubt = {
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
): readonly Doubt[] {
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
): readonly Doubt[] {
  return sensors.flatMap((sensor): readonly Doubt[] => {
    const { alias, ignore, type, zone } = sensor;
    if (ignore) return [];
    const [problem, hint] =
      neverHeard(
        sensor,
        history && new Set(unitsOf(sensor).flatMap((unit) => [...(heardOf(history, unit)?.sources ?? [])])),
      ) ??
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

function againstHistory(entry: AliasEntry, history: History): readonly Doubt[] {
  if (entry.ignore || history.fromAt === undefined) return [];
  const never = (address: Address): boolean => heardOf(history, address) === undefined;
  const { alias, dusk } = entry;
  if (unitsOf(entry).every(never))
    return [
      {
        level: 'warning',
        alias,
        problem: `${writeAddresses(entry)} was never seen in the log`,
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

// --- An alias file against heyu's own configuration: labels, addresses, modules, and what heyu keeps from its log.

/** What the configuration of heyu has against the entries. */
export function againstHeyu(
  current: readonly AliasEntry[],
  config: X10Config,
  history: History | undefined,
): readonly Doubt[] {
  const [fault, ...more] = config.problems;
  const refused: Doubt[] =
    fault === undefined
      ? []
      : [
          {
            level: 'fault',
            alias: undefined,
            problem: `heyu refuses its configuration: ${fault.line === 0 ? '' : `line ${fault.line}: `}${fault.problem}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
            hint: 'until it is mended, heyu restart keeps the old configuration and heyu start fails',
          },
        ];
  const byLabel = new Map(config.aliases.map((alias) => [alias.label, alias]));
  const byLowerLabel = new Map(config.aliases.map((alias) => [alias.label.toLowerCase(), alias]));
  return [
    ...refused,
    ...current.flatMap((entry) => {
      if (entry.ignore) return [];
      const known = byLabel.get(entry.alias);
      return [
        ...(known
          ? samePlace(entry, known, current)
          : unknownLabel(entry, byLowerLabel.get(entry.alias.toLowerCase()), config)),
        ...aboutModule(
          entry,
          config,
          history !== undefined && unitsOf(entry).some((unit) => heardOf(history, unit) !== undefined),
        ),
      ];
    }),
  ];
}

function unknownLabel(
  entry: AliasEntry,
  otherCase: X10Alias | undefined,
  config: X10Config,
): readonly Doubt[] {
  const { alias, address } = entry;
  const shown = aliasInLog(config, address);
  if (otherCase && (shown === undefined || shown === otherCase.label))
    return [
      {
        level: 'warning',
        alias,
        problem: `heyu spells it ${otherCase.label}`,
        hint: `heyu2mqtt alias rename ${alias} ${otherCase.label}`,
      },
    ];
  if (shown !== undefined)
    return [
      {
        level: 'note',
        alias,
        problem: `heyu calls ${address} ${shown}`,
        hint: 'sensors are recognised by their address: this is only a matter of names',
      },
    ];
  const pad = config.aliases.find(
    (each) => isKeypad(each) && each.units.some((unit) => `${each.house}${unit}` === address),
  );
  if (pad !== undefined) {
    const place = placeOf(pad);
    return [
      {
        level: 'note',
        alias,
        problem: `heyu calls ${place} ${pad.label}`,
        hint:
          place === writeAddresses(entry)
            ? 'sensors are recognised by their address: this is only a matter of names'
            : 'that is one remote: remove the aliases of its keys, then heyu2mqtt alias import, to have it as one',
      },
    ];
  }
  return [
    {
      level: 'note',
      alias,
      problem: `heyu knows no alias for ${address}`,
      hint: 'the log shows _no_alias_ there; security sensors are not logged at all without one',
    },
  ];
}

function samePlace(entry: AliasEntry, known: X10Alias, current: readonly AliasEntry[]): readonly Doubt[] {
  const { alias } = entry;
  if (known.units.length > 1 && !isKeypad(known))
    return [
      {
        level: 'note',
        alias,
        problem: `names ${known.units.length} units in heyu, which never shows it in the log`,
        hint: undefined,
      },
    ];
  const [unit] = known.units;
  const place = unit === undefined ? 'no unit' : placeOf(known);
  const address = writeAddresses(entry);
  // keys of a remote may have names of their own here
  const others = new Set(current.flatMap((each) => (each === entry ? [] : unitsOf(each))));
  const rest = known.units
    .map((each): Address => `${known.house}${each}`)
    .filter((each) => !others.has(each));
  if (place === address || (isKeypad(known) && rest.join() === unitsOf(entry).join())) return [];
  return [
    {
      level: 'fault',
      alias,
      problem: `has the address ${address}, but heyu says ${place}`,
      hint:
        unit === undefined
          ? 'mend the ALIAS line of heyu'
          : `heyu2mqtt alias set ${alias} --address ${place}, or heyu2mqtt alias import`,
    },
  ];
}

function aboutModule(entry: AliasEntry, config: X10Config, isHeard: boolean): readonly Doubt[] {
  const { alias } = entry;
  const own = new Set(unitsOf(entry));
  const covering = config.aliases.filter(({ house, units }) =>
    units.some((unit) => own.has(`${house}${unit}`)),
  );
  const findings: Doubt[] = [];
  const warn = (problem: string, hint: string): number =>
    findings.push({ level: 'warning', alias, problem, hint });
  const model = covering.find((each) => each.model !== undefined)?.model;
  if (model !== undefined && entry.model !== undefined && model.toUpperCase() !== entry.model.toUpperCase())
    warn(
      `is a ${entry.model} here and a ${model} for heyu`,
      'model: decides channels and times; mend the wrong one',
    );
  if (model !== undefined && entry.model === undefined)
    findings.push({
      level: 'note',
      alias,
      problem: `heyu says it is a ${model}, here no model is named`,
      hint: `heyu2mqtt alias set ${alias} --model ${model}`,
    });
  if (!isHeard && covering.some((each) => isDropped(config, each)))
    warn(
      'heyu_aux drops its radio signals (RFIGNORE)',
      modelOf(entry).protocol === 'security'
        ? 'take RFIGNORE out, then heyu restart'
        : 'write RFFORWARD instead, then heyu restart; all is well if a transceiver hears it',
    );
  if (covering.length > 0 && model === undefined && modelOf(entry).protocol === 'security')
    warn(
      `is a ${modelOf(entry).name}, but heyu has no module and no ID for it`,
      'heyu logs no security sensor without them',
    );
  if (config.hideUnchanged && modelOf(entry).name === 'DM10')
    warn(
      'heyu logs the motion of a DM10 only once with HIDE_UNCHANGED YES',
      'set HIDE_UNCHANGED NO, then heyu restart',
    );
  return findings;
}

// --- Sensors on the unit after a motion sensor's: an MS13A and its like send dusk and dawn there, as On and Off, and the log cannot tell that from the sensor's own.

/** A warning for each sensor that another one's dusk and dawn would set off. */
export function disturbedSensors(entries: readonly AliasEntry[]): readonly Doubt[] {
  return entries.flatMap((entry): readonly Doubt[] => {
    if (entry.ignore || !raisesAlarm(entry) || modelOf(entry).protocol !== 'standard') return [];
    const before = entries.find(
      (other) =>
        nextUnit(other.address) === entry.address &&
        !other.ignore &&
        other.dusk === undefined &&
        modelOf(other).dusk === 'next_unit',
    );
    if (before === undefined) return [];
    const { alias, address } = entry;
    return [
      {
        level: 'warning',
        alias,
        problem: `${address} is the dusk unit of ${before.alias}: its dusk and dawn look like the sensor's own On and Off`,
        hint: `move one of the two, so that every other unit stays free, or switch dusk off in ${before.alias}; if ${address} is its dusk sensor: heyu2mqtt alias remove ${alias}, then alias set ${before.alias} --dusk ${address}`,
      },
    ];
  });
}
