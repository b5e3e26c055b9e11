/**
 * All machines of a full house, on whatever a log may hold: no state twice in a row, no motion past its time, and
 * the same whether lines are heard one by one as they come, with restarts between, or all at once from an old log.
 */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { advance, memoryOf, type Core, type CoreMemory } from '../../src/bridge/core.js';
import { hear, hearLine } from '../../src/bridge/hear.js';
import { loadConfiguration } from '../../src/config/load.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import type { CoreSettings } from '../../src/core-settings.js';
import { listeningBridge, type Takes } from '../support/listening-bridge.js';
import { linesOf, logsOf, recordingNames } from '../support/recordings.js';
import { stamp } from '../support/replayed.js';
import { coreSettings } from '../support/settings.js';
import { fc, runs } from '../support/property.js';

const ALIASES = new URL('../fixtures/house-aliases.yaml', import.meta.url).pathname;

const SENSORS: readonly SensorSettings[] = (() => {
  const env = { HEYU2MQTT_ALIASES: ALIASES, HEYU2MQTT_HEYU_TIMEZONE: 'UTC' };
  const loaded = loadConfiguration({ configFile: undefined, env, version: '0', anyZone: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration.core.sensors;
})();

const SETTINGS: CoreSettings = coreSettings({ sensors: SENSORS });

/** 22 November 2026, 12:00:00 UTC. */
const NOON = Date.UTC(2026, 10, 22, 12);

/** A line and the whole second in which it was written, from noon on. */
type Timed = { readonly second: number; readonly text: string };

const house = ({ address }: SensorSettings): string => address.charAt(0);
const hu = ({ address }: SensorSettings): string => `hu ${address.charAt(0)}${address.slice(1).padEnd(2)}`;

const sensor = fc.constantFrom(...SENSORS);
const source = fc.constantFrom('rcvi', 'rcvi', 'rcva', 'snda', 'rcvt', 'sndc');
const standard = fc.constantFrom(
  'On',
  'On',
  'Off',
  'Dim',
  'AllOff',
  'LightsOn',
  'LightsOff',
  'StatusOn',
  'StatusOff',
);
const flags = fc.constantFrom(
  '',
  '',
  'LoBat ',
  'Tamper ',
  'Main swMin ',
  'Aux swMin LoBat ',
  'swAway swMin ',
);
const security = fc.constantFrom(
  ...[
    'Alert',
    'Alert',
    'Clear',
    'Clear',
    'secTamper',
    'sDusk',
    'sDawn',
    'Test',
    'Arm',
    'Disarm',
    'Panic',
    'vData',
  ],
);

const address = fc
  .tuple(source, sensor)
  .map(([tag, one]) => `${tag} addr unit     ${one.address.slice(1).padStart(3)} : ${hu(one)} (x)`);
const func = fc
  .tuple(source, sensor, standard)
  .map(([tag, one, name]) => `${tag} func ${name.padStart(12)} : hc ${house(one)}`);
const pair = fc
  .tuple(source, sensor, fc.constantFrom('On', 'Off'))
  .map(([tag, one, name]) => [
    `${tag} addr unit     ${one.address.slice(1).padStart(3)} : ${hu(one)} (x)`,
    `${tag} func ${name.padStart(12)} : hc ${house(one)}`,
  ]);
const secure = fc
  .tuple(sensor, security, flags)
  .map(([one, name, said]) => `rcva func ${name.padStart(12)} : ${hu(one)} ${said} (x)`);
const inactive = sensor.map((one) => `rcva func     Inactive : ${hu(one)} (x)`);
const message = fc.constantFrom(
  ...[
    'Engine started',
    'Clear tamper flags',
    'Scripts enabled',
    'rcva            RF Flood : Started',
    'hello',
  ],
  ...[
    'rcva func      rfxTemp : hu L9  Temp 25.500C (rfxt)',
    'rcva func     rfxLoBat : hu L9  Low Battery (rfxt)',
  ],
  ...[
    'rcvi func       Preset : level 12',
    'rcva func       RFdata : Type Sec ID 0x22 Data 0x0C',
    'rcvi func  ?',
  ],
);

const gap = fc.constantFrom(0, 0, 0, 1, 1, 2, 5, 6, 60, 61, 299, 300, 301, 1800, 5400, 86_400, 90_000);

const log: fc.Arbitrary<readonly Timed[]> = fc
  .array(
    fc.tuple(
      gap,
      fc.oneof(
        pair,
        pair,
        fc.oneof(address, func, secure, secure, inactive, message).map((text) => [text]),
      ),
    ),
    { maxLength: 60 },
  )
  .map((steps) => {
    let second = 0;
    return steps.flatMap(([seconds, texts]) => {
      second += seconds;
      return texts.map((text) => ({ second, text }));
    });
  });

/** What was said of each sensor, in order: deadlines of several sensors that pass at once have no order. */
const bySensor = (said: readonly string[]): readonly string[] =>
  [...said]
    .map((text, index) => ({ text, index, alias: text.split(/[ /]/, 1)[0] ?? '' }))
    .sort((a, b) => (a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : a.index - b.index))
    .map(({ text }) => text);

/** What a run said, and a check of each step. */
type Run = { readonly said: string[]; readonly output: Takes };

function run(): Run {
  const said: string[] = [];
  const last = new Map<string, string>();
  return {
    said,
    output: {
      channel: (alias, channel, value) => {
        const topic = `${alias}/${channel}`;
        expect(last.get(topic), `${topic} twice`).not.toBe(value);
        last.set(topic, value);
        said.push(`${topic} ${value}`);
      },
      event: (alias, { type, id }) => said.push(`${alias} ${type} ${id}`),
    },
  };
}

const lineAt = ({ second, text }: Timed, index: number, notBefore: number, readAt: number) =>
  ({
    text: `${stamp(second)}  ${text}`,
    generation: 'g',
    offset: index * 100,
    file: 'current',
    notBefore,
    readAt,
  }) as const;

/** Long enough for every deadline but silences. */
const AFTERWARDS_MS = 10 * 60_000;

/** All at once, from an old log: time is the log's own. */
function replayed(lines: readonly Timed[]): readonly string[] {
  const { said, output } = run();
  const bridge = listeningBridge(SETTINGS, undefined, NOON, output);
  lines.forEach((line, index) => {
    const at = NOON + line.second * 1000;
    const written = lineAt(line, index, at, at);
    hear(bridge, written, bridge.core.reader.stamps.read(written.text)?.bodyStart ?? 0, at, at);
  });
  advance(bridge.core, NOON + (lines.at(-1)?.second ?? 0) * 1000 + AFTERWARDS_MS);
  return bySensor(said);
}

/** No motion is shown past the time that its last possible sign gives it. */
function checkMotion(core: Core, lines: readonly Timed[], at: number): void {
  for (const { settings, state } of core.sensors) {
    if (!state.motion.on || state.motion.missed) continue;
    expect(state.motion.until, settings.alias).toBeGreaterThan(at);
    const lastsMs = Math.max(settings.holdMs, settings.minOnMs);
    const from = (at - lastsMs - NOON) / 1000;
    expect(
      lines.some(({ second, text }) => second > from && /Alert|On/.test(text)),
      settings.alias,
    ).toBe(true);
  }
}

/** One by one as they come, with looks at the clock and restarts between. */
function live(
  lines: readonly Timed[],
  delays: readonly number[],
  restarts: readonly boolean[],
): readonly string[] {
  const { said, output } = run();
  let bridge = listeningBridge(SETTINGS, undefined, NOON, output);
  let endSeenAt = NOON;
  const heard: Timed[] = [];
  lines.forEach((line, index) => {
    const at = NOON + line.second * 1000;
    // the service lets a second pass, because stamps are whole seconds
    if (at - 1 > endSeenAt) advance(bridge.core, at - 1);
    checkMotion(bridge.core, heard, Math.max(at - 1, endSeenAt - 1000));
    if (restarts[index % restarts.length] === true) {
      const memory = JSON.parse(JSON.stringify(memoryOf(bridge.core))) as CoreMemory;
      bridge = listeningBridge(SETTINGS, memory, at, output);
    }
    const readAt = Math.max(at + (delays[index % delays.length] ?? 0), endSeenAt);
    hearLine(bridge, lineAt(line, index, endSeenAt, readAt), { at: readAt, mono: readAt });
    endSeenAt = readAt;
    heard.push(line);
  });
  const end = NOON + (lines.at(-1)?.second ?? 0) * 1000 + AFTERWARDS_MS;
  advance(bridge.core, end);
  checkMotion(bridge.core, heard, end);
  return bySensor(said);
}

test('live, restarted and replayed they say the same', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 7 });
  const restarts = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(log, delays, restarts, (lines, late, again) => {
      const expected = replayed(lines);
      expect(live(lines, [0], [false])).toEqual(expected);
      expect(live(lines, late, again)).toEqual(expected);
    }),
    { numRuns: runs(150) },
  );
});

