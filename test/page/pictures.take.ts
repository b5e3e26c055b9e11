/** Takes the pictures of docs/page.md from a running service: `npm run screenshots:page`. */

import { connectAsync } from 'mqtt';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished, test } from 'vitest';
import { DAY } from '../../src/common/duration.js';
import { pair, type House } from '../support/house.js';
import { startMosquitto } from '../support/mosquitto.js';
import { open, startChromium, WIDE } from './browser.js';
import { ALIASES, pageHouse } from './page-house.js';
import { ALERT, writeRecordedWeek } from './recorded-week.js';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** A house of the usual size. */
const SHOWN = [
  'hall_motion',
  'porch_motion',
  'drive_motion',
  'kitchen',
  'sec_motion',
  'sec_door',
  'sec_smoke',
  'sec_keyfob',
  'gb10',
];
const ALIASES_SHOWN = ALIASES.split('\n')
  .filter((line) => !line.startsWith('  ') || SHOWN.includes(line.trim().split(':')[0] ?? ''))
  .join('\n');

/** Somebody is at home, and has left a window open. */
function liveIn(house: House): void {
  house.heyu(
    ...['A5', 'B7'].flatMap((address) => pair('rcvi', address, 'Off')),
    ...pair('rcvi', 'C15', 'On'),
    'rcva func        Clear : hu C1  swMax  (sec_motion)',
    'rcva func        Alert : hu C2  swMin  LoBat  (sec_door)',
    'rcva func        Clear : hu C8   (gb10)',
    ...pair('rcvi', 'K7', 'On'),
    ...pair('rcvi', 'A3', 'On', 'hall_motion'),
  );
}

test('pictures for the documentation', async () => {
  const browser = await startChromium();
  onTestFinished(() => browser.close());
  const broker = await startMosquitto();
  onTestFinished(() => broker.remove());
  const house = await pageHouse(broker.url, { aliases: ALIASES_SHOWN });
  onTestFinished(() => house.remove());
  writeRecordedWeek(house, Date.now());
  await house.start();
  const client = await connectAsync(broker.url);
  onTestFinished(() => client.endAsync());
  await client.publishAsync('x10/zone/cellar/set', 'ARM_HOME');
  await client.publishAsync('x10/zone/ground/set', 'DISARM');
  mkdirSync(IMAGES, { recursive: true });

  const picture = async (
    view: string,
    options: BrowserContextOptions,
    act: (page: Page) => Promise<void>,
  ): Promise<void> => {
    const { page } = await open(browser, `${house.url}#/${view}`, options);
    await page.locator('.link').getByText('live').waitFor();
    await act(page);
    await page.screenshot({ path: `${IMAGES}page-${view}.png`, animations: 'disabled' });
  };
  await picture('now', { viewport: WIDE }, async (page) => {
    liveIn(house);
    await page.locator('.sensor.active').first().waitFor();
  });
  await picture('timeline', { viewport: { ...WIDE, height: 922 } }, async (page) => {
    await page.locator('svg.plot').waitFor();
    // the day of the alert
    const day = new Date(Date.now() - ALERT.daysAgo * DAY).toISOString().slice(0, 10);
    await page.getByLabel('Date').fill(day);
    await page.getByLabel('Date').press('Tab');
    await page.locator('.alert').waitFor();
    await page.locator('.timeline').focus();
    for (const key of ['ArrowLeft', 'Home', 'ArrowRight', 'ArrowRight', 'Enter'])
      await page.keyboard.press(key);
    await page.locator('.why li').first().waitFor();
  });
  await picture('log', { viewport: { ...WIDE, height: 640 }, colorScheme: 'dark' }, async (page) => {
    await page.locator('.log li').first().waitFor();
  });
  await picture('walk', { viewport: { width: 360, height: 640 } }, async (page) => {
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Listening').waitFor();
    liveIn(house);
    await page.locator('.big').getByText('Hall').waitFor();
  });
});
