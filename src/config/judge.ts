/**
 * Judges a house that has been read, the only place for it: aliases that contradict each other, topics on which the
 * bridge would listen to itself, keyfobs that are not keyfobs, and settings without effect. The owner relies on such a
 * setting: the alert that it is for never comes. These settings are ignored and reported, and neither commands nor a
 * reload accept new ones.
 */
import { nearestHint } from '../common/text.js';
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import { ARMED_MODES, normalise } from '../security/vocabulary.js';
import { delayIn } from '../security/zone.js';
import { eventTypesOf, isSwitchable } from '../sensor/channels.js';
import { guardOf, signalForm } from '../sensor/guard.js';
import type { SensorSettings } from '../sensor/settings.js';
import { CHANNELS, isAlarmType, mainChannelOf, type SensorType } from '../sensor/types.js';
import { type Address, unitsOf } from '../x10/address.js';
import type { AliasRead } from './aliases.js';
import type { AliasValues, ConfigKey, ConfigValues } from './keys-and-defaults.js';
import { type Place, Report } from './problem.js';
import type { Origins, PlaceOf, ZoneRead } from './values.js';

/** What is judged, and how its places are shown. */
export type Judged = {
  readonly values: ConfigValues;
  readonly origins: Origins;
  readonly zones: readonly ZoneRead[];
  readonly aliases: readonly AliasRead[];
  /** No alias is missing from `aliases` because it could not be read. */
  readonly isComplete: boolean;
  readonly place: PlaceOf;
};

/** Judges a house. */
export function judge(house: Judged): Report {
  const report = new Report();
  aliasConflicts(house, report);
  topicConflicts(house, report);
  withoutEffect(house, report);
  halfLocation(house, report);
  if (house.isComplete) {
    judgeKeyfobs(house, report);
    judgeSirens(house, report);
  }
  waitingValues(house, report);
  entriesWithoutDelay(house, report);
  return report;
}

const isReserved = (topic: string): boolean =>
  RESERVED_LEVELS.some((level) => topic === level || topic.startsWith(`${level}/`));

/** The topic of a sensor that `topic` is a topic of: `hall` for `hall/motion`. */
function parentOf(topic: string): string | undefined {
  const slash = topic.lastIndexOf('/');
  const isChannel = Object.hasOwn(CHANNELS, topic.slice(slash + 1));
  return slash > 0 && isChannel ? topic.slice(0, slash) : undefined;
}

/** Reports a conflict of an alias, with another one or by itself. */
type Say = (
  alias: AliasRead,
  key: string,
  told: { readonly problem: string; readonly hint: string; readonly other?: AliasRead | undefined },
) => void;

const shown = ({ settings, line }: AliasRead): string => `${settings.alias} (line ${line})`;

/** What two aliases may not have in common, in words, and what to do when they have. */
const UNIQUE = {
  address: { what: 'address', hint: 'an address can have one alias' },
  id: { what: 'id', hint: 'give one of them an id of its own' },
  topic: { what: 'topic', hint: 'give one of them another topic' },
  dusk: { what: 'dusk unit', hint: 'remove one of them' },
} as const;

/** Says that this value is another one's already. */
function sayTaken(
  say: Say,
  alias: AliasRead,
  key: keyof typeof UNIQUE,
  value: string,
  other: AliasRead,
): void {
  const { what, hint } = UNIQUE[key];
  say(alias, key, { problem: `${value} is already the ${what} of ${shown(other)}`, hint, other });
}

