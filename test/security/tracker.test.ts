import { describe, expect, it } from 'vitest';
import {
  createTracker,
  endOfAnswers,
  readingGranted,
  hear,
  refuse,
  settle,
  stateOf,
  verify,
  whyUnknown,
  type Tracker,
} from '../../src/security/tracker.js';
import { readState } from '../../src/security/vocabulary.js';
import { bytes } from './bench.js';

/**
 * One packet or event per word: `Qword` a copy without the retain flag, `Rword` one with it, `VERIFY` (which shows that
 * the queue is empty, unless `GOES_ON` comes after it) and
 * `VERIFY!` a verification SUBSCRIBE after a pause and without one, `END` the end of waiting for copies after its answer,
 * `SILENT` without one, `BUSY` after an answer that what the broker had kept was mixed with, `PAUSE` a moment without a message, `CUT`.
 */
function play(script: string, from?: Tracker): Tracker | undefined {
  let tracker = from;
  let isDraining = true;
  for (const step of script.split(' ')) {
    if (step.startsWith('VERIFY') || step === 'GOES_ON') isDraining = step !== 'VERIFY';
    if (step === 'CUT') tracker = undefined;
    else if (step === 'GOES_ON') continue;
    else if (step === 'CLEAN' || step === 'STORED') tracker = createTracker(step === 'STORED');
    else if (tracker === undefined) throw new Error(`nothing listens to ${step}`);
    else if (step === 'VERIFY') verify(tracker, true);
    else if (step === 'VERIFY!') verify(tracker, false);
    else if (step === 'END' || step === 'SILENT' || step === 'BUSY')
      endOfAnswers(tracker, step !== 'SILENT', step !== 'END');
    else if (step === 'PAUSE') settle(tracker);
    else if (step === 'REFUSED') refuse(tracker);
    else if (step === 'GRANTED') readingGranted(tracker);
    else hear(tracker, readState(bytes(step.slice(1))), step.startsWith('R'), 0, isDraining);
  }
  return tracker;
}

const standing = (tracker: Tracker | undefined) => stateOf(tracker) ?? whyUnknown(tracker);

const AWAY = 'armed_away';
const toggles = (count: number, flag: string) =>
  Array.from({ length: count }, (_, index) => `${flag}${index % 2 === 0 ? 'ON' : 'OFF'}`).join(' ');

