/**
 * A log as a house writes it in some weeks: people who walk from the hall to the kitchen, copies over the power line, lost
 * Offs, dusk, heartbeats and a battery that gets weak, a neighbour's remote. What happens is drawn from a seed.
 */

import type { SensorSettings } from '../../src/sensor/settings.js';
import { sensorSettings } from '../support/settings.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The sensors of the house. */
export const HOUSE: readonly SensorSettings[] = [
  sensorSettings('A1', 'MS14A', { alias: 'hall', name: 'Hall', zone: 'ground', dusk: 'A2' }),
  sensorSettings('A3', 'MS14A', { alias: 'kitchen', name: 'Kitchen', zone: 'ground' }),
  sensorSettings('C1', 'MS10A', { alias: 'cellar', name: 'Cellar', zone: 'ground' }),
  sensorSettings('C2', 'DS10A', { alias: 'front_door', name: 'Front door', type: 'door', zone: 'ground' }),
  sensorSettings('A9', 'MS14A', { alias: 'attic', name: 'Attic' }),
];

/** The first instant of the log: 1 September 2026, 00:00 UTC. */
export const BEGIN = Date.UTC(2026, 8, 1);

type Entry = readonly [at: number, text: string];

/** Numbers from 0 to 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const standard = (at: number, source: string, unit: string, name: string): Entry[] => {
  const [house, number] = [unit.slice(0, 1), unit.slice(1)];
  return [
    [at, `${source} addr unit     ${number.padStart(3)} : hu ${house}${number.padEnd(2)} (_no_alias_)`],
    [at, `${source} func ${name.padStart(12)} : hc ${house}`],
  ];
};

const security = (at: number, unit: string, name: string, flags = ''): Entry[] => [
  [at, `rcva func ${name.padStart(12)} : hu ${unit}  ${flags} (_no_alias_)`],
];

/** By radio, and a second later over the power line; now and then only one of them. */
function heard(at: number, unit: string, name: string, chance: number): Entry[] {
  if (chance < 0.1) return standard(at + SECOND, 'rcvi', unit, name);
  const radio = standard(at, 'rcva', unit, name);
  return chance < 0.15 ? radio : [...radio, ...standard(at + SECOND, 'rcvi', unit, name)];
}

/** What one day brings. */
function dayOf(begin: number, day: number, of: () => number): Entry[] {
  const entries: Entry[] = [];
  const stay = (unit: string, from: number, signs: number, offLost: number): void => {
    let at = from;
    for (let sign = 0; sign < signs; sign += 1) {
      entries.push(...heard(at, unit, 'On', of()));
      at += (of() < 0.85 ? 10 : 20 + Math.floor(of() * 20)) * SECOND;
    }
    if (of() >= offLost) entries.push(...heard(at + MINUTE, unit, 'Off', of()));
  };
  for (let hour = 6; hour < 23; hour += 1) {
    if (of() < 0.3) continue;
    const at = begin + hour * HOUR + Math.floor(of() * 1500) * SECOND;
    stay('A1', at, 1 + Math.floor(of() * 4), 0.05);
    if (of() < 0.7) stay('A3', at + (4 + Math.floor(of() * 8)) * SECOND, 3 + Math.floor(of() * 20), 0.4);
  }
  // the cellar: Alert and Clear in turns, with pauses of up to two minutes
  for (let visit = 0; visit < 3; visit += 1) {
    let at = begin + (9 + 5 * visit) * HOUR + Math.floor(of() * 3000) * SECOND;
    for (let sign = 0; sign < 6; sign += 1) {
      entries.push(...security(at, 'C1', 'Alert'), ...security(at + 5 * SECOND, 'C1', 'Clear'));
      at += (of() < 0.6 ? 12 : 70 + Math.floor(of() * 40)) * SECOND;
    }
  }
  for (let beat = 0; beat < 16; beat += 1)
    entries.push(...security(begin + beat * 90 * MINUTE + 17 * SECOND, 'C1', 'Clear'));
  const lost = Math.max(0, (day - 20) / 60);
  for (let beat = 0; beat < 24; beat += 1)
    if (of() >= lost)
      entries.push(
        ...security(begin + beat * HOUR + 41 * SECOND, 'C2', 'Clear', day > 35 ? 'swMax LoBat' : 'swMax'),
      );
  // near the sun of Berlin in autumn
  const dawn = begin + Math.round(4.4 * 60 + 1.7 * day) * MINUTE;
  const dusk = begin + Math.round(17.9 * 60 - 2.25 * day) * MINUTE;
  entries.push(
    ...standard(dawn + Math.floor(of() * 20) * MINUTE, 'rcva', 'A2', 'Off'),
    ...standard(dusk + Math.floor(of() * 20) * MINUTE, 'rcva', 'A2', 'On'),
    ...standard(begin + 21 * HOUR + Math.floor(of() * 60) * MINUTE, 'rcvi', 'G7', of() < 0.5 ? 'On' : 'Off'),
  );
  // the attic was heard for three weeks; it moves at night, alone
  if (day < 21)
    for (const hour of [2, 3, 4]) stay('A9', begin + hour * HOUR + Math.floor(of() * 1800) * SECOND, 1, 0);
  return entries;
}

/** The lines of so many days. */
export function houseLog(days: number, seed = 1): readonly string[] {
  const of = random(seed);
  const entries: Entry[] = [[BEGIN, 'Engine started']];
  for (let day = 0; day < days; day += 1) {
    // heyu stood still for two days and a half
    const begin = BEGIN + day * DAY;
    const today = dayOf(begin, day, of);
    if (day !== 10 && day !== 11 && day !== 12) entries.push(...today);
  }
  // two lines of one signal stay together
  return entries
    .map((entry, index) => [entry, index] as const)
    .sort(([one, first], [other, second]) => one[0] - other[0] || first - second)
    .map(
      ([[at, text]]) =>
        `${new Date(at).toISOString().slice(5, 19).replace('-', '/').replace('T', ' ')}  ${text}`,
    );
}
