import { describe, expect, it } from 'vitest';
import { connected, received } from '../../src/security/connection.js';
import { belief } from '../../src/security/security.js';
import { reconfigure, setScene, withoutBroker } from '../../src/security/setup.js';
import { heyuArmed } from '../../src/security/commands.js';
import { snapshot } from '../../src/security/stored.js';
import { nextWake } from '../../src/security/refresh.js';
import type { ZoneSettings } from '../../src/security/zone.js';
import {
  alerts,
  answer,
  attributes,
  bench,
  connect,
  cut,
  lastSubscribe,
  message,
  motion,
  notes,
  online,
  pass,
  published,
  restart,
  retained,
  state,
  subscribes,
  verdicts,
  zone,
  NOON,
  type Bench,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const GROUND = zone('ground');
const ATTIC = zone('attic', { kind: 'owned' });

function connectedBench(zones: readonly ZoneSettings[]): Bench {
  const test = bench(zones, undefined, NOON, true);
  test.keeps.set('ground/state', 'armed_away');
  online(test);
  return test;
}

function reload(test: Bench, zones: readonly ZoneSettings[]): void {
  reconfigure(test, zones);
}

describe('what is stored', () => {
  it('comes back as it was', () => {
    const test = connectedBench([GROUND, ATTIC]);
    message(test, 'x10/zone/attic/set', 'ARM_HOME');
    motion(test);
    motion(test, { alias: 'stairs', zone: 'attic' });
    const next = restart(test, [GROUND, ATTIC], 0);
    expect(snapshot(next.security, next.now)).toEqual(snapshot(test.security, test.now));
  });

  it('has alerts that were not delivered, also in the form of version 0.1: they are sent again', () => {
    const test = connectedBench([GROUND]);
    motion(test, { id: 'cafe.120', source: 'rcva' });
    const [alert] = alerts(test);
    const stored = snapshot(test.security, test.now);
    const { id, at } = stored.undelivered[0] ?? {};
    const old = { kind: 'event', topic: 'x10/zone/ground/alert', id, at, event: alert };
    for (const undelivered of [stored.undelivered, [old], [{ ...old, event: 'x' }, old, { at }]]) {
      const next = bench([GROUND], JSON.parse(JSON.stringify({ ...stored, undelivered })));
      connect(next, true);
      expect(alerts(next)).toEqual([alert]);
      expect(next.messages[0]).toMatchObject({ topic: 'x10/zone/ground/alert', id, at });
    }
  });

  it('of version 0.1 knew no last alert: that is what was not delivered', () => {
    const test = connectedBench([GROUND]);
    motion(test, { id: 'cafe.120' });
    const stored = { ...snapshot(test.security, test.now), recent: undefined };
    const next = bench([GROUND], JSON.parse(JSON.stringify(stored)));
    connect(next, true);
    const last: unknown = JSON.parse(retained(next, 'x10/zone/ground/last_alert') ?? 'null');
    expect(last).toMatchObject({ id: 'cafe.120.alert', recent: [{ id: 'cafe.120.alert' }] });
  });

  it('is plain JSON', () => {
    const test = connectedBench([GROUND, ATTIC]);
    motion(test);
    cut(test);
    motion(test);
    const stored = snapshot(test.security, test.now);
    const again: unknown = JSON.parse(JSON.stringify(stored));
    const next = bench([GROUND, ATTIC], again, test.now.at);
    expect(JSON.stringify(snapshot(next.security, next.now))).toBe(JSON.stringify(stored));
  });

  it.each([
    ['nothing', undefined, 0],
    ['null', null, 0],
    ['a text', 'x', 1],
    ['an old version', { version: 0 }, 1],
    ['an empty document', { version: 1 }, 0],
    ['a damaged zone', { version: 1, zones: { attic: { kind: 'owned', truth: { state: 'banana' } } } }, 1],
    ['a zone of another kind', { version: 1, zones: { attic: { kind: 'external', memory: null } } }, 1],
    ['a zone that is none', { version: 1, zones: { attic: 7 } }, 1],
    ['an instant that is none', { version: 1, upAt: 1e300, alertedAt: { hall: { zone: 'g', at: 'x' } } }, 0],
  ])('may be %s, and nothing of it is believed', (_, stored, complaints) => {
    const test = bench([GROUND, ATTIC], stored);
    connect(test, false);
    expect(notes(test, 'warn').filter((note) => note.includes('damaged'))).toHaveLength(complaints);
    expect([state(test), belief(test.security, 'attic')?.lastKnown]).toEqual(['unknown', undefined]);
  });

  it.each(['armed_away', 'pending', 'triggered'])(
    'leaves an owned zone %s that has lost since when armed since its state began',
    (truth) => {
      const stored = { kind: 'owned', truth: { state: truth, since: NOON - 1000, sequence: 3 } };
      const test = bench([ATTIC], { version: 1, zones: { attic: stored } });
      expect(belief(test.security, 'attic')).toMatchObject({ state: truth, armedSince: NOON - 1000 });
    },
  );

  it('never makes it throw, whatever it is', () => {
    const stored = snapshot(connectedBench([GROUND, ATTIC]).security, { at: NOON, mono: 0 });
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(stored)), (value, key) => {
        const test = bench([GROUND, ATTIC], { ...stored, [key]: value });
        connect(test, true);
        pass(test, 10_000);
        snapshot(test.security, test.now);
      }),
    );
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('truth', 'memory', 'latch', 'refusedCommand'),
        fc.constantFrom('state', 'since', 'until', 'at', 'sequence', 'entry', 'mode'),
        (value, part, key) => {
          const test = connectedBench([GROUND, ATTIC]);
          message(test, 'x10/zone/attic/set', 'ON');
          const good = JSON.parse(JSON.stringify(snapshot(test.security, test.now))) as {
            zones: Record<string, Record<string, Record<string, unknown> | null>>;
          };
          for (const each of Object.values(good.zones)) each[part] = { ...each[part], [key]: value };
          const next = bench([GROUND, ATTIC], good);
          connect(next, true);
          pass(next, 10_000);
        },
      ),
      { numRuns: runs(50) },
    );
  });

  it('asks to be stored whenever it changes', () => {
    const test = connectedBench([GROUND, ATTIC]);
    const persists = () => test.effects.filter(({ kind }) => kind === 'persist').length;
    for (const step of [
      () => message(test, 'ground/state', 'disarmed'),
      () => message(test, 'x10/zone/attic/set', 'ON'),
      () => motion(test, { zone: 'attic' }),
      () => cut(test),
      () => motion(test),
    ]) {
      const before = persists();
      step();
      expect(persists()).toBe(before + 1);
    }
    const before = persists();
    pass(test, 1_000_000);
    expect(persists()).toBe(before);
  });
});

