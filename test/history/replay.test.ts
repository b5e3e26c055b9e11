/** What a log that is read again tells: intervals, signals, senders, gaps, alerts. Lines are those that heyu writes. */

import { describe, expect, it } from 'vitest';
import type { CoreSettings } from '../../src/core-settings.js';
import { firstFrom, type History, type Signals } from '../../src/history/history.js';
import { Replay, type ReplayRequest } from '../../src/history/replay.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

const SENSORS = [
  sensorSettings('A3', 'MS14A', { alias: 'hall', zone: 'ground', dusk: 'A4' }),
  sensorSettings('C2', 'DS10A', { alias: 'door', type: 'door', zone: 'ground' }),
  sensorSettings('A5', 'MS14A', { alias: 'drive', ignore: true }),
];

/** Seconds after noon and what heyu writes then, or two lines of standard X10. */
type Written = readonly [seconds: number, text: string];

const stamped = (seconds: number, text: string): string =>
  `${new Date(NOON + seconds * 1000).toISOString().slice(5, 19).replace('-', '/').replace('T', ' ')}  ${text}`;

const SHORT = /^(rcv[ia]|snd[ac]) ([A-P])(\d+) (\w+)$/;

function linesOf([seconds, text]: Written): string[] {
  const [, source, house, unit = '', name = ''] = SHORT.exec(text) ?? [];
  if (source === undefined || house === undefined) return [stamped(seconds, text)];
  return [
    stamped(
      seconds,
      `${source} addr unit     ${unit.padStart(3)} : hu ${house}${unit.padEnd(2)} (_no_alias_)`,
    ),
    stamped(seconds, `${source} func ${name.padStart(12)} : hc ${house}`),
  ];
}

/** Plays them. Instants of the request are seconds after noon. */
function replayed(
  written: readonly Written[],
  { from = 0, until = 600, ...more }: Partial<ReplayRequest> = {},
  settings: Partial<CoreSettings> = {},
): History {
  const core = coreSettings({ sensors: SENSORS, zones: [zoneSettings('ground')], ...settings });
  const instants = { from: NOON + from * 1000, until: NOON + until * 1000 };
  const replay = new Replay(core, { year: 2026, zones: [], signals: true, ...instants, ...more });
  for (const line of written.flatMap(linesOf)) if (!replay.line(line)) break;
  return replay.end();
}

const seconds = (at: number): number => (at - NOON) / 1000;

const spans = ({ sensors }: History, alias: string, channel: 'motion' | 'contact' | 'light' | 'silent') => {
  const intervals = sensors.find((each) => each.alias === alias)?.channels[channel];
  return [...(intervals?.from ?? [])].map((at, index) => [seconds(at), seconds(intervals?.to[index] ?? NaN)]);
};

const heard = ({ kinds, sensors }: History, alias: string) =>
  told(kinds, sensors.find((each) => each.alias === alias)?.signals);

function told(kinds: History['kinds'], signals: Signals | undefined): (string | number | null)[][] {
  return [...(signals?.at ?? [])].map((at, index) => {
    const { address, source, says, kept, verdict } = kinds[signals?.kind[index] ?? -1] ?? {};
    return [seconds(at), `${source ?? ''} ${address ?? ''} ${says ?? ''}`, kept ?? null, verdict ?? null];
  });
}

describe('a log that is read again', () => {
  it('tells when motion was, and each signal', () => {
    const history = replayed([
      [10, 'rcvi A3 On'],
      [20, 'rcvi A3 On'],
      [30, 'rcvi A3 Off'],
      [40, 'sndc A3 On'],
      [100, 'rcva A3 On'],
      [101, 'rcvi A3 On'],
    ]);
    const hold = (SENSORS[0]?.holdMs ?? 0) / 1000;
    expect(spans(history, 'hall', 'motion')).toEqual([
      [10, 30],
      [100, 100 + hold],
    ]);
    expect(heard(history, 'hall')).toEqual([
      [10, 'rcvi A3 on', null, 'unknown'],
      [20, 'rcvi A3 on', 'the motion goes on, the hold time starts again', 'unknown'],
      [30, 'rcvi A3 off', null, null],
      [40, 'sndc A3 on', 'command of heyu itself', null],
      [100, 'rcva A3 on', null, 'unknown'],
      [101, 'rcvi A3 on', 'the same signal again, over the power line', null],
    ]);
    expect(history).toMatchObject({ lines: 12, counters: { motions: 2, copies: 1 } });
  });

  it('leaves what goes on open, and what began before whole', () => {
    const history = replayed(
      [
        [-20, 'rcva func        Alert : hu C2  swMax Main (_no_alias_)'],
        [595, 'rcvi A3 On'],
      ],
      { from: 0 },
    );
    expect(spans(history, 'door', 'contact')).toEqual([[-20, Infinity]]);
    expect(spans(history, 'hall', 'motion')).toEqual([[595, Infinity]]);
    expect(heard(history, 'door')).toEqual([]);
  });

  it('ends with the first line that is not wanted any more', () => {
    const history = replayed([
      [590, 'rcvi A3 On'],
      [599, 'rcvi A3 Off'],
      [700, 'rcvi A3 On'],
      [800, 'rcvi A3 On'],
    ]);
    expect(spans(history, 'hall', 'motion')).toEqual([[590, 599]]);
    expect(heard(history, 'hall')).toHaveLength(2);
    expect(history.lines).toBe(5);
  });

  it('keeps what says how dark it is apart from motion', () => {
    const history = replayed([
      [10, 'rcvi A4 On'],
      [20, 'rcvi A4 Off'],
    ]);
    expect(spans(history, 'hall', 'light')).toEqual([[20, Infinity]]);
    expect(spans(history, 'hall', 'motion')).toEqual([]);
    expect(heard(history, 'hall').map(([, said]) => said)).toEqual(['rcvi A4 on', 'rcvi A4 off']);
  });

  it('has senders without an alias, and says of a neighbour that he is ignored', () => {
    const history = replayed([
      [10, 'rcvi G1 On'],
      [20, 'rcvi G1 Off'],
      [30, 'rcvi A5 On'],
    ]);
    const [sender] = history.senders;
    expect(history.senders).toMatchObject([{ sender: 'G1', label: null }]);
    expect(told(history.kinds, sender?.signals).map(([at]) => at)).toEqual([10, 20]);
    expect(heard(history, 'drive')).toEqual([[30, 'rcvi A5 on', 'ignored by the alias file', null]]);
  });

  it('has no signals where nobody wants them', () => {
    const history = replayed([[10, 'rcvi A3 On']], { signals: false });
    expect(heard(history, 'hall')).toEqual([]);
    expect(spans(history, 'hall', 'motion')).toHaveLength(1);
  });
});

