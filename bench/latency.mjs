// From the moment a function line is written to the moment a subscriber has the message. All candidates run at the
// same time, each on a log of its own, and take turns pair by pair: what else the machine does hits all alike.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import mqtt from 'mqtt';
import { startBridge, stopped } from './bridge-process.mjs';
import { median, quantile } from './statistics.mjs';

const ADDRESS_TO_FUNCTION_MS = 2;
/**
 * Turns of one candidate must be further apart than 40 ms: the broker's system (Nagle) and ours (delayed ACK) may hold
 * an acknowledgement back so long, and X10 needs 400 ms for each code.
 */
const PAUSE_MS = 18;
const LOST_AFTER_MS = 3000;
/** The script takes so long that it has its turn only now and then. */
const SCRIPT_EVERY = 20;

const stamp = () => new Date().toISOString().slice(5, 19).replace('-', '/').replace('T', ' ');
const besides = (name) => new URL(name, import.meta.url).pathname;

/** A pipeline of the shell, in a process group of its own. */
function inShell(command, args) {
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  return () => process.kill(-child.pid);
}

const CANDIDATES = {
  tail: (log, port, topic) =>
    inShell('bash', [
      '-c',
      `exec tail -n0 -F ${log} 2>/dev/null | grep --line-buffered ' func ' | mosquitto_pub -p ${port} -t ${topic} -l -q 1`,
    ]),
  bare: async (log, port, topic) => {
    const child = spawn(process.execPath, [besides('bare-tail.mjs'), log, port, topic], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return () => stopped(child);
  },
  script: (log, port, topic) => inShell(besides('script-per-motion.sh'), [log, port, topic]),
};

/** Starts every candidate; each has a log, a topic that tells of its motions, and the times that were measured. */
async function startAll(folder, port) {
  const candidates = [];
  const begin = async (name, start) => {
    const path = join(folder, `heyu.log.${name}.${process.hrtime.bigint()}`);
    writeFileSync(path, '');
    const { topic, stop } = await start(path);
    candidates.push({ name, topic, stop, log: openSync(path, 'a'), isOn: false, times: [], lost: 0 });
  };
  for (const [name, start] of Object.entries(CANDIDATES)) {
    const topic = `bench/${name}/${candidates.length}/${process.hrtime.bigint()}`;
    await begin(name, async (path) => ({ topic, stop: await start(path, String(port), topic) }));
  }
  await begin('own', async (path) => {
    const { child, baseTopic } = await startBridge(folder, path, port);
    return { topic: `${baseTopic}/hall/motion`, stop: () => stopped(child) };
  });
  return candidates;
}

/**
 * One pair of lines for A3, written to `candidate.log`; resolves when its message is there. Its time is added to
 * `candidate.times`, or it is counted as lost.
 */
export async function pair(candidate, arrivals) {
  candidate.isOn = !candidate.isOn;
  writeSync(candidate.log, `${stamp()}  rcvi addr unit       3 : hu A3  (hall_motion)\n`);
  await wait(ADDRESS_TO_FUNCTION_MS);
  const from = performance.now();
  writeSync(candidate.log, `${stamp()}  rcvi func          ${candidate.isOn ? ' On' : 'Off'} : hc A\n`);
  const at = await new Promise((resolve) => {
    const giveUp = setTimeout(resolve, LOST_AFTER_MS);
    arrivals.set(candidate.topic, (arrivedAt) => {
      clearTimeout(giveUp);
      resolve(arrivedAt);
    });
  });
  arrivals.delete(candidate.topic);
  if (at === undefined) candidate.lost += 1;
  else candidate.times.push(at - from);
  await wait(PAUSE_MS);
}

/** Hears the topics of the candidates: `arrivals` has whom to tell of the next message of a topic. */
export async function listen(candidates, port) {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  await once(client, 'connect');
  const arrivals = new Map();
  client.on('message', (topic, _payload, { retain }) => {
    if (!retain) arrivals.get(topic)?.(performance.now());
  });
  await client.subscribeAsync(
    candidates.map(({ topic }) => topic),
    { qos: 1 },
  );
  await wait(1500);
  return { client, arrivals };
}

/** One run: `pairs` pairs for each candidate; p50, p99 and lost messages by name. */
async function run(folder, port, pairs, progress) {
  const candidates = await startAll(folder, port);
  const { client, arrivals } = await listen(candidates, port);
  for (let index = 0; index < pairs; index += 1) {
    for (const candidate of candidates) {
      if (candidate.name !== 'script' || index % SCRIPT_EVERY === 0) await pair(candidate, arrivals);
    }
    if (index % 50 === 49) progress(index + 1);
  }
  await client.endAsync(true);
  for (const { log, stop } of candidates) {
    await stop();
    closeSync(log);
  }
  return Object.fromEntries(
    candidates.map(({ name, times, lost }) => [
      name,
      { p50: quantile(times, 0.5), p99: quantile(times, 0.99), lost },
    ]),
  );
}

/** Several runs: the medians of their p50 and p99, and all lost messages, by candidate. */
export async function latency(folder, port, pairs, runs, progress) {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  await once(client, 'connect');
  await client.publishAsync('bench/armed', 'armed_away', { qos: 1, retain: true });
  await client.endAsync();
  const results = [];
  for (let number = 1; number <= runs; number += 1) {
    results.push(
      await run(folder, port, pairs, (done) =>
        progress(`run ${number} of ${runs}, ${done} of ${pairs} pairs`),
      ),
    );
  }
  return Object.fromEntries(
    Object.keys(results[0]).map((name) => {
      const of = (what) => results.map((result) => result[name][what]);
      const lost = of('lost').reduce((sum, one) => sum + one, 0);
      return [name, { p50: median(of('p50')), p99: median(of('p99')), lost }];
    }),
  );
}

/** In how many of `pairs` pairs the motion was published before the last_seen that the same line causes. */
export async function motionFirst(folder, port, pairs) {
  const log = join(folder, 'heyu.log.order');
  writeFileSync(log, '');
  const { child, baseTopic } = await startBridge(folder, log, port);
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  await once(client, 'connect');
  let seen = [];
  client.on('message', (topic, _payload, { retain }) => {
    if (!retain) seen.push(topic.slice(topic.lastIndexOf('/') + 1));
  });
  await client.subscribeAsync(`${baseTopic}/hall/+`, { qos: 1 });
  await wait(1500);
  let inOrder = 0;
  const file = openSync(log, 'a');
  for (let index = 0; index < pairs; index += 1) {
    seen = [];
    const name = index % 2 === 0 ? ' On' : 'Off';
    writeSync(
      file,
      `${stamp()}  rcvi addr unit       3 : hu A3  (hall_motion)\n${stamp()}  rcvi func          ${name} : hc A\n`,
    );
    // the instant of last_seen has whole seconds: in the same second it is not published again
    await wait(1010);
    const motionAt = seen.indexOf('motion');
    if (motionAt >= 0 && motionAt < seen.indexOf('last_seen')) inOrder += 1;
  }
  closeSync(file);
  await client.endAsync(true);
  await stopped(child);
  return inOrder;
}
