/** The dashboard and the alert rules name metrics that the service has. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricsText } from '../../src/web/metrics.js';
import { beginLives } from '../service/lives.js';
import { pair } from '../support/house.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

const file = (name: string): string =>
  readFileSync(new URL(`../../config/grafana/${name}`, import.meta.url), 'utf8');

/** What a house serves: by metric, its labels. */
async function servedLabels(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const lives = await beginLives(
    coreSettings({
      sensors: [
        sensorSettings('A1', 'MS14A', { alias: 'hall', zone: 'ground' }),
        sensorSettings('C1', 'DS10A', { alias: 'door', type: 'door', zone: 'ground' }),
      ],
      zones: [zoneSettings('ground', { kind: 'owned' })],
    }),
  );
  await lives.settle();
  await lives.hear(...pair('rcvi', 'A1', 'On'), 'rcva func        Alert : hu C1  swMax LoBat  (door)');
  await lives.passAcknowledged(5000);
  const own = {
    node: 'v24.1.0',
    residentBytes: 1,
    cpuSeconds: 1,
    openFiles: 1,
    lagBytes: 0,
    page: { streams: 0, dropped: 0, errors: 0 },
  };
  const text = metricsText(lives.service().figures(), own, 'text');
  return new Map(
    text
      .split('\n')
      .filter((line) => /^\w/.test(line))
      .map((line) => {
        const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
        return [name, new Set(Array.from(labels.matchAll(/(\w+)="/g), ([, label = '']) => label))];
      }),
  );
}

const served = await servedLabels();

type Dashboard = {
  readonly id: null;
  readonly uid: string;
  readonly __inputs?: unknown;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
};
type Rules = {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
};

const dashboard = JSON.parse(file('heyu2mqtt.json')) as Dashboard;
const rules = (parse(file('alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);

/** Of each expression the words in which its labels are shown. */
const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => [title, expr, legendFormat] as const),
  ),
  ...rules.map(({ alert, expr, annotations }) => [alert, expr, annotations['summary'] ?? ''] as const),
];

describe('config/grafana', () => {
  it('has a dashboard and alert rules, and nothing else', () =>
    expect(readdirSync(new URL('../../config/grafana', import.meta.url)).sort()).toEqual([
      'alerts.yaml',
      'heyu2mqtt.json',
    ]));

  it.each(expressions)('%s: %s', (_, expr, words) => {
    const named = expr.match(/heyu2mqtt_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !served.has(name))).toEqual([]);
    for (const [, name = '', matchers = ''] of expr.matchAll(/(heyu2mqtt_\w+)\{(.*?)\}/g))
      for (const [, label = ''] of matchers.matchAll(/(\w+)=/g))
        expect(served.get(name)?.has(label), `${name}{${label}}`).toBe(true);
    const shown = [
      ...words.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g),
      ...expr.matchAll(/\bby \((\w+)\)/g),
    ].map(([, label = '']) => label);
    for (const label of shown)
      expect(
        named.some((name) => served.get(name)?.has(label)),
        label,
      ).toBe(true);
  });

  // a comma in a text without quotes makes another annotation of its rest, and Prometheus refuses the file
  it.each(rules)('$alert says what it is about, and nothing else', ({ annotations }) =>
    expect(Object.keys(annotations)).toEqual(['summary']),
  );

  it('can be provisioned from a file: its own uid, the data source as a variable, no inputs', () => {
    expect(dashboard).toMatchObject({
      id: null,
      uid: 'heyu2mqtt',
      templating: { list: [{ name: 'datasource', type: 'datasource' }] },
    });
    expect(dashboard.__inputs).toBeUndefined();
    expect(new Set(dashboard.panels.map(({ datasource }) => datasource.uid))).toEqual(
      new Set(['${datasource}']),
    );
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});