describe('gaps', () => {
  it.each<
    readonly [string, readonly Written[], Partial<ReplayRequest>, readonly (readonly (string | number)[])[]]
  >([
    ['before the first line', [[100, 'rcvi A3 On']], {}, [[0, 100, 'no_log']]],
    ['of a log without a line', [], {}, [[0, 600, 'no_log']]],
    [
      'no pause of a house that sleeps',
      [
        [0, 'rcvi A3 On'],
        [11 * 3600, 'rcvi A3 On'],
      ],
      { until: 12 * 3600 },
      [],
    ],
    [
      'a pause that is too long',
      [
        [0, 'rcvi A3 On'],
        [13 * 3600, 'rcvi A3 On'],
      ],
      { until: 14 * 3600 },
      [[0, 13 * 3600, 'quiet']],
    ],
    ['to now', [[0, 'rcvi A3 On']], { until: 13 * 3600 }, [[0, 13 * 3600, 'quiet']]],
    [
      'heyu was started',
      [
        [0, 'rcvi A3 On'],
        [1000, 'Engine started'],
      ],
      { until: 1200 },
      [[0, 1000, 'heyu_started']],
    ],
    [
      'no restart of heyu',
      [
        [0, 'rcvi A3 On'],
        [5, 'Engine started'],
      ],
      {},
      [],
    ],
    [
      'jamming',
      [
        [0, 'rcvi A3 On'],
        [10, 'rcva          RF Jamming : Started Main'],
        [50, 'rcva          RF Jamming : Ended Main'],
      ],
      {},
      [[10, 50, 'rf_jamming']],
    ],
  ])('%s', (_what, written, request, gaps) => {
    const history = replayed(written, request, { quietAfterMs: 12 * HOUR });
    expect(history.gaps.map(({ from, to, reason }) => [seconds(from), seconds(to), reason])).toEqual(gaps);
  });
});

describe('zones as they were written down', () => {
  const zones = [
    { zone: 'ground', at: NOON - HOUR, state: 'disarmed' as const },
    { zone: 'ground', at: NOON + 60_000, state: 'armed_away' as const },
    { zone: 'ground', at: NOON + 300_000, state: 'disarmed' as const },
    { zone: 'ground', at: NOON + 400_000, state: undefined },
  ];
  const written: readonly Written[] = [
    [10, 'rcvi A3 On'],
    [100, 'rcvi A3 On'],
    [130, 'rcvi A3 On'],
    [310, 'rcvi A3 On'],
    [450, 'rcvi A3 On'],
  ];

  it('judge each signal', () => {
    const history = replayed(written, { zones });
    expect(heard(history, 'hall').map(([at, , , verdict]) => [at, verdict])).toEqual([
      [10, 'disarmed'],
      [100, 'alert'],
      [130, 'cooldown'],
      [310, 'disarmed'],
      [450, 'disarmed'],
    ]);
    expect(history.alerts).toEqual([
      {
        at: NOON + 100_000,
        signalAt: NOON + 100_000,
        zone: 'ground',
        alias: 'hall',
        reason: 'zone armed_away',
      },
    ]);
  });

  it('keep what the bridge finds out by itself: an entry delay and its end', () => {
    const history = replayed(
      [[100, 'rcvi A3 On']],
      {
        zones: [
          ...zones.slice(0, 2),
          { zone: 'ground', at: NOON + 100_400, state: 'pending', mode: 'away' },
          { zone: 'ground', at: NOON + 130_400, state: 'triggered', mode: 'away' },
        ],
      },
      { zones: [zoneSettings('ground', { entryDelayMs: 30_000 })] },
    );
    expect(heard(history, 'hall').map(([at, , , verdict]) => [at, verdict])).toEqual([[100, 'entry']]);
    expect(history.alerts).toMatchObject([{ at: NOON + 130_000, signalAt: NOON + 100_000 }]);
  });
});

it.each([
  [[], 5, 0],
  [[1, 5, 5, 9], 5, 1],
  [[1, 5, 5, 9], 10, 4],
  [[1, 5, Infinity], 6, 2],
])('the first of %j that is at least %d', (sorted, value, index) => {
  expect(firstFrom(Float64Array.from(sorted), value)).toBe(index);
});
