import { describe, expect, test } from 'vitest';
import { runCli } from './run-cli.js';

describe('a command line that is off', () => {
  test.each([
    [['chek'], "heyu2mqtt: unknown command 'chek'\n(Did you mean check?)"],
    [['alias', 'shw'], "heyu2mqtt: unknown command 'shw'\n(Did you mean show?)"],
    [['check', '--jsn'], "heyu2mqtt: unknown option '--jsn'\n(Did you mean --json?)"],
    [['alias', 'show'], "heyu2mqtt: missing required argument 'alias'"],
    [['run', '--log-level', 'loud'], "heyu2mqtt: option '--log-level <level>' argument 'loud' is invalid."],
  ])('%j is told as everything else is', async (args, message) => {
    const { code, out, err } = await runCli(...args);
    expect(code).toBe(64);
    expect(err.startsWith(message)).toBe(true);
    expect(out).toBe('');
  });
});

describe('help', () => {
  test.each([
    [['help'], 'Usage: heyu2mqtt [options] [command]\n'],
    [['--help'], 'Usage: heyu2mqtt [options] [command]\n'],
    [['help', 'explain'], 'Usage: heyu2mqtt explain [options] <log...>\n'],
    [['explain', '--help'], 'Usage: heyu2mqtt explain [options] <log...>\n'],
    [['help', 'alias'], 'Usage: heyu2mqtt alias [options] [command]\n'],
    [['help', 'alias', 'add'], 'Usage: heyu2mqtt alias add [options] <alias> <address>\n'],
    [['alias', 'help'], 'Usage: heyu2mqtt alias [options] [command]\n'],
    [['alias', 'help', 'add'], 'Usage: heyu2mqtt alias add [options] <alias> <address>\n'],
    [['alias', 'add', '--help'], 'Usage: heyu2mqtt alias add [options] <alias> <address>\n'],
  ])('%j', async (args, usage) => {
    const { code, out, err } = await runCli(...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.slice(0, usage.length)).toBe(usage);
  });

  test('is not what an alias or a log of that name means', async () => {
    const { code, err } = await runCli('explain', 'help', '--no-config');
    expect(code).toBe(66);
    expect(err).toContain('help');
    expect((await runCli('alias', 'show', 'help', '--aliases', '/nowhere')).out).toBe('');
  });
});
