/** Compares what the bridge has said with what was true. */

import type { Published } from '../support/tap.js';
import { mayBeLost, mayBeTakenForStart, type Damage } from './damage.js';
import { BASE, SENSORS, ZONES, type SoakSensor } from './sensors.js';
import { iso } from './judge-states.js';
import type { Sign, Truth } from './truth.js';

/** What was wrong, in words; empty when all is well. */
export type Verdict = {
  readonly faults: readonly string[];
  /** Starts that had to be reported. */
  readonly starts: number;
  /** Distinct events `motion`, `motion_missed`, `opened` and `opened_missed`, and how often they were sent again. */
  readonly events: number;
  readonly repeats: number;
  /** How many of these were sent again although they had been acknowledged. */
  readonly repeatsOfAcknowledged: number;
  readonly missed: number;
  readonly alerts: number;
  /** Alerts that had to be raised. */
  readonly dueAlerts: number;
  /** Starts that are missing, as they may after damage to the checkpoint. */
  readonly excused: number;
  /** How late the last acknowledged first report of a start came, ms. */
  readonly slowestMs: number;
};

type SensorEvent = {
  readonly event_type: string;
  readonly id: string;
  readonly at: string;
  readonly security?: string;
};

const STARTING = new Set(['motion', 'motion_missed', 'opened', 'opened_missed']);
const ENDING = new Set(['clear', 'closed']);

/** Instants of the bridge and of the truth may differ by the length of a second, and rounding. */
const SAME_MS = 2000;

const bySensor = new Map(SENSORS.map((sensor) => [sensor.alias, sensor]));

/** Which sign an event (or an alert) speaks of: same sensor, same place in its file, same time. */
function signOf(
  signs: ReadonlyMap<string, readonly Sign[]>,
  sensor: SoakSensor,
  id: string,
  at: number,
): Sign | undefined {
  // a function on several units has one line and an id for each
  const [, line, unit] = /^[0-9a-f]{8}-(\d+)(?:\.([A-P]\d+))?$/.exec(id) ?? [];
  if (unit !== undefined && unit !== `${sensor.house}${sensor.unit}`) return undefined;
  const offset = Number(line ?? NaN);
  return signs
    .get(`${sensor.alias} ${offset}`)
    ?.find((sign) => Math.abs(sign.at - at) <= SAME_MS && sign.offset === offset);
}

/** Signs by sensor and offset: files are many, offsets in them few. */
function indexed(truth: Truth): ReadonlyMap<string, readonly Sign[]> {
  const index = new Map<string, Sign[]>();
  for (const sign of truth.signs) {
    const key = `${sign.sensor.alias} ${sign.offset}`;
    index.set(key, [...(index.get(key) ?? []), sign]);
  }
  return index;
}

/**
 * What is known so far: which starts have been acknowledged by the broker. `published` in the order of the wire.
 * `damages` of the checkpoint excuse what `damage.ts` says, and nothing else.
 */
