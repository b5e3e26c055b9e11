import { describe, expect, it } from 'vitest';
import { calm, connect, cut, deliver, isWrong, model, publish, serve, truth } from './broker-model.js';
import type { Brand, Change } from './broker-model.js';
import { NOON, alerts, bench, motion, pass, state, subscribes, zone } from './bench.js';
import { fc, runs } from '../support/property.js';

const TOPIC = 'ground/state';

const brands = fc.record<Brand>({
  marksQueued: fc.boolean(),
  queuesQos0: fc.boolean(),
  oldReplay: fc.boolean(),
  losesRacing: fc.boolean(),
  qos0Overtakes: fc.boolean(),
});

const change = fc.record<Change>({
  payload: fc.constantFrom('ON', 'OFF', 'ON', 'OFF', ''),
  qos: fc.constantFrom(0, 1),
});

/** Runs of equal messages (a source that repeats itself), so that a whole pass may hear the same old word. */
const offline = fc
  .array(fc.tuple(change, fc.integer({ min: 1, max: 16 })), { maxLength: 6 })
  .map((runs) => runs.flatMap(([one, times]) => Array<Change>(times).fill(one)));

const round = fc.record({
  offline,
  live: fc.array(change, { maxLength: 6 }),
  /** The link is cut after this many packets; beyond the number of packets = not at all. */
  cutAfter: fc.integer({ min: 0, max: 80 }),
  losesSession: fc.boolean(),
  losesRetained: fc.boolean(),
  gapMs: fc.constantFrom(0, 20, 100, 200, 290),
});

const choices = fc.array(fc.nat(), { minLength: 20, maxLength: 60 });

