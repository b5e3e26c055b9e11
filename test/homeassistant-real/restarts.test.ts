/** Home Assistant, the broker and the bridge are restarted in every order: the same states, and nobody is woken up. */

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { pair } from '../support/house.js';
import { collect } from '../support/collect.js';
import { until } from '../support/until.js';
import { startWorld, type World } from './world.js';

const python = inject('pythons').current;

const WATCHED = [
  'binary_sensor.hall_motion',
  'binary_sensor.porch_motion',
  'binary_sensor.attic_alarm',
  'binary_sensor.ground_alarm',
];

/** What careful people have: it fires at an off that becomes on. What others have: it fires at any on. */
const AUTOMATIONS = `
automation:
  - alias: Careful
    trigger: [{ platform: state, entity_id: [${WATCHED.join(', ')}], from: "off", to: "on" }]
    action: [{ service: mqtt.publish, data: { topic: automation/careful, payload: "{{ trigger.entity_id }}" } }]
    mode: queued
  - alias: Careless
    trigger: [{ platform: state, entity_id: [${WATCHED.join(', ')}], to: "on" }]
    action: [{ service: mqtt.publish, data: { topic: automation/careless, payload: "{{ trigger.entity_id }}" } }]
    mode: queued
`;

/** A broker that comes back may have to wait for the next attempt of Home Assistant. */
const PATIENCE_MS = 120_000;

const SETTLED: Readonly<Record<string, string>> = {
  'binary_sensor.hall_light': 'on',
  'binary_sensor.hall_motion': 'off',
  'binary_sensor.porch_motion': 'off',
  'binary_sensor.front_door': 'on',
  'binary_sensor.ground_armed': 'on',
  'sensor.ground_security': 'armed_night',
  'binary_sensor.ground_alarm': 'off',
  'switch.attic_armed': 'on',
  'sensor.attic_security': 'armed_away',
  'binary_sensor.attic_alarm': 'off',
  'alarm_control_panel.cellar': 'armed_home',
  'binary_sensor.x10_bridge_connection': 'on',
  'sensor.x10_bridge_reason': 'none',
};
const EVENTS = ['event.hall_event', 'event.front_door_event', 'event.attic_alert', 'event.keyfob'];

/** The bridge, three zones and four aliases (world.ts). */
const DEVICES = 8;

type Part = 'home assistant' | 'mosquitto' | 'bridge';
const PAIRS: readonly (readonly [Part, Part])[] = [
  ['home assistant', 'mosquitto'],
  ['mosquitto', 'home assistant'],
  ['home assistant', 'bridge'],
  ['bridge', 'home assistant'],
  ['mosquitto', 'bridge'],
  ['bridge', 'mosquitto'],
];
const ORDERS: readonly (readonly [Part, Part, Part])[] = [
  ['home assistant', 'mosquitto', 'bridge'],
  ['home assistant', 'bridge', 'mosquitto'],
  ['mosquitto', 'home assistant', 'bridge'],
  ['mosquitto', 'bridge', 'home assistant'],
  ['bridge', 'home assistant', 'mosquitto'],
  ['bridge', 'mosquitto', 'home assistant'],
];

