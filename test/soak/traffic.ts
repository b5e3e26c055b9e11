/**
 * A random day in the house, squeezed into some minutes: what heyu will write and when, with what it means. Made
 * of stories, one sensor each; between two stories of a sensor there is so much time that nobody can argue about
 * where one motion ends and the next begins.
 */

import { SENSORS, type SoakSensor, type Zone } from './sensors.js';
import type { HeyuLine, Naming, Rotation } from './heyu.js';
import type { Random } from './random.js';
import type { Meaning } from './truth.js';

/** Something to be done at `at` ms after the beginning. */
export type Scheduled = { readonly at: number } & (
  | { readonly kind: 'message'; readonly lines: readonly HeyuLine[]; readonly splitMs: number }
  | { readonly kind: 'late'; readonly text: string }
  | { readonly kind: 'rotation'; readonly rotation: Rotation }
  | { readonly kind: 'pack'; readonly but: number }
  | { readonly kind: 'zone'; readonly zone: Zone; readonly isArmed: boolean }
  /** Nobody is in the middle of something: heyu may be silent for long from here on. */
  | { readonly kind: 'pause' }
);

/** How wild it gets. */
export type TrafficOptions = {
  readonly lengthMs: number;
  readonly naming: Naming;
  /** Milliseconds between two rotations, on average. */
  readonly rotationEveryMs: number;
  readonly mayDelete: boolean;
  /** Milliseconds between two pauses at least; none unless it is said. */
  readonly pauseEveryMs?: number;
};

type Source = 'rcvi' | 'rcva' | 'snda' | 'sndc';
type Span = { readonly from: number; readonly to: number };

/** Between the address and the function, ms (GRAMMAR.md, "Timing"). */
const LINE_GAP = { rcvi: 400, rcva: 3, snda: 3, sndc: 5 } as const;
/** An address without a function is forgotten after 4 s. */
const LOST_FUNCTION_MS = 7000;
const REST_MS = 3000;

