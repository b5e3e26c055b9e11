/** Settings for tests: sensible defaults, and what the test is about. */

import type { Address } from '../../src/x10/address.js';
import { modelNamed, UNNAMED_MODEL } from '../../src/x10/models.js';
import { HOUSE_SOURCES } from '../../src/heyu/sources.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { ownedZone, type ZoneSettings } from '../../src/security/zone.js';
import type { CoreSettings } from '../../src/core-settings.js';

/** A sensor at an address; its alias is "s_" and the address. */
export function sensorSettings(
  address: Address,
  model: string,
  more: Partial<SensorSettings> = {},
): SensorSettings {
  const row = modelNamed(model) ?? UNNAMED_MODEL;
  const alias = more.alias ?? `s_${address.toLowerCase()}`;
  return {
    alias,
    id: address.toLowerCase(),
    address,
    moreUnits: [],
    dusk: undefined,
    model: row,
    type: 'motion',
    name: alias,
    area: undefined,
    topic: alias,
    zone: undefined,
    holdMs: row.holdMs,
    off: row.off,
    cooldownMs: 0,
    minOnMs: 0,
    sources: new Set(HOUSE_SOURCES),
    modes: undefined,
    guard: undefined,
    entry: 'auto',
    silentMs: 0,
    countsHeartbeats: false,
    heedsInactive: false,
    ignore: false,
    ...more,
  };
}

/** An owned zone without delays. */
export function zoneSettings(zone: string, more: Partial<ZoneSettings> = {}): ZoneSettings {
  return {
    ...ownedZone(zone),
    ...more,
  };
}

/** The core's settings: no sensors, no zones, UTC. */
export function coreSettings(more: Partial<CoreSettings> = {}): CoreSettings {
  return {
    baseTopic: 'x10',
    bridgeId: 'cellar',
    sensors: [],
    zones: [],
    homeassistant: { discovery: 'device', prefix: 'homeassistant' },
    stamp: { order: 'YMD', timeZone: 'UTC' },
    scales: {},
    replayMaxAgeMs: 24 * 3_600_000,
    addressExpiryMs: 4000,
    quietAfterMs: 0,
    control: false,
    version: '0.0.0',
    ...more,
  };
}
