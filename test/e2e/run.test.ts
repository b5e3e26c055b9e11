/** The service as its users run it, against a real mosquitto. */

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { MAIN, makeHouse, pair, stampAt, type HouseOptions, type House } from '../support/house.js';
import { ownHouse, type OwnHouse } from '../support/own-house.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';

const ALIASES = `aliases:
  hall_motion: { address: A3, model: MS14A, name: Hall, zone: ground, dusk: A4, hold: 5m, topic: hall }
  porch_motion: { address: A5, model: MS14A, name: Porch, hold: 2s }
  sec_door: { address: C2, model: DS10A, name: Door, topic: door }
`;
const ZONES = 'zones:\n  ground: { name: Ground floor, state_topic: house/armed, alert_cooldown: 0s }\n';

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto({ persistence: { autosaveS: 1 } });
});
afterAll(() => mosquitto.remove());

let houses = 0;

/** A house with base topic and client id of its own, and a subscriber to all of it. */
function house(more: HouseOptions = {}): Promise<OwnHouse> {
  houses += 1;
  const zones = more.config ?? ZONES.replace('house/armed', `h${houses}-house/armed`);
  return ownHouse(mosquitto, `h${houses}`, {
    aliases: ALIASES,
    ...more,
    topics: [`ha${houses}/#`],
    config: `homeassistant: { prefix: ha${houses}, birth_topic: ha${houses}/status }\n${zones}`,
  });
}

type Event = { event_type: string; id: string; security?: string; at: string };
const events = (seen: Collector, topic: string): Event[] =>
  seen.payloads(topic).map((payload) => JSON.parse(payload) as Event);

const ON = pair('rcvi', 'A3', 'On', 'hall_motion');
const door = (name: string): string[] => [
  `${stampAt(Date.now())}  rcva func ${name.padStart(12)} : hu C2  swMin  (sec_door)`,
];
const OFF = pair('rcvi', 'A3', 'Off', 'hall_motion');

