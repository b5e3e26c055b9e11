import { describe, expect, it } from 'vitest';
import { BAD_DEVICES, BAD_ENTITIES } from './bad-payloads.js';
import { badMessages, dumpLines, goodMessages, removals, type DumpedMessage } from './dump-discovery.js';
import { faultsOf } from './validator.js';

function casesOf(messages: readonly DumpedMessage[]): ReadonlyMap<string, readonly DumpedMessage[]> {
  const cases = new Map<string, DumpedMessage[]>();
  for (const message of messages) cases.set(message.case, [...(cases.get(message.case) ?? []), message]);
  return cases;
}

describe('the dump of discovery messages', () => {
  it('holds good cases that the validator accepts', () => {
    for (const [name, messages] of casesOf(goodMessages())) expect(faultsOf(messages), name).toEqual([]);
  });

  it('holds every bad case, and the validator refuses each', () => {
    const cases = casesOf(badMessages());
    expect(cases.size).toBe(BAD_DEVICES.length + BAD_ENTITIES.length);
    for (const [name, messages] of cases) expect(faultsOf(messages), name).not.toEqual([]);
  });

  it('begins each removal with what was there and ends with what is there', () => {
    for (const [name, messages] of casesOf(removals())) {
      expect(messages[0]?.payload, name).toContain('heyu2mqtt_cellar');
      expect(
        messages.some(({ pauseMsAfter }) => pauseMsAfter > 0),
        name,
      ).toBe(true);
    }
  });

  it('is one JSON object per line', () => {
    const [first] = goodMessages();
    if (first === undefined) throw new Error('nothing to dump');
    expect(JSON.parse(dumpLines([first]))).toEqual(first);
    expect(dumpLines([first, first]).split('\n')).toHaveLength(3);
  });
});