describe('new settings without a reconnect', () => {
  it('keep the zones that stay, subscribe to new ones and leave the old ones', () => {
    const test = connectedBench([GROUND, ATTIC]);
    message(test, 'x10/zone/attic/set', 'ARM_HOME');
    const before = subscribes(test);
    test.keeps.set('shed/state', 'disarmed');
    reload(test, [{ ...ATTIC, alertCooldownMs: 1 }, zone('shed')]);
    expect(lastSubscribe(test)).toEqual(['shed/state']);
    expect(subscribes(test)).toBe(before + 1);
    expect(test.effects).toContainEqual({ kind: 'unsubscribe', topics: ['ground/state'] });
    expect(retained(test, 'x10/zone/ground/security')).toBe('armed_away');
    answer(test);
    expect([state(test, 'attic'), state(test, 'shed')]).toEqual(['armed_home', 'disarmed']);
    expect(belief(test.security, 'ground')).toBeUndefined();
    expect(published(test, 'x10/zone/attic/state')).toEqual(['disarmed', 'armed_home']);
  });

  it('begin a zone anew whose topic or words have changed, and read it at once', () => {
    const test = connectedBench([GROUND]);
    test.keeps.set('ground/state', '{"a":"off","b":"on"}');
    reload(test, [{ ...GROUND, pointer: '/a' }]);
    expect(state(test)).toBe('unknown');
    answer(test);
    expect(state(test)).toBe('disarmed');
  });

  it('let motion wait until a zone is known that is read anew', () => {
    const test = connectedBench([GROUND]);
    test.keeps.set('ground/state', '{"a":"armed_away"}');
    pass(test, 20_000);
    reload(test, [{ ...GROUND, pointer: '/a' }]);
    motion(test);
    expect(verdicts(test)).toEqual(['waiting']);
    answer(test);
    expect(verdicts(test)).toEqual(['waiting', 'alert']);
  });

  it('remember how a zone was known last whose words have changed, but not that it was armed all the time', () => {
    const test = connectedBench([GROUND]);
    test.keeps.clear();
    pass(test, 20_000);
    reload(test, [{ ...GROUND, armedValues: ['scharf'] }]);
    pass(test, 10_000);
    expect([state(test), attributes(test)['last_known']]).toEqual(['unknown', 'armed_away']);
    motion(test);
    motion(test, { alias: 'stairs', at: test.now.at - 20_000, late: true });
    expect(alerts(test)).toMatchObject([{ alias: 'hall', verified: false }]);
  });

  it('carry no cool-down into another zone', () => {
    const test = connectedBench([GROUND, zone('shed', { kind: 'external', stateTopic: 'ground/state' })]);
    motion(test);
    motion(test, { zone: 'shed' });
    expect(alerts(test)).toMatchObject([{ zone: 'ground' }, { zone: 'shed' }]);
  });

  it('do not know a zone that is no longer ours', () => {
    const test = connectedBench([ATTIC]);
    reload(test, [zone('attic')]);
    expect(retained(test, 'x10/zone/attic/security')).toBe('None');
  });

  it('give a new owned zone its first state only after its own topic was asked for', () => {
    const test = connectedBench([GROUND]);
    test.keeps.set('x10/zone/attic/state', 'armed_night');
    reload(test, [GROUND, ATTIC]);
    expect(state(test, 'attic')).toBe('unknown');
    answer(test);
    pass(test, 5000);
    expect(state(test, 'attic')).toBe('armed_night');
  });

  it('wait for the next connect when the link is down, and leave the old subscriptions then', () => {
    const test = connectedBench([GROUND]);
    cut(test);
    const before = subscribes(test);
    reload(test, [ATTIC]);
    expect(subscribes(test)).toBe(before);
    connect(test, true);
    expect(test.effects).toContainEqual({ kind: 'unsubscribe', topics: ['ground/state'] });
    expect(lastSubscribe(test)).toEqual(['x10/zone/attic/state', 'x10/zone/attic/set']);
  });

  it('change nothing when they are the same', () => {
    const test = connectedBench([GROUND, ATTIC]);
    const before = test.effects.length;
    reload(test, [GROUND, ATTIC]);
    expect(test.effects.slice(before).map(({ kind }) => kind)).toEqual(['persist']);
  });
});