/** Everything that is going to happen, in order of time. */
export function planTraffic(random: Random, options: TrafficOptions): readonly Scheduled[] {
  const plan: Scheduled[] = [];
  const taken = new Map<string, Span[]>();

  /** The first time from `from` on at which this source leaves the house code alone for `lengthMs`. */
  const reserve = (source: Source, house: string, from: number, lengthMs: number): number => {
    const key = `${source} ${house}`;
    const spans = taken.get(key) ?? [];
    let at = from;
    for (let moved = true; moved;) {
      moved = false;
      for (const span of spans) {
        if (at >= span.to + 20 || at + lengthMs + 20 <= span.from) continue;
        at = span.to + 20;
        moved = true;
      }
    }
    taken.set(key, [...spans, { from: at, to: at + lengthMs }]);
    return at;
  };

  const message = (at: number, ...lines: HeyuLine[]): void => {
    const splitMs = random.chance(0.04) ? random.whole(2, 250) : 0;
    plan.push({ at, kind: 'message', lines, splitMs });
  };

  /**
   * An address line and a function line, 0.4 s or some ms apart, or both in one write; not at all when the wire is
   * not free before `latest`. Answers when the function comes.
   */
  const pair = (
    source: Source,
    house: string,
    units: readonly number[],
    name: string,
    from: number,
    meanings: readonly Meaning[],
    latest = Infinity,
  ): number => {
    const gap = random.chance(0.4) ? random.pick([0, 1, 3]) : LINE_GAP[source];
    const at = reserve(source, house, from, gap * units.length);
    if (at > latest) return from;
    const addresses = units.map((unit) => line(addressText(source, house, unit)));
    const func = line(functionText(source, house, name), meanings);
    if (gap === 0) message(at, ...addresses, func);
    else {
      addresses.forEach((address, index) => message(at + index * gap, address));
      message(at + addresses.length * gap, func);
    }
    return at + gap * units.length;
  };

  /** A code of standard X10 on one of its ways: the power line, or RF with or without its power-line copy. */
  const code = (
    sensor: SoakSensor,
    unit: number,
    name: 'On' | 'Off',
    from: number,
    meaning: (by: 'rf' | 'line') => Meaning,
    way: Source,
  ): number => {
    const { house } = sensor;
    if (way === 'rcvi') return pair('rcvi', house, [unit], name, from, [meaning('line')]);
    const at = pair(way, house, [unit], name, from, [meaning('rf')]);
    if (random.chance(0.7)) {
      const copyAt = at + random.between(300, 700);
      pair('rcvi', house, [unit], name, copyAt, [meaning('line')], at + 1200);
    }
    return at;
  };

  const way = (): Source => random.pick(['rcvi', 'rcvi', 'snda', 'snda', 'rcva'] as const);

  /** Motion of a standard sensor; answers when it is over. */
  const motionStory = (sensor: SoakSensor, from: number): number => {
    const by = way();
    const sign = (path: 'rf' | 'line'): Meaning => ({ kind: 'sign', sensor, by: path });
    const off = (path: 'rf' | 'line'): Meaning => ({ kind: 'off', sensor, by: path });
    let last = code(sensor, sensor.unit, 'On', from, sign, by);
    if (sensor.holdMs > 60_000) return last + 5000;
    const ending = random.next();
    if (ending < 0.15) {
      // a key held down, or a sensor that stutters
      for (let i = 0; i < random.whole(1, 4); i += 1) {
        last = pair('rcvi', sensor.house, [sensor.unit], 'On', last + 30, [sign('line')]);
      }
    } else if (ending < 0.5) {
      for (let i = 0; i < random.whole(1, 3); i += 1) {
        last = code(sensor, sensor.unit, 'On', last + random.between(1200, 2200), sign, by);
      }
    } else if (ending < 0.6 && by === 'rcvi') {
      // the selection survives its function: an Off without an address
      const at = reserve('rcvi', sensor.house, last + 2200, 5);
      const isFree =
        at < last + 2600 && reserve('rcvi', sensor.house, last + 25, at - last - 50) === last + 25;
      if (isFree) message(at, line(functionText('rcvi', sensor.house, 'Off'), [off('line')]));
      return last + sensor.holdMs;
    }
    if (random.chance(0.5)) {
      const over = code(sensor, sensor.unit, 'Off', last + 2300, off, by);
      // somebody comes back within what would have been the hold time: another motion
      if (random.chance(0.3)) last = code(sensor, sensor.unit, 'On', over + 2600, sign, by);
    }
    return last + sensor.holdMs + 1000;
  };

  const alert = (
    sensor: SoakSensor,
    at: number,
    name: 'Alert' | 'Clear',
    isLow: boolean,
    meanings: Meaning[],
  ): void => {
    const flags = sensor.model === 'DS10A' ? (sensor.unit % 2 === 0 ? 'swMin ' : 'swMax ') : '';
    message(
      at,
      line(securityText(sensor, name, `${flags}${isLow ? 'LoBat ' : ''}`), [
        ...meanings,
        { kind: 'battery', sensor, isLow },
      ]),
    );
  };

  const securityStory = (sensor: SoakSensor, from: number): number => {
    const isLow = random.chance(0.1);
    const sign: Meaning = { kind: 'sign', sensor, by: 'line' };
    let last = from;
    alert(sensor, last, 'Alert', isLow, [sign]);
    if (sensor.model === 'MS10A') {
      // Alert and Clear take turns while someone moves: Clear is not the end
      for (let i = 0; i < random.whole(0, 2); i += 1) {
        alert(sensor, last + random.between(1000, 1500), 'Clear', isLow, [{ kind: 'heard', sensor }]);
        last += random.between(2500, 3500);
        alert(sensor, last, 'Alert', isLow, [sign]);
      }
      alert(sensor, last + random.between(1000, 4000), 'Clear', isLow, [{ kind: 'heard', sensor }]);
    } else if (random.chance(0.4)) {
      last += random.between(1500, 2500);
      alert(sensor, last, 'Alert', isLow, [sign]);
    }
    return last + sensor.holdMs + 1000;
  };

  const doorStory = (sensor: SoakSensor, from: number): number => {
    const isLow = random.chance(0.1);
    let at = from;
    for (let i = 0; i < random.whole(1, 4); i += 1) {
      const isOpen = random.chance(0.5);
      alert(sensor, at, isOpen ? 'Alert' : 'Clear', isLow, [{ kind: 'contact', sensor, isOpen }]);
      at += random.between(300, 2500);
    }
    return at;
  };

  const lampStory = (sensor: SoakSensor, from: number): number => {
    const isOn = random.chance(0.5);
    const by = random.pick(['sndc', 'rcvi'] as const);
    return pair(by, sensor.house, [sensor.unit], isOn ? 'On' : 'Off', from, [{ kind: 'lamp', sensor, isOn }]);
  };

  /** Things that say nothing about motion although they look like it. */
  const quietStory = (sensor: SoakSensor, from: number): number => {
    const { house, unit } = sensor;
    switch (random.whole(0, 2)) {
      case 0: {
        const isDark = random.chance(0.5);
        const dusk = (by: 'rf' | 'line'): Meaning => ({ kind: 'dusk', sensor, isDark, by });
        // nothing else of this sensor within the time of a power-line copy
        return code(sensor, unit + 1, isDark ? 'On' : 'Off', from, dusk, way()) + 2000;
      }
      case 1:
        // heyu's own command
        return pair('sndc', house, [unit], random.pick(['On', 'Off']), from, []);
      default: {
        // the function is lost: whoever comes next on this house code must not be mistaken for it
        const at = reserve('rcvi', house, from, LOST_FUNCTION_MS);
        message(at, line(addressText('rcvi', house, unit)));
        return at + LOST_FUNCTION_MS;
      }
    }
  };

  const story = (sensor: SoakSensor, from: number): number => {
    switch (sensor.model) {
      case 'MS14A':
        return random.chance(0.75) ? motionStory(sensor, from) : quietStory(sensor, from);
      case 'MS10A':
        return securityStory(sensor, from);
      case 'DM10': {
        if (random.chance(0.7)) return securityStory(sensor, from);
        const isDark = random.chance(0.5);
        const dusk: Meaning = { kind: 'dusk', sensor, isDark, by: 'line' };
        message(
          from,
          line(securityText(sensor, isDark ? 'sDusk' : 'sDawn', ''), [
            dusk,
            { kind: 'battery', sensor, isLow: false },
          ]),
        );
        // a power-line copy it is not: stamps of the same second must not look like one
        return from + 3000;
      }
      case 'DS10A':
        return doorStory(sensor, from);
      case 'LM465':
        return lampStory(sensor, from);
    }
  };

  /** Two sensors of a house code that are addressed together. */
  const together = (one: SoakSensor, other: SoakSensor, from: number): number => {
    const meanings = [one, other].map((sensor): Meaning => ({ kind: 'sign', sensor, by: 'line' }));
    return (
      pair('rcvi', one.house, [one.unit, other.unit], 'On', from, meanings) +
      Math.max(one.holdMs, other.holdMs) +
      1000
    );
  };

  const free = new Map(SENSORS.map((sensor) => [sensor, random.between(500, 8000)]));
  for (;;) {
    const [sensor, at] = [...free].reduce((one, other) => (one[1] <= other[1] ? one : other));
    if (at >= options.lengthMs) break;
    const rest = (): number => REST_MS + random.between(0, 6000);
    const neighbour = SENSORS.find(
      (other) =>
        other !== sensor && other.house === sensor.house && (free.get(other) ?? Infinity) < at + 1000,
    );
    if (sensor.model === 'MS14A' && neighbour !== undefined && random.chance(0.1)) {
      const end = together(sensor, neighbour, at + 1000);
      free.set(sensor, end + rest());
      free.set(neighbour, end + rest());
    } else {
      free.set(sensor, story(sensor, at) + rest());
    }
  }

  engineStarts(random, options, plan, taken);
  noise(random, options, plan);
  rotations(random, options, plan, taken);
  zones(random, options, plan);
  pauses(random, options, plan, taken);
  return plan.sort((one, other) => one.at - other.at);
}

