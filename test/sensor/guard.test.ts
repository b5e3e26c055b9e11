import { expect, test } from 'vitest';
import { signalForm, type DelaySwitch, type EntryRule, type Guard } from '../../src/sensor/guard.js';

type Row = readonly [Parameters<typeof signalForm>[1], DelaySwitch, Guard, 'delayed' | 'immediate'];

const ROWS: readonly Row[] = [
  ['motion', undefined, 'armed', 'delayed'],
  ['door', undefined, 'armed', 'delayed'],
  ['door', 'min', 'armed', 'delayed'],
  ['garage', undefined, 'armed', 'delayed'],
  ['window', 'min', 'armed', 'immediate'],
  ['window', 'max', 'armed', 'delayed'],
  // what has no switch: a sensor of standard X10
  ['window', undefined, 'armed', 'immediate'],
  ['opening', 'min', 'armed', 'immediate'],
  ['opening', 'max', 'armed', 'delayed'],
  ['glass', undefined, 'armed', 'immediate'],
  ['tamper', 'max', 'armed', 'immediate'],
  ['smoke', undefined, 'always', 'immediate'],
  ['water', undefined, 'always', 'immediate'],
  ['panic', 'max', 'always', 'immediate'],
];

test.each(ROWS)('%s with its switch at %s: %s, %s', (kind, delay, guard, entry) => {
  expect(signalForm({ guard: undefined, entry: 'auto' }, kind, delay)).toEqual({ kind, guard, entry });
});

test.each(['delayed', 'immediate'] as readonly EntryRule[])(
  'what the owner says counts: %s, but not for tampering and panic',
  (entry) => {
    for (const [kind, delay, guard, own] of ROWS) {
      const isOwners = kind !== 'tamper' && kind !== 'panic';
      expect(signalForm({ guard: undefined, entry }, kind, delay)).toEqual({
        kind,
        guard,
        entry: isOwners ? entry : own,
      });
      expect(signalForm({ guard: 'off', entry }, kind, delay).guard).toBe('off');
    }
  },
);
