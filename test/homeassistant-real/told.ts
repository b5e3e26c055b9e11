/** What Home Assistant is told of entities by discovery messages, in the terms of its registries. */

import type { DiscoveryMessage } from '../../src/homeassistant/discovery.js';

export type ToldEntity = {
  readonly uniqueId: string;
  readonly entityId: string;
  /** Null: it bears the name of its device. Told without a name it has that of its class, in Home Assistant's words. */
  readonly name: string | null;
  readonly category: string | null;
  readonly deviceClass: string | null;
  readonly enabled: boolean;
  /** The name of its device. */
  readonly device: string;
};

/** The keys of a discovery payload that come back in the registries. */
type Payload = {
  readonly platform?: string;
  readonly unique_id?: string;
  readonly default_entity_id?: string;
  readonly name?: string | null;
  readonly entity_category?: string;
  readonly device_class?: string;
  readonly enabled_by_default?: boolean;
  readonly device: { readonly name: string };
  readonly components?: Readonly<Record<string, Payload>>;
};

/** `atmospheric_pressure` is "Atmospheric pressure" in English. */
function classNamed(deviceClass = ''): string {
  return `${deviceClass.slice(0, 1).toUpperCase()}${deviceClass.slice(1).replaceAll('_', ' ')}`;
}

/** The entities of discovery messages of both forms; triggers are none. */
export function told(messages: readonly Pick<DiscoveryMessage, 'payload'>[]): readonly ToldEntity[] {
  return messages.flatMap(({ payload }) => {
    const { device, components, ...single } = JSON.parse(payload) as Payload;
    return Object.values(components ?? { single }).flatMap((entity) => {
      if (entity.unique_id === undefined) return [];
      return [
        {
          uniqueId: entity.unique_id,
          entityId: entity.default_entity_id ?? '',
          name: entity.name === undefined ? classNamed(entity.device_class) : entity.name,
          category: entity.entity_category ?? null,
          deviceClass: entity.device_class ?? null,
          enabled: entity.enabled_by_default ?? true,
          device: device.name,
        },
      ];
    });
  });
}
