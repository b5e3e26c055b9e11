import { mkdirSync } from 'node:fs';
import { beforeAll, afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkBatteries } from '../../src/cli/check/check-aliases.js';
import { batteryHint } from '../../src/sensor/words.js';
import { ago, statusLines } from '../../src/cli/status.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { serveControl } from '../../src/io/control.js';
import type { HouseStatus } from '../../src/service/status.js';
import { makeHouse, pair } from '../support/house.js';
import { until } from '../support/until.js';
import { runCli } from './run-cli.js';
import { atTerminal, KEY } from './terminal-session.js';

const NOTHING = {
  since: null,
  reason: null,
  last_known: null,
  changed_by: null,
  verified: false,
  until: null,
  open_sensors: [],
  bypassed: [],
  alarm: false,
  alarm_sensor: null,
};
const AT = '2026-11-22T15:00:00+00:00';

const sensor = (
  alias: string,
  more: Partial<HouseStatus['sensors'][number]>,
): HouseStatus['sensors'][number] => ({
  alias,
  address: 'A1',
  name: alias,
  type: 'motion',
  zone: null,
  state: null,
  values: {},
  last_seen: null,
  battery: null,
  battery_hint: null,
  silent: false,
  ...more,
});

const STATUS: HouseStatus = {
  version: '0.1.0',
  at: AT,
  running: true,
  log: { path: '/var/log/heyu/heyu.log.ttyS0', status: 'following', last_line: AT },
  broker: { connected: true },
  problems: [{ problem: 'the broker is not reached: events wait for it', hint: 'heyu2mqtt check shows why' }],
  zones: [
    {
      ...NOTHING,
      zone: 'ground',
      name: 'Ground floor',
      state: 'armed_away',
      since: '2026-11-22T13:00:00+00:00',
    },
    {
      ...NOTHING,
      zone: 'top',
      name: 'Top',
      state: 'unknown',
      reason: 'no connection',
      last_known: 'disarmed',
    },
    {
      ...NOTHING,
      zone: 'barn',
      name: 'Barn',
      state: 'triggered',
      open_sensors: ['gate'],
      alarm: true,
      alarm_sensor: 'gate',
    },
  ],
  sensors: [
    sensor('hall_motion', { state: 'motion', zone: 'ground', last_seen: '2026-11-22T14:59:57+00:00' }),
    sensor('front_door', {
      state: 'closed, silent',
      silent: true,
      battery: 'low',
      zone: 'ground',
      last_seen: '2026-11-22T14:56:57+00:00',
    }),
    sensor('lamp', {}),
  ],
  unnamed: [
    { sender: 'A9', label: 'porch', count: 3, function: 'On', last_seen: '2026-11-20T15:00:00+00:00' },
  ],
};

const lines = (columns: number, status = STATUS): string =>
  statusLines(status, { columns, style: (_: string, text: string) => text } as Terminal).join('\n');

describe('the page', () => {
  it('has zones, a table of sensors, senders without a name, and problems', () => {
    expect(lines(80)).toBe(`Ground floor: armed away, for 2 h
Top: unknown (no connection; it was disarmed)
Barn: triggered, open: gate, ALARM raised by gate

SENSOR       STATE           HEARD      BATTERY  ZONE
hall_motion  motion          just now   -        ground
front_door   closed, silent  3 min ago  low      ground
lamp         -               never      -        -

1 sender without a name: heyu2mqtt alias learn
  A9  On, heard 3 times, last 2 d ago, heyu calls it porch

! the broker is not reached: events wait for it
  heyu2mqtt check shows why`);
  });

  it('says the same without a table where that does not fit', () => {
    expect(lines(40)).toContain(`
hall_motion: motion
  heard just now, zone ground
front_door: closed, silent
  heard 3 min ago, battery low, zone ground
lamp: -
  heard never
`);
  });

  it('says once what to know before batteries are changed, as `check` does', () => {
    const hint = batteryHint({ latchesBattery: true }) ?? '';
    const low = { battery: 'low', battery_hint: hint } as const;
    const sensors = [
      sensor('door', low),
      sensor('gate', low),
      sensor('hall', { battery: 'low' }),
      sensor('attic', { battery: 'ok' }),
    ];
    const page = lines(1000, { ...STATUS, sensors, problems: [] });
    expect(page.endsWith(`\n\n! battery low: door gate\n  ${hint}`)).toBe(true);
    const told: unknown[] = [];
    checkBatteries({ sensors }, (...said) => told.push(said));
    expect(told).toEqual([
      ['warning', 'the battery of door is low', hint],
      ['warning', 'the battery of gate is low', hint],
      ['warning', 'the battery of hall is low', undefined],
    ]);
  });

  it('says what to do where there is no sensor', () => {
    expect(lines(80, { ...STATUS, sensors: [], zones: [], unnamed: [], problems: [] })).toBe(
      'no sensor has a name yet: heyu2mqtt alias import, or heyu2mqtt alias learn',
    );
  });

  it('lets nothing of others steer the terminal', () => {
    const evil = '\u001b[2J';
    const unnamed = [{ sender: evil, label: evil, count: 1, function: evil, last_seen: AT }];
    expect(lines(80, { ...STATUS, unnamed, problems: [{ problem: evil, hint: null }] })).not.toContain(
      '\u001b',
    );
  });

  it.each([
    [null, 'never'],
    ['2026-11-22T15:00:30+00:00', 'just now'],
    ['2026-11-22T14:59:51+00:00', 'just now'],
    ['2026-11-22T14:59:50+00:00', '10 s ago'],
    ['2026-11-22T14:59:00+00:00', '1 min ago'],
    ['2026-11-22T15:01:00+01:00', '59 min ago'],
    ['2026-11-21T14:00:00+00:00', '25 h ago'],
    ['2026-11-20T15:00:00+00:00', '2 d ago'],
  ])('says %s as %s', (iso, words) => {
    expect(ago(iso, Date.parse(AT))).toBe(words);
  });

  it.each([
    ['2026-11-22T15:00:30+00:00', 'Hall: disarmed, for 0 s'],
    ['2026-11-22T14:59:57+00:00', 'Hall: disarmed, for 3 s'],
    ['2026-11-22T14:59:20+00:00', 'Hall: disarmed, for 40 s'],
    ['2026-11-20T15:00:00+00:00', 'Hall: disarmed, for 2 d'],
  ])('says of a zone since %s: %s', (since, words) => {
    const zone = { ...NOTHING, zone: 'hall', name: 'Hall', state: 'disarmed' as const, since };
    expect(lines(80, { ...STATUS, zones: [zone] }).split('\n')[0]).toBe(words);
  });
});

