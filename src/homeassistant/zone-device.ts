/**
 * The device of one zone: its security state (to be switched, when the bridge owns it; to be read, when another
 * program does), the alarm that stays until it is disarmed, and the alerts one by one.
 */
import { zoneTopic, type ZoneTopic } from '../mqtt/topics.js';
import { ALERT_EVENTS } from '../security/security.js';
import type { ZoneSettings } from '../security/zone.js';
import { SECURITY_STATES } from '../security/vocabulary.js';
import type { CoreSettings } from '../core-settings.js';
import {
  bridgeObjectId,
  entity,
  statusTopic,
  zoneObjectId,
  type Component,
  type DiscoveryDevice,
  type Keys,
  type Platform,
} from './device.js';

/**
 * Armed or not, for a switch and a binary sensor. While the exit delay runs (`arming`) it says ON, or the switch
 * would jump back under the finger.
 */
const ARMED_TEMPLATE = "{{ 'OFF' if value == 'disarmed' else 'None' if value == 'None' else 'ON' }}";

/** The modes that the panel offers: those that Home Assistant's own panel card shows. */
const PANEL_FEATURES = ['arm_home', 'arm_away', 'arm_night', 'arm_vacation'];

const MODELS: Readonly<Record<ZoneSettings['kind'], string>> = {
  external: 'Security zone (state of another program)',
  owned: 'Security zone',
  master: 'Security zones together',
};

/** A zone as Home Assistant's device. */
export function zoneDevice(core: CoreSettings, zone: ZoneSettings): DiscoveryDevice {
  const objectId = zoneObjectId(core, zone.zone);
  const topic = (name: ZoneTopic): string => zoneTopic(core.baseTopic, zone.zone, name);
  const owner = { objectId, name: zone.zone, fallback: objectId };
  const named = (platform: Platform, key: string, name: string, keys: Keys): Component =>
    entity(owner, platform, key, key, { name, ...keys });

  // the device's own name
  const panel = entity(owner, 'alarm_control_panel', 'panel', '', {
    name: null,
    state_topic: topic('security'),
    command_topic: topic('set'),
    supported_features: PANEL_FEATURES,
    // No code is asked for: who may publish to the command topic is the broker's decision.
    code_arm_required: false,
    code_disarm_required: false,
    json_attributes_topic: topic('security_attributes'),
  });
  const armedSwitch = named('switch', 'armed', 'Armed', {
    icon: 'mdi:shield-home',
    state_topic: topic('security'),
    value_template: ARMED_TEMPLATE,
    command_topic: topic('set'),
    // A retained command would come again with each reconnect of the bridge; the bridge refuses those.
    retain: false,
  });
  const armedSensor = named('binary_sensor', 'armed', 'Armed', {
    icon: 'mdi:shield-home',
    state_topic: topic('security'),
    value_template: ARMED_TEMPLATE,
  });
  const security = named('sensor', 'security', 'Security state', {
    device_class: 'enum',
    options: SECURITY_STATES,
    icon: 'mdi:shield-lock',
    state_topic: topic('security'),
    json_attributes_topic: topic('security_attributes'),
  });

  // One key per platform, see sensor-device.ts: a zone may change hands.
  const armed: Readonly<Record<string, Component>> =
    zone.kind === 'external'
      ? { security, armed_sensor: armedSensor }
      : zone.panel === 'alarm_control_panel'
        ? { panel }
        : { armed_switch: armedSwitch, security };

  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: zone.name,
      manufacturer: 'heyu2mqtt',
      model: MODELS[zone.kind],
      via_device: bridgeObjectId(core),
    },
    newerDeviceKeys: {},
    // Not the log's: a zone can be armed and disarmed whether or not heyu's log can be read.
    availabilityTopics: [statusTopic(core)],
    components: {
      ...armed,
      alarm: named('binary_sensor', 'alarm', 'Alarm', {
        device_class: 'safety',
        icon: 'mdi:alarm-light',
        state_topic: topic('alarm'),
      }),
      alert: named('event', 'alert', 'Alert', {
        event_types: ALERT_EVENTS,
        icon: 'mdi:alert',
        state_topic: topic('alert'),
      }),
    },
  };
}
