/** Every view on a recorded week: light and dark, on a telephone and on a wide screen, for eyes and for screen readers. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { House } from '../support/house.js';
import { DAY, HOUR } from '../../src/common/duration.js';
import type { Timeline } from '../../src/web/protocol.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { expectSound, goTo, NARROW, open, overflow, PATIENCE, startChromium, WIDE } from './browser.js';
import { pageHouse } from './page-house.js';
import { ALERT, writeRecordedWeek } from './recorded-week.js';

const BUILT = fileURLToPath(new URL('../../dist/web/', import.meta.url));

/** Of the recorded week. */
const NOW = Date.now();

let browser: Browser;
let broker: Mosquitto;
let house: House & { readonly url: string };

beforeAll(async () => {
  [browser, broker] = await Promise.all([startChromium(), startMosquitto()]);
  house = await pageHouse(broker.url);
  writeRecordedWeek(house, NOW);
  await house.start();
});
afterAll(async () => {
  await Promise.all([browser.close(), house.remove(), broker.remove()]);
});

/** What each view shows when all of it is there; the timeline at a motion, so that it has rows at any time of the day. */
const VIEWS = {
  now: '.sensor',
  'timeline/porch_motion': '.hour tbody tr',
  log: '.log li',
  walk: 'main > button.large',
  login: '.login',
};

/** Waits until the given part and the foot of the page are there: the answers of the service have come. */
async function untilWhole(page: Page, part: string): Promise<void> {
  await page.locator(part).first().waitFor();
  await page.locator('footer').waitFor();
}

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([
    ['narrow', NARROW],
    ['wide', WIDE],
  ])('every view, %s', async (_, viewport) => {
    const opened = await open(browser, house.url, { colorScheme, viewport });
    for (const [view, part] of Object.entries(VIEWS)) {
      await goTo(opened.page, view);
      await untilWhole(opened.page, part);
      // fewer lines: each costs axe time
      if (view === 'log') await opened.page.getByLabel('Show only lines with').fill('porch');
      await expectSound(opened);
    }
  });
});

test('with text twice as large, nothing is wider than the window', async () => {
  const opened = await open(browser, house.url, { viewport: { width: 640, height: 800 } });
  await opened.page.evaluate("document.documentElement.style.fontSize = '200%'");
  for (const [view, part] of Object.entries(VIEWS)) {
    await goTo(opened.page, view);
    await untilWhole(opened.page, part);
    expect(await overflow(opened.page), view).toBe(0);
  }
});

test('forced colours and less motion', async () => {
  const opened = await open(browser, house.url, { forcedColors: 'active', reducedMotion: 'reduce' });
  await goTo(opened.page, 'timeline');
  await opened.page.locator('svg.plot').waitFor();
  await expectSound(opened);
});

/** What can be reached with Tab, and what has the focus. */
const FOCUSABLE = `[...document.querySelectorAll('a, button, input, select, [tabindex="0"]')]
  .filter((each) => !each.disabled && each.getClientRects().length > 0)`;

/** Whether what has the focus is to be seen, and nothing lies on it. */
const IS_SEEN = `(() => {
  const { left, top, right, bottom } = document.activeElement.getBoundingClientRect();
  const inside = (at, from, to) => Math.min(Math.max(at, from + 1), to - 1);
  const x = inside((left + right) / 2, 0, innerWidth);
  const y = inside((top + bottom) / 2, 0, innerHeight);
  const seen = document.elementFromPoint(x, y);
  return bottom > 0 && top < innerHeight && document.activeElement.contains(seen);
})()`;

test.each(Object.entries(VIEWS))(
  'everything on "%s" is reached with Tab, and seen then',
  async (view, part) => {
    const { page } = await open(browser, `${house.url}#/${view}`, { viewport: NARROW });
    await untilWhole(page, part);
    const left = `${FOCUSABLE}.filter((each) => !each.wasFocused).map((each) => each.outerHTML)`;
    const count = await page.evaluate<number>(`${FOCUSABLE}.length`);
    expect(count).toBeGreaterThan(5);
    // a field of date or time has several stops
    for (let presses = 0; presses < count + 8; presses += 1) {
      await page.keyboard.press('Tab');
      await page.evaluate('document.activeElement.wasFocused = true');
      const isPage = await page.evaluate<boolean>('document.activeElement === document.body');
      if (!isPage) expect(await page.evaluate(IS_SEEN)).toBe(true);
    }
    expect(await page.evaluate(left)).toEqual([]);
  },
);

