/**
 * Errors and doubts about an alias file: compared with heyu's configuration and with what the log has heard, and
 * sensors that can never alert. The loader reports what is wrong with the file alone. Doubts are values; nothing is
 * fixed here.
 */

import type { Source } from '../heyu/sources.js';
import {
  aliasInLog,
  isDropped,
  placeOf,
  writeAddresses,
  type X10Alias,
  type X10Config,
} from '../heyu/x10config.js';
import { guardOf } from '../sensor/guard.js';
import { isAlarmType } from '../sensor/types.js';
import type { SensorSettings } from '../sensor/settings.js';
import { nextUnit, unitsOf, type Address } from '../x10/address.js';
import { addressesOf, type AliasEntry, isKeypad, modelOf, raisesAlarm } from './propose.js';
import type { History } from './history.js';

/** One doubt. `error`: the service would be wrong; `warning`: it may be; `note`: good to know. */
export type Doubt = {
  readonly level: 'error' | 'warning' | 'note';
  /** The alias concerned; undefined = the file as a whole, or heyu's. */
  readonly alias: string | undefined;
  /** In lower case, without a full stop. */
  readonly problem: string;
  /** What to do. */
  readonly hint: string | undefined;
};

const doubt =
  (level: Doubt['level']) =>
  (alias: string | undefined, problem: string, hint?: string): Doubt => ({ level, alias, problem, hint });
const error = doubt('error');
const warning = doubt('warning');
const note = doubt('note');

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
    const units = history === undefined ? [] : unitsOf(sensor);
    const heard = units.flatMap((unit) => [...(history?.units.get(unit)?.sources ?? [])]);
    const reason = neverHeard(sensor, new Set(heard));
    if (reason !== undefined) return [warning(alias, ...reason)];
    if (!hasZones || zone !== undefined || !isAlarmType(type) || guardOf(sensor, type) !== 'armed') return [];
    const set = `heyu2mqtt alias set ${alias}`;
    const hint = `${set} --zone ZONE; if it is not meant to: ${set} --guard off`;
    return [warning(alias, 'can never raise an alert: it has no zone', hint)];
  });
}

/** Why nothing of a sensor counts, and what to do. `heard`: the sources in which the log has it. */
function neverHeard(
  { model, sources }: SensorSettings,
  heard: ReadonlySet<Source>,
): readonly [problem: string, hint: string] | undefined {
  if (SILENCED.includes(model.name))
    return [`is never heard: heyu logs nothing of a ${model.name}`, 'fix its module in x10config and here'];
  // weather stations and meters may be emulated by heyu, which says sndc
  const comesAs: readonly Source[] =
    model.protocol === 'security' ? ['rcva'] : model.protocol === 'decoded' ? ['rcva', 'sndc'] : [];
  const hint = `heyu writes a ${model.name} as rcva: add it to sources:`;
  if (comesAs.length > 0 && !comesAs.some((source) => sources.has(source)))
    return ['is never heard: rcva is not among its sources', hint];
  if (heard.size === 0 || [...heard].some((source) => sources.has(source))) return undefined;
  const only = [...heard].join(' and ');
  return [`does not count: it was heard as ${only} only, which is not among its sources`, 'see sources:'];
}

function againstHistory(entry: AliasEntry, history: History): readonly Doubt[] {
  if (entry.ignore || history.fromAt === undefined) return [];
  const never = (address: Address): boolean => !history.units.has(address);
  const { alias, dusk } = entry;
  const walk = 'walk past it, or press it: heyu2mqtt alias learn shows what is heard';
  if (unitsOf(entry).every(never))
    return [warning(alias, `${writeAddresses(entry)} was never seen in the log`, walk)];
  if (dusk === undefined || !never(dusk)) return [];
  const hint = 'it is heard at dusk and dawn only, where the sensor is set to send it';
  return [note(alias, `its dusk unit ${dusk} was never seen in the log`, hint)];
}

/** What the configuration of heyu has against the entries: labels, addresses, modules, what it keeps from the log. */
function againstHeyu(
  current: readonly AliasEntry[],
  config: X10Config,
  history: History | undefined,
): readonly Doubt[] {
  const byLabel = new Map(config.aliases.map((alias) => [alias.label, alias]));
  const byLowerLabel = new Map(config.aliases.map((alias) => [alias.label.toLowerCase(), alias]));
  const ofEntries = current.flatMap((entry): readonly Doubt[] => {
    if (entry.ignore) return [];
    const known = byLabel.get(entry.alias);
    const ofLabel = known
      ? samePlace(entry, known, current)
      : unknownLabel(entry, byLowerLabel.get(entry.alias.toLowerCase()), config);
    const isHeard = unitsOf(entry).some((unit) => history?.units.has(unit) === true);
    return [...ofLabel, ...aboutModule(entry, config, isHeard)];
  });
  const [first, ...more] = config.problems;
  if (first === undefined) return ofEntries;
  const where = first.line === 0 ? '' : `line ${first.line}: `;
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  const problem = `heyu refuses its configuration: ${where}${first.problem}${rest}`;
  const hint = 'until it is fixed, heyu restart keeps the old configuration and heyu start fails';
  return [error(undefined, problem, hint), ...ofEntries];
}

