/**
 * Every alert of the truth is published, and no other: what happens to a house is drawn by chance (signals, commands, cuts of
 * the link, restarts, time), and an oracle that is written from docs/alarm.md alone says which alerts there have to be.
 */

import { expect, test } from 'vitest';
import { keyfob, locallyCommanded } from '../../src/security/commands.js';
import type { SensorSignal } from '../../src/security/zone.js';
import {
  NOON,
  alerts,
  answer,
  bench,
  connect,
  cut,
  message,
  motion,
  online,
  pass,
  restart,
  zone,
  type Bench,
  zoneOf,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const SET = 'x10/zone/ground/set';

// half a millisecond beside every sum of the steps below: nothing happens at the very instant of an end
const EXIT_MS = 30_001;
const ENTRY_MS = 20_001;
const LINK_MS = 30_000;
const COOLDOWN_MS = 60_001;
const MAX_AGE_MS = 60_001;
/** From a connect on until everything is settled. */
const CONNECT_MS = 5000;

const ZONES = [
  zone('ground', {
    kind: 'owned',
    exitDelayMs: EXIT_MS,
    entryDelayMs: ENTRY_MS,
    alertCooldownMs: COOLDOWN_MS,
    commandMaxAgeMs: MAX_AGE_MS,
    keyfobs: ['fob'],
  }),
];

const SIGNALS = {
  hall: { kind: 'motion' },
  door: { kind: 'door' },
  window: { kind: 'window', entry: 'immediate' },
  bedroom: { kind: 'motion', modes: ['away'] },
  smoke: { kind: 'smoke', entry: 'immediate', guard: 'always', lasts: true },
  fob: { kind: 'panic', entry: 'immediate', guard: 'always' },
} as const satisfies Readonly<Record<string, Partial<SensorSignal>>>;
type Alias = keyof typeof SIGNALS;

type Step =
  | { readonly kind: 'signal'; readonly alias: Alias; readonly isTamper: boolean; readonly agoMs: number }
  | { readonly kind: 'command'; readonly word: 'ARM_AWAY' | 'ARM_HOME' | 'DISARM' | 'TRIGGER' }
  | { readonly kind: 'key'; readonly action: 'arm' | 'disarm' }
  | { readonly kind: 'root' | 'cut' | 'connect' | 'restart' }
  | { readonly kind: 'time'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('signal' as const),
        alias: fc.constantFrom<Alias>('hall', 'door', 'window', 'bedroom', 'smoke', 'fob'),
        isTamper: fc.boolean(),
        agoMs: fc.constantFrom(0, 0, 0, 9000, 27_000),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('command' as const),
        word: fc.constantFrom('ARM_AWAY' as const, 'ARM_AWAY', 'ARM_HOME', 'DISARM', 'TRIGGER'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('key' as const),
        action: fc.constantFrom('arm' as const, 'disarm'),
      }),
    },
    { weight: 4, arbitrary: fc.constantFrom('root', 'cut', 'connect', 'restart').map((kind) => ({ kind })) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('time' as const),
        ms: fc.constantFrom(1000, 7000, 16_000, 29_000, 45_000, 70_000),
      }),
    },
  ),
  { maxLength: 25 },
) as fc.Arbitrary<readonly Step[]>;

/** The house as docs/alarm.md has it. Its alerts are told by id, in the order in which they come. */
class Oracle {
  readonly alerts: string[] = [];
  #state: 'disarmed' | 'arming' | 'armed' | 'pending' | 'triggered' = 'disarmed';
  /** Undefined in an alarm that was raised out of nothing: every sensor counts. */
  #mode: 'away' | 'home' | undefined;
  #armedSince = 0;
  /** The end of the delay that runs. */
  #until = 0;
  /** Who began the entry delay. */
  #entry: { readonly id: string; readonly alias: Alias; readonly at: number } | undefined;
  readonly #alertedAt = new Map<string, number>();
  #isCrying = false;
  #criedAt: number | undefined;
  /** Commands that wait at the broker, and since when there is no link. */
  readonly #queue: string[] = [];
  #cutAt: number | undefined;

