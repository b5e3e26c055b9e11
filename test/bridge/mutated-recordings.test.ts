/**
 * The recordings again, as another house would have them: other forms of the stamp, other years and zones, other
 * house codes, no aliases in heyu. What comes out must be the same.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Explainer } from '../../src/bridge/explain.js';
import type { Finding } from '../../src/bridge/core.js';
import { loadConfiguration } from '../../src/config/load.js';
import type { StampForm } from '../../src/heyu/stamp.js';
import { readX10Config } from '../../src/heyu/x10config.js';
import type { SensorSettings } from '../../src/sensor/settings.js';
import { addressAt, indexOf, type Address } from '../../src/x10/address.js';
import { linesOf, logsOf, recordingNames, x10configOf } from '../support/recordings.js';
import { coreSettings } from '../support/settings.js';

const ALIASES = new URL('../fixtures/house-aliases.yaml', import.meta.url).pathname;

const SENSORS: readonly SensorSettings[] = (() => {
  const env = { HEYU2MQTT_ALIASES: ALIASES, HEYU2MQTT_HEYU_TIMEZONE: 'UTC' };
  const loaded = loadConfiguration({ configFile: undefined, env, version: '0', anyZone: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration.core.sensors;
})();

/** Two bursts of thousands of lines take long and say little. */
const NAMES = recordingNames().filter((name) => !name.startsWith('n_'));

const orderOf = (name: string): StampForm['order'] => {
  const path = x10configOf(name);
  return path === undefined ? 'YMD' : readX10Config(readFileSync(path, 'utf8')).dateFormat.order;
};

type Scene = {
  readonly stamp: StampForm;
  readonly year: number;
  readonly sensors: readonly SensorSettings[];
};

