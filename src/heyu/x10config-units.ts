/** How heyu writes a set of units in its configuration: `3`, `1,3,5-7`, `4-1`, `*`, and `0` for none. */

/** The units of an alias in ascending order, each once; or what heyu says against them. */
export type Units =
  | { readonly kind: 'units'; readonly units: readonly number[] }
  | { readonly kind: 'problem'; readonly problem: string };

/** Highest unit code. */
const LAST = 16;

const between = (one: number, other: number): readonly number[] => {
  const first = Math.min(one, other);
  return Array.from({ length: Math.abs(one - other) + 1 }, (_, step) => first + step);
};

/**
 * Reads the units behind a house code as heyu does (parse_units): duplicates and overlaps merge, unit 0 and an
 * empty text name no unit, a delimiter too many is harmless. Of `1-3-5` heyu takes 3-5, of `3-` nothing.
 */
export function readUnits(text: string): Units {
  if (text === '*') return { kind: 'units', units: between(1, LAST) };
  const units = new Set<number>();
  let from: number | undefined;
  for (const match of text.matchAll(/([^,-]+)(-?)/gu)) {
    const number = match[1] ?? '';
    const foreign = /^\+?\d+(.)?/u.exec(number)?.[1] ?? /^(?!\+?\d)(.)/u.exec(number)?.[1];
    if (foreign !== undefined)
      return { kind: 'problem', problem: `Invalid character '${foreign}' in units list` };
    const unit = Number(number);
    if (unit > LAST) return { kind: 'problem', problem: 'Unit number outside range 0-16' };
    if (match[2] === '-') {
      from = unit;
      continue;
    }
    for (const each of between(from ?? unit, unit)) units.add(each);
    from = undefined;
  }
  units.delete(0);
  return { kind: 'units', units: [...units].sort((one, other) => one - other) };
}

/** heyu's own way to write a set of ascending units: `1-4`, `1,2`, `1,3,5-7`; `0` for none. */
export function writeUnits(units: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const unit of units) {
    const run = runs.at(-1);
    if (run?.[1] === unit - 1) run[1] = unit;
    else runs.push([unit, unit]);
  }
  if (runs.length === 0) return '0';
  return runs
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last - first > 1 ? '-' : ','}${last}`))
    .join(',');
}
