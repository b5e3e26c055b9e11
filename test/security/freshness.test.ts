import { describe, expect, it } from 'vitest';
import {
  QUIET_MS,
  createLink,
  isQueueEmpty,
  linkConnected,
  messageReceived,
  startSchedule,
  subscribeAnswered,
  verificationSent,
} from '../../src/security/broker-link.js';
import { fc } from '../support/property.js';

/**
 * One event per word: `Q` a message that may have waited, `R` a retained copy, `PROBE` a SUBSCRIBE, `ACK` a SUBACK, `GIVEN_UP` none in time,
 * a number lets so many ms pass. Returns whether the queue is empty then.
 */
function play(script: string): boolean {
  let mono = 5000;
  const up = linkConnected(createLink(0), '', true, { at: 0, mono });
  up.awaitedTopics = 1;
  const schedule = startSchedule(mono);
  up.schedule = schedule;
  for (const word of script.split(' ')) {
    if (word === 'Q' || word === 'R') messageReceived(schedule, mono, word === 'R');
    else if (word === 'PROBE') {
      verificationSent(schedule, mono);
      up.awaitedTopics += 1;
    } else if (word === 'ACK' || word === 'GIVEN_UP') subscribeAnswered(up, 1, mono, word === 'ACK');
    else mono += Number(word);
  }
  return isQueueEmpty(schedule, mono);
}

const LONG_QUEUE = Array<string>(100).fill('Q 310').join(' ');

describe('the queue of a stored session', () => {
  it.each<[string, string, boolean]>([
    ['is not known to be empty at the connect', 'Q', false],
    ['... nor after its SUBACK and a pause', 'Q ACK 5000', false],
    ['... nor while a probe is not answered', 'Q ACK 600 PROBE 5000', false],
    ['is empty when a probe after a pause is answered and nothing came between', 'Q ACK 600 PROBE ACK', true],
    ['... also when nothing had come at all', 'ACK 600 PROBE ACK', true],
    ['... also when retained copies come with the answer', 'Q ACK 600 PROBE R R ACK R', true],
    ['may go on when a message came before the answer', 'Q ACK 600 PROBE Q ACK', false],
    ['... or after it', 'Q ACK 600 PROBE ACK Q', false],
    ['... and is asked for again', 'Q ACK 600 PROBE Q ACK 600 PROBE ACK', true],
    ['may go on when the probe did not wait for a pause', 'Q ACK 599 PROBE ACK', false],
    ['may go on when the answer may be that to the connect', '3000 PROBE ACK', false],
    ['... also when the next answer may be that to the first probe', '3000 PROBE ACK 600 PROBE ACK', false],
    ['... and is asked for again', '3000 PROBE ACK ACK 600 PROBE ACK', true],
    ['may go on when only the first probe was answered', 'Q ACK 600 PROBE ACK 600 PROBE', false],
    ['may go on when the answer to the probe is given up', 'ACK 600 PROBE GIVEN_UP', false],
    ['... and when that to the connect is given up after it', '3000 PROBE ACK GIVEN_UP', false],
    ['... and is asked for again', 'GIVEN_UP 600 PROBE ACK', true],
    ['that has come without a pause for 30 s is no longer waited for', `ACK ${LONG_QUEUE} PROBE ACK`, true],
    ['... but without an answer it is', `ACK ${LONG_QUEUE} PROBE`, false],
    ['... and a pause within it counts', `ACK ${LONG_QUEUE} 700 Q 310 PROBE ACK`, false],
  ])('%s', (_, script, expected) => {
    expect(play(script)).toBe(expected);
  });

  it('is never empty while the broker still sends it in one go, however long it takes to begin', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20_000 }),
        fc.array(fc.nat({ max: QUIET_MS - 1 }), { minLength: 1, maxLength: 40 }),
        fc.nat({ max: 39 }),
        (waitMs, gaps, place) => {
          const words = gaps.map((gap) => `${gap} Q`);
          // the answer to a probe comes behind what was queued before it
          words.splice(place % gaps.length, 0, 'PROBE');
          expect(play(`ACK ${waitMs} ${words.join(' ')} ACK`)).toBe(false);
        },
      ),
    );
  });
});