/** The same address, dusk unit, id or topic, each told at the later of the two. Linear in the number of aliases. */
function aliasConflicts({ aliases }: Judged, report: Report): void {
  const say: Say = (alias, key, { problem, hint, other }) => {
    const both = [alias, other].flatMap((each) => each?.settings.alias ?? []);
    report.problem(alias.at(key), problem, hint, { aliases: both, key });
  };
  const byAddress = new Map<Address, AliasRead>();
  const byId = new Map<string, AliasRead>();
  const byTopic = new Map<string, AliasRead>();
  for (const alias of aliases) {
    const { id, topic } = alias.settings;
    const units = unitsOf(alias.settings);
    const address = units.find((unit) => byAddress.has(unit));
    for (const unit of units) if (!byAddress.has(unit)) byAddress.set(unit, alias);
    const there = address && byAddress.get(address);
    if (address !== undefined && there !== undefined) {
      sayTaken(say, alias, 'address', address, there);
      // The default id is made from the address: a second message would not help.
      if (!alias.lines.has('id')) continue;
    }
    const namesake = byId.get(id.toLowerCase());
    if (namesake === undefined) byId.set(id.toLowerCase(), alias);
    else sayTaken(say, alias, 'id', `"${id}"`, namesake);
    const same = byTopic.get(topic);
    if (isReserved(topic))
      say(alias, 'topic', {
        problem: `begins with the level ${topic.split('/', 1)[0] ?? ''}, which the bridge needs for itself`,
        hint: 'give it another topic',
      });
    else if (same !== undefined) sayTaken(say, alias, 'topic', `"${topic}"`, same);
    if (namesake === undefined && /^(bridge|zone|heyu2mqtt)($|[_-])/i.test(id))
      say(alias, 'id', {
        problem: `"${id}" begins like the ids of the bridge and its zones`,
        hint: 'choose another one',
      });
    if (same === undefined) byTopic.set(topic, alias);
  }

  // `hall/motion` is a topic of the sensor `hall`: no other sensor can lie there.
  for (const alias of aliases) {
    const { topic } = alias.settings;
    const other = byTopic.get(parentOf(topic) ?? '');
    const problem = other && `"${topic}" is one of the topics of ${shown(other)}`;
    if (problem !== undefined) say(alias, 'topic', { problem, hint: 'give it another topic', other });
  }

  const byDusk = new Map<Address, AliasRead>();
  for (const alias of aliases) {
    const { dusk } = alias.settings;
    if (dusk === undefined) continue;
    const owner = byAddress.get(dusk);
    const other = byDusk.get(dusk);
    if (owner === alias)
      say(alias, 'dusk', {
        problem: 'is its own address',
        hint: 'the dusk unit is normally the unit after the address',
      });
    else if (owner !== undefined)
      say(alias, 'dusk', {
        problem: `${dusk} is the address of ${shown(owner)}`,
        hint: 'remove one: a unit reports either motion or darkness',
        other: owner,
      });
    else if (other !== undefined) sayTaken(say, alias, 'dusk', dusk, other);
    else byDusk.set(dusk, alias);
  }
}

/** True if a topic is `within` or lies below it. */
function lies(topic: string, within: string): boolean {
  return topic === within || topic.startsWith(`${within}/`);
}

/** Topics of others that lie where the bridge publishes itself: it would listen to itself. */
function topicConflicts({ values, zones, aliases, place }: Judged, report: Report): void {
  const base = values['mqtt.base_topic'];
  const prefix = values['homeassistant.prefix'];
  if (lies(base, prefix) || lies(prefix, base))
    report.problem(
      place('mqtt.base_topic'),
      `"${base}" and homeassistant.prefix "${prefix}" lie within each other`,
      'use x10',
    );
  const sensors = new Map(aliases.map(({ settings }) => [settings.topic, settings.alias]));
  const check = (topic: string, at: Place, hint: string): void => {
    if (!lies(topic, base) || topic === base) return;
    const rest = topic.slice(base.length + 1);
    const alias = sensors.get(parentOf(rest) ?? '');
    const problem = 'is a topic of the bridge itself';
    if (isReserved(rest)) report.problem(at, problem, hint);
    else if (alias !== undefined)
      report.problem(
        at,
        problem,
        `the alias ${alias} publishes there: ${hint}, or give the alias another topic`,
        { aliases: [alias], key: 'topic' },
      );
  };
  check(values['homeassistant.birth_topic'], place('homeassistant.birth_topic'), "use Home Assistant's");
  for (const { settings, at } of zones) {
    const { stateTopic, commands } = settings;
    if (stateTopic === undefined) continue;
    check(
      stateTopic,
      at('state_topic'),
      'remove it to let the bridge keep the zone, or name the topic of the other program',
    );
    if (commands?.topic === stateTopic)
      report.problem(at('command_topic'), 'is the state_topic of the zone', 'name the topic of its commands');
    else if (commands !== undefined)
      check(commands.topic, at('command_topic'), 'name the topic of the other program');
  }
}

