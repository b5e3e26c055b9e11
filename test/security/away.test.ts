/**
 * How long the broker kept messages for us decides which commands still count. A queue is not always delivered in one
 * go: the link is cut within it, the process dies, the machine sleeps. None of that makes an old command a new one,
 * and no disarming that was heard is forgotten by it.
 */

import { describe, expect, it } from 'vitest';
import { connected, stalled, subscribed } from '../../src/security/connection.js';
import {
  NOON,
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
  suback,
  verdicts,
  zone,
  type Bench,
} from './bench.js';
import { fc, runs } from '../support/property.js';

const SET = 'x10/zone/ground/set';
const DAY = 24 * 3_600_000;
const OWNED = [zone('ground', { kind: 'owned' })];
const EXTERNAL = [zone('ground')];

/** An owned zone that is armed, known and on disk. */
function armedHouse(): Bench {
  const test = bench(OWNED, undefined, NOON, true);
  online(test);
  message(test, SET, 'ARM_AWAY');
  pass(test, 5000);
  return test;
}

/** An external zone that is armed since long. */
function watchedHouse(): Bench {
  const test = bench(EXTERNAL, undefined, NOON, true);
  test.keeps.set('ground/state', 'armed_away');
  online(test);
  pass(test, 600_000);
  return test;
}

/** The broker stands still: nothing is answered and nothing comes. */
function freeze(test: Bench, ms: number): void {
  test.isFrozen = true;
  pass(test, ms);
  test.isFrozen = false;
}

/** The machine sleeps: wall time passes, monotonic time does not, and it is noticed when it wakes up. */
function sleep(test: Bench, ms: number): void {
  test.now = { at: test.now.at + ms, mono: test.now.mono };
  stalled(test, ms);
}

