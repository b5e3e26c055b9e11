/** The page while something happens: signals, a restart, proxies, sleep, and text that somebody else has written. */

import { execFileSync } from 'node:child_process';
import { connectAsync } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAIN, pair, type House } from '../support/house.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { onTestFinished } from '../support/test-end.js';
import { expectSound, goTo, NARROW, open, PATIENCE, REBOUND, startChromium } from './browser.js';
import { ALIASES, pageHouse } from './page-house.js';
import { startProxy } from './proxy.js';

let browser: Browser;
let broker: Mosquitto;
let house: House & { readonly url: string };

beforeAll(async () => {
  [browser, broker] = await Promise.all([startChromium(), startMosquitto()]);
  house = await pageHouse(broker.url);
  await house.start();
});
afterAll(async () => {
  await Promise.all([browser.close(), house.remove(), broker.remove()]);
});

const motion = (address: string): readonly string[] => pair('rcvi', address, 'On');
const tile = (page: Page, alias: string) => page.locator(`[id="sensor/${alias}"]`);
const link = (page: Page) => page.locator('.link span');
const untilLive = (page: Page): Promise<void> => link(page).getByText('live').waitFor();

describe('a signal', () => {
  beforeEach(() => house.heyu(...pair('rcvi', 'A3', 'Off'), ...pair('rcvi', 'A5', 'Off')));

  test('is seen by two browsers and a telephone at once', async () => {
    const [one, two, telephone] = await Promise.all([
      open(browser, house.url),
      open(browser, `${house.url}#/log`),
      open(browser, `${house.url}#/walk`, { viewport: NARROW, hasTouch: true, isMobile: true }),
    ]);
    await Promise.all([one, two, telephone].map(({ page }) => untilLive(page)));
    // what was heard before the walk does not count
    await tile(one.page, 'hall_motion').getByText('no motion').waitFor();
    await telephone.page.getByRole('button', { name: 'Start' }).tap();
    await telephone.page.getByText('Listening').waitFor();
    house.heyu(...motion('A3'));
    await tile(one.page, 'hall_motion').getByText('motion', { exact: true }).waitFor();
    await two.page.getByText('hall_motion: motion ON').first().waitFor();
    await telephone.page.locator('.big').getByText('Hall').waitFor();
    await telephone.page.locator('.walked').getByText('1 ×').waitFor();
    for (const opened of [one, two, telephone]) expect(opened.troubles).toEqual([]);
    await expectSound(telephone);
  });

  test('waits while the page is paused', async () => {
    const { page } = await open(browser, house.url);
    await tile(page, 'porch_motion').getByText('no motion').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await link(page).getByText('paused at').waitFor();
    const other = await open(browser, house.url);
    await untilLive(other.page);
    house.heyu(...motion('A5'));
    await tile(other.page, 'porch_motion').getByText('motion', { exact: true }).waitFor();
    expect(await tile(page, 'porch_motion').innerText()).toContain('no motion');
    await page.getByRole('button', { name: 'Pause' }).click();
    await tile(page, 'porch_motion').getByText('motion', { exact: true }).waitFor();
  });

  test.each([
    ['below the prefix of a proxy', { prefix: '/some/prefix/' }, 'live'],
    [
      'through an ingress that compresses streams',
      { prefix: '/api/hassio_ingress/x/', compressesStreams: true },
      'live, every 2 s',
    ],
  ])('is seen %s', async (_, options, how) => {
    const opened = await open(browser, await startProxy(house.url, options));
    await link(opened.page).getByText(how, { exact: true }).waitFor();
    house.heyu(...motion('A3'));
    await tile(opened.page, 'hall_motion').getByText('motion', { exact: true }).waitFor();
    expect(opened.troubles).toEqual([]);
  });
});

