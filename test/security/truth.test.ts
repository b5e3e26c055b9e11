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
import { Oracle, type Rules } from './oracle.js';

const SET = 'x10/zone/ground/set';

// half a millisecond beside every sum of the steps below: nothing happens at the very instant of an end
const EXIT_MS = 30_001;
const ENTRY_MS = 20_001;
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

const RULES: Rules = {
  exitMs: () => EXIT_MS,
  entryMs: ENTRY_MS,
  cooldownMs: COOLDOWN_MS,
  maxAgeMs: MAX_AGE_MS,
  lateMs: 0,
};

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

function play(script: readonly Step[]): {
  readonly told: readonly string[];
  readonly expected: readonly string[];
} {
  const oracle = new Oracle(RULES);
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
        const signal = { ...SIGNALS[alias], ...tamper, alias, id: `${id}.alert`, at };
        // stamps are whole seconds
        return oracle.signal(signal, late ? at : at + 1000, now);
      }
      case 'command':
        if (oracle.isConnected) message(made, SET, step.word);
        else queue.push(step.word);
        if (oracle.isConnected) oracle.command(step.word, now);
        return;
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
        answer(made);
        oracle.connect(queue, now);
        queue = [];
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
