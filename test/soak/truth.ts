/**
 * What really happened in the house, told apart from how the bridge finds out: every line is written with what it
 * means, and this adds that up. Stamps are whole seconds, so where two of them decide by less than two seconds
 * nothing is demanded (`isCertain`); the traffic takes care that this is rare.
 */

import { OWNED_SENSORS, SENSORS, type SoakSensor, type Zone } from './sensors.js';

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
type Place = { readonly content: number; readonly offset: number };

/** A motion (or a door) that began, or a sign of one. Instants are epoch ms, whole seconds. */
export type Sign = Place & {
  readonly sensor: SoakSensor;
  readonly at: number;
  /** The first sign of a motion: there has to be an event for it. */
  readonly isStart: boolean;
  readonly isCertain: boolean;
  /** The power-line copy of another sign, or a door that was open already: says nothing to who remembers that. */
  readonly isEcho: boolean;
  /** When the motion began of which it is a sign. */
  readonly motionAt: number;
};

/** A retained value, when it was decided, and when a line said so last, epoch ms. */
type Decided = { readonly payload: string; readonly at: number; readonly saidAt: number };

/** From when on a zone was armed or not, and when the broker knew of it; the last span has no end. */
type Span = { readonly isArmed: boolean; readonly from: number; readonly knownAt: number };

/** How a sensor stands. */
type Standing = {
  isOn: boolean;
  until: number;
  startedAt: number;
  signAt: number;
  contact: boolean | undefined;
  openedAt: number;
  /** Last RF On and Off, for power-line copies. */
  rf: { on: number; off: number; dark: number; light: number };
};

/** Everything that is true. */
export type Truth = {
  /** A line was written. */
  readonly note: (meaning: Meaning, place: Place, at: number) => void;
  readonly signs: readonly Sign[];
  /** Retained channels of a sensor that were decided by its lines: topic below the base -> payload. */
  readonly states: ReadonlyMap<string, Decided>;
  /** Last sign of life by alias. */
  readonly heardAt: ReadonlyMap<string, number>;
  /** Until when its last motion lasts, and when its last sign came, by alias. */
  readonly motionOf: (alias: string) => { readonly until: number; readonly signAt: number };
  /** A zone is armed or disarmed from `from` on. */
  readonly zoneIs: (zone: Zone, isArmed: boolean, from: number) => void;
  /** The broker has been told how the zone is. */
  readonly zoneIsKnown: (zone: Zone, at: number) => void;
  /** Whether the zone may have been armed at some time within `withinMs` of `at`. */
  readonly mayBeArmed: (zone: Zone, at: number, withinMs: number) => boolean;
  /** Whether the zone was armed all the time between two instants, and the broker told so before. */
  readonly isArmedThroughout: (zone: Zone, from: number, to: number) => boolean;
  /** Since when the broker knew that the zone is armed at this instant; Infinity = it did not. */
  readonly armedSince: (zone: Zone, at: number) => number;
  readonly isArmed: (zone: Zone) => boolean;
};

const UNSURE_MS = 2000;
/** The power-line copy of an RF code comes within two seconds of it. */
const COPY_MS = 2000;

