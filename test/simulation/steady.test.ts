/** Which time of the world is meant, after the clock was set back. */

import { expect, test } from 'vitest';
import type { Published } from '../support/tap.js';
import { bySensor } from '../soak/signs.js';
import { newTruth } from '../soak/truth.js';
import { datedSteadily } from './steady.js';

const BACK_MS = 40_000;
const SET_AT = Date.UTC(2026, 9, 5, 0, 1);
/** What the wall clock shows twice. */
const SHOWN_AT = SET_AT - 10_000;
const BEFORE = '2026-10-05T00:00:50.000Z';
const AFTER = '2026-10-05T00:01:30.000Z';

const say = (alias: string, id: string): Published => ({
  topic: `x10/${alias}/event`,
  payload: JSON.stringify({ event_type: 'motion', id, at: new Date(SHOWN_AT).toISOString() }),
  retain: false,
  connection: 1,
  sentAt: SHOWN_AT + BACK_MS + 5000,
  acknowledgedAt: undefined,
});

test.each([
  { of: 'before', generation: 'aaaaaaaa', place: 200, at: BEFORE },
  { of: 'after', generation: 'bbbbbbbb', place: 300, at: AFTER },
])(
  'a sign at one place in two files, of two clocks, is that of the file: $of',
  ({ generation, place, at }) => {
    const truth = newTruth();
    const [first, second] = [bySensor.get('ms14a_a1'), bySensor.get('ms14a_a3')];
    if (first === undefined || second === undefined) throw new Error('no such sensor');
    for (const [content, writtenAt] of [SHOWN_AT, SHOWN_AT + BACK_MS].entries()) {
      truth.note({ kind: 'sign', sensor: first, by: 'rf' }, { content, offset: 100 }, writtenAt);
      const offset = content === 0 ? 200 : 300;
      truth.note({ kind: 'sign', sensor: second, by: 'rf' }, { content, offset }, writtenAt);
    }
    const published = [say('ms14a_a1', `${generation}-100`), say('ms14a_a3', `${generation}-${place}`)];
    const dated = datedSteadily(published, truth, { setBacks: [{ from: SET_AT, backMs: BACK_MS }] });
    expect(dated.map(({ payload }) => (JSON.parse(payload) as { at: string }).at)).toEqual([at, at]);
  },
);
