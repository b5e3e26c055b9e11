/** What was heard that no alias covers: addresses, and security ids that heyu does not map. Ready to be adopted. */

/** One address ("A7") or id ("Sec 0x22"). */
type UnmappedEntry = {
  /** heyu's own alias, null when it has none. */
  label: string | null;
  count: number;
  /** First and last time, epoch ms. */
  first: number;
  last: number;
  /** The last function. */
  function: string;
  source: string;
};

/** By address or id. Plain data: it goes into the checkpoint. */
export type Unmapped = Record<string, UnmappedEntry>;

/** How many are remembered; the one heard longest ago makes room. */
export const UNMAPPED_LIMIT = 200;

/** Longest text of an entry: what heyu writes is shorter, what a script writes may be anything. */
const MOST_TEXT = 80;

/** Counts one. Returns true when it is heard for the first time. */
export function noteUnmapped(
  unmapped: Unmapped,
  key: string,
  heard: {
    readonly label: string | null;
    readonly function: string;
    readonly source: string;
    readonly at: number;
  },
): boolean {
  const said = heard.function.slice(0, MOST_TEXT);
  const entry = unmapped[key];
  if (entry !== undefined) {
    entry.count += 1;
    entry.last = heard.at;
    entry.function = said;
    entry.source = heard.source;
    entry.label = heard.label ?? entry.label;
    return false;
  }
  const keys = Object.keys(unmapped);
  if (keys.length >= UNMAPPED_LIMIT) {
    const oldest = keys.reduce((a, b) => ((unmapped[a]?.last ?? 0) <= (unmapped[b]?.last ?? 0) ? a : b));
    Reflect.deleteProperty(unmapped, oldest);
  }
  unmapped[key] = {
    label: heard.label,
    count: 1,
    first: heard.at,
    last: heard.at,
    function: said,
    source: heard.source,
  };
  return true;
}
