/** What the log tells of heyu's own health: what is counted, which troubles begin and end. */

import { describe, expect, test } from 'vitest';
import { memoryOf, type CoreMemory } from '../../src/bridge/core.js';
import { rememberedHealth, type Counters } from '../../src/bridge/health.js';
import { hearLine } from '../../src/bridge/hear.js';
import { listeningBridge } from '../support/listening-bridge.js';
import { replay, stamp } from '../support/replayed.js';
import { coreSettings, sensorSettings } from '../support/settings.js';

const HALL = sensorSettings('A3', 'MS14A', { topic: 'hall' });
const SETTINGS = coreSettings({ sensors: [HALL, sensorSettings('C1', 'MS10A')] });
const NOON = Date.UTC(2026, 10, 22, 12);

type Played = {
  readonly counted: Partial<Counters>;
  readonly troubles: readonly string[];
  readonly memory: CoreMemory;
};

/**
 * Plays lines (`+5` lets 5 s pass, `!` is a line without a stamp); gives what was counted besides lines, the troubles
 * as they came and went, and what is remembered.
 */
function play(lines: readonly string[], memory?: CoreMemory): Played {
  const troubles: string[] = [];
  const bridge = listeningBridge(SETTINGS, memory, NOON, {
    trouble: (trouble, begins) => troubles.push(`${begins ? '+' : '-'}${trouble}`),
  });
  const { core } = bridge;
  let seconds = 0;
  for (const [offset, line] of lines.entries()) {
    if (line.startsWith('+')) {
      seconds += Number(line.slice(1));
      continue;
    }
    const at = NOON + seconds * 1000;
    const text = line.startsWith('!') ? line.slice(1) : `${stamp(seconds)}  ${line}`;
    const read = { text, generation: 'g', offset, file: 'current', notBefore: at, readAt: at + 500 } as const;
    hearLine(bridge, read, { at, mono: at });
  }
  const nothing = rememberedHealth().counters;
  const counted = Object.fromEntries(
    Object.entries(core.health.counters).filter(
      ([name, count]) => name !== 'lines' && count !== nothing[name as keyof Counters],
    ),
  );
  return { counted, troubles, memory: memoryOf(core) };
}

const POWER = 'CM11A experienced an AC power interruption. It requested a time update.';
const UNKNOWN = 'Poll received unknown value (1 bytes), leading byte = 73';
/** What the daemons of heyu still had to say when it is stopped, and it was started without a terminal. */
const BURST = Array.from(
  'starting heyu_relay\nstarting heyu_engine\nstarting heyu_aux\n',
  (character) =>
    `Poll received unknown value (1 bytes), leading byte = ${character.charCodeAt(0).toString(16)}`,
);
const FLOOD = 'rcva            RF Flood : Started';
const JAMMING = 'rcva          RF Jamming : Started Main';
const RF = 'rcva func        Alert : hu C1   (x)';
const rf = ['rcva addr unit       3 : hu A3  (x)', 'rcva func          Off : hc A'];
const line = ['rcvi addr unit       3 : hu A3  (x)', 'rcvi func          Off : hc A'];

describe('what is counted', () => {
  test.each<[string, string[], Partial<Counters>]>([
    ['engine restarts', ['Engine started', 'Engine started', 'Engine reconfiguration'], { engineStarts: 2 }],
    [
      'one power failure, told once a second',
      [POWER, '+1', POWER, '+1', POWER, '+1', 'Powerfail signal received at startup.'],
      { powerFailures: 1 },
    ],
    ['two power failures', ['Powerfail signal received.', '+3600', POWER], { powerFailures: 2 }],
    ['lockups', ['Interface lockup signal received, reason 01.'], { lockups: 1 }],
    [
      'an interface that does not answer',
      ["The interface didn't answer a getinfo response."],
      { lockups: 1 },
    ],
    ['RF floods', [FLOOD, 'rcva            RF Flood : Ended', 'RF_Flood signal received.'], { rfFloods: 2 }],
    ['RF jamming', [JAMMING, 'rcva          RF Jamming : Ended Main'], { rfJammings: 1 }],
    ['unknown transmissions', ['Unknown transmission: 3 bytes, 1st byte = fb'], { unknownTransmissions: 1 }],
    ['unknown values', [UNKNOWN, UNKNOWN], { unknownValues: 2 }],
    [
      'functions without an address',
      ['rcvi func           On : hc B', 'sndc func          Off : hc C'],
      { orphans: 2 },
    ],
    [
      'addresses without a function',
      ['rcvi addr unit       5 : hu A5  (x)', '+5', ...line],
      { expiredAddresses: 1 },
    ],
    ['lines that heyu does not write', ['rcvi func           On : hc', 'rcvi'], { unrecognised: 2 }],
    [
      'lines of an old heyu, which address nothing and are no function',
      [
        'rcvi address A3',
        'rcvi function On : housecode A',
        'rcvi addr unit       3 : hc A unit 3 (x)',
        'rcva func        Alert : hc C unit 1 swMin (x)',
      ],
      { unrecognised: 4 },
    ],
    ['output of scripts', ['!script output line one', '!Poll only got 1 of 3 bytes'], { unstamped: 2 }],
    [
      'noise',
      ['rcva func      RFnoise : Data (hex) 01 02 03 04', 'xmtf RF            fOn : hu A3 '],
      { noise: 2 },
    ],
    [
      'copies',
      [rf[0] ?? '', 'rcva func           On : hc A', '+1', line[0] ?? '', 'rcvi func           On : hc A'],
      { copies: 1, motions: 1 },
    ],
    [
      'nothing of what is usual',
      ['Scripts enabled', "Launching 'x': y", 'a note', 'Timeout, timer1', ...line],
      {},
    ],
  ])('%s', (_, lines, expected) => {
    expect(play(lines).counted).toEqual(expected);
  });
});

