/** The metrics of a house, read by the rules of Prometheus' text format and of OpenMetrics. */

import { describe, expect, it } from 'vitest';
import {
  metricsFormat,
  metricsText,
  type MetricsFormat,
  type ProcessFigures,
} from '../../src/web/metrics.js';
import { beginLives, type Lives } from '../service/lives.js';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

const CORE = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { alias: 'hall', name: 'The "hall"\n\\', zone: 'ground', holdMs: 60_000 }),
    sensorSettings('A9', 'MS14A', { alias: 'neighbour', ignore: true }),
  ],
  zones: [zoneSettings('ground', { kind: 'owned' })],
});

const OWN: ProcessFigures = {
  node: 'v24.1.0',
  residentBytes: 60_000_000,
  cpuSeconds: 1.5,
  openFiles: 20,
  lagBytes: 0,
  page: { streams: 1, dropped: 0, errors: 0 },
};

type Read = { readonly types: ReadonlyMap<string, string>; readonly samples: ReadonlyMap<string, number> };

const SAMPLE = /^([a-z_0-9]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (-?[\d.e+]+)$/;

/** Reads a text strictly; what is not allowed is an error. */
function read(text: string, format: MetricsFormat): Read {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  if (format === 'openmetrics') expect(lines.pop()).toBe('# EOF');
  let family = '';
  for (const line of lines) {
    const [, kind, name = '', said = ''] = /^# (HELP|TYPE|UNIT) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      expect(types.has(name), `${name} twice`).toBe(false);
      family = name;
    } else if (kind === 'TYPE') types.set(name, said);
    else if (kind === 'UNIT') expect(name.endsWith(`_${said}`)).toBe(true);
    else {
      const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      expect(sample, line).not.toBe('');
      const type = types.get(family);
      const ending = sample.slice(family.length);
      const allowed =
        type === 'summary'
          ? ['_sum', '_count']
          : type === 'counter' && format === 'openmetrics'
            ? ['_total']
            : [''];
      expect(sample.startsWith(family) && allowed.includes(ending), line).toBe(true);
      if (type === 'counter') expect(sample.endsWith('_total')).toBe(true);
      expect(samples.has(sample + labels), `${line} twice`).toBe(false);
      samples.set(sample + labels, Number(value));
    }
  }
  return { types, samples };
}

async function house(): Promise<Lives> {
  const lives = await beginLives(CORE);
  await lives.settle();
  await lives.passAcknowledged(5000);
  return lives;
}

const metrics = (lives: Lives, format: MetricsFormat = 'text'): Read =>
  read(metricsText(lives.service().figures(), OWN, format), format);

describe('metrics', () => {
  it('are valid in both formats, and the same', async () => {
    const lives = await house();
    await lives.hear(...pair('rcvi', 'A1', 'On'), ...pair('rcvi', 'B7', 'On'));
    const [text, open] = [metrics(lives), metrics(lives, 'openmetrics')];
    expect([...open.samples]).toEqual([...text.samples]);
    expect([...text.types.keys()].every((name) => /^(heyu2mqtt|process)_[a-z_]+$/.test(name))).toBe(true);
  });

  it('count what a sensor does', async () => {
    const lives = await house();
    await lives.hear(...pair('rcvi', 'A1', 'On'));
    await lives.passAcknowledged(20_000);
    const during = metrics(lives).samples;
    expect(during.get('heyu2mqtt_sensor_state{alias="hall",channel="motion"}')).toBe(1);
    expect(during.get('heyu2mqtt_sensor_motion_seconds_total{alias="hall"}')).toBeCloseTo(20, 0);
    await lives.hear(...pair('rcvi', 'A1', 'Off'));
    await lives.hear(...pair('rcvi', 'A1', 'On'));
    await lives.passAcknowledged(90_000);
    const { samples } = metrics(lives);
    expect(samples.get('heyu2mqtt_sensor_motions_total{alias="hall"}')).toBe(2);
    expect(samples.get('heyu2mqtt_sensor_signals_total{alias="hall"}')).toBe(3);
    expect(samples.get('heyu2mqtt_sensor_off_missed_total{alias="hall"}')).toBe(1);
    expect(samples.get('heyu2mqtt_sensor_state{alias="hall",channel="motion"}')).toBe(0);
    expect(samples.get('heyu2mqtt_publish_latency_seconds_count')).toBeGreaterThanOrEqual(4);
    expect(samples.get('heyu2mqtt_messages_published_total{kind="event"}')).toBeGreaterThanOrEqual(4);
    expect(samples.get('heyu2mqtt_lines_read_total')).toBe(6);
  });

  it('count alerts of a zone, and say how it stands', async () => {
    const lives = await house();
    expect(metrics(lives).samples.get('heyu2mqtt_zone_state{zone="ground",state="disarmed"}')).toBe(1);
    await lives.service().commandZone('ground', { kind: 'arm', mode: 'away' });
    await lives.hear(...pair('rcvi', 'A1', 'On'));
    await lives.passAcknowledged(60_000);
    const { samples } = metrics(lives);
    expect(samples.get('heyu2mqtt_zone_alerts_total{zone="ground"}')).toBe(1);
    expect(samples.get('heyu2mqtt_zone_known{zone="ground"}')).toBe(1);
    const states = [...samples].filter(([name]) => name.startsWith('heyu2mqtt_zone_state{'));
    expect(states.reduce((sum, [, value]) => sum + value, 0)).toBe(1);
  });

  it('say what is wrong, and count connects', async () => {
    const lives = await house();
    lives.service().concerned('page', 'in use');
    await lives.disconnect();
    await lives.connect(true);
    const { samples } = metrics(lives);
    expect(samples.get('heyu2mqtt_problem{reason="page"}')).toBe(1);
    expect(samples.get('heyu2mqtt_problem{reason="disk"}')).toBe(0);
    expect(samples.get('heyu2mqtt_broker_connects_total')).toBe(2);
    expect(samples.get('heyu2mqtt_source_up')).toBe(1);
  });

  it('have no labels of strangers, and nothing that breaks a line', async () => {
    const lives = await house();
    const before = metrics(lives).samples.size;
    for (let unit = 1; unit <= 16; unit += 1) await lives.hear(...pair('rcvi', `P${unit}`, 'On'));
    const { samples } = metrics(lives);
    expect(samples.size).toBeLessThanOrEqual(before + 1);
    expect(samples.get('heyu2mqtt_unmapped_signals_total')).toBe(16);
    const info = [...samples.keys()].filter((name) => name.startsWith('heyu2mqtt_sensor_info'));
    expect(info).toEqual([
      String.raw`heyu2mqtt_sensor_info{alias="hall",name="The \"hall\"\n\\",model="MS14A",zone="ground",area=""}`,
    ]);
  });
});

it.each([
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/plain', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  [
    'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  ['text/plain;q=0.9, application/openmetrics-text;q=0.3', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/vnd.google.protobuf', 'text'],
] as const)('answers Accept %s with %s', (accept, format) => {
  expect(metricsFormat(accept)).toBe(format);
});
