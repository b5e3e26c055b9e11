/** What heyu and its log may come to: each a state in Home Assistant, one line in our log, and never a motion. */

import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Counters } from '../../src/bridge/health.js';
import { untilSettled } from '../soak/checkpoint.js';
import { pair, type HouseOptions, type House } from '../support/house.js';
import { ownHouse, type OwnHouse } from '../support/own-house.js';
import type { Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { loggedBy } from './log-entries.js';

const ALIASES = `aliases:
  hall: { address: A3, model: MS14A, hold: 5m }
  porch: { address: B5, model: MS14A, hold: 5m }
`;

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto();
});
afterAll(() => mosquitto.remove());

let houses = 0;

async function house(more: HouseOptions = {}): Promise<OwnHouse> {
  houses += 1;
  const config = `homeassistant: { discovery: "off" }\n${more.config ?? ''}`;
  const there = await ownHouse(mosquitto, `health${houses}`, { aliases: ALIASES, ...more, config });
  await there.bridge.start();
  await there.seen.untilLast(`${there.base}/hall/motion`, 'OFF');
  return there;
}

const said = (bridge: House, text: string): number =>
  loggedBy(bridge).filter(({ msg }) => msg.includes(text)).length;

/** Waits for what `bridge/info` says is wrong; '' = nothing. */
async function untilProblem({ seen, base }: { seen: Collector; base: string }, words: string): Promise<void> {
  await seen.until(() => {
    const info = seen.last(`${base}/bridge/info`)?.payload;
    if (info === undefined) return false;
    const { problem } = JSON.parse(info) as { problem: string | null };
    return words === '' ? problem === null : problem?.includes(words) === true;
  });
}

type Stored = {
  readonly document: {
    readonly settled: { readonly core: { readonly health: { readonly counters: Counters } } };
  };
};

/**
 * What has been counted, as it is on disk as soon as everything is settled: a bridge that ends waits for the broker for a
 * short time only, and leaves the rest to the log.
 */
async function counted({ bridge }: { bridge: House }): Promise<Counters> {
  await untilSettled(bridge);
  const stored = JSON.parse(readFileSync(join(bridge.statePath, 'state.json'), 'utf8')) as Stored;
  return stored.document.settled.core.health.counters;
}

/** Motion in the porch is told; by then everything before it was heard, and nothing of it was motion in the hall. */
async function expectNoMotionInHall({
  bridge,
  seen,
  base,
}: Awaited<ReturnType<typeof house>>): Promise<void> {
  bridge.heyu(...pair('rcvi', 'B5', 'On'));
  await seen.untilLast(`${base}/porch/motion`, 'ON');
  expect(seen.payloads(`${base}/hall/motion`)).not.toContain('ON');
  expect(seen.payloads(`${base}/hall/event`)).toEqual([]);
}

describe.concurrent('the log', () => {
  test('that is gone for a while is a problem, but heyu is still there', async () => {
    const home = await house();
    const { bridge, seen, base } = home;
    renameSync(bridge.logPath, `${bridge.logPath}.1`);
    await untilProblem(home, 'the heyu log is missing');
    await seen.untilLast(`${base}/bridge/problem`, 'ON');
    expect(seen.last(`${base}/bridge/source`)?.payload).toBe('online');
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    await untilProblem(home, '');
    await seen.untilLast(`${base}/bridge/problem`, 'OFF');
    expect(said(bridge, 'the heyu log does not exist')).toBe(1);
    expect(said(bridge, 'the heyu log is there again')).toBe(1);
  });

  test('that was never there is not there again when heyu writes it', async () => {
    const { bridge, seen, base } = await ownHouse(mosquitto, 'health-new', { aliases: ALIASES });
    rmSync(bridge.logPath);
    await bridge.start();
    await untilProblem({ seen, base }, 'the heyu log is missing (it was never there)');
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    await untilProblem({ seen, base }, '');
    expect(said(bridge, 'following the heyu log')).toBe(1);
    expect(said(bridge, 'there again')).toBe(0);
  });

  test('that cannot be read makes its sensors unavailable until it can', async () => {
    const home = await house();
    const { bridge, seen, base } = home;
    rmSync(bridge.logPath);
    mkdirSync(bridge.logPath);
    await untilProblem(home, 'the heyu log cannot be read');
    await seen.untilLast(`${base}/bridge/source`, 'offline');
    rmdirSync(bridge.logPath);
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    await seen.untilLast(`${base}/bridge/source`, 'online');
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    await untilProblem(home, '');
    expect(said(bridge, 'the heyu log cannot be read')).toBe(1);
    expect(said(bridge, 'the heyu log is there again')).toBe(1);
  });

  test('that may not be read is read as soon as it may, with all that was written meanwhile', async () => {
    const home = await house({ isOrdinaryUser: true });
    const { bridge, seen, base } = home;
    // a rotation whose "create" gives the new log to root alone
    renameSync(bridge.logPath, `${bridge.logPath}.1`);
    bridge.heyu(...pair('rcvi', 'A3', 'On'));
    chmodSync(bridge.logPath, 0);
    await seen.untilLast(`${base}/bridge/source`, 'offline');
    await untilProblem(home, 'the heyu log cannot be read');
    chmodSync(bridge.logPath, 0o644);
    await seen.untilLast(`${base}/hall/motion`, 'ON');
    await seen.untilLast(`${base}/bridge/source`, 'online');
    expect(said(bridge, 'the heyu log cannot be read')).toBe(1);
  });
});

