import { describe, expect, test } from 'vitest';
import { advanceBridge, createBridge } from '../../src/bridge/bridge.js';
import type { BridgeSinks } from '../../src/bridge/core.js';
import { Explainer } from '../../src/bridge/explain.js';
import { rememberedHealth } from '../../src/bridge/health.js';
import { infoOf, summaryOf, unmappedOf } from '../../src/service/reports.js';
import type { Channel } from '../../src/sensor/types.js';
import { Outbox } from '../../src/mqtt/outbox.js';
import type { BridgeTopic, ZoneTopic } from '../../src/mqtt/topics.js';
import { CHANNELS } from '../../src/sensor/types.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';
import { rowsOf, sectionOf, textOf } from './documents.js';

const PAGE = textOf('docs/topics.md');

/** Retained or not. The types make these lists complete. */
type Retained = 'yes' | 'no' | 'never';
const SENSOR_TOPICS = {
  motion: 'yes',
  light: 'yes',
  contact: 'yes',
  smoke: 'yes',
  glass: 'yes',
  water: 'yes',
  battery: 'yes',
  tamper: 'yes',
  silent: 'yes',
  missed_heartbeats: 'yes',
  state: 'yes',
  brightness: 'yes',
  temperature: 'yes',
  temperature_2: 'yes',
  humidity: 'yes',
  pressure: 'yes',
  voltage: 'yes',
  voltage_supply: 'yes',
  potentiometer: 'yes',
  counter: 'yes',
  power: 'yes',
  energy: 'yes',
  current: 'yes',
  weight: 'yes',
  wind_speed: 'yes',
  wind_gust: 'yes',
  wind_direction: 'yes',
  rain_rate: 'yes',
  rain_total: 'yes',
  uv: 'yes',
  setpoint: 'yes',
  attributes: 'yes',
  last_seen: 'yes',
  event: 'no',
  set: 'never',
} as const satisfies Record<Channel, Retained>;

const ZONE_TOPICS = {
  security: 'yes',
  security_attributes: 'yes',
  alarm: 'yes',
  alert: 'no',
  event: 'no',
  last_alert: 'yes',
  available: 'yes',
  state: 'yes',
  set: 'never',
} as const satisfies Record<ZoneTopic, Retained>;

const BRIDGE_TOPICS = {
  status: 'yes',
  source: 'yes',
  problem: 'yes',
  takeover: 'yes',
  last_event: 'yes',
  info: 'yes',
  unmapped: 'yes',
  summary: 'yes',
  alert: 'no',
  last_alert: 'yes',
} as const satisfies Record<BridgeTopic, Retained>;

/** Topic and retained of the first table below a heading. */
function documented(heading: string): Record<string, string> {
  const rows = rowsOf(sectionOf(PAGE, heading)).filter((cells) => cells.length === 3);
  return Object.fromEntries(
    rows.map(([topic = '', , retained = '']) => [topic.replaceAll('`', ''), retained]),
  );
}

describe('docs/topics.md names every topic and whether it is retained', () => {
  test.each([
    ['## Sensors', SENSOR_TOPICS],
    ['## Zones', ZONE_TOPICS],
    ['## The bridge', BRIDGE_TOPICS],
  ] as const)('%s', (heading, topics) => {
    expect(documented(heading)).toEqual(topics);
  });

  test('and the unit of every measured value', () => {
    const rows = rowsOf(sectionOf(PAGE, '## Sensors'));
    for (const [topic, form] of Object.entries(CHANNELS)) {
      if (!('unit' in form)) continue;
      const { unit } = form;
      const payload = rows.find(([name]) => name === `\`${topic}\``)?.[1];
      expect(payload, topic).toBe(unit === '°' ? 'degrees' : unit);
    }
  });
});

/** A house in which everything happens that the page has an example of. */
const SETTINGS = coreSettings({
  zones: [
    zoneSettings('ground'),
    zoneSettings('attic', { kind: 'external', stateTopic: 'alarmo/attic/state' }),
  ],
  sensors: [sensorSettings('A3', 'MS14A', { alias: 'hall_motion', zone: 'ground' })],
});

/** The first published payload of each topic when someone walks through the armed house. */
function published(): ReadonlyMap<string, string> {
  const payloads = new Map<string, string>();
  const scene = { year: 2026, armed: ['ground'], disarmed: [] };
  const explainer = new Explainer(SETTINGS, scene, ({ finding }) => {
    if (finding.kind === 'publish' && !payloads.has(finding.topic))
      payloads.set(finding.topic, finding.payload);
  });
  explainer.line('11/22 19:31:16  rcvi addr unit       3 : hu A3  (hall_motion)', 'log', 1, 0);
  explainer.line('11/22 19:31:16  rcvi func           On : hc A', 'log', 2, 67);
  return payloads;
}

/** What the bridge says of itself. */
function reports(): { readonly info: string; readonly unmapped: string; readonly summary: string } {
  const nothing = (): void => undefined;
  const sinks: BridgeSinks = {
    subscribe: nothing,
    unsubscribe: nothing,
    persist: () => 0,
    note: nothing,
    trouble: nothing,
  };
  const bridge = createBridge(SETTINGS, {}, { at: 0, mono: 0 }, sinks);
  advanceBridge(bridge, { at: 2000, mono: 2000 });
  bridge.core.unmapped['B9'] = { label: null, count: 1, first: 1, last: 1, function: 'On', source: 'rcvi' };
  const seen = {
    startedAt: 0,
    logStatus: 'following',
    session: { present: true, queued: 2, topics: { 'alarmo/attic/state': 2 }, since: 0 },
    bornAt: 0,
    connects: 1,
    fileSwitches: 0,
    alerts: new Map<string, number>(),
  } as const;
  const settings = {
    core: SETTINGS,
    logPath: '/var/log/heyu/heyu.log.ttyS0',
    sessionKind: 'persistent',
    sessionName: 'cellar',
    birthTopic: 'homeassistant/status',
    birthPayload: 'online',
  } as const;
  const parts = { bridge, condition: new Map(), outbox: new Outbox(), seen, settings };
  return {
    info: infoOf(parts, true),
    unmapped: unmappedOf(bridge),
    summary: JSON.stringify(summaryOf(rememberedHealth().counters, {})),
  };
}

/** The members of a JSON text with the kinds of their values; null stands for a value that may be missing. */
function shapeOf(text: string): unknown {
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return 'list';
    if (typeof value !== 'object' || value === null) return 'value';
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member)]));
  };
  return shape(JSON.parse(text));
}

/** The JSON example of a section. */
const exampleOf = (heading: string): string =>
  /```json\n(.*?)```/s.exec(sectionOf(PAGE, heading))?.[1] ?? 'missing';

describe('the examples of docs/topics.md have the members of what is published', () => {
  const seen = published();
  const said = reports();

  test.each([
    ['### `event`', seen.get('x10/hall_motion/event')],
    ['### `alert`', seen.get('x10/zone/ground/alert')],
    ['### `last_alert`', seen.get('x10/zone/ground/last_alert')],
    ['### `security_attributes`', seen.get('x10/zone/ground/security_attributes')],
    ['### `info`', said.info],
    ['### `unmapped`', said.unmapped],
    ['### `summary`', said.summary],
  ])('%s', (heading, payload) => {
    expect(shapeOf(exampleOf(heading))).toEqual(shapeOf(payload ?? 'nothing was published'));
  });
});