describe('a command of two days ago', () => {
  it.each<[string, (test: Bench) => Bench]>([
    [
      'when the link is cut within the queue',
      (test) => {
        cut(test);
        pass(test, 2 * DAY);
        connect(test, true);
        cut(test);
        pass(test, 1000);
        connect(test, true);
        return test;
      },
    ],
    [
      'when the process dies within the queue',
      (test) => {
        cut(test);
        pass(test, 2 * DAY);
        connect(test, true);
        message(test, SET, 'ARM_HOME');
        pass(test, 500);
        const next = restart(test, OWNED, 1000, true);
        connect(next, true);
        return next;
      },
    ],
    [
      'when the process stands still for a moment within the queue',
      (test) => {
        cut(test);
        pass(test, 2 * DAY);
        connect(test, true);
        pass(test, 100);
        suback(test);
        stalled(test, 4000);
        return test;
      },
    ],
    ...[2000, 8000, 50_000].map((ms): [string, (test: Bench) => Bench] => [
      `when the broker stands still for ${ms / 1000} s within the queue`,
      (test) => {
        cut(test);
        pass(test, 2 * DAY);
        connect(test, true);
        answer(test);
        message(test, SET, 'ARM_HOME');
        freeze(test, ms);
        return test;
      },
    ]),
    [
      'when the broker stands still within the queue and goes on with it before and after its answer',
      (test) => {
        cut(test);
        pass(test, 2 * DAY);
        connect(test, true);
        answer(test);
        freeze(test, 2000);
        message(test, SET, 'ARM_HOME');
        answer(test);
        return test;
      },
    ],
    [
      'when the broker stands still within the queue, and its answer to the connect comes after the next question',
      (test) => {
        cut(test);
        pass(test, 2 * DAY);
        connect(test, true);
        freeze(test, 4000);
        answer(test);
        return test;
      },
    ],
    [
      'when the machine slept and the broker has given the link up meanwhile',
      (test) => {
        sleep(test, 2 * DAY);
        cut(test);
        pass(test, 1000);
        connect(test, true);
        return test;
      },
    ],
    [
      'when the machine slept without a link',
      (test) => {
        cut(test);
        pass(test, 1000);
        sleep(test, 2 * DAY);
        connect(test, true);
        return test;
      },
    ],
    [
      'when the machine slept within the queue',
      (test) => {
        cut(test);
        pass(test, 1000);
        connect(test, true);
        sleep(test, 2 * DAY);
        cut(test);
        pass(test, 1000);
        connect(test, true);
        return test;
      },
    ],
    [
      'when it waits in the session of another broker, at which we were long ago',
      (test) => {
        cut(test);
        connected(test, false, 'mqtt://other');
        answer(test);
        pass(test, 2 * DAY);
        cut(test);
        pass(test, 1000);
        connect(test, true);
        return test;
      },
    ],
    [
      'when it waits in the session of another broker, and we were started anew',
      (test) => {
        cut(test);
        connected(test, false, 'mqtt://other');
        answer(test);
        pass(test, 2 * DAY);
        const next = restart(test, OWNED, 1000, true);
        connect(next, true);
        return next;
      },
    ],
  ])('is not obeyed %s', (_, happens) => {
    const test = happens(armedHouse());
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 10_000);
    expect(state(test)).toBe('armed_away');
    expect(attributes(test)['last_refused_command']).toMatchObject({ command: 'DISARM' });
    message(test, SET, 'DISARM');
    expect(state(test)).toBe('disarmed');
  });

  it('is never obeyed, whatever becomes of the link, the process and the machine before the queue is empty', () => {
    const step = fc.oneof(
      fc.constant({ kind: 'cut' as const, ms: 1000 }),
      fc.constantFrom(1000, 20_000).map((ms) => ({ kind: 'restart' as const, ms })),
      fc.constantFrom(3000, 60_000).map((ms) => ({ kind: 'stand' as const, ms })),
      fc.constantFrom(3000, 60_000).map((ms) => ({ kind: 'sleep' as const, ms })),
      fc.constantFrom(0, 100, 500).map((ms) => ({ kind: 'wait' as const, ms })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, sleeps) => {
        let test = armedHouse();
        cut(test);
        if (sleeps) sleep(test, 2 * DAY);
        else pass(test, 2 * DAY);
        let isUp = false;
        const come = (): void => {
          if (!isUp) connect(test, true);
          isUp = true;
        };
        const go = (): void => {
          if (isUp) cut(test);
          isUp = false;
        };
        for (const { kind, ms } of steps) {
          if (kind === 'restart') {
            test = restart(test, OWNED, ms, true);
            isUp = false;
          } else if (kind === 'sleep') sleep(test, ms);
          else if (kind === 'cut') {
            go();
            pass(test, ms);
          } else {
            come();
            if (kind === 'stand') stalled(test, ms);
            else test.now = { at: test.now.at + ms, mono: test.now.mono + ms };
            // the queue continues: nobody can call it empty
            message(test, 'x10/zone/ground/state', 'armed_away');
          }
        }
        come();
        message(test, SET, 'DISARM');
        answer(test);
        pass(test, 10_000);
        expect(state(test)).toBe('armed_away');
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('a command of a moment ago', () => {
  it('is obeyed although the link was cut within the queue', () => {
    const test = armedHouse();
    cut(test);
    pass(test, 10_000);
    connect(test, true);
    cut(test);
    pass(test, 10_000);
    connect(test, true);
    message(test, SET, 'DISARM');
    answer(test);
    pass(test, 5000);
    expect(state(test)).toBe('disarmed');
  });

  it('is obeyed at the broker where we were a moment ago, also by another life', () => {
    const test = armedHouse();
    const next = restart(test, OWNED, 10_000, true);
    connect(next, true);
    message(next, SET, 'DISARM');
    answer(next);
    pass(next, 5000);
    expect(state(next)).toBe('disarmed');
  });
});

describe('a disarming in the queue', () => {
  /** The broker tells of it, and before the rest of the queue has come something happens. */
  const interruptions: [string, (test: Bench) => Bench][] = [
    [
      'the link is cut',
      (test) => {
        cut(test);
        pass(test, 1000);
        connect(test, true);
        return test;
      },
    ],
    [
      'the process dies',
      (test) => {
        const next = restart(test, EXTERNAL, 1000, true);
        connect(next, true);
        return next;
      },
    ],
    [
      'the process stands still',
      (test) => {
        suback(test);
        stalled(test, 5000);
        return test;
      },
    ],
  ];

  it.each(interruptions)('ends the alarm, although %s then', (_, happens) => {
    let test = watchedHouse();
    motion(test);
    expect(retained(test, 'x10/zone/ground/alarm')).toBe('ON');
    cut(test);
    pass(test, 60_000);
    connect(test, true);
    message(test, 'ground/state', 'disarmed');
    test = happens(test);
    message(test, 'ground/state', 'armed_away');
    answer(test);
    pass(test, 5000);
    expect(state(test)).toBe('armed_away');
    expect(retained(test, 'x10/zone/ground/alarm')).toBe('OFF');
  });

  it.each(interruptions)('makes motion from before it no alert, although %s then', (_, happens) => {
    let test = watchedHouse();
    cut(test);
    pass(test, 60_000);
    motion(test);
    pass(test, 60_000);
    connect(test, true);
    message(test, 'ground/state', 'disarmed');
    test = happens(test);
    message(test, 'ground/state', 'armed_away');
    answer(test);
    pass(test, 5000);
    expect(state(test)).toBe('armed_away');
    expect(alerts(test)).toHaveLength(0);
    expect(verdicts(test)).toContain('late');
  });
});

describe('motion from before a connect after which the link stands still', () => {
  /** Armed, the link is cut, something moves, and the link is up again. */
  function movedMeanwhile(): Bench {
    const test = watchedHouse();
    cut(test);
    pass(test, 500);
    motion(test);
    pass(test, 1000);
    connect(test, true);
    return test;
  }

  it.each<[string, (test: Bench) => void]>([
    ['nothing is answered', () => undefined],
    ['the SUBSCRIBE of the connect is answered, and nothing else', answer],
    [
      'the second SUBSCRIBE is answered, and its retained copies do not come',
      (test) => {
        answer(test);
        freeze(test, 600);
        suback(test);
      },
    ],
  ])('is an alert after the next connect, although %s', (_, happens) => {
    const test = movedMeanwhile();
    happens(test);
    freeze(test, 20_000);
    expect(state(test)).toBe('unknown');
    cut(test);
    pass(test, 1000);
    expect(alerts(test)).toHaveLength(0);
    connect(test, true);
    answer(test);
    pass(test, 5000);
    expect(alerts(test)).toMatchObject([{ late: true, verified: true, security: 'armed_away' }]);
  });

  it('is an alert when the link goes on', () => {
    const test = movedMeanwhile();
    answer(test);
    freeze(test, 20_000);
    answer(test);
    pass(test, 5000);
    expect(alerts(test)).toMatchObject([{ late: true, verified: true, security: 'armed_away' }]);
  });

  it('is none when the broker answers and keeps nothing', () => {
    const test = movedMeanwhile();
    suback(test);
    test.keeps.clear();
    test.keeps.set('others', 'ON');
    pass(test, 10_000);
    expect(attributes(test)['reason']).toMatch(/no retained message/);
    expect(alerts(test)).toHaveLength(0);
    expect(verdicts(test)).toContain('late');
  });
});

it('the broker is not said to keep nothing as long as it does not answer', () => {
  const test = watchedHouse();
  cut(test);
  connect(test, true);
  answer(test);
  freeze(test, 10_000);
  subscribed(test, lastSubscribe(test), lastSubscribe(test), false);
  freeze(test, 2000);
  expect(attributes(test)['reason']).toBe('the broker does not answer');
  expect(notes(test, 'warn')).toContain('zone unknown: the broker does not answer (ground/state)');
});

describe('a link that stands still within a queue that is marked as retained', () => {
  /** The zone was disarmed and armed again; the link stands still after the first of these words. */
  function stuck(ms: number): Bench {
    const test = watchedHouse();
    cut(test);
    pass(test, 60_000);
    connect(test, true);
    message(test, 'ground/state', 'disarmed', 'R');
    suback(test);
    freeze(test, ms);
    return test;
  }

  it.each([650, 1500, 2900])('says nothing that is not so when it goes on after %i ms', (ms) => {
    const test = stuck(ms);
    suback(test);
    for (const word of ['armed_away', 'disarmed', 'armed_away', 'armed_away', 'armed_away']) {
      message(test, 'ground/state', word, 'R');
      pass(test, 20);
      expect(state(test)).toBe('unknown');
    }
    pass(test, 5000);
    expect(state(test)).toBe('armed_away');
    const said = published(test, 'x10/zone/ground/security');
    expect(said.slice(said.lastIndexOf('None'))).toEqual(['None', 'armed_away']);
  });

  it('is unknown again when the queue goes on after the answer', () => {
    const test = stuck(650);
    answer(test);
    pass(test, 200);
    expect(state(test)).toBe('armed_away');
    message(test, 'ground/state', 'disarmed', 'R');
    expect(state(test)).toBe('unknown');
    pass(test, 5000);
    expect(state(test)).toBe('armed_away');
  });
});

describe('a link that stands still twice within a queue', () => {
  it('is unknown again when the queue goes on after an answer that came in the middle of it', () => {
    const test = watchedHouse();
    cut(test);
    pass(test, 60_000);
    connect(test, true);
    message(test, 'ground/state', 'armed_away', 'Q');
    suback(test);
    freeze(test, 650);
    message(test, 'ground/state', 'armed_away', 'Q');
    answer(test);
    pass(test, 200);
    expect(state(test)).toBe('armed_away');
    message(test, 'ground/state', 'disarmed', 'Q');
    expect(state(test)).toBe('unknown');
    message(test, 'ground/state', 'armed_away', 'Q');
    pass(test, 5000);
    expect(state(test)).toBe('armed_away');
    expect(published(test, 'x10/zone/ground/security')).not.toContain('disarmed');
  });
});
