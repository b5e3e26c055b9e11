import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { MAIN } from '../support/house.js';
import { runCli } from './run-cli.js';

describe('a command line that is off', () => {
  test.each([
    [['chek'], "heyu2mqtt: unknown command 'chek'\n(Did you mean check?)"],
    [
      ['alias', 'shw'],
      "heyu2mqtt: unknown command 'shw'\n(Did you mean show?)\n(heyu2mqtt alias --help lists the commands)",
    ],
    [['zone', 'list'], "heyu2mqtt: unknown command 'list'\n(heyu2mqtt zone --help lists the commands)"],
    [
      ['zone', 'code', 'foo'],
      "heyu2mqtt: unknown command 'foo'\n(heyu2mqtt zone code --help lists the commands)",
    ],
    [
      ['zone', 'arm', 'house', 'away'],
      "heyu2mqtt: too many arguments for 'arm'. Expected 1 argument but got 2.\n  hint: the mode is an option: heyu2mqtt zone arm ground --mode away",
    ],
    [['check', '--jsn'], "heyu2mqtt: unknown option '--jsn'\n(Did you mean --json?)"],
    [['alias', 'show'], "heyu2mqtt: missing required argument 'alias'"],
    [
      ['alias', 'set', 'hall', 'dusk=A4'],
      "heyu2mqtt: too many arguments for 'set'. Expected 1 argument but got 2.\n  hint: keys are options: heyu2mqtt alias set hall --dusk A4",
    ],
    [['run', '--log-level', 'loud'], "heyu2mqtt: option '--log-level <level>' argument 'loud' is invalid."],
  ])('%j is told as everything else is', async (args, message) => {
    const { code, out, err } = await runCli(...args);
    expect(code).toBe(64);
    expect(err.startsWith(message)).toBe(true);
    expect(out).toBe('');
  });
});

describe('an error that no command has foreseen', () => {
  const demo = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [MAIN, 'demo', '--fast', '--once'], {
      env: { ...process.env, TMPDIR: '/nowhere', ...env },
      encoding: 'utf8',
    });

  test('of the system is one message with its code and path', () => {
    const { status, stderr } = demo({});
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^heyu2mqtt: cannot mkdtemp \/nowhere\/\S+ \(ENOENT\)\n {2}hint: with DEBUG=1 before the command it says where\n$/,
      ) as string,
    ]);
  });

  test('shows where it happened when that is asked for', () => {
    expect(demo({ DEBUG: '1' }).stderr).toMatch(/^ +at /m);
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
