/** The page: started by index.html. It chooses the view by the address, and shows how it hears of the house. */

import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Access } from '../src/web/protocol.js';
import { post } from './api.js';
import { Live } from './live.js';
import { logView } from './log.js';
import { logInByLink, loginView } from './login.js';
import type { Link, Model } from './model.js';
import { nowView } from './now.js';
import { timelineView } from './timeline.js';
import type { Page, View } from './view.js';
import { walkView } from './walk.js';

/** "5 min ago" grows old. */
const TICK_MS = 10_000;

const LINKS: Readonly<Record<Link, string>> = {
  connecting: 'connecting',
  stream: 'live',
  polling: 'live, every 2 s',
  away: 'the service does not answer; trying again',
  login: 'not logged in',
};

let frame = 0;
const refresh = (): void => {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    draw();
  });
};

const live = new Live((model) => {
  Object.values(views).forEach((view) => view.heard?.(model));
  if (paused === undefined) refresh();
});
const page: Page = { live, refresh };
const login = loginView(page);
const timeline = timelineView(page);
const views: Readonly<Record<string, View>> = {
  now: nowView,
  timeline,
  log: logView(page),
  walk: walkView(page),
};

/** What is shown while the page is paused. */
let paused: Model | undefined;

/** What a link leads to, until it is there. */
let goTo: string | undefined = location.hash.slice(2);

/** `#/sensor/hall` is the view "now" with a sensor. */
function chosen(): { readonly key: string; readonly rest: string } {
  const [, key = '', rest = ''] = location.hash.split('/');
  const isOwn = key === 'login' || Object.hasOwn(views, key);
  return { key: isOwn ? key : 'now', rest };
}

function draw(): void {
  const model = paused ?? live.model;
  const { key, rest } = chosen();
  const view = key === 'login' || model.link === 'login' ? login : (views[key] ?? nowView);
  document.title = `${view.name} - heyu2mqtt`;
  render(
    html`${header(model, key)}
      <main id="main">
        <h1>${view.name}</h1>
        ${view.show(model, rest)}
      </main>
      ${footer(model)}`,
    document.body,
  );
  if (goTo === undefined || model.state === undefined) return;
  document.getElementById(goTo)?.scrollIntoView({ block: 'center' });
  goTo = undefined;
}

function header({ link }: Model, key: string): TemplateResult {
  return html`<header>
    <nav aria-label="Views">
      ${Object.entries(views).map(
        ([name, view]) =>
          html`<a href="#/${name}" aria-current=${name === key ? 'page' : nothing}>${view.name}</a>`,
      )}
    </nav>
    <p class="link ${link}">
      <span role="status"
        >${paused === undefined ? LINKS[link] : `paused at ${paused.time.second(pausedAt)}`}</span
      >
      <button aria-pressed=${paused !== undefined} @click=${pause}>Pause</button>
    </p>
  </header>`;
}

let pausedAt = 0;
function pause(): void {
  paused = paused === undefined ? live.model : undefined;
  pausedAt = Date.now() - live.model.aheadMs;
  refresh();
}

function footer({ state }: Model): TemplateResult | typeof nothing {
  if (state === undefined) return nothing;
  const { user, by } = state.access;
  return html`<footer>
    <p>heyu2mqtt ${state.house.version}. Help: <code>sudo heyu2mqtt check</code></p>
    <p>
      ${
        by === 'ingress'
          ? html`${user ?? 'logged in'} (Home Assistant) <a href="#/login">Log in</a>`
          : user === null
            ? html`<a href="#/login">Log in</a>`
            : html`${user} <button @click=${logOut}>Log out</button>`
      }
    </p>
  </footer>`;
}

async function logOut(): Promise<void> {
  const answer = await post<Access>('logout', {});
  if (answer.ok) live.as(answer.value);
}

addEventListener('hashchange', () => {
  goTo = location.hash.slice(2);
  scrollTo(0, 0);
  refresh();
});
setInterval(() => {
  if (paused === undefined && !document.hidden) refresh();
}, TICK_MS);
document.body.replaceChildren();
refresh();
void logInByLink().then(() => live.start());
