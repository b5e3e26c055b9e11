import { spawn } from 'node:child_process';
import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { checkEngine, tellStamps } from '../../src/cli/check/check-heyu.js';
import {
  checkAccess,
  checkOnAlert,
  checkState,
  identityOf,
  refusalFor,
} from '../../src/cli/check/check-service.js';
import type { Finding, Tell } from '../../src/cli/terminal.js';
import { processNamed } from '../../src/io/heyu-locks.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import { type HouseOptions, pair, stampAt, type House } from '../support/house.js';
import { ownHouse } from '../support/own-house.js';
import { collect, type Collector } from '../support/collect.js';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { type Ran, runCli, house } from './run-cli.js';
import { atTerminal } from './terminal-session.js';

type Scene = {
  /** Of its topics, and of those of its Home Assistant. */
  readonly base: string;
  readonly prefix: string;
  readonly bridge: House;
  readonly seen: Collector;
  readonly check: (...args: readonly string[]) => Promise<Ran>;
};

const ALIASES = `aliases:
  hall: { address: A3, model: MS14A, zone: ground }
  porch: { address: A5, model: MS14A, zone: ground }
`;

const into =
  (findings: Finding[]): Tell =>
  (verdict, text, hint) =>
    findings.push({ verdict, text, hint });

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto();
});
afterAll(() => mosquitto.remove());

let houses = 0;
const nextHouse = (): number => (houses += 1);

/** A house of its own at the shared broker; its log has heard both sensors just now. */
async function scene(
  more: HouseOptions = {},
  broker = mosquitto,
  login = '',
  house = nextHouse(),
): Promise<Scene> {
  const [base, prefix] = [`c${house}`, `ha${house}`];
  const { bridge, seen } = await ownHouse(broker, base, {
    aliases: ALIASES,
    ...more,
    login,
    topics: [`${prefix}/#`],
    config: `homeassistant: { prefix: ${prefix}, birth_topic: ${prefix}/status }
${more.config ?? 'zones: { ground: { name: Ground floor } }'}`,
  });
  bridge.heyu(...pair('rcvi', 'A3', 'On'), ...pair('rcvi', 'A5', 'On'));
  const check = (...args: readonly string[]) => runCli('check', '--config', bridge.configPath, ...args);
  return { base, prefix, bridge, seen, check };
}

/** Starts the service and waits until it has told everything. */
async function running({ base, prefix, bridge, seen }: Scene): Promise<void> {
  await bridge.start();
  await seen.untilLast(`${base}/bridge/status`, 'online');
  await seen.until(() => seen.last(`${base}/porch/motion`) !== undefined);
  await seen.until(() => seen.last(`${base}/bridge/info`) !== undefined);
  await seen.until(() => seen.last(`${prefix}/device/${base}_a5/config`) !== undefined);
}

const withLogin = async (acl: string): Promise<Mosquitto> => {
  const options: MosquittoOptions = {
    passwords: { bridge: 'secret' },
    acl: `user bridge\n${acl}`,
  };
  const broker = await startMosquitto(options);
  onTestFinished(broker.remove);
  return broker;
};

