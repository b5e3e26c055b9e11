import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { makeHouse, type House } from '../support/house.js';
import { ownHouse } from '../support/own-house.js';
import { type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { runCli, type Ran } from './run-cli.js';
import { atTerminal } from './terminal-session.js';

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto();
});
afterAll(() => mosquitto.remove());

type Scene = {
  readonly base: string;
  /** The topic of the zone's state. */
  readonly state: string;
  readonly bridge: House;
  readonly seen: Collector;
  readonly session: (...args: readonly string[]) => Promise<Ran>;
  /** Starts the service and waits until it knows the zone. */
  readonly run: () => Promise<void>;
  /** Armed and disarmed, so often. */
  readonly toggle: (times: number) => Promise<void>;
};

let houses = 0;

/** A house of its own, with a zone whose state somebody else tells. */
async function scene(options: { broker?: Mosquitto; mqtt?: string } = {}): Promise<Scene> {
  const { broker = mosquitto, mqtt = '' } = options;
  houses += 1;
  const base = `s${houses}`;
  const state = `alarm/${houses}/state`;
  const { bridge, seen } = await ownHouse(broker, base, {
    mqtt: `, client_id: ${base}-bridge${mqtt}`,
    config: `zones: { ground: { state_topic: ${state} } }`,
  });
  let told = 0;
  const toggle = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      told += 1;
      await seen.publish(state, told % 2 === 0 ? 'disarmed' : 'armed_away', { retain: true });
    }
  };
  return {
    base,
    state,
    bridge,
    seen,
    toggle,
    session: (...args) => runCli('session', ...args, '--config', bridge.configPath),
    run: async () => {
      seen.clear();
      await bridge.start();
      await seen.untilLast(`${base}/bridge/status`, 'online');
      const known = told % 2 === 0 ? 'disarmed' : 'armed_away';
      await seen.untilLast(`${base}/zone/ground/security`, known);
      await seen.until(
        () => seen.last(`${base}/bridge/info`)?.payload.includes(`"ground":"${known}"`) === true,
      );
    },
  };
}

/** The service has run and has ended. */
async function stopped(options?: Parameters<typeof scene>[0]): Promise<Scene> {
  const there = await scene(options);
  await there.toggle(2);
  await there.run();
  await there.bridge.stop();
  return there;
}

const json = ({ out }: Ran): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

describe.concurrent('session show', () => {
  test('has nothing to say of a service that has never run', async () => {
    const { session, base } = await scene();
    const { code, out } = await session('show');
    expect(out).toMatch(new RegExp(`client id +${base}-bridge\n`));
    expect(out).toMatch(/service +never seen: it has never run here\nlast connect +not known/);
    expect(code).toBe(0);
  });

  test('asks a running service what waited for it, also beyond what comes before the SUBACK', async () => {
    const there = await stopped();
    await there.toggle(30);
    await there.run();
    const { code, out } = await there.session('show');
    expect(out).toMatch(
      /service +running\nlast connect +\w{3} \d{4}-\d\d-\d\d [\d:]{8}: the broker had kept the session, 30 messages waited in it\n +30 {2}alarm/,
    );
    expect(out).not.toContain('--look');
    expect(code).toBe(0);
    const said = json(await there.session('show', '--json'));
    expect(said).toMatchObject({
      client_id: `${there.base}-bridge`,
      kind: 'persistent',
      service: 'running',
      last_connect: { present: true, queued: 30, queued_topics: { [there.state]: 30 } },
      now: null,
    });
    // nobody was thrown out
    expect(there.bridge.output()).not.toContain('the connection to the broker is gone');
  });

  test('does not count what comes live', async () => {
    const there = await stopped();
    await there.toggle(2);
    await there.run();
    await there.toggle(4);
    await there.seen.until(() => there.seen.payloads(`${there.base}/zone/ground/security`).length > 2);
    expect(json(await there.session('show', '--json'))).toMatchObject({ last_connect: { queued: 2 } });
  });

  test('takes nothing out of the session of a stopped service', async () => {
    const there = await stopped();
    await there.toggle(3);
    const { code, out } = await there.session('show');
    expect(out).toMatch(
      /service +stopped\nlast connect +\w{3} \d{4}-\d\d-\d\d [\d:]{8}: the broker had kept no session\nnow +what waits now is known only to a client that connects in place of the service/,
    );
    expect(code).toBe(0);
    await there.toggle(1);
    await there.run();
    expect(json(await there.session('show', '--json'))).toMatchObject({ last_connect: { queued: 4 } });
  });

  test('says that a clean session keeps nothing', async () => {
    const { session } = await stopped({ mqtt: ', session: clean' });
    const { out } = await session('show');
    expect(out).toMatch(/mqtt.session +clean: the broker keeps nothing/);
  });
});

