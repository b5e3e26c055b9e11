/** An alias file against heyu's own configuration: labels, addresses, modules, and what heyu keeps from its log. */

import { aliasInLog, isDropped } from '../heyu/x10config.js';
import type { X10Config } from '../heyu/x10config.js';
import type { X10Alias } from '../heyu/x10config-alias.js';
import type { Finding } from './check.js';
import { modelOf } from './entry.js';
import type { AliasEntry } from './entry.js';
import { heardOf } from './heard.js';
import type { History } from './heard.js';

/** What the configuration of heyu has against the entries. */
export function againstHeyu(
  current: readonly AliasEntry[],
  config: X10Config,
  history: History | undefined,
): readonly Finding[] {
  const [fault, ...more] = config.problems;
  const refused: Finding[] =
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
          ? samePlace(entry, known)
          : unknownLabel(entry, byLowerLabel.get(entry.alias.toLowerCase()), config)),
        ...aboutModule(entry, config, history !== undefined && heardOf(history, entry.address) !== undefined),
      ];
    }),
  ];
}

function unknownLabel(
  entry: AliasEntry,
  otherCase: X10Alias | undefined,
  config: X10Config,
): readonly Finding[] {
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
  return [
    {
      level: 'note',
      alias,
      problem: `heyu knows no alias for ${address}`,
      hint: 'the log shows _no_alias_ there; security sensors are not logged at all without one',
    },
  ];
}

function samePlace(entry: AliasEntry, known: X10Alias): readonly Finding[] {
  const { alias, address } = entry;
  if (known.units.length > 1)
    return [
      {
        level: 'note',
        alias,
        problem: `names ${known.units.length} units in heyu, which never shows it in the log`,
        hint: undefined,
      },
    ];
  const [unit] = known.units;
  const place = unit === undefined ? 'no unit' : `${known.house}${unit}`;
  if (place === address) return [];
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

function aboutModule(entry: AliasEntry, config: X10Config, isHeard: boolean): readonly Finding[] {
  const { alias, address } = entry;
  const covering = config.aliases.filter(({ house, units }) =>
    units.some((unit) => `${house}${unit}` === address),
  );
  const findings: Finding[] = [];
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
