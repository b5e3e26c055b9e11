/** The judge of the soak has to find everything that a bridge can do wrong; one that cannot fail proves nothing. */

import { describe, expect, test } from 'vitest';
import type { Published } from '../support/tap.js';
import type { Damage } from './damage.js';
import { SENSORS, type SoakSensor } from './sensors.js';
import { judge, type Checkpoint, type Verdict } from './judge.js';
import { judgeStates } from './judge-states.js';
import { newTruth, type Truth } from './truth.js';

const AT = Date.UTC(2026, 10, 22, 15, 38, 0);
const LATER = AT + 120_000;

function sensorOf(alias: string): SoakSensor {
  const sensor = SENSORS.find((one) => one.alias === alias);
  if (sensor === undefined) throw new Error(`no sensor ${alias}`);
  return sensor;
}

const hall = sensorOf('ms14a_a1');
const yard = sensorOf('ms14a_b1');
const door = sensorOf('ds10a_i1');
const attic = sensorOf('ms14a_k1');

/** Motion in the hall and, repeated, in the yard, which is in the armed zone; a door; motion that continues. */
function day(): Truth {
  const truth = newTruth();
  for (const zone of ['armed', 'disarmed', 'changing'] as const) {
    truth.zoneIs(zone, zone === 'armed', 0);
    truth.zoneIsKnown(zone, 0);
  }
  truth.note({ kind: 'sign', sensor: hall, by: 'line' }, { content: 1, offset: 100 }, AT);
  truth.note({ kind: 'sign', sensor: yard, by: 'line' }, { content: 1, offset: 200 }, AT + 1000);
  truth.note({ kind: 'sign', sensor: yard, by: 'line' }, { content: 1, offset: 250 }, AT + 4000);
  truth.note({ kind: 'contact', sensor: door, isOpen: true }, { content: 2, offset: 100 }, AT + 5000);
  truth.note({ kind: 'sign', sensor: attic, by: 'line' }, { content: 2, offset: 300 }, AT + 6000);
  return truth;
}

const say = (topic: string, payload: string | object, atMs: number): Published => ({
  topic: `x10/${topic}`,
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  retain: typeof payload === 'string',
  connection: 1,
  sentAt: AT + atMs,
  acknowledgedAt: AT + atMs + 5,
});

const event = (sensor: SoakSensor, type: string, id: string, atMs: number, security?: string): Published =>
  say(
    `${sensor.alias}/event`,
    {
      event_type: type,
      id,
      at: new Date(AT + atMs).toISOString(),
      ...(security === undefined ? {} : { zone: sensor.zone, security }),
    },
    atMs + 50,
  );

const ALERT = say(
  'zone/armed/alert',
  { id: 'aaaaaaaa-200.alert', at: new Date(AT + 1000).toISOString(), alias: yard.alias },
  1060,
);

/** What a bridge without fault says. */
const WIRE: readonly Published[] = [
  say(`${hall.alias}/motion`, 'ON', 40),
  event(hall, 'motion', 'aaaaaaaa-100', 0),
  say(`${yard.alias}/motion`, 'ON', 1040),
  event(yard, 'motion', 'aaaaaaaa-200', 1000, 'armed_away'),
  ALERT,
  say(`${door.alias}/contact`, 'ON', 5040),
  event(door, 'opened', 'bbbbbbbb-100', 5000),
  say(`${attic.alias}/motion`, 'ON', 6040),
  event(attic, 'motion', 'bbbbbbbb-300', 6000),
  event(hall, 'clear', 'aaaaaaaa-100.clear', 6000),
  say(`${hall.alias}/motion`, 'OFF', 6050),
];

/** Everything that is wrong when nothing comes any more. */
const wrongIn = ({ faults, missing }: Verdict): readonly string[] => [...faults, ...missing];

const without = (gone: Published): Published[] => WIRE.filter((one) => one !== gone);
const part = (index: number): Published => {
  const one = WIRE[index];
  if (one === undefined) throw new Error(`no message ${index}`);
  return one;
};