describe.skipIf(python === undefined)('the newest release', () => {
  let world: World;
  let events: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startWorld({ python: python ?? '', configuration: AUTOMATIONS });
    const { bridge, homeAssistant, seen } = world;
    await homeAssistant.untilState('alarm_control_panel.cellar', 'disarmed');
    await seen.publish('alarmo/state', 'armed_night', { retain: true });
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    // an alert in the armed ground floor, which has to be over before the tests begin
    await until(() => seen.payloads('x10/hall/event').length === 1);
    bridge.heyu(...pair('rcvi', 'A3', 'Off'), ...pair('rcvi', 'A4', 'Off'));
    bridge.heyu('rcva func        Alert : hu C2  swMin  (front_door)');
    bridge.heyu('rcva func       Disarm : hu C4   (keyfob)');
    await until(() => seen.payloads('x10/keyfob/event').length === 1);
    await homeAssistant.callService('switch', 'turn_on', { entity_id: 'switch.attic_armed' });
    await homeAssistant.callService('alarm_control_panel', 'alarm_arm_home', {
      entity_id: 'alarm_control_panel.cellar',
    });
    await seen.publish('alarmo/state', 'disarmed', { retain: true });
    await homeAssistant.untilState('binary_sensor.ground_alarm', 'off');
    await seen.publish('alarmo/state', 'armed_night', { retain: true });
    await untilSettled();
    events = await eventStates();
  });
  afterAll(() => world.remove());
  afterEach(() => {
    expect(world.newFaults()).toEqual([]);
  });

  async function statesOf(entities: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const states = new Map(
      (await world.homeAssistant.states()).map(({ entity_id, state }) => [entity_id, state]),
    );
    return Object.fromEntries(entities.map((entity) => [entity, states.get(entity) ?? 'missing']));
  }
  const eventStates = (): Promise<Readonly<Record<string, string>>> => statesOf(EVENTS);

  async function untilSettled(expected: Readonly<Record<string, string>> = SETTLED): Promise<void> {
    let differing = '';
    await until(
      async () => {
        const states = await statesOf(Object.keys(expected));
        differing = Object.keys(expected)
          .filter((entity) => states[entity] !== expected[entity])
          .map((entity) => `${entity} ${states[entity] ?? ''}`)
          .join();
        return differing === '';
      },
      () => `the states from before; different are ${differing}`,
      PATIENCE_MS,
    );
    await world.fence();
  }

  const parts: Readonly<Record<Part, { stop: () => Promise<unknown>; start: () => Promise<void> }>> = {
    'home assistant': {
      stop: () => world.homeAssistant.stop(),
      start: () => world.homeAssistant.start(),
    },
    mosquitto: { stop: () => world.mosquitto.stop(), start: () => world.mosquitto.start() },
    bridge: { stop: () => world.bridge.stop(), start: () => world.bridge.start() },
  };
  const woken = (): readonly string[] => world.seen.payloads('automation/careless');
  const onsSince = (from: number): readonly string[] =>
    world.homeAssistant.changes
      .slice(from)
      .filter(({ entity, to }) => WATCHED.includes(entity) && to === 'on')
      .map(({ entity, from: before }) => `${entity} ${before ?? 'nothing'}`);

  /** What an entity may be while something is not there yet; the connection itself has words for that. */
  const WAITING = new Set([undefined, 'unavailable', 'unknown']);
  const strayStates = (from: number): readonly string[] =>
    world.homeAssistant.changes
      .slice(from)
      .filter(({ entity, to }) => entity in SETTLED && !WAITING.has(to) && to !== SETTLED[entity])
      .filter(({ entity }) => entity !== 'binary_sensor.x10_bridge_connection')
      .map(({ entity, to }) => `${entity} ${to ?? ''}`);
  /** A Home Assistant that is stopped while an event is unavailable forgets when it was, so it may be unknown. */
  const strayEvents = (from: number): readonly string[] =>
    world.homeAssistant.changes
      .slice(from)
      .filter(({ entity, to }) => entity in events && !WAITING.has(to) && to !== events[entity])
      .map(({ entity, to }) => `${entity} ${to ?? ''}`);

  /** All as before, and on the way there nobody saw anything that was not so. */
  async function expectAsBefore(from: number): Promise<void> {
    await untilSettled();
    expect(strayStates(from)).toEqual([]);
    expect(strayEvents(from)).toEqual([]);
    expect(onsSince(from)).toEqual([]);
    expect(woken()).toEqual([]);
  }

  test.each(['home assistant', 'mosquitto', 'bridge'] as const)(
    'a restart of %s changes nothing',
    async (part) => {
      world.seen.clear();
      const from = world.homeAssistant.changes.length;
      await parts[part].stop();
      await parts[part].start();
      await expectAsBefore(from);
      expect(await eventStates()).toEqual(events);
    },
  );

  test.each(PAIRS)('%s and then %s, stopped and started one after the other: as before', async (...order) => {
    world.seen.clear();
    const from = world.homeAssistant.changes.length;
    for (const part of order) await parts[part].stop();
    for (const part of order) await parts[part].start();
    await expectAsBefore(from);
  });

  test.each(ORDERS)('after a power cut, started as %s, %s, %s: as before', async (...order) => {
    world.seen.clear();
    const from = world.homeAssistant.changes.length;
    await Promise.all([world.bridge.stop('SIGKILL'), world.homeAssistant.stop(), world.mosquitto.stop()]);
    for (const part of order) await parts[part].start();
    await expectAsBefore(from);
  });

  test('a broker that has lost its memory is told everything again', async () => {
    const { homeAssistant, mosquitto, seen } = world;
    seen.clear();
    const from = homeAssistant.changes.length;
    await mosquitto.stop();
    mosquitto.forget();
    await mosquitto.start();
    await homeAssistant.untilState('sensor.ground_security', 'unknown');
    await seen.publish('alarmo/state', 'armed_night', { retain: true });
    await expectAsBefore(from);
    await homeAssistant.restart();
    await expectAsBefore(from);
  });

  test('motion that lasts over a restart of Home Assistant is on again, and no new motion', async () => {
    const { homeAssistant, bridge, seen } = world;
    await seen.publish('alarmo/state', 'disarmed', { retain: true });
    await homeAssistant.untilState('binary_sensor.ground_armed', 'off');
    seen.clear();
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await seen.untilLast('automation/careful', 'binary_sensor.hall_motion');
    const event = await homeAssistant.state('event.hall_event');
    await homeAssistant.restart();
    await homeAssistant.untilState('binary_sensor.hall_motion', 'on');
    await world.fence();
    expect(seen.payloads('automation/careful')).toEqual(['binary_sensor.hall_motion']);
    expect(await homeAssistant.state('event.hall_event')).toBe(event);
    await bridge.stop('SIGKILL');
    await homeAssistant.untilState('binary_sensor.hall_motion', 'unavailable');
    await bridge.start();
    await homeAssistant.untilState('binary_sensor.hall_motion', 'on');
    await world.fence();
    expect(seen.payloads('automation/careful')).toEqual(['binary_sensor.hall_motion']);
    expect(await homeAssistant.state('event.hall_event')).toBe(event);
    bridge.heyu(...pair('rcvi', 'A3', 'Off'));
    await homeAssistant.untilState('binary_sensor.hall_motion', 'off');
  });

  test('motion that began and ended while Home Assistant was down is not on after its start', async () => {
    const { homeAssistant, bridge, seen } = world;
    await homeAssistant.stop();
    seen.clear();
    const from = homeAssistant.changes.length;
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await seen.untilLast('x10/hall/motion', 'ON');
    bridge.heyu(...pair('rcvi', 'A3', 'Off'));
    await seen.untilLast('x10/hall/motion', 'OFF');
    await homeAssistant.start();
    await homeAssistant.untilState('binary_sensor.hall_motion', 'off');
    await world.fence();
    expect(onsSince(from)).toEqual([]);
    expect(woken()).toEqual([]);
  });

  test('Home Assistant is told everything again at its birth, without a word in its log', async () => {
    const { homeAssistant, mosquitto, seen } = world;
    const discovery = await collect(mosquitto.port, ['homeassistant/device/+/config']);
    await discovery.until(() => discovery.messages.length === DEVICES, 'what is retained');
    const kept = discovery.messages.map(({ topic }) => topic).sort();
    discovery.clear();
    seen.clear();
    const before = Date.now();
    await homeAssistant.restart();
    await seen.untilLast('homeassistant/status', 'online');
    await discovery.until(() => discovery.messages.length >= kept.length, 'the discovery again');
    await seen.until(() => seen.last('x10/hall/motion')?.retain === false, 'the states again');
    expect(
      discovery.messages
        .filter(({ retain }) => !retain)
        .map(({ topic }) => topic)
        .sort(),
    ).toEqual(kept);
    await discovery.stop();
    await world.fence();
    // for `heyu2mqtt check`: a birth that was heard
    type Info = { readonly home_assistant: { readonly birth: string | null } };
    const born = (): number =>
      Date.parse(
        (JSON.parse(seen.last('x10/bridge/info')?.payload ?? '') as Info).home_assistant.birth ?? '',
      );
    await until(() => born() >= before, 'the birth in x10/bridge/info', PATIENCE_MS);
  });
});
