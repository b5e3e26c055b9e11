/**
 * What the documents say of commands and keys: a table of the commands and the help of each for
 * docs/commands.md, and the tables of docs/configuration.md, made of the tables that the checks use.
 */

import type { Command } from 'commander';
import type { Plain } from '../src/config/forms.js';
import {
  ALIAS_KEYS,
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  environmentName,
  KEYS_OF_KIND,
  type KeyTable,
  ZONE_KEYS,
  type ZoneKey,
} from '../src/config/keys-and-defaults.js';
import { allCommands, commandTree, type CommandWords } from './command-tree.js';

/** Puts a table into a document, between `<!-- name:begin -->` and `<!-- name:end -->`, if it has them. */
export function withTable(document: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) return document;
  return `${document.slice(0, from + begin.length)}\n\n${table}\n\n${document.slice(to)}`;
}

/** A table of all commands that do something, with their descriptions. */
function commandTable(tree: CommandWords): string {
  const rows = allCommands(tree)
    .filter(({ commands }) => commands.length === 0)
    .map(({ path, description }) => `| \`${path.join(' ')}\` | ${description.replaceAll('|', '\\|')} |`);
  return ['| command | what it does |', '| --- | --- |', ...rows].join('\n');
}

const HEAD = `# Commands

What \`--help\` prints for each command. \`npm run reference\` generates this page: change the commands, not the page.

Exit codes: 0 = done, 1 = it did not work (\`check\`, \`alias test\`: there are warnings; \`broker-check\`: fit with settings),
2 = \`check\` or \`alias test\` has found errors (\`broker-check\`: not fit), 64 = the command line is wrong, 66 = a file cannot be
read, 78 = the configuration has errors, 130 = cancelled with Ctrl-C. Messages go to standard error, answers to standard output.
`;

/** A table of all commands, and the help of each, in the order of the help. */
export function commandPage(root: Command): string {
  const sections: string[] = [];
  const add = (command: Command, above: readonly string[]): void => {
    const path = [...above, command.name()];
    const level = above.length === 0 ? '##' : '###';
    sections.push(`${level} ${path.join(' ')}\n\n\`\`\`\n${helpOf(command)}\`\`\`\n`);
    const visible = new Set(command.createHelp().visibleCommands(command));
    for (const below of command.commands) if (visible.has(below)) add(below, path);
  };
  add(root, []);
  return [HEAD, `${commandTable(commandTree(root))}\n`, ...sections].join('\n');
}

const WIDTH = 100;

/** What `--help` prints, with what is added before and after it. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (words) => (text += words),
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}

/** A table's name in the document: it stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
export type ReferenceTable = 'config-keys' | 'zone-keys' | 'alias-keys';

/** The three tables as Markdown. */
export function referenceTables(): Readonly<Record<ReferenceTable, string>> {
  return {
    'config-keys': keyTable(
      ['Key', 'What it does', 'Default', 'Example', 'Environment'],
      CONFIG_KEY_NAMES.map((name) => [...row(name, CONFIG_KEYS[name]), `\`${environmentName(name)}\``]),
    ),
    'zone-keys': keyTable(
      ['Key', 'What it does', 'Default', 'Example', 'For zones that are'],
      Object.entries(ZONE_KEYS).map(([name, definition]) => [
        ...row(name, definition),
        kindsOf(name as ZoneKey),
      ]),
    ),
    'alias-keys': keyTable(
      ['Key', 'What it does', 'Default', 'Example'],
      Object.entries(ALIAS_KEYS).map(([name, definition]) => row(name, definition)),
    ),
  };
}

/** Puts them into docs/configuration.md. What has no marks is left out. */
export function withReferenceTables(document: string): string {
  return Object.entries(referenceTables()).reduce(
    (text, [name, rows]) => withTable(text, name, rows),
    document,
  );
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

function keyTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