describe.concurrent('check', () => {
  it('is content with a house in which all is well', async () => {
    const there = await scene();
    await running(there);
    const { code, out } = await there.check();
    expect(out).toContain('all is well');
    for (const area of [
      'configuration',
      'aliases',
      'log',
      'heyu',
      'broker',
      'home assistant',
      'service',
      'page',
    ])
      expect(out).toMatch(new RegExp(`^${area} +(ok|note) `, 'm'));
    expect(code).toBe(0);
  });

  it('tells when Home Assistant was heard to start', async () => {
    const there = await scene();
    await running(there);
    expect((await there.check()).out).toMatch(/home assistant +ok +it has not restarted since/);
    there.seen.clear();
    await there.seen.publish(`${there.prefix}/status`, 'online');
    await there.seen.until(
      () => there.seen.last(`${there.base}/bridge/info`)?.payload.includes('"birth":"2') === true,
    );
    expect((await there.check()).out).toMatch(
      /home assistant +ok +last started: \w{3} 2\d{3}-\d\d-\d\d [\d:]{8}$/m,
    );
  });

  it('leaves the broker and the service as they were', async () => {
    const there = await scene();
    await running(there);
    there.seen.clear();
    await there.check();
    expect(there.seen.messages.filter(({ retain }) => retain)).toEqual([]);
    expect(there.seen.last(`${there.base}/bridge/status`)).toBeUndefined();
    expect(there.seen.last(`${there.base}/bridge/takeover`)).toBeUndefined();
  });

  it('warns when the service has never run, and finds nothing announced', async () => {
    const { check } = await scene();
    const { code, out } = await check();
    expect(out).toMatch(/service +warning +it has never run here/);
    expect(out).toContain('not announced yet');
    expect(code).toBe(1);
  });

  it('finds a service that has ended', async () => {
    const there = await scene();
    await running(there);
    await there.bridge.stop();
    const { code, out } = await there.check();
    expect(out).toMatch(/service +error +it does not run/);
    expect(code).toBe(2);
  });

  it('shows every fault of the configuration and still looks at heyu', async () => {
    const home = house({ 'config.yaml': 'mqtt: { ulr: x }\nstate_dri: /tmp\n' });
    const { code, out } = await runCli('check', '--config', home.path('config.yaml'));
    expect(out).toMatch(/configuration +error[^]*ulr[^]*error[^]*state_dri/);
    expect(out).toMatch(/^heyu /m);
    expect(code).toBe(2);
  });

  it('tells programs the same in JSON', async () => {
    const { check } = await scene();
    const { out } = await check('--json');
    expect(JSON.parse(out)).toContainEqual({
      area: 'service',
      verdict: 'warning',
      text: 'it has never run here',
      hint: expect.any(String) as string,
    });
  });

  it('says why the broker cannot be reached', async () => {
    const { bridge, check } = await scene();
    writeFileSync(
      bridge.configPath,
      `heyu: { log: ${bridge.logPath} }\nmqtt: { url: "mqtt://127.0.0.1:1" }\nzones: { ground: {} }\n`,
    );
    const { code, out } = await check();
    expect(out).toMatch(/broker +error +the broker cannot be reached: mqtt:\/\/127\.0\.0\.1:1: /);
    expect(code).toBe(2);
  });

  it.each([
    ['may not be written', 'topic readwrite C/bridge/#\ntopic readwrite H/#\ntopic read C/#', 'C/hall/check'],
    ['may not be read', 'topic write C/#\ntopic readwrite C/bridge/#\ntopic readwrite H/#', 'C/hall/check'],
    ['are for discovery', 'topic readwrite C/#', 'H/device/heyu2mqtt_C_check_'],
  ])('finds topics that %s, though the broker grants all', async (_, acl, topic) => {
    const house = nextHouse();
    const named = (text: string) =>
      text.replaceAll('C/', `c${house}/`).replaceAll('H/', `ha${house}/`).replace('_C_', `_c${house}_`);
    const lost = named(topic);
    const broker = await withLogin(named(acl));
    const { check } = await scene({}, broker, 'bridge:secret@', house);
    const { code, out } = await check();
    expect(out).toContain('messages of this user are not delivered back');
    expect(out).toContain(lost);
    expect(code).toBe(2);
  });

  it('says that a zone whose source decides has no alert without it', async () => {
    const { check } = await scene({
      config: 'zones: { ground: { state_topic: alarmo/state, alert_on: triggered } }',
    });
    expect((await check()).out).toContain('zone ground: there is no alert while its source is down');
  });

  it('misses the state of a zone that is not kept', async () => {
    const { check, seen } = await scene({ config: 'zones: { ground: { state_topic: alarmo/state } }' });
    expect((await check()).out).toContain('alarmo/state of the zone ground holds nothing');
    await seen.publish('alarmo/state', 'armed_away', { retain: true });
    expect((await check()).out).toContain('alarmo/state of the zone ground: "armed_away"');
  });

  it.each([
    ['does not exist', 'nowhere.log', 'does not exist'],
    ['is a directory', '.', 'is a directory'],
  ])('names a log that %s', async (_, log, words) => {
    const { base, bridge, check } = await scene();
    const path = join(bridge.folder, log);
    writeFileSync(
      bridge.configPath,
      `heyu: { log: ${path} }\nmqtt: { url: "${mosquitto.url}", base_topic: ${base} }\nzones: { ground: {} }\n`,
    );
    const { code, out } = await check();
    expect(out).toMatch(/^log +error/m);
    expect(out).toContain(words);
    expect(code).toBe(2);
  });

  it.each([
    [
      'of a heyu that is too old',
      [
        '2005/03/04 21:14:06  rcvi address A3',
        '11/20 19:00:00  rcvi addr unit       3 : hc A unit 3 (hall)',
        '11/20 19:00:00  rcvi func           On : hc A',
        '11/20 19:01:00  rcva func        Alert : hc C unit 3 swMin (back_door)',
        'Engine started',
      ],
      /log[^]*error +its lines are those of heyu before 2.5: no sensor is understood\n +update heyu/,
    ],
    [
      'in which nothing is of a sensor',
      ['Engine started', 'Scripts enabled', 'rcva func       RFdata : Type Sec ID 0x7D Data 0x04'],
      /log[^]*warning +none of its last 3 lines is about a sensor/,
    ],
    [
      'of a heyu that was too old',
      ['rcvi address A3', ...pair('rcvi', 'A3', 'On')],
      /log(?![^]*(understood|is about a sensor))/,
    ],
  ])('judges a log %s', async (_, lines, words) => {
    const { bridge, check } = await scene();
    writeFileSync(bridge.logPath, '');
    bridge.heyu(...lines);
    expect((await check()).out).toMatch(words);
  });

  it('tells of a heyu that writes no log with its file, once', async () => {
    const home = house({
      'config.yaml': `heyu: { x10config: x10config }\nmqtt: { url: "${mosquitto.url}" }\nzones: { ground: {} }\n`,
      x10config: 'TTY /dev/ttyUSB0\nSTART_ENGINE AUTO\nLOG_DIR NONE\nALIAS hall A8 MS13A RFFORWARD\n',
    });
    const { code, out } = await runCli('check', '--config', home.path('config.yaml'));
    expect(out).toMatch(/configuration +error +\S+x10config does not name the log to read/);
    expect(out).toMatch(/heyu +error +heyu writes no log/);
    expect(out.match(/writes no log/g)).toHaveLength(1);
    expect(out).not.toContain('no configuration of heyu was found');
    expect(code).toBe(2);
  });

  it('knows a service that runs with an old password', async () => {
    const broker = await withLogin('topic readwrite #');
    const there = await scene({ env: { HEYU2MQTT_MQTT_PASSWORD: 'old' } }, broker, 'bridge:secret@');
    await there.bridge.start();
    const { code, out } = await there.check();
    expect(out).toContain(`it runs (process ${there.bridge.pid()}), but is not connected to this broker`);
    expect(out).not.toMatch(/does not run\n|never run/);
    expect(code).toBe(2);
    await there.bridge.stop();
    expect((await there.check()).out).toContain('it has never run here');
  });

  it('knows whether the service runs when the broker cannot be reached', async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.remove);
    const there = await scene({}, broker);
    await running(there);
    await broker.stop();
    expect((await there.check()).out).toMatch(/service +ok +it runs \(process \d+\)/);
    await there.bridge.stop();
    expect((await there.check()).out).toMatch(/service +error +it does not run/);
  });

  it('sees that the log does not grow any more', async () => {
    const { bridge, check } = await scene();
    const at = Date.now() - 5 * 86_400_000;
    bridge.heyu(`${stampAt(at)}  rcvi func          Off : hc A`);
    utimesSync(bridge.logPath, at / 1000, at / 1000);
    expect((await check()).out).toMatch(/log +[^]*warning +nothing was written to it since/);
  });
});

