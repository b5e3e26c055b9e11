/** `heyu2mqtt alias show`: what is in force for one alias, and where it comes from. */

import { describe, expect, test } from 'vitest';
import { house } from './run-cli.js';

const row = (out: string, key: string): string =>
  out
    .split('\n')
    .find((line) => line.trim().startsWith(`${key} `))
    ?.replace(/\s+/g, ' ')
    .trim() ?? '';

describe('the silence of a sensor', () => {
  test('is watched as its model says', async () => {
    const { alias } = house();
    expect(row((await alias('show', 'front_door')).out, 'silent_after')).toBe('silent_after 1d default');
  });

  test('is not watched where heyu hides signs of life, and that is said', async () => {
    const { alias } = house({ x10config: 'LOG_DIR /var/log/heyu\nHIDE_UNCHANGED YES\n' });
    const { out } = await alias('show', 'front_door');
    expect(row(out, 'silent_after')).toBe(
      'silent_after never HIDE_UNCHANGED YES of heyu hides its signs of life',
    );
    // heyu's own Inactive is told
    expect(out).toContain('x10/front_door/silent');
    // only security sensors are hidden
    expect(row((await alias('show', 'hall_motion')).out, 'silent_after')).toBe('silent_after 3d default');
  });

  test('is watched when the owner says so', async () => {
    const { alias, read, write } = house({ x10config: 'LOG_DIR /var/log/heyu\nHIDE_UNCHANGED YES\n' });
    write('aliases.yaml', `${read('aliases.yaml')}    silent_after: 2d\n`);
    expect(row((await alias('show', 'front_door')).out, 'silent_after')).toMatch(
      /^silent_after 2d .*aliases.yaml:\d+$/,
    );
  });
});
