/** The view "Log": heyu's lines as they come, and what the bridge makes of each. */

import { html, nothing, type TemplateResult } from 'lit-html';
// lit-html stays at 3.3.0: since 3.3.1 each item that is removed leaves a comment node (https://github.com/lit/lit/issues/5298)
import { repeat } from 'lit-html/directives/repeat.js';
import type { KeptLine, Model } from './model.js';
import { counted, type Page, type View } from './view.js';

export function logView({ refresh }: Page): View {
  let filter = '';
  let copied = '';

  /** Lines that are wanted, the newest first. */
  const wantedOf = ({ lines }: Model): readonly KeptLine[] => {
    const wanted = filter.toLowerCase();
    const has = (text: string): boolean => text.toLowerCase().includes(wanted);
    return lines
      .filter(({ text, rows }) => wanted === '' || has(text ?? '') || rows.some((row) => has(row.words)))
      .toReversed();
  };

  const copy = (model: Model): void => {
    const lines = wantedOf(model);
    copied = copyText(textOf(lines))
      ? `${counted(lines.length, 'line')} copied`
      : 'The browser does not allow it';
    refresh();
  };

  return {
    name: 'Log',
    show: (model) => {
      const lines = wantedOf(model);
      return html`
        <form class="controls" @submit=${(event: Event) => event.preventDefault()}>
          <label
            >Show only lines with
            <input
              type="search"
              autocomplete="off"
              .value=${filter}
              @input=${({ target }: { target: HTMLInputElement }) => {
                filter = target.value;
                refresh();
              }}
            />
          </label>
          <button type="button" @click=${() => copy(model)}>Copy as text</button>
          <span role="status">${copied}</span>
        </form>
        ${
          lines.length === 0
            ? html`<p class="empty">
                ${filter === '' ? 'heyu has written nothing since the service was started.' : 'No line has this.'}
              </p>`
            : nothing
        }
        <div role="log" aria-live="off" aria-label="Lines of the heyu log, the newest first">
          <ol class="log">
            ${repeat(
              lines,
              ({ key }) => key,
              (line) => entry(line, model),
            )}
          </ol>
        </div>
      `;
    },
  };
}

/** A line has its time in it already. */
const entry = ({ at, text, isLate, isEarlier, rows }: KeptLine, { time }: Model): TemplateResult =>
  html`<li>
    <p class="line">
      ${
        text !== null
          ? html`<code>${text}</code>`
          : at === null
            ? nothing
            : html`<time datetime=${at}>${time.second(Date.parse(at))}</time>`
      }
      ${isLate && !isEarlier ? html`<span class="detail">(read late)</span>` : nothing}
    </p>
    ${rows.map(({ kind, lead, words }) => html`<p class="row ${kind}"><span>${lead}</span> <span>${words}</span></p>`)}
  </li>`;

/** As a log is read: the oldest first. */
const textOf = (lines: readonly KeptLine[]): string =>
  lines
    .toReversed()
    .flatMap(({ text, at, rows }) => [
      text ?? at ?? '',
      ...rows.map(({ lead, words }) => `  ${lead} ${words}`),
    ])
    .join('\n');

/** The clipboard of browsers is there for https and localhost alone; this works everywhere. */
function copyText(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way over http
  const done = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
