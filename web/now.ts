/** The view "Now": what is wrong on top, then the zones, then every sensor. */

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { SensorStatus, ZoneStatus } from '../src/service/status.js';
import type { ConfigurationError, PageState } from '../src/web/protocol.js';
import { serviceNow, type Model } from './model.js';
import { lookOf, lookOfZone, shape } from './shapes.js';
import { ago } from './time.js';
import { capital, counted, words, type View } from './view.js';

/** An instant: how long ago, and exactly for those who point at it. */
function instant(iso: string | null, { time }: Model, now: number): TemplateResult | string {
  if (iso === null) return 'never';
  const at = Date.parse(iso);
  return html`<time datetime=${iso} title="${time.day(at)}, ${time.second(at)}">${ago(iso, now)}</time>`;
}

export const nowView: View = {
  name: 'Now',
  show: (model, rest) => {
    const { state } = model;
    if (state === undefined) return html`<p class="empty">Asking the service ...</p>`;
    const now = serviceNow(model);
    const { zones, sensors, unnamed } = state.house;
    const others = sensors.filter(({ zone }) => zones.every((each) => each.zone !== zone));
    return html`
      ${zones.filter(({ alarm }) => alarm).map((zone) => alarmOf(zone, state))}
      ${problemsOf(state, model, now)}
      ${
        zones.length === 0
          ? nothing
          : html`<ul class="zones">
              ${zones.map((zone) => zoneCard(zone, model, now))}
            </ul>`
      }
      ${zones.map(({ zone, name }) =>
        sensorsOf(
          name,
          sensors.filter((each) => each.zone === zone),
          model,
          rest,
        ),
      )}
      ${sensorsOf(zones.length === 0 ? 'Sensors' : 'Without a zone', others, model, rest)}
      ${
        sensors.length === 0
          ? html`<p class="empty">
              No sensor has a name yet. Give them names in the <a href="#/walk">walk test</a>, or with
              <code>sudo heyu2mqtt alias import</code>.
            </p>`
          : nothing
      }
      ${
        unnamed.length === 0
          ? nothing
          : html`<section>
              <h2>Without a name</h2>
              <p>
                ${counted(unnamed.length, 'sender')} that no alias covers:
                ${unnamed.map(({ sender }) => sender).join(', ')}. The <a href="#/walk">walk test</a> gives
                ${unnamed.length === 1 ? 'it a name' : 'them names'}.
              </p>
            </section>`
      }
    `;
  },
};

function alarmOf({ name, alarm_sensor: alias }: ZoneStatus, { house }: PageState): TemplateResult {
  const by = house.sensors.find((sensor) => sensor.alias === alias)?.name ?? alias;
  return html`<p class="alarm-bar" role="alert">
    ${shape({ shape: 'alarm', tone: 'alarm' })}
    <span
      ><strong>Alarm: ${name}</strong>${by === null ? '' : `, raised by ${by}`}. It lasts until the zone is
      disarmed.</span
    >
  </p>`;
}

/** All that is wrong, each with its remedy. */
function problemsOf(
  { house: { problems, log, broker }, errors }: PageState,
  model: Model,
  now: number,
): TemplateResult {
  if (problems.length + errors.length > 0)
    return html`<section class="problems" aria-label="Problems">
      ${problems.map(({ problem, hint }) => problemOf(problem, hint))} ${errors.map(errorOf)}
    </section>`;
  const last = model.lines.at(-1)?.at ?? log.last_line;
  return html`<p class="summary">
    No problems. The broker is
    ${broker.connected ? 'connected' : 'not connected'}${
      last === null ? '' : html`, and heyu wrote its last line ${instant(last, model, now)}`
    }.
  </p>`;
}

const problemOf = (problem: string, hint: string | null): TemplateResult =>
  html`<div class="problem">
    ${shape({ shape: 'alarm', tone: 'warn' })}
    <p>
      <strong>${capital(problem)}</strong>
      ${hint === null ? nothing : html`<br /><span class="hint">${hint}</span>`}
    </p>
  </div>`;

function errorOf({ file, line, key, problem, hint }: ConfigurationError): TemplateResult {
  const where = `${file}${line === null ? '' : `:${line}`}${key === null ? '' : `, ${key}`}`;
  return problemOf(`${where}: ${problem}`, hint);
}

function zoneCard(zone: ZoneStatus, model: Model, now: number): TemplateResult {
  const { name, state, since, reason, last_known: lastKnown, until, changed_by: by, verified } = zone;
  const names = (aliases: readonly string[]): string =>
    aliases
      .map((alias) => model.state?.house.sensors.find((each) => each.alias === alias)?.name ?? alias)
      .join(', ');
  const details = [
    since === null
      ? undefined
      : html`since ${model.time.when(Date.parse(since), now)} (${instant(since, model, now)})`,
    by === null ? undefined : `by ${by}`,
    until === null ? undefined : `until ${model.time.second(Date.parse(until))}`,
    reason ?? undefined,
    lastKnown === null || lastKnown === state ? undefined : `it was ${words(lastKnown)}`,
    verified || state === 'unknown' ? undefined : 'not confirmed by the broker',
  ].filter((each) => each !== undefined);
  return html`<li class="zone ${lookOfZone(zone).tone}" id="zone/${zone.zone}">
    ${shape(lookOfZone(zone))}
    <div>
      <h2>${name}</h2>
      <p class="state">${capital(words(state))}</p>
      ${details.map((detail) => html`<p class="detail">${detail}</p>`)}
      ${zone.open_sensors.length === 0 ? nothing : html`<p class="detail">open: ${names(zone.open_sensors)}</p>`}
      ${zone.bypassed.length === 0 ? nothing : html`<p class="detail">bypassed: ${names(zone.bypassed)}</p>`}
    </div>
  </li>`;
}

function sensorsOf(
  title: string,
  sensors: readonly SensorStatus[],
  model: Model,
  chosen: string,
): TemplateResult | typeof nothing {
  if (sensors.length === 0) return nothing;
  const now = serviceNow(model);
  return html`<section>
    <h2>${title}</h2>
    <ul class="sensors">
      ${repeat(
        sensors,
        ({ alias }) => alias,
        (sensor) => sensorTile(sensor, sensor.alias === chosen, model, now),
      )}
    </ul>
  </section>`;
}

function sensorTile(sensor: SensorStatus, isChosen: boolean, model: Model, now: number): TemplateResult {
  const { alias, address, name, state, last_seen: last, battery } = sensor;
  const look = lookOf(sensor);
  return html`<li class="sensor ${look.tone} ${isChosen ? 'chosen' : ''}" id="sensor/${alias}">
    ${shape(look)}
    <div>
      <h3>${name}</h3>
      <p class="state">${state ?? 'not heard yet'}</p>
      ${last === null ? nothing : html`<p class="detail">${instant(last, model, now)}</p>`}
      ${battery === 'low' ? html`<p class="detail low">battery low</p>` : nothing}
      ${
        isChosen
          ? html`<p class="detail">${alias}, ${address}</p>
              <p class="detail"><a href="#/timeline/${alias}">timeline</a></p>`
          : nothing
      }
    </div>
  </li>`;
}
