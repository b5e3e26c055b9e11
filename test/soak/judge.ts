/** Compares what the bridge has said with what was true. */

import type { Published } from '../support/tap.js';
import {
  isPermitted,
  isPermittedFor,
  mayBeLost,
  mayBeTakenForStart,
  type Damage,
  type Permitted,
} from './damage.js';
import { BASE, SENSORS, type SoakSensor } from './sensors.js';
import { judgeAlerts, type Death, type Visit } from './judge-alerts.js';
import { iso } from './judge-states.js';
import { SAME_MS, bySensor, indexed, placeIn, signOf, type SensorEvent } from './signs.js';
import type { Sign, Truth } from './truth.js';

/** What was wrong; empty when all is well. */
export type Verdict = {
  /** In words. What has been wrong once stays so, whatever comes. */
  readonly faults: readonly string[];
  /** What has to come still, in words: lost, if it never does. */
  readonly missing: readonly string[];
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

/** What the bridge says on disk: everything before this place is dealt with. */
export type Checkpoint = {
  readonly generation: string;
  readonly offset: number;
  /** When it was read, epoch ms. */
  readonly at: number;
};

/** What is known of the world beside the truth, where it is simulated. */
export type World = {
  /** When the bridge reached its broker. */
  readonly visits?: readonly Visit[] | undefined;
  /** When it died, and what was on disk then. */
  readonly deaths?: readonly Death[];
  /** When it did not run or stood still, or its clock was set. */
  readonly pauses?: readonly Visit[];
  /** What may be missing or different, and when. */
  readonly permitted?: readonly Permitted[];
};

const STARTING = new Set(['motion', 'motion_missed', 'opened', 'opened_missed']);
const ENDING = new Set(['clear', 'closed']);

/**
 * What is known so far: which starts have been acknowledged by the broker. `published` in the order of the wire.
 * `damages` of the checkpoint excuse what `damage.ts` says, and nothing else. `checkpoints` are those that were seen:
 * what one counts as dealt with is never read again.
 */
export function judge(
  truth: Truth,
  published: readonly Published[],
  damages: readonly Damage[] = [],
  checkpoints: readonly Checkpoint[] = [],
  { visits, deaths = [], pauses = [], permitted = [] }: World = {},
): Verdict {
  const faults: string[] = [];
  const signs = indexed(truth);
  const forgetting = [...damages, ...permitted.filter(({ what }) => what === 'lines')];
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
      const isKnown = started.has(`${sensor.alias} ${id}`) || mayBeUntold(signs, permitted, sensor, id);
      if (event.event_type === 'clear' && !isKnown) {
        faults.push(`${sensor.alias}: the end of a motion that never began: ${message.payload}`);
      }
      return;
    }
    if (!STARTING.has(event.event_type)) {
      faults.push(`${sensor.alias}: unexpected event ${message.payload}`);
      return;
    }
    const sign = signOf(signs, sensor, event.id, at);
    if (sign === undefined || (!sign.isStart && !mayBeTakenForStart(forgetting, sign))) {
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
  const missing: string[] = [];
  const sound = checkpoints.filter((one) => !damages.some(({ from, to }) => from <= one.at && one.at <= to));
  let excused = 0;
  for (const sign of starts) {
    const topic = `${BASE}/${sign.sensor.alias}/event`;
    const mayBeMissing =
      isPermittedFor(permitted, sign.at, topic, 'lines', 'events') || mayBeOpenStill(truth, permitted, sign);
    if (mayBeMissing && !reportedAt.has(sign)) {
      excused += 1;
      continue;
    }
    const isExcused = mayBeLost(damages, sign);
    // what may be missing may be passed over: it is told after all when an earlier checkpoint is restored
    const maySkip = isExcused || mayBeMissing || isPermittedFor(permitted, sign.at, topic, 'refused');
    const skipped = maySkip ? undefined : skippedAt(sign, sound, contentOf, reportedAt.get(sign));
    if (skipped !== undefined) {
      faults.push(`dealt with at ${iso(skipped)} and not acknowledged: ${describe(sign)}`);
    } else if (reportedAt.has(sign)) continue;
    else if (isExcused) excused += 1;
    else missing.push(`lost: ${describe(sign)}`);
  }
  for (const [sign, ids] of idsOf) {
    // whoever has not read an address does not know that its line means another sensor, too
    const mayDifferInUnits = isPermitted(permitted, sign.at, 'lines');
    const named = mayDifferInUnits ? new Set([...ids].map((id) => id.replace(/\..*$/, ''))) : ids;
    if (named.size > 1 && !isPermitted(permitted, sign.at, 'ids'))
      faults.push(`${ids.size} ids for one: ${describe(sign)} ${[...ids].join()}`);
  }
  const { alerts, dueAlerts, ...judged } = judgeAlerts({
    truth,
    published,
    signs,
    damages,
    visits,
    deaths,
    pauses,
    permitted,
  });
  faults.push(...judged.faults, ...interrupted(truth, published, { damages, permitted, deaths }));
  return {
    faults,
    missing: [...missing, ...judged.missing],
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

/** Need the beginning that an id names not be told? Its end may be, all the same. */
function mayBeUntold(
  signs: ReadonlyMap<string, readonly Sign[]>,
  permitted: readonly Permitted[],
  { alias }: SoakSensor,
  id: string,
): boolean {
  const begun = signs.get(`${alias} ${placeIn(id)}`) ?? [];
  return begun.some(({ at }) => isPermittedFor(permitted, at, `${BASE}/${alias}/event`, 'events'));
}

/** Is this the first word of a contact after lines were lost? Who has not heard that it closed does not know that it opens. */
function mayBeOpenStill(truth: Truth, permitted: readonly Permitted[], { sensor, at }: Sign): boolean {
  if (sensor.model !== 'DS10A') return false;
  const before = truth.signs.findLast((one) => one.sensor === sensor && one.at < at)?.at ?? 0;
  return permitted.some(({ what, from, to }) => what === 'lines' && from <= at && before <= to);
}

/** How long a frozen bridge may have carried an ON that it had decided on before. */
const FROZEN_MS = 6000;
/** Motion with a hold time like this has no other end. */
const ENDLESS_MS = 3_600_000;

/** An ON for a motion that was over long ago, or of which nothing was written at all. */
function staleOn(
  truth: Truth,
  sensor: SoakSensor,
  { sentAt, payload, topic }: Published,
): string | undefined {
  // it is found soonest from the end: what was sent is judged when all has happened
  const live = truth.signs.findLast(
    (sign) =>
      sign.sensor === sensor &&
      !sign.isEcho &&
      sign.at <= sentAt + 1000 &&
      sentAt <= sign.at + sensor.holdMs + FROZEN_MS,
  );
  return live !== undefined ? undefined : `${topic} ${payload} at ${iso(sentAt)}: its motion was over`;
}

/**
 * An OFF in the middle of a motion that continues for long: every start says how it stands, and must know. One before
 * the first ON of that motion is of the motion before it: what was written meanwhile may not be read yet.
 */
function interrupted(
  truth: Truth,
  published: readonly Published[],
  {
    damages,
    permitted,
    deaths,
  }: Required<Pick<World, 'permitted' | 'deaths'>> & { readonly damages: readonly Damage[] },
): readonly string[] {
  if (damages.length > 0) return [];
  const faults: string[] = [];
  for (const sensor of SENSORS.filter(({ holdMs }) => holdMs >= ENDLESS_MS)) {
    const topic = `${BASE}/${sensor.alias}/motion`;
    const said = published.filter((one) => one.topic === topic);
    const firstOn = said.findIndex(
      ({ payload, acknowledgedAt }) => payload === 'ON' && acknowledgedAt !== undefined,
    );
    const goesOnAt = (at: number): boolean =>
      truth.signs.some(
        (sign) =>
          sign.sensor === sensor &&
          sign.at <= at &&
          at + SAME_MS < sign.at + sensor.holdMs &&
          !isPermitted(permitted, sign.at, 'lines') &&
          said.some(({ payload, sentAt }) => payload === 'ON' && sign.motionAt <= sentAt && sentAt <= at),
      );
    const off =
      firstOn < 0
        ? undefined
        : said
            .slice(firstOn)
            .find(
              (one) => one.payload === 'OFF' && goesOnAt(one.sentAt) && !isRemembered(published, deaths, one),
            );
    if (off !== undefined) faults.push(`${topic} OFF at ${iso(off.sentAt)}: its motion goes on`);
  }
  return faults;
}

/**
 * A bridge that begins with a log that it cannot read says what the checkpoint knew, and that its source is offline: with
 * that every sensor is unavailable. One that has said ON itself knows better.
 */
function isRemembered(
  published: readonly Published[],
  deaths: readonly Death[],
  { topic, sentAt }: Published,
): boolean {
  const beganAt = deaths.findLast(({ at }) => at <= sentAt)?.at ?? 0;
  const before = published.filter((one) => one.sentAt <= sentAt);
  const hasSaidOn = before.some((one) => one.topic === topic && one.payload === 'ON' && one.sentAt > beganAt);
  const source = before.findLast((one) => one.topic === `${BASE}/bridge/source`);
  return source?.payload === 'offline' && !hasSaidOn;
}

/** The first checkpoint that counts a start as dealt with before it was acknowledged; undefined when none does. */
function skippedAt(
  { content, offset }: Sign,
  checkpoints: readonly Checkpoint[],
  contentOf: ReadonlyMap<string, number>,
  acknowledgedAt = Infinity,
): number | undefined {
  return checkpoints.find(({ generation, offset: end, at }) => {
    const last = contentOf.get(generation) ?? -1;
    return at < acknowledgedAt && (content < last || (content === last && offset < end));
  })?.at;
}

function describe({ sensor, at, content, offset }: Sign): string {
  return `${sensor.alias} at ${iso(at)} (file ${content}, offset ${offset})`;
}
