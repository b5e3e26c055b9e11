/** Values in heyu's configuration: times and security IDs. */

const LONGEST_S = 24 * 3600;

/** `hh:mm:ss`, at most 24 h, in milliseconds; undefined when it is none (modules.c, `timeout_parm`). */
export function readTimeout(text: string): number | undefined {
  const match = /^(\d{1,5}):(\d{1,2}):(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return seconds <= LONGEST_S ? seconds * 1000 : undefined;
}

/** `h:mm:ss`, as `heyu show alias` prints a time in milliseconds. */
export function writeTimeout(timeoutMs: number): string {
  const two = (number: number): string => `${Math.floor(number) % 60}`.padStart(2, '0');
  const seconds = timeoutMs / 1000;
  return `${Math.floor(seconds / 3600)}:${two(seconds / 60)}:${two(seconds)}`;
}

/**
 * The ID of a DS90's other channel: with the bits of each byte reversed, the auxiliary ID is the main one plus 1
 * (modules.c, `comp_ds90_id`). `step` is 1 for main -> auxiliary, -1 for the way back.
 */
export function ds90Companion(id: number, step: 1 | -1): number {
  const next = (byte: number): number => reversed((reversed(byte) + step) & 0xff);
  return id > 0xff ? (next(id >> 8) << 8) | next(id & 0xff) : next(id);
}

function reversed(byte: number): number {
  let bits = 0;
  for (let bit = 0; bit < 8; bit += 1) bits |= ((byte >> bit) & 1) << (7 - bit);
  return bits;
}
