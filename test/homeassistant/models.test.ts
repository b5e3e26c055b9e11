/** Every module that heyu knows, as Home Assistant is told of it: one golden file, a section for each model. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TYPE_OF_KIND } from '../../src/sensor/types.js';
import type { Component } from '../../src/homeassistant/device.js';
import { sensorDevice } from '../../src/homeassistant/sensor-device.js';
import { MODELS, UNNAMED_MODEL, type Model } from '../../src/x10/models.js';
import { coreOf, sensorOf } from './examples.js';

/** One line for a component: what a person sees of it. */
function lineOf([key, component]: readonly [string, Component]): string {
  const said = (name: string): string => {
    const value = component[name];
    return value === undefined ? '' : ` ${name}=${JSON.stringify(value)}`;
  };
  const names = ['name', 'device_class', 'state_class', 'unit_of_measurement', 'entity_category'];
  return `  ${component.platform} ${key}${[...names, 'enabled_by_default', 'event_types', 'state_topic', 'subtype'].map(said).join('')}`;
}

function sectionOf(model: Model): string {
  const dusk = model.dusk === 'next_unit' ? { dusk: 'A4' as const } : {};
  const name = model === UNNAMED_MODEL ? undefined : model.name;
  const sensor = sensorOf(name, { alias: 'x', address: 'A3', type: TYPE_OF_KIND[model.kind], ...dusk });
  const told = sensorDevice(coreOf({ sensors: [sensor] }), sensor);
  if (told === undefined) throw new Error(`${model.name} is no device`);
  const { device, components } = told;
  const head = `${model.name} (${sensor.type}, ${JSON.stringify(device['manufacturer'])})`;
  return [head, ...Object.entries(components).map(lineOf)].join('\n');
}

test('every model is told as the golden file says', () => {
  const text = `${[UNNAMED_MODEL, ...MODELS].map(sectionOf).join('\n\n')}\n`;
  const path = new URL('../golden/models.txt', import.meta.url);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});

test('every model has its state or its events, and says when it was last heard', () => {
  for (const model of MODELS) {
    const section = sectionOf(model);
    expect(section).toContain(' last_seen ');
    if (model.kind === 'remote') expect(section).toMatch(/event_types=\["\w+"/);
  }
});
