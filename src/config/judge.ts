/** Judges a house that has been read: what gets into each other's way, and what has no effect. The only place for it. */
import type { AliasFile, AliasRead } from './aliases.js';
import type { PlaceOf } from './credentials.js';
import type { AliasValues, ConfigKey, ConfigValues } from './keys.js';
import type { Origins } from './values.js';
import { type Problem, problemAt } from './problem.js';
import { nearest } from './suggest.js';
import { dotted } from './yaml.js';
import type { ZoneRead } from './zones.js';
import { type ChannelTopic, RESERVED_LEVELS } from '../mqtt/topics.js';
import { normalise } from '../security/vocabulary.js';
import { isAlarmType } from '../sensor/channels.js';
import { eventTypesOf } from '../sensor/event-types.js';
import type { SensorSettings, SensorType } from '../sensor/settings.js';
import { unitsOf, type Address } from '../x10/address.js';

/** What is judged, and how its places are shown. */
export type Judged = {
  readonly values: ConfigValues;
  readonly zones: readonly ZoneRead[];
  readonly aliases: AliasFile;
  readonly aliasFile: string;
  readonly place: PlaceOf;
  readonly configFile: string;
};

/** A judgement. */
export type Verdict = {
  readonly problems: readonly Problem[];
  /** Settings that have no effect. */
  readonly ignored: readonly Problem[];
};

/** Judges a house. */
export function judge({ values, zones, aliases: file, aliasFile, place, configFile }: Judged): Verdict {
  const { aliases, isComplete } = file;
  // a keyfob that is missing may be one that could not be read
  const keyfobs = isComplete ? keyfobProblems(zones, aliases, configFile) : { problems: [], ignored: [] };
  return {
    problems: [
      ...conflicts(aliases, aliasFile),
      ...topicConflicts(values, zones, aliases, place, configFile),
      ...keyfobs.problems,
    ],
    ignored: [...withoutEffect(aliases, zones, aliasFile, configFile), ...keyfobs.ignored],
  };
}

/** Last levels of the topics of a sensor; the type makes sure that none is missing. */
const CHANNEL_TABLE: Readonly<Record<ChannelTopic, true>> = {
  motion: true,
  light: true,
  contact: true,
  smoke: true,
  glass: true,
  water: true,
  battery: true,
  tamper: true,
  silent: true,
  state: true,
  brightness: true,
  temperature: true,
  temperature_2: true,
  humidity: true,
  pressure: true,
  voltage: true,
  voltage_supply: true,
  potentiometer: true,
  counter: true,
  power: true,
  energy: true,
  current: true,
  weight: true,
  wind_speed: true,
  wind_gust: true,
  wind_direction: true,
  rain_rate: true,
  rain_total: true,
  uv: true,
  setpoint: true,
  attributes: true,
  last_seen: true,
  event: true,
  set: true,
};

/** Last levels of the topics of a sensor: a topic of others that ends so may lie on one of them. */
export const CHANNELS: ReadonlySet<string> = new Set(Object.keys(CHANNEL_TABLE));

/** All conflicts among aliases, each told at the later of the two. Linear in their number. */
export function conflicts(aliases: readonly AliasRead[], file: string): readonly Problem[] {
  const problems: Problem[] = [];
  const say: Say = ({ settings, line, lines }, key, problem, hint, other) => {
    problems.push({
      ...problemAt(
        { file, line: lines.get(key) ?? line, key: dotted('aliases', settings.alias, key) },
        problem,
        hint,
      ),
      about: { aliases: [settings.alias, ...(other === undefined ? [] : [other.settings.alias])], key },
    });
  };
  const at = ({ settings, line }: AliasRead): string => `${settings.alias} (line ${line})`;

  const byAddress = new Map<Address, AliasRead>();
  const byId = new Map<string, AliasRead>();
  const byTopic = new Map<string, AliasRead>();
  for (const alias of aliases) {
    const { id, topic } = alias.settings;
    const units = unitsOf(alias.settings);
    const address = units.find((unit) => byAddress.has(unit));
    for (const unit of units) if (!byAddress.has(unit)) byAddress.set(unit, alias);
    const there = address && byAddress.get(address);
    if (there !== undefined) {
      say(
        alias,
        'address',
        `${address} is already the address of ${at(there)}`,
        'an address can have one alias',
        there,
      );
      // The default id is made of the address: saying it twice would help nobody.
      if (!alias.lines.has('id')) continue;
    }
    const namesake = byId.get(id.toLowerCase());
    if (namesake !== undefined) {
      say(
        alias,
        'id',
        `"${id}" is already the id of ${at(namesake)}`,
        'give one of them an id of its own',
        namesake,
      );
    } else byId.set(id.toLowerCase(), alias);
    checkTopic(alias, byTopic, say, at);
    if (namesake === undefined && /^(bridge|zone|heyu2mqtt)($|[_-])/i.test(id)) {
      say(alias, 'id', `"${id}" begins like the ids of the bridge and its zones`, 'choose another one');
    }
    if (!byTopic.has(topic)) byTopic.set(topic, alias);
  }
  checkParents(aliases, byTopic, say, at);
  checkDusk(aliases, byAddress, say, at);
  return problems;
}

type Say = (alias: AliasRead, key: string, problem: string, hint: string, other?: AliasRead) => void;
type At = (alias: AliasRead) => string;

function checkTopic(alias: AliasRead, byTopic: ReadonlyMap<string, AliasRead>, say: Say, at: At): void {
  const { topic } = alias.settings;
  const [level = ''] = topic.split('/');
  const same = byTopic.get(topic);
  if ((RESERVED_LEVELS as readonly string[]).includes(level)) {
    say(
      alias,
      'topic',
      `begins with the level ${level}, which the bridge needs for itself`,
      'give it another topic',
    );
  } else if (same !== undefined) {
    say(
      alias,
      'topic',
      `"${topic}" is already the topic of ${at(same)}`,
      'give one of them another topic',
      same,
    );
  }
}

