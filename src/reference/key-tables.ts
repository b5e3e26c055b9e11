/** The reference tables of docs/configuration.md, made of the tables that the checks use. */
import {
  ALIAS_KEYS,
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  environmentName,
  KEYS_OF_KIND,
  type KeyTable,
  ZONE_KEYS,
  type ZoneKey,
} from '../config/keys.js';
import type { Plain } from '../config/forms.js';

/** A table's name in the document: it stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
export type ReferenceTable = 'config-keys' | 'zone-keys' | 'alias-keys';

/** The three tables as Markdown. */
export function referenceTables(): Readonly<Record<ReferenceTable, string>> {
  return {
    'config-keys': table(
      ['Key', 'What it does', 'Default', 'Example', 'Environment'],
      CONFIG_KEY_NAMES.map((name) => [...row(name, CONFIG_KEYS[name]), `\`${environmentName(name)}\``]),
    ),
    'zone-keys': table(
      ['Key', 'What it does', 'Default', 'Example', 'For zones that are'],
      Object.entries(ZONE_KEYS).map(([name, definition]) => [
        ...row(name, definition),
        kindsOf(name as ZoneKey),
      ]),
    ),
    'alias-keys': table(
      ['Key', 'What it does', 'Default', 'Example'],
      Object.entries(ALIAS_KEYS).map(([name, definition]) => row(name, definition)),
    ),
  };
}

/** Puts the tables into the text of the document, between their marks. What has no marks is left out. */
export function withReferenceTables(document: string): string {
  let text = document;
  for (const [name, rows] of Object.entries(referenceTables())) {
    const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from >= 0 && to > from) {
      text = `${text.slice(0, from + begin.length)}\n\n${rows}\n\n${text.slice(to)}`;
    }
  }
  return text;
}

function row(name: string, { doc, default: standard, form, otherwise, example }: KeyTable[string]): string[] {
  const fixed = standard === undefined ? '' : code(form.write(standard));
  return [`\`${name}\``, doc, otherwise ?? fixed, `\`${example}\``];
}

function code(value: Plain): string {
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((item: Plain) => code(item)).join(', ');
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function kindsOf(key: ZoneKey): string {
  const kinds = Object.entries(KEYS_OF_KIND).filter(([, keys]) => keys.includes(key));
  return kinds.length === Object.keys(KEYS_OF_KIND).length ? 'any' : kinds.map(([kind]) => kind).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
