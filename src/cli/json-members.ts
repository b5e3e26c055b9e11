/** Reads JSON that comes from the broker: it may hold anything, and what is not as expected is not there. */

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in a payload; an empty one where there is none. */
export function objectIn(payload: string | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(payload ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
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

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
