/** Reads the keys of a section by a table: unknown keys, sections and lists in the wrong place, values of a wrong form. */
import { problemAt, printable, quote, type Problem } from './problem.js';
import type { KeyTable, ValuesOf } from './key.js';
import { didYouMean } from './suggest.js';
import { givenBy, isEmpty, type Entry, type Written } from './written.js';
import type { Form, Reading } from './form.js';

/** What a section says: values of its good keys, the line of every known key, good or not. */
export type KeysRead<Table extends KeyTable> = {
  readonly values: Partial<ValuesOf<Table>>;
  readonly lines: ReadonlyMap<string, number>;
};

/** A dotted path; parts of others are made printable and a dot within them stays visible. */
export function dotted(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (/^[\w./-]{1,64}$/.test(part) ? part : quote(part)))
    .join('.');
}

/** Reads one value. Nothing written, sections and lists of lists are refused for every form. */
export function readWritten<T>(form: Form<T>, written: Written): Reading<T> {
  if (isEmpty(written))
    return { ok: false, problem: 'has no value', hint: 'write a value or remove the line' };
  const given = givenBy(written);
  if (given !== undefined) return form.read(given);
  const problem =
    written.kind === 'section'
      ? `is a section, but one ${form.name} is wanted`
      : `holds something else than values, but one ${form.name} is wanted`;
  return { ok: false, problem };
}

/** A key that nobody knows. `elsewhere` may know where it belongs. */
export function unknownKey(
  { key, line }: Entry,
  place: { readonly file: string; readonly path: string },
  known: readonly string[],
  elsewhere?: string,
): Problem {
  return problemAt(
    { file: place.file, line, key: dotted(place.path, printable(key)) },
    'unknown key',
    elsewhere ?? didYouMean(key, known),
  );
}

/** Reads the entries of a section that lies at `path`. Faults are added to `problems`. */
export function readKeys<Table extends KeyTable>(
  table: Table,
  entries: ReadonlyMap<string, Entry>,
  place: { readonly file: string; readonly path: string },
  problems: Problem[],
): KeysRead<Table> {
  const values: Record<string, unknown> = {};
  const lines = new Map<string, number>();
  for (const entry of entries.values()) {
    const key = Object.hasOwn(table, entry.key) ? table[entry.key] : undefined;
    if (key === undefined) {
      problems.push(unknownKey(entry, place, Object.keys(table)));
      continue;
    }
    lines.set(entry.key, entry.line);
    const reading = readWritten(key.form, entry.value);
    if (reading.ok) values[entry.key] = reading.value;
    else {
      problems.push(
        problemAt(
          { file: place.file, line: entry.line, key: dotted(place.path, entry.key) },
          reading.problem,
          reading.hint,
        ),
      );
    }
  }
  return { values: values as Partial<ValuesOf<Table>>, lines };
}
