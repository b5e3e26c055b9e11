/**
 * A bridge at a cluster of NATS servers with JetStream: whichever node dies, the bridge continues at another one of
 * its list, with the right state of its zones, and every motion arrives.
 */

import { expect, onTestFinished, test } from 'vitest';
import { isNatsMissing } from '../brokers/installed.js';
import { retainedOf } from '../brokers/publishers.js';
import { loggedBy } from '../e2e/log-entries.js';
import { makeHouse, type House } from '../support/house.js';
import { collect, type Collector } from '../support/collect.js';
import { startNatsCluster, type NatsNode } from '../support/nats.js';
import { until } from '../support/until.js';
import { judge } from './judged.js';
import { ROOM_ALIASES, startWalking } from './walker.js';

/** What the house is after each of the deaths: every node dies twice. */
const STATES = ['armed_away', 'disarmed', 'armed_home', 'disarmed', 'armed_night', 'disarmed'] as const;
const STATE_TOPIC = 'house/armed';
const SECURITY = 'x10/zone/ground/security';
/** A cluster that has lost a node elects new leaders first, and answers nothing meanwhile. */
const PATIENCE_MS = 90_000;
const STEP_MS = 150;

const missing = isNatsMissing ? ' (nats-server is missing. hint: apt-get install nats-server)' : '';

test.skipIf(isNatsMissing)(
  `NATS, three nodes: the bridge moves on when its node dies, and loses nothing${missing}`,
  async () => {
    const nodes = await startNatsCluster(3);
    onTestFinished(async () => {
      await Promise.all(nodes.map((node) => node.remove()));
    });
    const readers = new Map<NatsNode, Collector>();
    for (const node of nodes) {
      const session = { clean: false, clientId: `reader-${node.name}`, connectTimeout: 3_000 };
      const reader = await collect(node.url, ['x10/+/event', SECURITY], session, PATIENCE_MS);
      onTestFinished(reader.stop);
      readers.set(node, reader);
    }
    const [first] = nodes as [NatsNode, ...NatsNode[]];
    const urls = nodes.map(({ url }) => `"${url}"`).join(', ');
    const bridge = makeHouse({
      mqttUrl: '',
      aliases: ROOM_ALIASES,
      config:
        `mqtt: { url: [${urls}], keepalive: 5s, client_id: h2m }\n` +
        `zones:\n  ground: { state_topic: ${STATE_TOPIC} }\n`,
    });
    onTestFinished(bridge.remove);
    const untilState = async (node: NatsNode, state: string): Promise<void> => {
      await until(
        () => readers.get(node)?.last(SECURITY)?.payload === state,
        () => `${state} at ${node.name}:\n${bridge.output()}`,
        PATIENCE_MS,
      );
    };
    await arm(first, 'disarmed');
    await bridge.start();
    await untilState(first, 'disarmed');
    const walker = startWalking(bridge.logPath, STEP_MS);
    onTestFinished(walker.stop);

    const movedMs: number[] = [];
    const rightMs: number[] = [];
    let lostStates = 0;
    for (const [round, state] of STATES.entries()) {
      // the one that the bridge is at, as long as the others have died as often
      const deathsEach = Math.floor(round / nodes.length);
      const due = nodes.filter((node) => deaths(node) === deathsEach);
      const victim = due.find(({ url }) => url === whereIs(bridge)) ?? due[0] ?? first;
      const survivor = nodes.find((node) => node !== victim) ?? first;
      const connects = connections(bridge).length;
      const wasHere = whereIs(bridge) === victim.url;
      const from = performance.now();
      died.set(victim, deaths(victim) + 1);
      await victim.stop('SIGKILL');
      lostStates += await arm(survivor, state);
      if (wasHere) {
        await until(
          () => connections(bridge).length > connects,
          () => `the bridge to move on:\n${bridge.output()}`,
          PATIENCE_MS,
        );
        movedMs.push(Math.round(performance.now() - from));
        expect(connections(bridge)[connects]).not.toBe(victim.url);
      }
      await untilState(survivor, state);
      rightMs.push(Math.round(performance.now() - from));
      await victim.start();
      await until(
        () =>
          retainedOf(victim.port, [STATE_TOPIC]).then(
            (kept) => kept.get(STATE_TOPIC) === state,
            () => false,
          ),
        () => `${victim.name} to know the state`,
        PATIENCE_MS,
      );
    }
    await walker.stop();

    const ids = [...readers.values()].map(motionIds);
    const [generation = ''] = (ids.flat()[0] ?? '').split('-');
    const expected = walker.offsets.map((offset) => `${generation}-${offset}`).toSorted();
    const arrived = (): string[] => [...new Set([...readers.values()].flatMap(motionIds))].toSorted();
    await until(() => arrived().length >= expected.length, 'all motions', PATIENCE_MS).catch(() => undefined);
    console.log(
      `NATS cluster: ${JSON.stringify({
        motions: expected.length,
        arrived: arrived().length,
        byReader: [...readers.values()].map((reader) => new Set(motionIds(reader)).size),
        copies: [...readers.values()].map((reader) => motionIds(reader).length),
        connects: connections(bridge).length,
        lostStates,
        movedMs,
        rightMs,
      })}`,
    );
    expect(arrived()).toEqual(expected);
    expect(movedMs.length).toBeGreaterThanOrEqual(nodes.length);
  },
);