describe('a second service with the same state directory', () => {
  test('ends at once and says whose it is; the first one goes on', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/hall/motion`, 'OFF');
    const second = spawnSync(process.execPath, [MAIN, 'run', '--config', bridge.configPath], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(
      `another heyu2mqtt (process ${bridge.pid() ?? 0}) uses the state directory`,
    );
    expect(second.stderr).toContain('hint: stop it');
    bridge.heyu(...ON);
    await seen.untilLast(`${base}/hall/motion`, 'ON');
  });
});

describe.concurrent('a day in the house', () => {
  test('one motion is one ON, one OFF and two events, however often the sensor repeats it', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    await seen.untilLast(`${base}/hall/motion`, 'OFF');
    await seen.untilLast(`${base}/door/silent`, 'OFF');
    seen.clear();
    for (let i = 0; i < 5; i += 1) bridge.heyu(...ON);
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    bridge.heyu(...OFF);
    await seen.untilLast(`${base}/hall/motion`, 'OFF');
    await seen.until(() => events(seen, `${base}/hall/event`).length === 2);
    expect(seen.payloads(`${base}/hall/motion`)).toEqual(['ON', 'OFF']);
    const [motion, clear] = events(seen, `${base}/hall/event`);
    expect(motion?.event_type).toBe('motion');
    expect(clear).toMatchObject({ event_type: 'clear', id: `${motion?.id ?? ''}.clear` });
    expect(seen.messages.filter(({ topic }) => topic.endsWith('/event')).every(({ retain }) => !retain)).toBe(
      true,
    );
  });

  test('the motion is published before anything else that the line causes', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/door/silent`, 'OFF');
    // a state waits for the acknowledgement of its older value: let those of the start arrive
    bridge.heyu(...ON);
    await seen.until(() => seen.payloads(`${base}/hall/last_seen`).length === 1);
    await until(() => readState(bridge)?.includes('"on":true') ?? false, 'the checkpoint with the motion');
    seen.clear();
    bridge.heyu(...pair('rcvi', 'A5', 'On'));
    await seen.until(() => seen.payloads(`${base}/porch_motion/last_seen`).length === 1);
    const topics = seen.messages
      .map(({ topic }) => topic)
      .filter((topic) => topic.startsWith(`${base}/porch`));
    expect(topics).toEqual(
      ['motion', 'event', 'last_seen'].map((channel) => `${base}/porch_motion/${channel}`),
    );
  });

  test('a lost Off ends with the hold time', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    bridge.heyu(...pair('rcvi', 'A5', 'On'));
    await seen.untilLast(`${base}/porch_motion/motion`, 'ON');
    await seen.untilLast(`${base}/porch_motion/motion`, 'OFF');
    await seen.until(() => events(seen, `${base}/porch_motion/event`).length === 2);
    expect(events(seen, `${base}/porch_motion/event`).map(({ event_type }) => event_type)).toEqual([
      'motion',
      'clear',
    ]);
  });

  test('dusk and dawn are light, unknown before the first', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/hall/light`, 'None');
    bridge.heyu(...pair('rcvi', 'A4', 'On'));
    await seen.untilLast(`${base}/hall/light`, 'OFF');
    bridge.heyu(...pair('rcvi', 'A4', 'Off'));
    await seen.untilLast(`${base}/hall/light`, 'ON');
    expect(seen.payloads(`${base}/hall/motion`)).not.toContain('ON');
  });

  test('motion raises an alert while the zone is armed, and only then', async () => {
    const { bridge, seen, base } = await house();
    await seen.publish(`${base}-house/armed`, 'armed_away', { retain: true });
    await bridge.start();
    await seen.untilLast(`${base}/zone/ground/security`, 'armed_away');
    bridge.heyu(...ON);
    await seen.until(() => events(seen, `${base}/zone/ground/alert`).length === 1);
    await seen.until(() => events(seen, `${base}/hall/event`)[0]?.security === 'armed_away');
    await seen.untilLast(`${base}/zone/ground/alarm`, 'ON');
    await seen.publish(`${base}-house/armed`, 'disarmed', { retain: true });
    await seen.untilLast(`${base}/zone/ground/alarm`, 'OFF');
    bridge.heyu(...OFF, ...ON);
    await seen.until(() => events(seen, `${base}/hall/event`).length === 3);
    expect(events(seen, `${base}/hall/event`)[2]?.security).toBe('disarmed');
    const said = bridge
      .output()
      .split('\n')
      .filter((line) => line.includes('"msg":"alert"'));
    expect(said).toHaveLength(1);
    expect(JSON.parse(said[0] ?? '')).toMatchObject({
      zone: 'ground',
      alias: 'hall_motion',
      security: 'armed_away',
    });
    expect(events(seen, `${base}/zone/ground/alert`)).toHaveLength(1);
  });
});

describe('the end', () => {
  test('kill -9 shows offline by the last will', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    await bridge.stop('SIGKILL');
    await seen.untilLast(`${base}/bridge/status`, 'offline');
  });

  /** How long this takes, ms. */
  const msOf = async (act: () => Promise<unknown>): Promise<number> => {
    const from = performance.now();
    await act();
    return performance.now() - from;
  };

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s says offline and ends with 0, in no more time than two starts take',
    async (signal) => {
      const { bridge, seen, base } = await house();
      const startMs = await msOf(bridge.start);
      await seen.untilLast(`${base}/bridge/status`, 'online');
      const stopMs = await msOf(async () => expect(await bridge.stop(signal)).toBe(0));
      expect(stopMs).toBeLessThan(2 * startMs);
      await seen.untilLast(`${base}/bridge/status`, 'offline');
    },
  );

  test('it stops as quickly without a broker', async () => {
    const bridge = makeHouse({ mqttUrl: 'mqtt://127.0.0.1:1', aliases: ALIASES, config: ZONES });
    onTestFinished(() => bridge.remove());
    const startMs = await msOf(bridge.start);
    bridge.heyu(...ON);
    const stopMs = await msOf(async () => expect(await bridge.stop()).toBe(0));
    expect(stopMs).toBeLessThan(2 * startMs);
  });
});

describe.concurrent('the time in between', () => {
  test('motion that heyu logged while the bridge was down is reported as missed and shows no ON', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    bridge.heyu('Engine started');
    await until(
      () => readState(bridge)?.includes('"offset":31') ?? false,
      () => `the checkpoint: ${readState(bridge) ?? ''}`,
    );
    await bridge.stop('SIGKILL');
    seen.clear();
    const old = stampAt(Date.now() - 1000);
    appendFileSync(
      bridge.logPath,
      pair('rcvi', 'A5', 'On')
        .map((line) => `${old}  ${line}\n`)
        .join(''),
    );
    // its hold time of 2 s has to be over before anybody reads it
    const from = Date.now();
    await until(() => Date.now() - from > 2500);
    await bridge.start();
    await seen.until(() => events(seen, `${base}/porch_motion/event`).length === 1);
    expect(events(seen, `${base}/porch_motion/event`)[0]?.event_type).toBe('motion_missed');
    await seen.untilLast(`${base}/porch_motion/motion`, 'OFF');
    expect(seen.payloads(`${base}/porch_motion/motion`)).not.toContain('ON');
  });

  test('motion is delivered when the broker comes back', async () => {
    const own = await startMosquitto();
    onTestFinished(() => own.remove());
    const bridge = makeHouse({ mqttUrl: own.url, aliases: ALIASES, config: ZONES });
    onTestFinished(() => bridge.remove());
    const seen = await collect(own.port, ['x10/#']);
    onTestFinished(() => seen.stop());
    await bridge.start();
    await seen.untilLast('x10/bridge/status', 'online');
    await own.stop();
    seen.clear();
    bridge.heyu(...ON);
    await own.start();
    await seen.until(() => events(seen, 'x10/hall/event').some(({ event_type }) => event_type === 'motion'));
    await seen.untilLast('x10/hall/motion', 'ON');
    await seen.untilLast('x10/bridge/status', 'online');
  });

  test('a rotation between address and function loses nothing', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    bridge.heyu(ON[0] ?? '');
    renameSync(bridge.logPath, `${bridge.logPath}.1`);
    bridge.heyu(ON[1] ?? '');
    await seen.untilLast(`${base}/hall/motion`, 'ON');
  });

  test('a log that is not there yet is read from its beginning when heyu makes it', async () => {
    const { bridge, seen, base } = await house();
    renameSync(bridge.logPath, join(bridge.folder, 'elsewhere'));
    await bridge.start();
    await seen.untilLast(`${base}/bridge/source`, 'offline');
    await seen.untilLast(`${base}/bridge/problem`, 'ON');
    bridge.heyu(...ON);
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    await seen.untilLast(`${base}/bridge/source`, 'online');
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
  });
});

function readState(bridge: House): string | undefined {
  const path = join(bridge.statePath, 'state.json');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

describe.concurrent('a new configuration', () => {
  test('is taken without a reconnect and without a false motion; what is gone disappears', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    bridge.heyu(...ON);
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    await seen.until(() => events(seen, `${base}/hall/event`).length === 1);
    await seen.until(() => seen.messages.some(({ topic }) => topic.endsWith(`${base}_c2/config`)));
    seen.clear();
    writeFileSync(
      bridge.aliasesPath,
      ALIASES.replace(/ {2}sec_door.*\n/, '') + '  garden: { address: A9, model: MS16A, name: Garden }\n',
    );
    await seen.until(() => seen.last(`${base}/garden/motion`)?.payload === 'OFF');
    await seen.until(() =>
      seen.messages.some(({ topic, payload }) => topic.endsWith(`${base}_c2/config`) && payload === ''),
    );
    await seen.until(() =>
      seen.messages.some(({ topic, payload }) => topic.endsWith(`${base}_a9/config`) && payload !== ''),
    );
    expect(seen.payloads(`${base}/bridge/status`)).toEqual([]);
    expect(seen.payloads(`${base}/hall/motion`)).toEqual([]);
    expect(seen.payloads(`${base}/hall/event`)).toEqual([]);
    bridge.heyu(...OFF);
    await seen.untilLast(`${base}/hall/motion`, 'OFF');
  });

  test('with errors leaves the old one in force and says why', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/status`, 'online');
    writeFileSync(bridge.aliasesPath, 'aliases:\n  hall: { address: Z99 }\n');
    await until(() => bridge.output().includes('the old one stays in force'));
    expect(bridge.output()).toMatch(/aliases\.yaml:2: aliases\.hall\.address/);
    bridge.heyu(...ON);
    await seen.untilLast(`${base}/hall/motion`, 'ON');
  });

  test('with a new setting without effect leaves the old one in force', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
    writeFileSync(bridge.aliasesPath, ALIASES.replace('DS10A', 'DS10A, type: remote'));
    await until(() => bridge.output().includes('the old one stays in force'));
    expect(bridge.output()).toMatch(
      /aliases\.yaml:4: aliases\.sec_door\.type: a DS10A is never heard as remote/,
    );
  });

  test('that had a setting without effect already is taken; it is ignored and a problem until it is fixed', async () => {
    const idle = ALIASES.replace('DS10A', 'DS10A, type: remote');
    const { bridge, seen, base } = await house({ aliases: idle });
    await bridge.start();
    await seen.untilLast(`${base}/bridge/problem`, 'ON');
    expect(bridge.output()).toContain('ignored: ');
    bridge.heyu(...door('Alert'));
    await seen.untilLast(`${base}/door/contact`, 'ON');
    await seen.until(() =>
      /settings that have no effect are ignored .*aliases\.sec_door\.type/.test(
        seen.last(`${base}/bridge/info`)?.payload ?? '',
      ),
    );
    writeFileSync(bridge.aliasesPath, idle.replace('name: Porch', 'name: Yard'));
    await until(() => bridge.output().includes('configuration reloaded'));
    writeFileSync(bridge.aliasesPath, ALIASES);
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
  });

  test('is read at SIGHUP', async () => {
    const { bridge } = await house();
    await bridge.start();
    bridge.signal('SIGHUP');
    await until(() => bridge.output().includes('configuration reloaded'));
  });

  test('that is written while the service starts is taken', async () => {
    const { bridge, seen, base } = await house();
    // the start waits here: the configuration is read, and is not watched yet
    const state = join(bridge.statePath, 'state.json');
    mkdirSync(bridge.statePath);
    spawnSync('mkfifo', [state]);
    const started = bridge.start();
    const waiting = await open(state, 'w');
    writeFileSync(bridge.aliasesPath, ALIASES.replace('topic: hall', 'topic: corridor'));
    await waiting.close();
    await started;
    await seen.untilLast(`${base}/corridor/motion`, 'OFF');
  });

  test('clears what an earlier run has left on the broker', async () => {
    const { bridge, seen, base } = await house();
    await bridge.start();
    await seen.untilLast(`${base}/hall/motion`, 'OFF');
    await bridge.stop();
    writeFileSync(bridge.aliasesPath, ALIASES.replace('topic: hall', 'topic: corridor'));
    await bridge.start();
    await seen.untilLast(`${base}/corridor/motion`, 'OFF');
    await seen.until(() => seen.last(`${base}/hall/motion`)?.payload === '');
    await seen.until(() => seen.last(`${base}/hall/light`)?.payload === '');
  });
});

