/**
 * Whether a broker is fit for the bridge: all trials, one after the other (a failure is an observation, too), and the
 * verdict on all of them.
 */

import { errorText, problemIn } from '../common/error.js';
import { judgeFiveTests, judgeOrder, tryFiveTests, tryOrder, type FiveTest } from './absence.js';
import { judgeAccess, tryAccess, type Reading, type Writing } from './access-control.js';
import { judgeFence, judgeRetained, tryFence, tryRetained } from './retained.js';
import { judgeQueue, judgeRestart, judgeSession, tryQueue, tryRestart, trySession } from './sessions.js';
import type { Restart } from './sessions.js';
import { judgeUrls, tryUrls } from './several-urls.js';
import { error, NOTE, OK, PROTOCOLS, setting, SETTINGS, TITLES } from './trial.js';
import type { Area, Need, Protocol, Row, Scratch, Tried, TrialResult } from './trial.js';

/** What a trial brings. */
type Outcome<Trial extends (scratch: Scratch, ...more: never[]) => Promise<unknown>> = Tried<
  Awaited<ReturnType<Trial>>
>;

/** Everything that was seen. What was not tried is missing. */
export type Observations = {
  /** Whether the broker speaks a version, else why not. */
  readonly protocols: Readonly<Record<Protocol, Tried<void>>>;
  readonly privateTopic: string;
  readonly isPrivateTopicOurs: Tried<boolean>;
  readonly fiveTests: readonly {
    readonly protocol: Protocol;
    readonly tests: Outcome<typeof tryFiveTests>;
  }[];
  readonly access?: Outcome<typeof tryAccess>;
  readonly retained?: Outcome<typeof tryRetained>;
  readonly order?: Outcome<typeof tryOrder>;
  readonly session?: Outcome<typeof trySession>;
  readonly queue?: Outcome<typeof tryQueue>;
  readonly fence?: Outcome<typeof tryFence>;
  readonly urls?: Outcome<typeof tryUrls>;
  readonly restart?: Outcome<typeof tryRestart> | undefined;
};

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
  readonly brokerName?: string | undefined;
};

/** Makes all trials. Rejects when no url can be reached, with the reason, or when it is called off. */
export async function makeTrials(first: Scratch, trials: Trials): Promise<Tested> {
  const { need, readings, writings, restart, progress } = trials;
  progress('connecting');
  const { scratch: reached, protocols } = await reach(first, need);
  const protocol = usedProtocol({ protocols }, need);
  const start = reached.with({ protocol });
  const privateTopic = start.topic('echo');
  const echo = await tried(() => tryEcho(start, privateTopic));
  const isPrivateTopicOurs: Tried<boolean> = echo.done ? { done: true, seen: echo.seen !== undefined } : echo;
  const begun = { protocols, privateTopic, isPrivateTopicOurs, fiveTests: [] };
  if (!echo.done || echo.seen === undefined) return begun;

  const scratch = start.with({ quietMs: Math.min(Math.max(start.quietMs, echo.seen * 6), 2000) });
  /** Why the broker cannot be reached any more: then nothing else is tried. */
  let gone: string | undefined;
  const step = async <Seen>(area: Area, trial: () => Promise<Seen>, more = ''): Promise<Tried<Seen>> => {
    if (gone !== undefined) return { done: false, why: gone, gone: true };
    progress(TITLES[area] + more);
    const outcome = await tried(trial);
    if (outcome.done) return outcome;
    const again = await tried(async () => (await scratch.visit()).leave());
    if (!again.done) gone = again.why;
    return outcome;
  };
  const outspoken = scratch.with({ protocol: protocols['5'].done ? '5' : protocol });
  const name = await tried(() => tryName(scratch));
  const access = await step('access', () => tryAccess(outspoken, readings, writings));
  const fiveTests = [];
  for (const version of PROTOCOLS.filter((each) => protocols[each].done)) {
    const own = scratch.with({ protocol: version });
    const tests = await step('five tests', () => tryFiveTests(own), `, MQTT ${version}`);
    fiveTests.push({ protocol: version, tests });
  }
  return {
    ...begun,
    brokerName: name.done ? name.seen : undefined,
    access,
    fiveTests,
    retained: await step('retained', () => tryRetained(scratch)),
    order: await step('order', () => tryOrder(scratch)),
    session: await step('session', () => trySession(scratch)),
    queue: await step('queue', () => tryQueue(scratch)),
    fence: await step('fence', () => tryFence(scratch)),
    ...(scratch.urls.length > 1 && { urls: await step('several urls', () => tryUrls(scratch)) }),
    ...(restart !== undefined && { restart: await step('restart', () => tryRestart(scratch, restart)) }),
  };
}

