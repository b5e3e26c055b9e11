/** Takes the pictures of docs/page.md from a running service: `npm run screenshots:page`. */

import { connectAsync } from 'mqtt';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished, test } from 'vitest';
import { pair, type House } from '../support/house.js';
import { startMosquitto } from '../support/mosquitto.js';
import { NARROW, open, startChromium, WIDE } from './browser.js';
import { ALIASES, pageHouse } from './page-house.js';
import { writeRecordedWeek } from './recorded-week.js';

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
    ...['A5', 'B7', 'P16'].flatMap((address) => pair('rcvi', address, 'Off')),
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

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [width, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const { page } = await open(browser, `${house.url}#/now`, { colorScheme, viewport });
      const take = async (view: string): Promise<void> => {
        const path = process.env['PICTURES'] ?? IMAGES;
        await page.screenshot({
          path: `${path}/page-${view}-${width}-${colorScheme}.png`,
          animations: 'disabled',
        });
      };
      await page.locator('.link').getByText('live').waitFor();
      liveIn(house);
      await page.locator('.sensor.active').first().waitFor();
      await take('now');
      await page.getByRole('link', { name: 'Timeline' }).click();
      await page.locator('svg.plot').waitFor();
      await page.getByRole('button', { name: 'Earlier' }).click();
      // the alert of that day
      await page.locator('.alert').waitFor();
      await page.locator('.timeline').focus();
      for (const key of ['ArrowLeft', 'Home', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
      await page.keyboard.press('Enter');
      await page.locator('.why').waitFor();
      await take('timeline');
      await page.getByRole('link', { name: 'Log', exact: true }).click();
      await page.locator('.log li').first().waitFor();
      await take('log');
      await page.getByRole('link', { name: 'Walk test', exact: true }).click();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByText('Listening').waitFor();
      liveIn(house);
      await page.locator('.big').getByText('Hall').waitFor();
      await take('walk');
    }
  }
});