  /** Time has come to `now`. */
  until(now: number): void {
    if (this.#state === 'arming' && now >= this.#until) {
      this.#state = 'armed';
      this.#armedSince = this.#until;
    }
    // without a link a disarming may be waiting at the broker
    const isOver = now >= this.#until + (this.#cutAt === undefined ? 0 : LINK_MS);
    if (this.#state === 'pending' && isOver) this.#endEntry();
  }

  #endEntry(): void {
    this.#state = 'triggered';
    if (this.#entry === undefined) return;
    this.alerts.push(this.#entry.id);
    this.#alertedAt.set(this.#entry.alias, this.#entry.at);
    this.#entry = undefined;
  }

  signal(alias: Alias, isTamper: boolean, id: string, at: number, now: number): void {
    const signal: Partial<SensorSignal> = SIGNALS[alias];
    const voice = isTamper ? `${alias} tamper` : alias;
    if (signal.guard === 'always' && !isTamper) return this.#cry(alias, signal, id, at);
    if (this.#state === 'disarmed' || this.#state === 'arming') return;
    // stamps are whole seconds
    if (at < now ? this.#armedSince > at : this.#armedSince > at + 1000) return;
    if (signal.modes?.includes('away') === true && this.#mode === 'home') return;
    const last = this.#alertedAt.get(voice);
    if (last !== undefined && Math.abs(at - last) < COOLDOWN_MS) return;
    const isDelayed = !isTamper && signal.entry !== 'immediate';
    if (isDelayed && this.#state === 'pending') return;
    if (isDelayed && this.#state === 'armed' && at + ENTRY_MS > now) {
      this.#state = 'pending';
      this.#until = at + ENTRY_MS;
      this.#entry = { id, alias, at };
      return;
    }
    if (this.#state === 'pending') this.#endEntry();
    this.#state = 'triggered';
    this.alerts.push(id);
    this.#alertedAt.set(voice, at);
  }

  #cry(alias: Alias, { kind }: Partial<SensorSignal>, id: string, at: number): void {
    const last = this.#alertedAt.get(`always ${alias}`);
    const isEnded = this.#criedAt !== undefined && last !== undefined && last <= this.#criedAt;
    if (kind !== 'panic' && last !== undefined && !isEnded && Math.abs(at - last) < COOLDOWN_MS) return;
    this.alerts.push(id);
    this.#alertedAt.set(`always ${alias}`, at);
    // what was before somebody ended an alarm does not begin it again
    if (this.#criedAt === undefined || at + 1000 > this.#criedAt) this.#isCrying = true;
  }

  command(word: string, now: number, isImmediate = false): void {
    if (word === 'DISARM') return this.#disarm(now);
    if (word === 'TRIGGER') {
      if (this.#state === 'triggered') return;
      if (this.#state === 'pending') this.#endEntry();
      if (this.#state === 'disarmed' || this.#state === 'arming') this.#armedSince = now;
      this.#state = 'triggered';
      this.alerts.push('TRIGGER');
      return;
    }
    const mode = word === 'ARM_HOME' ? 'home' : 'away';
    if (this.#state === 'disarmed' || this.#state === 'arming') {
      if (this.#state === 'arming' && this.#mode === mode && !isImmediate) return;
      this.#state = isImmediate ? 'armed' : 'arming';
      [this.#until, this.#armedSince] = [now + EXIT_MS, now];
    }
    this.#mode = mode;
  }

  #disarm(now: number): void {
    const answers = this.#isCrying;
    if (answers) [this.#isCrying, this.#criedAt] = [false, now];
    if (answers && this.#state !== 'pending' && this.#state !== 'triggered') return;
    this.#state = 'disarmed';
    this.#mode = this.#entry = undefined;
    for (const voice of this.#alertedAt.keys())
      if (!voice.startsWith('always')) this.#alertedAt.delete(voice);
  }

  get isConnected(): boolean {
    return this.#cutAt === undefined;
  }

  send(word: string, now: number): void {
    if (this.isConnected) this.command(word, now);
    else this.#queue.push(word);
  }

  cut(now: number): void {
    this.#cutAt ??= now;
  }

  /** What waited is obeyed if it cannot be too old; a disarming that is leaves an alarm that has not come yet behind. */
  connect(now: number): void {
    const ageMs = now - (this.#cutAt ?? now);
    for (const word of this.#queue.splice(0)) {
      if (ageMs <= MAX_AGE_MS) this.command(word, now);
      else if (word === 'DISARM') {
        if (this.#state === 'pending') [this.#state, this.#entry] = ['armed', undefined];
        if (this.#state === 'armed' || this.#state === 'triggered') this.#armedSince = now;
      }
    }
    this.#cutAt = undefined;
  }
}

function play(script: readonly Step[]): {
  readonly told: readonly string[];
  readonly expected: readonly string[];
} {
  const oracle = new Oracle();
  let made: Bench = online(bench(ZONES, undefined, NOON, true));
  let queue: string[] = [];
  const told: string[] = [];
  const harvest = (): void => {
    for (const { id, alias } of alerts(made)) {
      const name = alias === null ? `TRIGGER ${String(id)}` : String(id);
      if (!told.includes(name)) told.push(name);
    }
  };
  const wait = (ms: number): void => {
    const end = made.now.at + ms;
    while (made.now.at < end) {
      pass(made, Math.min(1000, end - made.now.at));
      oracle.until(made.now.at);
    }
  };
  script.forEach((step, index) => {
    const now = made.now.at;
    switch (step.kind) {
      case 'time':
        return wait(step.ms);
      case 'signal': {
        const { alias, agoMs } = step;
        const isTamper = step.isTamper && alias !== 'fob';
        // what is read late without a link waits for it
        const at = oracle.isConnected ? now - agoMs : now;
        const [id, late] = [`${index}`, at < now];
        const tamper = isTamper ? ({ kind: 'tamper', entry: 'immediate', guard: 'armed' } as const) : {};
        motion(made, { ...SIGNALS[alias], ...tamper, alias, id, at, earliestAt: at, late });
        return oracle.signal(alias, isTamper, `${id}.alert`, at, now);
      }
      case 'command':
        if (oracle.isConnected) message(made, SET, step.word);
        else queue.push(step.word);
        return oracle.send(step.word, now);
      case 'key': {
        const { action } = step;
        keyfob(made, { alias: 'fob', action, mode: 'away', at: now, immediate: true });
        return oracle.command(action === 'arm' ? 'ARM_AWAY' : 'DISARM', now, true);
      }
      case 'root':
        locallyCommanded(made, zoneOf(made.security), { kind: 'disarm' });
        return oracle.command('DISARM', now);
      case 'cut':
        cut(made);
        return oracle.cut(now);
      case 'restart':
        harvest();
        made = restart(made, ZONES, 0, true);
        return oracle.cut(now);
      case 'connect':
        if (oracle.isConnected) return;
        connect(made, true);
        for (const word of queue) message(made, SET, word);
        queue = [];
        answer(made);
        oracle.connect(now);
        return wait(CONNECT_MS);
    }
  });
  wait(120_000);
  harvest();
  return { told: told.map((id) => id.replace(/^(TRIGGER).*/, '$1')), expected: oracle.alerts };
}

test('every alert of the truth is published, and no other', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const { told, expected } = play(script);
      expect(told).toEqual(expected);
    }),
    { numRuns: runs(400) },
  );
});

/** A zone that another program keeps, whose entry delay is its own. */
class SourceOracle {
  readonly alerts: string[] = [];
  #known: string | undefined;
  #last: string | undefined;
  #isForeign = false;
  #word = '';
  #held: { readonly id: string; readonly since: number }[] = [];

  /** How long a signal is held back from its own time on. */
  get #patienceMs(): number {
    if (this.#word === 'pending' && this.#isGuarding(this.#last)) return 300_000;
    return this.#known === undefined ? 0 : 2000;
  }

  #isGuarding(state: string | undefined): boolean {
    return state === 'armed_away' || state === 'triggered';
  }

  until(now: number): void {
    if (this.#known === 'disarmed') this.#held = [];
    const isDue = (since: number): boolean => this.#known === 'triggered' || now >= since + this.#patienceMs;
    this.alerts.push(...this.#held.filter(({ since }) => isDue(since)).map(({ id }) => id));
    this.#held = this.#held.filter(({ since }) => !isDue(since));
  }

  says(word: string, now: number): void {
    this.#word = word;
    if (word === 'banana' || word === 'unavailable') this.#known = undefined;
    else if (word !== 'pending') this.#known = this.#last = word;
    if (word === 'banana') this.#isForeign = true;
    else if (this.#known !== undefined) this.#isForeign = false;
    this.until(now);
  }

  /** The link goes. */
  cut(now: number): void {
    this.#word = '';
    this.#known = undefined;
    this.until(now);
  }

  signal(id: string, isImmediate: boolean, now: number): void {
    const isArmed =
      this.#known === undefined
        ? this.#isForeign || this.#isGuarding(this.#last)
        : this.#isGuarding(this.#known);
    if (!isArmed) return;
    if (isImmediate) this.alerts.push(id);
    else {
      this.#held.push({ id, since: now });
      this.until(now);
    }
  }
}

const WORDS = [
  'armed_away',
  'armed_away',
  'disarmed',
  'pending',
  'triggered',
  'arming',
  'banana',
  'unavailable',
];
const sourceSteps = fc.array(
  fc.constantFrom(
    ...WORDS,
    'DOOR',
    'DOOR',
    'DOOR',
    'WINDOW',
    'CUT',
    '+500',
    '+2200',
    '+2600',
    '+40000',
    '+310000',
  ),
  { maxLength: 25 },
);

test('every alert of the truth is published of a zone of others, and no other', () => {
  fc.assert(
    fc.property(sourceSteps, (script) => {
      const oracle = new SourceOracle();
      const made = bench([zone('ground', { sourceDelayMs: undefined, alertCooldownMs: 0 })]);
      const TOPIC = 'ground/state';
      const says = (word: string): void => {
        made.keeps.set(TOPIC, word);
        message(made, TOPIC, word);
        oracle.says(word, made.now.at);
      };
      const wait = (ms: number): void => {
        const end = made.now.at + ms;
        while (made.now.at < end) {
          pass(made, Math.min(100, end - made.now.at));
          oracle.until(made.now.at);
        }
      };
      online(made);
      says('armed_away');
      wait(10_000);
      script.forEach((step, index) => {
        const now = made.now.at;
        if (step.startsWith('+')) wait(Number(step.slice(1)));
        else if (step === 'DOOR' || step === 'WINDOW') {
          const entry = step === 'DOOR' ? 'delayed' : 'immediate';
          motion(made, { alias: step, id: `${index}`, entry });
          oracle.signal(`${index}.alert`, entry === 'immediate', now);
        } else if (step === 'CUT') {
          cut(made);
          oracle.cut(now);
          online(made);
          oracle.says(made.keeps.get(TOPIC) ?? '', made.now.at);
        } else says(step);
        expect(alerts(made).map(({ id }) => id)).toEqual(oracle.alerts);
      });
      wait(310_000);
      expect(alerts(made).map(({ id }) => id)).toEqual(oracle.alerts);
    }),
    { numRuns: runs(150) },
  );
});
