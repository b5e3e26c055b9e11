/** Keyfobs that drive zones must be remotes of the alias file. */
import type { AliasRead } from './aliases.js';
import { fault, type Fault } from './faults.js';
import { dotted } from './read-keys.js';
import { didYouMean } from './suggest.js';
import type { ZoneRead } from './zones.js';

/** Faults of the `keyfobs` of all zones. */
export function keyfobFaults(
  zones: readonly ZoneRead[],
  aliases: readonly AliasRead[],
  file: string,
): readonly Fault[] {
  const faults: Fault[] = [];
  const byAlias = new Map(aliases.map(({ settings }) => [settings.alias, settings]));
  const remotes = aliases
    .filter(({ settings }) => settings.type === 'remote')
    .map(({ settings }) => settings.alias);
  for (const { settings, lines } of zones) {
    const place = { file, line: lines.get('keyfobs'), key: dotted('zones', settings.zone, 'keyfobs') };
    for (const keyfob of settings.keyfobs) {
      const alias = byAlias.get(keyfob);
      if (alias === undefined) {
        faults.push(fault(place, `there is no alias "${keyfob}"`, didYouMean(keyfob, remotes)));
      } else if (alias.type !== 'remote') {
        faults.push(fault(place, `"${keyfob}" is no remote`, 'name keyfobs such as a KR10A only'));
      }
    }
  }
  return faults;
}