describe.concurrent('check --quick', () => {
  it('says that the service is online, and nothing else', async () => {
    const there = await scene();
    await running(there);
    const { code, out } = await there.check('--quick');
    expect(out).toMatch(/service +ok +it is online/);
    expect(out).not.toContain('broker');
    expect(code).toBe(0);
  });

  it('is content with a setting without effect, which the service ignores; check is not', async () => {
    const there = await scene({ aliases: ALIASES.replace('A5', 'A5, off: hold, type: door') });
    await there.bridge.start();
    await there.seen.untilLast(`${there.base}/bridge/status`, 'online');
    const problem = 'aliases.porch.off: has no effect with type door';
    const quick = await there.check('--quick');
    expect([quick.code, quick.out]).toEqual([0, expect.stringContaining(problem) as string]);
    const { code, out } = await there.check();
    expect([code, out]).toEqual([2, expect.stringContaining(problem) as string]);
    expect(out).toMatch(/service +ok/);
  });

  it('ends with 2 while it is not, or the broker is silent', async () => {
    const there = await scene();
    expect((await there.check('--quick')).code).toBe(2);
    const broker = await startMosquitto();
    onTestFinished(broker.remove);
    const other = await scene({}, broker);
    broker.freeze();
    const { code, out } = await other.check('--quick');
    broker.thaw();
    expect([code, out]).toEqual([2, expect.stringContaining('cannot be reached') as string]);
  });

  it('ends with 2 when the configuration does not load', async () => {
    const home = house({ 'config.yaml': 'mqtt: { ulr: x }\n' });
    expect((await runCli('check', '--quick', '--config', home.path('config.yaml'))).code).toBe(2);
  });
});

