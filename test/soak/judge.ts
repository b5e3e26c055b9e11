/** Compares what the bridge has said with what was true. */

import type { Published } from '../support/tap.js';
import { BASE, SENSORS, ZONES, type SoakSensor } from './house.js';
import type { Sign, Truth } from './truth.js';

/** What was wrong, in words; empty when all is well. */
export type Verdict = {
  readonly faults: readonly string[];
  /** Starts that had to be reported. */
  readonly starts: number;
  /** Distinct events `motion`, `motion_missed`, `opened` and `opened_missed`, and how often they were sent again. */
  readonly events: number;
  readonly repeats: number;
  readonly missed: number;
  readonly alerts: number;
  /** How late the last acknowledged first report of a start came, ms. */
  readonly slowestMs: number;
};

type SensorEvent = { readonly event_type: string; readonly id: string; readonly at: string };

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
  const offset = Number(/^[0-9a-f]{8}-(\d+)$/.exec(id)?.[1] ?? NaN);
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
 * `isLossy`: the checkpoint was damaged, so that starts may be missing, but nothing may be invented.
 */
export function judge(truth: Truth, published: readonly Published[], isLossy: boolean): Verdict {
  const faults: string[] = [];
  const signs = indexed(truth);
  const idsOf = new Map<Sign, Set<string>>();
  const reportedAt = new Map<Sign, number>();
  const contentOf = new Map<string, number>();
  const started = new Set<string>();
  let repeats = 0;
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
    if (sign?.isStart !== true) {
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
  if (!isLossy) {
    for (const sign of starts) {
      const ids = idsOf.get(sign)?.size ?? 0;
      if (!reportedAt.has(sign)) faults.push(`lost: ${describe(sign)}`);
      if (ids > 1)
        faults.push(`${ids} ids for one: ${describe(sign)} ${[...(idsOf.get(sign) ?? [])].join()}`);
    }
  }
  const { alerts, faults: alertFaults } = judgeAlerts(truth, published, signs);
  return {
    faults: [...faults, ...alertFaults],
    starts: starts.length,
    events: idsOf.size,
    repeats,
    missed,
    alerts,
    slowestMs: Math.max(0, ...[...reportedAt].map(([sign, at]) => at - sign.at)),
  };
}

/** How long a frozen bridge may have carried an ON that it had decided on before. */
const FROZEN_MS = 6000;

/** An ON for a motion that was over long ago. */
function staleOn(
  truth: Truth,
  sensor: SoakSensor,
  { sentAt, payload, topic }: Published,
): string | undefined {
  const isLive = truth.signs.some(
    (sign) =>
      sign.sensor === sensor && sign.at <= sentAt + 1000 && sentAt <= sign.at + sensor.holdMs + FROZEN_MS,
  );
  return isLive ? undefined : `${topic} ${payload} at ${iso(sentAt)}: its motion was over`;
}

function judgeAlerts(
  truth: Truth,
  published: readonly Published[],
  signs: ReadonlyMap<string, readonly Sign[]>,
): { alerts: number; faults: readonly string[] } {
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const zone of ZONES) {
    for (const { topic, payload } of published) {
      if (topic !== `${BASE}/zone/${zone}/alert`) continue;
      const alert = JSON.parse(payload) as { id: string; at: string; alias: string };
      const sensor = bySensor.get(alert.alias);
      const at = Date.parse(alert.at);
      const sign =
        sensor === undefined ? undefined : signOf(signs, sensor, alert.id.replace(/\.alert$/, ''), at);
      if (sign === undefined) faults.push(`alert for nothing that happened: ${payload}`);
      else if (!truth.mayBeArmed(zone, at, SAME_MS)) faults.push(`alert in a disarmed zone: ${payload}`);
      ids.add(alert.id);
    }
  }
  return { alerts: ids.size, faults };
}

/** The retained values that have to be on the broker in the end, by topic. */
export function expectedStates(truth: Truth, now: number): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const [topic, payload] of truth.states) states.set(`${BASE}/${topic}`, payload);
  for (const { alias, model } of SENSORS) {
    if (model === 'DS10A' || model === 'LM465') continue;
    states.set(`${BASE}/${alias}/motion`, truth.onUntil(alias) > now ? 'ON' : 'OFF');
  }
  return states;
}

/** Compares retained values. */
export function judgeStates(
  truth: Truth,
  retained: ReadonlyMap<string, string>,
  now: number,
): readonly string[] {
  const faults: string[] = [];
  for (const [topic, payload] of expectedStates(truth, now)) {
    const found = retained.get(topic);
    if (found !== payload) faults.push(`${topic} is ${found ?? 'not there'}, not ${payload}`);
  }
  for (const [alias, at] of truth.heardAt) {
    const seen = Date.parse(retained.get(`${BASE}/${alias}/last_seen`) ?? '');
    if (!(Math.abs(seen - at) <= SAME_MS)) faults.push(`${alias} was last seen ${iso(at)}, not ${iso(seen)}`);
  }
  return faults;
}

const iso = (at: number): string => (Number.isNaN(at) ? 'never' : new Date(at).toISOString());

function describe({ sensor, at, content, offset }: Sign): string {
  return `${sensor.alias} at ${iso(at)} (file ${content}, offset ${offset})`;
}