describe('subscriptions of an earlier run', () => {
  it('are given up at the first connect', () => {
    const next = restart(connectedBench([GROUND]), [ATTIC], 1000);
    connect(next, true);
    expect(next.effects[0]).toEqual({ kind: 'unsubscribe', topics: ['ground/state'] });
  });
});

describe('the scene for a log that is explained', () => {
  it('needs no broker and lasts', () => {
    const test = bench([GROUND, ATTIC, zone('m', { kind: 'master', members: ['ground', 'attic'] })]);
    expect(setScene(test.security, { zone: 'ground', at: 0, state: 'armed_away' }, test.now)).toBe(true);
    expect(setScene(test.security, { zone: 'attic', at: 0, state: 'disarmed' }, test.now)).toBe(true);
    expect(setScene(test.security, { zone: 'nowhere', at: 0, state: 'disarmed' }, test.now)).toBe(false);
    connected(test, false);
    pass(test, 200_000);
    expect([state(test), state(test, 'attic'), state(test, 'm')]).toEqual([
      'armed_away',
      'disarmed',
      'unknown',
    ]);
    expect(motion(test)).toEqual({ security: 'armed_away', verified: true });
    expect(motion(test, { zone: 'attic' })).toEqual({ security: 'disarmed', verified: true });
    motion(test, { alias: 'late', late: true, at: NOON - 1e9 });
    expect(verdicts(test)).toEqual(['alert', 'disarmed', 'alert']);
    expect(attributes(test)).toMatchObject({ source: 'scene', since: null });
  });

  it('without a broker waits for nothing', () => {
    const zones = [
      { ...GROUND, onUnknown: 'alert' as const },
      { ...ATTIC, followHeyu: true },
    ];
    const test = bench(zones);
    withoutBroker(test.security);
    motion(test);
    motion(test, { alias: 'stairs', zone: 'attic' });
    heyuArmed(test, 'armed_home', test.now.at);
    motion(test, { alias: 'stairs', zone: 'attic' });
    expect(verdicts(test)).toEqual(['alert', 'unknown', 'alert']);
    expect(nextWake(test.security)).toBeUndefined();
  });

  it('leaves other zones unknown', () => {
    const test = bench([GROUND]);
    connect(test, false);
    pass(test, 6000);
    expect(motion(test)).toEqual({ security: 'unknown', verified: false });
    expect(verdicts(test)).toEqual(['unknown']);
    expect(alerts(test)).toEqual([]);
  });
});