/** `hall/motion` is a topic of the sensor `hall`: no other sensor can lie there. */
function checkParents(
  aliases: readonly AliasRead[],
  byTopic: ReadonlyMap<string, AliasRead>,
  say: Say,
  at: At,
): void {
  for (const alias of aliases) {
    const { topic } = alias.settings;
    const slash = topic.lastIndexOf('/');
    if (slash < 0 || !CHANNELS.has(topic.slice(slash + 1))) continue;
    const parent = byTopic.get(topic.slice(0, slash));
    if (parent === undefined) continue;
    say(alias, 'topic', `"${topic}" is one of the topics of ${at(parent)}`, 'give it another topic', parent);
  }
}

function checkDusk(
  aliases: readonly AliasRead[],
  byAddress: ReadonlyMap<Address, AliasRead>,
  say: Say,
  at: At,
): void {
  const byDusk = new Map<Address, AliasRead>();
  for (const alias of aliases) {
    const { dusk } = alias.settings;
    if (dusk === undefined) continue;
    const owner = byAddress.get(dusk);
    const other = byDusk.get(dusk);
    if (owner === alias) {
      say(alias, 'dusk', 'is its own address', 'the dusk unit is normally the unit after the address');
    } else if (owner !== undefined) {
      say(
        alias,
        'dusk',
        `${dusk} is the address of ${at(owner)}`,
        'remove one: a unit tells either motion or darkness',
        owner,
      );
    } else if (other !== undefined) {
      say(alias, 'dusk', `${dusk} is already the dusk unit of ${at(other)}`, 'remove one of them', other);
    } else byDusk.set(dusk, alias);
  }
}

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

/** Whether something of a sensor can be an alert: what it is for, or tampering with it. */
export function canAlert({ type, model, ignore }: SensorSettings): boolean {
  return !ignore && (isAlarmType(type) || (model.hasTamper && type !== 'remote'));
}

/** What is used by its keys or switched, and neither watches nor is watched. */
const OPERATED: readonly SensorType[] = ['remote', 'light', 'appliance'];

const withType = ({ type }: SensorSettings): string => `has no effect with type ${type}`;
const unlessMotion = (sensor: SensorSettings): string | undefined =>
  sensor.type === 'motion' ? undefined : withType(sensor);
const ifOperated = (sensor: SensorSettings): string | undefined =>
  OPERATED.includes(sensor.type) ? withType(sensor) : undefined;

/** Why a key has no effect on a sensor; undefined = it has one. What is not here has one always. */
const RULES: Partial<Record<keyof AliasValues, (sensor: SensorSettings) => string | undefined>> = {
  // the events of a remote say whose zone it is
  zone: (sensor) => (canAlert(sensor) || sensor.type === 'remote' ? undefined : withType(sensor)),
  dusk: ifOperated,
  hold: (sensor) => (canAlert(sensor) ? undefined : withType(sensor)),
  off: (sensor) =>
    sensor.type === 'motion' && sensor.off === 'sensor' && !sensor.model.clears
      ? `has no effect: a ${sensor.model.name} never says that a motion is over`
      : unlessMotion(sensor),
  cooldown: unlessMotion,
  min_on: unlessMotion,
  modes: (sensor) =>
    canAlert(sensor)
      ? sensor.zone === undefined
        ? 'has no effect without a zone'
        : undefined
      : withType(sensor),
  silent_after: ifOperated,
};

/** All of them. An ignored sensor is put aside as a whole: what is written of it waits. */
export function withoutEffect(
  aliases: readonly AliasRead[],
  zones: readonly ZoneRead[],
  aliasFile: string,
  configFile: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { settings, lines } of aliases) {
    if (settings.ignore) continue;
    for (const [key, rule] of Object.entries(RULES)) {
      const problem = lines.has(key) ? rule(settings) : undefined;
      if (problem === undefined) continue;
      const place = { file: aliasFile, line: lines.get(key), key: dotted('aliases', settings.alias, key) };
      const hint = problem.endsWith('a zone')
        ? 'add zone, or remove it'
        : 'remove it, or correct type or model';
      problems.push({ ...problemAt(place, problem, hint), about: { aliases: [settings.alias], key } });
    }
  }
  for (const { settings, lines } of zones) {
    const disarmed = new Set(settings.disarmedValues.map(normalise));
    for (const word of settings.armedValues.filter((each) => disarmed.has(normalise(each)))) {
      const key = dotted('zones', settings.zone, 'armed_values');
      const place = { file: configFile, line: lines.get('armed_values'), key };
      problems.push(
        problemAt(place, `"${word}" means disarmed, too, and that counts`, 'remove it from one of them'),
      );
    }
  }
  return problems;
}

/** Warnings for values that wait for something which is switched off. */
export function waitingValues(values: ConfigValues, origins: Origins, place: PlaceOf): readonly Problem[] {
  const isWritten = (key: ConfigKey): boolean => {
    const kind = origins.get(key)?.kind;
    return kind === 'file' || kind === 'environment';
  };
  const warnings: Problem[] = [];
  if (isWritten('heyu.command') && !values['heyu.control'])
    warnings.push(
      problemAt(place('heyu.command'), 'has no effect without heyu.control', 'set heyu.control: true'),
    );
  if (isWritten('cron.discovery') && values['homeassistant.discovery'] === 'off')
    warnings.push(
      problemAt(place('cron.discovery'), 'has no effect: homeassistant.discovery is off', 'remove it'),
    );
  return warnings;
}

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
