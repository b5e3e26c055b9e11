/** A disk that takes nothing: events go out all the same, people are told once, and nothing is lost afterwards. */

import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { pair, type House } from '../support/house.js';
import { ownHouse, type OwnHouse } from '../support/own-house.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { mountSmallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';
import { loggedBy } from './log-entries.js';

let mosquitto: Mosquitto;
beforeAll(async () => {
  mosquitto = await startMosquitto();
});
afterAll(() => mosquitto.remove());

/** The bridge tries a disk again after ten seconds. */
const RETRY_MS = 25_000;

const FAILS = 'the state cannot be saved';
const WORKS = 'the state can be saved again';

async function house(base: string, isOrdinaryUser: boolean): Promise<OwnHouse> {
  const there = await ownHouse(mosquitto, base, {
    aliases:
      'aliases:\n  hall: { address: A3, model: MS14A, hold: 5m }\n  yard: { address: A5, model: MS14A, hold: 5m }\n',
    config: 'homeassistant: { discovery: "off" }',
    isOrdinaryUser,
  });
  const { bridge } = there;
  mkdirSync(bridge.statePath);
  return there;
}

const said = (bridge: House, text: string): number =>
  loggedBy(bridge).filter(({ msg }) => msg.startsWith(text)).length;

const startIds = ({ seen, base }: OwnHouse, sensor: string): Set<string> =>
  new Set(
    seen
      .payloads(`${base}/${sensor}/event`)
      .map((payload) => JSON.parse(payload) as { event_type: string; id: string })
      .filter(({ event_type }) => event_type.startsWith('motion'))
      .map(({ id }) => id),
  );

/** `break` and `fix` the disk under a running bridge: motion is told meanwhile, and nothing twice under two ids. */
async function survives(
  home: OwnHouse,
  broken: () => void,
  fixed: () => void,
  reason: RegExp,
): Promise<void> {
  const { bridge, seen, base } = home;
  await bridge.start();
  await seen.untilLast(`${base}/yard/motion`, 'OFF');
  // the name of the file, which is part of all ids, is on disk
  bridge.heyu('Engine started');
  await until(() =>
    /"generation":"[0-9a-f]{8}"/.test(readFileSync(join(bridge.statePath, 'state.json'), 'utf8')),
  );
  broken();
  bridge.heyu(...pair('rcvi', 'A3', 'On'));
  await seen.untilLast(`${base}/hall/motion`, 'ON');
  await seen.until(() => startIds(home, 'hall').size === 1);
  await until(() => {
    // a document that was just being replaced has made room again
    broken();
    return said(bridge, FAILS) === 1;
  }, FAILS);
  await seen.untilLast(`${base}/bridge/problem`, 'ON');
  expect(loggedBy(bridge).find(({ msg }) => msg.startsWith(FAILS))?.reason).toMatch(reason);
  // what was not saved is read again, under the same ids
  await bridge.stop('SIGKILL');
  await bridge.start();
  bridge.heyu(...pair('rcvi', 'A5', 'On'));
  await seen.untilLast(`${base}/yard/motion`, 'ON');
  await until(() => said(bridge, FAILS) === 2);
  fixed();
  await until(() => said(bridge, WORKS) === 1, 'the disk to be used again', RETRY_MS);
  await seen.untilLast(`${base}/bridge/problem`, 'OFF');
  await bridge.stop();
  await bridge.start();
  await seen.untilLast(`${base}/bridge/status`, 'online');
  expect(startIds(home, 'hall').size).toBe(1);
  expect(startIds(home, 'yard').size).toBe(1);
}

// mounts one, which not even root may do everywhere: .ci/full
test.runIf(process.env['CI_FULL'] === '1')('a full disk', async () => {
  const home = await house('full', false);
  const disk = mountSmallDisk(home.bridge.statePath, 64);
  onTestFinished(disk.remove);
  await survives(home, disk.fill, disk.makeRoom, /disk is full/);
});

test.concurrent('a state directory that may not be written to any more', async () => {
  const home = await house('barred', true);
  const { statePath } = home.bridge;
  await survives(
    home,
    () => chmodSync(statePath, 0o555),
    () => chmodSync(statePath, 0o755),
    /permission denied/,
  );
});

test.concurrent('a state directory that may not be written to from the beginning', async () => {
  const home = await house('never', true);
  const { bridge, seen, base } = home;
  chmodSync(bridge.statePath, 0o555);
  await bridge.start();
  await seen.untilLast(`${base}/bridge/problem`, 'ON');
  bridge.heyu(...pair('rcvi', 'A3', 'On'));
  await seen.untilLast(`${base}/hall/motion`, 'ON');
  chmodSync(bridge.statePath, 0o755);
  await until(() => said(bridge, WORKS) === 1, 'the disk to be used again', RETRY_MS);
  await seen.untilLast(`${base}/bridge/problem`, 'OFF');
  expect(startIds(home, 'hall').size).toBe(1);
});