describe('what the bridge has said', () => {
  test('without fault, and repeated under the same ids, is found right', () => {
    const repeated = [...WIRE, part(1), ALERT, part(6)];
    expect(judge(day(), repeated)).toMatchObject({
      faults: [],
      starts: 4,
      events: 4,
      repeats: 2,
      alerts: 1,
      dueAlerts: 1,
    });
  });

  test.each([
    ['offline', 'has died since', 28_000, []],
    ['offline', 'has said ON itself', 0, [expect.stringMatching(/its motion goes on/)]],
    ['online', 'has died since', 28_000, [expect.stringMatching(/its motion goes on/)]],
  ])(
    'of a motion that goes on, with a source that is %s, by a bridge that %s, is found so',
    (source, _who, diedMs, faults) => {
      const wire = [
        ...WIRE,
        say('bridge/source', source, 29_000),
        say(`${attic.alias}/motion`, 'OFF', 30_000),
      ];
      const at = AT + diedMs;
      expect(judge(day(), wire, [], [], { deaths: [{ at, knewAt: at, knownAt: at }] }).faults).toEqual(
        faults,
      );
    },
  );

  test.each([
    ['before it has said ON', [], []],
    ['after it has said ON', [say(`${attic.alias}/motion`, 'ON', 4e6)], [expect.stringMatching(/goes on/)]],
  ])('of a motion that was over when the next one began, %s of that, is found so', (_when, ons, faults) => {
    const truth = day();
    truth.note({ kind: 'sign', sensor: attic, by: 'line' }, { content: 2, offset: 400 }, AT + 4e6);
    const wire = [...WIRE, ...ons, say(`${attic.alias}/motion`, 'OFF', 4e6 + 1000)];
    expect(judge(truth, wire).faults).toEqual(faults);
  });

  test('of the same place in two files that were begun within two seconds is told apart', () => {
    const truth = day();
    truth.note({ kind: 'contact', sensor: door, isOpen: false }, { content: 2, offset: 400 }, AT + 6000);
    truth.note({ kind: 'contact', sensor: door, isOpen: true }, { content: 3, offset: 100 }, AT + 7000);
    const opened = [event(door, 'closed', 'bbbbbbbb-400', 6000), event(door, 'opened', 'cccccccc-100', 7000)];
    expect(judge(truth, [...WIRE, ...opened])).toMatchObject({ faults: [], missing: [] });
  });

  test('of one of several units on a line is found right', () => {
    const wire = [...without(part(1)), event(hall, 'motion', 'aaaaaaaa-100.A1', 0)];
    expect(judge(day(), wire).faults).toEqual([
      'ms14a_a1: the end of a motion that never began: '.concat(part(9).payload),
    ]);
  });

  test.each<{ name: string; wire: readonly Published[]; fault: RegExp }>([
    { name: 'a motion is missing', wire: without(part(1)), fault: /^lost: ms14a_a1/ },
    {
      name: 'a motion was never acknowledged',
      wire: WIRE.map((one) => (one === part(1) ? { ...one, acknowledgedAt: undefined } : one)),
      fault: /^lost: ms14a_a1/,
    },
    { name: 'a door is missing', wire: without(part(6)), fault: /^lost: ds10a_i1/ },
    {
      name: 'a motion is repeated under another id',
      wire: [...WIRE, event(hall, 'motion', 'cccccccc-100', 0)],
      fault: /2 ids for one/,
    },
    {
      name: 'a motion is repeated as missed under another id',
      wire: [...WIRE, event(hall, 'motion_missed', 'cccccccc-100', 0)],
      fault: /2 ids for one/,
    },
    {
      name: 'motion is invented',
      wire: [...WIRE, event(hall, 'motion', 'aaaaaaaa-700', 60_000)],
      fault: /nothing that happened/,
    },
    {
      name: 'a repetition is taken for a beginning',
      wire: [...WIRE, event(yard, 'motion', 'aaaaaaaa-250', 4000)],
      fault: /no beginning/,
    },
    {
      name: 'motion is told of the wrong sensor',
      wire: [...WIRE, event(yard, 'motion', 'aaaaaaaa-100', 0)],
      fault: /ms14a_b1: nothing that happened/,
    },
    {
      name: 'a line on several units is told of a unit that is another',
      wire: [...without(part(1)), event(hall, 'motion', 'aaaaaaaa-100.A3', 0)],
      fault: /ms14a_a1: nothing that happened/,
    },
    {
      name: 'motion is told of the wrong time',
      wire: [...WIRE, event(hall, 'motion', 'aaaaaaaa-100', 90_000)],
      fault: /nothing that happened/,
    },
    {
      name: 'a generation names two files',
      wire: [...without(part(6)), event(door, 'opened', 'aaaaaaaa-100', 5000)],
      fault: /names the files 1 and 2/,
    },
    {
      name: 'a motion ends that never began',
      wire: [...WIRE, event(hall, 'clear', 'aaaaaaaa-555.clear', 9000)],
      fault: /never began/,
    },
    {
      name: 'an event has a type that no sensor has',
      wire: [...WIRE, event(hall, 'alarm', 'aaaaaaaa-100', 0)],
      fault: /unexpected event/,
    },
    {
      name: 'old motion turns a sensor ON',
      wire: [...WIRE, say(`${hall.alias}/motion`, 'ON', 60_000)],
      fault: /its motion was over/,
    },
    {
      name: 'a sensor turns ON of which nothing was heard',
      wire: [...WIRE, say('ms14a_a3/motion', 'ON', 1000)],
      fault: /ms14a_a3\/motion ON .*its motion was over/,
    },
    {
      name: 'motion that goes on is interrupted',
      wire: [...WIRE, say(`${attic.alias}/motion`, 'OFF', 30_000)],
      fault: /its motion goes on/,
    },
    { name: 'an alert is missing', wire: without(ALERT), fault: /^lost: the alert of ms14a_b1/ },
    {
      name: 'an alert was raised before the motion and not for it',
      wire: WIRE.map((one) => (one === ALERT ? { ...one, acknowledgedAt: AT } : one)),
      fault: /^lost: the alert of ms14a_b1/,
    },
    {
      name: 'an alert is invented',
      wire: [
        ...WIRE,
        say(
          'zone/armed/alert',
          { id: 'aaaaaaaa-9.alert', at: new Date(AT).toISOString(), alias: yard.alias },
          10,
        ),
      ],
      fault: /alert for nothing/,
    },
    {
      name: 'an alert is raised in a disarmed zone',
      wire: [
        ...WIRE,
        say(
          'zone/disarmed/alert',
          { id: 'aaaaaaaa-200.alert', at: new Date(AT + 1000).toISOString(), alias: yard.alias },
          1060,
        ),
      ],
      fault: /disarmed zone/,
    },
  ])('is found wrong when $name', ({ wire, fault }) => {
    expect(wrongIn(judge(day(), wire))).toContainEqual(expect.stringMatching(fault));
  });
});

