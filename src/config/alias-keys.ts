/** The keys of an alias in aliases.yaml, and what a model's kind means as a type of sensor. */
import type { ArmedMode, SensorType } from '../sensor/settings.js';
import type { ModelKind } from '../x10/model.js';
import { hold, offPolicy, pause, silence } from './config-keys.js';
import { choice, list, text, yesOrNo } from './form.js';
import { idPart, ownTopic } from './form-mqtt.js';
import { address, model, sources } from './form-x10.js';
import { key, optionalKey, type ValuesOf } from './key.js';

/** Every type of sensor, in a fixed order. */
export const SENSOR_TYPES = [
  'motion',
  'door',
  'window',
  'garage',
  'opening',
  'smoke',
  'glass',
  'water',
  'light_sensor',
  'remote',
  'light',
  'appliance',
  'reading',
] as const satisfies readonly SensorType[];

const MODES = ['away', 'home', 'night', 'vacation', 'custom_bypass'] as const satisfies readonly ArmedMode[];

/** The type of sensor that a model's kind stands for. `other` says nothing: a reading is never an alarm. */
export const TYPE_OF_KIND: Readonly<Record<ModelKind, SensorType>> = {
  motion: 'motion',
  contact: 'door',
  smoke: 'smoke',
  glass: 'glass',
  water: 'water',
  light: 'light_sensor',
  remote: 'remote',
  lamp: 'light',
  appliance: 'appliance',
  reading: 'reading',
  other: 'reading',
};

/** The keys below `aliases.<alias>`. */
export const ALIAS_KEYS = {
  address: optionalKey(address, 'required', 'House code and unit, as heyu writes them.', 'A3'),
  model: optionalKey(
    model,
    'plain X10 motion',
    "heyu's module name. It decides type, channels and times (docs/sensors.md).",
    'MS14A',
  ),
  type: optionalKey(
    choice(SENSOR_TYPES),
    "the model's",
    'What it is in Home Assistant: a contact may be a door, window, garage or opening.',
    'window',
  ),
  name: optionalKey(text('name', 100), 'the alias, made readable', 'Name for people.', 'Hall'),
  area: optionalKey(text('area', 100), 'none', 'Room; suggested to Home Assistant.', 'Hall'),
  zone: optionalKey(idPart, 'none', 'Zone of config.yaml in which it raises alerts.', 'ground'),
  dusk: optionalKey(
    address,
    'none',
    'The unit that says dark (On) and light (Off): with MS13A, MS14A and MS16A the unit after its own.',
    'A4',
  ),
  hold: optionalKey(
    hold,
    '`sensors.hold`',
    'How long after its last sign a motion is taken to last when no Off comes.',
    '5m',
  ),
  topic: optionalKey(ownTopic, 'the alias', 'Its topics lie here, below the base topic.', 'hall'),
  id: optionalKey(
    idPart,
    'the address in lower case',
    'Last part of its unique ids. Write the old one down when the address changes, and its history stays.',
    'a3',
  ),
  off: optionalKey(
    offPolicy,
    '`sensors.off`',
    "`sensor`: the sensor's own Off ends a motion; `hold`: only the end of the hold time does.",
    'hold',
  ),
  cooldown: optionalKey(
    pause,
    '`sensors.cooldown`',
    'After the end of a motion no new one starts for this long.',
    '10s',
  ),
  min_on: optionalKey(
    pause,
    '`sensors.min_on`',
    'A motion stays ON at least this long, whatever the sensor says.',
    '30s',
  ),
  sources: optionalKey(
    sources,
    '`sensors.sources`',
    "Source tags of heyu's log that count for it.",
    '[rcvi, rcva, snda, sndc]',
  ),
  modes: optionalKey(
    list(choice(MODES), 1),
    'all',
    'Ways of being armed in which it raises an alert: a sensor in the living room is for away, not for home.',
    '[away, vacation]',
  ),
  silent_after: optionalKey(
    silence,
    '`sensors.silent_after`',
    'Not heard for this long, it is reported silent; 0 = never.',
    '48h',
  ),
  ignore: key(yesOrNo, false, 'Heard and counted, never published: the sensor of a neighbour.', 'true'),
} as const;

/** Values of an alias's keys. */
export type AliasValues = ValuesOf<typeof ALIAS_KEYS>;
