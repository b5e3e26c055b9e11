/**
 * Settings that have no effect where they stand. Whoever writes one believes in it: an alert that is set up so never
 * comes. They are left aside and reported, and neither commands nor a reload make new ones.
 */
import { isAlarmType } from '../sensor/channels.js';
import type { SensorSettings, SensorType } from '../sensor/settings.js';
import { normalise } from '../security/payload.js';
import type { AliasValues } from './alias-keys.js';
import type { AliasRead } from './aliases.js';
import type { ConfigKey, ConfigValues } from './config-keys.js';
import type { PlaceOf } from './credentials.js';
import { problemAt, type Problem } from './problem.js';
import type { Origins } from './origins.js';
import { dotted } from './read-keys.js';
import type { ZoneRead } from './zones.js';

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