describe('what the bridge has not said yet', () => {
  test.each<[string, readonly Published[]]>([
    ['a motion', without(part(1)).filter((one) => one !== part(9))],
    ['an alert', without(ALERT)],
  ])('may still come: %s', (_name, wire) => {
    expect(judge(day(), wire)).toMatchObject({ faults: [], missing: [expect.stringMatching(/^lost/)] });
  });

  const GONE = part(3);
  const UNANSWERED = { ...GONE, acknowledgedAt: undefined };
  const LATE = { ...GONE, acknowledgedAt: AT + 20_000 };

  test.each<{ name: string; wire: readonly Published[]; checkpoint: Checkpoint }>([
    {
      name: 'its line is before the checkpoint',
      wire: without(GONE),
      checkpoint: { generation: 'aaaaaaaa', offset: 260, at: AT + 10_000 },
    },
    {
      name: 'its file is before the checkpoint',
      wire: without(GONE),
      checkpoint: { generation: 'bbbbbbbb', offset: 0, at: AT + 10_000 },
    },
    {
      name: 'the broker has not acknowledged it',
      wire: WIRE.map((one) => (one === GONE ? UNANSWERED : one)),
      checkpoint: { generation: 'aaaaaaaa', offset: 260, at: AT + 10_000 },
    },
    {
      name: 'the broker acknowledges it later',
      wire: WIRE.map((one) => (one === GONE ? LATE : one)),
      checkpoint: { generation: 'aaaaaaaa', offset: 260, at: AT + 10_000 },
    },
  ])('is lost for good when the bridge counts it as dealt with: $name', ({ wire, checkpoint }) => {
    const { faults } = judge(day(), wire, [], [checkpoint]);
    expect(faults).toEqual([expect.stringMatching(/^dealt with at .* and not acknowledged: ms14a_b1/)]);
  });

  test('may be passed over and told after all when its line may be lost', () => {
    const wire = WIRE.map((one) => (one === GONE ? LATE : one));
    const checkpoint = { generation: 'aaaaaaaa', offset: 260, at: AT + 10_000 };
    const lines = { from: AT + 500, to: AT + 5000, what: 'lines' as const };
    expect(judge(day(), wire, [], [checkpoint], { permitted: [lines] }).faults).toEqual([]);
    const other = { ...lines, from: AT + 10_000, to: AT + 20_000 };
    expect(judge(day(), wire, [], [checkpoint], { permitted: [other] }).faults).toHaveLength(1);
  });

  test.each([
    ['when lines before it may be lost', 'aaaaaaaa-100.A1', AT - 500, 0],
    ['when its file has another name', 'cccccccc-100.A1', AT - 500, 1],
    ['when nothing may be lost', 'aaaaaaaa-100.A1', AT - 60_000, 1],
  ])('may have another address in its id, or not, %s', (_, id, from, wrong) => {
    const wire = [...WIRE, event(hall, 'motion', id, 0)];
    const lines = { from, to: from + 1000, what: 'lines' as const };
    expect(judge(day(), wire, [], [], { permitted: [lines] }).faults).toHaveLength(wrong);
  });

  test.each<{ name: string; wire: readonly Published[]; checkpoint: Checkpoint }>([
    {
      name: 'the checkpoint is before its line',
      wire: without(GONE),
      checkpoint: { generation: 'aaaaaaaa', offset: 200, at: AT + 10_000 },
    },
    {
      name: 'the checkpoint is in an earlier file',
      wire: without(part(6)),
      checkpoint: { generation: 'aaaaaaaa', offset: 900, at: AT + 10_000 },
    },
    {
      name: 'the checkpoint names a file of which nothing is known',
      wire: without(GONE),
      checkpoint: { generation: 'dddddddd', offset: 900, at: AT + 10_000 },
    },
    {
      name: 'it was acknowledged before the checkpoint',
      wire: WIRE,
      checkpoint: { generation: 'bbbbbbbb', offset: 900, at: AT + 10_000 },
    },
  ])('is not lost for good yet when $name', ({ wire, checkpoint }) => {
    expect(judge(day(), wire, [], [checkpoint]).faults).toEqual([]);
  });
});