describe.concurrent('check --fix', () => {
  /** A house whose porch was removed while the service did not run, beside what others keep at the broker. */
  async function leftBehind(): Promise<Scene & { readonly others: readonly string[] }> {
    const there = await scene();
    await running(there);
    await there.bridge.stop();
    writeFileSync(there.bridge.aliasesPath, ALIASES.replace(/ {2}porch.*\n/, ''));
    const foreign = JSON.stringify({
      origin: { name: 'heyu2mqtt' },
      device: { via_device: `heyu2mqtt_${there.base}_2` },
    });
    const others = {
      [`${there.base}/garden/motion`]: 'ON',
      [`${there.prefix}/device/${there.base}_2_a5/config`]: foreign,
      [`${there.prefix}/device/zigbee/config`]:
        '{"origin":{"name":"Zigbee2MQTT"},"device":{"identifiers":["z"]}}',
    };
    for (const [topic, payload] of Object.entries(others))
      await there.seen.publish(topic, payload, { retain: true });
    return { ...there, others: Object.keys(others) };
  }

  /** What the broker keeps of this house now. */
  async function kept(there: Scene): Promise<readonly string[]> {
    const look = await collect(mosquitto.port, [`${there.base}/#`, `${there.prefix}/#`]);
    await look.publish(`${there.base}/fence`, '1');
    await look.untilLast(`${there.base}/fence`, '1');
    await look.stop();
    return look.messages.filter(({ retain }) => retain).map(({ topic }) => topic);
  }

  it('clears what is ours and not configured any more, and nothing else', async () => {
    const there = await leftBehind();
    const before = await there.check();
    expect(before.out).toContain(`left of an earlier configuration: ${there.base}/porch/`);
    expect(await kept(there)).toContain(`${there.prefix}/device/${there.base}_a5/config`);
    const { out } = await there.check('--fix', '--yes');
    expect(out).toContain('cleared: ');
    const after = await kept(there);
    expect(after.filter((topic) => /porch|_a5/.test(topic))).toEqual([
      `${there.prefix}/device/${there.base}_2_a5/config`,
    ]);
    expect(after).toEqual(expect.arrayContaining([...there.others, `${there.base}/hall/motion`]));
    expect((await there.check()).out).toContain('nothing is left of an earlier configuration');
  });

  it('finds it without the state of the service, by what discovery names', async () => {
    const there = await leftBehind();
    writeFileSync(join(there.bridge.statePath, 'state.json'), '{}');
    await there.check('--fix', '--yes');
    expect((await kept(there)).filter((topic) => topic.includes('porch'))).toEqual([]);
  });

  it('clears nothing where nobody can be asked', async () => {
    const there = await leftBehind();
    const { code, err } = await there.check('--fix');
    expect(err).toContain(`${there.base}/porch/motion`);
    expect(err).toContain('add --yes');
    expect(code).toBe(64);
    expect(await kept(there)).toContain(`${there.base}/porch/motion`);
  });

  it('asks at a terminal', async () => {
    const there = await leftBehind();
    const session = atTerminal(['check', '--fix', '--config', there.bridge.configPath]);
    await session.sees('Clear all');
    session.types('n');
    await session.sees('left of an earlier configuration');
    await session.ends();
    expect(await kept(there)).toContain(`${there.base}/porch/motion`);
  });
});

