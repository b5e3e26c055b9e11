/** Strings as V8 likes them. What they say is the same; how quickly they are compared is not. */

/**
 * A copy of a part of a text that stands by itself. What `slice` gives refers to the whole text: it keeps a
 * buffer of 64 KiB alive for one line, and comparing with it takes V8 several times as long.
 */
export function flatSlice(text: string, start: number, end = text.length): string {
  const codes = new Array<number>(Math.max(0, end - start));
  for (let index = start; index < end; index += 1) codes[index - start] = text.charCodeAt(index);
  let flat = '';
  // as arguments of one call there may not be too many
  for (let from = 0; from < codes.length; from += 1024)
    flat += String.fromCharCode(...codes.slice(from, from + 1024));
  return flat;
}

/**
 * The same text as V8 keeps it for names of properties: whether it equals a literal is then a comparison of two
 * pointers, not of characters. Worth it for a text that is kept and compared often.
 */
export function interned(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}
