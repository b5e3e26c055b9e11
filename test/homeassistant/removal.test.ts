import { describe, expect, it } from 'vitest';
import { discoveryMessages } from '../../src/homeassistant/discovery.js';
import {
  readRemembered,
  rememberedOf,
  rememberedWhile,
  removalMessages,
  revivalMessages,
  removedSince,
  type DiscoveryStep,
} from '../../src/homeassistant/removal.js';
import type { Message } from '../../src/ports.js';
import type { CoreSettings } from '../../src/core-settings.js';
import { simulate } from './broker-and-home-assistant.js';
import { coreOf, HOUSE, inForm, sensorOf, zoneOf } from './examples.js';
import { faultsOf } from './validator.js';

const hall = sensorOf('MS14A', { alias: 'hall', address: 'A3', type: 'motion', dusk: 'A4' });
const stairs = sensorOf('MS14A', { alias: 'stairs', address: 'A5', type: 'motion' });
const lamp = sensorOf('StdLM', { alias: 'lamp', address: 'E1', type: 'light' });
const keyfob = sensorOf('KR10A', { alias: 'keyfob', address: 'D1', type: 'remote' });
const attic = zoneOf({ zone: 'attic', name: 'Attic' });
const house = coreOf({ sensors: [hall, stairs, lamp, keyfob], zones: [attic] });

const stepsOf = (from: CoreSettings, to: CoreSettings): readonly DiscoveryStep[] =>
  removalMessages(rememberedOf(discoveryMessages(from)), discoveryMessages(to));

const brief = (steps: readonly DiscoveryStep[]): readonly string[] =>
  steps.map(({ message, pauseMsAfter }) => {
    const what = message.payload === '' ? 'remove' : message.payload.includes('migrate') ? 'migrate' : 'tell';
    const retained = message.retain ? ' retained' : '';
    return `${what}${retained} ${message.topic}${pauseMsAfter > 0 ? ` pause ${pauseMsAfter}` : ''}`;
  });

const without = (core: CoreSettings, alias: string): CoreSettings => ({
  ...core,
  sensors: core.sensors.filter((sensor) => sensor.alias !== alias),
});