describe('home assistant', () => {
  test('is told everything again at its birth', async () => {
    const { bridge, seen, base } = await house();
    const prefix = base.replace('h', 'ha');
    const topic = `${prefix}/device/${base}_a3/config`;
    await bridge.start();
    await seen.until(() => seen.payloads(topic).length > 0);
    await seen.untilLast(`${base}/bridge/status`, 'online');
    seen.clear();
    await seen.publish(`${prefix}/status`, 'online');
    await seen.until(
      () => seen.payloads(topic).length > 0 && seen.payloads(`${base}/hall/motion`).length > 0,
    );
  });
});

describe.concurrent('bad surroundings', () => {
  test('a configuration with errors ends with 78 and every error at once', async () => {
    const bridge = makeHouse({
      mqttUrl: 'mqtt://127.0.0.1:1',
      config: 'mqtt: { keepalive: soon, prot: 5 }\nzone: {}\n',
    });
    onTestFinished(() => bridge.remove());
    await bridge.start();
    expect(await bridge.stop()).toBe(78);
    expect(bridge.output()).toMatch(/mqtt\.keepalive/);
    expect(bridge.output()).toMatch(/mqtt\.prot/);
    expect(bridge.output()).toMatch(/zone/);
    expect(bridge.output()).not.toMatch(/ at .*\.js:\d+/);
  });
});
