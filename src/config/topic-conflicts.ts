/** Topics of others that lie where the bridge publishes itself: it would listen to itself. */
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import { CHANNELS } from './alias-conflicts.js';
import type { AliasRead } from './aliases.js';
import type { ConfigValues } from './config-keys.js';
import type { PlaceOf } from './credentials.js';
import { fault, type Fault } from './faults.js';
import { dotted } from './read-keys.js';
import type { ZoneRead } from './zones.js';

/** All conflicts between our topics and those of others. `file` is that of the zones. */
export function topicConflicts(
  values: ConfigValues,
  zones: readonly ZoneRead[],
  aliases: readonly AliasRead[],
  place: PlaceOf,
  file: string,
): readonly Fault[] {
  const faults: Fault[] = [];
  const base = values['mqtt.base_topic'];
  const prefix = values['homeassistant.prefix'];
  if (lies(base, prefix) || lies(prefix, base)) {
    faults.push(
      fault(
        place('mqtt.base_topic'),
        `"${base}" and homeassistant.prefix "${prefix}" lie within each other`,
        'use x10',
      ),
    );
  }
  const sensors = new Set(aliases.map(({ settings }) => settings.topic));
  const ours = (topic: string): boolean => {
    if (!lies(topic, base) || topic === base) return false;
    const rest = topic.slice(base.length + 1);
    const slash = rest.lastIndexOf('/');
    const [level = ''] = rest.split('/');
    return (
      (RESERVED_LEVELS as readonly string[]).includes(level) ||
      (slash > 0 && sensors.has(rest.slice(0, slash)) && CHANNELS.has(rest.slice(slash + 1)))
    );
  };
  if (ours(values['homeassistant.birth_topic'])) {
    faults.push(
      fault(place('homeassistant.birth_topic'), 'is a topic of the bridge itself', "use Home Assistant's"),
    );
  }
  for (const { settings, lines } of zones) {
    if (settings.stateTopic === undefined || !ours(settings.stateTopic)) continue;
    faults.push(
      fault(
        { file, line: lines.get('state_topic'), key: dotted('zones', settings.zone, 'state_topic') },
        'is a topic of the bridge itself',
        'remove it to let the bridge keep the zone, or name the topic of the other program',
      ),
    );
  }
  return faults;
}

/** True if a topic is `within` or lies below it. */
function lies(topic: string, within: string): boolean {
  return topic === within || topic.startsWith(`${within}/`);
}
