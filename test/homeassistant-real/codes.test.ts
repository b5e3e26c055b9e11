/** The panel of a zone with codes: it shows a pad, and what is typed there disarms, or does not. */

import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { MAIN, pair } from '../support/house.js';
import { until } from '../support/until.js';
import { startWorld, type World } from './world.js';

const CODE = '47110815';
const PANEL = 'alarm_control_panel.attic';

const ALIASES = `aliases:
  porch_motion: { address: A5, model: MS14A, name: Porch, zone: attic, topic: porch }
`;

const ZONES = `codes_file: codes
zones:
  attic: { name: Attic, panel: switch, modes: [away, night], alert_cooldown: 0s }
`;

/** 2024.3 makes entity ids of the names, which are the same here. */
const RELEASES = [
  { release: 'current', discovery: 'device' },
  { release: '2024.3', discovery: 'entity' },
] as const;

describe.each(RELEASES)('$release', ({ release, discovery }) => {
  const python = inject('pythons')[release];
  describe.skipIf(python === undefined)('a zone with codes', () => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld({ python: python ?? '', discovery, aliases: ALIASES, zones: ZONES });
      const { bridge, homeAssistant } = world;
      await homeAssistant.untilState(PANEL, 'disarmed');
      // a file of codes that is named and missing: a code that nobody has
      expect(await attribute('code_format')).toBe('number');
      const add = [MAIN, 'zone', 'code', 'add', 'attic', 'jane', '--config', bridge.configPath];
      const { status, stderr } = spawnSync(process.execPath, add, { input: CODE, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      await until(() => bridge.output().includes('configuration reloaded'), 'the code to be taken in');
      await world.fence();
      await homeAssistant.untilState(PANEL, 'disarmed');
    });
    afterAll(() => world.remove());
    afterEach(() => {
      const faults = world
        .newFaults()
        .filter((text) => !text.includes('Received unexpected payload: {"state":null,'));
      expect(faults).toEqual([]);
    });

    const attribute = async (name: string): Promise<unknown> =>
      (await world.homeAssistant.states()).find(({ entity_id }) => entity_id === PANEL)?.attributes[name];
    const press = (service: string, code?: string): Promise<void> =>
      world.homeAssistant.callService('alarm_control_panel', service, {
        entity_id: PANEL,
        ...(code === undefined ? {} : { code }),
      });
    const wrong = (): number =>
      world.homeAssistant.changes.filter(
        ({ entity, attributes }) =>
          entity === 'event.attic_event' && attributes['event_type'] === 'wrong_code',
      ).length;
    const refusals = (): number => world.bridge.output().split('command not obeyed').length;
    const refused = async (code: string): Promise<void> => {
      const before = wrong();
      await press('alarm_disarm', code);
      await until(() => wrong() > before, 'the event of a wrong code');
      expect(await world.homeAssistant.state(PANEL)).not.toBe('disarmed');
    };

    test('is armed without one, offers only what it has, and asks for it to disarm', async () => {
      // home and vacation are not among its modes: 2 + 4 + 8 away, night and trigger
      expect(await attribute('supported_features')).toBe(2 + 4 + 8);
      expect(await attribute('code_arm_required')).toBe(false);
      await press('alarm_arm_away');
      await world.homeAssistant.untilState(PANEL, 'armed_away');
      await refused('00000000');
      await press('alarm_disarm', CODE);
      await world.homeAssistant.untilState(PANEL, 'disarmed');
      // Home Assistant keeps `changed_by` of a panel for itself
      const told = world.homeAssistant.changes.filter(({ entity }) => entity === 'event.attic_event').at(-1);
      expect(told?.attributes).toMatchObject({ event_type: 'disarmed', by: 'jane' });
    });

    test('its switch only arms', async () => {
      const { homeAssistant, bridge } = world;
      await homeAssistant.callService('switch', 'turn_on', { entity_id: 'switch.attic_armed' });
      await homeAssistant.untilState(PANEL, 'armed_away');
      await homeAssistant.callService('switch', 'turn_off', { entity_id: 'switch.attic_armed' });
      await until(() => bridge.output().includes('it needs a code'), 'the refusal');
      expect(await homeAssistant.state(PANEL)).toBe('armed_away');
      await homeAssistant.untilState('switch.attic_armed', 'on');
      await press('alarm_disarm', CODE);
      await homeAssistant.untilState(PANEL, 'disarmed');
    });

    test('an alarm is ended by the code alone', async () => {
      await press('alarm_arm_night');
      await world.homeAssistant.untilState(PANEL, 'armed_night');
      world.bridge.heyu(...pair('rcvi', 'A5', 'On'));
      await world.homeAssistant.untilState(PANEL, 'triggered');
      await refused('1234');
      await press('alarm_disarm', CODE);
      await world.homeAssistant.untilState(PANEL, 'disarmed');
    });

    test('after the sixth wrong code the right one does not disarm either', async () => {
      await press('alarm_arm_night');
      await world.homeAssistant.untilState(PANEL, 'armed_night');
      for (const code of ['1111', '2222', '3333', '4444', '5555', '6666']) await refused(code);
      const before = refusals();
      await press('alarm_disarm', CODE);
      await until(() => refusals() > before, 'the refusal');
      expect(await world.homeAssistant.state(PANEL)).toBe('armed_night');
      expect(world.bridge.output()).not.toContain(CODE);
      expect(
        world.seen.messages.filter(({ topic, payload }) => !topic.endsWith('/set') && payload.includes(CODE)),
      ).toEqual([]);
    });
  });
});
