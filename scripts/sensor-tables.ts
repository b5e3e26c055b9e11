/**
 * The tables of docs/sensors.md: for each kind of model what is published, what appears in Home Assistant and which
 * times are the default. Asked of the same functions as the service asks, so that they cannot say anything else.
 */

import { TYPE_OF_KIND } from '../src/sensor/types.js';
import { writeDuration } from '../src/common/duration.js';
import type { Component, Json } from '../src/homeassistant/device.js';
import { sensorDevice } from '../src/homeassistant/sensor-device.js';
import { HOUSE_SOURCES } from '../src/heyu/sources.js';
import { channelsOf, eventTypesOf } from '../src/sensor/channels.js';
import type { SensorSettings } from '../src/sensor/settings.js';
import type { CoreSettings } from '../src/core-settings.js';
import { MODELS, UNNAMED_MODEL, type Model, type ModelKind } from '../src/x10/models.js';
import { withTable } from './documents.js';

/** Puts the tables into the document, each between `<!-- motion:begin -->` and `<!-- motion:end -->`. */
export function withSensorTables(document: string): string {
  const kinds = new Set(MODELS.map((model) => model.kind));
  return [...kinds].reduce((text, kind) => withTable(text, kind, tablesOf(kind)), document);
}

function tablesOf(kind: ModelKind): string {
  const models = MODELS.filter((model) => model.kind === kind);
  const all = kind === 'motion' ? [UNNAMED_MODEL, ...models] : models;
  return `${modelTable(all)}\n\n${entityTable(all)}`;
}

/** One row for all models that do the same; columns in which nothing stands are left out. */
function modelTable(models: readonly Model[]): string {
  const rows = new Map<string, { readonly names: string[]; readonly cells: readonly string[] }>();
  for (const model of models) {
    const cells = cellsOf(model);
    const name = model === UNNAMED_MODEL ? '(no model)' : `\`${model.name}\``;
    const row = rows.get(cells.join()) ?? { names: [], cells };
    row.names.push(name);
    rows.set(cells.join(), row);
  }
  const all = [...rows.values()];
  const shown = COLUMNS.map((_title, column) => all.some(({ cells }) => cells[column] !== NOTHING));
  const line = (first: string, cells: readonly string[]): string =>
    `| ${[first, ...cells.filter((_cell, column) => shown[column])].join(' | ')} |`;
  return [
    line('model', COLUMNS),
    line(
      '---',
      COLUMNS.map(() => '---'),
    ),
    ...all.map(({ names, cells }) => line(names.join(' '), cells)),
  ].join('\n');
}

const COLUMNS = ['topics', 'events', 'hold', 'ends by', 'silent after'];
const NOTHING = '-';

function cellsOf(model: Model): readonly string[] {
  const settings = settingsOf(model);
  const events = eventTypesOf(settings);
  const isMotion = settings.type === 'motion';
  const hasHold = isMotion || !model.clears;
  return [
    topicsOf(model),
    events.length === 0 ? NOTHING : codes(events),
    hasHold ? writeDuration(model.holdMs) : NOTHING,
    !hasHold ? NOTHING : model.off === 'sensor' ? 'its Off, else the hold time' : 'the hold time',
    model.silentMs === 0 ? NOTHING : writeDuration(model.silentMs),
  ];
}

/** The topics without and with a dusk unit. */
function topicsOf(model: Model): string {
  const plain = channelsOf(settingsOf(model));
  const withDusk = channelsOf({ ...settingsOf(model), dusk: 'A4' });
  const further = withDusk.filter((channel) => !plain.includes(channel));
  const canHaveDusk = model.dusk === 'next_unit' || model === UNNAMED_MODEL;
  return `${codes(plain)}${canHaveDusk && further.length > 0 ? `; with a \`dusk\` unit ${codes(further)}` : ''}`;
}

/** What Home Assistant shows for each topic that one of the models has. */
function entityTable(models: readonly Model[]): string {
  const rows = new Map<string, string>();
  let hasTriggers = false;
  for (const model of models) {
    for (const component of componentsOf(model)) {
      if (component.platform === 'device_automation') hasTriggers = true;
      // what only some devices of a later model have is disabled for those alone
      else if (!rows.has(topicOf(component))) rows.set(topicOf(component), entityOf(component));
    }
  }
  return [
    '| topic | in Home Assistant |',
    '| --- | --- |',
    ...[...rows].map(([topic, entity]) => `| \`${topic}\` | ${entity} |`),
    ...(hasTriggers ? ['| `event` | besides, a device trigger for each key but `vdata` |'] : []),
  ].join('\n');
}

const topicOf = (component: Component): string => text(component['state_topic']).split('/').at(-1) ?? '';

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function componentsOf(model: Model): readonly Component[] {
  const canHaveDusk = model.dusk === 'next_unit' || model === UNNAMED_MODEL;
  const sensor: SensorSettings = { ...settingsOf(model), dusk: canHaveDusk ? 'A4' : undefined };
  return Object.values(sensorDevice(coreOf(sensor), sensor)?.components ?? {});
}

function entityOf(component: Component): string {
  const { name } = component;
  const named = name === null ? ' with the name of the device' : name === undefined ? '' : ` "${text(name)}"`;
  const deviceClass = text(component['device_class']);
  const unit = text(component['unit_of_measurement']);
  const words = [
    `${component.platform.replaceAll('_', ' ')}${named}`,
    ...(deviceClass === '' ? [] : [`class \`${deviceClass}\``]),
    ...(unit === '' ? [] : [`in ${unit}`]),
    ...(component['entity_category'] === 'diagnostic' ? ['diagnostic'] : []),
    ...(component['visible_by_default'] === false ? ['hidden'] : []),
    ...(component['enabled_by_default'] === false ? ['disabled at first'] : []),
  ];
  return words.join(', ');
}

const codes = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(' ');

/** A sensor of this model as an alias with nothing but address and model makes it. */
function settingsOf(model: Model): SensorSettings {
  return {
    alias: 'hall',
    id: 'a3',
    address: 'A3',
    moreUnits: [],
    dusk: undefined,
    model,
    type: TYPE_OF_KIND[model.kind],
    name: 'Hall',
    area: undefined,
    topic: 'hall',
    zone: undefined,
    holdMs: model.holdMs,
    off: model.off,
    cooldownMs: 0,
    minOnMs: 0,
    sources: new Set(HOUSE_SOURCES),
    modes: undefined,
    guard: undefined,
    entry: 'auto',
    silentMs: model.silentMs,
    countsHeartbeats: model.heartbeatMs > 0,
    heedsInactive: model.isWatchedByHeyu,
    ignore: false,
  };
}

function coreOf(sensor: SensorSettings): CoreSettings {
  return {
    baseTopic: 'x10',
    bridgeId: 'x10',
    sensors: [sensor],
    zones: [],
    homeassistant: { discovery: 'device', prefix: 'homeassistant' },
    stamp: { order: 'YMD', timeZone: 'UTC' },
    scales: {},
    replayMaxAgeMs: 0,
    addressExpiryMs: 0,
    quietAfterMs: 0,
    control: false,
    version: '0',
  };
}