/** Whether something of a sensor can be an alert: what it is for, or tampering with it. */
function canAlert({ type, model, ignore }: SensorSettings): boolean {
  return !ignore && (isAlarmType(type) || (model.hasTamper && type !== 'remote'));
}

const hasPanicKey = (sensor: SensorSettings): boolean => eventTypesOf(sensor).includes('panic');

/** Why a key is of no use that says when a sensor is an alert while its zone is armed. */
function unlessArmed(sensor: SensorSettings): string | undefined {
  if (!canAlert(sensor)) return withType(sensor);
  const guard = guardOf(sensor, isAlarmType(sensor.type) ? sensor.type : 'tamper');
  if (guard === 'armed') return sensor.zone === undefined ? 'has no effect without a zone' : undefined;
  const why = guard === 'off' ? 'is never an alert' : 'is an alert at once, in every state of its zone';
  return `has no effect: it ${why} (guard: ${guard})`;
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
      ? `has no effect: a ${sensor.model.name} never reports that a motion is over`
      : unlessMotion(sensor),
  cooldown: unlessMotion,
  min_on: unlessMotion,
  modes: unlessArmed,
  entry: unlessArmed,
  guard: (sensor) => (canAlert(sensor) || hasPanicKey(sensor) ? undefined : withType(sensor)),
  silent_after: ifOperated,
};

/** Settings without effect. An ignored sensor is put aside as a whole: what is written of it waits. */
function withoutEffect({ aliases, zones }: Judged, report: Report): void {
  for (const alias of aliases) {
    if (alias.settings.ignore) continue;
    for (const [key, rule] of Object.entries(RULES)) {
      const problem = alias.lines.has(key) ? rule(alias.settings) : undefined;
      if (problem === undefined) continue;
      const hint = problem.endsWith('a zone')
        ? 'add zone, or remove it'
        : 'remove it, or correct type or model';
      report.ignore(alias.at(key), problem, hint, { aliases: [alias.settings.alias], key });
    }
  }
  for (const zone of zones) {
    const { armedValues, disarmedValues } = zone.settings;
    const disarmed = new Set(disarmedValues.map(normalise));
    for (const word of armedValues.filter((each) => disarmed.has(normalise(each))))
      report.ignore(
        zone.at('armed_values'),
        `"${word}" means disarmed, too, and that counts`,
        'remove it from one of them',
      );
  }
}

/** One number alone is not a place. */
function halfLocation({ values, place }: Judged, report: Report): void {
  const keys = ['location.latitude', 'location.longitude'] as const;
  const [given] = keys.filter((key) => values[key] !== undefined);
  const [missing] = keys.filter((key) => values[key] === undefined);
  if (given !== undefined && missing !== undefined)
    report.ignore(
      place(given),
      `without ${missing} it says nothing of where the house is`,
      `add ${missing}, or remove it`,
    );
}

/** Keyfobs that drive zones must be remotes of the alias file that arm and disarm. */
function judgeKeyfobs({ zones, aliases }: Judged, report: Report): void {
  const byAlias = new Map(aliases.map((alias) => [alias.settings.alias, alias]));
  const fobs = aliases
    .filter((alias) => isRemote(alias) && whyIdle(alias) === undefined)
    .map(({ settings }) => settings.alias);
  for (const zone of zones) {
    const place = zone.at('keyfobs');
    for (const keyfob of zone.settings.keyfobs) {
      const about = { aliases: [keyfob], key: 'model' };
      const alias = byAlias.get(keyfob);
      const idle = alias && whyIdle(alias);
      if (alias === undefined) {
        const hint =
          nearestHint(keyfob, fobs) ??
          `a keyfob of the zone ${zone.settings.zone} must be named there as in the alias file`;
        report.problem(place, `there is no alias "${keyfob}"`, hint, about);
      } else if (!isRemote(alias))
        report.problem(place, `"${keyfob}" is not a remote`, 'name keyfobs such as a KR10A only', about);
      else if (idle !== undefined)
        report.ignore(
          place,
          `"${keyfob}" ${idle}`,
          'name keyfobs such as a KR10A or KR18, or remove it',
          about,
        );
    }
  }
}

