/** The zones of config.yaml, checked and with their defaults filled in. */
import type { ZoneSettings } from '../security/zone.js';
import { problemAt, type Problem } from './problem.js';
import { idPart } from './forms.js';
import { readable } from '../common/text.js';
import { dotted, type Entry, isEmpty, type KeysRead, readKeys } from './yaml.js';
import { didYouMean } from './suggest.js';
import { KEYS_OF_KIND, ZONE_KEYS, type ZoneKey, type ZoneValues } from './keys.js';

/** A zone and where its keys stand. */
export type ZoneRead = {
  readonly settings: ZoneSettings;
  /** Line of the zone itself. */
  readonly line: number;
  readonly lines: ReadonlyMap<string, number>;
};

/** Why a key has no meaning for a kind of zone. */
const KIND: Readonly<Record<ZoneSettings['kind'], string>> = {
  external: 'a zone with a state_topic, which belongs to another program',
  owned: 'a zone without a state_topic, which belongs to the bridge',
  master: 'a zone with members',
};

/** Reads the entry `zones`. Zones with faults are read as far as they go, so that aliases may refer to them. */
export function readZones(zones: Entry | undefined, file: string, problems: Problem[]): readonly ZoneRead[] {
  if (zones === undefined || isEmpty(zones.value)) return [];
  if (zones.value.kind !== 'section') {
    problems.push(
      problemAt(
        { file, line: zones.line, key: 'zones' },
        'must be a section',
        'write the name of each zone below it, indented',
      ),
    );
    return [];
  }
  const read = [...zones.value.entries.values()].map((entry) => readZone(entry, file, problems));
  const byName = new Map(read.map(({ settings }) => [settings.zone, settings]));
  for (const zone of read) checkMembers(zone, byName, file, problems);
  return read;
}

function readZone({ key, line, value }: Entry, file: string, problems: Problem[]): ZoneRead {
  const path = dotted('zones', key);
  const name = idPart.read(key);
  if (!name.ok) problems.push(problemAt({ file, line, key: path }, name.problem, name.hint));
  let keys: KeysRead<typeof ZONE_KEYS> = { values: {}, lines: new Map() };
  if (value.kind === 'section') keys = readKeys(ZONE_KEYS, value.entries, { file, path }, problems);
  else if (!isEmpty(value))
    problems.push(problemAt({ file, line, key: path }, 'must be a section', 'write { name: ... }'));

  const kind = kindOf(keys, { file, line, path }, problems);
  for (const [unfit, at] of keys.lines) {
    if ((KEYS_OF_KIND[kind] as readonly string[]).includes(unfit) || isKindKey(unfit)) continue;
    problems.push(
      problemAt(
        { file, line: at, key: dotted(path, unfit) },
        `has no meaning for ${KIND[kind]}`,
        'remove it',
      ),
    );
  }
  return { settings: settingsOf(key, kind, keys.values), line, lines: keys.lines };
}

const isKindKey = (key: string): boolean => key === 'state_topic' || key === 'members';

function kindOf(
  { lines }: KeysRead<typeof ZONE_KEYS>,
  place: { readonly file: string; readonly line: number; readonly path: string },
  problems: Problem[],
): ZoneSettings['kind'] {
  const hasTopic = lines.has('state_topic');
  const hasMembers = lines.has('members');
  if (hasTopic && hasMembers) {
    problems.push(
      problemAt(
        { file: place.file, line: lines.get('members'), key: dotted(place.path, 'members') },
        'cannot stand beside state_topic',
        'a zone is either the sum of others or kept by another program',
      ),
    );
  }
  return hasTopic ? 'external' : hasMembers ? 'master' : 'owned';
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

function checkMembers(
  { settings, lines }: ZoneRead,
  zones: ReadonlyMap<string, ZoneSettings>,
  file: string,
  problems: Problem[],
): void {
  const place = { file, line: lines.get('members'), key: dotted('zones', settings.zone, 'members') };
  const seen = new Set<string>();
  for (const member of settings.members) {
    const other = zones.get(member);
    if (other === undefined) {
      problems.push(problemAt(place, `there is no zone "${member}"`, didYouMean(member, [...zones.keys()])));
    } else if (other.kind === 'master') {
      problems.push(
        problemAt(
          place,
          `"${member}" is a zone with members itself`,
          'name the members of that zone instead',
        ),
      );
    } else if (seen.has(member)) {
      problems.push(problemAt(place, `names "${member}" twice`, 'remove one of them'));
    }
    seen.add(member);
  }
}
