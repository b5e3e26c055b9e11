import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWaitingLine } from '../../src/mqtt/waiting-line.js';

type Person = { sequence: number; ahead: Person | undefined; behind: Person | undefined };

test('whoever joins and leaves, the line stands in the order of the numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ sequence: fc.nat(30), leave: fc.boolean() })), (steps) => {
      const line = createWaitingLine<Person>();
      const standing = new Map<number, Person>();
      for (const { sequence, leave } of steps) {
        const person = standing.get(sequence);
        if (leave && person !== undefined) {
          line.leave(person);
          standing.delete(sequence);
        } else if (person === undefined) {
          const newcomer = { sequence, ahead: undefined, behind: undefined };
          standing.set(sequence, newcomer);
          line.join(newcomer);
        }
      }
      const expected = [...standing.keys()].sort((one, other) => one - other);
      const found: number[] = [];
      let last: Person | undefined;
      for (let person = line.first(); person !== undefined; person = person.behind) {
        found.push(person.sequence);
        expect(person.ahead).toBe(last);
        last = person;
      }
      expect(found).toEqual(expected);
      expect(line.size()).toBe(expected.length);
    }),
  );
});