describe('taking back', () => {
  it.each(['device', 'entity', 'off'] as const)('does nothing when nothing has changed: %s', (form) => {
    expect(stepsOf(inForm(HOUSE, form), inForm(HOUSE, form))).toEqual([]);
  });

  it('does nothing on the first start', () => {
    expect(removalMessages({}, discoveryMessages(HOUSE))).toEqual([]);
  });

  it('does nothing when only names, topics, areas or addresses change', () => {
    const moved = { ...hall, alias: 'x', name: 'Y', topic: 'z', area: 'W', address: 'B1' } as const;
    expect(stepsOf(coreOf({ sensors: [hall] }), coreOf({ sensors: [moved] }))).toEqual([]);
  });

  it('removes a sensor that is gone with one empty retained message', () => {
    expect(brief(stepsOf(house, without(house, 'stairs')))).toEqual([
      'remove retained homeassistant/device/cellar_a5/config pause 2000',
    ]);
  });

  it('removes each entity of a sensor that is gone', () => {
    expect(brief(stepsOf(inForm(house, 'entity'), inForm(without(house, 'stairs'), 'entity')))).toEqual([
      'remove retained homeassistant/binary_sensor/cellar_a5/motion/config',
      'remove retained homeassistant/sensor/cellar_a5/last_seen/config',
      'remove retained homeassistant/event/cellar_a5/event/config pause 2000',
    ]);
  });

  it('removes the triggers of a remote before its entities, with which its device goes', () => {
    // with a panic key that counts the bridge would lose its alerts, too
    const sensors = house.sensors.map((sensor) => ({ ...sensor, guard: 'off' as const }));
    const quiet = { ...house, sensors };
    const steps = brief(stepsOf(inForm(quiet, 'entity'), inForm(without(quiet, 'keyfob'), 'entity')));
    const isTrigger = steps.map((step) => step.includes('device_automation'));
    expect(isTrigger).toEqual([true, true, true, true, true, false, false, false]);
    expect(steps.map((step) => step.endsWith('pause 2000'))).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('removes everything when discovery is switched off', () => {
    expect(
      brief(stepsOf(house, inForm(house, 'off'))).every((step) => step.startsWith('remove retained')),
    ).toBe(true);
    expect(stepsOf(house, inForm(house, 'off'))).toHaveLength(discoveryMessages(house).length);
  });

  it('removes what lies below an old prefix', () => {
    const moved = { ...house, homeassistant: { discovery: 'device', prefix: 'ha' } } as const;
    expect(brief(stepsOf(house, moved))).toEqual(
      discoveryMessages(house).map(
        ({ topic }, index, all) => `remove retained ${topic}${index === all.length - 1 ? ' pause 2000' : ''}`,
      ),
    );
  });

  it('removes a component of a device by its platform alone, before the payload without it', () => {
    const dark = { ...house, sensors: [{ ...hall, dusk: undefined }, stairs, lamp, keyfob] };
    const steps = stepsOf(house, dark);
    expect(brief(steps)).toEqual(['tell homeassistant/device/cellar_a3/config pause 2000']);
    const payload = JSON.parse(steps[0]?.message.payload ?? '') as { components: Record<string, unknown> };
    expect(payload.components['light']).toEqual({ platform: 'binary_sensor' });
    expect(payload.components['motion']).toHaveProperty('unique_id');
    const bridge = discoveryMessages(dark).slice(0, 1);
    expect(faultsOf([...bridge, ...steps.map(({ message }) => message)])).toEqual([]);
  });

  it('removes what is read only when it may be switched from now on', () => {
    const steps = stepsOf(house, { ...house, control: true });
    expect(brief(steps)).toEqual(['tell homeassistant/device/cellar_e1/config pause 2000']);
    const payload = JSON.parse(steps[0]?.message.payload ?? '') as { components: Record<string, unknown> };
    expect(payload.components['state']).toEqual({ platform: 'binary_sensor' });
    expect(payload.components['brightness']).toEqual({ platform: 'sensor' });
    expect(payload.components['state_control']).toHaveProperty('platform', 'light');
  });
});

describe('changing the form', () => {
  const small = coreOf({ sensors: [stairs] });

  const ofStairs = (steps: readonly DiscoveryStep[]): readonly string[] =>
    brief(steps.filter(({ message }) => message.topic.includes('cellar_a5')));

  it('goes from single entities to devices by unloading them, then emptying their topics', () => {
    expect(ofStairs(stepsOf(inForm(small, 'entity'), small))).toEqual([
      'migrate homeassistant/binary_sensor/cellar_a5/motion/config',
      'migrate homeassistant/sensor/cellar_a5/last_seen/config',
      'migrate homeassistant/event/cellar_a5/event/config pause 2000',
      'remove retained homeassistant/binary_sensor/cellar_a5/motion/config',
      'remove retained homeassistant/sensor/cellar_a5/last_seen/config',
      'remove retained homeassistant/event/cellar_a5/event/config pause 2000',
    ]);
  });

  it('goes from devices to single entities in the same way', () => {
    expect(brief(stepsOf(small, inForm(small, 'entity')))).toEqual([
      'migrate homeassistant/device/heyu2mqtt_cellar/config',
      'migrate homeassistant/device/cellar_a5/config pause 2000',
      'remove retained homeassistant/device/heyu2mqtt_cellar/config',
      'remove retained homeassistant/device/cellar_a5/config pause 2000',
    ]);
  });

  it('asks for migration with exactly the word that Home Assistant takes', () => {
    const [first] = stepsOf(small, inForm(small, 'entity'));
    expect(first?.message).toEqual({
      topic: 'homeassistant/device/heyu2mqtt_cellar/config',
      payload: '{"migrate_discovery":true}',
      retain: false,
    });
  });

  it('removes components that go at the same time', () => {
    const dark = coreOf({ sensors: [{ ...hall, dusk: undefined }] });
    const lit = coreOf({ sensors: [hall] });
    const back = stepsOf(lit, inForm(dark, 'entity')).filter(({ message }) =>
      message.topic.includes('cellar_a3'),
    );
    expect(brief(back)).toEqual([
      'tell homeassistant/device/cellar_a3/config pause 2000',
      'migrate homeassistant/device/cellar_a3/config pause 2000',
      'remove retained homeassistant/device/cellar_a3/config pause 2000',
    ]);
    const payload = JSON.parse(back[0]?.message.payload ?? '') as { components: Record<string, unknown> };
    expect(payload.components['light']).toEqual({ platform: 'binary_sensor' });
    expect(
      faultsOf([...discoveryMessages(dark).slice(0, 1), ...back.slice(0, 1).map(({ message }) => message)]),
    ).toEqual([]);
    expect(brief(stepsOf(inForm(lit, 'entity'), dark))[0]).toBe(
      'remove retained homeassistant/binary_sensor/cellar_a3/light/config pause 2000',
    );
  });
});

describe('in the end Home Assistant has what the last configuration says', () => {
  const small = coreOf({ sensors: [hall, lamp], zones: [attic] });
  const dark = { ...small, sensors: [{ ...hall, dusk: undefined }], zones: [] };
  const external = { ...small, zones: [{ ...attic, kind: 'external', stateTopic: 'alarmo/state' }] } as const;
  const configurations: Readonly<Record<string, CoreSettings>> = {
    devices: small,
    entities: inForm(small, 'entity'),
    'fewer devices': dark,
    'fewer entities': inForm(dark, 'entity'),
    'switchable devices': { ...small, control: true },
    'switchable entities': inForm({ ...small, control: true }, 'entity'),
    'a zone of others': external,
    nothing: inForm(small, 'off'),
  };
  const pairs = Object.entries(configurations).flatMap(([from, before]) =>
    Object.entries(configurations).map(([to, after]) => [from, to, before, after] as const),
  );
  const publish = (core: CoreSettings): readonly Message[] =>
    discoveryMessages(core).map(({ topic, payload }) => ({ topic, payload, retain: true }));

  it.each(pairs)('from %s to %s, and only what is gone loses its settings', (_from, _to, before, after) => {
    const running = simulate(publish(before));
    running.play(stepsOf(before, after).map(({ message }) => message));
    running.play(publish(after));
    const fresh = simulate(publish(after));
    expect(running.components()).toEqual(fresh.components());
    expect(running.retained()).toEqual(fresh.retained());
    const gone = simulate(publish(before))
      .components()
      .filter((component) => !fresh.components().includes(component));
    expect(running.lostSettings()).toEqual(gone);
  });

  it.each(pairs)(
    'from %s to %s broken off anywhere, whether it goes on or turns back',
    (_from, _to, before, after) => {
      const remembered = rememberedWhile(rememberedOf(discoveryMessages(before)), discoveryMessages(after));
      const way = [...stepsOf(before, after).map(({ message }) => message), ...publish(after)];
      for (let stop = 0; stop <= way.length; stop += 3) {
        for (const then of [after, before]) {
          const running = simulate([...publish(before), ...way.slice(0, stop)]);
          running.play(removalMessages(remembered, discoveryMessages(then)).map(({ message }) => message));
          running.play(publish(then));
          const fresh = simulate(publish(then));
          expect(running.components()).toEqual(fresh.components());
          expect(running.retained()).toEqual(fresh.retained());
        }
      }
    },
  );
});

describe('what is remembered', () => {
  it('survives the disk', () => {
    for (const form of ['device', 'entity'] as const) {
      const remembered = rememberedOf(discoveryMessages(inForm(HOUSE, form)));
      expect(readRemembered(JSON.parse(JSON.stringify(remembered)))).toEqual(remembered);
    }
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'homeassistant'],
    ['a list', [1, 2]],
    ['topics that are not ours to remove', { 'x10/hall/motion': { motion: 'binary_sensor' } }],
    ['a topic without components', { 'homeassistant/device/cellar_a3/config': null }],
  ])('is empty when the disk holds %s', (_, stored) => {
    expect(readRemembered(stored)).toEqual({});
  });

  it('leaves out a platform that does not exist', () => {
    expect(
      readRemembered({ 'homeassistant/device/cellar_a3/config': { motion: 'binary_sensor', x: 'vacuum' } }),
    ).toEqual({ 'homeassistant/device/cellar_a3/config': { motion: 'binary_sensor' } });
  });
});

describe('taking back from a Home Assistant that was not there', () => {
  const FORMS = ['device', 'entity'] as const;

  it.each(FORMS)('tells it first what it has to remove, and every entity of it by its id: %s', (form) => {
    const from = inForm(house, form);
    const to = inForm(without(house, 'stairs'), form);
    const current = discoveryMessages(to);
    const takenBack = removedSince(rememberedOf(discoveryMessages(from)), current);
    const revived = revivalMessages(takenBack, current, to);
    expect(faultsOf(revived.map(({ message }) => ({ ...message, objectId: '', components: {} })))).toEqual(
      [],
    );
    const ids = (text: string): readonly string[] =>
      [...text.matchAll(/"unique_id":"([^"]+)"/g)].map((match) => match[1] ?? '').sort();
    const gone = discoveryMessages(from).filter(({ topic }) => !current.some((one) => one.topic === topic));
    expect(ids(revived.map(({ message }) => message.payload).join())).toEqual(
      ids(gone.map(({ payload }) => payload).join()),
    );
    expect(revived.every(({ message }) => !message.retain)).toBe(true);
    expect(revived.at(-1)?.pauseMsAfter).toBe(2000);
    const removals = removalMessages(takenBack, current);
    expect(removals.map(({ message }) => message.topic).sort()).toEqual(
      gone.map(({ topic }) => topic).sort(),
    );
    expect(removals.every(({ message }) => message.payload === '')).toBe(true);
  });

  it('knows nothing of it when nothing is gone, when it is there again, and of triggers', () => {
    const all = rememberedOf(discoveryMessages(house));
    expect(removedSince(all, discoveryMessages(house))).toEqual({});
    const gone = removedSince(all, discoveryMessages(without(house, 'keyfob')));
    expect(gone['homeassistant/device/cellar_d1/config']).toEqual({
      event: 'event',
      battery: 'binary_sensor',
      last_seen: 'sensor',
    });
    expect(removedSince(gone, discoveryMessages(house))).toEqual({});
    expect(revivalMessages({}, discoveryMessages(house), house)).toEqual([]);
    expect(removedSince(all, discoveryMessages(inForm(house, 'entity')))).toEqual({});
  });

  it('tells of an entity that a device has no more beside those that it has', () => {
    const noDusk = { ...house, sensors: house.sensors.map((one) => ({ ...one, dusk: undefined })) };
    const current = discoveryMessages(noDusk);
    const takenBack = removedSince(rememberedOf(discoveryMessages(house)), current);
    expect(takenBack).toEqual({ 'homeassistant/device/cellar_a3/config': { light: 'binary_sensor' } });
    const [revived] = revivalMessages(takenBack, current, house);
    const { components } = JSON.parse(revived?.message.payload ?? '{}') as { components: object };
    expect(Object.keys(components)).toEqual(['motion', 'last_seen', 'event', 'light']);
  });
});
