/** A house for tests: settings as the configuration would make them, and one example of each kind of device. */
import { TYPE_OF_KIND } from '../../src/sensor/types.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import type { CoreSettings } from '../../src/core-settings.js';
import { addressAt, nextUnit } from '../../src/x10/address.js';
import { modelNamed, MODELS, UNNAMED_MODEL } from '../../src/x10/models.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

/** Settings of a sensor; what is not said has its default. */
export function sensorOf(
  model: string | undefined,
  settings: Pick<SensorSettings, 'alias' | 'address' | 'type'> & Partial<SensorSettings>,
): SensorSettings {
  const known = model === undefined ? UNNAMED_MODEL : modelNamed(model);
  if (known === undefined) throw new Error(`no model ${model ?? ''}`);
  return sensorSettings(settings.address, known.name, {
    silentMs: known.silentMs,
    countsHeartbeats: known.heartbeatMs > 0,
    heedsInactive: known.isWatchedByHeyu && settings.silentMs !== 0,
    ...settings,
  });
}

/** Settings of a zone; what is not said has its default. */
export function zoneOf(settings: Pick<ZoneSettings, 'zone' | 'name'> & Partial<ZoneSettings>): ZoneSettings {
  return zoneSettings(settings.zone, settings);
}

/** Settings of the core; what is not said has its default. */
export function coreOf(settings: Partial<CoreSettings> = {}): CoreSettings {
  const stamp = { order: 'YMD', timeZone: 'Europe/Berlin' } as const;
  return coreSettings({ stamp, version: '1.2.3', ...settings });
}

/** The same in the other form of discovery. */
export function inForm(core: CoreSettings, discovery: 'device' | 'entity' | 'off'): CoreSettings {
  return { ...core, homeassistant: { ...core.homeassistant, discovery } };
}

/** One device: golden file name, what it is made of, and the end of its id in the discovery topic. */
export type Example = { readonly file: string; readonly core: CoreSettings; readonly objectId: string };

const sensor = (
  file: string,
  model: string | undefined,
  settings: Parameters<typeof sensorOf>[1],
  core: Partial<CoreSettings> = {},
): Example => ({
  file,
  core: coreOf({ sensors: [sensorOf(model, settings)], ...core }),
  objectId: `cellar_${settings.address.toLowerCase()}`,
});

const zone = (file: string, settings: Parameters<typeof zoneOf>[0]): Example => ({
  file,
  core: coreOf({ zones: [zoneOf(settings)] }),
  objectId: `cellar_zone_${settings.zone}`,
});

