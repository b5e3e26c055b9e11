import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFile, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { journalLine } from '../../src/history/journal.js';
import { runProgram } from '../../src/cli/program.js';
import { runCli, house } from './run-cli.js';

const LOG =
  '11/22 15:29:27  rcvi addr unit       3 : hu A3  (hall_motion)\n11/22 15:29:27  rcvi func           On : hc A\n';
const WORDS = '     2  11-22 15:29:27  rcvi  A3 hall_motion: on\n';

describe('explain', () => {
  it('unpacks a rotated log', async () => {
    const { path } = house();
    writeFileSync(path('heyu.log.2.gz'), gzipSync(LOG));
    const { code, out, err } = await runCli('explain', path('heyu.log.2.gz'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(WORDS);
  });

  it('needs no LOG_DIR of heyu: the log is named', async () => {
    const { path, write } = house();
    write('log', LOG);
    write('x10config', 'ALIAS hall_motion A3 MS14A RFFORWARD\n');
    const { code, out, err } = await runCli('explain', '--x10config', path('x10config'), path('log'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(WORDS);
  });

  it.each([
    ['ends lines at line feeds only', LOG.replace('\n', '\nprogress 1%\rprogress 2%\r\n')],
    ['reads what Windows has edited', LOG.replaceAll('\n', '\r\n')],
    ['reads a last line without an end', LOG.trimEnd()],
    ['takes a line of 3 MB for one', `${'x'.repeat(3_000_000)}\n${LOG}`],
    ['counts bytes, not letters', `\u00fcber\n${LOG}`],
  ])('%s', async (_what, log) => {
    const { path, write } = house();
    write('log', log);
    write('named.yaml', 'aliases:\n  hall: { address: A3, model: MS14A }\n');
    const { code, out } = await runCli('explain', '--json', '--aliases', path('named.yaml'), path('log'));
    expect(code).toBe(0);
    const rows = out
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as Record<string, unknown>);
    const before = log.slice(0, log.lastIndexOf('11/22'));
    expect(rows.find(({ topic }) => topic === 'x10/hall/event')).toMatchObject({
      line: before.split('\n').length,
      payload: expect.stringContaining(`"id":"log-${Buffer.byteLength(before)}"`) as string,
    });
  });

  it('says that a packed log is damaged', async () => {
    const { path } = house();
    writeFileSync(path('heyu.log.2.gz'), gzipSync(LOG).subarray(0, 30));
    expect(await runCli('explain', path('heyu.log.2.gz'))).toEqual({
      code: 66,
      out: '',
      err: `heyu2mqtt: ${path('heyu.log.2.gz')}: is a damaged gzip file\n`,
    });
  });

  it('reads a pipe, which can be read once only', async () => {
    const { path, write } = house();
    write('log', LOG);
    execFileSync('mkfifo', [path('pipe')]);
    const [{ code, out }] = await Promise.all([
      runCli('explain', path('pipe')),
      new Promise<void>((resolve) => writeFile(path('pipe'), LOG, () => resolve())),
    ]);
    expect(code).toBe(0);
    expect(out).toContain(WORDS);
  });

  it('says that a log is empty', async () => {
    const { path, write } = house();
    write('log', '');
    expect(await runCli('explain', path('log'))).toEqual({
      code: 0,
      out: '',
      err: `${path('log')}: has no lines\n`,
    });
  });

  it.each([
    ['log/x', 'does not exist'],
    ['.', 'is a directory'],
    ['circle', 'cannot be read (ELOOP)'],
    ['failing', 'cannot be read (EIO)'],
  ])('says why it cannot read a log: %s', async (name, why) => {
    const { path, write } = house();
    write('log', LOG);
    symlinkSync('circle', path('circle'));
    symlinkSync('/proc/self/mem', path('failing'));
    const err = `heyu2mqtt: ${path(name)}: ${why}\n`;
    expect(await runCli('explain', path(name))).toEqual({ code: 66, out: '', err });
  });

  it('lets nothing of a log steer the terminal', async () => {
    const { path, write } = house();
    write('log', `${LOG}\u001b[2J\u202egnp\n`);
    const { out } = await runCli('explain', path('log'));
    expect(out).toContain('\\u001b[2J\\u202egnp');
  });

  it.each([
    [['--timezone', 'Foo'], 64, 'heyu2mqtt: --timezone: "Foo" is not a valid time zone\n'],
    [['--x10config', '/no/such/x10config'], 66, 'heyu2mqtt: /no/such/x10config: does not exist\n'],
    [['--aliases', '/no/such/aliases.yaml'], 66, 'heyu2mqtt: /no/such/aliases.yaml: does not exist\n'],
  ])('blames the option: %j', async (options, code, message) => {
    const { path, write } = house();
    write('log', LOG);
    const ran = await runCli('explain', ...options, path('log'));
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' });
    expect(ran.err.startsWith(message), ran.err).toBe(true);
  });

  it('takes the zones of the followed log from the journal, and not of another one', async () => {
    const { path, write, configPath } = house();
    const zone = {
      kind: 'zone',
      at: 0,
      zone: 'ground',
      state: 'armed_away',
      source: 'stored',
      verified: true,
    } as const;
    const state = path('state');
    mkdirSync(state);
    writeFileSync(path('state/journal.ndjson'), journalLine(zone));
    write('config.yaml', `${readFileSync(configPath, 'utf8')}state_dir: ${state}\n`);
    write('aliases.yaml', 'aliases:\n  hall_motion: { address: A3, model: MS14A, zone: ground }\n');
    for (const log of ['heyu.log', 'heyu.log.1', 'other.log']) write(log, LOG);
    const explained = (...args: readonly string[]) => runCli('explain', '--config', configPath, ...args);
    const alert = 'zone ground: alert  (zone armed_away)';
    expect((await explained(path('heyu.log'))).out).toContain(alert);
    expect((await explained(path('heyu.log.1'), path('heyu.log'))).out).toContain(alert);
    expect((await explained(path('other.log'))).out).not.toContain(alert);
    expect((await explained('--disarmed', 'ground', path('heyu.log'))).out).toContain(
      '  --  zone ground: no alert  (zone disarmed)',
    );
  });

  it('says of a zone that is misspelt that it makes no difference', async () => {
    const { path, write } = house();
    write('log', LOG);
    write('aliases.yaml', 'aliases:\n  hall_motion: { address: A3, zone: ground }\n');
    const explained = (zone: string) =>
      runCli('explain', '--aliases', path('aliases.yaml'), '--armed', zone, path('log'));
    expect((await explained('grond')).err).toBe(
      'no alias is in the zone "grond": whether it is armed makes no difference\n',
    );
    expect((await explained('ground')).err).toBe('');
  });

  const TIMED = [
    '11/22 15:29:27  rcvi addr unit       3 : hu A3  (hall_motion)',
    '11/22 15:29:27  rcvi func           On : hc A',
    '11/23 15:40:00  rcvi addr unit       9 : hu A9  (_no_alias_)',
    '11/23 15:40:00  rcvi func           On : hc A',
    '11/23 15:40:05  rcvi addr unit       3 : hu A3  (hall_motion)',
    '11/23 15:40:05  rcvi func           On : hc A',
    '',
  ].join('\n');

  it('gives the end of a hold time its own time and no line', async () => {
    const { path, write } = house();
    write('log', TIMED);
    const options = ['--config', path('config.yaml'), '--year', '2026'];
    write('secret', 'x');
    const { out } = await runCli('explain', ...options, path('log'));
    expect(out).toContain(
      '\n        11-22 15:34:27    ->  hall_motion: motion OFF  (the hold time is over)\n',
    );
    const { out: json } = await runCli('explain', '--json', ...options, path('log'));
    const rows = json
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as Record<string, unknown>);
    const ends = rows.filter(({ reason }) => reason === 'the hold time is over');
    expect(ends.map(({ line, at }) => [line, at])).toEqual([
      [null, '2026-11-22T15:34:27+00:00'],
      [null, '2026-11-23T15:45:05+00:00'],
    ]);
    // in the order of time, and the lines around it keep their numbers
    expect(rows.map(({ at }) => at)).toEqual([...rows.map(({ at }) => at)].sort());
    expect(rows.find(({ address }) => address === 'A9')).toMatchObject({ line: 3 });
  });

  it.each<[string[], number[]]>([
    [[], [1, 2, 3, 4, 5, 6]],
    [
      ['--since', '2026-11-23'],
      [3, 4, 5, 6],
    ],
    [
      ['--since', '11-23 15:40:01'],
      [5, 6],
    ],
    [
      ['--since', '11/23 15:40'],
      [3, 4, 5, 6],
    ],
    [
      ['--until', '11-22'],
      [1, 2],
    ],
    [
      ['--until', '2026-11-23 15:40:00'],
      [1, 2, 3, 4],
    ],
    [
      ['--since', '2026-11-23T15:40', '--until', '2026-11-23 15:40:04'],
      [3, 4],
    ],
    [
      ['--alias', 'hall_motion'],
      [1, 2, 5, 6],
    ],
    [
      ['--alias', 'a9'],
      [3, 4],
    ],
    [
      ['--alias', 'hall_motion', '--alias', 'A9'],
      [1, 2, 3, 4, 5, 6],
    ],
    [
      ['--alias', 'hall_motion', '--since', '11-23'],
      [5, 6],
    ],
    [
      ['--alerts', '--armed', 'ground'],
      [2, 6],
    ],
    [['--alerts', '--armed', 'ground', '--until', '11-22'], [2]],
  ])('shows only what is asked for: %j', async (options, lines) => {
    const { path, write } = house();
    write('log', TIMED);
    write('named.yaml', 'aliases:\n  hall_motion: { address: A3, model: MS14A, zone: ground }\n');
    const always = ['--json', '--aliases', path('named.yaml'), '--timezone', 'UTC', '--year', '2026'];
    const { code, out } = await runCli('explain', ...always, ...options, path('log'));
    expect(code).toBe(0);
    const seen = out
      .trim()
      .split('\n')
      .map((row) => (JSON.parse(row) as { line: number | null }).line)
      .filter((line) => line !== null);
    expect([...new Set(seen)]).toEqual(lines);
  });

  it.each([
    [['--since', 'yesterday'], '--since: "yesterday" is not a valid time\n  hint: write it as'],
    [['--until', '2026-02-30'], '--until: "2026-02-30" is not a valid time'],
    [['--alias', 'hall_moton'], 'there is no alias "hall_moton"\n  hint: did you mean "hall_motion"?'],
  ])('refuses %j', async (options, message) => {
    const { path, write } = house();
    write('log', TIMED);
    write('secret', 'x');
    const { code, err } = await runCli('explain', '--config', path('config.yaml'), ...options, path('log'));
    expect(code).toBe(64);
    expect(err).toContain(message);
  });

  it('says why there is no alert', async () => {
    const { path, write } = house();
    write('log', TIMED);
    const { err, out } = await runCli('explain', '--no-config', '--alerts', path('log'));
    expect(out).toBe('');
    expect(err).toContain('--armed ZONE');
  });

  describe("takes this machine's configuration", () => {
    const machine = () => {
      const files = house();
      files.write('log', TIMED);
      files.write('secret', 'x');
      vi.stubEnv('HEYU2MQTT_CONFIG', files.path('config.yaml'));
      onTestFinished(() => void vi.unstubAllEnvs());
      return files;
    };

    it('and says so', async () => {
      const { path } = machine();
      const { code, out, err } = await runCli('explain', path('log'));
      expect({ code, err }).toEqual({
        code: 0,
        err: `explained with ${path('config.yaml')}; --no-config leaves it out\n`,
      });
      expect(out).toContain('A3 hall_motion: on');
    });

    it.each<[string, (path: (name: string) => string) => string[]]>([
      ['--no-config', () => ['--no-config']],
      ['an alias file of its own', (path) => ['--aliases', path('none.yaml')]],
    ])('not with %s', async (_, options) => {
      const { path, write } = machine();
      write('none.yaml', 'aliases: {}\n');
      const { code, out, err } = await runCli('explain', ...options(path), path('log'));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('hall_motion: no alias for this address');
    });

    it('without the password, which its user may not read', async () => {
      const { path } = machine();
      rmSync(path('secret'));
      const { code, out, err } = await runCli('explain', path('log'));
      expect(code).toBe(0);
      expect(err).toBe(`explained with what is good of ${path('config.yaml')}; --no-config leaves it out\n`);
      expect(out).toContain('A3 hall_motion: on');
    });

    it('as far as it is good', async () => {
      const { path, write } = machine();
      write('aliases.yaml', 'aliases:\n  hall_motion: { address: A3 }\n  b: { address: Z9 }\n');
      const { code, out, err } = await runCli('explain', path('log'));
      expect(code).toBe(0);
      expect(err).toContain('"Z9" is not a valid X10 address');
      expect(out).toContain('A3 hall_motion: on');
      write('config.yaml', 'mqtt\n  url: x\n');
      const without = await runCli('explain', path('log'));
      expect(without.code).toBe(0);
      expect(without.err).toContain('explained without a configuration');
      expect(without.out).toContain('hall_motion: no alias for this address');
    });
  });

  it('writes in pieces: a million rows are no million writes', async () => {
    const { path, write } = house();
    write('log', LOG.repeat(5_000));
    const writes = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    onTestFinished(() => writes.mockRestore());
    await runProgram(['explain', '--no-config', path('log')]);
    const said = writes.mock.calls.map(([text]) => String(text));
    expect(said.join('').split('\n').length).toBeGreaterThan(10_000);
    expect(said.length).toBeLessThan(100);
  });
});
