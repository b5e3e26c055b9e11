/** Logs that the real heyu has written, line by line as they came: Home Assistant shows what was on the wire. */

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { expectationsOf, linesOf, logsOf } from '../support/recordings.js';
import { until } from '../support/until.js';
import { startWorld, type World } from './world.js';

const python = inject('pythons').current;

const ALIASES = readFileSync(new URL('../fixtures/house-aliases.yaml', import.meta.url), 'utf8');
const ZONES = 'zones: { ground: { name: Ground floor }, cellar: { name: Cellar } }\n';

/** By unit: the entity that it moves; dusk units say On for dark. */
const UNITS: Readonly<Record<string, { readonly entity: string; readonly on: string }>> = {
  A3: { entity: 'binary_sensor.hall_motion', on: 'on' },
  A4: { entity: 'binary_sensor.hall_light', on: 'off' },
  A5: { entity: 'binary_sensor.porch_motion', on: 'on' },
  B7: { entity: 'binary_sensor.drive_motion', on: 'on' },
  B8: { entity: 'binary_sensor.drive_motion_light', on: 'off' },
  P16: { entity: 'binary_sensor.garage_motion', on: 'on' },
};

const opposite = (state: string): string => (state === 'on' ? 'off' : 'on');

describe.skipIf(python === undefined)('the newest release', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ python: python ?? '', aliases: ALIASES, zones: ZONES });
    await world.homeAssistant.untilState('alarm_control_panel.cellar', 'disarmed');
    await world.homeAssistant.untilState('binary_sensor.hall_motion', 'off');
    await world.fence();
  });
  afterAll(() => world.remove());
  afterEach(() => {
    expect(world.newFaults()).toEqual([]);
  });

  const textsOf = (recording: string): readonly string[] =>
    logsOf(recording)
      .flatMap(linesOf)
      .map((line) => line.slice('MM/DD hh:mm:ss  '.length));

  const statesSince = (entity: string, from: number): readonly (string | undefined)[] =>
    world.homeAssistant.changes
      .slice(from)
      .filter((change) => change.entity === entity)
      .map(({ to }) => to);

  test('in h_security every door, battery, detector and key is told of, each as often as it spoke', async () => {
    const { bridge, homeAssistant } = world;
    const from = homeAssistant.changes.length;
    bridge.heyu(...textsOf('h_security'));
    const events = (entity: string): readonly unknown[] =>
      homeAssistant.changes
        .slice(from)
        .filter((change) => change.entity === entity)
        .map(({ attributes }) => attributes['event_type']);
    const expected: Readonly<Record<string, readonly string[]>> = {
      // it clears while someone moves: its hold time of a minute decides
      'event.sec_motion_event': ['motion'],
      'event.sec_door_event': ['opened', 'closed', 'opened', 'closed', 'opened'],
      'event.sec_smoke_event': ['test', 'alarm', 'clear'],
      'event.sec_keyfob': ['arm', 'disarm', 'panic', 'lights_on', 'lights_off'],
      'event.sec_keyfob2': ['arm', 'disarm', 'a_key_on', 'a_key_off', 'b_key_on', 'b_key_off'],
      'event.sec_remote': ['arm', 'arm', 'disarm', 'panic', 'lights_on', 'lights_off'],
      'event.gb10_event': ['alarm', 'clear'],
      'event.dm10_event': ['motion'],
    };
    const found = (): Readonly<Record<string, readonly unknown[]>> =>
      Object.fromEntries(Object.keys(expected).map((entity) => [entity, events(entity)]));
    await until(
      () => Object.entries(expected).every(([entity, types]) => events(entity).length >= types.length),
      () => JSON.stringify(found()),
    );
    await world.fence();
    expect(found()).toEqual(expected);
    const states = new Map((await homeAssistant.states()).map(({ entity_id, state }) => [entity_id, state]));
    const final: Readonly<Record<string, string>> = {
      'binary_sensor.sec_motion': 'on',
      'binary_sensor.sec_motion_battery': 'on',
      'binary_sensor.sec_door': 'on',
      'binary_sensor.sec_door_battery': 'on',
      'binary_sensor.sec_smoke': 'off',
      'binary_sensor.sec_smoke_battery': 'on',
      'binary_sensor.dm10_motion': 'on',
      'binary_sensor.dm10_light': 'on',
      'binary_sensor.gb10_light': 'off',
      'binary_sensor.sec_ds90': 'off',
    };
    expect(Object.fromEntries(Object.keys(final).map((entity) => [entity, states.get(entity)]))).toEqual(
      final,
    );
  });

  // d_duskdawn ends with signals by radio, after which the same by power line would be taken for copies
  test.each(['a_walk', 'b_interleaved', 'd_duskdawn'])(
    'in %s every On and Off of a sensor is seen at once, and none that was not there',
    async (recording) => {
      const { bridge, homeAssistant } = world;
      const truth = expectationsOf(recording);
      const from = homeAssistant.changes.length;
      const last = new Map(
        Object.values(UNITS).map(({ entity }) => [entity, undefined as string | undefined]),
      );
      for (const { entity } of Object.values(UNITS)) last.set(entity, await homeAssistant.state(entity));
      const wanted = new Map([...last.keys()].map((entity) => [entity, [] as string[]]));
      for (const text of textsOf(recording)) {
        bridge.heyu(text);
        const next = truth[0];
        if (next === undefined || !text.startsWith(`${next.src ?? ''} func`)) continue;
        truth.shift();
        const unit = UNITS[next.unit ?? ''];
        if (unit === undefined) continue;
        const state = next.fn === 'on' ? unit.on : opposite(unit.on);
        if (last.get(unit.entity) !== state) wanted.get(unit.entity)?.push(state);
        last.set(unit.entity, state);
        await homeAssistant.untilState(unit.entity, state);
      }
      expect(truth).toEqual([]);
      await world.fence();
      expect(new Map([...wanted.keys()].map((entity) => [entity, statesSince(entity, from)]))).toEqual(
        wanted,
      );
    },
  );
});
