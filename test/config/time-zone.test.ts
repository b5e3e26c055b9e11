import { afterEach, expect, test, vi } from 'vitest';
import { isTimeZone, systemTimeZone } from '../../src/config/time-zone.js';

afterEach(() => vi.unstubAllEnvs());

test.each([
  'Europe/Berlin',
  'UTC',
  'Etc/UTC',
  'CET',
  'US/Eastern',
  'Asia/Calcutta',
  ':Europe/Berlin',
  'CET-1CEST',
  'Nowhere',
  '',
  undefined,
])('the zone of a process with TZ=%s is the one that Intl names', (TZ) => {
  vi.stubEnv('TZ', TZ);
  expect(systemTimeZone()).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test.each([
  ['Europe/Berlin', true],
  ['europe/berlin', true],
  ['US/Eastern', true],
  ['UTC', true],
  ['Europe/Nowhere', false],
  ['+02:00', false],
  ['', false],
])('%s is a time zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is);
});