describe('an alert that is held back while the bridge stands still', () => {
  const [still, again] = [AT + 2000, AT + 50_000];
  const world = {
    visits: [
      { from: AT - 60_000, to: still },
      { from: again, to: Infinity },
    ],
    pauses: [{ from: still, to: again }],
  };

  test.each([
    ['was disarmed meanwhile', AT + 30_000, world, 0],
    ['was disarmed before it has answered', again + 5000, world, 0],
    ['was disarmed after that', again + 20_000, world, 1],
    ['is armed still', Infinity, world, 1],
    ['was disarmed, although the bridge ran all the time', AT + 30_000, { ...world, pauses: [] }, 1],
  ])('is missing or not, when its zone %s', (_, disarmedAt, meanwhile, missing) => {
    const truth = day();
    if (disarmedAt < Infinity) truth.zoneIs('armed', false, disarmedAt);
    expect(judge(truth, without(ALERT), [], [], meanwhile).missing).toHaveLength(missing);
  });
});

test.each([
  ['before a connect', AT + 10_000, 0],
  ['while the bridge was connected', AT - 60_000, 1],
])('an alert of motion %s is missing or not, when the zone may not be read then', (_, from, missing) => {
  const visits = [
    { from: AT - 120_000, to: AT - 70_000 },
    { from, to: Infinity },
  ];
  const permitted = [{ from: AT + 12_000, to: AT + 60_000, what: 'zones' } as const];
  expect(judge(day(), without(ALERT), [], [], { visits, permitted }).missing).toHaveLength(missing);
});

test.each([
  ['before it could be told that the zone is disarmed', { connectedAt: AT - 2000, verified: false }, 0],
  ['before that, but said to be verified', { connectedAt: AT - 2000, verified: true }, 1],
  ['after it was told that the zone is disarmed', { connectedAt: AT - 9000, verified: false }, 1],
])('an alert is right or not, %s', (_, { connectedAt, verified }, wrong) => {
  const truth = day();
  for (const [isArmed, at] of [
    [true, AT - 100_000],
    [false, AT - 12_000],
  ] as const) {
    truth.zoneIs('changing', isArmed, at);
    truth.zoneIsKnown('changing', at);
  }
  const visits = [
    { from: AT - 90_000, to: AT - 13_000 },
    { from: connectedAt, to: Infinity },
  ];
  const alert = { ...(JSON.parse(ALERT.payload) as object), verified };
  const { faults } = judge(truth, [say('zone/changing/alert', alert, 1060)], [], [], { visits });
  expect(faults).toHaveLength(wrong);
});

