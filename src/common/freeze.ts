/** Makes a value unchangeable, and with it everything that it holds. */

/** Freezes plain objects and arrays to any depth and returns the value. The contents of sets and maps stay as they are. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
