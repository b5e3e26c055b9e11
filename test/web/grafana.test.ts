/** The dashboard and the alert rules name metrics that the service has. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const file = (name: string): string =>
  readFileSync(new URL(`../../config/grafana/${name}`, import.meta.url), 'utf8');

/** Every metric, as the source names it; counters and summaries with their endings. */
const metrics = new Set(
  [
    ...readFileSync(new URL('../../src/web/metrics.ts', import.meta.url), 'utf8').matchAll(
      /(counter\(\s*)?'(heyu2mqtt_\w+)'/g,
    ),
  ].flatMap(([, isCounter, name = '']) =>
    isCounter !== undefined
      ? [`${name}_total`]
      : name.endsWith('latency_seconds')
        ? [`${name}_sum`, `${name}_count`]
        : [name],
  ),
);

type Dashboard = {
  readonly id: null;
  readonly uid: string;
  readonly __inputs?: unknown;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string }[];
  }[];
};
type Rules = {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
};

const dashboard = JSON.parse(file('heyu2mqtt.json')) as Dashboard;
const rules = (parse(file('alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);

const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

describe('config/grafana', () => {
  it('has a dashboard and alert rules, and nothing else', () =>
    expect(readdirSync(new URL('../../config/grafana', import.meta.url)).sort()).toEqual([
      'alerts.yaml',
      'heyu2mqtt.json',
    ]));

  it.each(expressions)('%s: %s', (_, expr) => {
    const named = expr.match(/heyu2mqtt_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  });

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