/** Nothing has happened yet. */
export function newTruth(): Truth {
  const signs: Sign[] = [];
  const states = new Map<string, Decided>();
  const heardAt = new Map<string, number>();
  const zones = new Map<Zone, readonly Span[]>();
  const standings = new Map<string, Standing>(
    [...SENSORS, ...OWNED_SENSORS].map(({ alias }) => [
      alias,
      {
        isOn: false,
        until: 0,
        startedAt: 0,
        signAt: 0,
        contact: undefined,
        openedAt: 0,
        rf: { on: 0, off: 0, dark: 0, light: 0 },
      },
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
    if (isOver) standing.startedAt = at;
    const motionAt = standing.startedAt;
    signs.push({ ...place, sensor, at, isStart: isOver || !isCertain, isCertain, isEcho: false, motionAt });
    standing.isOn = true;
    standing.signAt = at;
    standing.until = Math.max(isOver ? 0 : standing.until, at + sensor.holdMs);
  };

  const echo = (sensor: SoakSensor, place: Place, at: number, motionAt: number): void => {
    signs.push({ ...place, sensor, at, isStart: false, isCertain: true, isEcho: true, motionAt });
  };

  const decide = (topic: string, payload: string, at: number): void => {
    states.set(topic, { payload, at, saidAt: at });
  };

  const battery = (sensor: SoakSensor, isLow: boolean, at: number): void => {
    const topic = `${sensor.alias}/battery`;
    const before = states.get(topic);
    // a DM10 is not known to report a low battery: only after it has does a line without say anything
    const isKnown = isLow || sensor.model !== 'DM10';
    if (isKnown) decide(topic, isLow ? 'ON' : 'OFF', at);
    else if (before !== undefined) states.set(topic, { payload: 'OFF', at: before.at, saidAt: at });
  };

  const note = (meaning: Meaning, place: Place, at: number): void => {
    const { sensor } = meaning;
    const standing = standingOf(sensor);
    switch (meaning.kind) {
      case 'sign':
        if (isCopy(standing, 'on', meaning.by, at)) {
          echo(sensor, place, at, standing.startedAt);
          return;
        }
        sign(sensor, place, at);
        break;
      case 'off':
        if (isCopy(standing, 'off', meaning.by, at)) return;
        standing.isOn = false;
        break;
      case 'dusk':
        if (isCopy(standing, meaning.isDark ? 'dark' : 'light', meaning.by, at)) return;
        decide(`${sensor.alias}/light`, meaning.isDark ? 'OFF' : 'ON', at);
        break;
      case 'contact':
        if (meaning.isOpen && standing.contact === true) echo(sensor, place, at, standing.openedAt);
        else if (meaning.isOpen) {
          standing.openedAt = at;
          const certain = { isStart: true, isCertain: true, isEcho: false, motionAt: at };
          signs.push({ ...place, sensor, at, ...certain });
        }
        standing.contact = meaning.isOpen;
        decide(`${sensor.alias}/contact`, meaning.isOpen ? 'ON' : 'OFF', at);
        break;
      case 'battery':
        battery(sensor, meaning.isLow, at);
        break;
      case 'lamp':
        decide(`${sensor.alias}/state`, meaning.isOn ? 'ON' : 'OFF', at);
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
    motionOf: (alias) => {
      const standing = standings.get(alias);
      return { until: standing?.isOn === true ? standing.until : 0, signAt: standing?.signAt ?? 0 };
    },
    zoneIs: (zone, isArmed, from) => {
      zones.set(zone, [...(zones.get(zone) ?? []), { isArmed, from, knownAt: Infinity }]);
    },
    zoneIsKnown: (zone, at) => {
      const spans = zones.get(zone) ?? [];
      const last = spans.at(-1);
      if (last !== undefined && last.knownAt > at)
        zones.set(zone, [...spans.slice(0, -1), { ...last, knownAt: at }]);
    },
    mayBeArmed: (zone, at, withinMs) =>
      (zones.get(zone) ?? []).some(
        ({ isArmed, from }, index, spans) =>
          isArmed && from - withinMs <= at && at <= (spans[index + 1]?.from ?? Infinity) + withinMs,
      ),
    isArmedThroughout: (zone, from, to) => {
      const spans = zones.get(zone) ?? [];
      const first = spans.findLastIndex((span) => span.knownAt <= from);
      return first >= 0 && spans.slice(first).every((span) => span.isArmed || span.from > to);
    },
    armedSince: (zone, at) => {
      const span = (zones.get(zone) ?? []).findLast(({ knownAt }) => knownAt <= at);
      return span?.isArmed === true ? span.knownAt : Infinity;
    },
    isArmed: (zone) => zones.get(zone)?.at(-1)?.isArmed === true,
  };
}