describe('status', () => {
  const house = makeHouse({
    config: 'zones: { ground: { name: Ground floor } }\n',
    aliases: `aliases:
  hall: { address: A3, model: MS14A, zone: ground }
  a_door_with_a_long_name: { address: C1, model: DS10A, zone: ground }
`,
    mqttUrl: 'mqtt://127.0.0.1:9',
  });
  const status = (...args: string[]) => ['status', ...args, '--config', house.configPath];
  beforeAll(() => house.start());
  afterAll(() => house.remove());

  it('asks the running service, whose broker is not reached', async () => {
    house.heyu(...pair('rcvi', 'A3', 'On'));
    const asked = await until(async () => {
      const { code, out } = await runCli(...status('--json'));
      const answer = JSON.parse(out) as HouseStatus;
      return answer.sensors[0]?.state === 'motion' && { code, answer };
    });
    expect(asked.code).toBe(0);
    expect(asked.answer).toMatchObject({
      running: true,
      broker: { connected: false },
      problems: [{ problem: 'the broker is not reached: events wait for it' }],
    });
  });

  it('shows single sensors and their zones', async () => {
    const { code, out } = await runCli(...status('a_door_with_a_long_name'));
    expect(code).toBe(0);
    expect(out).toContain('Ground floor: ');
    expect(out).not.toContain('hall');
    expect(await runCli(...status('attic'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no alias "attic"') as string,
    });
    expect(await runCli(...status('hal'))).toMatchObject({
      code: 1,
      err: 'heyu2mqtt: there is no alias "hal"\n  hint: did you mean "hall"?\n',
    });
  });

  it.each([40, 60, 120, 200])('fits a terminal of %i columns, without a cut word', async (columns) => {
    const session = atTerminal(status(), {}, columns);
    expect(await session.ends()).toBe(0);
    const shown = session.screen().split(/\r?\n/);
    for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
    const words = session.screen().split(/\s+/).join(' ');
    expect(words).toContain('the broker is not reached: events wait for it heyu2mqtt check shows why');
    expect(words).toContain('a_door_with_a_long_name');
  });

  it.each([
    ['status --watch', [...status('hall'), '--watch']],
    ['alias watch', ['alias', 'watch', 'hall', '--config', house.configPath]],
  ])('%s shows what changes, until Ctrl-C', async (_, args) => {
    const session = atTerminal(args);
    await session.sees('hall');
    house.heyu(...pair('rcvi', 'A3', 'Off'));
    await session.sees('no motion');
    house.heyu(...pair('rcvi', 'A3', 'On'));
    await session.sees('motion ');
    session.types(KEY.ctrlC);
    expect(await session.ends()).toBe(0);
  });

  it('shows the configured sensors when no service runs, and ends with 1', async () => {
    const other = makeHouse({ aliases: 'aliases:\n  hall: { address: A3, model: MS14A }\n' });
    onTestFinished(() => other.remove());
    const { code, out, err } = await runCli('status', '--config', other.configPath);
    expect(code).toBe(1);
    expect(out).toContain('hall    -      -      -        -');
    expect(err).toContain('the service does not run\n  hint: sudo systemctl start heyu2mqtt');
  });

  it.each([['status'], ['zone', 'status'], ['zone', 'disarm', 'ground']])(
    '%s %s asks no other service than that of the configuration it was given',
    async (...args) => {
      expect(await runCli(...args, '--config', '/nowhere/config.yaml')).toMatchObject({
        code: 78,
        err: expect.stringContaining('/nowhere/config.yaml: does not exist') as string,
      });
    },
  );

  it('names a service of another version', async () => {
    const other = makeHouse();
    mkdirSync(other.statePath);
    onTestFinished(() => other.remove());
    const nothing = () => undefined;
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const questions = { control: { status: () => [{ ...STATUS, version: '9.9.9' }] }, root: {} };
    const { stop } = await serveControl(other.statePath, questions, log);
    onTestFinished(stop);
    expect(await runCli('status', '--config', other.configPath)).toMatchObject({
      code: 1,
      err: expect.stringContaining('the service is version 9.9.9') as string,
    });
  });
});