test('a service that is restarted is found again, with what happened meanwhile', async () => {
  const { page } = await open(browser, `${house.url}#/log`);
  await untilLive(page);
  const porch = page.getByText('porch_motion: motion ON');
  const texts = (): Promise<readonly string[]> => page.locator('.log code').allTextContents();
  // other tests have moved there, too
  const earlier = await porch.count();
  house.heyu(...motion('A5'));
  await expect.poll(() => porch.count(), PATIENCE).toBe(earlier + 1);
  const before = await texts();
  await house.stop();
  await link(page).getByText('does not answer').waitFor();
  house.heyu(...motion('P16'));
  await house.start();
  await untilLive(page);
  await page.getByText('garage_motion: motion ON').first().waitFor();
  // what was there before is there once, below the two lines of the garage
  expect((await texts()).slice(2)).toEqual(before);
});

test('the timeline of a log that began a moment ago opens with an hour, and with a day when that is chosen', async () => {
  const { page } = await open(browser, `${house.url}#/timeline`);
  const chosen = page.locator('.segments [aria-pressed=true]');
  await page.locator('svg.plot').waitFor();
  expect((await chosen.innerText()).trim()).toBe('1 h');
  const axis = (): Promise<string> => page.locator('.axis').allTextContents().then(String);
  const ofAnHour = await axis();
  await page.getByRole('button', { name: 'Day', exact: true }).click();
  await expect.poll(axis, PATIENCE).not.toBe(ofAnHour);
  expect((await chosen.innerText()).trim()).toBe('Day');
});

test('nobody looks: the stream ends after 30 s; at the return the page catches up', async () => {
  const { page } = await open(browser, 'about:blank');
  await page.clock.install();
  await page.goto(`${house.url}#/log`);
  await untilLive(page);
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('api/events'));
  const hide = (isHidden: boolean): Promise<void> =>
    page.evaluate(`
      Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
  await hide(true);
  await page.clock.fastForward(31_000);
  await ended;
  house.heyu(...motion('B7'));
  await hide(false);
  await page.getByText('drive_motion: motion ON').first().waitFor();
});

describe('the walk test', () => {
  /** Counts the tones instead of playing them. */
  const TONES = `
    globalThis.tones = [];
    const create = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
      const tone = create.call(this);
      globalThis.tones.push(tone);
      return tone;
    };
  `;
  const tonesOf = (page: Page): Promise<unknown> =>
    page.evaluate('tones.map((tone) => tone.frequency.value)');

  test('sounds: once for a sensor with a name, twice for a sender without', async () => {
    const { page } = await open(browser, 'about:blank', { viewport: NARROW });
    await page.addInitScript(TONES);
    await page.goto(`${house.url}#/walk`);
    await untilLive(page);
    await page.getByRole('button', { name: 'Start' }).click();
    house.heyu(...motion('A3'));
    await page.locator('.big').getByText('Hall').waitFor();
    house.heyu(...motion('K7'));
    await page.locator('.big').getByText('K7').waitFor();
    // the first one answers the tap
    expect(await tonesOf(page)).toEqual([880, 880, 440, 440]);
  });

  test('ends by itself after 30 minutes', async () => {
    const { page } = await open(browser, 'about:blank');
    await page.clock.install();
    await page.goto(`${house.url}#/walk`);
    await untilLive(page);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Listening').waitFor();
    await page.clock.fastForward('29:00');
    expect(await page.getByText('Listening').isVisible()).toBe(true);
    await page.clock.fastForward('01:01');
    await page.getByText('ended by itself').waitFor();
  });
});

/** What the command has printed as JSON. */
function newToken(name: string): { readonly token: string; readonly link: string | null } {
  const args = [MAIN, 'web', 'token', 'add', name, '--json', '--config', house.configPath];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as ReturnType<
    typeof newToken
  >;
}

test('a configuration that is not taken is shown with file, line and remedy, until it is corrected', async () => {
  const opened = await open(browser, house.url);
  const { page } = opened;
  await untilLive(page);
  house.write('aliases.yaml', `${ALIASES}  broken: { address: A99 }\n`);
  const problem = page.locator('.problem').getByText(/aliases\.yaml:\d+, .*A99/);
  await problem.waitFor();
  await expectSound(opened);
  house.write('aliases.yaml', ALIASES);
  await problem.waitFor({ state: 'detached' });
});