/** The orders of docs/security-state.md, "What brokers do": name, packets, the state before and after verifying. */
const ORDERS: readonly (readonly [string, string, string, string])[] = [
  ['A, queue before the truth: mosquitto, NATS, RabbitMQ', 'QON QOFF QON RON', 'VERIFY RON PAUSE', AWAY],
  ['A, all marked retained: aedes', 'RON ROFF RON RON', 'VERIFY RON PAUSE', AWAY],
  ['A, retained first and the queue after it: aedes level', 'RON RON ROFF RON', 'VERIFY RON PAUSE', AWAY],
  ['B, the last change was QoS 0', 'QON ROFF', 'VERIFY ROFF PAUSE', 'disarmed'],
  ['B, all marked retained', 'RON ROFF', 'VERIFY ROFF PAUSE', 'disarmed'],
  ['C, 20 queued, then 40, the truth last', `${toggles(60, 'Q')} ROFF`, 'VERIFY ROFF PAUSE', 'disarmed'],
  [
    'C, the truth in the middle: RabbitMQ',
    `${toggles(10, 'Q')} ROFF ${toggles(49, 'Q')}`,
    'VERIFY ROFF PAUSE',
    'disarmed',
  ],
  [
    'D, the truth first and 39 old copies after it: mosquitto',
    `${toggles(21, 'Q')} ROFF ${toggles(39, 'Q')}`,
    'VERIFY ROFF PAUSE',
    'disarmed',
  ],
  ['D, all marked retained: aedes', `ROFF ${toggles(57, 'R')}`, 'VERIFY ROFF PAUSE', 'disarmed'],
  ['D, the truth before everything: NATS 2.10', `ROFF ${toggles(59, 'Q')}`, 'VERIFY ROFF PAUSE', 'disarmed'],
  ['F, cleared at QoS 1', 'QON Q', 'VERIFY END', 'nothing_retained'],
  ['F, cleared, marked retained: aedes', 'RON R', 'VERIFY END', 'nothing_retained'],
  ['G, cleared at QoS 0: only the stale copy comes', 'QON', 'VERIFY END', 'nothing_retained'],
  ['G on aedes', 'RON', 'VERIFY END', 'nothing_retained'],
  [
    'the queue goes on after a hurried verification: the truth is not believed yet',
    'QON',
    'VERIFY! ROFF QON QOFF QON END',
    'ambiguous',
  ],
  ['... and is found by the next', 'QON', 'VERIFY! ROFF QON QOFF QON END VERIFY ROFF PAUSE', 'disarmed'],
  ['a hurried verification that nothing contradicts', 'QON', 'VERIFY! ROFF END', 'disarmed'],
  ['old copies marked retained after a hurried verification', 'RON', 'VERIFY! RON ROFF END', 'ambiguous'],
  [
    'a hurried verification in which the queue, marked retained, said one and the same old word',
    'RON',
    'VERIFY! RON RON RON END',
    'ambiguous',
  ],
  [
    'the queue goes on though a hurried verification was not contradicted: not believed',
    'QON',
    'VERIFY! ROFF END QON',
    'ambiguous',
  ],
  ['... nor when it is marked retained', 'RON', 'VERIFY! ROFF END RON', 'ambiguous'],
  ['... and the next verification knows', 'QON', 'VERIFY! ROFF END QON VERIFY ROFF PAUSE', 'disarmed'],
  [
    '... nor when only the queue answers the next hurried verification',
    'QON',
    'VERIFY! ROFF END VERIFY! QON END',
    'ambiguous',
  ],
  ['a queue that goes on after an answer in its middle', 'QON', 'VERIFY RON PAUSE GOES_ON QOFF', 'ambiguous'],
  ['... and the next verification knows', 'QON', 'VERIFY RON PAUSE GOES_ON QOFF VERIFY RON PAUSE', AWAY],
  ['a change during the verification', 'QON', 'VERIFY RON PAUSE QOFF', 'disarmed'],
  ['... at the moment of its answer', 'QON', 'VERIFY RON QOFF PAUSE', 'waiting'],
  ['a copy without a moment of silence after it may be of the queue', 'RON', 'VERIFY RON', 'waiting'],
  ['the queue, marked retained, goes on after a pause in it', 'ROFF', 'VERIFY RON ROFF PAUSE', 'waiting'],
  ['... and after the answer', 'ROFF', 'VERIFY RON PAUSE ROFF', 'ambiguous'],
  ['... and the next verification knows', 'ROFF', 'VERIFY RON PAUSE ROFF END VERIFY ROFF PAUSE', 'disarmed'],
  ['the same old word again', 'ROFF', 'VERIFY RON RON PAUSE', AWAY],
  ['a change that overtakes its own retained copy', 'QON', 'VERIFY QOFF RON', 'waiting'],
  ['... until the next verification', 'QON', 'VERIFY QOFF RON END VERIFY ROFF PAUSE', 'disarmed'],
  ['a live copy and a retained one that agree', 'QON', 'VERIFY QOFF ROFF PAUSE', 'disarmed'],
  ['a live copy alone may be the end of the queue', 'QON', 'VERIFY QOFF END', 'ambiguous'],
  ['a publisher that does not retain is believed when the queue is surely empty', '', 'VERIFY END QON', AWAY],
  ['... and not when others were in it', '', 'VERIFY BUSY QON', 'nothing_retained'],
  ['... until the next verification', '', 'VERIFY BUSY QON VERIFY END QOFF', 'disarmed'],
  [
    'a copy that comes too late may be of a queue that is marked retained',
    'RON',
    'VERIFY END ROFF',
    'ambiguous',
  ],
  ['... and the next verification knows', 'RON', 'VERIFY END ROFF VERIFY RON PAUSE', AWAY],
  [
    '... or is the late answer of a slow broker, after which nothing comes',
    'RON',
    'VERIFY END ROFF PAUSE',
    'disarmed',
  ],
  ['... which the rest of a queue is not', 'RON', 'VERIFY END ROFF RON PAUSE', 'ambiguous'],
  ['... also when it was not the first of the silent ones', '', 'VERIFY END VERIFY END ROFF', 'ambiguous'],
  ['... or something was known in between', '', 'VERIFY END QON VERIFY END ROFF', 'ambiguous'],
  ['a copy that was waited for is no part of it', 'RON', 'VERIFY END VERIFY ROFF', 'disarmed'],
  ['nothing is kept and nothing comes', '', 'VERIFY END', 'nothing_retained'],
  ['nothing comes, not even an answer', 'QON', 'VERIFY SILENT', 'no_answer'],
  ['... and it may still be the queue that comes first then', 'QON', 'VERIFY SILENT QON', 'no_answer'],
  ['... until the next verification', 'QON', 'VERIFY SILENT QON QOFF VERIFY ROFF PAUSE', 'disarmed'],
];

