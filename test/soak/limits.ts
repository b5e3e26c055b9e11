/**
 * More than heyu will ever write: a backlog, a line without end, a flood, thousands of aliases, bytes that are no
 * text. A bridge in a process of its own has to hear the motion behind it, without stalling and without growing.
 */

import { appendFileSync, closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeHouse, pair, stampAt } from '../support/house.js';
import { collect } from '../support/collect.js';
import { startMosquitto } from '../support/mosquitto.js';
import { until } from '../support/until.js';
import { random } from './random.js';

/** How much of it. */
export type LimitSizes = {
  readonly backlogBytes: number;
  readonly lineBytes: number;
  readonly floodLines: number;
  readonly garbageBytes: number;
};

/** What it took, by what it was. */
export type LimitReport = {
  readonly what: string;
  readonly seconds: number;
  readonly stallMs: number;
  readonly busyMs: number;
  readonly workMs: number;
  readonly peakMb: number;
};

/** CPU time between two turns of the loop, ms. The clock says more on a machine that does other things too. */
const MOST_BUSY_MS = 50;
const MOST_MB = 200;

/** Whether that is more than it may be. */
export const isBeyond = ({ busyMs, peakMb }: LimitReport, mostBusyMs = MOST_BUSY_MS): boolean =>
  busyMs > mostBusyMs || peakMb > MOST_MB;

/** `npm test` and `npm run soak:bridge` both run at the top of the project. */
const WATCH = resolve('test/support/watch-loop.mjs');
const PATIENCE_MS = 600_000;
const FLOOD_PER_SECOND = 10_000;

const noise = (): string =>
  [
    ...pair('rcvi', 'P9', 'On'),
    'rcva func       RFdata : Type Sec ID 0x22 Data 0x0C',
    ...pair('sndc', 'A2', 'Off'),
    "Launching 'hall_on': /usr/local/bin/notify hall",
  ]
    .map((text) => `${stampAt(Date.now())}  ${text}\n`)
    .join('');

/** All of it is there at once, as after a rotation that was not noticed. */
function replaceByMuch(path: string, bytes: number): void {
  const block = Buffer.from(noise().repeat(4000));
  const out = openSync(`${path}.new`, 'a');
  for (let written = 0; written < bytes; written += block.length) writeSync(out, block);
  closeSync(out);
  renameSync(path, `${path}.1`);
  renameSync(`${path}.new`, path);
}

/** As many as X10 has addresses, nearly. */
function aliasesText(): string {
  const sensors = Array.from({ length: 15 * 16 - 1 }, (_, index) => {
    const at = index + 1;
    return `  sensor_${at}: { address: ${'ABCDEFGHIJKLMNO'.charAt(Math.floor(at / 16))}${1 + (at % 16)}, model: MS16A }`;
  });
  return `aliases:\n  last: { address: A1, model: MS16A, hold: 1h }\n${sensors.join('\n')}\n`;
}

type Load = (path: string) => Promise<void> | void;

/** Measures one load. It comes to a bridge that runs: what is read before its start is over is not measured. */
async function measure(what: string, load: Load): Promise<LimitReport> {
  const mosquitto = await startMosquitto();
  const report = join(tmpdir(), `heyu2mqtt-limits-${process.pid}.json`);
  const bridge = makeHouse({
    mqttUrl: mosquitto.url,
    aliases: aliasesText(),
    env: { NODE_OPTIONS: `--import ${WATCH}`, WATCH_LOOP: report },
  });
  const seen = await collect(mosquitto.port, ['x10/last/motion']);
  const has = async (payload: string): Promise<void> => {
    await until(() => seen.last('x10/last/motion')?.payload === payload, `motion ${payload}`, PATIENCE_MS);
  };
  try {
    await bridge.start();
    await has('OFF');
    bridge.signal('SIGUSR2');
    const from = performance.now();
    await load(bridge.logPath);
    bridge.heyu(...pair('rcvi', 'A1', 'On'));
    await has('ON');
    const seconds = (performance.now() - from) / 1000;
    await bridge.stop();
    const measured = JSON.parse(readFileSync(report, 'utf8')) as Omit<LimitReport, 'what' | 'seconds'>;
    return { what, seconds, ...measured };
  } finally {
    rmSync(report, { force: true });
    await seen.stop();
    await bridge.remove();
    await mosquitto.remove();
  }
}

/** Measures everything, one after the other. */
export async function limits(sizes: LimitSizes, progress: (text: string) => void): Promise<LimitReport[]> {
  const { backlogBytes, lineBytes, floodLines, garbageBytes } = sizes;
  const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  const chance = random(1);
  const all: readonly (readonly [what: string, load: Load])[] = [
    [`a backlog of ${mb(backlogBytes)}`, (path) => replaceByMuch(path, backlogBytes)],
    [`a line of ${mb(lineBytes)}`, (path) => appendFileSync(path, `${'x'.repeat(lineBytes)}\n`)],
    [`${floodLines} lines at ${FLOOD_PER_SECOND} a second`, (path) => flood(path, floodLines)],
    [
      `${mb(garbageBytes)} of bytes that are no text`,
      (path) => {
        const bytes = Buffer.from(Array.from({ length: garbageBytes }, () => chance.whole(0, 255)));
        appendFileSync(path, Buffer.concat([bytes, Buffer.alloc(garbageBytes), Buffer.from('\n')]));
      },
    ],
  ];
  const reports: LimitReport[] = [];
  for (const [what, load] of all) {
    progress(what);
    reports.push(await measure(what, load));
  }
  return reports;
}

async function flood(path: string, lines: number): Promise<void> {
  const block = noise();
  const perBlock = block.split('\n').length - 1;
  const out = openSync(path, 'a');
  const from = performance.now();
  for (let written = 0; written < lines; written += perBlock) {
    writeSync(out, block);
    const aheadMs = (written / FLOOD_PER_SECOND) * 1000 - (performance.now() - from);
    if (aheadMs > 5) await delay(aheadMs);
  }
  closeSync(out);
}
