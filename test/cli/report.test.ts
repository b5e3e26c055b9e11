/** `heyu2mqtt report` on named logs and on the log of the service: what it prints and how it ends. */

import { gzipSync } from 'node:zlib';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/common/json.js';
import { BEGIN, houseLog } from '../report/house-log.js';
import { house, runCli } from './run-cli.js';

const ALIASES = `aliases:
  hall: { address: A1, model: MS14A, dusk: A2, name: Hall }
  kitchen: { address: A3, model: MS14A, name: Kitchen }
`;

const LOG = houseLog(40);
const AT_NOON = LOG.findIndex((line) => line.startsWith('09/20 12'));
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** The log of the service, written last when its last line was. */
function home(): ReturnType<typeof house> {
  const made = house({
    'config.yaml': CONFIG,
    'aliases.yaml': ALIASES,
    'heyu.log.ttyS0': text(LOG.slice(AT_NOON)),
    'heyu.log.ttyS0.1': text(LOG.slice(0, AT_NOON)),
  });
  for (const name of ['heyu.log.ttyS0.1', 'heyu.log.ttyS0'])
    utimesSync(made.path(name), LAST_AT / 1000, LAST_AT / 1000);
  return made;
}

const LAST_AT = BEGIN + 40 * 86_400_000;

const CONFIG = 'heyu: { log: heyu.log.ttyS0, timezone: UTC }\nstate_dir: state\n';

const BARE = ['--timezone', 'UTC', '--year', '2026'];

describe('report', () => {
  it('reads named logs in their order, packed ones, too', async () => {
    const { path } = home();
    writeFileSync(path('old.gz'), gzipSync(text(LOG.slice(0, AT_NOON))));
    const args = ['--aliases', path('aliases.yaml'), ...BARE];
    const plain = await runCli('report', path('heyu.log.ttyS0.1'), path('heyu.log.ttyS0'), '--json', ...args);
    const packed = await runCli('report', path('old.gz'), path('heyu.log.ttyS0'), '--json', ...args);
    expect(plain.code).toBe(0);
    expect(parseJson(plain.out)).toMatchObject({
      from: '2026-09-01T00:00:00+00:00',
      log: { lines: LOG.length },
      sensors: [
        { alias: 'hall' },
        { alias: 'kitchen', missed_offs: { cases: expect.any(Number) as number } },
      ],
    });
    expect(packed.out).toBe(plain.out);
  });

  it('reads the log of the service with its rotated files, when none is named', async () => {
    const { path } = home();
    const { code, out } = await runCli('report', '--config', path('config.yaml'));
    expect(code).toBe(0);
    expect(out).toMatch(/^heyu2mqtt report\n/);
    expect(out).toContain(`${LOG.length} lines`);
    expect(out).toMatch(/kitchen: no Off was heard for \d+ of \d+ motions/);
  });

  it('writes a page that only its owner may read, and says where it cannot', async () => {
    const { path } = home();
    const args = [path('heyu.log.ttyS0'), '--aliases', path('aliases.yaml'), ...BARE];
    const { code, out } = await runCli('report', ...args, '--html', path('report.html'), '--anonymous');
    expect([code, out]).toEqual([0, '']);
    expect(readFileSync(path('report.html'), 'utf8')).toMatch(/^<!doctype html>[^]*sensor2[^]*<\/html>\n$/);
    expect(statSync(path('report.html')).mode & 0o777).toBe(0o600);
    const nowhere = await runCli('report', ...args, '--html', path('nowhere/report.html'));
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('cannot be written (ENOENT)')]);
  });

  it('ends with 1 for logs without lines, 64 where none is named, and 66 for one that is not there', async () => {
    const { path } = home();
    writeFileSync(path('empty.log'), '');
    const [empty, none, missing] = [
      await runCli('report', path('empty.log'), '--no-config', ...BARE),
      await runCli('report', '--no-config'),
      await runCli('report', path('nowhere.log'), '--no-config', ...BARE),
    ];
    expect([empty.code, none.code, missing.code]).toEqual([1, 64, 66]);
    expect(empty.out).toContain('the log has no lines');
    expect(none.err).toContain('name the logs');
  });
});
