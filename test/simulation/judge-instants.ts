/**
 * What only a simulated world can judge, because there it is known when the bridge could read and when it reached its
 * broker: what it says late, and what it says of a zone beside a motion.
 */

import { isPermittedFor, type Permitted } from '../soak/damage.js';
import { BASE, ZONES, zoneTopicOf, type SoakSensor, type Zone } from '../soak/sensors.js';
import type { Death } from '../soak/judge-alerts.js';
import { iso } from '../soak/judge-states.js';
import { SAME_MS, bySensor, type SensorEvent } from '../soak/signs.js';
import type { Truth } from '../soak/truth.js';
import type { Published } from '../support/tap.js';
import type { SimulatedBroker } from './broker.js';

/** From when to when the bridge did not run or stood still, epoch ms; Infinity = it still does. */
export type Pause = { readonly from: number; to: number };

/** The bridge over its lives, and what the world takes away. */
type Lives = {
  readonly pauses: readonly Pause[];
  readonly deaths: readonly Death[];
  readonly permitted: readonly Permitted[];
};

const ZONE_EVENTS = new Set(ZONES.map((zone) => `${BASE}/zone/${zone}/event`));

/** A stamp is cut to the second. */
const SECOND_MS = 1000;
/** What was said on a connection that stood still comes within this time after it. */
const WAY_MS = 500;
/** A link that goes on for less tells nothing: two freezes that meet. */
const ARRIVED_MS = 15;

/** A process that stood still for less does not notice: it may read the log before the news of the zone. */
const STILL_MS = 4000;

type Said = SensorEvent & { readonly sensor: SoakSensor; readonly instant: number; readonly sentAt: number };

/** What is wrong, in words. `isRolledBack`: a broker that was killed may say itself what is not true any more. */
export function judgeInstants(
  truth: Truth,
  { published, visits }: Pick<SimulatedBroker, 'visits'> & { readonly published: readonly Published[] },
  { pauses, deaths, permitted }: Lives,
  isRolledBack: boolean,
): readonly string[] {
  const faults: string[] = [];
  const known = new Set<string>();
  for (const { topic, payload, sentAt } of published) {
    if (ZONE_EVENTS.has(topic) && payload.includes('"bypassed"'))
      faults.push(`a bypass that waited is obeyed at ${iso(sentAt)}: ${payload}`);
    const [base, alias = '', channel] = topic.split('/');
    const sensor = bySensor.get(alias);
    if (base !== BASE || sensor === undefined) continue;
    if (channel === 'motion' && payload === 'ON' && isSaidLate(truth, sensor, sentAt, pauses))
      faults.push(`${topic} ON at ${iso(sentAt)}: its motion was over when it was read`);
    if (channel !== 'event') continue;
    const event = JSON.parse(payload) as SensorEvent;
    if (event.event_type !== 'motion' && event.event_type !== 'motion_missed') continue;
    const said: Said = { ...event, sensor, instant: Date.parse(event.at), sentAt };
    const isFirst = !known.has(`${alias} ${event.id}`);
    known.add(`${alias} ${event.id}`);
    if (isFirst && event.event_type === 'motion' && sentAt > said.instant + sensor.holdMs + SAME_MS)
      faults.push(`${payload} is sent as live at ${iso(sentAt)}`);
    if (
      isOpposite(truth, said, visits, { pauses, deaths, permitted }) &&
      !(isRolledBack && sensor.zone === 'changing')
    )
      faults.push(`the opposite of its zone is said: ${payload}`);
  }
  return faults;
}

/** An ON of which every motion that it can mean was over before the bridge could read of it. */
function isSaidLate(truth: Truth, sensor: SoakSensor, sentAt: number, pauses: readonly Pause[]): boolean {
  const pause = pauses.findLast(({ to }) => to <= sentAt);
  if (pause === undefined) return false;
  // what was decided before the pause may have been on its way
  const isOver = (at: number): boolean => at >= pause.from && at + sensor.holdMs + SECOND_MS < pause.to;
  const last = truth.signs.findLast((sign) => sign.sensor === sensor && !sign.isEcho && sign.at <= sentAt);
  return last !== undefined && isOver(last.at);
}

/**
 * What a motion says of its zone has to have been so, at some time between when the bridge was told last and the motion.
 * What a process knew that died before the disk had it is not known to the next one, which reads the log again.
 */
function isOpposite(
  truth: Truth,
  { sensor: { zone }, security, instant, sentAt }: Said,
  visits: SimulatedBroker['visits'],
  { pauses, deaths, permitted }: Lives,
): boolean {
  if (zone === undefined || security === undefined || !ZONES.includes(zone)) return false;
  if (isPermittedFor(permitted, instant, zoneTopicOf(zone), 'zones')) return false;
  const pause = pauses.find(({ from, to }) => from <= instant && instant + SECOND_MS <= to);
  const visit = visits.findLast(({ from, to }) => from <= instant && to - from > ARRIVED_MS);
  if (pause === undefined && visit === undefined) return false;
  const died = deaths.filter(({ at }) => instant <= at + SECOND_MS && at <= sentAt);
  const knew = died.map(({ knewAt }) => knewAt - SAME_MS);
  const toldAt = Math.min(visit?.to ?? instant, instant) - SAME_MS;
  const isNoticed = pause !== undefined && pause.to - pause.from > STILL_MS;
  // whose link has ended meanwhile, or who stands still again at once, is told when it is connected
  const toldAgainAt = pause && visits.find(({ to }) => to > pause.to)?.from;
  const [from, to] =
    pause === undefined
      ? [Math.max((visit?.from ?? 0) - WAY_MS, toldAt), instant + SECOND_MS]
      : [isNoticed ? instant : pause.from - SAME_MS, Math.max(pause.to, toldAgainAt ?? 0)];
  return isWrong(truth, zone, security, Math.min(from, ...knew), to);
}

function isWrong(truth: Truth, zone: Zone, security: string, from: number, to: number): boolean {
  if (security === 'disarmed') return truth.isArmedThroughout(zone, from, to);
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  return security.startsWith('armed') && !truth.mayBeArmed(zone, middle, half);
}
