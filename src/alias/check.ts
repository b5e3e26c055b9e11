/**
 * What is wrong or doubtful in an alias file: in itself, against heyu's configuration, and against what the log
 * has heard. Findings are values; nothing is mended here.
 */

import type { X10Config } from '../heyu/x10config.js';
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import { nextUnit } from '../x10/address.js';
import type { Address } from '../x10/address.js';
import { againstHeyu } from './check-heyu.js';
import { idOf, modelOf, topicOf } from './entry.js';
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

/** Checks the entries of an alias file, in their order. */
export function checkAliases(
  current: readonly AliasEntry[],
  config: X10Config | undefined,
  history: History | undefined,
): readonly Finding[] {
  return [
    ...current.flatMap((entry, index) => againstOthers(entry, current.slice(0, index), current)),
    ...(config === undefined ? [] : againstHeyu(current, config)),
    ...(history === undefined ? [] : current.flatMap((entry) => againstHistory(entry, history))),
  ];
}

function againstOthers(
  entry: AliasEntry,
  before: readonly AliasEntry[],
  all: readonly AliasEntry[],
): readonly Finding[] {
  const { alias, address, dusk } = entry;
  const findings: Finding[] = [];
  const fault = (problem: string, hint: string): number =>
    findings.push({ level: 'fault', alias, problem, hint });
  const warn = (problem: string, hint: string): number =>
    findings.push({ level: 'warning', alias, problem, hint });

  const twin = before.find((other) => other.address === address);
  if (twin) fault(`has the address of ${twin.alias}, ${address}`, 'remove one of them');
  const topic = topicOf(entry);
  const sameTopic = before.find((other) => topicOf(other) === topic);
  if (sameTopic) fault(`has the topic of ${sameTopic.alias}, ${topic}`, 'give one of them another topic:');
  const [level = ''] = topic.split('/');
  if (RESERVED_LEVELS.some((reserved) => reserved === level))
    fault(`its topic begins with ${level}, which the bridge uses itself`, 'give it another topic:');
  const sameId = before.find((other) => idOf(other) === idOf(entry) && other.address !== address);
  if (sameId)
    fault(`has the id of ${sameId.alias}, ${idOf(entry)}`, 'write another id: into the newer one of them');

  if (dusk === undefined) return findings;
  const other = all.find((each) => each.address === dusk);
  if (dusk === address) fault('is its own dusk unit', `the dusk unit is ${nextUnit(address)}`);
  else if (other)
    fault(`its dusk unit ${dusk} is ${other.alias}`, `remove dusk: here, or the entry ${other.alias}`);
  const sharing = before.find((each) => each.dusk === dusk);
  if (sharing) fault(`shares its dusk unit ${dusk} with ${sharing.alias}`, 'each motion sensor has its own');
  const way = modelOf(entry).dusk;
  if (way === 'function') warn(`a ${modelOf(entry).name} tells of dusk on its own unit`, 'remove dusk:');
  else if (dusk !== address && dusk !== nextUnit(address))
    warn(`its dusk unit is ${dusk}`, `sensors send it on the unit after their own: ${nextUnit(address)}`);
  return findings;
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
