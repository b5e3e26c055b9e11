import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { heyuLock } from '../../src/io/heyu-locks.js';
import { startMosquitto } from '../support/mosquitto.js';
import { runCli, house } from './run-cli.js';
import { atTerminal, KEY } from './terminal-session.js';

/** A machine with heyu and without us. */
function machine() {
  const { path, write } = house();
  mkdirSync(path('new'));
  mkdirSync(path('log'));
  const x10config = [
    'TTY /dev/ttyS7',
    `LOG_DIR ${path('log').slice(0, 48)}`,
    'START_ENGINE AUTO',
    'ALIAS hall_motion A3 MS14A RFFORWARD',
    'ALIAS hall_dark   A4 MS14A RFFORWARD',
    'ALIAS desk_lamp   A9 StdLM',
    'ALIAS fob         C9 KR10A 0x70',
  ];
  write('x10config', `${x10config.join('\n')}\n`);
  const config = path('new/config.yaml');
  return {
    path,
    write,
    config,
    x10config: path('x10config'),
    read: (name: string) => readFileSync(path(join('new', name)), 'utf8'),
  };
}

describe('init', () => {
  it('--yes writes both files, which are good', async () => {
    const broker = await startMosquitto();
    onTestFinished(broker.remove);
    const { config, x10config, read } = machine();
    const { code, out, err } = await runCli(
      'init',
      '--yes',
      '--config',
      config,
      '--x10config',
      x10config,
      '--broker',
      broker.url,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('the configuration has no errors: 3 aliases');
    expect(out).toContain(`connected to the broker: ${broker.url}`);
    expect(read('config.yaml')).toContain(`  x10config: ${x10config}\n`);
    expect(read('aliases.yaml')).toContain(
      '  hall_motion:\n    address: A3\n    model: MS14A\n    name: Hall\n    zone: house\n    dusk: A4\n',
    );
  });

  it('takes paths from where the user stands', async () => {
    const { path, write, config, x10config, read } = machine();
    write('heyu.log', '');
    const from = (name: string) => relative(process.cwd(), name);
    const options = ['--x10config', from(x10config), '--log', from(path('heyu.log'))];
    const { err } = await runCli(
      'init',
      '--yes',
      '--config',
      from(config),
      ...options,
      '--broker',
      'mqtt://localhost:1',
    );
    expect(err).not.toContain('does not exist');
    expect(read('config.yaml')).toContain(`  x10config: ${x10config}\n`);
    expect(read('config.yaml')).toContain(`  log: ${path('heyu.log')}\n`);
  });

  it.each([
    ['--broker', 'mqt://foo', 'has an unknown scheme'],
    ['--base-topic', 'x10/#', 'x10/#'],
  ])('%s %s: writes nothing', async (option, value, words) => {
    const { config, x10config } = machine();
    const { code, err } = await runCli(
      'init',
      '--yes',
      '--config',
      config,
      '--x10config',
      x10config,
      option,
      value,
    );
    expect(code).toBe(64);
    expect(err).toContain(`heyu2mqtt: ${option}: `);
    expect(err).toContain(words);
    expect(existsSync(config)).toBe(false);
  });

  it('puts sensors, but no lamps, into the zone of the alarm', async () => {
    const { config, x10config, read } = machine();
    await runCli(
      'init',
      '--yes',
      '--alarm',
      'alarmo',
      '--config',
      config,
      '--x10config',
      x10config,
      '--broker',
      'mqtt://localhost:1',
    );
    expect(read('aliases.yaml')).toMatch(/hall_motion:\n(?: {4}.*\n)* {4}zone: house\n/);
    expect(read('aliases.yaml')).not.toMatch(/desk_lamp:\n(?: {4}.*\n)* {4}zone: house\n/);
  });

  it('keeps a configuration that is there, and adds what is new in heyu', async () => {
    const { config, x10config, read, write } = machine();
    const args = [
      'init',
      '--yes',
      '--config',
      config,
      '--x10config',
      x10config,
      '--broker',
      'mqtt://localhost:1',
    ];
    await runCli(...args);
    writeFileSync(config, `${read('config.yaml')}# mine\n`);
    const before = read('config.yaml');
    write('x10config', `${readFileSync(x10config, 'utf8')}ALIAS porch B1 MS13A RFFORWARD\n`);
    const { out } = await runCli(...args);
    expect(out).toContain('is kept as it is');
    expect(read('config.yaml')).toBe(before);
    expect(read('aliases.yaml')).toContain('porch');
  });

  it('says what is wrong with heyu and how to fix it', async () => {
    const { config, write, x10config } = machine();
    write('x10config', 'TTY /dev/ttyS7\nLOG_DIR NONE\nALIAS hall A3 MS14A\n');
    const { code, out, err } = await runCli(
      'init',
      '--yes',
      '--config',
      config,
      '--x10config',
      x10config,
      '--log',
      '/nowhere/heyu.log',
      '--broker',
      'mqtt://localhost:1',
    );
    expect(out).toContain('heyu writes no log: line 2 says LOG_DIR NONE');
    expect(out).toContain('START_ENGINE MANUAL');
    expect(out).toContain('hall: RF option');
    expect(code).toBe(1);
    expect(err).toContain('the broker cannot be reached');
  });

  it('ends when there is no heyu, says where it looked and what heyu needs', async () => {
    const { config } = machine();
    const { code, err } = await runCli('init', '--yes', '--config', config);
    expect(code).toBe(66);
    expect(err).toContain('no configuration of heyu was found in /nowhere/x10config');
    for (const words of [
      '--x10config FILE',
      '--all-homes',
      'dialout',
      'LOG_DIR',
      join(process.cwd(), 'docs/heyu.md'),
    ])
      expect(err).toContain(words);
    expect(existsSync(config)).toBe(false);
  });

  it('keeps a password out of config.yaml, also that of the url', async () => {
    const broker = await startMosquitto({ passwords: { bridge: 'se cret' } });
    onTestFinished(broker.remove);
    const { config, x10config, read } = machine();
    const url = broker.url.replace('mqtt://', 'mqtt://bridge:se%20cret@');
    const { code, out } = await runCli(
      ...['init', '--yes', '--config', config, '--x10config', x10config, '--broker', url],
    );
    expect(code).toBe(0);
    expect(out).toContain('connected to the broker');
    expect(read('config.yaml')).toContain(`url: ${broker.url}\n`);
    expect(read('config.yaml')).not.toContain('cret@');
    expect(read('mqtt-password')).toBe('se cret\n');
  });

  it('writes all, and ends with 1, where the broker refuses the password', async () => {
    const broker = await startMosquitto({ passwords: { bridge: 'secret' } });
    onTestFinished(broker.remove);
    const { config, x10config, read, write, path } = machine();
    write('secret', 'wrong\n');
    const login = ['--username', 'bridge', '--password-file', path('secret')];
    const { code, err } = await runCli(
      ...['init', '--yes', '--config', config, '--x10config', x10config, '--broker', broker.url, ...login],
    );
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(
        /! the broker cannot be reached: .*not authorised[^]*\nheyu2mqtt: the broker cannot be reached: .*\n.*\n$/,
      ) as string,
    ]);
    expect(read('config.yaml')).toContain('username: bridge\n');
  });

  it('takes the password from a file', async () => {
    const { config, x10config, read, write, path } = machine();
    write('secret', 'pass word\nmore\n');
    const login = ['--username', 'bridge', '--password-file', path('secret')];
    await runCli(
      ...['init', '--yes', '--config', config, '--x10config', x10config, '--broker', 'mqtt://localhost:1'],
      ...login,
    );
    expect(read('mqtt-password')).toBe('pass word\n');
    expect(read('config.yaml')).toContain('password_file: mqtt-password\n');
  });

  it('leaves the password to nobody else, whatever an earlier file was like', async () => {
    const { config, x10config, read, write, path } = machine();
    write('secret', 'new\n');
    writeFileSync(path('new/mqtt-password'), 'old\n', { mode: 0o644 });
    const { out } = await runCli(
      ...['init', '--yes', '--config', config, '--x10config', x10config, '--broker', 'mqtt://localhost:1'],
      ...['--username', 'bridge', '--password-file', path('secret')],
    );
    expect(out).toContain('readable by its owner only');
    expect(read('mqtt-password')).toBe('new\n');
    expect(statSync(path('new/mqtt-password')).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['--username', 'bridge'], 64, 'there is no password for bridge'],
    [
      ['--username', 'bridge', '--password-file', '/nowhere/secret'],
      66,
      '/nowhere/secret cannot be read (ENOENT)',
    ],
    [['--username', 'bridge', '--password-file', '/dev/null'], 66, '/dev/null is empty'],
    [['--password-file', '/dev/null'], 64, '--password-file: whose password is it?\n  hint: --username NAME'],
    [['--log', '/dev'], 64, '--log: /dev is a directory\n  hint: give the path of the log file in it'],
    [['--wait', 'long'], 64, '--wait: "long" is'],
    [['--alarm', 'yes'], 64, '--alarm: "yes" is not one of bridge, alarmo, none'],
  ])('%j: writes nothing', async (options, expected, words) => {
    const { config, x10config } = machine();
    const { code, err } = await runCli(
      ...['init', '--yes', '--config', config, '--x10config', x10config, ...options],
    );
    expect([code, err]).toEqual([expected, expect.stringContaining(words) as string]);
    expect(existsSync(config)).toBe(false);
  });

  it.each([
    [[], 'keyfobs: [ fob ]', true],
    [['--no-keyfobs'], 'keyfobs', false],
    [['--alarm', 'alarmo'], 'keyfobs', false],
    [['--alarm', 'none'], 'keyfobs', false],
  ])('%j: %s in config.yaml: %s', async (options, words, isThere) => {
    const { config, x10config, read } = machine();
    await runCli(
      ...['init', '--yes', '--config', config, '--x10config', x10config, '--broker', 'mqtt://localhost:1'],
      ...options,
    );
    expect(read('config.yaml').includes(words)).toBe(isThere);
  });

  it('asks for --yes where there is no terminal', async () => {
    const { config } = machine();
    const { code, err } = await runCli('init', '--config', config);
    expect([code, err]).toEqual([64, expect.stringContaining('--yes') as string]);
    expect(existsSync(config)).toBe(false);
  });

  it('says so when it may not write there', async () => {
    const { path, x10config } = machine();
    // Below a file there is no folder, for root neither.
    const config = path('x10config/new/config.yaml');
    const { code, err } = await runCli('init', '--yes', '--config', config, '--x10config', x10config);
    expect([code, err]).toEqual([1, expect.stringMatching(/cannot be (made|written)/) as string]);
  });

  it('is walked through at a terminal', async () => {
    const broker = await startMosquitto({ passwords: { bridge: 'secret' } });
    onTestFinished(broker.remove);
    const { config, x10config, path, read } = machine();
    const session = atTerminal(['init', '--config', config, '--x10config', x10config]);
    await session.sees('Where is the MQTT broker?');
    session.types(`${broker.url}${KEY.enter}`);
    await session.sees('User name');
    session.types(`bridge${KEY.enter}`);
    await session.sees('Password');
    session.types(`wrong${KEY.enter}`);
    await session.sees('the broker cannot be reached');
    await session.sees('Answer again?');
    session.types(KEY.enter);
    await session.sees('Where is the MQTT broker?');
    session.types(`${broker.url}${KEY.enter}`);
    await session.sees('User name');
    session.types(`bridge${KEY.enter}`);
    await session.sees('Password');
    session.types(`secret${KEY.enter}`);
    await session.sees('Base topic?');
    session.types(KEY.enter);
    await session.sees('the alarm?');
    session.types(KEY.enter);
    await session.sees('May the keyfob fob arm and disarm?');
    session.types(KEY.enter);
    await session.sees('base_topic: x10');
    await session.sees('keyfobs: [ fob ]');
    await session.sees('Write ');
    session.types(KEY.enter);
    await session.sees('+ hall_motion');
    await session.sees('Write ');
    session.types(KEY.enter);
    await session.sees('connected to the broker');
    await session.sees('next:');
    expect(await session.ends()).toBe(0);
    expect(read('config.yaml')).toContain('username: bridge\n');
    expect(read('mqtt-password')).toBe('secret\n');
    expect(statSync(path('new/mqtt-password')).mode & 0o777).toBe(0o600);
    expect(read('aliases.yaml')).toContain('zone: house');
  });
});

describe('the lock of the engine', () => {
  const lock = (content: string, name = 'LCK..heyu.engine.ttyS7') => {
    const { path, write } = machine();
    write(join('log', name), content);
    return heyuLock('engine', 'ttyS7', ['/nowhere', path('log')]);
  };

  it.each([
    ['of a process that lives', `${process.pid}\n`, { pid: process.pid, isAlive: true }],
    ['of a process that is gone', '999999999\n', { pid: 999999999, isAlive: false }],
  ])('%s', (_, content, found) => {
    expect(lock(content)).toMatchObject(found);
  });

  it.each([
    ['that holds no number', 'heyu', undefined],
    ['of another interface', '1\n', 'LCK..heyu.engine.ttyS1'],
    ['of the relay', '1\n', 'LCK..heyu.relay.ttyS7'],
  ])('%s says nothing', (_, content, name) => {
    expect(lock(content, name)).toBeUndefined();
  });
});
