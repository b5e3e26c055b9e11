import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoveryDevices, discoveryMessages } from '../../src/homeassistant/discovery.js';
import { uniqueId } from '../../src/homeassistant/device.js';
import { channelsOf } from '../../src/sensor/channels.js';
import { TYPE_OF_KIND } from '../../src/sensor/types.js';
import { batteryHint } from '../../src/sensor/words.js';
import { MODELS } from '../../src/x10/models.js';
import { goldenFile, goldenText, messagesOf } from './golden.js';
import { coreOf, EXAMPLES, HOUSE, inForm, sensorOf, zoneOf } from './examples.js';
import { faultsOf } from './validator.js';

const FORMS = ['device', 'entity'] as const;

/** A type for each kind of model. */
const TYPES = { ...TYPE_OF_KIND, other: 'motion' } as const;

describe('each kind of device', () => {
  it.each(EXAMPLES.map((example) => [example.file, example] as const))(
    'is told as its golden file says: %s',
    (_, example) => {
      const file = goldenFile(example);
      const text = goldenText(example);
      if (process.env['UPDATE_GOLDEN']) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
      expect(text).toBe(readFileSync(file, 'utf8'));
    },
  );

  it('has its golden file, and no golden file is left over', () => {
    const [first] = EXAMPLES;
    if (first === undefined) throw new Error('no examples');
    const files = readdirSync(dirname(goldenFile(first)));
    expect(files.sort()).toEqual(EXAMPLES.map(({ file }) => `${file}.json`).sort());
  });

  it.each(EXAMPLES.map((example) => [example.file, example] as const))(
    'is accepted in both forms: %s',
    (_, example) => {
      for (const form of FORMS) expect(faultsOf(discoveryMessages(inForm(example.core, form)))).toEqual([]);
    },
  );
});

describe('a house with everything in it', () => {
  it.each(FORMS)('is accepted in the form %s', (form) => {
    const messages = discoveryMessages(inForm(HOUSE, form));
    expect(messages.length).toBeGreaterThan(EXAMPLES.length - 1);
    expect(faultsOf(messages)).toEqual([]);
  });

  it('tells nothing when discovery is off', () => {
    expect(discoveryMessages(inForm(HOUSE, 'off'))).toEqual([]);
  });

  it('tells the bridge first, then the zones, then the sensors', () => {
    const kinds = discoveryMessages(HOUSE).map(({ objectId }) =>
      objectId.startsWith('heyu2mqtt_') ? 0 : objectId.includes('_zone_') ? 1 : 2,
    );
    expect(kinds[0]).toBe(0);
    expect(kinds).toEqual([...kinds].sort());
  });

  it('has the same components in both forms', () => {
    const ids = (form: 'device' | 'entity'): string[] =>
      discoveryMessages(inForm(HOUSE, form)).flatMap(({ objectId, components }) =>
        Object.entries(components).map(([key, platform]) => `${objectId} ${key} ${platform}`),
      );
    expect(ids('entity')).toEqual(ids('device'));
  });

  it('lies below the configured prefix and speaks of the configured base topic', () => {
    const core = {
      ...HOUSE,
      baseTopic: 'home/x10',
      homeassistant: { discovery: 'device', prefix: 'ha/auto' },
    } as const;
    const messages = discoveryMessages(core);
    expect(faultsOf(messages, 'ha/auto')).toEqual([]);
    expect(messages.some(({ payload }) => payload.includes('"x10/'))).toBe(false);
  });
});

it.each(FORMS)('links each device to its place in the page where that is known (form %s)', (form) => {
  const linksOf = (pageUrl?: string): readonly (string | undefined)[] => {
    const core = inForm(HOUSE, form);
    const messages = discoveryMessages({ ...core, homeassistant: { ...core.homeassistant, pageUrl } });
    expect(faultsOf(messages)).toEqual([]);
    return messages.map(({ payload }) => /"configuration_url":"([^"]+)"/.exec(payload)?.[1]);
  };
  const links = linksOf('http://pi.local:8710/');
  expect(links[0]).toBe('http://pi.local:8710/#/now');
  expect(
    links.every((link) => /^http:\/\/pi\.local:8710\/#\/(now|zone\/\w+|sensor\/\S+)$/.test(link ?? '')),
  ).toBe(true);
  expect(linksOf().filter((link) => link !== undefined)).toEqual([]);
});