describe('the stamps of a log', () => {
  const form = { order: 'YMD', timeZone: 'UTC' } as const;
  const writtenAt = Date.UTC(2026, 10, 5, 15, 0, 3);
  const line = (stamp: string) => [`${stamp}  rcvi func           On : hc A`];
  it.each([
    ['fit', line('11/05 15:00:03'), 'ok: its stamps fit UTC, in the order YMD'],
    ['fit when the disk was slow', line('11/05 15:00:00'), 'ok: its stamps fit UTC, in the order YMD'],
    [
      'are those of another time zone',
      line('11/05 16:00:03'),
      'error: its last stamp is 60 min after its writing: heyu does not run in UTC',
    ],
    [
      'are those of a half-hour zone',
      line('11/05 09:30:03'),
      'error: its last stamp is 5.5 h before its writing: heyu does not run in UTC',
    ],
    [
      'have day and month exchanged',
      line('05/11 15:00:03'),
      'error: day and month of its stamps are the other way round, not YMD',
    ],
    ['are off', line('11/05 14:52:00'), 'warning: its last stamp is 8 min before its writing'],
    [
      'are not those of heyu',
      ['Nov  5 15:00:03 host cron: hello'],
      'error: no line at its end begins with a stamp of heyu',
    ],
    [
      'are not on the last line',
      [...line('11/05 12:00:00'), 'a script said this'],
      'ok: its last line is not of heyu',
    ],
  ])('%s', (_, lines, said) => {
    const findings: Finding[] = [];
    tellStamps({ lines, writtenAt }, form, into(findings));
    expect(findings.map((finding) => `${finding.verdict}: ${finding.text}`)).toEqual([
      expect.stringContaining(said) as string,
    ]);
  });
});

/** Only root may ask as somebody else. */
describe.runIf(process.geteuid?.() === 0)('what the user of the service may read', () => {
  const nobody = identityOf('nobody') ?? { name: 'nobody', uid: 65534, gid: 65534, groups: [] };
  const mayRead = (path: string, user = nobody): string | undefined => refusalFor(path, user, (code) => code);

  it('is what the system lets it open, by owner, group and mode of the file and of the directories', () => {
    const home = house();
    const log = home.path('heyu.log');
    const folder = dirname(log);
    chmodSync(folder, 0o755);
    chmodSync(log, 0o644);
    expect(mayRead(log)).toBeUndefined();
    chmodSync(log, 0o640);
    expect(mayRead(log)).toBe('EACCES');
    expect(mayRead(log, { ...nobody, groups: [0] })).toBeUndefined();
    expect(mayRead(log, { ...nobody, uid: 0 })).toBeUndefined();
    chmodSync(log, 0o644);
    chmodSync(folder, 0o700);
    expect(mayRead(log)).toBe('EACCES');
    expect(mayRead('/nowhere')).toBeUndefined();
    expect([process.geteuid?.(), process.getegid?.(), process.getgroups?.()]).toEqual([
      0,
      process.getgid?.(),
      process.getgroups?.(),
    ]);
    writeFileSync(log, 'root again');
  });

  it('is told of each file, with what is in the way', () => {
    const home = house({ secret: 'x\n' });
    chmodSync(home.path('.'), 0o755);
    for (const name of ['config.yaml', 'aliases.yaml']) chmodSync(home.path(name), 0o644);
    for (const name of ['x10config', 'secret']) chmodSync(home.path(name), 0o600);
    const files = {
      config: home.path('config.yaml'),
      aliases: home.path('aliases.yaml'),
      x10config: home.path('x10config'),
      password: home.path('secret'),
      codes: undefined,
      ca: home.path('missing'),
      cert: undefined,
      key: undefined,
    };
    const findings: Finding[] = [];
    checkAccess(files, nobody, into(findings));
    expect(findings).toMatchObject([
      {
        verdict: 'error',
        text: `its user nobody may not read ${files.x10config}`,
        hint: `sudo chgrp nobody ${files.x10config}; sudo chmod g+r ${files.x10config}`,
      },
      {
        verdict: 'error',
        text: `its user nobody may not read ${files.password}`,
        hint: expect.stringContaining('sudo heyu2mqtt service password') as string,
      },
    ]);
    chmodSync(home.path('.'), 0o700);
    findings.splice(0);
    checkAccess({ ...files, aliases: undefined, x10config: undefined }, nobody, into(findings));
    expect(findings[0]?.hint).toMatch(/belongs to root:root with mode 0700: let others enter it/);
    chmodSync(home.path('.'), 0o755);
    for (const name of ['x10config', 'secret']) chmodSync(home.path(name), 0o644);
    findings.splice(0);
    checkAccess(files, nobody, into(findings));
    expect(findings).toMatchObject([{ verdict: 'ok' }]);
  });
});