/** The first url that accepts the connection comes first. */
async function reach(
  scratch: Scratch,
  need: Need,
): Promise<{ readonly scratch: Scratch; readonly protocols: Observations['protocols'] }> {
  let reason: string | undefined;
  for (const url of scratch.urls.keys()) {
    const enter = (protocol: Protocol): Promise<Tried<void>> =>
      tried(async () => (await scratch.visit({ url, protocol })).leave());
    const [v3, v5] = await Promise.all([enter('3.1.1'), enter('5')]);
    if (v3.done || v5.done) {
      const urls = [...scratch.urls.slice(url), ...scratch.urls.slice(0, url)];
      return { scratch: scratch.with({ urls }), protocols: { '3.1.1': v3, '5': v5 } };
    }
    reason ??= need.protocol === '5' ? v5.why : v3.why;
  }
  throw new Error(reason ?? 'there is no url');
}

/** How long a message to ourselves takes, ms; undefined when it does not come back. */
async function tryEcho(scratch: Scratch, topic: string): Promise<number | undefined> {
  const client = await scratch.visit();
  const [code = 0x80] = await client.subscribe([topic]);
  const from = performance.now();
  const sent = code < 0x80 ? client.publish(topic, 'echo') : Promise.resolve();
  const came = await client.until(() => client.copies(topic).length > 0, scratch.patienceMs);
  const tookMs = performance.now() - from;
  await sent;
  await client.leave();
  return came ? tookMs : undefined;
}

/** What mosquitto and others say of themselves. */
async function tryName(scratch: Scratch): Promise<string | undefined> {
  const topic = '$SYS/broker/version';
  const client = await scratch.visit();
  await client.subscribe([topic]);
  await client.until(() => client.copies(topic).length > 0, scratch.quietMs);
  const name = client.copies(topic)[0]?.payload;
  await client.leave();
  return name;
}

async function tried<Seen>(trial: () => Promise<Seen>): Promise<Tried<Seen>> {
  try {
    return { done: true, seen: await trial() };
  } catch (error) {
    return { done: false, why: errorText(error) };
  }
}

/** The verdict in one word. */
export type Verdict = 'fit' | 'fit-with-settings' | 'not-fit';

/** What `broker-check --json` says. Members may be added, none will change. */
export type Fitness = {
  readonly verdict: Verdict;
  /** Why it is not simply fit: the errors first, then what the settings would fix. */
  readonly reasons: readonly string[];
  /** What to set, and where. */
  readonly settings: readonly string[];
  readonly rows: readonly TrialResult[];
};

/** Judges everything that was seen. */
export function judgeBroker(seen: Observations, need: Need): Fitness {
  const rows = rowsOf(seen, need);
  const errors = rows.filter(({ result }) => result === 'error');
  const fixable = rows.filter(({ result }) => result === 'setting');
  const all = [...errors, ...fixable];
  return {
    verdict: errors.length > 0 ? 'not-fit' : fixable.length > 0 ? 'fit-with-settings' : 'fit',
    reasons: distinct(all.flatMap(({ reason }) => reason ?? [])),
    settings: distinct(all.flatMap(({ settings }) => settings ?? [])),
    rows,
  };
}