/** The engine is started again where nobody is in the middle of something; whatever was addressed is forgotten. */
function engineStarts(
  random: Random,
  { lengthMs }: TrafficOptions,
  plan: Scheduled[],
  taken: ReadonlyMap<string, readonly Span[]>,
): void {
  const spans = [...taken.values()].flat();
  for (let at = random.between(5000, 15_000); at < lengthMs; at += random.between(4000, 15_000)) {
    if (spans.some((span) => at > span.from - 100 && at < span.to + 100)) continue;
    const house = random.pick(['A', 'B', 'C', 'D', 'E']);
    const orphan = line(functionText('rcvi', house, 'On'));
    plan.push({ at, kind: 'message', lines: [line('Engine started'), orphan], splitMs: 0 });
  }
}

/** Instants at which every message is complete. */
function pauses(
  random: Random,
  { lengthMs, pauseEveryMs = Infinity }: TrafficOptions,
  plan: Scheduled[],
  taken: ReadonlyMap<string, readonly Span[]>,
): void {
  const spans = [...taken.values()].flat();
  for (let at = random.between(0.5, 1.5) * pauseEveryMs; at < lengthMs; at += 50) {
    if (spans.some(({ from, to }) => at >= from - 50 && at <= to + 50)) continue;
    plan.push({ at, kind: 'pause' });
    at += random.between(0.5, 1.5) * pauseEveryMs;
  }
}

