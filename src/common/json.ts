/** JSON that is not trusted, from the broker or the disk: members that are not as expected count as missing. */

import { orElse } from './error.js';

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that a text stands for; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  return orElse<unknown, undefined>(() => JSON.parse(text), undefined);
}

/** The object in a text; an empty one where there is none. */
export function objectIn(text: string | undefined): JsonObject {
  const value = text === undefined ? undefined : parseJson(text);
  return isObject(value) ? value : {};
}

/** The object that is a member of another; an empty one where there is none. */
export function objectOf(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** The text that is a member of an object. */
export function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}