function rowsOf(seen: Observations, need: Need): readonly TrialResult[] {
  const isPersistent = need.session === 'persistent';
  const used = usedProtocol(seen, need);
  const rows = [
    ...inArea('protocol', judgeProtocols(seen, need)),
    ...inArea('access', judgePrivateTopic(seen)),
  ];
  // where we may not even write to our own topics, nothing else can be told
  if (rows.some(({ result }) => result === 'error')) return rows;
  return [
    ...rows,
    ...judged('access', seen.access, true, judgeAccess),
    ...seen.fiveTests.flatMap(({ protocol, tests }) => {
      const judge = (each: readonly FiveTest[]): readonly Row[] =>
        judgeFiveTests(each, { ...need, protocol: used });
      return judged('five tests', tests, protocol === used, judge, `, MQTT ${protocol}`);
    }),
    ...judged('retained', seen.retained, true, judgeRetained),
    ...judged('order', seen.order, true, (each) => judgeOrder(each, need)),
    ...judged('session', seen.session, isPersistent, (each) => judgeSession(each, need)),
    ...judged('queue', seen.queue, isPersistent, (each) => judgeQueue(each, need)),
    ...judged('fence', seen.fence, false, judgeFence),
    ...judged('several urls', seen.urls, true, (each) => judgeUrls(each, need)),
    ...(seen.restart === undefined
      ? inArea('restart', judgeRestart(undefined, need))
      : judged('restart', seen.restart, true, (each) => judgeRestart(each, need))),
  ];
}

/** The version that the trials use: the configured one, or the other one where that is not spoken. */
function usedProtocol({ protocols }: Pick<Observations, 'protocols'>, need: Need): Protocol {
  const other = otherThan(need.protocol);
  return !protocols[need.protocol].done && protocols[other].done ? other : need.protocol;
}

function judged<Seen>(
  area: Area,
  tried: Tried<Seen> | undefined,
  isNeeded: boolean,
  judge: (seen: Seen) => readonly Row[],
  more = '',
): readonly TrialResult[] {
  if (tried === undefined) return [];
  if (tried.done) return inArea(area, judge(tried.seen));
  // it came to no end, which is an error where the bridge relies on it
  const trial = TITLES[area] + more;
  const row = { area, trial, expected: 'an answer', actual: tried.why };
  if (!isNeeded) return [{ ...row, result: 'unknown' }];
  const { problem } = problemIn(tried.why);
  const reason =
    tried.gone === true
      ? `the connection was lost during the test (${problem})`
      : `${trial}: this test could not be finished (${problem})`;
  return [{ ...row, ...error(reason) }];
}

const inArea = (area: Area, rows: readonly Row[]): readonly TrialResult[] =>
  rows.map((row) => ({ area, ...row }));

function judgeProtocols({ protocols }: Observations, need: Need): readonly Row[] {
  return PROTOCOLS.map((protocol): Row => {
    const spoken = protocols[protocol];
    const isNeeded = protocol === need.protocol;
    const row = {
      trial: `MQTT ${protocol}`,
      expected: isNeeded ? 'spoken' : 'anything: the bridge does not need it',
    };
    if (spoken.done) return { ...row, actual: 'spoken', ...OK };
    const actual = 'not spoken';
    if (!isNeeded)
      return { ...row, actual: protocol === '5' ? `${actual}; Home Assistant wants it` : actual, ...NOTE };
    const other = otherThan(protocol);
    if (!protocols[other].done) return { ...row, actual: spoken.why, ...error(spoken.why) };
    const instead = other === '5' ? SETTINGS.protocol5 : SETTINGS.protocol4;
    return { ...row, actual, ...setting(`the broker does not speak MQTT ${protocol}`, instead) };
  });
}

const otherThan = (protocol: Protocol): Protocol => (protocol === '5' ? '3.1.1' : '5');

function judgePrivateTopic({ privateTopic, isPrivateTopicOurs: tried }: Observations): readonly Row[] {
  if (tried.done && tried.seen) return [];
  return [
    {
      trial: privateTopic,
      expected: 'written and read',
      actual: tried.done ? 'what was written did not come back' : tried.why,
      ...error(`access control: the bridge may not write or not read ${privateTopic}`),
    },
  ];
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
