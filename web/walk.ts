/**
 * The view "Walk test", for a phone: walk through the house, and hear and see what the bridge hears. It ends by
 * itself, because a browser must not beep in a pocket for days.
 */

import { html, nothing, type TemplateResult } from 'lit-html';
import type { SensorStatus } from '../src/service/status.js';
import type { ProposedName, UnnamedSender } from '../src/web/protocol.js';
import { post } from './api.js';
import { serviceNow, type KeptLine, type Model } from './model.js';
import { MINUTE } from './time.js';
import { capital, counted, refusal, type Page, type View } from './view.js';

const LONGEST_MS = 30 * MINUTE;

/** What is heard in a walk: how often, by alias or by sender. */
type Walk = {
  readonly startedAt: number;
  readonly counts: Map<string, number>;
  last: { readonly name: string; readonly detail: string; readonly isKnown: boolean } | undefined;
};

export function walkView({ refresh, live }: Page): View {
  let walk: Walk | undefined;
  let ended = '';
  let audio: AudioContext | undefined;
  /** The last line that was counted. */
  let seen = 0;
  let timer = 0;
  const naming = namingForm(refresh);

  const start = (): void => {
    const startedAt = serviceNow(live.model);
    walk = { startedAt, counts: new Map(), last: undefined };
    seen = live.model.lines.at(-1)?.key ?? 0;
    ended = '';
    // browsers let a page sound only after a tap
    audio ??= new AudioContext();
    void audio.resume();
    beep(audio, 1);
    live.stayAwake = true;
    clearTimeout(timer);
    timer = setTimeout(() => end('It has ended by itself after 30 minutes.'), LONGEST_MS);
    refresh();
  };

  const end = (words: string): void => {
    walk = undefined;
    ended = words;
    live.stayAwake = false;
    clearTimeout(timer);
    refresh();
  };

  const hear = (line: KeptLine, model: Model, of: Walk): void => {
    for (const { alias, sender, function: said } of line.heard) {
      const key = alias ?? sender;
      of.counts.set(key, (of.counts.get(key) ?? 0) + 1);
      const name = nameOf(model, alias) ?? sender;
      const at = line.at === null ? '' : model.time.second(Date.parse(line.at));
      const detail = [said, at, line.isLate ? 'heard late' : ''].filter((each) => each !== '').join(', ');
      of.last = { name, detail, isKnown: alias !== null };
      if (line.isLate) continue;
      beep(audio, alias === null ? 2 : 1);
      // not every browser has it
      if ('vibrate' in navigator) navigator.vibrate(alias === null ? [80, 80, 80] : 80);
    }
  };

  return {
    name: 'Walk test',
    heard: (model) => {
      if (walk === undefined) return;
      // a sleeping phone runs no timers
      if (serviceNow(model) - walk.startedAt > LONGEST_MS)
        return end('It has ended by itself after 30 minutes.');
      const { startedAt } = walk;
      for (const line of model.lines) {
        if (line.key > seen && (line.at === null || Date.parse(line.at) >= startedAt - 1000))
          hear(line, model, walk);
      }
      seen = Math.max(seen, model.lines.at(-1)?.key ?? 0);
    },
    show: (model) => {
      const unnamed = model.state?.house.unnamed ?? [];
      if (walk === undefined)
        return html`
          <p role="status">${ended}</p>
          <p>
            Press Start, then walk through the house. One beep: a sensor with a name was heard. Two beeps: a
            sender without a name. The phone may be in your pocket; keep its screen on and its sound, too.
          </p>
          <button class="large" @click=${start}>Start</button>
          ${senders(unnamed, undefined, model, naming)}
        `;
      return walking(
        walk,
        model,
        () => end('The walk test has ended.'),
        senders(unnamed, walk.counts, model, naming),
      );
    },
  };
}

function walking(
  { counts, last, startedAt }: Walk,
  { state, time }: Model,
  end: () => void,
  withoutName: TemplateResult,
): TemplateResult {
  const sensors = state?.house.sensors ?? [];
  const heard = sensors.filter(({ alias }) => counts.has(alias));
  const missing = sensors.filter(({ alias }) => !counts.has(alias));
  return html`
    <div class="last ${last?.isKnown === false ? 'warn' : ''}" role="status">
      <p class="big">${last?.name ?? 'Listening'}</p>
      <p>${last?.detail ?? 'nothing was heard yet'}</p>
    </div>
    <p class="walking">
      ${heard.length} of ${counted(sensors.length, 'sensor')} heard. The test ends by itself at
      ${time.minute(startedAt + LONGEST_MS)}.<br />
      <button class="large" @click=${end}>End</button>
    </p>
    ${withoutName} ${list('Not heard yet', missing, () => '')}
    ${list('Heard', heard, ({ alias }) => `${counts.get(alias) ?? 0} ×`)}
  `;
}

const nameOf = ({ state }: Model, alias: string | null): string | undefined =>
  state?.house.sensors.find((sensor) => sensor.alias === alias)?.name ?? alias ?? undefined;