it('says what to know of a low battery as an attribute, while it is low, of models whose flag stays', () => {
  const templates = MODELS.map((model) => {
    const sensor = sensorOf(model.name, { alias: 'one', address: 'A1', type: TYPES[model.kind] });
    const [message] = discoveryMessages(inForm(coreOf({ sensors: [sensor] }), 'entity')).filter(({ topic }) =>
      topic.endsWith('/battery/config'),
    );
    const {
      json_attributes_template: template,
      json_attributes_topic: topic,
      state_topic: state,
    } = JSON.parse(message?.payload ?? '{}') as Readonly<Record<string, string>>;
    if (topic !== undefined) expect(topic).toBe(state);
    return template === undefined ? [] : [{ model, template }];
  }).flat();
  const withHint = MODELS.filter((model) => batteryHint(model) !== undefined);
  expect(templates.map(({ model }) => model)).toEqual(withHint);
  expect(withHint).not.toEqual([]);
  for (const { model, template } of templates) {
    const [, hint = '', isLow] = /^\{\{ \((\{.+\}) if (.+) else \{\}\) \| to_json \}\}$/.exec(template) ?? [];
    expect(JSON.parse(hint)).toEqual({ hint: batteryHint(model) });
    expect(isLow).toBe("value == 'ON'");
  }
});

describe('a model of heyu', () => {
  it.each(MODELS.map((model) => [model.name, TYPES[model.kind]] as const))(
    'is accepted whatever it is: %s as %s',
    (name, type) => {
      const sensor = sensorOf(name, { alias: 'one', address: 'A1', type });
      for (const form of FORMS) {
        for (const control of [false, true]) {
          const core = inForm(coreOf({ sensors: [sensor], control }), form);
          expect(faultsOf(discoveryMessages(core))).toEqual([]);
        }
      }
    },
  );
});

describe('identity', () => {
  const idsOf = (core: ReturnType<typeof coreOf>): string[] =>
    discoveryMessages(core).flatMap(({ payload }) =>
      [...payload.matchAll(/"unique_id":"([^"]+)"/g)].map((match) => match[1] ?? ''),
    );
  const hall = sensorOf('MS14A', { alias: 'hall', address: 'A3', type: 'motion' });

  it('stays when a sensor gets another name, topic, alias or address', () => {
    const moved = { ...hall, alias: 'x', name: 'Y', topic: 'z', address: 'B7', area: 'W' } as const;
    expect(idsOf(coreOf({ sensors: [moved] }))).toEqual(idsOf(coreOf({ sensors: [hall] })));
  });

  it('differs in every id between two houses on one broker', () => {
    const zones = [zoneOf({ zone: 'ground', name: 'Ground' })];
    const cellar = idsOf(coreOf({ sensors: [hall], zones }));
    const barn = idsOf(coreOf({ sensors: [hall], zones, bridgeId: 'barn' }));
    expect(cellar.filter((id) => barn.includes(id))).toEqual([]);
    expect(cellar).toContain('cellar_a3_motion');
  });

  it('follows from the key of the component, so that what is gone can be told by it', () => {
    for (const { objectId, components } of discoveryDevices(HOUSE)) {
      const wrong = Object.entries(components).filter(
        ([key, component]) =>
          component.platform !== 'device_automation' && component['unique_id'] !== uniqueId(objectId, key),
      );
      expect(wrong).toEqual([]);
    }
  });

  it('keeps illegal characters out of the discovery topic', () => {
    const odd = { ...hall, id: 'küche 1/2' };
    const messages = discoveryMessages(coreOf({ sensors: [odd], bridgeId: 'my house' }));
    expect(faultsOf(messages)).toEqual([]);
  });
});

describe('what a sensor shows', () => {
  it('is every channel that is published for it, but attributes and what is part of another entity', () => {
    for (const { core } of EXAMPLES) {
      for (const sensor of core.sensors) {
        const device = discoveryDevices(core).find(({ objectId }) => objectId === `cellar_${sensor.id}`);
        const expected = channelsOf(sensor).filter(
          (channel) => channel !== 'attributes' && !(channel === 'brightness' && core.control),
        );
        const shown = Object.keys(device?.components ?? {})
          .filter((key) => !key.startsWith('trigger_') && key !== 'bypass')
          .map((key) => key.replace('_control', ''));
        expect(shown).toEqual(expected);
      }
    }
  });

  it('is nothing when it is ignored', () => {
    const neighbour = sensorOf('MS14A', { alias: 'n', address: 'A1', type: 'motion', ignore: true });
    expect(discoveryMessages(coreOf({ sensors: [neighbour] })).map(({ objectId }) => objectId)).toEqual([
      'heyu2mqtt_cellar',
    ]);
  });

  it('offers no control unless it was switched on', () => {
    for (const example of EXAMPLES) {
      const messages = FORMS.flatMap((form) => messagesOf(example, form));
      const commands = messages.some(({ payload }) => payload.includes('command_topic'));
      expect(commands, example.file).toBe(
        example.file === 'bridge' || /^zone-|-(?:control|in-owned-zone)$/.test(example.file),
      );
    }
  });
});
