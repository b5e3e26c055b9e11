// What the page costs: the service's memory, the latency of a motion, and the time of its longest answers.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, MAIN, startBridge, stopped } from './bridge-process.mjs';
import { rssMb } from './idle.mjs';
import { listen, pair } from './latency.mjs';
import { addressOf, writeMillion } from './million-lines.mjs';
import { inTurn, median, quantile } from './statistics.mjs';

const { fetch, AbortController } = globalThis;
const SENSORS = 30;
const STREAMS = 16;
const YEAR_MS = 360 * 86_400_000;
/** Reading and connecting are over by then, and so is what V8 tidies up after them. */
const SETTLED_MS = 20_000;

const ALIASES = Array.from({ length: SENSORS }, (_, index) => {
  const { house, unit } = addressOf(index);
  return `  s${index + 1}: { address: ${house}${unit}, model: MS14A }\n`;
}).join('');

/** A service on a copy of the log of a year; `url` is that of its page. */
async function startService(folder, year, port, isOn) {
  const pagePort = await freePort();
  const log = `${year}.${pagePort}`;
  copyFileSync(year, log);
  const web = isOn ? `127.0.0.1:${pagePort}` : 'off';
  const started = await startBridge(folder, log, port, { aliases: ALIASES, web });
  return { ...started, log, url: `http://127.0.0.1:${pagePort}/` };
}

const startSeveral = (count, ...how) => inTurn(Array(count).keys(), () => startService(...how));

/** The answer of a path, as JSON, and how long it took. */
async function ask(url, path) {
  const from = performance.now();
  const answer = await fetch(url + path);
  if (!answer.ok) throw new Error(`${path} is answered with ${answer.status}`);
  return { value: await answer.json(), ms: performance.now() - from };
}

/** Opens everything that the page has, with the timeline of a year, and closes it: milliseconds of the year, twice. */
async function lookAtYear({ url }) {
  const stop = new AbortController();
  await fetch(`${url}api/events`, { signal: stop.signal });
  await ask(url, 'api/state');
  await ask(url, 'api/lines');
  const now = Date.now();
  const path = `api/timeline?from=${now - YEAR_MS}&to=${now}&px=1200`;
  const first = await ask(url, path);
  if (first.value.lanes.length !== SENSORS) throw new Error('the timeline has not all sensors');
  const again = await ask(url, path);
  stop.abort();
  return { first: first.ms, again: again.ms };
}

/** Memory with and without the page: before it was opened, and `settledS` seconds after it was closed again. */
async function memoryOf(folder, year, port, { services, settledS }, meanwhile) {
  const off = await startSeveral(services, folder, year, port, false);
  const on = await startSeveral(services, folder, year, port, true);
  await wait(SETTLED_MS);
  const medianMb = (of) => median(of.map(({ child }) => rssMb(child.pid)));
  const before = { off: medianMb(off), on: medianMb(on) };
  const looks = await inTurn(on, lookAtYear);
  const closedAt = performance.now();
  const result = await meanwhile();
  await wait(Math.max(0, settledS * 1000 - (performance.now() - closedAt)));
  const memory = { ...before, offLater: medianMb(off), onLater: medianMb(on) };
  for (const { child } of [...off, ...on]) await stopped(child);
  const medianOf = (name) => median(looks.map((look) => look[name]));
  return { memory, year: { first: medianOf('first'), again: medianOf('again') }, result };
}

/** Blocks of motions in turn: of a service whose page was never opened, and of one at which browsers look. */
async function latencyOf(folder, year, port, { blocks, blockPairs }, progress) {
  const services = await startSeveral(2, folder, year, port, true);
  const candidates = services.map(({ log, baseTopic }) => ({
    topic: `${baseTopic}/s3/motion`,
    log: openSync(log, 'a'),
    isOn: false,
    times: [],
    lost: 0,
  }));
  const [calm, busy] = candidates;
  const clients = fork(new URL('page-clients.mjs', import.meta.url).pathname, [
    services[1].url,
    String(STREAMS),
  ]);
  await once(clients, 'message');
  const failed = once(clients, 'exit').then(() => Promise.reject(new Error('the browsers have failed')));
  failed.catch(() => undefined);
  const tell = async (what) => {
    clients.send(what);
    return Promise.race([once(clients, 'message'), failed]);
  };
  const { client, arrivals } = await listen(candidates, port);
  const motions = async (candidate) => {
    for (let index = 0; index < blockPairs; index += 1) await pair(candidate, arrivals);
  };
  for (let block = 0; block < blocks; block += 1) {
    await motions(calm);
    await tell('ask');
    await motions(busy);
    const [replays] = await tell('rest');
    progress(`page, block ${block + 1} of ${blocks}, ${replays} years were read`);
  }
  await client.endAsync(true);
  clients.kill();
  for (const { log } of candidates) closeSync(log);
  for (const { child } of services) await stopped(child);
  const quantiles = ({ times }) => ({ p50: quantile(times, 0.5), p99: quantile(times, 0.99) });
  return {
    calm: quantiles(calm),
    busy: quantiles(busy),
    lost: calm.lost + busy.lost,
    pairs: 2 * blocks * blockPairs,
  };
}

/** How long the report of the year takes, from the start of the command to its end; ms. */
async function reportMs(folder, year) {
  const from = performance.now();
  const child = spawn(
    process.execPath,
    [MAIN, 'report', '--json', '--aliases', join(folder, 'year.yaml'), year],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, TZ: 'UTC' },
    },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the report has ended with ${code}`);
  return performance.now() - from;
}

/** All of it. */
export async function page(folder, port, size, progress) {
  const year = join(folder, 'heyu.log.year');
  const from = Date.now() - YEAR_MS;
  // to yesterday: six signals of a walk, then a pause
  writeMillion(year, { from, sensors: SENSORS, stepMs: (index) => (index % 6 === 0 ? 325_000 : 9000) });
  writeFileSync(join(folder, 'year.yaml'), `aliases:\n${ALIASES}`);
  progress('page, memory before it is opened');
  const {
    memory,
    year: times,
    result,
  } = await memoryOf(folder, year, port, size, async () => {
    progress('page, report of a million lines');
    const report = await inTurn(Array(size.services).keys(), () => reportMs(folder, year));
    return { ...(await latencyOf(folder, year, port, size, progress)), report: median(report) };
  });
  return { ...result, memory, year: times };
}
