/**
 * The device of one zone: its security state (can be switched if the bridge keeps it, read only if another program
 * does), the alarm until it is disarmed, the last alert, and the alerts one by one.
 */
import { zoneTopic, type ZoneTopic } from '../mqtt/topics.js';
import { ZONE_EVENTS } from '../security/readiness.js';
import { ALERT_EVENTS } from '../security/security.js';
import type { ZoneSettings } from '../security/zone.js';
import { SECURITY_STATES } from '../security/vocabulary.js';
import type { CoreSettings } from '../core-settings.js';
import {
  bridgeObjectId,
  pageLink,
  entity,
  statusTopic,
  zoneObjectId,
  type Component,
  type EntityOwner,
  type DiscoveryDevice,
  type Keys,
  type Platform,
} from './device.js';

/**
 * Armed or not, for a switch and a binary sensor. While the exit delay runs (`arming`) it says ON, or the switch
 * would jump back under the finger.
 */
const ARMED_TEMPLATE = "{{ 'OFF' if value == 'disarmed' else 'None' if value == 'None' else 'ON' }}";

/** The state and its attributes come in one message, so that they always fit. */
const STATE_TEMPLATE = "{{ value_json.state or 'None' }}";

/**
 * What has happened, and when it was told: another text for each alert, so that any trigger on the state sees each of
 * them. A state of Home Assistant holds 255 characters.
 */
const LAST_ALERT_TEMPLATE =
  "{{ value_json.text[:200] }}, {{ (value_json.raised / 1000) | timestamp_custom('%Y-%m-%d %H:%M:%S') }}" +
  ".{{ '%03d' | format(value_json.raised % 1000) }}";

/** The panel of a zone with codes shows a pad. Home Assistant passes on what was typed, and checks nothing. */
const CODE_PAD = {
  code: 'REMOTE_CODE',
  command_template: '{"action": "{{ action }}", "code": {{ code | to_json }}}',
  code_disarm_required: true,
};

/**
 * A zone that Alarmo keeps has a pad, too: Alarmo says whether a code is needed. Without an area a command is for all of
 * them; Alarmo decides what is open may be left open (custom_components/alarmo/mqtt.py).
 */
function alarmoCommands({ topic, area }: NonNullable<ZoneSettings['commands']>): Keys {
  const place = area === undefined ? '' : ` "area": "${area}",`;
  return {
    command_topic: topic,
    code: 'REMOTE_CODE',
    command_template: `{"command": "{{ action | lower }}", "code": {{ code | to_json }},${place} "bypass_open_sensors": false}`,
    code_disarm_required: false,
  };
}

const MODELS: Readonly<Record<ZoneSettings['kind'], string>> = {
  external: 'Security zone (state of another program)',
  owned: 'Security zone',
  master: 'Security zones together',
};

/** The last alert, which stays, and alerts one by one. */
export function alertEntities(
  owner: EntityOwner,
  lastAlert: string,
  alert: string,
): Readonly<Record<string, Component>> {
  return {
    last_alert: entity(owner, 'sensor', 'last_alert', 'last_alert', {
      name: 'Last alert',
      icon: 'mdi:alert-circle',
      state_topic: lastAlert,
      value_template: LAST_ALERT_TEMPLATE,
      json_attributes_topic: lastAlert,
    }),
    alert: entity(owner, 'event', 'alert', 'alert', {
      name: 'Alert',
      event_types: ALERT_EVENTS,
      icon: 'mdi:alert',
      visible_by_default: false,
      state_topic: alert,
    }),
  };
}

/** A zone as Home Assistant's device. */
export function zoneDevice(core: CoreSettings, zone: ZoneSettings): DiscoveryDevice {
  const objectId = zoneObjectId(core, zone.zone);
  const topic = (name: ZoneTopic): string => zoneTopic(core.baseTopic, zone.zone, name);
  const owner = { objectId, name: zone.zone, fallback: objectId };
  const named = (platform: Platform, key: string, name: string, keys: Keys): Component =>
    entity(owner, platform, key, key, { name, ...keys });

  const stated = { state_topic: topic('security_attributes'), value_template: STATE_TEMPLATE };
  const isCommanded = zone.kind !== 'external';
  // the device's own name
  const { commands } = zone;
  const arms = zone.modes.map((mode) => `arm_${mode}`);
  const panel = entity(owner, 'alarm_control_panel', 'panel', '', {
    name: null,
    ...stated,
    json_attributes_topic: topic('security_attributes'),
    // required; of a zone that another program keeps the bridge obeys nothing there that arms or disarms
    command_topic: topic('set'),
    supported_features: isCommanded ? [...arms, 'trigger'] : commands === undefined ? [] : arms,
    // Without codes, who may publish to the command topic is the broker's decision.
    code_arm_required: false,
    code_trigger_required: false,
    ...(isCommanded && zone.hasCodes ? CODE_PAD : { code_disarm_required: false }),
    ...(commands === undefined ? {} : alarmoCommands(commands)),
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
    ...stated,
    json_attributes_topic: topic('security_attributes'),
  });

  const event = named('event', 'event', 'Event', {
    event_types: ZONE_EVENTS,
    icon: 'mdi:shield-alert-outline',
    visible_by_default: false,
    state_topic: topic('event'),
  });

  // One key per platform, see sensor-device.ts: a zone may change hands.
  const armed: Readonly<Record<string, Component>> = {
    panel,
    ...(!isCommanded
      ? { security, armed_sensor: armedSensor }
      : zone.panel === 'switch'
        ? { armed_switch: armedSwitch, security }
        : {}),
  };

  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: zone.name,
      manufacturer: 'heyu2mqtt',
      model: MODELS[zone.kind],
      via_device: bridgeObjectId(core),
      ...(zone.area === undefined ? {} : { suggested_area: zone.area }),
      ...pageLink(core, `zone/${encodeURIComponent(zone.zone)}`),
    },
    newerDeviceKeys: {},
    // Not the log's: a zone can be armed and disarmed whether or not heyu's log can be read.
    availabilityTopics: [statusTopic(core), topic('available')],
    components: {
      ...armed,
      // No class: `safety` would call a disarmed zone safe, and be offered as a sensor by other alarms.
      alarm: named('binary_sensor', 'alarm', 'Alarm', {
        icon: 'mdi:alarm-light',
        state_topic: topic('alarm'),
      }),
      ...alertEntities(owner, topic('last_alert'), topic('alert')),
      ...(zone.kind === 'master' ? {} : { event }),
    },
  };
}