/** What comes out, without the ids (they hold offsets) and the words for people. */
function outcome(lines: readonly string[], { stamp, year, sensors }: Scene): unknown[] {
  const found: Finding[] = [];
  const settings = coreSettings({ sensors, stamp });
  const explainer = new Explainer(settings, { year, armed: [], disarmed: [] }, ({ finding }) =>
    found.push(finding),
  );
  lines.forEach((line, index) => explainer.line(line, 'log', index + 1, index));
  explainer.end();
  return found.map((finding) => {
    if (finding.kind !== 'publish' || finding.retain) return finding;
    return { ...finding, payload: finding.payload.replace(/"id":"[^"]*"/, '') };
  });
}

const written = new Map<string, readonly string[]>();
/** All lines of a recording, in order. */
function recording(name: string): readonly string[] {
  const known = written.get(name) ?? logsOf(name).flatMap(linesOf);
  written.set(name, known);
  return known;
}

const STAMP =
  /^(?:(\d{10})\.(\d{3})|(?:(\d{4})[/.-])?(\d\d)[/.-](\d\d)(?:[/.-](\d{4}))? (\d\d:\d\d:\d\d)) (?:\d )? {0,2}(?=\S)/;

type Written = { readonly month: string; readonly day: string; readonly year: number; readonly time: string };

/** Rewrites the stamps of a recording; what has none stays. Unix stamps lose their fraction first. */
function restamped(name: string, write: (stamp: Written) => string): string[] {
  const order = orderOf(name);
  // recordings without a year begin in 2026, but for the one at New Year
  let year = name === 'k_newyear' ? 2025 : 2026;
  let before = '';
  return recording(name).map((line) => {
    const match = STAMP.exec(line);
    if (match === null) return line;
    const [whole, unix, , , first = '', second = '', , clock = ''] = match;
    let month = order === 'DMY' ? second : first;
    let day = order === 'DMY' ? first : second;
    let time = clock;
    if (unix !== undefined) {
      const iso = new Date(Number(unix) * 1000).toISOString();
      [month, day, time] = [iso.slice(5, 7), iso.slice(8, 10), iso.slice(11, 19)];
    }
    if (before === '12' && month === '01') year += 1;
    before = month;
    return write({ month, day, year, time }) + line.slice(whole.length);
  });
}

const utc = (order: StampForm['order'], year: number): Scene => ({
  stamp: { order, timeZone: 'UTC' },
  year,
  sensors: SENSORS,
});

const yearOf = (name: string): number => (name === 'k_newyear' ? 2025 : 2026);

/** heyu's default form, from which all others are made. */
const plain = (name: string): string[] =>
  restamped(name, ({ month, day, time }) => `${month}/${day} ${time}  `);

const expected = new Map<string, unknown[]>();
const base = (name: string): unknown[] => {
  const known = expected.get(name) ?? outcome(plain(name), utc('YMD', yearOf(name)));
  expected.set(name, known);
  return known;
};

const FORMS: readonly (readonly [string, StampForm['order'], (stamp: Written) => string])[] = [
  ['YMD - with the year', 'YMD', ({ month, day, year, time }) => `${year}-${month}-${day} ${time}  `],
  ['YMD .', 'YMD', ({ month, day, time }) => `${month}.${day} ${time}  `],
  ['DMY /', 'DMY', ({ month, day, time }) => `${day}/${month} ${time}  `],
  ['DMY . with the year', 'DMY', ({ month, day, year, time }) => `${day}.${month}.${year} ${time}  `],
  ['DMY - in a common log', 'DMY', ({ month, day, time }) => `${day}-${month} ${time}   `],
  ['MDY / with the year', 'MDY', ({ month, day, year, time }) => `${month}/${day}/${year} ${time}  `],
  ['MDY - of a sub-directory', 'MDY', ({ month, day, time }) => `${month}-${day} ${time} 3 `],
  [
    'Unix time',
    'YMD',
    ({ month, day, year, time }) => `${Date.parse(`${year}-${month}-${day}T${time}Z`) / 1000}.000  `,
  ],
];

describe.each(FORMS)('%s', (_, order, write) => {
  test.each(NAMES)('%s', (name) => {
    expect(outcome(restamped(name, write), utc(order, yearOf(name)))).toEqual(base(name));
  });
});

/** Instants of one year and zone as if they were those of another. */
const shifted = (found: unknown[], from: number, to: number): unknown =>
  JSON.parse(
    JSON.stringify(found, (key, value: unknown) => {
      if (key === 'changedAt' || key === 'signalAt') return undefined;
      return typeof value === 'string'
        ? value
            .replaceAll(`${from}-`, `${to}-`)
            .replaceAll(`${from + 1}-`, `${to + 1}-`)
            .replace(/"raised":\d+/g, '')
        : value;
    }),
  );

describe.each([1999, 2027, 2028, 2040])('the year %i', (year) => {
  test.each(NAMES)('%s', (name) => {
    const there = year + yearOf(name) - 2026;
    const found = outcome(plain(name), utc('YMD', there));
    expect(shifted(found, there, yearOf(name))).toEqual(shifted(base(name), yearOf(name), yearOf(name)));
  });
});

test.each(NAMES)('%s in another time zone', (name) => {
  const zone = 'America/St_Johns';
  const there = { stamp: { order: 'YMD', timeZone: zone }, year: yearOf(name), sensors: SENSORS } as const;
  const strip = (found: unknown[]): unknown =>
    JSON.parse(
      JSON.stringify(found, (key, value: unknown) => {
        if (key === 'changedAt' || key === 'signalAt') return undefined;
        if (typeof value !== 'string') return value;
        const local = value.replace(/(T\d\d:\d\d:\d\d)[+-]\d\d:\d\d/g, '$1');
        // alerts tell their instant in UTC, and when they were raised
        return local.replace(/T[\d:]+\.\d{3}Z/g, 'T').replace(/"raised":\d+/g, '');
      }),
    );
  expect(strip(outcome(plain(name), there))).toEqual(strip(base(name)));
});

/** House code A becomes C, B becomes D ...: a house with other codes. */
const SHIFT = 2;
const moved = (house: string): string => String.fromCharCode(65 + ((house.charCodeAt(0) - 65 + SHIFT) & 15));
const movedAddress = (address: Address): Address => addressAt((indexOf(address) + SHIFT * 16) & 255);

/** In m_noise the byte 0xFF comes eight times: as J10, and as nothing else, it is no X10 (heyu/selection). */
const MOVABLE = NAMES.filter((name) => name !== 'm_noise');

test.each(MOVABLE)('%s with other house codes', (name) => {
  const lines = plain(name).map((line) =>
    /^\S+ \S+ {2}(?:rcv|snd|syst)/.test(line)
      ? line.replace(/ : (hu|hc) ([A-P])/, (_, kind: string, house: string) => ` : ${kind} ${moved(house)}`)
      : line,
  );
  const sensors = SENSORS.map((sensor) => ({
    ...sensor,
    address: movedAddress(sensor.address),
    dusk: sensor.dusk === undefined ? undefined : movedAddress(sensor.dusk),
  }));
  const found = outcome(lines, { ...utc('YMD', yearOf(name)), sensors });
  const back = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, part: unknown) => {
        if (key === 'address' && typeof part === 'string') return movedAddress(part as Address);
        if (key === 'house' && typeof part === 'string') return moved(part);
        if (key === 'payload' && typeof part === 'string')
          return part.replace(
            /"(address|unit)":"([A-P]\d+)"/g,
            (_, what: string, address: string) => `"${what}":"${movedAddress(address as Address)}"`,
          );
        // text for people, which quotes the line
        return key === 'text' ? undefined : part;
      }),
    );
  const quoteless = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'text' ? undefined : part)));
  expect(quoteless(found)).toEqual(back(base(name)));
});

test.each(NAMES)('%s without aliases in heyu', (name) => {
  const lines = plain(name).map((line) =>
    /^\S+ \S+ {2}(?:rcv|snd|syst).* : hu /.test(line)
      ? line.replace(/\([A-Za-z0-9._-]+\)(?=[^()]*$)/, '(_no_alias_)')
      : line,
  );
  const nameless = (found: unknown[]): unknown[] =>
    found.map((finding) => ({ ...(finding as Finding), alias: undefined }));
  expect(nameless(outcome(lines, utc('YMD', yearOf(name))))).toEqual(nameless(base(name)));
});
