/** The Chromium of the machine on the page of a service, and what must be so on every page. */

import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { PATIENCE_MS, until } from '../support/until.js';

/** Where Debian's Chromium is, Ubuntu's, and Google's Chrome: what `npm run setup` accepts. */
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
];

/** A name of another site, which its owner has made to point to this machine. */
export const REBOUND = 'evil.example';

/** Its sandbox does not work for root, who runs the tests in containers. */
const OPTIONS = [
  '--no-sandbox',
  '--disable-gpu',
  '--autoplay-policy=no-user-gesture-required',
  '--lang=en-GB',
  `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
];

/** Starts it; one for all tests of a file. Fails when it is not installed. */
export function startChromium(): Promise<Browser> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error(`there is no browser, looked for ${BROWSERS.join(', ')}: npm run setup`);
  return chromium.launch({ executablePath, args: OPTIONS });
}

/** Of what is asked for again and again (`expect.poll`). */
export const PATIENCE = { timeout: PATIENCE_MS };

export const WIDE = { width: 1180, height: 820 };
/** The narrowest that has to work (WCAG 2.2, 1.4.10). */
export const NARROW = { width: 320, height: 640 };

/** A page, and what has gone wrong on it. */
export type Opened = { readonly page: Page; readonly troubles: readonly string[] };

/** Opens an address in a context of its own, which is gone after the test. `troubles`: errors, and requests to elsewhere. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: WIDE, locale: 'en-GB', ...options });
  onTestFinished(async () => {
    // a handler of `route` may still wait for the service when its test is over
    for (const page of context.pages()) {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }
    await context.close();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text());
  });
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) troubles.push(`request: ${request.url()}`);
  });
  // the service is online before its page is; some tests open an empty one first
  if (url.startsWith('http'))
    await until(() =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    );
  await page.goto(url);
  return { page, troubles };
}

/** Goes to another view. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${view}'`);
}

/** Rules of WCAG 2.2 A and AA that are broken, as "rule: element". */
async function axeFindings(page: Page): Promise<readonly string[]> {
  // the page's own content policy forbids to add a script
  await page.evaluate(axe.source);
  const tags = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
  type Findings = { readonly violations: readonly { id: string; nodes: readonly { html: string }[] }[] };
  const { violations } = await page.evaluate<Findings>(
    `axe.run(document, { runOnly: { type: 'tag', values: ${tags} } })`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

/** How much wider the page is than its window, CSS pixels. */
export const overflow = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Nothing is wrong with what is shown. */
export async function expectSound({ page, troubles }: Opened): Promise<void> {
  expect(await axeFindings(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  expect(troubles).toEqual([]);
}
