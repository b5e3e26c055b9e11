/** Keyfobs that drive zones must be remotes of the alias file that arm and disarm. */
import { eventTypesOf } from '../sensor/event-types.js';
import type { AliasRead } from './aliases.js';
import { problemAt, type Problem } from './problem.js';
import { dotted } from './read-keys.js';
import { nearest } from './suggest.js';
import type { ZoneRead } from './zones.js';

/** Judges the `keyfobs` of all zones. */
export function keyfobProblems(
  zones: readonly ZoneRead[],
  aliases: readonly AliasRead[],
  file: string,
): { readonly problems: readonly Problem[]; readonly ignored: readonly Problem[] } {
  const problems: Problem[] = [];
  const ignored: Problem[] = [];
  const byAlias = new Map(aliases.map((alias) => [alias.settings.alias, alias]));
  const fobs = aliases.filter((alias) => isRemote(alias) && whyIdle(alias) === undefined);
  for (const { settings, lines } of zones) {
    const place = { file, line: lines.get('keyfobs'), key: dotted('zones', settings.zone, 'keyfobs') };
    for (const keyfob of settings.keyfobs) {
      const about = { aliases: [keyfob], key: 'model' };
      const say = (to: Problem[], problem: string, hint?: string): number =>
        to.push({ ...problemAt(place, problem, hint), about });
      const alias = byAlias.get(keyfob);
      const idle = alias && whyIdle(alias);
      if (alias === undefined) {
        const near = nearest(
          keyfob,
          fobs.map((fob) => fob.settings.alias),
        );
        const hint = `a keyfob of the zone ${settings.zone} must be named there as in the alias file`;
        say(problems, `there is no alias "${keyfob}"`, near === undefined ? hint : `did you mean "${near}"?`);
      } else if (!isRemote(alias)) {
        say(problems, `"${keyfob}" is no remote`, 'name keyfobs such as a KR10A only');
      } else if (idle !== undefined) {
        say(ignored, `"${keyfob}" ${idle}`, 'name keyfobs such as a KR10A or KR18, or remove it');
      }
    }
  }
  return { problems, ignored };
}

const isRemote = ({ settings, ignoredType }: AliasRead): boolean =>
  settings.type === 'remote' || ignoredType === 'remote';

/** Why no key of a remote ever arms or disarms a zone. */
function whyIdle({ settings, ignoredType }: AliasRead): string | undefined {
  if (ignoredType === 'remote') return `is a ${settings.model.name}, which has no keys`;
  if (!eventTypesOf(settings).includes('arm')) return 'has no keys that arm and disarm';
  return settings.ignore ? 'is ignored by the alias file' : undefined;
}