describe('against a wicked broker', () => {
  it('never takes history for the state: what changed while away is the truth or unknown at every instant', () => {
    fc.assert(
      fc.property(
        brands,
        fc.array(round, { minLength: 1, maxLength: 4 }),
        choices,
        (brand, rounds, picks) => {
          const broker = model(bench([zone('ground')]), TOPIC, brand, picks);
          for (const { offline, cutAfter, gapMs, losesSession } of rounds) {
            for (const one of offline) publish(broker, one);
            if (losesSession) broker.session = false;
            const asked = subscribes(broker.test);
            const stored = connect(broker);
            const check = () => {
              expect(isWrong(broker)).toBe(false);
              if (stored && subscribes(broker.test) === asked + 1) expect(state(broker.test)).toBe('unknown');
            };
            check();
            for (let count = 0; count < cutAfter && deliver(broker); count += 1) {
              check();
              pass(broker.test, gapMs);
              serve(broker, false);
              check();
            }
            if (cutAfter > 40) {
              calm(broker, 8000, check);
              expect(state(broker.test)).toBe(truth(broker));
            }
            cut(broker);
            expect(state(broker.test)).toBe('unknown');
          }
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it('finds the truth after changes that race with everything, once it is quiet, and guards by it', () => {
    fc.assert(
      fc.property(
        brands,
        fc.array(round, { minLength: 1, maxLength: 4 }),
        choices,
        (brand, rounds, picks) => {
          const broker = model(bench([zone('ground', { alertCooldownMs: 0 })]), TOPIC, brand, picks);
          for (const { offline, live, cutAfter, gapMs, losesSession, losesRetained } of rounds) {
            for (const one of offline) publish(broker, one);
            if (losesSession) broker.session = false;
            if (losesRetained) broker.kept = undefined;
            connect(broker);
            const still = [...live];
            for (let count = 0; count < cutAfter; count += 1) {
              const next = count % 2 === 0 ? still.shift() : undefined;
              if (next !== undefined) publish(broker, next);
              serve(broker, next !== undefined);
              if (!deliver(broker) && still.length === 0) break;
              pass(broker.test, gapMs);
              serve(broker, next !== undefined);
            }
            if (cutAfter > 40) {
              calm(broker, 140_000, () => undefined);
              expect(state(broker.test)).toBe(truth(broker));
              motion(broker.test, { id: `${broker.test.now.at}` });
              const ids = alerts(broker.test).map(({ id }) => id);
              const isAlert = ids.includes(`${broker.test.now.at}.alert`);
              // of an unknown zone it goes by what was known last
              if (truth(broker) !== 'unknown') expect(isAlert).toBe(truth(broker) === 'armed_away');
            }
            cut(broker);
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('knows every topic again within 5 s of a connect, when the broker answers at once', () => {
    fc.assert(
      fc.property(
        brands,
        fc.array(change, { minLength: 1, maxLength: 20 }),
        choices,
        (brand, offline, picks) => {
          const broker = model(bench([zone('ground')]), TOPIC, brand, picks);
          connect(broker);
          calm(broker, 10_000, () => undefined);
          cut(broker);
          for (const one of offline) publish(broker, one);
          publish(broker, { payload: 'ON', qos: 1 });
          connect(broker);
          while (deliver(broker)) serve(broker, false);
          calm(broker, 4900, () => undefined);
          expect(state(broker.test)).toBe('armed_away');
        },
      ),
      { numRuns: runs(50) },
    );
  });
});

describe('against an honest broker that stands still now and then', () => {
  const HONEST: Brand = {
    marksQueued: false,
    queuesQos0: false,
    oldReplay: false,
    losesRacing: false,
    qos0Overtakes: false,
  };

  const step = fc.record({
    waitMs: fc.constantFrom(0, 50, 300, 700, 2000, 2000, 3000, 6000),
    what: fc.constantFrom('motion', 'change', 'cut', 'connect', 'freeze', 'thaw', 'forget'),
  });

  /** Anything in any order, and what is wicked often enough: motion and a change around a connect. */
  const around = fc.subarray(
    ['cut', 'change', 'connect', 'motion', 'freeze', 'change', 'motion', 'thaw', 'motion'] as const,
    { minLength: 7 },
  );
  const history = fc
    .array(
      fc.oneof(
        fc.tuple(step),
        fc
          .tuple(around, fc.array(step, { minLength: 10, maxLength: 10 }))
          .map(([whats, waits]) => whats.map((what, index) => ({ what, waitMs: waits[index]?.waitMs ?? 0 }))),
      ),
      { minLength: 2, maxLength: 12 },
    )
    .map((parts) => parts.flat());

  /** Stamps are whole seconds. */
  const SAME_MS = 1000;

  it('remembers a disarm that it heard in a connection too short to be certain of the state', () => {
    const broker = model(bench([zone('ground', { alertCooldownMs: 0 })]), TOPIC, HONEST, [0]);
    const { test } = broker;
    const serveFor = (ms: number): void => {
      for (let left = ms; left >= 0; left -= 50) {
        serve(broker, false);
        while (deliver(broker)) serve(broker, false);
        pass(test, Math.min(50, left));
      }
    };
    publish(broker, { payload: 'ON', qos: 1 });
    connect(broker);
    serveFor(3000);
    cut(broker);
    publish(broker, { payload: 'OFF', qos: 1 });
    connect(broker);
    serveFor(0);
    cut(broker);
    // disarmed, and nobody is there to say so
    const at = Math.floor(test.now.at / 1000) * 1000;
    motion(test, { at, id: '1' });
    pass(test, 6000);
    publish(broker, { payload: 'ON', qos: 1 });
    connect(broker);
    serveFor(10_000);
    expect(alerts(test).filter(({ verified }) => verified === true)).toEqual([]);
    // armed again, it guards
    motion(test, { at: test.now.at, id: '2' });
    pass(test, 3000);
    expect(alerts(test)).toMatchObject([{ id: '2.alert', security: 'armed_away', verified: true }]);
  });

  it('never says verified of a zone that was not armed at the motion', () => {
    fc.assert(
      fc.property(history, fc.boolean(), choices, (steps, armed, picks) => {
        const broker = model(bench([zone('ground', { alertCooldownMs: 0 })]), TOPIC, HONEST, picks);
        const { test } = broker;
        /** Armed from the attempt on, disarmed from when the broker has taken it. */
        const spans = [{ isArmed: armed, from: test.now.at }];
        const untaken: Change[] = [];
        let isFrozen = false;
        const take = (one: Change): void => {
          publish(broker, one);
          spans.push({ isArmed: one.payload === 'ON', from: test.now.at });
        };
        const go = (ms: number): void => {
          for (let left = ms; left >= 0; left -= 50) {
            if (!isFrozen && broker.link) {
              serve(broker, false);
              while (deliver(broker)) serve(broker, false);
            }
            pass(test, Math.min(50, left));
          }
        };
        let isArmed = armed;
        take({ payload: armed ? 'ON' : 'OFF', qos: 1 });
        for (const [index, { waitMs, what }] of steps.entries()) {
          go(waitMs);
          if (what === 'motion') motion(test, { at: Math.floor(test.now.at / 1000) * 1000, id: `${index}` });
          else if (what === 'change') {
            isArmed = !isArmed;
            if (isArmed) spans.push({ isArmed, from: test.now.at });
            const one: Change = { payload: isArmed ? 'ON' : 'OFF', qos: 1 };
            if (isFrozen) untaken.push(one);
            else take(one);
          } else if (what === 'freeze') isFrozen = true;
          else if (what === 'thaw') {
            isFrozen = false;
            for (const one of untaken.splice(0)) take(one);
          } else if (what === 'connect') {
            if (!broker.link && !isFrozen) connect(broker);
          } else {
            if (broker.link) cut(broker);
            if (what === 'forget') broker.session = false;
          }
        }
        for (const { at: text, verified } of alerts(test)) {
          const at = Date.parse(String(text));
          const isRight = spans.some(
            (span, index) =>
              span.isArmed && span.from <= at + SAME_MS && (spans[index + 1]?.from ?? Infinity) >= at,
          );
          expect(isRight || verified === false, `${at - NOON} ms after the beginning`).toBe(true);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