test.each([
  ['the computer slept in between', [{ from: AT + 3000, to: AT + 590_000 }], 0],
  ['the bridge ran all the time', [], 1],
])('an alert that waited may go with a checkpoint of minutes later, when %s', (_, pauses, missing) => {
  const damages = [{ from: AT + 600_000, to: AT + 601_000 }];
  expect(judge(day(), without(ALERT), damages, [], { pauses }).missing).toHaveLength(missing);
});

describe('alerts in the order of their motions', () => {
  const garage = sensorOf('ms14a_b3');
  const SECOND = event(garage, 'motion', 'aaaaaaaa-400', 8000, 'armed_away');
  const SECOND_ALERT = say(
    'zone/armed/alert',
    { id: 'aaaaaaaa-400.alert', at: new Date(AT + 8000).toISOString(), alias: garage.alias },
    8060,
  );
  const twoMotions = (): Truth => {
    const truth = day();
    truth.note({ kind: 'sign', sensor: garage, by: 'line' }, { content: 1, offset: 400 }, AT + 8000);
    return truth;
  };
  const onAnother = (one: Published): Published => ({ ...one, connection: 2 });

  test('a later one does not come before an earlier one', () => {
    const { faults } = judge(twoMotions(), [...without(ALERT), SECOND, SECOND_ALERT]);
    expect(faults).toEqual([
      expect.stringMatching(/^the alert of ms14a_b1 .* is not raised before aaaaaaaa-400/),
    ]);
    const { faults: late } = judge(twoMotions(), [...without(ALERT), SECOND, SECOND_ALERT, ALERT]);
    expect(late).toEqual(faults);
  });

  test.each<{ name: string; wire: readonly Published[] }>([
    { name: 'it comes in its turn', wire: [...WIRE, SECOND, SECOND_ALERT] },
    { name: 'it came before its motion', wire: [ALERT, ...without(ALERT), SECOND, SECOND_ALERT] },
    {
      name: 'the connection is another one than that of its motion',
      wire: [...without(ALERT), onAnother(SECOND), onAnother(SECOND_ALERT)],
    },
    {
      name: 'the zone was not known at its motion',
      wire: [
        ...WIRE.filter((one) => one !== ALERT && one !== part(3)),
        event(yard, 'motion', 'aaaaaaaa-200', 1000, 'unknown'),
        SECOND,
        SECOND_ALERT,
      ],
    },
  ])('nothing is wrong when $name', ({ wire }) => {
    expect(judge(twoMotions(), wire).faults).toEqual([]);
  });
});

/** What the broker holds in the end. */
function retained(): Map<string, string> {
  const values = new Map<string, string>();
  const set = (topic: string, payload: string): void => void values.set(`x10/${topic}`, payload);
  for (const { alias, model } of SENSORS) {
    if (model !== 'DS10A' && model !== 'LM465') set(`${alias}/motion`, alias === attic.alias ? 'ON' : 'OFF');
    if (model === 'MS14A') set(`${alias}/light`, 'None');
  }
  set(`${door.alias}/contact`, 'ON');
  for (const zone of ['armed', 'disarmed', 'changing']) {
    set(`zone/${zone}/security`, zone === 'armed' ? 'armed_away' : 'disarmed');
    set(`zone/${zone}/alarm`, zone === 'armed' ? 'ON' : 'OFF');
  }
  set('bridge/status', 'online');
  set('bridge/source', 'online');
  set('bridge/takeover', 'OFF');
  const heard: readonly (readonly [SoakSensor, number])[] = [
    [hall, 0],
    [yard, 4000],
    [door, 5000],
    [attic, 6000],
  ];
  for (const [{ alias }, at] of heard) set(`${alias}/last_seen`, new Date(AT + at).toISOString());
  return values;
}