/** What sounds in an alarm must be what heyu may switch. */
function judgeSirens({ values, zones, aliases }: Judged, report: Report): void {
  const byAlias = new Map(aliases.map((alias) => [alias.settings.alias, alias.settings]));
  for (const { settings, at } of zones) {
    const { onAlarm } = settings;
    if (onAlarm === undefined) continue;
    const place = at('on_alarm');
    if (!values['heyu.control'])
      report.problem(
        place,
        'needs heyu.control',
        'set heyu.control: true, so that heyu may be told to switch',
      );
    for (const alias of onAlarm.switchOn) {
      const about = { aliases: [alias], key: 'model' };
      const device = byAlias.get(alias);
      if (device === undefined)
        report.problem(place, `there is no alias "${alias}"`, nearestHint(alias, [...byAlias.keys()]), about);
      else if (!isSwitchable(device))
        report.problem(place, `"${alias}" cannot be switched`, 'name lamps and appliances only', about);
    }
  }
}

const isRemote = ({ settings, ignoredType }: AliasRead): boolean =>
  settings.type === 'remote' || ignoredType === 'remote';

/** Why no key of a remote ever arms or disarms a zone. */
function whyIdle({ settings, ignoredType }: AliasRead): string | undefined {
  if (ignoredType === 'remote') return `is a ${settings.model.name}, which has no keys`;
  if (!eventTypesOf(settings).includes('arm')) return 'has no keys that arm and disarm';
  return settings.ignore ? 'is ignored by the alias file' : undefined;
}

/** Warnings for zones with an entry delay that none of their doors has. */
function entriesWithoutDelay({ zones, aliases }: Judged, report: Report): void {
  for (const { settings, at } of zones) {
    const { kind, entryDelayMs } = settings;
    const hasDelay = ARMED_MODES.some((mode) => delayIn(entryDelayMs, mode) > 0);
    if (kind !== 'owned' || !hasDelay) continue;
    const contacts = aliases.filter(
      ({ settings: sensor }) => sensor.zone === settings.zone && isGuardedContact(sensor),
    );
    if (contacts.length === 0 || contacts.some(isDelayed)) continue;
    const hint = 'set entry: delayed for the door by which you come in';
    report.warn(at('entry_delay'), 'no door of the zone has it: opening one raises the alarm at once', hint);
  }
}

const isGuardedContact = (sensor: SensorSettings): boolean =>
  canAlert(sensor) && mainChannelOf(sensor.type) === 'contact' && unlessArmed(sensor) === undefined;

/** Whether opening it begins an entry delay, with its switch in any position. */
const isDelayed = ({ settings }: AliasRead): boolean =>
  isAlarmType(settings.type) && signalForm(settings, settings.type, undefined).entry === 'delayed';

/** Warnings for values that wait for something which is switched off. */
function waitingValues({ values, origins, place }: Judged, report: Report): void {
  const isWritten = (key: ConfigKey): boolean =>
    ['file', 'environment'].includes(origins.get(key)?.kind ?? 'default');
  if (isWritten('heyu.command') && !values['heyu.control'])
    report.warn(place('heyu.command'), 'has no effect without heyu.control', 'set heyu.control: true');
  if (isWritten('on_alert.timeout') && values['on_alert.command'] === undefined)
    report.warn(place('on_alert.timeout'), 'has no effect without on_alert.command', 'name a program');
  if (isWritten('cron.discovery') && values['homeassistant.discovery'] === 'off')
    report.warn(place('cron.discovery'), 'has no effect: homeassistant.discovery is off', 'remove it');
}
