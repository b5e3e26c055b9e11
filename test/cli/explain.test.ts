import { execFileSync } from 'node:child_process';
import { writeFile, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { house } from './house.js';
import { runCli } from './run-cli.js';

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
      err: `${path('log')}: holds not a single line\n`,
    });
  });

  it.each([
    [['--timezone', 'Foo'], 64, 'heyu2mqtt: --timezone: "Foo" is no time zone\n'],
    [['--x10config', '/no/such/x10config'], 66, 'heyu2mqtt: /no/such/x10config: does not exist\n'],
    [['--aliases', '/no/such/aliases.yaml'], 66, 'heyu2mqtt: /no/such/aliases.yaml: does not exist\n'],
  ])('blames the option: %j', async (options, code, message) => {
    const { path, write } = house();
    write('log', LOG);
    const ran = await runCli('explain', ...options, path('log'));
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' });
    expect(ran.err.startsWith(message), ran.err).toBe(true);
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
});