describe('with a stored session', () => {
  it.each(ORDERS)('%s', (_, before, after, expected) => {
    let tracker = play('STORED');
    if (before !== '') {
      for (const packet of before.split(' ')) {
        tracker = play(packet, tracker);
        // not for an instant is history taken for the state
        expect(standing(tracker)).toBe('waiting');
      }
    }
    expect(standing(play(after, tracker))).toBe(expected);
  });

  it('keeps the queued copies for the record, in their order', () => {
    const tracker = play('STORED Qarmed_home Qdisarmed Qarmed_away Rarmed_away VERIFY Rarmed_away PAUSE');
    expect(tracker?.queue?.states).toEqual(['armed_home', 'disarmed', 'armed_away']);
    const next = play('CUT STORED Rarmed_away VERIFY Rarmed_away PAUSE', tracker);
    expect(next?.queue?.states).toEqual([]);
  });

  it('keeps the last 20 queued copies of a long queue', () => {
    expect(play(`STORED ${toggles(60, 'Q')}`)?.queue?.states).toHaveLength(20);
  });
});

/** Without a stored session: packets and the state after them. */
const CLEAN: readonly (readonly [string, string, string])[] = [
  ['the first copy counts at once', 'RON', AWAY],
  ['a live copy counts at once', 'QON', AWAY],
  ['an old retained copy after a newer live one does not count: NATS, aedes', 'QOFF RON', 'disarmed'],
  ['... nor a second one', 'RON QOFF RON RON', 'disarmed'],
  [
    'an old retained copy right after a verification is fixed by the next',
    'RON QOFF VERIFY RON VERIFY ROFF',
    'disarmed',
  ],
  [
    'an update that was neither replayed nor delivered is found by the verification',
    'RON VERIFY ROFF',
    'disarmed',
  ],
  [
    'a QoS 0 change overtaking a QoS 1 change is found by the verification',
    'QOFF QON VERIFY ROFF',
    'disarmed',
  ],
  ['live beats retained within a verification', 'RON VERIFY QOFF RON', 'disarmed'],
  ['a deleted retained copy is unknown', 'RON Q', 'cleared'],
  ['... and stays so', 'RON Q VERIFY END', 'cleared'],
  ['... until something comes', 'RON Q QOFF', 'disarmed'],
  ['unavailable is unknown', 'RON Qunavailable', 'no_information'],
  ['pending keeps armed', 'Rarmed_home Qpending', 'armed_home'],
  ['pending keeps disarmed', 'ROFF Qpending', 'disarmed'],
  ['pending alone says nothing', 'Rpending', 'no_information'],
  ['disarming keeps armed', 'RON Qdisarming', AWAY],
  ['arming is not armed yet', 'ROFF Qarming', 'arming'],
  ['triggered is triggered', 'RON Qtriggered', 'triggered'],
  ['foreign words make it unknown: armed', 'RON Qbanana', 'not_understood'],
  ['foreign words make it unknown: disarmed', 'ROFF Qbanana', 'not_understood'],
  ['... until a word is understood', 'ROFF Qbanana QON', AWAY],
  ['... and no word without information is', 'ROFF Qbanana Qpending', 'no_information'],
  ['an entry delay keeps armed', 'Rarmed_home Qentry_delay', 'armed_home'],
  ['an exit delay is not armed yet', 'ROFF Qexit_delay', 'arming'],
  ['in alarm is triggered', 'RON Qin_alarm', 'triggered'],
  ['foreign words alone say nothing', 'Rbanana', 'not_understood'],
  ['nothing retained', 'VERIFY END', 'nothing_retained'],
  ['no answer', 'VERIFY SILENT', 'no_answer'],
  ['an answer at last, and nothing retained', 'VERIFY SILENT VERIFY END', 'nothing_retained'],
  ['two verifications without an answer', 'RON VERIFY SILENT VERIFY SILENT', 'no_answer'],
  ['one verification without a copy may be a race', 'RON VERIFY END', AWAY],
  ['two are not: the broker has lost it', 'RON VERIFY END VERIFY END', 'nothing_retained'],
  ['a copy in between counts anew', 'RON VERIFY END VERIFY RON VERIFY END', AWAY],
  [
    'what is not retained is known until two verifications are silent',
    'QON VERIFY END VERIFY END',
    'nothing_retained',
  ],
  ['a live copy counts instead of a retained one', 'RON VERIFY QON END VERIFY QON END', AWAY],
  ['the link is down', 'RON CUT', 'link_down'],
  ['a new connection knows nothing of the old', 'RON CUT CLEAN', 'waiting'],
  ['refused', 'REFUSED', 'refused'],
  ['refused later', 'RON VERIFY REFUSED END', 'refused'],
  ['granted at last', 'REFUSED VERIFY GRANTED RON', AWAY],
];

describe('without a stored session', () => {
  it.each(CLEAN)('%s', (_, script, expected) => {
    expect(standing(play(`CLEAN ${script}`))).toBe(expected);
  });
});