/** Each kind of device once, in the order in which a house would tell them: bridge, zones, sensors. */
export const EXAMPLES: readonly Example[] = [
  { file: 'bridge', core: coreOf(), objectId: 'heyu2mqtt_cellar' },
  sensor(
    'linked-to-the-page',
    'MS14A',
    { alias: 'larder', address: 'P9', type: 'motion', name: 'Larder' },
    { homeassistant: { discovery: 'device', prefix: 'homeassistant', pageUrl: 'https://home.example/x10/' } },
  ),
  zone('zone-external', {
    zone: 'ground',
    name: 'Ground floor',
    kind: 'external',
    stateTopic: 'alarmo/state',
  }),
  zone('zone-of-alarmo', {
    zone: 'shed',
    name: 'Shed',
    kind: 'external',
    stateTopic: 'alarmo/shed/state',
    commands: { topic: 'alarmo/command', area: 'shed' },
    modes: ['away', 'night'],
  }),
  zone('zone-owned-switch', { zone: 'attic', name: 'Attic' }),
  zone('zone-owned-panel', { zone: 'garden', name: 'Garden', panel: 'alarm_control_panel' }),
  zone('zone-codes', {
    zone: 'barn',
    name: 'Barn',
    area: 'Barn',
    panel: 'alarm_control_panel',
    modes: ['away', 'home'],
    hasCodes: true,
  }),
  zone('zone-master', {
    zone: 'house',
    name: 'House',
    kind: 'master',
    members: ['attic', 'garden'],
    panel: 'alarm_control_panel',
  }),
  sensor('ms14a-with-dusk', 'MS14A', {
    alias: 'hall_motion',
    address: 'A3',
    type: 'motion',
    name: 'Hall',
    area: 'Hall',
    topic: 'hall',
    zone: 'ground',
    dusk: 'A4',
  }),
  sensor('ms14a', 'MS14A', { alias: 'stairs_motion', address: 'A5', type: 'motion', name: 'Stairs' }),
  sensor('motion-without-model', undefined, {
    alias: 'shed',
    address: 'P16',
    type: 'motion',
    name: 'Gerätehütte',
    topic: 'garten/gerätehütte',
  }),
  sensor('ms10a', 'MS10A', { alias: 'cellar', address: 'C1', type: 'motion', name: 'Cellar' }),
  sensor('dm10', 'DM10', { alias: 'porch', address: 'C2', type: 'motion', name: 'Porch' }),
  sensor('ds10a-door', 'DS10A', { alias: 'front_door', address: 'C3', type: 'door', name: 'Front door' }),
  sensor('ds10a-window', 'DS10A', { alias: 'bath', address: 'C4', type: 'window', name: 'Bathroom window' }),
  sensor(
    'ds10a-in-owned-zone',
    'DS10A',
    { alias: 'back_door', address: 'C11', type: 'door', name: 'Back door', zone: 'yard' },
    { zones: [zoneOf({ zone: 'yard', name: 'Yard' })] },
  ),
  sensor('ds10a-garage', 'DS10A', { alias: 'garage', address: 'C5', type: 'garage', name: 'Garage' }),
  sensor('ds90', 'DS90', { alias: 'terrace', address: 'C6', type: 'opening', name: 'Terrace' }),
  sensor('sd90', 'SD90', { alias: 'kitchen', address: 'C7', type: 'smoke', name: 'Kitchen smoke alarm' }),
  sensor('gb10', 'GB10', { alias: 'pane', address: 'C8', type: 'glass', name: 'Living room pane' }),
  sensor(
    'gb10-2026-10',
    'GB10',
    { alias: 'door_pane', address: 'C10', type: 'glass', name: 'Terrace door pane' },
    { homeassistant: { discovery: 'device', prefix: 'homeassistant', release: [2026, 10] } },
  ),
  sensor('wd210', 'EH-WD210', { alias: 'washing', address: 'C9', type: 'water', name: 'Washing machine' }),
  sensor('light-sensor', 'MS13A', { alias: 'dusk', address: 'B2', type: 'light_sensor', name: 'Dusk' }),
  sensor('kr10a', 'KR10A', { alias: 'keyfob', address: 'D1', type: 'remote', name: 'Keyfob' }),
  sensor('kr15a', 'KR15A', { alias: 'panic', address: 'D2', type: 'remote', name: 'Panic button' }),
  sensor('kr18', 'KR18', { alias: 'keyfob_4', address: 'D3', type: 'remote', name: 'Four keys' }),
  sensor('palmpad-keys', 'PALMPAD', {
    alias: 'desk_pad',
    address: 'M1',
    moreUnits: ['M2', 'M5'],
    type: 'remote',
    name: 'Desk pad',
  }),
  sensor('palmpad', 'PALMPAD', { alias: 'palmpad', address: 'D4', type: 'remote', name: 'Palm pad' }),
  sensor('ur81a', 'UR81A', { alias: 'tv', address: 'D5', type: 'remote', name: 'TV remote' }),
  sensor('stdlm', 'StdLM', { alias: 'lamp', address: 'E1', type: 'light', name: 'Floor lamp' }),
  sensor(
    'stdlm-control',
    'StdLM',
    { alias: 'desk', address: 'E2', type: 'light', name: 'Desk lamp' },
    { control: true },
  ),
  sensor(
    'ws13a-control',
    'WS13A',
    { alias: 'wall', address: 'E3', type: 'light', name: 'Wall switch' },
    { control: true },
  ),
  sensor('stdam', 'StdAM', { alias: 'fan', address: 'E4', type: 'appliance', name: 'Fan' }),
  sensor(
    'stdam-control',
    'StdAM',
    { alias: 'radio', address: 'E5', type: 'appliance', name: 'Radio' },
    { control: true },
  ),
  sensor('rfxsensor', 'RFXSENSOR', { alias: 'freezer', address: 'L9', type: 'reading', name: 'Freezer' }),
  sensor('rfxmeter', 'RFXWATER', { alias: 'water', address: 'L10', type: 'reading', name: 'Water meter' }),
  sensor('ore-th1', 'ORE_TH1', { alias: 'garden_air', address: 'L1', type: 'reading', name: 'Garden air' }),
  sensor('ore-thb1', 'ORE_THB1', { alias: 'study', address: 'L2', type: 'reading', name: 'Study' }),
  sensor('ore-wind1', 'ORE_WIND1', { alias: 'wind', address: 'L3', type: 'reading', name: 'Anemometer' }),
  sensor('ore-rain1', 'ORE_RAIN1', { alias: 'gauge', address: 'L4', type: 'reading', name: 'Rain gauge' }),
  sensor('ore-uv1', 'ORE_UV1', { alias: 'sun', address: 'L5', type: 'reading', name: 'Sun' }),
  sensor('ore-wgt1', 'ORE_WGT1', { alias: 'scales', address: 'L6', type: 'reading', name: 'Scales' }),
  sensor('els-cm113', 'ELS_CM113', { alias: 'mains', address: 'L7', type: 'reading', name: 'Mains' }),
  sensor('owl', 'OWL_ELEC2', { alias: 'owl', address: 'L8', type: 'reading', name: 'Owl' }),
  sensor('digimax', 'DIGIMAX', { alias: 'heating', address: 'L11', type: 'reading', name: 'Heating' }),
];

/** A sensor of every model, with a dusk unit where it tells of darkness in that way. */
const EVERY_MODEL: readonly SensorSettings[] = MODELS.map(({ name, kind, dusk }, index) => {
  const address = addressAt(index);
  return sensorOf(name, {
    alias: `module_${index}`,
    address,
    type: TYPE_OF_KIND[kind],
    name,
    dusk: dusk === 'next_unit' ? nextUnit(address) : undefined,
  });
});

/** Houses with a sensor of every model, whose lamps may be switched or not. */
export const MODEL_HOUSES: readonly CoreSettings[] = [true, false].map((control) =>
  coreOf({ control, sensors: EVERY_MODEL }),
);

/** All examples in one house. Lamps and appliances that are only read are in it as the setting `control` has them. */
export const HOUSE: CoreSettings = coreOf({
  control: true,
  zones: EXAMPLES.flatMap(({ core }) => core.zones),
  sensors: EXAMPLES.flatMap(({ core }) => core.sensors),
});
