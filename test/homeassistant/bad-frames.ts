/** Device messages spoilt around their components: root, device, origin, availability. */
import { bad, type Bad } from './spoil.js';

const HALL = 'device/cellar_a3/config';
const BRIDGE = 'device/heyu2mqtt_cellar/config';

/** See `Bad`. */
export const BAD_FRAMES: readonly Bad[] = [
  bad('no JSON at all', HALL, '', '{', /no JSON/),
  bad('a list', HALL, '', '[]', /no JSON object/),
  bad('a key of its own at the root', HALL, '~', 'x10', /key ~ is not allowed/),
  bad('a name at the root', HALL, 'name', 'Hall', /key name is not allowed/),
  bad('no components', HALL, 'components', {}, /components are missing/, 'ours'),
  bad('no device', HALL, 'device', undefined, /device is missing/),
  bad('no origin', HALL, 'origin', undefined, /origin is missing/),
  bad('an origin without a name', HALL, 'origin.name', undefined, /origin: name is missing/),
  bad(
    'a support url that is none',
    HALL,
    'origin.support_url',
    'heyu2mqtt',
    /support_url is not a valid url/,
  ),
  bad('a key of its own in the origin', HALL, 'origin.author', 'x', /key author is not allowed/),
  bad('a key of its own in the device', HALL, 'device.address', 'A3', /key address is not allowed/),
  bad('a device without identifiers', HALL, 'device.identifiers', [], /must have identifiers/),
  bad('a device without a name', HALL, 'device.name', undefined, /device: name is missing/, 'running'),
  bad('a number in the device', HALL, 'device.model', 14, /model must be a text/, 'ours'),
  bad(
    'a bridge that is its own via_device',
    BRIDGE,
    'device.via_device',
    'heyu2mqtt_cellar',
    /its own via_device/,
    'running',
  ),
  bad(
    'a via_device that nobody knows',
    HALL,
    'device.via_device',
    'other',
    /via_device names no device/,
    'ours',
  ),
  bad(
    'a configuration url that is none',
    HALL,
    'device.configuration_url',
    'here',
    /configuration_url is not a valid url/,
  ),
  bad(
    'another identifier twice',
    HALL,
    'device.identifiers',
    ['cellar_d1'],
    /two devices have one identifier/,
    'ours',
  ),
  bad('two kinds of availability', HALL, 'availability_topic', 'x10/bridge/status', /exclude each other/),
  bad('an availability without a topic', HALL, 'availability', [{}], /availability without a topic/),
  bad(
    'a last message that decides between two',
    HALL,
    'availability_mode',
    undefined,
    /mode must be all/,
    'ours',
  ),
  bad('an unknown availability mode', HALL, 'availability_mode', 'both', /availability_mode/),
];