describe('a trouble', () => {
  test.each<[string, string[], string[]]>([
    [
      'of the interface ends when it hears the power line',
      ['Interface lockup signal received, reason 01.', ...line],
      ['+interface_lockup', '-interface_lockup'],
    ],
    [
      'of the interface does not end with RF',
      ["The interface didn't answer a getinfo response.", ...rf],
      ['+interface_lockup'],
    ],
    [
      'of the interface ends with a new engine',
      ['Interface lockup signal received, reason 01.', 'Engine started'],
      ['+interface_lockup', '-interface_lockup'],
    ],
    [
      'is garbage from the interface that goes on coming',
      [...Array<string[]>(20).fill([UNKNOWN, '+4']).flat(), ...line],
      ['+interface_garbage', '-interface_garbage'],
    ],
    [
      'is a burst of garbage once more within the hour',
      [...BURST, '+600', UNKNOWN, 'Engine started'],
      ['+interface_garbage', '-interface_garbage'],
    ],
    ['is not a little garbage', [...Array<string>(19).fill(UNKNOWN), '+90', ...line, UNKNOWN], []],
    // heyu that was started without a terminal, whenever it is stopped; nobody hears the power line of some houses
    ['is not what heyu writes when it is stopped', BURST, []],
    ['is not that each day', [...BURST, '+3601', ...BURST, '+86400', ...BURST], []],
    ['is not that at each of many stops', [...BURST, '+90', 'Engine started', '+60', ...BURST], []],
    [
      'is garbage until radio was heard for an hour without any',
      [...BURST, '+61', UNKNOWN, '+3000', ...rf, UNKNOWN, '+3500', ...rf, '+200', ...rf],
      ['+interface_garbage', '-interface_garbage'],
    ],
    [
      'is a flood until its end',
      [FLOOD, '+1', FLOOD, 'rcva            RF Flood : Ended'],
      ['+rf_flood', '-rf_flood'],
    ],
    [
      'is jamming until its end',
      [JAMMING, 'rcva          RF Jamming : Ended Main'],
      ['+rf_jamming', '-rf_jamming'],
    ],
    [
      'is a flood whose end is not told, until RF is heard',
      ['RF_Flood signal received.', '+30', RF, '+31', RF],
      ['+rf_flood', '-rf_flood'],
    ],
    [
      'is jamming whose end is not told, until RF is heard',
      [JAMMING, '+61', ...rf],
      ['+rf_jamming', '-rf_jamming'],
    ],
    ['is not over because the power line is heard', [FLOOD, '+100', ...line], ['+rf_flood']],
    [
      'of RF ends with a new engine',
      [FLOOD, JAMMING, 'Engine started'],
      ['+rf_flood', '+rf_jamming', '-rf_flood', '-rf_jamming'],
    ],
    [
      'is an old heyu, until it is a newer one',
      ['rcva func        Alert : hc C unit 1 swMin (x)', 'rcvi address A3', 'Engine started', ...rf],
      ['+old_heyu', '-old_heyu'],
    ],
    ['is not a line that no heyu writes', ['rcvi func           On : hc', 'a note: hc A unit 3'], []],
  ])('%s', (_, lines, expected) => {
    expect(play(lines).troubles).toEqual(expected);
  });
});

/** Out of step with its spool file, heyu writes addresses that were none. */
describe('heyu out of step with its spool', () => {
  const address = (unit: string): string =>
    `rcvi addr unit     ${unit.slice(1).padStart(3)} : hu ${unit.padEnd(3)} (x)`;
  const burst = ['A3', 'J10', 'J10', 'J10', 'M3', 'A3', 'M7', 'A3'].map(address);
  const on = 'rcvi func           On : hc A';
  const stored = (memory: object): CoreMemory => JSON.parse(JSON.stringify(memory)) as CoreMemory;

  test('writes nothing that is motion, and explain says why', () => {
    const { published, found } = replay([HALL], [...burst, on, '+70', 'rcvi A3 On']);
    expect(published).toEqual(['hall/motion ON', 'hall/event motion', 'hall/motion OFF', 'hall/event clear']);
    const reasons = found.flatMap((finding) => (finding.kind === 'kept' ? [finding.reason] : []));
    expect(reasons).toContain(
      'heyu is out of step with its spool: not X10; addresses that waited for a function are dropped (2)',
    );
    expect(reasons).toHaveLength(6);
  });

  test('is a problem, told once, until heyu is heard in step', () => {
    const { troubles, counted } = play([...burst, on, '+5', ...burst, on, '+62', address('A3'), on]);
    expect(troubles).toEqual(['+spool_out_of_step', '-spool_out_of_step']);
    expect(counted.outOfStep).toBe(14);
  });

  test('is not forgotten by a bridge that dies amid it', () => {
    const { memory } = play([address('J10'), address('J10')]);
    expect(play([address('J10'), on], stored(memory)).counted.outOfStep).toBe(2);
  });

  test('counts from 0 with a memory of version 0.1', () => {
    const { memory } = play([]);
    const { outOfStep, ...counters } = rememberedHealth().counters;
    expect(outOfStep).toBe(0);
    const old = stored({ ...memory, spool: undefined, health: { counters, troubles: {} } });
    expect(play(burst, old).counted.outOfStep).toBe(7);
  });
});