describe.concurrent.each(['3.1.1', '5'])('session show --look, MQTT %s', (protocol) => {
  const mqtt = `, protocol: "${protocol}"`;

  test('shows what waits, as often as one likes, and leaves it there', async () => {
    const there = await stopped({ mqtt });
    await there.toggle(3);
    for (let time = 0; time < 3; time += 1) {
      const said = json(await there.session('show', '--look', '--json'));
      const topic = there.state;
      expect(said['now']).toEqual({
        stored: true,
        waiting: 3,
        at_least: false,
        held_back: false,
        messages: ['armed_away', 'disarmed', 'armed_away'].map((payload) => ({ topic, payload, qos: 1 })),
      });
    }
    await there.run();
    expect(json(await there.session('show', '--json'))).toMatchObject({
      last_connect: { present: true, queued: 3 },
    });
  });

  test('sees the beginning of a long queue, and takes nothing out of it either', async () => {
    const there = await stopped({ mqtt });
    await there.toggle(50);
    const { out } = await there.session('show', '--look');
    expect(out).toMatch(/now +a session is stored, at least 20 messages wait in it/);
    await there.run();
    expect(json(await there.session('show', '--json'))).toMatchObject({ last_connect: { queued: 50 } });
  });

  test('makes no session where none is', async () => {
    const there = await scene({ mqtt });
    for (let time = 0; time < 2; time += 1) {
      const { out } = await there.session('show', '--look');
      expect(out).toMatch(/now +no session is stored/);
    }
  });
});

test.concurrent('session show --look does not throw the running service out', async () => {
  const there = await scene();
  await there.toggle(1);
  await there.run();
  const { code, err } = await there.session('show', '--look');
  expect(err).toMatch(/the service is running.*\n +hint: without --look/);
  expect(code).toBe(1);
  expect(there.bridge.output()).not.toContain('the connection to the broker is gone');
});

describe.concurrent('session clear', () => {
  test('resets the session of a stopped service', async () => {
    const there = await stopped();
    await there.toggle(3);
    const { code, out } = await there.session('clear', '--yes');
    expect(out).toBe(`${mosquitto.url}: the session of ${there.base}-bridge is reset\n`);
    expect(code).toBe(0);
    expect(json(await there.session('show', '--look', '--json'))).toMatchObject({ now: { stored: false } });
    await there.run();
    expect(json(await there.session('show', '--json'))).toMatchObject({
      last_connect: { present: false, queued: 0 },
    });
  });

  test('refuses while the service runs, unless forced', async () => {
    const there = await scene();
    await there.toggle(1);
    await there.run();
    const { code, err } = await there.session('clear', '--yes');
    expect(err).toMatch(/the service is running.*\n +hint: sudo systemctl stop heyu2mqtt/);
    expect(code).toBe(1);
    expect(there.bridge.output()).not.toContain('the connection to the broker is gone');
    // as a broker says that has crashed with the service
    await there.bridge.stop();
    await there.seen.publish(`${there.base}/bridge/status`, 'online', { retain: true });
    expect((await there.session('clear', '--yes')).code).toBe(1);
    expect((await there.session('clear', '--yes', '--force')).code).toBe(0);
  });

  test('asks, and without a terminal wants to be told', async () => {
    const there = await stopped();
    await there.toggle(2);
    const { code, err } = await there.session('clear');
    expect(err).toMatch(/no terminal to ask on\n +hint: add --yes/);
    expect(code).toBe(64);
    const shown = await there.session('show', '--look', '--json');
    expect(json(shown)).toMatchObject({ now: { stored: true, waiting: 2 } });
  });

  test('does nothing when the answer is no', async () => {
    const there = await stopped();
    await there.toggle(2);
    const session = atTerminal(['session', 'clear', '--config', there.bridge.configPath]);
    await session.sees(`Reset the session of ${there.base}-bridge?`);
    session.types('n');
    expect(await session.ends()).toBe(0);
    const shown = await there.session('show', '--look', '--json');
    expect(json(shown)).toMatchObject({ now: { stored: true, waiting: 2 } });
  });

  test('says which broker could not be reached', async () => {
    const gone = await startMosquitto();
    await gone.remove();
    const { session } = await scene({ broker: mosquitto, mqtt: '' });
    const bridge = makeHouse({
      mqttUrl: '',
      config: `mqtt: { url: ["${mosquitto.url}", "${gone.url}"], client_id: two-places }\n`,
    });
    onTestFinished(() => bridge.remove());
    const { code, out, err } = await runCli('session', 'clear', '--yes', '--config', bridge.configPath);
    expect(out).toBe(`${mosquitto.url}: the session of two-places is reset\n`);
    expect(err).toContain(`${gone.url}: connection refused`);
    expect(err).toContain('1 of 2 brokers could not be reached');
    expect(code).toBe(1);
    expect((await session('show')).code).toBe(0);
  });
});
