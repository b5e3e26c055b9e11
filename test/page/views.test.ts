/** Every view on a recorded week: light and dark, on a telephone and on a wide screen, for eyes and for screen readers. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { House } from '../support/house.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { expectSound, goTo, NARROW, open, overflow, startChromium, WIDE } from './browser.js';
import { pageHouse } from './page-house.js';
import { recordedWeek } from './recorded-week.js';

const BUILT = fileURLToPath(new URL('../../dist/web/', import.meta.url));

let browser: Browser;
let broker: Mosquitto;
let house: House & { readonly url: string };

beforeAll(async () => {
  [browser, broker] = await Promise.all([startChromium(), startMosquitto()]);
  house = await pageHouse(broker.url);
  writeFileSync(house.logPath, recordedWeek(Date.now()));
  await house.start();
});
afterAll(async () => {
  await Promise.all([browser.close(), house.remove(), broker.remove()]);
});

/** What each view shows when it is there. */
const VIEWS = {
  now: 'Ground floor',
  timeline: 'Arrow keys',
  log: 'Copy as text',
  walk: 'Start',
  login: 'Token',
};

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([
    ['narrow', NARROW],
    ['wide', WIDE],
  ])('every view, %s', async (_, viewport) => {
    const opened = await open(browser, house.url, { colorScheme, viewport });
    for (const [view, words] of Object.entries(VIEWS)) {
      await goTo(opened.page, view);
      await opened.page.getByText(words).first().waitFor();
      // fewer lines: each costs axe time
      if (view === 'log') await opened.page.getByLabel('Show only lines with').fill('porch');
      await expectSound(opened);
    }
  });
});

test('with text twice as large, nothing is wider than the window', async () => {
  const opened = await open(browser, house.url, { viewport: { width: 640, height: 800 } });
  await opened.page.evaluate("document.documentElement.style.fontSize = '200%'");
  for (const view of Object.keys(VIEWS)) {
    await goTo(opened.page, view);
    await opened.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await overflow(opened.page)).toBe(0);
  }
});

test('forced colours and less motion', async () => {
  const opened = await open(browser, house.url, { forcedColors: 'active', reducedMotion: 'reduce' });
  await goTo(opened.page, 'timeline');
  await opened.page.getByText('Arrow keys').waitFor();
  await expectSound(opened);
});

test('the page is small', () => {
  const bytes = readdirSync(BUILT).map((name) => gzipSync(readFileSync(BUILT + name)).length);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(40_000);
});
