/** How heyu and the owner's program for alerts are called, and what becomes of one that does not end. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsOf, type Commands } from '../../src/io/commands.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

type Scene = {
  readonly path: (name: string) => string;
  /** What the file holds; empty when there is none. */
  readonly read: (name: string) => string;
  /** A program of these lines. */
  readonly program: (name: string, lines: string, first?: string) => string;
};

function scene(): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : ''),
    program: (name, lines, first = '#!/bin/sh\n') => {
      writeFileSync(path(name), `${first}cd ${folder}\n${lines}\n`, { mode: 0o755 });
      return path(name);
    },
  };
}

type Given = {
  readonly heyu?: string;
  readonly x10config?: string;
  readonly program?: string;
  readonly timeoutMs?: number;
  readonly stateDir?: string;
};

const programs = ({
  heyu = 'no-heyu',
  x10config,
  program,
  timeoutMs = 30_000,
  stateDir = '/nowhere',
}: Given) => ({
  stateDir,
  heyu: { command: heyu },
  files: { x10config },
  onAlert: { program, timeoutMs },
});

const commands = (given: Given, relay = (): boolean => true): Commands =>
  commandsOf(programs(given), SILENT, { heyuMs: 300, killAfterMs: 300, relay });

const ALERT = {
  id: '6fe333a1-93.alert',
  at: '2026-11-25T18:02:11.000Z',
  zone: 'house',
  zone_name: 'Haus $(id) "1"',
  alias: null,
  kind: 'smoke',
  text: "Küche: smoke ('; touch broken')",
  verified: true,
  raised: 1_795_630_931_000,
};

const heyu = (run: Commands, ...args: string[]) =>
  new Promise<string | undefined>((done) => run.runHeyu(args, done));
const alert = (run: Commands, more: Partial<typeof ALERT> = {}) =>
  new Promise<string | undefined>((done) => run.onAlert({ ...ALERT, ...more }, done));