function list(
  title: string,
  sensors: readonly SensorStatus[],
  note: (sensor: SensorStatus) => string,
): TemplateResult | typeof nothing {
  if (sensors.length === 0) return nothing;
  return html`<section>
    <h2>${title}</h2>
    <ul class="walked">
      ${sensors.map((sensor) => html`<li><span>${sensor.name}</span> <span>${note(sensor)}</span></li>`)}
    </ul>
  </section>`;
}

type Naming = {
  /** Of the sender that is given a name; undefined = none is. */
  readonly open: () => string | undefined;
  readonly begin: (sender: string) => void;
  readonly form: (sender: UnnamedSender, model: Model) => TemplateResult;
  readonly said: () => string;
};

/** Senders without a name. In a walk: those that were heard in it first. */
function senders(
  unnamed: readonly UnnamedSender[],
  counts: ReadonlyMap<string, number> | undefined,
  model: Model,
  naming: Naming,
): TemplateResult {
  const count = ({ sender }: UnnamedSender): number => counts?.get(sender) ?? 0;
  const sorted = [...unnamed].sort((one, other) => count(other) - count(one));
  const mayWrite = model.state?.access.mayWrite === true;
  if (unnamed.length === 0) return html`<p role="status">${naming.said()}</p>`;
  return html`<section>
    <h2>Without a name</h2>
    <p role="status">${naming.said()}</p>
    ${mayWrite ? nothing : html`<p class="detail"><a href="#/login">Log in</a> to give names here.</p>`}
    <ul class="senders">
      ${sorted.map(
        (each) =>
          html`<li class=${count(each) > 0 ? 'warn' : ''}>
            <p>
              <strong>${each.sender}</strong>${labelOf(each)}: ${each.function},
              ${counted(count(each) > 0 ? count(each) : each.count, 'signal')}${count(each) > 0 ? ' in this walk' : ''}
            </p>
            ${each.guess === null ? nothing : html`<p>${capital(each.guess.words)}</p>`}
            ${
              each.proposed !== null
                ? html`<p>Named ${each.proposed}; waits for <code>sudo heyu2mqtt alias adopt</code>.</p>`
                : !mayWrite || !/^[A-P]\d+$/.test(each.sender)
                  ? nothing
                  : naming.open() === each.sender
                    ? naming.form(each, model)
                    : html`<button @click=${() => naming.begin(each.sender)}>
                        Give ${each.sender} a name
                      </button>`
            }
          </li>`,
      )}
    </ul>
  </section>`;
}

/** heyu's own alias, where the guess below does not say it. */
const labelOf = ({ label, guess }: UnnamedSender): string =>
  label === null || guess?.words.includes(label) === true ? '' : ` (heyu: ${label})`;

/** `Hall door` as an alias: `hall_door`. */
const aliasOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');

function namingForm(refresh: () => void): Naming {
  let open: string | undefined;
  let said = '';

  const send = async (event: SubmitEvent, { sender, guess }: UnnamedSender): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const text = (key: string): string => {
      const value = fields.get(key);
      return typeof value === 'string' ? value.trim() : '';
    };
    const [name, zone] = [text('name'), text('zone')];
    const proposal: ProposedName = {
      alias: guess?.alias ?? aliasOf(name),
      address: sender,
      name,
      ...(guess?.model == null ? {} : { model: guess.model }),
      ...(guess?.type == null ? {} : { type: guess.type }),
      ...(zone === '' ? {} : { zone }),
    };
    const answer = await post<readonly ProposedName[]>('names', proposal);
    said = answer.ok ? `${name} is written down. Use it with: sudo heyu2mqtt alias adopt` : refusal(answer);
    if (answer.ok) open = undefined;
    refresh();
  };

  return {
    open: () => open,
    said: () => said,
    begin: (sender) => {
      open = sender;
      said = '';
      refresh();
      // after the form has come
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('.naming input')?.focus());
    },
    form: (sender, { state }) =>
      html`<form class="naming" @submit=${(event: SubmitEvent) => send(event, sender)}>
        <label
          >Name <input name="name" required maxlength="60" autocomplete="off" placeholder="Hall"
        /></label>
        <label
          >Zone
          <select name="zone">
            <option value="">none</option>
            ${state?.house.zones.map(({ zone, name }) => html`<option value=${zone}>${name}</option>`)}
          </select>
        </label>
        <button>Save</button>
        <button
          type="button"
          @click=${() => {
            open = undefined;
            refresh();
          }}
        >
          Cancel
        </button>
      </form>`,
  };
}

/** One short tone for a known sensor, two low ones for a sender without a name. */
function beep(audio: AudioContext | undefined, times: 1 | 2): void {
  if (audio === undefined) return;
  for (let index = 0; index < times; index += 1) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + index * 0.18;
    tone.frequency.value = times === 1 ? 880 : 440;
    volume.gain.setValueAtTime(0.2, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.12);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.13);
  }
}
