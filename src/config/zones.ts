/** The zones of config.yaml, checked and with their defaults filled in. */
import { readable } from '../common/text.js';
import type { ZoneSettings } from '../security/zone.js';
import { idPart } from './forms.js';
import { KEYS_OF_KIND, ZONE_KEYS, type ZoneKey, type ZoneValues } from './keys.js';
import type { Report } from './problem.js';
import { didYouMean } from './suggest.js';
import { dotted, entriesOf, type Entry, readKeys } from './yaml.js';

/** A zone, its values as they are written, and where its keys stand. */
export type ZoneRead = {
  readonly settings: ZoneSettings;
  readonly values: Partial<ZoneValues>;
  readonly lines: ReadonlyMap<string, number>;
};

/** Why a key has no meaning for a kind of zone. */
const KIND: Readonly<Record<ZoneSettings['kind'], string>> = {
  external: 'a zone with a state_topic, which belongs to another program',
  owned: 'a zone without a state_topic, which belongs to the bridge',
  master: 'a zone with members',
};

/** Reads the entry `zones`. Zones with problems are read as far as they go, so that aliases may refer to them. */
export function readZones(zones: Entry | undefined, file: string, report: Report): readonly ZoneRead[] {
  if (zones === undefined) return [];
  const at = { file, line: zones.line, key: 'zones' };
  const entries = entriesOf(zones, at, 'write the name of each zone below it, indented', report);
  const read = [...(entries?.values() ?? [])].map((entry) => readZone(entry, file, report));
  checkMembers(read, file, report);
  return read;
}

function readZone(entry: Entry, file: string, report: Report): ZoneRead {
  const { key: zone, line } = entry;
  const path = dotted('zones', zone);
  const name = idPart.read(zone);
  if (!name.ok) report.problem({ file, line, key: path }, name.problem, name.hint);
  const entries = entriesOf(entry, { file, line, key: path }, 'write { name: ... }', report);
  const { values, lines } = readKeys(ZONE_KEYS, entries ?? new Map<string, Entry>(), { file, path }, report);

  const kind = lines.has('state_topic') ? 'external' : lines.has('members') ? 'master' : 'owned';
  const known: readonly string[] = [...KEYS_OF_KIND[kind], 'state_topic', 'members'];
  if (kind === 'external' && lines.has('members'))
    report.problem(
      { file, line: lines.get('members'), key: dotted(path, 'members') },
      'cannot stand beside state_topic',
      'a zone is either the sum of others or kept by another program',
    );
  for (const [key, at] of lines)
    if (!known.includes(key))
      report.problem(
        { file, line: at, key: dotted(path, key) },
        `has no meaning for ${KIND[kind]}`,
        'remove it',
      );
  return { settings: settingsOf(zone, kind, values), values, lines };
}

function settingsOf(zone: string, kind: ZoneSettings['kind'], values: Partial<ZoneValues>): ZoneSettings {
  const valueOf = <K extends ZoneKey>(key: K): ZoneValues[K] =>
    values[key] ?? (ZONE_KEYS[key].default as ZoneValues[K]);
  return {
    zone,
    name: valueOf('name') ?? readable(zone),
    kind,
    stateTopic: kind === 'external' ? valueOf('state_topic') : undefined,
    pointer: valueOf('pointer'),
    armedValues: valueOf('armed_values'),
    disarmedValues: valueOf('disarmed_values'),
    members: valueOf('members') ?? [],
    panel: valueOf('panel'),
    onUnknown: valueOf('on_unknown'),
    exitDelayMs: valueOf('exit_delay'),
    entryDelayMs: valueOf('entry_delay'),
    commandMaxAgeMs: valueOf('command_max_age'),
    alertCooldownMs: valueOf('alert_cooldown'),
    followHeyu: valueOf('follow_heyu'),
    keyfobs: valueOf('keyfobs'),
  };
}

function checkMembers(read: readonly ZoneRead[], file: string, report: Report): void {
  const zones = new Map(read.map(({ settings }) => [settings.zone, settings]));
  for (const { settings, lines } of read) {
    const place = { file, line: lines.get('members'), key: dotted('zones', settings.zone, 'members') };
    settings.members.forEach((member, index) => {
      const other = zones.get(member);
      if (other === undefined)
        report.problem(place, `there is no zone "${member}"`, didYouMean(member, [...zones.keys()]));
      else if (other.kind === 'master')
        report.problem(
          place,
          `"${member}" is a zone with members itself`,
          'name the members of that zone instead',
        );
      else if (settings.members.indexOf(member) < index)
        report.problem(place, `names "${member}" twice`, 'remove one of them');
    });
  }
}