test('an alarm is on top, and said', async () => {
  const opened = await open(browser, house.url);
  const { page } = opened;
  const client = await connectAsync(broker.url);
  onTestFinished(() => client.endAsync());
  await page.locator('.zone').filter({ hasText: 'Cellar' }).waitFor();
  await client.publishAsync('x10/zone/cellar/set', 'ARM_AWAY', { qos: 1 });
  await page.locator('.zone').filter({ hasText: 'Armed away' }).waitFor();
  house.heyu('rcva func        Alert : hu C10  swMax  (sec_ms90)');
  await page.getByRole('alert').getByText('Alarm: Cellar, raised by Attic').waitFor();
  await expectSound(opened);
  await client.publishAsync('x10/zone/cellar/set', 'DISARM', { qos: 1 });
  await page.getByRole('alert').waitFor({ state: 'detached' });
});

describe('the log-in', () => {
  const proxied = (): Promise<string> => startProxy(house.url, { says: { 'x-forwarded-for': '192.0.2.7' } });

  test('is asked for behind a proxy, and opens the page to who has a token', async () => {
    const { token } = newToken('tablet');
    const opened = await open(browser, await proxied());
    const { page } = opened;
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('token').waitFor();
    expect(await page.getByText('Ground floor').count()).toBe(0);
    await expectSound(opened);
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await tile(page, 'hall_motion').waitFor();
    await page.getByText('tablet').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Token').waitFor();
  });

  test('by a link leaves no token in the address', async () => {
    const { token } = newToken('telephone');
    const { page } = await open(browser, `${await proxied()}#token=${token}`);
    await tile(page, 'hall_motion').waitFor();
    expect(page.url()).not.toContain(token);
    await page.reload();
    await tile(page, 'hall_motion').waitFor();
  });
});

test('a sender gets a name in the walk test', async () => {
  const { token } = newToken('walker');
  const opened = await open(browser, `${house.url}#token=${token}`, { viewport: NARROW });
  const { page } = opened;
  await page.getByText('walker').waitFor();
  house.heyu(...motion('M5'));
  await page.getByRole('link', { name: 'Walk test', exact: true }).click();
  await page.getByRole('button', { name: 'Give M5 a name' }).click();
  await page.getByLabel('Name').fill('Shed door');
  await page.getByLabel('Zone').selectOption('cellar');
  await expectSound(opened);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Named shed_door').waitFor();
  expect(house.read('state/proposed-aliases.yaml')).toContain('shed_door');
});

test('a site whose name was made to point here reads nothing (DNS rebinding)', async () => {
  const { port } = new URL(house.url);
  const { page } = await open(browser, 'about:blank');
  // no proxy is asked for this name: Chromium itself takes it for this machine
  const answered = await page.goto(`http://${REBOUND}:${port}/`);
  expect(answered?.status()).toBe(421);
  expect(await page.locator('body').innerText()).toContain('the page is not called');
  const asked = (path: string): Promise<unknown> =>
    page.evaluate(`fetch('${path}').then(async (answer) => [answer.status, await answer.text()])`);
  for (const path of ['/api/state', '/api/lines', '/metrics', '/healthz'])
    expect(await asked(path)).toEqual([421, expect.stringContaining('the page is not called')]);
  const stream = await page.evaluate(`new Promise((resolve) => {
    const events = new EventSource('/api/events');
    events.onmessage = events.onopen = () => resolve('open');
    events.addEventListener('snapshot', () => resolve('read'));
    events.onerror = () => resolve(events.readyState === EventSource.CLOSED ? 'refused' : 'again');
  })`);
  expect(stream).toBe('refused');
  // nor does the answer to a question of the browser's own page get there
  await page.goto(house.url);
  await untilLive(page);
  const theirs = await page.evaluate(
    `fetch('http://${REBOUND}:${port}/api/state').then(() => 'read', () => 'refused')`,
  );
  expect(theirs).toBe('refused');
});