describe('what the broker holds in the end', () => {
  test('is found right when it is', () => {
    expect(judgeStates(day(), retained(), [], LATER)).toEqual([]);
  });

  test.each<[string, string, string | undefined]>([
    ['a motion that is over is still ON', 'ms14a_a1/motion', 'ON'],
    ['a motion that goes on is OFF', 'ms14a_k1/motion', 'OFF'],
    ['a sensor of which nothing was heard is ON', 'ms14a_a5/motion', 'ON'],
    ['a sensor is not there', 'ms14a_a1/motion', undefined],
    ['a door is closed that is open', 'ds10a_i1/contact', 'OFF'],
    ['an open door is forgotten', 'ds10a_i1/contact', 'None'],
    ['a door is open that nobody has heard', 'ds10a_i2/contact', 'ON'],
    ['a battery is low that nobody has heard', 'ms10a_f1/battery', 'ON'],
    ['it is dark although nobody has said so', 'ms14a_a1/light', 'OFF'],
    ['the last sign of life is older', 'ms14a_b1/last_seen', new Date(AT + 1000).toISOString()],
    ['the last sign of life is younger', 'ms14a_b1/last_seen', new Date(AT + 90_000).toISOString()],
    ['a sign of life was never given', 'ms14a_a3/last_seen', new Date(AT).toISOString()],
    ['the bridge seems to be gone', 'bridge/status', 'offline'],
    ['the log seems to be gone', 'bridge/source', 'offline'],
    ['a zone is believed to be disarmed', 'zone/armed/security', 'disarmed'],
    ['a zone is not known', 'zone/changing/security', 'None'],
    ['there is an alarm in a disarmed zone', 'zone/disarmed/alarm', 'ON'],
  ])('is found wrong when %s', (_name, topic, payload) => {
    const values = retained();
    if (payload === undefined) values.delete(`x10/${topic}`);
    else values.set(`x10/${topic}`, payload);
    expect(judgeStates(day(), values, [], LATER)).toHaveLength(1);
  });
});

describe('a line that may be lost', () => {
  test.each([
    ['excuses a battery that it called good again', AT + 19_000, 0],
    ['excuses nothing when it was another', AT + 40_000, 1],
  ])('%s', (_name, from, wrong) => {
    const dark = sensorOf('dm10_h1');
    const truth = day();
    for (const [isLow, at] of [
      [true, AT + 7000],
      [false, AT + 20_000],
    ] as const)
      truth.note({ kind: 'battery', sensor: dark, isLow }, { content: 2, offset: at - AT }, at);
    const values = retained();
    values.set('x10/dm10_h1/battery', 'ON');
    values.set('x10/dm10_h1/last_seen', new Date(AT + 20_000).toISOString());
    const permitted = [{ from, to: from + 2000, what: 'lines' as const }];
    expect(judgeStates(truth, values, [], LATER, permitted)).toHaveLength(wrong);
  });
});

describe('damage to the checkpoint', () => {
  const damages: readonly Damage[] = [{ from: AT + 500, to: AT + 2000 }];

  test('excuses what was written before it was healed', () => {
    const gone = [part(1), part(9), part(3), ALERT];
    const wire = WIRE.filter((one) => !gone.includes(one));
    expect(judge(day(), wire, damages)).toMatchObject({ faults: [], excused: 2 });
    const values = retained();
    values.set('x10/ms14a_a1/last_seen', '');
    expect(judgeStates(day(), values, damages, LATER)).toEqual([]);
  });

  test('makes motion that goes on a new one', () => {
    const wire = [...WIRE, event(yard, 'motion', 'aaaaaaaa-250', 4000)];
    expect(judge(day(), wire, damages).faults).toEqual([]);
  });

  test.each<{ name: string; wire: readonly Published[]; fault: RegExp }>([
    { name: 'a loss after it', wire: without(part(6)), fault: /^lost: ds10a_i1/ },
    {
      name: 'a second id',
      wire: [...WIRE, event(hall, 'motion_missed', 'cccccccc-100', 0)],
      fault: /2 ids for one/,
    },
    {
      name: 'invented motion',
      wire: [...WIRE, event(hall, 'motion', 'aaaaaaaa-700', 1000)],
      fault: /nothing that happened/,
    },
  ])('does not excuse $name', ({ wire, fault }) => {
    expect(wrongIn(judge(day(), wire, damages))).toContainEqual(expect.stringMatching(fault));
  });

  test.each([
    { name: 'excuses what a checkpoint jumps over', at: AT + 10_000 },
    { name: 'makes what is read of it meanwhile worth nothing', at: AT + 1000 },
  ])('$name', ({ at }) => {
    const wire = without(part(1)).filter((one) => one !== part(9));
    const checkpoint = { generation: 'bbbbbbbb', offset: at < AT + 2000 ? 999_999 : 0, at };
    expect(judge(day(), wire, damages, [checkpoint]).faults).toEqual([]);
  });

  test('does not excuse a wrong value', () => {
    const values = retained();
    values.set('x10/ds10a_i1/contact', 'OFF');
    expect(judgeStates(day(), values, [{ from: AT, to: LATER }], LATER)).toHaveLength(1);
    values.set('x10/ds10a_i1/contact', 'None');
    expect(judgeStates(day(), values, [{ from: AT, to: LATER }], LATER)).toEqual([]);
  });
});
