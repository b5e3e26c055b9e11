/**
 * The discovery messages, which make our devices appear in Home Assistant. Retained, QoS 1, sent at our start and again
 * at Home Assistant's birth. In the form `device` (Home Assistant 2024.12 or later) one message per device; in the form
 * `entity` one per component, for older releases.
 */
import type { CoreSettings } from '../core-settings.js';
import { bridgeDevice } from './bridge-device.js';
import { originOf, type Component, type DiscoveryDevice, type Keys, type Platform } from './device.js';
import { sensorDevice } from './sensor-device.js';
import { zoneDevice } from './zone-device.js';

/** One retained message below the discovery prefix. */
export type DiscoveryMessage = {
  readonly topic: string;
  readonly payload: string;
  /** The device that it belongs to: the bridge, a zone or a sensor. */
  readonly objectId: string;
  /** Component keys and their platforms that this message brings. */
  readonly components: Readonly<Record<string, Platform>>;
};

/** Shared by the components of a device that do not bring their own. */
function sharedKeys(device: DiscoveryDevice): Keys {
  if (device.availabilityTopics.length === 0) return {};
  return {
    availability: device.availabilityTopics.map((topic) => ({ topic })),
    availability_mode: 'all',
  };
}

/**
 * Home Assistant subscribes with QoS 0 unless told otherwise, which would downgrade our QoS 1 on delivery. Said
 * in each component: releases of 2024 and 2025 accept `qos` beside `components`, but do not pass it on.
 */
const withQos = (component: Component): Component => ({ ...component, qos: 1 });

/** Where the message of a whole device goes. */
export function deviceTopic(prefix: string, objectId: string): string {
  return `${prefix}/device/${objectId}/config`;
}

/**
 * Where the message of one component goes. The device's id is the node id and the component's key the object
 * id, because Home Assistant only then takes a component to be the same in both forms and can migrate it.
 */
export function entityTopic(prefix: string, platform: Platform, objectId: string, key: string): string {
  return `${prefix}/${platform}/${objectId}/${key}/config`;
}

function deviceMessage(core: CoreSettings, device: DiscoveryDevice): DiscoveryMessage {
  return {
    topic: deviceTopic(core.homeassistant.prefix, device.objectId),
    payload: JSON.stringify({
      device: { ...device.device, ...device.newerDeviceKeys },
      origin: originOf(core),
      ...sharedKeys(device),
      components: Object.fromEntries(
        Object.entries(device.components).map(([key, component]) => [key, withQos(component)]),
      ),
    }),
    objectId: device.objectId,
    components: Object.fromEntries(
      Object.entries(device.components).map(([key, { platform }]) => [key, platform]),
    ),
  };
}

/** A component by itself carries what the device message shares. Triggers know no availability. */
function entityPayload(core: CoreSettings, device: DiscoveryDevice, component: Component): string {
  const { platform, ...keys } = withQos(component);
  return JSON.stringify({
    device: device.device,
    origin: originOf(core),
    ...(platform === 'device_automation' ? {} : sharedKeys(device)),
    ...keys,
  });
}

function entityMessages(core: CoreSettings, device: DiscoveryDevice): readonly DiscoveryMessage[] {
  return Object.entries(device.components).map(([key, component]) => ({
    topic: entityTopic(core.homeassistant.prefix, component.platform, device.objectId, key),
    payload: entityPayload(core, device, component),
    objectId: device.objectId,
    components: { [key]: component.platform },
  }));
}

/** All devices: the bridge first, because the others name it as their `via_device`; then zones, then sensors. */
export function discoveryDevices(core: CoreSettings): readonly DiscoveryDevice[] {
  return [
    bridgeDevice(core),
    ...core.zones.map((zone) => zoneDevice(core, zone)),
    ...core.sensors.flatMap((sensor) => sensorDevice(core, sensor) ?? []),
  ];
}

/** Every discovery message, in the order in which they are to be published; none when discovery is off. */
export function discoveryMessages(core: CoreSettings): readonly DiscoveryMessage[] {
  switch (core.homeassistant.discovery) {
    case 'off':
      return [];
    case 'device':
      return discoveryDevices(core).map((device) => deviceMessage(core, device));
    case 'entity':
      return discoveryDevices(core).flatMap((device) => entityMessages(core, device));
  }
}
