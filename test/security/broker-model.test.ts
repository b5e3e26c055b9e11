import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { calm, connect, cut, deliver, isWrong, model, publish, serve, truth } from './broker-model.js';
import type { Brand, Change } from './broker-model.js';
import { bench, pass, state, subscribes, zone } from './house-under-test.js';

const TOPIC = 'ground/state';

const brands = fc.record<Brand>({
  marksQueued: fc.boolean(),
  queuesQos0: fc.boolean(),
  oldReplay: fc.boolean(),
  losesRacing: fc.boolean(),
  qos0Overtakes: fc.boolean(),
  sendsSuback: fc.boolean(),
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
      { numRuns: 300 },
    );
  });

  it('finds the truth after changes that race with everything, once it is quiet', () => {
    fc.assert(
      fc.property(
        brands,
        fc.array(round, { minLength: 1, maxLength: 4 }),
        choices,
        (brand, rounds, picks) => {
          const broker = model(bench([zone('ground')]), TOPIC, brand, picks);
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
            }
            cut(broker);
          }
        },
      ),
      { numRuns: 200 },
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
      { numRuns: 100 },
    );
  });
});