export function judge(
  truth: Truth,
  published: readonly Published[],
  damages: readonly Damage[] = [],
): Verdict {
  const faults: string[] = [];
  const signs = indexed(truth);
  const idsOf = new Map<Sign, Set<string>>();
  const reportedAt = new Map<Sign, number>();
  const contentOf = new Map<string, number>();
  const started = new Set<string>();
  const acknowledged = new Set<string>();
  let repeats = 0;
  let repeatsOfAcknowledged = 0;
  let missed = 0;

  const hearEvent = (sensor: SoakSensor, message: Published): void => {
    const event = JSON.parse(message.payload) as SensorEvent;
    const at = Date.parse(event.at);
    if (ENDING.has(event.event_type)) {
      const id = event.id.replace(/\.clear$/, '');
      if (event.event_type === 'clear' && !started.has(`${sensor.alias} ${id}`)) {
        faults.push(`${sensor.alias}: the end of a motion that never began: ${message.payload}`);
      }
      return;
    }
    if (!STARTING.has(event.event_type)) {
      faults.push(`${sensor.alias}: unexpected event ${message.payload}`);
      return;
    }
    const sign = signOf(signs, sensor, event.id, at);
    if (sign === undefined || (!sign.isStart && !mayBeTakenForStart(damages, sign))) {
      const what = sign === undefined ? 'nothing that happened' : 'no beginning';
      faults.push(`${sensor.alias}: ${what}: ${message.payload}`);
      return;
    }
    started.add(`${sensor.alias} ${event.id}`);
    const generation = event.id.slice(0, 8);
    const content = contentOf.get(generation) ?? sign.content;
    contentOf.set(generation, content);
    if (content !== sign.content) {
      faults.push(`generation ${generation} names the files ${content} and ${sign.content}`);
    }
    const ids = idsOf.get(sign) ?? new Set();
    idsOf.set(sign, ids);
    const key = `${sensor.alias} ${event.id}`;
    if (acknowledged.has(key)) repeatsOfAcknowledged += 1;
    if (message.acknowledgedAt !== undefined) acknowledged.add(key);
    if (ids.has(event.id)) repeats += 1;
    else if (event.event_type.endsWith('_missed')) missed += 1;
    ids.add(event.id);
    if (message.acknowledgedAt !== undefined) {
      reportedAt.set(sign, Math.min(reportedAt.get(sign) ?? Infinity, message.acknowledgedAt));
    }
  };

  for (const message of published) {
    const [base, name = '', channel = ''] = message.topic.split('/');
    const sensor = bySensor.get(name);
    if (base !== BASE || sensor === undefined) continue;
    if (channel === 'event') hearEvent(sensor, message);
    else if (channel === 'motion' && message.payload === 'ON') {
      const fault = staleOn(truth, sensor, message);
      if (fault !== undefined) faults.push(fault);
    }
  }
  const starts = truth.signs.filter(({ isStart, isCertain }) => isStart && isCertain);
  let excused = 0;
  for (const sign of starts) {
    if (reportedAt.has(sign)) continue;
    if (mayBeLost(damages, sign)) excused += 1;
    else faults.push(`lost: ${describe(sign)}`);
  }
  for (const [sign, ids] of idsOf) {
    if (ids.size > 1) faults.push(`${ids.size} ids for one: ${describe(sign)} ${[...ids].join()}`);
  }
  const { alerts, faults: alertFaults, dueAlerts } = judgeAlerts(truth, published, signs, damages);
  faults.push(...interrupted(published, damages));
  return {
    faults: [...faults, ...alertFaults],
    starts: starts.length,
    events: idsOf.size,
    repeats,
    repeatsOfAcknowledged,
    missed,
    alerts,
    dueAlerts,
    excused,
    slowestMs: Math.max(0, ...[...reportedAt].map(([sign, at]) => at - sign.at)),
  };
}

/** How long a frozen bridge may have carried an ON that it had decided on before. */
const FROZEN_MS = 6000;
/** Motion with a hold time like this does not end before the soak does. */
const ENDLESS_MS = 3_600_000;

/** An ON for a motion that was over long ago, or of which nothing was written at all. */
function staleOn(
  truth: Truth,
  sensor: SoakSensor,
  { sentAt, payload, topic }: Published,
): string | undefined {
  const isLive = truth.signs.some(
    (sign) =>
      sign.sensor === sensor &&
      !sign.isEcho &&
      sign.at <= sentAt + 1000 &&
      sentAt <= sign.at + sensor.holdMs + FROZEN_MS,
  );
  return isLive ? undefined : `${topic} ${payload} at ${iso(sentAt)}: its motion was over`;
}

