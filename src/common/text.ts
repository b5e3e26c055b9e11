/** Text for people. */

/** `1 zone`, `2 zones`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Makes text of others safe for a terminal: control and direction characters become `\u001b` and the like. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value in double quotes as it is shown to people: printable and at most 60 characters of it. */
export function quote(text: string): string {
  const shown = Array.from(text.slice(0, 200)).slice(0, 60).join('');
  return `"${printable(shown)}${shown.length < text.length ? '...' : ''}"`;
}

/** A name for people of a name for programs: `hall_motion` becomes "Hall motion". One without letter or digit stays. */
export function readable(name: string): string {
  const words = name.split(/[._-]+/).filter((word) => word !== '');
  const sentence = words.join(' ');
  return sentence === '' ? name : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

// --- "Did you mean ...?": the known word that a misspelt one is nearest to.

/** Longer words are not compared: no name of ours is that long, and the comparison costs length by length. */
const LONGEST = 40;

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function distance(from: string, to: string): number {
  const before: number[] = Array.from({ length: to.length + 1 }, () => 0);
  let row: number[] = before.map((_, column) => column);
  let above: number[] = before;
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        cost = Math.min(cost, (above[j - 2] ?? 0) + 1);
      }
      next.push(cost);
    }
    above = row;
    row = next;
  }
  return row[to.length] ?? 0;
}

/** Shorter words are part of too many others. */
const SHORTEST_PART = 4;

/** `topic` is a part of `base_topic`, and not too small a one to mean it. */
function isPart(part: string, whole: string): boolean {
  return part.length >= SHORTEST_PART && part.length * 3 >= whole.length && whole.includes(part);
}

/**
 * The known word nearest to `word` without regard to case and to `-` for `_`: at most a third of its letters
 * differ, and at least one edit is always forgiven; else one that contains the other. Undefined when none is near.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  const plain = (text: string): string => text.toLowerCase().replaceAll('-', '_');
  const wanted = plain(word);
  let best: string | undefined;
  let part: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const other = plain(candidate);
    if (isPart(wanted, other) || isPart(other, wanted)) part ??= candidate;
    if (Math.abs(other.length - wanted.length) >= least) continue;
    const far = distance(wanted, other);
    if (far < least) [best, least] = [candidate, far];
  }
  return best ?? part;
}

/** The hint for a misspelt word: `did you mean "hold"?`; undefined when no known one is near. */
export function nearestHint(word: string, known: Iterable<string>): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** The hint for an unknown word: `did you mean "hold"?`, or which words there are when there are few. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const few = known.length === 0 || known.length > 20 ? undefined : `known: ${known.join(', ')}`;
  return nearestHint(word, known) ?? few;
}
