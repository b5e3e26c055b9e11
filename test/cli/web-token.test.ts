import { execFile } from 'node:child_process';
import { readdirSync, statSync, watch, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it, test } from 'vitest';
import { claim } from '../../src/io/files.js';
import { hashToken } from '../../src/io/web/guard.js';
import { parseTokens, writeTokens } from '../../src/web/tokens.js';
import { MAIN } from '../support/house.js';
import { onTestFinished } from '../support/test-end.js';
import { until } from '../support/until.js';
import { house, runCli, type Ran } from './run-cli.js';

const CONFIG = 'web: { listen: 0.0.0.0:8710, url: "http://pi.local:8710" }\n';

function tokens(config = CONFIG): {
  readonly run: (...args: readonly string[]) => Promise<Ran>;
  readonly read: (name: string) => string;
  readonly path: (name: string) => string;
} {
  const { configPath, read, path } = house({ 'config.yaml': `zones: { ground: {} }\n${config}` });
  return { run: (...args) => runCli('web', 'token', ...args, '--config', configPath), read, path };
}

it('shows a token once, with a link that no server gets to see, and keeps its hash', async () => {
  const { run, read, path } = tokens();
  const { code, out } = await run('add', 'phone');
  const [, token = ''] = /^ {2}([\w-]{43})$/m.exec(out) ?? [];
  expect(code).toBe(0);
  expect(out).toContain(`  http://pi.local:8710/#token=${token}\n`);
  const text = read('web-tokens');
  expect(text).toContain(`${hashToken(token)}  `);
  expect(text).not.toContain(token);
  expect(statSync(path('web-tokens')).mode & 0o777).toBe(0o640);
  const { out: list } = await run('list');
  expect(list).toMatch(/^NAME +SINCE\nphone +\d{4}-\d\d-\d\d\n$/);
  expect(list).not.toContain(hashToken(token));
});

it('has one token for a name, and takes it away', async () => {
  const { run, read } = tokens();
  await run('add', 'phone');
  await run('add', 'tablet of Jane');
  expect(await run('add', 'phone')).toMatchObject({
    code: 1,
    err: expect.stringContaining('has a token already') as string,
  });
  expect(await run('remove', 'phon')).toMatchObject({
    code: 1,
    err: expect.stringContaining('did you mean "phone"?') as string,
  });
  expect(await run('remove', 'phone')).toMatchObject({ code: 0 });
  expect(read('web-tokens').match(/^[0-9a-f]{64}.*$/gm)).toEqual([
    expect.stringMatching(/ {2}tablet of Jane$/),
  ]);
});

it('waits while another command writes tokens, and loses none of them', async () => {
  const { read, path } = tokens();
  const other = claim(path('.web-tokens.lock'));
  const seen: (string | null)[] = [];
  const watcher = watch(path(''), (_, name) => seen.push(name));
  onTestFinished(() => watcher.close());
  const adding = promisify(execFile)(process.execPath, [
    MAIN,
    ...['web', 'token', 'add', 'phone', '--config', path('config.yaml')],
  ]);
  await until(() => seen.some((name) => name?.startsWith('..web-tokens.lock.')), 'it to try the lock');
  const tablet = { hash: hashToken('tablet'), date: '2026-11-26', name: 'tablet' };
  writeFileSync(path('web-tokens'), writeTokens([tablet]));
  if ('release' in other) other.release();
  await adding;
  expect(parseTokens(read('web-tokens')).map(({ name }) => name)).toEqual(['tablet', 'phone']);
  expect(readdirSync(path('')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test.each(['', '-x', 'a\nb', 'x'.repeat(41), 'a/b'])('"%s" is no name', async (name) => {
  const { run } = tokens();
  expect((await run('add', '--', name)).code).toBe(64);
});

it('gives programs JSON', async () => {
  const { run } = tokens();
  const made = JSON.parse((await run('add', 'grafana', '--json')).out) as { token: string; link: string };
  expect(made.link).toBe(`http://pi.local:8710/#token=${made.token}`);
  expect(JSON.parse((await run('list', '--json')).out)).toEqual([
    { name: 'grafana', date: expect.any(String) as string },
  ]);
});

test.each([
  ['web: { listen: off }\n', 'web.listen is off'],
  ['', 'the page is served to this machine alone'],
])('says where the page does not get to: %j', async (config, words) => {
  const { run } = tokens(config);
  expect((await run('add', 'phone')).err).toContain(words);
});
