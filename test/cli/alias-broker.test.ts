import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { runCli, house, type AliasHouse } from './run-cli.js';
import { atTerminal, KEY } from './terminal-session.js';

type Scene = {
  readonly broker: Mosquitto;
  readonly home: AliasHouse;
  readonly keep: (topic: string, payload: string) => Promise<void>;
};

/** A broker with a house that is configured for it. */
async function scene(options: MosquittoOptions = {}, login = ''): Promise<Scene> {
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  const home = house({
    'config.yaml': `heyu: { log: heyu.log, timezone: UTC }
mqtt: { url: "${broker.url.replace('://', `://${login}`)}" }
zones: { ground: { name: Ground floor } }
`,
    'aliases.yaml': `aliases:
  hall: { address: A3, model: MS14A, zone: ground }
  lamp: { address: B1, model: StdLM }
  neighbour: { address: G1, ignore: true }
`,
  });
  const client = await mqtt.connectAsync(broker.url.replace('://', `://${login}`));
  onTestFinished(async () => client.endAsync());
  return {
    broker,
    home,
    keep: async (topic, payload) => {
      await client.publishAsync(topic, payload, { retain: true, qos: 1 });
    },
  };
}

const runs = (home: AliasHouse, ...args: string[]) =>
  runCli('alias', ...args, '--config', home.path('config.yaml'));

/** What a healthy service keeps at the broker for `hall`. */
const HEALTHY = {
  'x10/bridge/status': 'online',
  'x10/hall/motion': 'OFF',
  'x10/hall/silent': 'OFF',
  'x10/hall/last_seen': '2026-11-22T15:00:00+00:00',
  'homeassistant/device/x10_a3/config': '{}',
  'x10/zone/ground/security': 'disarmed',
};

const keepAll = async ({ keep }: Scene, more: Readonly<Record<string, string>> = {}) => {
  for (const [topic, payload] of Object.entries({ ...HEALTHY, ...more })) await keep(topic, payload);
};

describe('alias test', () => {
  it('reads everything of a sensor back, and its test event', async () => {
    const there = await scene();
    await keepAll(there);
    const { code, out } = await runs(there.home, 'test', 'hall');
    expect(out).toContain('x10/hall/event: the test event came back');
    expect(out).toContain('x10/bridge/status: online');
    expect(out).toContain('x10/hall/motion: OFF');
    expect(out).not.toContain('error');
    expect(code).toBe(0);
  });

  it('publishes an event of the type test that is not retained', async () => {
    const there = await scene();
    const seen: string[] = [];
    const client = await mqtt.connectAsync(there.broker.url);
    onTestFinished(async () => client.endAsync());
    client.on('message', (_, payload, { retain }) => seen.push(`${retain} ${payload.toString()}`));
    await client.subscribeAsync('x10/hall/event');
    await runs(there.home, 'test', 'hall');
    await until(() => seen.length > 0, 'the event');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^false /);
    expect(JSON.parse(seen[0]?.slice(6) ?? '')).toMatchObject({
      event_type: 'test',
      address: 'A3',
      zone: 'ground',
    });
  });

  it('warns when the service does not run', async () => {
    const there = await scene();
    const { code, out } = await runs(there.home, 'test', 'hall');
    expect(out).toContain('x10/bridge/status: nothing');
    expect(code).toBe(1);
  });

  it('names what the broker does not allow', async () => {
    const acl = 'user bridge\ntopic readwrite x10/bridge/#\ntopic write x10/hall/#\n';
    const there = await scene({ passwords: { bridge: 'secret' }, acl }, 'bridge:secret@');
    const { code, out } = await runs(there.home, 'test', 'hall');
    expect(out).toContain('x10/hall/event: the test event did not come back');
    expect(code).toBe(2);
  });

  it.each([
    ['an alias that is not there', ['test', 'attic'], 1, 'there is no alias "attic"'],
    ['a neighbour', ['test', 'neighbour'], 1, 'nothing is published for it'],
    ['motion of a lamp', ['test', 'lamp', '--motion', '--yes'], 1, 'lamp has no motion'],
  ])('refuses %s', async (_, args, code, message) => {
    const there = await scene();
    await keepAll(there);
    const ran = await runs(there.home, ...args);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message) as string]);
  });

  it('says why the broker cannot be reached', async () => {
    const there = await scene();
    await there.broker.stop();
    const { code, err } = await runs(there.home, 'test', 'hall');
    expect([code, err]).toEqual([1, expect.stringContaining('the broker cannot be reached') as string]);
  });

  it.each(['armed_away', 'None', undefined])('makes up no motion while the zone is %s', async (state) => {
    const there = await scene();
    await keepAll(
      there,
      state === undefined ? { 'x10/zone/ground/security': '' } : { 'x10/zone/ground/security': state },
    );
    const { code, err } = await runs(there.home, 'test', 'hall', '--motion', '--yes');
    expect([code, err]).toEqual([1, expect.stringContaining('no motion is made up') as string]);
  });

  it('really turns the motion on and off again', async () => {
    const there = await scene();
    await keepAll(there);
    const { code, out } = await runs(there.home, 'test', 'hall', '--motion', '--yes');
    expect(out).toMatch(/motion: ON came back[^]*motion: OFF came back/);
    expect(code).toBe(0);
  });

  it('asks before it does', async () => {
    const there = await scene();
    await keepAll(there);
    const session = atTerminal([
      'alias',
      'test',
      'hall',
      '--motion',
      '--config',
      there.home.path('config.yaml'),
    ]);
    await session.sees('Automations will run.');
    session.types(KEY.enter);
    await session.sees('cancelled');
    expect(await session.ends()).toBe(1);
  });
});