/** An OFF in the middle of the motion that goes on until the end: every start says how it stands, and must know. */
function interrupted(published: readonly Published[], damages: readonly Damage[]): readonly string[] {
  if (damages.length > 0) return [];
  const faults: string[] = [];
  for (const sensor of SENSORS.filter(({ holdMs }) => holdMs >= ENDLESS_MS)) {
    const topic = `${BASE}/${sensor.alias}/motion`;
    const said = published.filter((one) => one.topic === topic);
    const firstOn = said.findIndex(
      ({ payload, acknowledgedAt }) => payload === 'ON' && acknowledgedAt !== undefined,
    );
    const off = firstOn < 0 ? undefined : said.slice(firstOn).find(({ payload }) => payload === 'OFF');
    if (off !== undefined) faults.push(`${topic} OFF at ${iso(off.sentAt)}: its motion goes on`);
  }
  return faults;
}

/** What is known of an alert is not known before all of this has passed: the zone may have changed meanwhile. */
const SETTLED_MS = 20_000;

type Alert = { readonly id: string; readonly at: string; readonly alias: string };

/** No alert without a sign in a zone that may have been armed; and one for each live motion in one that surely was. */
function judgeAlerts(
  truth: Truth,
  published: readonly Published[],
  signs: ReadonlyMap<string, readonly Sign[]>,
  damages: readonly Damage[],
): { alerts: number; dueAlerts: number; faults: readonly string[] } {
  const faults: string[] = [];
  const ids = new Set<string>();
  const raised: { readonly alert: Alert; readonly acknowledgedAt: number }[] = [];
  for (const zone of ZONES) {
    for (const { topic, payload, acknowledgedAt } of published) {
      if (topic !== `${BASE}/zone/${zone}/alert`) continue;
      const alert = JSON.parse(payload) as Alert;
      const sensor = bySensor.get(alert.alias);
      const at = Date.parse(alert.at);
      const sign =
        sensor === undefined ? undefined : signOf(signs, sensor, alert.id.replace(/\.alert$/, ''), at);
      if (sign === undefined) faults.push(`alert for nothing that happened: ${payload}`);
      else if (!truth.mayBeArmed(zone, at, SAME_MS)) faults.push(`alert in a disarmed zone: ${payload}`);
      ids.add(alert.id);
      if (acknowledgedAt !== undefined) raised.push({ alert, acknowledgedAt });
    }
  }
  const due = dueAlerts(truth, published, damages);
  for (const { alias, at, id } of due) {
    // while the zone is not known yet, the motions of a sensor wait together for one alert
    const isRaised = raised.some(
      ({ alert, acknowledgedAt }) =>
        alert.alias === alias &&
        acknowledgedAt >= at &&
        (alert.id === `${id}.alert` || Date.parse(alert.at) <= at),
    );
    if (!isRaised) faults.push(`lost: the alert of ${alias} at ${iso(at)} (${id})`);
  }
  return { alerts: ids.size, dueAlerts: due.length, faults };
}

/** The motions for which there has to be an alert. */
function dueAlerts(
  truth: Truth,
  published: readonly Published[],
  damages: readonly Damage[],
): readonly { readonly alias: string; readonly at: number; readonly id: string }[] {
  const due = new Map<string, { readonly alias: string; readonly at: number; readonly id: string }>();
  for (const { topic, payload } of published) {
    const [base, name = '', channel] = topic.split('/');
    const sensor = bySensor.get(name);
    if (base !== BASE || channel !== 'event' || sensor?.zone === undefined) continue;
    const { event_type, security, id, at: text } = JSON.parse(payload) as SensorEvent;
    const at = Date.parse(text);
    const isKnownArmed = event_type === 'motion_missed' && security?.startsWith('armed') === true;
    if (event_type !== 'motion' && !isKnownArmed) continue;
    // without a memory the bridge cannot know what was last known of a zone
    if (damages.some(({ from, to }) => from - SETTLED_MS <= at && at <= to + SETTLED_MS)) continue;
    if (!truth.isArmedThroughout(sensor.zone, at - SETTLED_MS, at + SETTLED_MS)) continue;
    due.set(id, { alias: name, at, id });
  }
  return [...due.values()];
}

function describe({ sensor, at, content, offset }: Sign): string {
  return `${sensor.alias} at ${iso(at)} (file ${content}, offset ${offset})`;
}
