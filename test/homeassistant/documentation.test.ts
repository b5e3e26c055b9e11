import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { discoveryDevices } from '../../src/homeassistant/discovery.js';
import { ALERT_EVENTS } from '../../src/security/security.js';
import { eventTypesOf } from '../../src/sensor/channels.js';
import { EXAMPLES } from './examples.js';

const page = readFileSync(new URL('../../docs/home-assistant.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
const automations = blocks
  .map((block): unknown => parse(block))
  .filter((block): block is Record<string, unknown> => Object.hasOwn(Object(block) as object, 'triggers'));

const components = EXAMPLES.flatMap(({ core }) => discoveryDevices(core)).flatMap((device) =>
  Object.values(device.components),
);

describe('the page for owners of a Home Assistant', () => {
  it('has automations that are YAML with triggers and actions', () => {
    expect(automations.length).toBeGreaterThan(3);
    for (const automation of automations) {
      expect(automation).toHaveProperty('alias');
      expect(automation['triggers']).toBeInstanceOf(Array);
      expect(automation['actions']).toBeInstanceOf(Array);
    }
  });

  it('names only entities in them that the examples of a house have, or that are the reader’s own', () => {
    const known = new Set(components.map((component) => component['default_entity_id']));
    const theirs = ['input_boolean.armed', 'alarm_control_panel.home', 'zone.home'];
    const named = [
      ...automations
        .map((automation) => JSON.stringify(automation))
        .join('\n')
        .matchAll(
          /\b(?:binary_sensor|sensor|event|light|switch|alarm_control_panel|input_boolean|zone)\.[a-z0-9_]+/g,
        ),
    ]
      .map(([id]) => id)
      .filter((id) => !/\.(turn_on|turn_off|alarm_arm_away)$/.test(id));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((id) => !known.has(id) && !theirs.includes(id))).toEqual([]);
  });

  it('has a link for each blueprint that imports it from the repository', () => {
    const { repository } = parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      readonly repository: { readonly url: string };
    };
    const home = repository.url.replace(/^git\+|\.git$/g, '');
    const files = readdirSync(new URL('../../docs/blueprints', import.meta.url));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const source = encodeURIComponent(`${home}/blob/main/docs/blueprints/${file}`);
      expect(page).toContain(
        `https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url=${source})`,
      );
      expect(page).toContain(`](blueprints/${file})`);
    }
  });

  it('names every type of event', () => {
    const types = new Set<string>([
      ...ALERT_EVENTS,
      ...EXAMPLES.flatMap(({ core }) => core.sensors).flatMap((sensor) => eventTypesOf(sensor)),
    ]);
    for (const type of types) expect(page).toContain(`\`${type.replace(/^key_\d+/, 'key_1')}\``);
  });

  it('names every entity of the bridge and of zones, and the diagnostic ones of sensors', () => {
    const names = components
      .filter(
        (component) =>
          component['entity_category'] === 'diagnostic' ||
          JSON.stringify(component).includes('"unique_id":"cellar_zone_'),
      )
      .flatMap((component) => (typeof component['name'] === 'string' ? [component['name']] : []));
    for (const name of new Set(names)) expect(page).toContain(name);
  });
});
