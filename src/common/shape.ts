/** Checks that JSON has the shape of a type: checks are composed in the same way as the type. */

import { isObject } from './json.js';

/** Whether a value is what it should be. */
export type Check = (value: unknown) => boolean;

/** A text. */
export const isText: Check = (value) => typeof value === 'string';

/** True or false. */
export const isFlag: Check = (value) => typeof value === 'boolean';

/** A number that a Date can hold (ECMAScript, "Time Values and Time Range"): instants, spans and counts are. */
export const isCalculable: Check = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15;

/** One of these. */
export function oneOf(...values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

/** It may be missing. */
export function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** An object whose values are all like this. */
export function recordOf(check: Check): Check {
  return (value) => isObject(value) && Object.values(value).every(check);
}

/** A list of such values. */
export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** An object with these members; it may have others. */
export function shapeOf<T>(members: Readonly<Record<keyof T, Check>>): (value: unknown) => value is T {
  const checks = Object.entries<Check>(members);
  return (value): value is T => isObject(value) && checks.every(([key, check]) => check(value[key]));
}
