/**
 * Discovery messages spoilt on purpose, and why each must be refused: by Home Assistant, or by us where we are
 * stricter. Data: the path of what is spoilt within a good payload, and what is put there instead.
 */
import { BAD_COMPONENTS } from './bad-components.js';
import { BAD_FRAMES } from './bad-frames.js';
import { bad, type Bad } from './spoil.js';

/** In messages of whole devices. */
export const BAD_DEVICES: readonly Bad[] = [...BAD_FRAMES, ...BAD_COMPONENTS];

/** In messages of single components. */
export const BAD_ENTITIES: readonly Bad[] = [
  bad(
    'a device key that old releases reject',
    'binary_sensor/cellar_a3/motion/config',
    'device.serial_number',
    'A3',
    /serial_number is rejected/,
    'ours',
  ),
  bad(
    'a platform beside the topic',
    'binary_sensor/cellar_a3/motion/config',
    'platform',
    'mqtt',
    /key platform is not allowed/,
    'ours',
  ),
  bad(
    'a device that differs from that of its other entities',
    'binary_sensor/cellar_a3/motion/config',
    'device.name',
    'Else',
    /two devices have one identifier/,
    'ours',
  ),
  bad(
    'an availability on a trigger',
    'device_automation/cellar_d1/trigger_arm/config',
    'availability_topic',
    'x10/bridge/status',
    /key availability_topic is not allowed/,
    'ours',
  ),
  bad('no origin', 'binary_sensor/cellar_a3/motion/config', 'origin', undefined, /origin is missing/, 'ours'),
];
