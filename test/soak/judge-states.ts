/** Compares the retained values that the broker holds in the end with what is true. */

import { isPermitted, mayBeForgotten, type Damage, type Permitted } from './damage.js';
import { BASE, SENSORS, ZONES } from './sensors.js';
import type { Truth } from './truth.js';

/** Instants of the bridge and of the truth may differ by the length of a second, and rounding. */
const SAME_MS = 2000;

/** Channels of a sensor whose values are facts. Of `silent` and `attributes` the truth knows nothing. */
const FACTS = new Set(['motion', 'light', 'contact', 'battery', 'tamper', 'smoke', 'state']);

/** Topic -> the values that are right; the first one is expected. */
function rightValues(truth: Truth, damages: readonly Damage[], now: number): Map<string, readonly string[]> {
  const right = new Map<string, readonly string[]>();
  for (const [topic, { payload, at }] of truth.states) {
    right.set(`${BASE}/${topic}`, mayBeForgotten(damages, at) ? [payload, 'None'] : [payload]);
  }
  for (const { alias, model } of SENSORS) {
    if (model === 'DS10A' || model === 'LM465') continue;
    const { until, signAt } = truth.motionOf(alias);
    const isOn = until > now;
    const values = !isOn ? ['OFF'] : mayBeForgotten(damages, signAt) ? ['ON', 'OFF'] : ['ON'];
    right.set(`${BASE}/${alias}/motion`, values);
  }
  for (const zone of ZONES) {
    right.set(`${BASE}/zone/${zone}/security`, [truth.isArmed(zone) ? 'armed_away' : 'disarmed']);
    if (!truth.isArmed(zone)) right.set(`${BASE}/zone/${zone}/alarm`, ['OFF']);
  }
  right.set(`${BASE}/bridge/status`, ['online']);
  right.set(`${BASE}/bridge/source`, ['online']);
  right.set(`${BASE}/bridge/takeover`, ['OFF']);
  return right;
}

/** What is wrong with the retained values (topic -> payload), in words. */
export function judgeStates(
  truth: Truth,
  retained: ReadonlyMap<string, string>,
  damages: readonly Damage[],
  now: number,
  permitted: readonly Permitted[] = [],
): readonly string[] {
  const faults: string[] = [];
  const right = rightValues(truth, damages, now);
  for (const [topic, values] of right) {
    const found = retained.get(topic);
    const said = truth.states.get(topic.slice(BASE.length + 1));
    if (said !== undefined && [said.at, said.saidAt].some((at) => isPermitted(permitted, at, 'lines')))
      continue;
    if (!values.includes(found ?? 'not there')) {
      faults.push(`${topic} is ${found ?? 'not there'}, not ${values.join(' or ')}`);
    }
  }
  const aliases = new Set(SENSORS.map(({ alias }) => alias));
  for (const [topic, payload] of retained) {
    const [base, name = '', channel = ''] = topic.split('/');
    if (base !== BASE || !aliases.has(name) || !FACTS.has(channel) || right.has(topic)) continue;
    if (payload !== 'None') faults.push(`${topic} is ${payload}, and nobody has said so`);
  }
  for (const { alias } of SENSORS) {
    const at = truth.heardAt.get(alias);
    const seen = Date.parse(retained.get(`${BASE}/${alias}/last_seen`) ?? '');
    if (at === undefined) {
      if (!Number.isNaN(seen)) faults.push(`${alias} was never heard, not ${iso(seen)}`);
    } else if (!(Math.abs(seen - at) <= SAME_MS)) {
      const isForgotten =
        (mayBeForgotten(damages, at) || isPermitted(permitted, at, 'lines')) && !(seen > at);
      if (!isForgotten) faults.push(`${alias} was last seen ${iso(at)}, not ${iso(seen)}`);
    }
  }
  return faults;
}

/** An instant for people. */
export const iso = (at: number): string => (Number.isNaN(at) ? 'never' : new Date(at).toISOString());