const NOISE: readonly HeyuLine[] = [
  line("Launching 'hall_on': /usr/local/bin/notify hall"),
  line('rcva func      RFnoise : Data (hex) 01 02 03 04'),
  line('rcva func       RFdata : Type Sec ID 0x22 Data 0x0C'),
  line('rcva func       RFdata : Type Ent ID 0x16 Data 0x20'),
  line('Poll received unknown value (1 bytes), leading byte = 73'),
  line('rcva            RF Flood : Started'),
  line('rcva            RF Flood : Ended'),
  line('rcvi func           On : hc P'),
  line('rcvi addr unit       9 : hu P9  (neighbour)'),
  line('rcvi func       AllOff : hc O'),
  line('Trigger executed macro : _unknown_, address 0x3f8'),
  line(`Launching 'long': ${'x'.repeat(3000)}`),
  line(Buffer.from([0xff, 0xfe, 0x80, 0x20, 0xc3, 0x28, 0x41])),
  line(Buffer.from('a\0b\0\0c')),
  { text: 'rcvi func           On : hc A', hasStamp: false, meanings: [] },
  { text: '/bin/bash: line 1: nosuchcommand: command not found', hasStamp: false, meanings: [] },
  { text: Buffer.alloc(20_000, 'y'), hasStamp: false, meanings: [] },
  { text: '', hasStamp: false, meanings: [] },
];

function noise(random: Random, { lengthMs }: TrafficOptions, plan: Scheduled[]): void {
  for (let at = 0; at < lengthMs; at += random.between(20, 900)) {
    if (random.chance(0.1)) {
      const sensor = random.pick(SENSORS);
      const text = `rcva func     Inactive : hu ${unitText(sensor.house, sensor.unit)} (${sensor.alias})`;
      plan.push({ at, kind: 'late', text });
    } else {
      plan.push({ at, kind: 'message', lines: [random.pick(NOISE)], splitMs: 0 });
    }
  }
}

function rotations(
  random: Random,
  { lengthMs, rotationEveryMs, mayDelete }: TrafficOptions,
  plan: Scheduled[],
  taken: ReadonlyMap<string, readonly Span[]>,
): void {
  const spans = [...taken.values()].flat();
  const isFree = (at: number): boolean => !spans.some(({ from, to }) => at >= from - 50 && at <= to + 50);
  // a house uses one way to rotate, now and then another
  const usual = random.pick(['rename', 'create', 'copytruncate'] as const);
  const any = [
    'rename',
    'create',
    'copytruncate',
    'twice',
    'copytruncate_twice',
    ...(mayDelete ? (['delete'] as const) : []),
  ] as const;
  for (
    let at = random.between(0, rotationEveryMs);
    at < lengthMs;
    at += random.between(0.1, 1.9) * rotationEveryMs
  ) {
    const rotation = random.chance(0.6) ? usual : random.pick(any);
    // a deletion waits until everything is settled: an address must not grow old meanwhile
    if (rotation !== 'delete' || isFree(at)) plan.push({ at, kind: 'rotation', rotation });
    if (random.chance(0.3)) plan.push({ at: at + 1, kind: 'pack', but: random.whole(0, 3) });
  }
}

function zones(random: Random, { lengthMs }: TrafficOptions, plan: Scheduled[]): void {
  let isArmed = false;
  for (
    let at = random.between(2000, 10_000);
    at < lengthMs;
    at += random.chance(0.75) ? random.between(4000, 14_000) : random.between(50_000, 80_000)
  ) {
    isArmed = !isArmed;
    plan.push({ at, kind: 'zone', zone: 'changing', isArmed });
  }
}

function line(text: string | Uint8Array, meanings: readonly Meaning[] = []): HeyuLine {
  return { text, hasStamp: true, meanings };
}

const unitText = (house: string, unit: number): string => `${house}${String(unit).padEnd(2)}`;

function addressText(source: Source, house: string, unit: number): string {
  return `${source} addr unit     ${String(unit).padStart(3)} : hu ${unitText(house, unit)} (_no_alias_)`;
}

function functionText(source: Source, house: string, name: string): string {
  return `${source} func ${name.padStart(12)} : hc ${house}`;
}

function securityText({ house, unit, alias }: SoakSensor, name: string, flags: string): string {
  return `rcva func ${name.padStart(12)} : hu ${unitText(house, unit)} ${flags} (${alias})`;
}