describe('heyu', () => {
  test('gets a copy of its configuration that asks for no right to write its log', async () => {
    const { program, path, read } = scene();

    const before = `TTY /dev/ttyS0\n# K\xfcche\n`;
    const after = 'ALIAS siren D1 StdAM\n';
    writeFileSync(path('x10.conf'), `${before}log_dir /var/log/heyu COMMON\n${after}`, 'latin1');
    const run = commands({
      heyu: program('heyu', 'echo "$@" >> calls\ncat "$2" > given'),
      x10config: path('x10.conf'),
      stateDir: path('state'),
    });
    expect(await heyu(run, 'on', 'D1')).toBeUndefined();
    expect(read('calls')).toBe(`-c ${path('state/heyu/x10config')} on D1\n`);
    expect(readFileSync(path('given'), 'latin1')).toBe(`${before}${after}`);
    writeFileSync(path('x10.conf'), 'TTY /dev/ttyUSB0\n');
    expect(await heyu(run, 'off', 'D1')).toBeUndefined();
    expect(read('given')).toBe('TTY /dev/ttyUSB0\n');
  });

  test.each([
    ['/etc/x10 of mine/x10.conf', '-c /etc/x10 of mine/x10.conf on D1\n'],
    [undefined, 'on D1\n'],
  ])('is called with the configuration that the bridge reads: %s', async (x10config, called) => {
    const { program, read } = scene();
    const named = x10config === undefined ? {} : { x10config };
    const run = commands({ heyu: program('heyu', 'echo "$@" >> calls'), ...named });
    expect(await heyu(run, 'on', 'D1')).toBeUndefined();
    expect(read('calls')).toBe(called);
  });

  test('is not called while it does not run: its command would start it', async () => {
    const { program, read } = scene();
    const asked: string[] = [];
    let isUp = false;
    const relay = (path?: string): boolean => {
      asked.push(path ?? '');
      return isUp;
    };
    const run = commands({ heyu: program('heyu', 'echo "$@" >> calls'), x10config: '/etc/x10.conf' }, relay);
    expect(await heyu(run, 'on', 'D1')).toBe('heyu does not run: heyu start');
    isUp = true;
    expect(await heyu(run, 'off', 'D1')).toBeUndefined();
    expect(read('calls')).toBe('-c /etc/x10.conf off D1\n');
    expect(asked).toEqual(['/etc/x10.conf', '/etc/x10.conf']);
  });

  test('is the one that a reload names, with its configuration', async () => {
    const { program, read } = scene();
    const run = commands({ heyu: 'gone' });
    expect(await heyu(run, 'on', 'D1')).toBe('gone: there is no such program');
    run.configure(programs({ heyu: program('heyu', 'echo "$@" >> calls'), x10config: '/etc/other' }));
    expect(await heyu(run, 'on', 'D1')).toBeUndefined();
    expect(read('calls')).toBe('-c /etc/other on D1\n');
  });

  test('is said to fail once, until it has succeeded', async () => {
    const { program, path, read } = scene();
    const warned: unknown[] = [];
    const log = { ...SILENT, warn: (fields: object) => void warned.push(fields) };
    const run = commandsOf(programs({ heyu: program('heyu', 'cat why >&2; [ ! -s why ]') }), log);
    for (const why of ['busy', 'busy', 'gone', '', 'gone']) {
      writeFileSync(path('why'), why);
      expect(await heyu(run, 'on', 'D1')).toBe(read('why') === '' ? undefined : why);
    }
    expect(warned).toEqual(['busy', 'gone', 'gone'].map((reason) => ({ args: ['on', 'D1'], reason })));
  });

  test('is killed when it ignores SIGTERM, and the next command runs', async () => {
    const { program, read } = scene();
    const ignoring = '[ "$2" != D1 ] || { trap "" TERM; while :; do read -r line; sleep 0.01; done; }';
    const run = commands({ heyu: program('heyu', `echo "$@" >> calls\n${ignoring}`) });
    const failures = await Promise.all(['D1', 'D2'].map((unit) => heyu(run, 'on', unit)));
    expect(failures).toEqual(['no answer within 0.3 s', undefined]);
    expect(read('calls')).toBe('on D1\non D2\n');
  });

  test('does what is urgent before all that waits, and in place of what waits under the same name', async () => {
    const { program, path, read } = scene();
    const wait = 'echo "$@" >> calls\nwhile [ ! -e go ]; do sleep 0.01; done';
    const run = commandsOf(programs({ heyu: program('heyu', wait) }), SILENT);
    const ends = [heyu(run, 'on', 'A1')];
    await until(() => read('calls') === 'on A1\n');
    ends.push(heyu(run, 'on', 'A2'));
    const dropped: unknown[] = [];
    run.runHeyu(['on', 'D1'], (failure) => dropped.push(failure), 'D1');
    run.runHeyu(['on', 'D2'], undefined, 'D2');
    ends.push(new Promise((done) => run.runHeyu(['off', 'D1'], done, 'D1')));
    writeFileSync(path('go'), '');
    expect(await Promise.all(ends)).toEqual([undefined, undefined, undefined]);
    expect(read('calls')).toBe('on A1\noff D1\non D2\non A2\n');
    expect(dropped).toEqual([]);
  });

  test('is not waited for when what it has started keeps its output open', async () => {
    const { program, read } = scene();
    const run = commands({ heyu: program('heyu', 'sleep 1000 & echo $! > relay') });
    expect(await heyu(run, 'on', 'D1')).toBeUndefined();
    const relay = Number(read('relay'));
    expect(existsSync(`/proc/${relay}/exe`)).toBe(true);
    process.kill(relay);
  });
});