describe('time', () => {
  it('is asked for only when something is due', () => {
    const idle = bench([]);
    connect(idle, true);
    expect(nextWake(idle.security)).toBeUndefined();
    const test = bench([GROUND]);
    expect(nextWake(test.security)).toBeUndefined();
    motion(test);
    expect(nextWake(test.security)).toBeUndefined();
    connect(test, false);
    expect(nextWake(test.security)).toBeGreaterThan(test.now.mono);
  });

  it('never stands still: after each wake the next one lies ahead', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(11), fc.nat(20_000)), { maxLength: 40 }),
        fc.boolean(),
        (steps, sessionPresent) => {
          const test = bench([
            zone('ground', { onUnknown: 'alert' }),
            zone('attic', { kind: 'owned', exitDelayMs: 3000, entryDelayMs: 3000 }),
            zone('m', { kind: 'master', members: ['ground', 'attic'] }),
          ]);
          const acts = [
            () => connect(test, sessionPresent),
            () => cut(test),
            () => answer(test),
            () => message(test, 'ground/state', 'ON'),
            () => message(test, 'ground/state', 'OFF', 'R'),
            () => message(test, 'x10/zone/attic/set', 'ON'),
            () => message(test, 'x10/zone/m/set', 'OFF'),
            () => message(test, 'x10/zone/attic/state', 'disarmed', 'R'),
            () => motion(test),
            () => motion(test, { alias: 'b', zone: 'attic' }),
            () => motion(test, { alias: 'c', zone: 'm', late: true, at: test.now.at - 1e6 }),
            () =>
              reload(
                test,
                [...test.security.zones.values()].map(({ settings }) => ({ ...settings })),
              ),
          ];
          for (const [act, ms] of steps) {
            acts[act]?.();
            pass(test, ms);
          }
          const next = nextWake(test.security);
          if (next !== undefined) expect(next).toBeGreaterThan(test.now.mono);
        },
      ),
    );
  });
});

describe('any payload on any of its topics', () => {
  it('is survived', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.uint8Array({ maxLength: 60 }), fc.boolean()), { maxLength: 60 }),
        (messages) => {
          const test = connectedBench([GROUND, ATTIC]);
          const topics = ['ground/state', 'x10/zone/attic/state', 'x10/zone/attic/set', 'elsewhere'];
          for (const [index, payload, retain] of messages) {
            const one = { topic: topics[index] ?? '', payload, retain, duplicate: false, id: undefined };
            received(test, one);
            pass(test, 10);
          }
          for (const { mentioned } of test.security.zones.values())
            expect(mentioned.size).toBeLessThanOrEqual(50);
        },
      ),
    );
  });
});
