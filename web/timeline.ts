/** The view "Timeline": what every sensor has seen over an hour to a week, and why that led to what it led to. */

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Timeline } from '../src/web/protocol.js';
import { serviceNow, type Model } from './model.js';
import { Past } from './past.js';
import { drawing, placeAt, type Place } from './plot.js';
import { DAY, HOUR } from './time.js';
import { refusal, type Page, type View } from './view.js';

const SPANS = [
  ['1 h', HOUR],
  ['6 h', 6 * HOUR],
  ['Day', DAY],
  ['Week', 7 * DAY],
] as const;

const LEAST_WIDTH = 280;

export function timelineView(page: Page): View {
  const past = new Past(page);
  const observe = watchWidth((width) => past.resize(width));

  return {
    name: 'Timeline',
    show: (model, rest) => {
      past.load();
      past.lookAt(rest);
      // what is drawn first has no size before it is there
      queueMicrotask(() => observe(document.querySelector('.timeline') ?? undefined));
      const { timeline, width, cursor, trouble, why, reading } = past;
      const plot = timeline && width > 0 ? { timeline, time: model.time, width, cursor } : undefined;
      const point = ({ offsetX, offsetY }: MouseEvent): void => {
        const place = plot && placeAt(plot, offsetX, offsetY);
        if (place !== undefined) past.askWhyOf(place);
      };
      const press = (event: KeyboardEvent): void => {
        if (past.press(event.key)) event.preventDefault();
      };
      return html`
        ${controls(past, model)} ${trouble === '' ? nothing : html`<p class="problem">${trouble}</p>`}
        <div
          class="timeline"
          tabindex="0"
          role="application"
          aria-roledescription="timeline"
          aria-label="Motion of every sensor"
          aria-describedby="keys"
          @keydown=${press}
          @click=${point}
        >
          ${plot === undefined ? html`<p class="empty">Reading the log ...</p>` : drawing(plot)}
        </div>
        <p id="keys" class="detail">
          Arrow keys go from motion to motion and from sensor to sensor, Enter asks why. A click or a tap does
          both.
        </p>
        ${legend(timeline)}
        <div class="reading" role="status">${reading}</div>
        ${why === undefined ? nothing : whyBox(why)} ${hourTable(past, model)} ${zoneQuestions(past, model)}
      `;
    },
  };
}

/** Reports the width of the given element, at first and when it changes. */
function watchWidth(tell: (width: number) => void): (element: Element | undefined) => void {
  const observer = new ResizeObserver(([entry]) => {
    if (entry?.target.isConnected === true) tell(Math.max(LEAST_WIDTH, Math.floor(entry.contentRect.width)));
  });
  let observed: Element | undefined;
  return (element) => {
    if (element === observed) return;
    observer.disconnect();
    observed = element;
    if (element !== undefined) observer.observe(element);
  };
}

const legend = (timeline: Timeline | undefined): TemplateResult =>
  html`<p class="legend" aria-hidden="true">
    <span class="key-run">motion or open</span> <span class="key-armed">armed</span>
    <span class="key-alert">alert</span> <span class="key-gap">not known</span>
    ${timeline !== undefined && timeline.night.length > 0 ? html`<span class="key-night">night</span>` : nothing}
  </p>`;

function controls(past: Past, model: Model): TemplateResult {
  const { time } = model;
  const { span: chosenSpan, from: chosen } = past.chosen;
  const { from, to } = past.window();
  const jump = (date: string, clock: string): void => {
    const at = time.instant(date, clock);
    if (!Number.isNaN(at)) past.go({ from: at });
  };
  // whole days are what is meant by a date
  const clock = chosenSpan >= DAY ? '00:00' : time.time(from);
  type Changed = { readonly target: HTMLInputElement };
  return html`<div class="controls" role="group" aria-label="Time shown">
      <div class="segments">
        ${SPANS.map(
          ([name, span]) =>
            html`<button aria-pressed=${span === chosenSpan} @click=${() => past.go({ span })}>
              ${name}
            </button>`,
        )}
      </div>
      <div class="segments">
        <button @click=${() => past.go({ from: from - chosenSpan })}>Earlier</button>
        <button ?disabled=${chosen === undefined} @click=${() => past.go({ from: from + chosenSpan })}>
          Later
        </button>
        <button ?disabled=${chosen === undefined} @click=${() => past.go({ from: undefined })}>Now</button>
      </div>
      <label
        >Date
        <input
          type="date"
          .value=${time.date(from)}
          max=${time.date(serviceNow(model))}
          @change=${({ target }: Changed) => jump(target.value, clock)}
        />
      </label>
      <label
        >from
        <input
          type="time"
          .value=${time.time(from)}
          @change=${({ target }: Changed) => jump(time.date(from), target.value)}
        />
      </label>
    </div>
    <p class="window">
      ${time.day(from)}, ${time.minute(from)} to ${time.when(to, from)}${chosen === undefined ? ' (now)' : ''}
    </p>`;
}

function whyBox({ answer }: NonNullable<Past['why']>): TemplateResult {
  return html`<section class="why" aria-label="Why" aria-live="polite">
    ${
      answer === undefined
        ? html`<p>Looking it up ...</p>`
        : answer.ok
          ? html`<ul>
                ${answer.value.words.map((line) => html`<li>${line}</li>`)}
              </ul>
              ${
                answer.value.today
                  ? html`<p class="detail">Worked out afterwards, with the settings of today.</p>`
                  : nothing
              }`
          : html`<p>${refusal(answer)}</p>`
    }
  </section>`;
}

/** The same as the drawing has, in words and exactly, for one hour. */
function hourTable(past: Past, { time }: Model): TemplateResult | typeof nothing {
  const { hour } = past;
  if (hour === undefined) return nothing;
  const whyOf = (place: Place): void => past.askWhyOf(place);
  const rows = hour.lanes
    .flatMap(({ alias, name, runs }) => runs.map((run) => ({ alias, name, run })))
    .sort((one, other) => one.run[3] - other.run[3]);
  const title = `${time.day(hour.from)}, ${time.minute(hour.from)} to ${time.minute(hour.to)}`;
  if (rows.length === 0) return html`<p class="empty">No motion from ${title}.</p>`;
  return html`<div class="hour">
    <table>
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">Sensor</th>
          <th scope="col">Time</th>
          <th scope="col">Triggers</th>
          <th scope="col"><span class="hidden">Why</span></th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ alias, name, run }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${time.second(run[3])} to ${time.second(run[4])}</td>
              <td>${run[2]}</td>
              <td>
                <button
                  @click=${() => whyOf({ alias, run })}
                  aria-label="Why? ${name}, ${time.second(run[3])}"
                >
                  Why?
                </button>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Why there was an alert in a zone, or none: at the cursor, else at the end of the window. */
function zoneQuestions(past: Past, model: Model): TemplateResult | typeof nothing {
  const { timeline, cursor } = past;
  if (timeline === undefined || timeline.zones.length === 0) return nothing;
  const now = serviceNow(model);
  const at = cursor?.run[3] ?? Math.min(timeline.to, now);
  const when = model.time.when(at, now);
  return html`<p class="questions">
    What about
    ${timeline.zones.map(
      ({ zone, name }) =>
        html`<button @click=${() => past.askWhy(zone, `${name}, ${when}`, at)}>${name} at ${when}?</button>`,
    )}
  </p>`;
}