function unknownLabel(
  entry: AliasEntry,
  otherCase: X10Alias | undefined,
  config: X10Config,
): readonly Doubt[] {
  const { alias, address } = entry;
  const shown = aliasInLog(config, address);
  if (otherCase && (shown === undefined || shown === otherCase.label)) {
    const hint = `heyu2mqtt alias rename ${alias} ${otherCase.label}`;
    return [warning(alias, `heyu spells it ${otherCase.label}`, hint)];
  }
  const isOnlyAName = 'sensors are recognised by their address: this is only a matter of names';
  if (shown !== undefined) return [note(alias, `heyu calls ${address} ${shown}`, isOnlyAName)];
  const pad = config.aliases.find((each) => isKeypad(each) && addressesOf(each).includes(address));
  if (pad === undefined) {
    const hint = 'the log shows _no_alias_ there; security sensors are not logged at all without one';
    return [note(alias, `heyu knows no alias for ${address}`, hint)];
  }
  const place = placeOf(pad);
  const isOne =
    'that is one remote: remove the aliases of its keys, then heyu2mqtt alias import, to have it as one';
  const hint = place === writeAddresses(entry) ? isOnlyAName : isOne;
  return [note(alias, `heyu calls ${place} ${pad.label}`, hint)];
}

function samePlace(entry: AliasEntry, known: X10Alias, current: readonly AliasEntry[]): readonly Doubt[] {
  const { alias } = entry;
  const units = addressesOf(known);
  if (units.length > 1 && !isKeypad(known))
    return [note(alias, `names ${units.length} units in heyu, which never shows it in the log`)];
  const place = units.length === 0 ? 'no unit' : placeOf(known);
  const address = writeAddresses(entry);
  // keys of a remote may have names of their own here
  const others = new Set(current.flatMap((each) => (each === entry ? [] : unitsOf(each))));
  const rest = units.filter((each) => !others.has(each));
  if (place === address || (isKeypad(known) && rest.join() === unitsOf(entry).join())) return [];
  const move = `heyu2mqtt alias set ${alias} --address ${place}, or heyu2mqtt alias import`;
  const hint = units.length === 0 ? 'fix the ALIAS line of heyu' : move;
  return [error(alias, `has the address ${address}, but heyu says ${place}`, hint)];
}

function aboutModule(entry: AliasEntry, config: X10Config, isHeard: boolean): readonly Doubt[] {
  const { alias } = entry;
  const { name, protocol } = modelOf(entry);
  const isSecurity = protocol === 'security';
  const own = new Set(unitsOf(entry));
  const covering = config.aliases.filter((each) => addressesOf(each).some((unit) => own.has(unit)));
  const doubts: Doubt[] = [];
  const warn = (problem: string, hint: string): number => doubts.push(warning(alias, problem, hint));
  const model = covering.find((each) => each.model !== undefined)?.model;
  if (model !== undefined && entry.model === undefined) {
    const hint = `heyu2mqtt alias set ${alias} --model ${model}`;
    doubts.push(note(alias, `heyu says it is a ${model}, but the alias has no model`, hint));
  } else if (model !== undefined && model.toUpperCase() !== entry.model?.toUpperCase())
    warn(
      `is a ${entry.model ?? ''} here and a ${model} for heyu`,
      'model: decides channels and times; fix the wrong one',
    );
  const forward = 'write RFFORWARD instead, then heyu restart; all is well if a transceiver hears it';
  if (!isHeard && covering.some((each) => isDropped(config, each)))
    warn(
      'heyu_aux drops its radio signals (RFIGNORE)',
      isSecurity ? 'take RFIGNORE out, then heyu restart' : forward,
    );
  if (covering.length > 0 && model === undefined && isSecurity)
    warn(
      `is a ${name}, but heyu has no module and no ID for it`,
      'heyu logs no security sensor without them',
    );
  if (config.hideUnchanged && name === 'DM10')
    warn(
      'heyu logs the motion of a DM10 only once with HIDE_UNCHANGED YES',
      'set HIDE_UNCHANGED NO, then heyu restart',
    );
  return doubts;
}

/**
 * A warning for each sensor that another one's dusk and dawn would set off: an MS13A and its like send them to the unit
 * after their own, as On and Off, and the log cannot tell that from the sensor's own.
 */
export function disturbedSensors(entries: readonly AliasEntry[]): readonly Doubt[] {
  return entries.flatMap((entry): readonly Doubt[] => {
    const { alias, address, ignore } = entry;
    if (ignore || !raisesAlarm(entry) || modelOf(entry).protocol !== 'standard') return [];
    const before = entries.find(
      (other) =>
        nextUnit(other.address) === address &&
        !other.ignore &&
        other.dusk === undefined &&
        modelOf(other).dusk === 'next_unit',
    )?.alias;
    if (before === undefined) return [];
    const problem = `${address} is the dusk unit of ${before}: its dusk and dawn look like the sensor's own On and Off`;
    const hint = `move one of the two, so that every other unit stays free, or switch dusk off in ${before}; if ${address} is its dusk sensor: heyu2mqtt alias remove ${alias}, then alias set ${before} --dusk ${address}`;
    return [warning(alias, problem, hint)];
  });
}
