/** Faults of a broker that runs: it forgets, refuses, or is reached in one direction only. */

import { WAITING_MS, type Permitted } from '../soak/damage.js';
import { BASE, SENSORS, ZONES, zoneTopicOf } from '../soak/sensors.js';
import type { Side } from './broker.js';
import type { Act, Kind, Stage } from './stage.js';

type Wait = (ms: number) => Promise<void>;

/** A connection that stands for so long has begun with the question how the zones are, and the answer. */
const CLEAR_MS = 8000;
/** In one that stands longer, the bridge asks again every minute. */
const VERIFIED_MS = 65_000;
const LOOK_MS = 500;

/** What the bridge knows of these zones may be old from now on, until it was told after `isOver`. */
function zonesMayBeOld(stage: Stage, wait: Wait, isOf: Permitted['isOf']): { isOver: () => void } {
  const { computer, broker, permitted } = stage;
  const now = computer.steadyMs();
  // of a connection that has just begun the answers have not come
  const told = broker.visits.findLast(({ from, to }) => Math.min(to, now) - from > CLEAR_MS);
  const one: Permitted = {
    from: Math.min(told?.to ?? now - WAITING_MS, now),
    to: Infinity,
    what: 'zones',
    ...(isOf === undefined ? {} : { isOf }),
  };
  permitted.push(one);
  const close = async (since: number): Promise<void> => {
    const isTold = (): boolean =>
      broker.visits.some(({ from, to }) => {
        const until = Math.min(to, computer.steadyMs());
        const isAsked = from >= since && broker.connects.includes(from);
        return until - (isAsked ? from : Math.max(from, since)) > (isAsked ? CLEAR_MS : VERIFIED_MS);
      });
    while (!isTold()) await wait(LOOK_MS);
    one.to = computer.steadyMs();
  };
  return { isOver: () => void close(computer.steadyMs()) };
}

const heldBack =
  (side: Side): Act =>
  async ({ broker }, { ms, count }, wait) => {
    broker.freeze([side]);
    await wait(ms);
    broker.thaw(count % 2 === 0);
  };

/** What may be refused together: lists of rights have gaps of every form. */
const GAPS: readonly ((topic: string, count: number) => boolean)[] = [
  (topic, count) => isOfSome(topic, count, ['event']),
  (topic, count) => isOfSome(topic, count, ['event', 'motion', 'last_seen']),
  (topic) => /\/zone\/\w+\/alert$/.test(topic),
  (topic) => topic.startsWith('homeassistant/') || topic.startsWith(`${BASE}/bridge/`),
];

/** So few that what is set aside for them has room (`OutboxLimits.parkedEvents`). */
function isOfSome(topic: string, count: number, channels: readonly string[]): boolean {
  const [, alias, channel = ''] = topic.split('/');
  const index = SENSORS.findIndex((sensor) => sensor.alias === alias);
  return index >= 0 && index % 5 === count % 5 && channels.includes(channel);
}

/** The kinds. */
export const BROKER_FAULTS = {
  'answers held back': { part: 'broker', weight: 2, act: heldBack('here') },
  'messages held back': { part: 'broker', weight: 2, act: heldBack('there') },
  'connects refused': {
    part: 'broker',
    weight: 1,
    act: async ({ broker }, { ms, count }, wait) => {
      broker.rights.closedBecause = count % 4 < 2 ? 'not authorized' : 'server unavailable';
      if (count % 2 === 0) broker.cut();
      await wait(ms);
      broker.rights.closedBecause = undefined;
    },
  },
  'session forgotten': { part: 'broker', weight: 2, act: ({ broker }) => broker.forget('session') },
  'subscriptions forgotten': {
    part: 'broker',
    weight: 1,
    act: (stage, _, wait) => {
      stage.broker.forget('subscriptions');
      zonesMayBeOld(stage, wait, undefined).isOver();
    },
  },
  'retained messages lost': {
    part: 'broker',
    weight: 1,
    act: async (stage, { ms }, wait) => {
      const { broker, panel } = stage;
      const old = zonesMayBeOld(stage, wait, undefined);
      broker.forget('retained');
      await wait(ms);
      panel.sayAll();
      old.isOver();
      // nobody tells the bridge: it says everything again at its next connect
      broker.cut();
    },
  },
  'zones not to be read': {
    part: 'broker',
    weight: 2,
    act: async (stage, { ms, count }, wait) => {
      const { rights } = stage.broker;
      const chosen = ZONES.filter((_, index) => index !== count % 4).map(zoneTopicOf);
      const isChosen = (topic: string): boolean => chosen.includes(topic);
      const old = zonesMayBeOld(stage, wait, isChosen);
      rights.mayRead = (topic) => !isChosen(topic);
      await wait(5 * ms);
      rights.mayRead = () => true;
      old.isOver();
    },
  },
  'topics refused': {
    part: 'broker',
    weight: 3,
    act: async ({ broker, computer, permitted, bridge }, { ms, count }, wait) => {
      const gap = GAPS[count % GAPS.length];
      const isOf = (topic: string): boolean => gap?.(topic, count) === true;
      const from = Math.min(bridge.settledAt, computer.steadyMs() - WAITING_MS);
      const one: Permitted = { from, to: Infinity, what: 'refused', isOf };
      permitted.push(one);
      const began = computer.steadyMs();
      broker.rights.mayWrite = (topic) => !isOf(topic);
      await wait(ms);
      broker.rights.mayWrite = () => true;
      const close = async (): Promise<void> => {
        do await wait(LOOK_MS);
        while (bridge.hasRefused());
        one.to = computer.steadyMs();
        const isLost = bridge.deaths.some(({ at }) => at >= began);
        if (isLost) permitted.push({ ...one, what: 'events' });
      };
      void close();
    },
  },
} satisfies Readonly<Record<string, Kind>>;
