/** All trials, one after the other. What fails is an observation, too. */

import { errorText } from '../../common/error.js';
import { usedProtocol } from '../../fitness/fitness.js';
import type { Observations, Spoken } from '../../fitness/observations.js';
import type { Need, Tried } from '../../fitness/row.js';
import { tryAccess, type Reading, type Writing } from './access.js';
import { copiesOf, tryFiveTests } from './five-tests.js';
import type { Lab } from './lab.js';
import { tryOrder } from './order.js';
import { tryRestart, type Restart } from './restart.js';
import { tryFence, tryRetained } from './retained.js';
import { tryQueue, trySession } from './session.js';
import { tryUrls } from './urls.js';

export type Trials = {
  readonly need: Need;
  readonly readings: readonly Reading[];
  readonly writings: readonly Writing[];
  readonly restart: Restart | undefined;
  /** Told before each part begins. */
  readonly progress: (what: string) => void;
};

export type Tested = Observations & {
  /** What the broker calls itself; undefined = it does not say. */
  readonly brokerName: string | undefined;
};

/** Makes all trials. Rejects when no url can be reached, with the reason, or when it is called off. */
export async function makeTrials(first: Lab, trials: Trials): Promise<Tested> {
  const { need, readings, writings, restart, progress } = trials;
  progress('connecting');
  const { lab: reached, protocols } = await reach(first, need);
  const protocol = usedProtocol({ protocols }, need);
  const start = reached.with({ protocol });
  const privateTopic = start.topic('echo');
  const echo = await tried(() => tryEcho(start, privateTopic));
  const nothing = {
    access: undefined,
    retained: undefined,
    order: undefined,
    session: undefined,
    queue: undefined,
    fence: undefined,
    urls: undefined,
    restart: undefined,
    brokerName: undefined,
    fiveTests: [],
  };
  const isOurs: Tried<boolean> = echo.done
    ? { done: true, seen: echo.seen !== undefined }
    : { done: false, why: echo.why };
  const begun = { protocols, privateTopic, isPrivateTopicOurs: isOurs };
  if (!echo.done || echo.seen === undefined) return { ...nothing, ...begun };

  const lab = start.with({ quietMs: Math.min(Math.max(start.quietMs, echo.seen * 6), 2000) });
  /** Why the broker cannot be reached any more: then nothing else is tried. */
  let gone: string | undefined;
  const step = async <Seen>(what: string, trial: () => Promise<Seen>): Promise<Tried<Seen>> => {
    if (gone !== undefined) return { done: false, why: gone, gone: true };
    progress(what);
    const outcome = await tried(trial);
    if (outcome.done) return outcome;
    const again = await tried(async () => (await lab.visit()).leave());
    if (!again.done) gone = again.why;
    return outcome;
  };
  const outspoken = lab.with({ protocol: protocols['5'].spoken ? '5' : protocol });
  const name = await tried(() => tryName(lab));
  const access = await step('access control', () => tryAccess(outspoken, readings, writings));
  const fiveTests = [];
  for (const version of (['3.1.1', '5'] as const).filter((each) => protocols[each].spoken)) {
    const tests = await step(`the five tests, MQTT ${version}`, () =>
      tryFiveTests(lab.with({ protocol: version })),
    );
    fiveTests.push({ protocol: version, tests });
  }
  return {
    ...begun,
    brokerName: name.done ? name.seen : undefined,
    access,
    fiveTests,
    retained: await step('retained messages', () => tryRetained(lab)),
    order: await step('the order after an absence', () => tryOrder(lab)),
    session: await step('the session', () => trySession(lab)),
    queue: await step('the queue', () => tryQueue(lab)),
    fence: await step('a message to ourselves', () => tryFence(lab)),
    urls: lab.urls.length > 1 ? await step('several urls', () => tryUrls(lab)) : undefined,
    restart: restart === undefined ? undefined : await step('the restart', () => tryRestart(lab, restart)),
  };
}

/** The first url that lets us in comes first. */
async function reach(
  lab: Lab,
  need: Need,
): Promise<{ readonly lab: Lab; readonly protocols: Observations['protocols'] }> {
  const reasons: string[] = [];
  for (const url of lab.urls.keys()) {
    const [v3, v5] = await Promise.all([speaks(lab, url, '3.1.1'), speaks(lab, url, '5')]);
    const own = need.protocol === '5' ? v5 : v3;
    if (!v3.spoken && !v5.spoken) {
      if (!own.spoken) reasons.push(own.why);
      continue;
    }
    const urls = [...lab.urls.slice(url), ...lab.urls.slice(0, url)];
    return { lab: lab.with({ urls }), protocols: { '3.1.1': v3, '5': v5 } };
  }
  throw new Error(reasons[0] ?? 'there is no url');
}

async function speaks(lab: Lab, url: number, protocol: '3.1.1' | '5'): Promise<Spoken> {
  try {
    await (await lab.visit({ url, protocol })).leave();
    return { spoken: true };
  } catch (error) {
    return { spoken: false, why: errorText(error) };
  }
}

/** How long a message to ourselves takes, ms; undefined when it does not come back. */
async function tryEcho(lab: Lab, topic: string): Promise<number | undefined> {
  const guest = await lab.visit();
  const [code = 0x80] = await guest.subscribe([topic]);
  const from = performance.now();
  const sent = code < 0x80 ? guest.publish(topic, 'echo') : Promise.resolve();
  const came = await guest.until(() => copiesOf(guest.heard, topic).length > 0, lab.patienceMs);
  const tookMs = performance.now() - from;
  await sent;
  await guest.leave();
  return came ? tookMs : undefined;
}

/** What mosquitto and others say of themselves. */
async function tryName(lab: Lab): Promise<string | undefined> {
  const topic = '$SYS/broker/version';
  const guest = await lab.visit();
  await guest.subscribe([topic]);
  await guest.until(() => copiesOf(guest.heard, topic).length > 0, lab.quietMs);
  const name = copiesOf(guest.heard, topic)[0]?.payload;
  await guest.leave();
  return name;
}

async function tried<Seen>(trial: () => Promise<Seen>): Promise<Tried<Seen>> {
  try {
    return { done: true, seen: await trial() };
  } catch (error) {
    return { done: false, why: errorText(error) };
  }
}