describe('the program for alerts', () => {
  const nobody = { name: 'nobody', uid: 65_534, gid: 65_534, groups: [65_534] };
  const isRoot = process.geteuid?.() === 0;

  it.each([
    ['is run by the service', 0o755, 'ok', /on-alert is run for each alert/, undefined],
    ['is not executable', 0o644, 'error', /is not executable/, /^sudo chmod \+x /],
    [
      'may not be read',
      0o750,
      isRoot ? 'error' : 'ok',
      isRoot ? /may not be read by the user nobody/ : /is run/,
      isRoot ? /^sudo chgrp nobody / : undefined,
    ],
    [
      'is missing',
      undefined,
      isRoot ? 'error' : 'warning',
      /is not there/,
      isRoot ? /on-alert\.md/ : undefined,
    ],
  ])('is looked at: it %s', (_, mode, verdict, text, hint) => {
    const home = house({ 'on-alert': '#!/bin/sh\n' });
    chmodSync(home.path('.'), 0o755);
    if (mode !== undefined) chmodSync(home.path('on-alert'), mode);
    const findings: Finding[] = [];
    const program = home.path(mode === undefined ? 'gone' : 'on-alert');
    checkOnAlert({ program, timeoutMs: 1000 }, nobody, into(findings));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ verdict, text: expect.stringMatching(text) as string });
    if (hint === undefined) expect(findings[0]?.hint).toBeUndefined();
    else expect(findings[0]?.hint).toMatch(hint);
  });

  it('is not spoken of where there is none', () => {
    const findings: Finding[] = [];
    checkOnAlert({ program: undefined, timeoutMs: 1000 }, nobody, into(findings));
    expect(findings).toEqual([]);
  });
});

describe('the state directory', () => {
  it.each([
    [
      'a file',
      'heyu.log',
      [
        expect.objectContaining({
          verdict: 'error',
          hint: expect.stringContaining('move it away') as string,
        }),
      ],
    ],
    ['a directory', '.', []],
    ['missing: the service makes it', 'gone', []],
  ])('is %s', (_, name, expected) => {
    const findings: Finding[] = [];
    checkState({ stateDir: house().path(name) }, into(findings));
    expect(findings).toEqual(expected);
  });
});

describe('whether heyu runs', () => {
  const NOW = Date.UTC(2026, 10, 25, 12);
  const x10config = readX10Config('TTY /dev/ttyS7\nLOG_DIR /var/log/heyu\n');
  const log = (hoursAgo: number) => ({
    path: '/var/log/heyu/heyu.log.ttyS7',
    isReadable: true,
    writtenAt: NOW - hoursAgo * 3_600_000,
  });
  const lock = (isAlive: boolean) => ({ path: '/var/lock/LCK..heyu.engine.ttyS7', pid: 4711, isAlive });
  const NO_HEYU = /does not run on this machine/;
  const DIED = /its engine has died and left its lock/;

  it.each([
    ['by the lock of its engine', x10config, log(0), lock(true), {}, 'ok', /process 4711/],
    ['by a lock that was left', x10config, log(0), lock(false), { heyu_relay: 1 }, 'error', DIED],
    ['without a lock', x10config, log(0), undefined, { heyu_engine: 12, heyu_relay: 11 }, 'ok', /process 12/],
    ['without its engine', x10config, log(0), undefined, { heyu_relay: 11 }, 'error', /without its engine/],
    ['not, a moment ago it did', x10config, log(0), undefined, {}, 'warning', NO_HEYU],
    ['not, and there is no log', x10config, undefined, undefined, {}, 'warning', NO_HEYU],
    ['not here, and the log is old', undefined, log(2), undefined, {}, 'warning', NO_HEYU],
  ] as const)('is told: %s', (_, heyu, itsLog, itsLock, processes, verdict, text) => {
    const findings: Finding[] = [];
    const machine = {
      heyuLock: (_daemon: string, suffix: string) => (suffix === 'ttyS7' ? itsLock : undefined),
      processNamed: (name: string) => (processes as Readonly<Record<string, number>>)[name],
    };
    checkEngine(heyu, itsLog, NOW, into(findings), machine);
    expect(findings).toMatchObject([{ verdict, text: expect.stringMatching(text) as string }]);
  });

  it('is not asked where it is not configured and the log grows: it is elsewhere', () => {
    const findings: Finding[] = [];
    const machine = { heyuLock: () => undefined, processNamed: () => undefined };
    checkEngine(undefined, log(0), NOW, into(findings), machine);
    expect(findings).toEqual([]);
  });

  it('is known by the name that its engine gives itself', async () => {
    const engine = spawn('sleep', ['60'], { argv0: 'heyu_engine' });
    onTestFinished(() => void engine.kill());
    await until(() => processNamed('heyu_engine') !== undefined);
    expect(processNamed('heyu_engine')).toBeGreaterThan(1);
  });
});