const died = new Map<NatsNode, number>();
const deaths = (node: NatsNode): number => died.get(node) ?? 0;

/** The urls that the bridge was connected to, one after the other. */
function connections(bridge: House): readonly (string | undefined)[] {
  return loggedBy(bridge).flatMap(({ msg, broker }) => (msg === 'connected to the broker' ? [broker] : []));
}

const whereIs = (bridge: House): string | undefined => connections(bridge).at(-1);

/**
 * Publishes the state of the house until the node hands it out; gives how often it was acknowledged and lost
 * nevertheless. NATS 2.9 does that while it elects a leader.
 */
async function arm(node: NatsNode, state: string): Promise<number> {
  for (let lost = 0; ; lost += 1) {
    const publisher = await collect(node.url, [], { connectTimeout: 3_000 }, PATIENCE_MS);
    await publisher.publish(STATE_TOPIC, state, { retain: true });
    await publisher.stop();
    const kept = await until(
      () => retainedOf(node.port, [STATE_TOPIC]).catch(() => undefined),
      `${node.name} to answer`,
      PATIENCE_MS,
    );
    if (kept.get(STATE_TOPIC) === state) return lost;
  }
}

/** The ids of the motions that a reader has heard of, with repetitions. */
function motionIds(reader: Collector): string[] {
  return reader.messages
    .filter(({ topic }) => topic.endsWith('/event'))
    .map(({ payload }) => JSON.parse(payload) as { event_type: string; id: string })
    .flatMap(({ event_type, id }) => (event_type === 'clear' ? [] : [id]));
}

test.skipIf(isNatsMissing)(
  `NATS, three nodes: broker-check finds nothing against them${missing}`,
  async () => {
    const nodes = await startNatsCluster(3);
    onTestFinished(async () => {
      await Promise.all(nodes.map((node) => node.remove()));
    });
    const [first] = nodes as [NatsNode, ...NatsNode[]];
    await arm(first, 'disarmed');
    const { judgement, exitCode } = await judge(nodes.map(({ url }) => url));
    const { verdict, reasons, settings } = judgement;
    console.log(`NATS cluster: ${JSON.stringify({ verdict, reasons, settings, exitCode })}`);
    expect(verdict).not.toBe('not-fit');
    const ways = judgement.rows.filter(({ area }) => area === 'several urls');
    expect(ways.map(({ result }) => result)).toEqual(Array(6).fill('ok'));
  },
);
