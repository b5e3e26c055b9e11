/** Several brokers that should be one, and a broker that was restarted. */

import type { RestartSeen, UrlPair } from './observations.js';
import { SETTINGS, type Need, type Row } from './row.js';

/** Judges each way from one url to another. */
export function judgeUrls(pairs: readonly UrlPair[], need: Need): readonly Row[] {
  return pairs.map((pair) => judgePair(pair, need));
}

function judgePair({ from, to, live, retained, session, queued }: UrlPair, need: Need): Row {
  const isPersistent = need.session === 'persistent';
  const said = (is: boolean, what: string): string => `${what}: ${is ? 'yes' : 'no'}`;
  const row = {
    area: 'several urls',
    trial: `from ${from} to ${to}`,
    expected: `live, retained${isPersistent ? ', session, queue' : ''}: yes`,
    actual: [
      said(live, 'live'),
      said(retained, 'retained'),
      said(session, 'session'),
      said(queued, 'queue'),
    ].join(', '),
  } as const;
  if (!live && !retained)
    return {
      ...row,
      result: 'fault',
      reason: 'the urls are brokers that know nothing of each other',
    };
  if (!retained)
    return {
      ...row,
      result: 'fault',
      reason:
        'the urls are one cluster, but each node keeps retained messages for itself: after a move to another node the states are unknown or old',
    };
  if (!live)
    return { ...row, result: 'fault', reason: 'what is published at one url is not heard at another one' };
  if (session && queued) return { ...row, result: 'ok' };
  return isPersistent
    ? {
        ...row,
        result: 'setting',
        reason: 'a session of one url is not known at another one',
        settings: [SETTINGS.clean],
      }
    : { ...row, result: 'note' };
}

/** Judges a restart that was asked for; without one, says what could not be told. */
export function judgeRestart(seen: RestartSeen | undefined, need: Need): readonly Row[] {
  const area = 'restart';
  if (seen === undefined)
    return [
      {
        area,
        trial: 'a restart of the broker',
        expected: 'it forgets nothing',
        actual:
          'not tried, see --restart-cmd; mosquitto needs persistence true, autosave_interval 60 and persistent_client_expiration of months',
        result: 'unknown',
      },
    ];
  const { command, wentAway, retained, sessionPresent, published, delivered } = seen;
  if (!wentAway)
    return [
      {
        area,
        trial: command,
        expected: 'the broker restarts',
        actual: 'the broker did not go away: nothing is proved',
        result: 'unknown',
      },
    ];
  const kept = { kept: 'the last one', older: 'an older one', lost: 'none' }[retained];
  const rows: Row[] = [
    {
      area,
      trial: 'a retained message, after the restart',
      expected: 'the last one',
      actual: kept,
      ...(retained === 'kept'
        ? { result: 'ok' }
        : retained === 'older'
          ? {
              result: 'setting',
              reason: 'a restart brings back a state that is over',
              settings: [SETTINGS.autosave],
            }
          : {
              result: 'setting',
              reason: 'a restart costs the broker all states: zones are unknown until they are told again',
              settings: [SETTINGS.persistence, SETTINGS.autosave],
            }),
    },
  ];
  const isKept = sessionPresent && delivered === published;
  return [
    ...rows,
    {
      area,
      trial: `a session with ${published} waiting messages, after the restart`,
      expected:
        need.session === 'persistent' ? `kept, ${published} messages` : 'anything: mqtt.session is clean',
      actual: `${sessionPresent ? 'kept' : 'gone'}, ${delivered} messages`,
      ...(isKept
        ? { result: 'ok' }
        : need.session === 'persistent'
          ? {
              result: 'setting',
              reason: 'a restart of the broker costs the bridge what waited for it',
              settings: [SETTINGS.persistence, SETTINGS.autosave],
            }
          : { result: 'note' }),
    },
  ];
}