/** A recording as it was written, in whole seconds from its first line. */
function recorded(name: string): readonly Timed[] {
  let first: number | undefined;
  return logsOf(name)
    .flatMap(linesOf)
    .flatMap((line) => {
      const [whole, clock = ''] = /^\d\d\/\d\d (\d\d:\d\d:\d\d) {2}(?=\S)/.exec(line) ?? [];
      if (whole === undefined) return [];
      const at = Date.parse(`2026-11-22T${clock}Z`) / 1000;
      first ??= at;
      return [{ second: at - first, text: line.slice(whole.length) }];
    });
}

/** Short, all in one day, with heyu's default stamps, and without a script that prints old stamps. */
const RECORDINGS = recordingNames().filter(
  (name) => !/^(n_|k_(midnight|newyear|ts_(?!default))|f_sent)/.test(name) && recorded(name).length > 1,
);

test.each(RECORDINGS)('%s, with a restart before each line', (name) => {
  const lines = recorded(name);
  const expected = replayed(lines);
  expect(live(lines, [0], [false])).toEqual(expected);
  expect(live(lines, [300], [true])).toEqual(expected);
  expect(expected.length).toBeGreaterThan(0);
});

const LINES = recordingNames()
  .filter((name) => !name.startsWith('n_'))
  .flatMap((name) => logsOf(name).flatMap(linesOf));