test('controls are large enough for a finger', async () => {
  const { page } = await open(browser, `${house.url}#/walk`, { viewport: NARROW });
  await page.getByRole('button', { name: 'Start' }).click();
  for (const button of await page.locator('main button').all())
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(48);
});

test('a link to a sensor shows its alias and its address', async () => {
  const { page } = await open(browser, `${house.url}#/sensor/hall_motion`);
  await page.locator('.sensor.chosen').getByText('hall_motion, A3').waitFor();
});

describe('the timeline', () => {
  const openTimeline = async (): Promise<Page> => {
    const { page } = await open(browser, `${house.url}#/timeline`);
    await page.locator('svg.plot').waitFor();
    return page;
  };
  const reading = (page: Page): Locator => page.locator('.reading');
  const goToDay = async (page: Page, daysAgo: number): Promise<string> => {
    const day = new Date(NOW - daysAgo * DAY).toISOString().slice(0, 10);
    await page.getByLabel('Date').fill(day);
    await page.getByLabel('Date').press('Tab');
    await expect.poll(() => page.getByLabel('from').inputValue(), PATIENCE).toBe('00:00');
    return day;
  };

  test('has one path for each sensor, and a band for each time that a zone was armed', async () => {
    const page = await openTimeline();
    await page.getByRole('button', { name: 'Week' }).click();
    await expect.poll(() => page.locator('.span.armed').count(), PATIENCE).toBeGreaterThan(10);
    expect(await page.locator('.runs').count()).toBe(await page.locator('.lane-name').count());
    const drawn = await page.locator('.runs').first().getAttribute('d');
    expect(drawn?.match(/M/g)?.length).toBeGreaterThan(20);
    expect(await page.locator('.alert').count()).toBeGreaterThan(0);
  });

  test.each([
    ['narrow', NARROW],
    ['of a telephone', { width: 390, height: 844 }],
    ['wide', WIDE],
  ])('has marks of time that can be read, %s', async (_, viewport) => {
    const { page } = await open(browser, `${house.url}#/timeline`, { viewport });
    await page.locator('svg.plot').waitFor();
    const texts = (): Promise<string> => page.locator('.axis').allTextContents().then(String);
    for (const span of ['Week', '6 h', '1 h', 'Day']) {
      const before = await texts();
      await page.getByRole('button', { name: span, exact: true }).click();
      await expect.poll(texts, PATIENCE).not.toBe(before);
      const marks = await page.evaluate<readonly (readonly [number, number, number])[]>(`(() => {
        const { right } = document.querySelector('svg.plot').getBoundingClientRect();
        return [...document.querySelectorAll('.axis')]
          .filter((each) => each.textContent.trim() !== '')
          .map((each) => each.getBoundingClientRect())
          .map((each) => [each.left, each.right, right]);
      })()`);
      // the last one has no room when its hour has just begun
      expect(marks.length, span).toBeGreaterThan(1);
      for (const [index, [, end, right]] of marks.entries())
        expect(end, span).toBeLessThan(marks[index + 1]?.[0] ?? right + 1);
    }
  });

  test('is read with the keyboard', async () => {
    const page = await openTimeline();
    await page.locator('.timeline').focus();
    await page.keyboard.press('ArrowLeft');
    await reading(page)
      .getByText(/^Hall, .*\d\d:\d\d.*, \d+ triggers?$/)
      .waitFor();
    const last = await reading(page).innerText();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => reading(page).innerText(), PATIENCE).not.toBe(last);
    await page.keyboard.press('ArrowDown');
    await reading(page)
      .getByText(/^Porch, /)
      .waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await reading(page).getByText('no earlier motion').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await reading(page).getByText('no further sensor').waitFor();
  });

  test('goes to a date, and back to now', async () => {
    const page = await openTimeline();
    const day = await goToDay(page, 3);
    await page.getByRole('button', { name: '1 h' }).click();
    await page.getByLabel('from').fill('07:00');
    await page.getByLabel('from').press('Tab');
    await page.getByText('07:00 to 08:00').first().waitFor();
    await page.getByRole('row').filter({ hasText: 'Hall' }).first().waitFor();
    expect(await page.getByLabel('Date').inputValue()).toBe(day);
    await page.getByRole('button', { name: 'Now' }).click();
    await page.getByText('(now)').waitFor();
  });

  test('answers why: at Enter, at a click and of a zone', async () => {
    const page = await openTimeline();
    const words = page.locator('.why li');
    await goToDay(page, ALERT.daysAgo);
    await page.locator('.alert').waitFor();
    await page.locator('.timeline').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await words.getByText('no alert').first().waitFor();
    const { x = 0, y = 0 } = (await page.locator('.alert').boundingBox()) ?? {};
    await page.mouse.click(x + 8, y + 7);
    await words.getByText('armed away').or(words.getByText('armed_away')).first().waitFor();
    await page.getByRole('button', { name: /^Cellar at / }).click();
    await reading(page)
      .getByText(/^Cellar, /)
      .waitFor();
    await words.first().waitFor();
  });

  test('says that the service is busy with the past, and asks again', async () => {
    const { page, troubles } = await open(browser, `${house.url}#/log`);
    const error = 'too many questions about the past at once';
    const hint = 'try again in a few seconds';
    await page.route('**/api/timeline?*', (route) => route.fulfill({ status: 503, json: { error, hint } }));
    await page.clock.install();
    await goTo(page, 'timeline');
    await page.getByText(`${error}. ${hint}`).waitFor();
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.getByText(`${error}. ${hint}`).waitFor();
    await page.unroute('**/api/timeline?*');
    await page.clock.fastForward(6000);
    await page.locator('svg.plot').waitFor();
    expect(await page.getByText(error).count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('asks about the alert where motions are drawn as one', async () => {
    const page = await openTimeline();
    const alertAt = NOW - 6 * HOUR;
    await page.route('**/api/timeline?*', async (route) => {
      const response = await route.fetch();
      const drawn = (await response.json()) as Timeline;
      const lanes = drawn.lanes.map((lane) =>
        lane.alias === 'hall_motion'
          ? { ...lane, runs: [[1, drawn.px - 2, 8, alertAt - 16_000, alertAt + 5000]] }
          : lane,
      );
      const alert = { at: alertAt, zone: 'ground', alias: 'hall_motion', kind: 'zone armed_away' };
      await route.fulfill({ json: { ...drawn, lanes, alerts: [alert] } });
    });
    await page.getByRole('button', { name: '6 h' }).click();
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.locator('.alert').waitFor();
    const asked = page.waitForRequest(/api\/why/);
    await page.locator('.timeline').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    expect(new URL((await asked).url()).searchParams.get('at')).toBe(String(alertAt));
  });

  test('shows the time of the service on a device whose clock is wrong', async () => {
    const { page } = await open(browser, 'about:blank');
    await page.clock.install({ time: NOW + 5 * DAY });
    const asked = page.waitForRequest(/api\/timeline/);
    await page.goto(`${house.url}#/timeline`);
    const { searchParams } = new URL((await asked).url());
    expect(Math.abs(Number(searchParams.get('to')) - Date.now())).toBeLessThan(HOUR);
    await page.locator('svg.plot').waitFor();
  });

  test('puts the cursor on the last motion of a sensor that a link names', async () => {
    const page = await openTimeline();
    await goTo(page, 'timeline/porch_motion');
    await reading(page)
      .getByText(/^Porch, /)
      .waitFor();
  });
});

test('lines are filtered and copied', async () => {
  const { page } = await open(browser, `${house.url}#/log`);
  await page.getByText('hall_motion').first().waitFor();
  await page.getByLabel('Show only lines with').fill('porch_motion: motion ON');
  await expect.poll(() => page.locator('.log li').count(), PATIENCE).toBeLessThan(100);
  const count = await page.locator('.log li').count();
  expect(count).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByRole('status').getByText(`${count} lines copied`).waitFor();
  await page.getByLabel('Show only lines with').fill('');
  await page.getByLabel('Show only lines with').press('ControlOrMeta+V');
  expect(await page.getByLabel('Show only lines with').inputValue()).toContain('porch_motion: motion ON');
});

test('the page is small', () => {
  const bytes = readdirSync(BUILT).map((name) => gzipSync(readFileSync(BUILT + name)).length);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(40_000);
});
