/**
 * How many functions of the program lie between a line of the log and the packet that it causes, and between a security
 * message and what is published of it. Short paths are what makes the bridge readable: see "Measured" in docs/design.md.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pair, type House } from '../support/house.js';
import { ownHouse, type OwnHouse } from '../support/own-house.js';
import type { Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';

const TRACER = fileURLToPath(new URL('../support/path-tracer.mjs', import.meta.url));
/** In files of its own, and with the mqtt.js that the tracer listens to. */
const PROGRAM = fileURLToPath(new URL('../../build/ts/main.js', import.meta.url));

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto();
});
afterAll(() => mosquitto.remove());

type Trace = {
  /** Every function that was entered, as `file function`. */
  readonly entered: readonly string[];
  /** Those that were still running when the packet was handed to mqtt.js, the innermost first. */
  readonly way: readonly string[];
};

/** Runs a bridge with the tracer; `drive` causes the same thing several times. Returns the trace of each time. */
async function traced(
  path: { readonly from: 'log' | 'broker'; readonly incoming: string; readonly outgoing: string },
  drive: (bridge: House, seen: Collector, base: string) => Promise<void>,
): Promise<Trace[]> {
  const base = `path-${path.from}`;
  const { bridge, seen }: OwnHouse = await ownHouse(mosquitto, base, {
    config: `zones: { ground: { state_topic: ${base}-house/armed } }`,
    aliases: 'aliases: { hall: { address: A3, model: MS14A, zone: ground } }\n',
    program: PROGRAM,
    env: {
      NODE_OPTIONS: `--import ${TRACER}`,
      // it counts by the same means
      NODE_V8_COVERAGE: '',
      PATH_FROM: path.from,
      PATH_IN: path.incoming,
      PATH_OUT: `${base}/${path.outgoing}`,
      get PATH_TRACE() {
        return join(bridge.folder, 'trace');
      },
    },
  });
  await bridge.start();
  await seen.untilLast(`${base}/hall/motion`, 'OFF');
  await drive(bridge, seen, base);
  await bridge.stop();
  const file = join(bridge.folder, 'trace');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as Trace);
}

/** The fewest that were entered: what only the first time needs, or something beside it did, is left out. */
const fewest = (traces: readonly Trace[]): readonly string[] =>
  traces.map(({ entered }) => entered).sort((one, other) => one.length - other.length)[0] ?? [];

/** The shortest way: a call of a caller that was just looking at something else is no part of it. */
const shortest = (traces: readonly Trace[], from: RegExp): readonly string[] =>
  traces
    .map(({ way }) => way.slice(0, 1 + way.findLastIndex((name) => from.test(name))))
    .filter(({ length }) => length > 1)
    .sort((one, other) => one.length - other.length)[0] ?? [];

describe('the number of functions', () => {
  test('between the read of a line and the packet', async () => {
    const runs = await traced(
      { from: 'log', incoming: 'func', outgoing: 'hall/motion' },
      async (bridge, seen, base) => {
        for (let time = 0; time < 8; time += 1) {
          const isOn = time % 2 === 0;
          bridge.heyu(...pair('rcvi', 'A3', isOn ? 'On' : 'Off'));
          await seen.untilLast(`${base}/hall/motion`, isOn ? 'ON' : 'OFF');
          // what it answers to now comes behind the acknowledgement of the motion: the next one need not wait for that
          for (const state of ['armed_away', 'disarmed']) {
            await seen.publish(`${base}-house/armed`, state, { retain: true });
            await seen.untilLast(`${base}/zone/ground/security`, state);
          }
        }
      },
    );
    expect(runs.length).toBeGreaterThanOrEqual(6);
    const way = shortest(runs, / TailedFile\.readLines$/);
    expect(way.length, way.join('\n')).toBeGreaterThan(5);
    expect(way.length, way.join('\n')).toBeLessThanOrEqual(13);
    const entered = fewest(runs);
    expect(entered.length).toBeGreaterThan(way.length);
    expect(entered.length, entered.join('\n')).toBeLessThanOrEqual(60);
  });

  test('between a retained security message and what is published of it', async () => {
    const runs = await traced(
      { from: 'broker', incoming: 'path-broker-house/armed', outgoing: 'zone/ground/security' },
      async (_bridge, seen, base) => {
        const topic = `${base}/zone/ground/security`;
        for (let time = 0; time < 8; time += 1) {
          for (const state of ['armed_away', 'disarmed']) {
            await seen.publish(`${base}-house/armed`, state, { retain: true });
            await seen.untilLast(topic, state);
          }
        }
      },
    );
    expect(runs.length).toBeGreaterThanOrEqual(6);
    const way = shortest(runs, /io\/broker\/link /);
    expect(way.length, way.join('\n')).toBeGreaterThan(3);
    expect(way.length, way.join('\n')).toBeLessThanOrEqual(10);
    const entered = fewest(runs);
    expect(entered.length).toBeGreaterThan(way.length);
    // some 85 on a quiet machine; on a busy one an answer of the broker may fall into every trace
    expect(entered.length, entered.join('\n')).toBeLessThanOrEqual(125);
  });
});
