/** Is a broker fit for the bridge? All observations together: the rows of the page, and the verdict. */

import { judgeAccess } from './access.js';
import { judgeRestart, judgeUrls } from './elsewhere.js';
import { judgeFiveTests } from './five-tests.js';
import type { Observations } from './observations.js';
import { judgeOrder } from './order.js';
import { SETTINGS, unfinished, type Area, type Need, type Row, type Tried } from './row.js';
import { judgeFence, judgeQueue, judgeRetained, judgeSession } from './session.js';

/** The verdict in one word. */
export type Verdict = 'fit' | 'fit-with-settings' | 'not-fit';

/** What `broker-check --json` says. Members may be added, none will change. */
export type Fitness = {
  readonly verdict: Verdict;
  /** Why it is not simply fit: the faults first, then what the settings would mend. */
  readonly reasons: readonly string[];
  /** What to set, and where. */
  readonly settings: readonly string[];
  readonly rows: readonly Row[];
};

/** Judges everything that was seen. */
export function judgeBroker(seen: Observations, need: Need): Fitness {
  const rows = rowsOf(seen, need);
  const faults = rows.filter(({ result }) => result === 'fault');
  const mendable = rows.filter(({ result }) => result === 'setting');
  return {
    verdict: faults.length > 0 ? 'not-fit' : mendable.length > 0 ? 'fit-with-settings' : 'fit',
    reasons: distinct([...faults, ...mendable].flatMap(({ reason }) => reason ?? [])),
    settings: distinct([...faults, ...mendable].flatMap(({ settings }) => settings ?? [])),
    rows,
  };
}

function rowsOf(seen: Observations, need: Need): readonly Row[] {
  const isPersistent = need.session === 'persistent';
  const used = usedProtocol(seen, need);
  const rows = [...judgeProtocols(seen, need), ...judgePrivateTopic(seen)];
  // where we may not even write to our own topics, nothing else can be told
  if (rows.some(({ result }) => result === 'fault')) return rows;
  return [
    ...rows,
    ...judged('access', 'access control', seen.access, true, judgeAccess),
    ...seen.fiveTests.flatMap(({ protocol, tests }) =>
      judged('five tests', `the five tests, MQTT ${protocol}`, tests, protocol === used, (each) =>
        judgeFiveTests(each, { ...need, protocol: used }),
      ),
    ),
    ...judged('retained', 'retained messages', seen.retained, true, judgeRetained),
    ...judged('order', 'the order after an absence', seen.order, true, (each) => judgeOrder(each, need)),
    ...judged('session', 'the session', seen.session, isPersistent, (each) => judgeSession(each, need)),
    ...judged('queue', 'the queue', seen.queue, isPersistent, (each) => judgeQueue(each, need)),
    ...judged('fence', 'a message to ourselves', seen.fence, false, judgeFence),
    ...judged('several urls', 'several urls', seen.urls, true, (each) => judgeUrls(each, need)),
    ...(seen.restart === undefined
      ? judgeRestart(undefined, need)
      : judged('restart', 'the restart', seen.restart, true, (each) => judgeRestart(each, need))),
  ];
}

/** The version that the trials use: the configured one, or the other one where that is not spoken. */
export function usedProtocol({ protocols }: Pick<Observations, 'protocols'>, need: Need): '3.1.1' | '5' {
  const other = need.protocol === '5' ? '3.1.1' : '5';
  return !protocols[need.protocol].spoken && protocols[other].spoken ? other : need.protocol;
}

function judged<Seen>(
  area: Area,
  trial: string,
  tried: Tried<Seen> | undefined,
  isNeeded: boolean,
  judge: (seen: Seen) => readonly Row[],
): readonly Row[] {
  if (tried === undefined) return [];
  return tried.done ? judge(tried.seen) : [unfinished(area, trial, tried, isNeeded)];
}

function judgeProtocols({ protocols }: Observations, need: Need): readonly Row[] {
  return (['3.1.1', '5'] as const).map((protocol): Row => {
    const spoken = protocols[protocol];
    const other = need.protocol === '5' ? '3.1.1' : '5';
    const isNeeded = protocol === need.protocol;
    const expected = isNeeded ? 'spoken' : 'anything: the bridge does not need it';
    const row = { area: 'protocol', trial: `MQTT ${protocol}`, expected } as const;
    if (spoken.spoken) return { ...row, actual: 'spoken', result: 'ok' };
    if (!isNeeded)
      return {
        ...row,
        actual: protocol === '5' ? 'not spoken; Home Assistant wants it' : 'not spoken',
        result: 'note',
      };
    return protocols[other].spoken
      ? {
          ...row,
          actual: 'not spoken',
          result: 'setting',
          reason: `the broker does not speak MQTT ${protocol}`,
          settings: [other === '5' ? SETTINGS.protocol5 : SETTINGS.protocol4],
        }
      : { ...row, actual: spoken.why, result: 'fault', reason: spoken.why };
  });
}

function judgePrivateTopic({ privateTopic, isPrivateTopicOurs: tried }: Observations): readonly Row[] {
  if (tried.done && tried.seen) return [];
  return [
    {
      area: 'access',
      trial: privateTopic,
      expected: 'written and read',
      actual: tried.done ? 'what was written did not come back' : tried.why,
      result: 'fault',
      reason: `access control: we may not write or not read ${privateTopic}`,
    },
  ];
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
