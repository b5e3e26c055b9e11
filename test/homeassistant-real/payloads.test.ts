/** Home Assistant's own schemas over every discovery message that we can make, and over spoilt ones. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import {
  badMessages,
  dumpLines,
  goodMessages,
  removals,
  type DumpedMessage,
} from '../homeassistant/dump-discovery.js';
import type { Release } from './environments.js';

type Verdict = { readonly case: string; readonly judge: DumpedMessage['judge']; readonly faults: string[] };

/** What the schemas of a release have against each message; verdicts.py. */
function verdicts(release: Release, messages: readonly DumpedMessage[]): readonly Verdict[] {
  const { stdout, stderr, status } = spawnSync(
    inject('pythons')[release] ?? '',
    [join(import.meta.dirname, 'verdicts.py')],
    { input: dumpLines(messages), encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  if (status !== 0) throw new Error(`verdicts.py: ${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(messages.length);
  return messages.map(({ case: name, judge }, index) => ({
    case: name,
    judge,
    faults: (JSON.parse(lines[index] ?? '') as { faults: string[] }).faults,
  }));
}

/** The cases that the schemas have something against. */
function refused(all: readonly Verdict[]): ReadonlySet<string> {
  return new Set(all.filter(({ faults }) => faults.length > 0).map((verdict) => verdict.case));
}

const withFaults = (all: readonly Verdict[]): readonly Verdict[] =>
  all.filter(({ faults }) => faults.length > 0);

describe.skipIf(inject('pythons').current === undefined)('the newest release', () => {
  test('takes everything that we publish, in both forms', () => {
    expect(withFaults(verdicts('current', [...goodMessages(), ...removals()]))).toEqual([]);
  });

  test('refuses what our validator says that its schemas refuse, and nothing else', () => {
    const cases = new Map(badMessages().map(({ case: name, judge }) => [name, judge]));
    const inSchema = [...cases].filter(([, judge]) => judge === 'schema').map(([name]) => name);
    expect(inSchema.length).toBeGreaterThan(10);
    expect([...refused(verdicts('current', badMessages()))].sort()).toEqual(inSchema.sort());
  });
});

describe.skipIf(inject('pythons')['2024.3'] === undefined)('2024.3', () => {
  const forIt = (messages: readonly DumpedMessage[]): readonly DumpedMessage[] =>
    // for who has said that theirs is newer there are classes that it does not know
    messages.filter(({ topic, case: name }) => !topic.includes('/device/') && !name.endsWith('2026-10'));

  test('takes everything that we publish as single entities', () => {
    const good = forIt(goodMessages());
    expect(good.length).toBeGreaterThan(50);
    expect(withFaults(verdicts('2024.3', good))).toEqual([]);
  });

  test.each([
    ['a class that is none', 'binary_sensor/cellar_a3/motion', { device_class: 'movement' }],
    ['no topic of the state', 'binary_sensor/cellar_a3/motion', { state_topic: undefined }],
    ['no types of an event', 'event/cellar_d1/event', { event_types: undefined }],
    [
      'a model id, which came later',
      'binary_sensor/cellar_a3/motion',
      { device: { ids: 'a', model_id: 'b' } },
    ],
    ['a device without identity', 'binary_sensor/cellar_a3/motion', { device: { name: 'Hall' } }],
    ['no command topic of a switch', 'switch/cellar_zone_attic/armed_switch', { command_topic: undefined }],
  ])('refuses %s', (name, end, spoilt) => {
    const good = forIt(goodMessages()).find(({ topic }) => topic.endsWith(`${end}/config`));
    expect(good).toBeDefined();
    if (good === undefined) return;
    const payload = JSON.stringify({ ...(JSON.parse(good.payload) as object), ...spoilt });
    const [before, after] = verdicts('2024.3', [good, { ...good, case: name, payload }]);
    expect(before?.faults).toEqual([]);
    expect(after?.faults).not.toEqual([]);
  });
});
