/**
 * What really happened in the house, told apart from how the bridge finds out: every line is written with what it
 * means, and this adds that up. Stamps are whole seconds, so where two of them decide by less than two seconds
 * nothing is demanded (`isCertain`); the traffic takes care that this is rare.
 */

import { SENSORS, type SoakSensor, type Zone } from './house.js';

/** What a line means for a sensor. `rf` and `line` are the two ways on which the same code may come. */
export type Meaning =
  | { readonly kind: 'sign' | 'off'; readonly sensor: SoakSensor; readonly by: 'rf' | 'line' }
  | {
      readonly kind: 'dusk';
      readonly sensor: SoakSensor;
      readonly isDark: boolean;
      readonly by: 'rf' | 'line';
    }
  | { readonly kind: 'contact'; readonly sensor: SoakSensor; readonly isOpen: boolean }
  | { readonly kind: 'battery'; readonly sensor: SoakSensor; readonly isLow: boolean }
  /** It was heard, and that is all. */
  | { readonly kind: 'heard'; readonly sensor: SoakSensor }
  | { readonly kind: 'lamp'; readonly sensor: SoakSensor; readonly isOn: boolean };

/** Where a line stands: `content` counts the files that heyu has begun. */
export type Place = { readonly content: number; readonly offset: number };

/** A motion (or a door) that began, or a sign of one. Instants are epoch ms, whole seconds. */
export type Sign = Place & {
  readonly sensor: SoakSensor;
  readonly at: number;
  /** The first sign of a motion: there has to be an event for it. */
  readonly isStart: boolean;
  readonly isCertain: boolean;
};

/** How a sensor stands. */
type Standing = {
  isOn: boolean;
  until: number;
  contact: boolean | undefined;
  /** Last RF On and Off, for power-line copies. */
  rf: { on: number; off: number; dark: number; light: number };
};

/** Everything that is true. */
export type Truth = {
  /** A line was written. */
  readonly note: (meaning: Meaning, place: Place, at: number) => void;
  readonly signs: readonly Sign[];
  /** Retained channels of a sensor that were decided by its lines: topic below the base -> payload. */
  readonly states: ReadonlyMap<string, string>;
  /** Last sign of life by alias. */
  readonly heardAt: ReadonlyMap<string, number>;
  /** Until when its last motion lasts, by alias. */
  readonly onUntil: (alias: string) => number;
  /** A zone is armed or disarmed from `from` on; `sure` is when that was acknowledged. */
  readonly zoneIs: (zone: Zone, isArmed: boolean, from: number) => void;
  /** Whether the zone may have been armed at some time within `withinMs` of `at`. */
  readonly mayBeArmed: (zone: Zone, at: number, withinMs: number) => boolean;
};

const UNSURE_MS = 2000;
/** The power-line copy of an RF code comes within two seconds of it. */
const COPY_MS = 2000;

/** Nothing has happened yet. */
export function newTruth(): Truth {
  const signs: Sign[] = [];
  const states = new Map<string, string>();
  const heardAt = new Map<string, number>();
  const zones = new Map<Zone, { isArmed: boolean; from: number }[]>();
  const standings = new Map<string, Standing>(
    SENSORS.map(({ alias }) => [
      alias,
      { isOn: false, until: 0, contact: undefined, rf: { on: 0, off: 0, dark: 0, light: 0 } },
    ]),
  );

  const standingOf = (sensor: SoakSensor): Standing => {
    const standing = standings.get(sensor.alias);
    if (standing === undefined) throw new Error(`no sensor ${sensor.alias}`);
    return standing;
  };

  /** Whether this is the power-line copy of an RF code; remembers RF codes. */
  const isCopy = (standing: Standing, word: keyof Standing['rf'], by: 'rf' | 'line', at: number): boolean => {
    if (by === 'rf') {
      standing.rf[word] = at;
      return false;
    }
    return at - standing.rf[word] <= COPY_MS;
  };

  const sign = (sensor: SoakSensor, place: Place, at: number): void => {
    const standing = standingOf(sensor);
    const isOver = !standing.isOn || at >= standing.until;
    const isCertain = !standing.isOn || Math.abs(at - standing.until) >= UNSURE_MS;
    signs.push({ ...place, sensor, at, isStart: isOver || !isCertain, isCertain });
    standing.isOn = true;
    standing.until = Math.max(isOver ? 0 : standing.until, at + sensor.holdMs);
  };

  const note = (meaning: Meaning, place: Place, at: number): void => {
    const { sensor } = meaning;
    const standing = standingOf(sensor);
    switch (meaning.kind) {
      case 'sign':
        if (isCopy(standing, 'on', meaning.by, at)) return;
        sign(sensor, place, at);
        break;
      case 'off':
        if (isCopy(standing, 'off', meaning.by, at)) return;
        standing.isOn = false;
        break;
      case 'dusk':
        if (isCopy(standing, meaning.isDark ? 'dark' : 'light', meaning.by, at)) return;
        states.set(`${sensor.alias}/light`, meaning.isDark ? 'OFF' : 'ON');
        break;
      case 'contact':
        if (meaning.isOpen && standing.contact !== true) {
          signs.push({ ...place, sensor, at, isStart: true, isCertain: true });
        }
        standing.contact = meaning.isOpen;
        states.set(`${sensor.alias}/contact`, meaning.isOpen ? 'ON' : 'OFF');
        break;
      case 'battery':
        states.set(`${sensor.alias}/battery`, meaning.isLow ? 'ON' : 'OFF');
        break;
      case 'lamp':
        states.set(`${sensor.alias}/state`, meaning.isOn ? 'ON' : 'OFF');
        break;
      case 'heard':
        break;
    }
    heardAt.set(sensor.alias, at);
  };

  return {
    note,
    signs,
    states,
    heardAt,
    onUntil: (alias) => {
      const standing = standings.get(alias);
      return standing?.isOn === true ? standing.until : 0;
    },
    zoneIs: (zone, isArmed, from) => {
      const spans = zones.get(zone) ?? [];
      zones.set(zone, [...spans, { isArmed, from }]);
    },
    mayBeArmed: (zone, at, withinMs) =>
      (zones.get(zone) ?? []).some(
        ({ isArmed, from }, index, spans) =>
          isArmed && from - withinMs <= at && at <= (spans[index + 1]?.from ?? Infinity) + withinMs,
      ),
  };
}
