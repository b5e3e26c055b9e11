/** Reads config.yaml as it is written: every scalar key by its table, the zones left for zones.ts. */
import { CONFIG_KEY_NAMES, CONFIG_KEYS, type ConfigKey } from './config-keys.js';
import { problemAt, type Problem } from './problem.js';
import type { Form } from './form.js';
import { dotted, readWritten, unknownKey } from './read-keys.js';
import type { Layer } from './schema.js';
import { nearest } from './suggest.js';
import { isEmpty, type Entry, type Written } from './written.js';

/** What a configuration file says. */
export type ConfigRead = {
  readonly values: Layer;
  /** Line of every known key that is there, good or not. */
  readonly lines: ReadonlyMap<ConfigKey, number>;
  readonly zones: Entry | undefined;
};

/** Sections of the file and their keys: `mqtt` -> `url`, `username` ...; the top level is ''. */
const SECTIONS: ReadonlyMap<string, readonly string[]> = sectionsOf(CONFIG_KEY_NAMES);

function sectionsOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>([['', ['zones']]]);
  for (const name of names) {
    const [first = '', second] = name.split('.');
    const top = sections.get('') ?? [];
    if (!top.includes(first)) top.push(first);
    if (second === undefined) continue;
    const section = sections.get(first);
    if (section === undefined) sections.set(first, [second]);
    else section.push(second);
  }
  return sections;
}

/** Reads the document of a configuration file. Faults are added to `problems`. */
export function readConfig(written: Written, file: string, problems: Problem[]): ConfigRead {
  const values: Record<string, unknown> = {};
  const lines = new Map<ConfigKey, number>();
  let zones: Entry | undefined;

  const readEntry = (entry: Entry, section: string): void => {
    const name = section === '' ? entry.key : `${section}.${entry.key}`;
    if (isConfigKey(name)) {
      lines.set(name, entry.line);
      const form: Form<unknown> = CONFIG_KEYS[name].form;
      const reading = readWritten(form, entry.value);
      if (reading.ok) values[name] = reading.value;
      else problems.push(problemAt({ file, line: entry.line, key: name }, reading.problem, reading.hint));
    } else if (section === '' && entry.key === 'zones') {
      zones = entry;
    } else if (section === '' && entry.key !== '' && SECTIONS.has(entry.key)) {
      readSection(entry);
    } else {
      problems.push(
        unknownKey(
          entry,
          { file, path: section },
          SECTIONS.get(section) ?? [],
          elsewhere(entry.key, section),
        ),
      );
    }
  };
  const readSection = ({ key, value, line }: Entry): void => {
    if (value.kind === 'section') for (const entry of value.entries.values()) readEntry(entry, key);
    else if (!isEmpty(value)) {
      const example = `${key}:\n    ${SECTIONS.get(key)?.[0] ?? ''}: ...`;
      problems.push(
        problemAt(
          { file, line, key: dotted(key) },
          'must be a section',
          `write ${example.replace(/\n\s+/, ' and below it, indented, ')}`,
        ),
      );
    }
  };

  if (written.kind === 'section') for (const entry of written.entries.values()) readEntry(entry, '');
  else if (!isEmpty(written)) {
    problems.push(
      problemAt(
        { file, line: written.line },
        'holds no keys',
        'write key: value, as in the example config.yaml',
      ),
    );
  }
  return { values: values, lines, zones };
}

function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(CONFIG_KEYS, name);
}

/** Where a key that stands in the wrong section belongs, if its own section has nothing like it. */
function elsewhere(key: string, section: string): string | undefined {
  if (nearest(key, SECTIONS.get(section) ?? []) !== undefined) return undefined;
  const there = CONFIG_KEY_NAMES.find((name) => name === key || name.endsWith(`.${key}`));
  if (there === undefined) return undefined;
  return `it belongs ${there.includes('.') ? `into the section ${there.split('.', 1)[0] ?? ''}` : 'to the top level'}: ${there}`;
}
