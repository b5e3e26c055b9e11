/** Topics of others that lie where the bridge publishes itself: it would listen to itself. */
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import { CHANNELS } from './alias-conflicts.js';
import type { AliasRead } from './aliases.js';
import type { ConfigValues } from './config-keys.js';
import type { PlaceOf } from './credentials.js';
import { problemAt, type Problem } from './problem.js';
import { dotted } from './read-keys.js';
import type { ZoneRead } from './zones.js';

/** All conflicts between our topics and those of others. `file` is that of the zones. */
export function topicConflicts(
  values: ConfigValues,
  zones: readonly ZoneRead[],
  aliases: readonly AliasRead[],
  place: PlaceOf,
  file: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const base = values['mqtt.base_topic'];
  const prefix = values['homeassistant.prefix'];
  if (lies(base, prefix) || lies(prefix, base)) {
    problems.push(
      problemAt(
        place('mqtt.base_topic'),
        `"${base}" and homeassistant.prefix "${prefix}" lie within each other`,
        'use x10',
      ),
    );
  }
  const sensors = new Map(aliases.map(({ settings }) => [settings.topic, settings.alias]));
  const check = (topic: string, at: Pick<Problem, 'file' | 'line' | 'key'>, hint: string): void => {
    if (!lies(topic, base) || topic === base) return;
    const rest = topic.slice(base.length + 1);
    const slash = rest.lastIndexOf('/');
    const [level = ''] = rest.split('/');
    const alias =
      slash > 0 && CHANNELS.has(rest.slice(slash + 1)) ? sensors.get(rest.slice(0, slash)) : undefined;
    if ((RESERVED_LEVELS as readonly string[]).includes(level)) {
      problems.push(problemAt(at, 'is a topic of the bridge itself', hint));
    } else if (alias !== undefined) {
      const whose = `the alias ${alias} publishes there: ${hint}, or give the alias another topic`;
      problems.push({
        ...problemAt(at, 'is a topic of the bridge itself', whose),
        about: { aliases: [alias], key: 'topic' },
      });
    }
  };
  check(values['homeassistant.birth_topic'], place('homeassistant.birth_topic'), "use Home Assistant's");
  for (const { settings, lines } of zones) {
    if (settings.stateTopic === undefined) continue;
    check(
      settings.stateTopic,
      { file, line: lines.get('state_topic'), key: dotted('zones', settings.zone, 'state_topic') },
      'remove it to let the bridge keep the zone, or name the topic of the other program',
    );
  }
  return problems;
}

/** True if a topic is `within` or lies below it. */
function lies(topic: string, within: string): boolean {
  return topic === within || topic.startsWith(`${within}/`);
}