describe.concurrent('what heyu writes', () => {
  test('an engine that was started again knows nothing of addresses from before', async () => {
    const home = await house();
    const [address = '', func = ''] = pair('rcvi', 'A3', 'On');
    home.bridge.heyu(address, 'Engine started', func);
    await expectNoMotionInHall(home);
    expect(await counted(home)).toMatchObject({ engineStarts: 1, orphans: 1, motions: 1 });
  });

  test('garbage is counted and changes nothing', async () => {
    const home = await house();
    const noise = Buffer.from(
      Array.from({ length: 20_000 }, (_, index) => (index * 7919 + (index >> 3)) & 255),
    );
    appendFileSync(home.bridge.logPath, noise);
    appendFileSync(home.bridge.logPath, '\n');
    home.bridge.heyu(
      'rcvi func \0\0 On : hc A',
      'rcvi addr unit 99 : hu A99',
      'rcvi',
      '',
      '\u{1f600}'.repeat(100),
    );
    await expectNoMotionInHall(home);
    const { unrecognised, unstamped, motions } = await counted(home);
    expect(unrecognised + unstamped).toBeGreaterThan(10);
    expect(motions).toBe(1);
  });

  test('what heyu writes when it is stopped that was started without a terminal is no problem', async () => {
    const home = await house();
    const { bridge, seen, base } = home;
    const said = 'starting heyu_relay...\nstarting heyu_engine...\nstarting heyu_aux...\n';
    bridge.heyu(
      ...Array.from(
        said,
        (byte) => `Poll received unknown value (1 bytes), leading byte = ${byte.charCodeAt(0).toString(16)}`,
      ),
    );
    await expectNoMotionInHall(home);
    expect(await counted(home)).toMatchObject({ unknownValues: said.length });
    expect(new Set(seen.payloads(`${base}/bridge/problem`))).toEqual(new Set(['OFF']));
  });

  test('the output of a script that looks like a sensor but has no stamp is no motion', async () => {
    const home = await house();
    appendFileSync(home.bridge.logPath, `${pair('rcvi', 'A3', 'On').join('\n')}\n`);
    const alert = 'rcva func        Alert : hu A3  (hall)';
    appendFileSync(home.bridge.logPath, `${alert}\n  ${alert}\n`);
    await expectNoMotionInHall(home);
    expect(await counted(home)).toMatchObject({ unstamped: 4, motions: 1 });
  });

  test.each([
    ['rcva            RF Flood : Started', 'the RF receiver is flooded', 'rcva            RF Flood : Ended'],
  ])('%s is a problem until it is over', async (begins, words, ends) => {
    const home = await house();
    home.bridge.heyu(begins, begins);
    await untilProblem(home, words);
    home.bridge.heyu(ends, ends);
    await untilProblem(home, '');
    expect(loggedBy(home.bridge).filter(({ msg }) => msg === words)).toHaveLength(1);
    expect(loggedBy(home.bridge).filter(({ msg }) => msg === `over: ${words}`)).toHaveLength(1);
    await expectNoMotionInHall(home);
  });
});