/** Stands in for the stream: it says at once that it gets through, and what is pushed comes as events of the service. */
const PUSHED_STREAM = `
  globalThis.EventSource = class extends EventTarget {
    constructor() {
      super();
      globalThis.push = (event, data, lastEventId) =>
        this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data), lastEventId }));
      queueMicrotask(() => push('ping', { at: new Date().toISOString() }, ''));
    }
    close() {}
  };
`;

test('an hour of a busy stream makes neither the page nor the memory of the browser larger', async () => {
  const { page } = await open(browser, 'about:blank');
  await page.addInitScript(PUSHED_STREAM);
  house.heyu(...motion('A3'));
  await page.goto(`${house.url}#/log`);
  await untilLive(page);
  await page.getByText('hall_motion').first().waitFor();
  // always the same one, and without a time: a line that comes late has a note
  await page.evaluate(`(async () => {
    const lines = await (await fetch('./api/lines')).json();
    globalThis.line = { ...lines.find(({ rows }) => rows.length > 0), at: null };
  })()`);
  const inspector = await page.context().newCDPSession(page);
  const size = async (): Promise<{ readonly nodes: number; readonly heap: number }> => {
    await inspector.send('HeapProfiler.collectGarbage');
    const { nodes } = await inspector.send('Memory.getDOMCounters');
    const { usedSize } = await inspector.send('Runtime.getHeapUsage');
    return { nodes, heap: usedSize };
  };
  const hear = (from: number, count: number): Promise<unknown> =>
    page.evaluate(`(async () => {
      for (let sent = 0; sent < ${count}; sent += 2000) {
        for (let more = 0; more < 2000; more += 1) {
          const number = ${from} + sent + more;
          push('line', { ...line, number, text: line.text + ' ' + number }, 'x-' + number);
        }
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    })()`);
  const lines = page.locator('.log li');
  await hear(1e12, 2000);
  await lines
    .first()
    .getByText(String(1e12 + 1999))
    .waitFor();
  const before = await size();
  await hear(2e12, 100_000);
  await lines
    .first()
    .getByText(String(2e12 + 99_999))
    .waitFor();
  expect(await lines.count()).toBe(500);
  const after = await size();
  expect(after.nodes).toBeLessThan(1.01 * before.nodes);
  expect(after.heap).toBeLessThan(before.heap + 4_000_000);
});

test('text of others is text: in names, labels, lines of the log and payloads', async () => {
  const script = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  const hostile = await pageHouse(broker.url, {
    config: `bridge_id: hostile\nmqtt: { url: "${broker.url}", base_topic: hostile }\nzones:\n  ground: { name: '${script}', state_topic: hostile/state }\n`,
    aliases: `aliases:\n  hall_motion: { address: A3, model: MS14A, name: '${script}', zone: ground }\n`,
  });
  onTestFinished(() => hostile.remove());
  const client = await connectAsync(broker.url);
  onTestFinished(() => client.endAsync());
  await client.publishAsync('hostile/state', script, { retain: true, qos: 1 });
  await hostile.start();
  const opened = await open(browser, hostile.url);
  const { page } = opened;
  await untilLive(page);
  hostile.heyu(...motion('A3'), ...pair('rcvi', 'K9', 'On', script), script);
  await tile(page, 'hall_motion').getByText('motion', { exact: true }).waitFor();
  const shown = async (): Promise<void> => {
    await page.getByText('<img src=x').first().waitFor();
    expect(await page.locator('img, main script').count()).toBe(0);
  };
  await shown();
  await goTo(page, 'log');
  await shown();
  await goTo(page, 'timeline');
  await page.locator('svg.plot').waitFor();
  await shown();
  await goTo(page, 'walk');
  await page.getByRole('button', { name: 'Start' }).click();
  await shown();
  expect(opened.troubles).toEqual([]);
});
