/** The log-in: with a token that `heyu2mqtt web token add` has shown, or by the link that it has printed. */

import { html, type TemplateResult } from 'lit-html';
import type { Access, LoginRequest } from '../src/web/protocol.js';
import { post } from './api.js';
import { refusal, type Page, type View } from './view.js';

/** Logs in with the token of the link `#token=...`, and takes it out of the address. */
export async function logInByLink(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', location.pathname + location.search + '#/now');
  await post<Access>('login', { token } satisfies LoginRequest);
}

export function loginView({ refresh, live }: Page): View {
  let trouble = '';

  const logIn = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const token = new FormData(event.target as HTMLFormElement).get('token');
    const request: LoginRequest = { token: typeof token === 'string' ? token.trim() : '' };
    const answer = await post<Access>('login', request);
    trouble = answer.ok ? '' : refusal(answer);
    if (answer.ok) {
      if (location.hash === '#/login') location.hash = '#/now';
      live.as(answer.value);
    }
    refresh();
  };

  return {
    name: 'Log in',
    show: (): TemplateResult => html`
      <form class="login" @submit=${logIn}>
        <p>
          On the machine where heyu2mqtt runs, <code>sudo heyu2mqtt web token add NAME</code> shows a token, a
          link and a code for the camera of a phone.
        </p>
        <label
          >Token
          <input name="token" type="password" required autocomplete="current-password" spellcheck="false" />
        </label>
        <button class="large">Log in</button>
        <p role="alert">${trouble}</p>
      </form>
    `,
  };
}