/** A line of a recording in which something was lost, added or glued on. */
const damaged = fc
  .tuple(
    fc.constantFrom(...LINES),
    fc.array(
      fc.tuple(
        fc.nat(120),
        fc.constantFrom('lose', 'add', 'cut', 'glue'),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      {
        maxLength: 3,
      },
    ),
    fc.constantFrom(...LINES),
  )
  .map(([line, damages, other]) =>
    damages.reduce((text, [place, kind, bytes]) => {
      const before = text.slice(0, place);
      if (kind === 'lose') return before + text.slice(place + 1);
      if (kind === 'add') return before + bytes + text.slice(place);
      return kind === 'cut' ? before : before + other;
    }, line),
  );

test('damaged lines are never fatal, and make no state twice', () => {
  fc.assert(
    fc.property(fc.array(damaged, { maxLength: 40 }), (lines) => {
      const { output } = run();
      const begin = Date.UTC(2026, 10, 22, 15, 30);
      const bridge = listeningBridge(SETTINGS, undefined, begin, output);
      lines.forEach((text, index) => {
        const at = begin + index * 500;
        const file = index % 7 === 6 ? 'old' : 'current';
        hearLine(
          bridge,
          { text, generation: 'g', offset: index, file, notBefore: at, readAt: at + 500 },
          { at, mono: at },
        );
      });
      advance(bridge.core, begin + AFTERWARDS_MS);
      const memory = memoryOf(bridge.core);
      expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
    }),
    { numRuns: runs(250) },
  );
});

test('every kind of sensor is in the house', () => {
  const text = readFileSync(ALIASES, 'utf8');
  for (const model of [
    'MS14A',
    'MS10A',
    'MS90',
    'DM10',
    'DS10A',
    'DS90',
    'SD90',
    'GB10',
    'KR10A',
    'StdLM',
    'StdAM',
  ])
    expect(text).toContain(`model: ${model}`);
});
