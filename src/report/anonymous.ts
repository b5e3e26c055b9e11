/** A past under other names, so that a report of it can be shown to strangers: aliases, names, zones, labels of heyu. */

import type { CoreSettings } from '../core-settings.js';
import type { Journal } from '../history/journal.js';
import type { Past } from '../history/past.js';

/** Gives names out by number: `sensor1`, `sensor2` ... in the order in which they are asked for. */
function numbered(what: string): (name: string) => string {
  const given = new Map<string, string>();
  return (name) => {
    const known = given.get(name) ?? `${what}${given.size + 1}`;
    given.set(name, known);
    return known;
  };
}

/** The same house and past without names. Addresses, models and times are left as they are. */
export function anonymous(
  core: CoreSettings,
  { history, journal, missing }: Past,
): { readonly core: CoreSettings; readonly past: Past } {
  const [sensor, zone, label] = [numbered('sensor'), numbered('zone'), numbered('label')];
  const maybe = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : zone(name);
  const sensors = core.sensors.map((each) => {
    const alias = sensor(each.alias);
    return { ...each, alias, name: alias, topic: alias, area: undefined, zone: maybe(each.zone) };
  });
  const zones = core.zones.map((each) => ({ ...each, zone: zone(each.zone), name: zone(each.zone) }));
  const renamed = {
    ...history,
    sensors: history.sensors.map((each) => ({ ...each, alias: sensor(each.alias) })),
    senders: history.senders.map((each) => ({
      ...each,
      label: each.label === null ? null : label(each.label),
    })),
    alerts: [],
  };
  const entries = journal.entries.flatMap((entry): Journal['entries'] => {
    if (entry.kind === 'zone')
      return [{ ...entry, zone: zone(entry.zone), by: undefined, reason: undefined }];
    if (entry.kind !== 'verdict') return [];
    return [{ ...entry, alias: sensor(entry.alias), zone: entry.zone === null ? null : zone(entry.zone) }];
  });
  const paths = missing.length === 0 ? [] : [`${missing.length} files could not be read as a whole`];
  return {
    core: { ...core, sensors, zones },
    past: { history: renamed, journal: { ...journal, entries }, missing: paths },
  };
}
