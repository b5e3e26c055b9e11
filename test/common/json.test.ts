import { describe, expect, test } from 'vitest';
import { isObject, objectIn, objectOf, parseJson, textIn } from '../../src/common/json.js';
import { fc } from '../support/property.js';

describe('JSON that nobody vouches for', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['{}', {}],
    ['[{"a":1}]', {}],
    ['"text"', {}],
    ['null', {}],
    ['{"a":', {}],
    ['', {}],
    [undefined, {}],
  ])('the object in %j', (text, object) => expect(objectIn(text)).toEqual(object));

  test.each([
    [{ a: { b: 1 } }, 'a', { b: 1 }],
    [{ a: [1] }, 'a', {}],
    [{ a: null }, 'a', {}],
    [{ a: 'text' }, 'b', {}],
  ])('the object in %j under %s', (object, key, inner) => expect(objectOf(object, key)).toEqual(inner));

  test.each([
    [{ a: 'text' }, 'text'],
    [{ a: '' }, ''],
    [{ a: 1 }, undefined],
    [{ a: null }, undefined],
    [{}, undefined],
  ])('the text in %j', (object, text) => expect(textIn(object, 'a')).toBe(text));

  test('arrays and null are no objects', () =>
    expect([{}, [], null, undefined, 'text', 1].map(isObject)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]));

  test('any text is read as JSON or as nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(['', '{', 'undefined', '1 2', '\u0000'].map(parseJson)).toEqual(Array(5).fill(undefined));
  });
});
