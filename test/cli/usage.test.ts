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