describe('the program for alerts', () => {
  test('gets the alert as JSON and as variables, as text and never as commands', async () => {
    const { program, read } = scene();
    process.env['HEYU2MQTT_MQTT_PASSWORD'] = 'geheim';
    onTestFinished(() => void Reflect.deleteProperty(process.env, 'HEYU2MQTT_MQTT_PASSWORD'));
    const run = commands({ program: program('notify', 'cat > told\nenv > variables') });
    expect(await alert(run)).toBeUndefined();
    expect(JSON.parse(read('told'))).toEqual(ALERT);
    const own = read('variables')
      .split('\n')
      .filter((line) => line.startsWith('HEYU2MQTT'));
    expect(own.toSorted()).toEqual([
      'HEYU2MQTT_ALERT_ALIAS=',
      'HEYU2MQTT_ALERT_AT=2026-11-25T18:02:11.000Z',
      'HEYU2MQTT_ALERT_ID=6fe333a1-93.alert',
      'HEYU2MQTT_ALERT_KIND=smoke',
      'HEYU2MQTT_ALERT_RAISED=1795630931000',
      "HEYU2MQTT_ALERT_TEXT=Küche: smoke ('; touch broken')",
      'HEYU2MQTT_ALERT_VERIFIED=true',
      'HEYU2MQTT_ALERT_ZONE=house',
      'HEYU2MQTT_ALERT_ZONE_NAME=Haus $(id) "1"',
    ]);
    expect(read('variables')).toContain('PATH=');
  });

  test.each([
    [
      'that says why',
      'echo one; echo " no route to host" >&2; exit 7',
      '#!/bin/sh\n',
      'one; no route to host',
    ],
    ['that says nothing', 'exit 7', '#!/bin/sh\n', 'exit code 7'],
    ['that ends by a signal', 'kill -9 $$', '#!/bin/sh\n', 'exit code none: a signal ended it'],
    ['that is not found', '', '#!/no/such/shell\n', 'there is no such program'],
  ])('%s is a failure with its reason', async (_, lines, first, reason) => {
    const { program } = scene();
    expect(await alert(commands({ program: program('notify', lines, first) }))).toContain(reason);
  });

  test('which is no program at all is a failure, and what comes next is tried', async () => {
    const { path } = scene();
    writeFileSync(path('notify'), 'no program');
    const run = commands({ program: path('notify') });
    expect(await alert(run)).toContain('is it executable (chmod +x)?');
    expect(await alert(run, { text: '\0' })).toContain('is it executable (chmod +x)?');
  });

  test('need not read what it is told, however long that is', async () => {
    const { program } = scene();
    expect(
      await alert(commands({ program: program('notify', 'exec <&-') }), { text: 'x'.repeat(100_000) }),
    ).toBe(undefined);
  });

  test('is ended with all that it has started when it takes too long', async () => {
    const { program, read } = scene();
    const run = commands({
      program: program('notify', 'sleep 1000 & echo $! > child\nwait'),
      timeoutMs: 300,
    });
    expect(await alert(run)).toBe('no answer within 0.3 s');
    await until(() => !existsSync(`/proc/${read('child').trim()}/exe`));
  });

  test('runs four times at once, 20 more wait, and what comes then is dropped and said', async () => {
    const { program, path, read } = scene();
    const run = commands({
      program: program('notify', 'echo x >> begun\nwhile [ ! -e go ]; do sleep 0.01; done'),
    });
    const ends = Array.from({ length: 26 }, () => alert(run));
    await until(() => read('begun') === 'x\nx\nx\nx\n');
    expect(await ends.at(-1)).toBe(`too many commands wait for ${path('notify')}`);
    writeFileSync(path('go'), '');
    const failures = await Promise.all(ends);
    expect(failures.filter((failure) => failure === undefined)).toHaveLength(24);
    expect(read('begun')).toBe('x\n'.repeat(24));
  });

  test('is waited for at the stop, but not forever', async () => {
    const { program, read } = scene();
    const run = commands({ program: program('notify', 'sleep 0.1\necho told > told') });
    void alert(run);
    await run.stop(60_000);
    expect(read('told')).toBe('told\n');
    const hanging = commands({ program: program('hang', 'exec sleep 5'), timeoutMs: 1000 });
    const end = alert(hanging);
    await hanging.stop(50);
    expect(await end).toBe('no answer within 1 s');
  });

  test('is not run where none is named', async () => {
    const run = commands({});
    run.onAlert(ALERT, () => expect.unreachable());
    await run.stop(60_000);
  });
});
