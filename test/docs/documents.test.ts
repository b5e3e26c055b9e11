import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeCommandLine } from '../../src/cli/program.js';
import { ALIAS_KEYS, CONFIG_KEY_NAMES, ZONE_KEYS } from '../../src/config/keys-and-defaults.js';
import { commandTree, type CommandWords } from '../../scripts/command-tree.js';
import { codeOf, DOCUMENTS, rowsOf, sectionOf, textOf } from './documents.js';

const ROOT = new URL('../../', import.meta.url).pathname;

/** The anchor that a heading has on the pages of GitHub. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const commands = commandTree(await completeCommandLine());

/** Whether a command line can be meant for our program: its command and its options exist. */
function isCall(words: readonly string[]): boolean {
  let command = commands;
  for (const word of words) {
    const below: CommandWords | undefined = command.commands.find(({ path }) => path.at(-1) === word);
    if (below === undefined) break;
    command = below;
  }
  const flags = command.options.flatMap((option) => option.flags);
  const isComplete = command.commands.length === 0 || words.length < command.path.length;
  return (
    (isComplete || flags.includes(words[0] ?? '')) &&
    words.filter((word) => /^--?[a-z]/i.test(word)).every((word) => flags.includes(word))
  );
}

describe('every document', () => {
  test.each(DOCUMENTS)('%s links to what exists', (path) => {
    const missing = [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchorsOf(target).includes(anchor);
      });
    expect(missing).toEqual([]);
  });

  test.each(DOCUMENTS)('%s names commands and options that exist', (path) => {
    const calls = codeOf(textOf(path)).flatMap((line) => {
      const words = /^(?:\$ )?(?:sudo )?heyu2mqtt ([^#|<]+)/.exec(line.trim())?.[1];
      return words === undefined ? [] : [words.trim()];
    });
    expect(calls.filter((call) => !isCall(call.split(/[\s=]+/)))).toEqual([]);
  });

  test.each(DOCUMENTS)('%s names keys of the configuration that exist', (path) => {
    const sections = new Set(
      CONFIG_KEY_NAMES.flatMap((key) => (key.includes('.') ? [key.split('.')[0] ?? ''] : [])),
    );
    const known = new Set<string>(CONFIG_KEY_NAMES);
    const named = [...textOf(path).matchAll(/`([a-z_]+\.[a-z_]+)(?:: [^`]*)?`/g)].map(([, key = '']) => key);
    const others = new Set(['log.status', 'heyu.service', 'mosquitto.conf', 'heyu.log']);
    expect(
      named.filter((key) => sections.has(key.split('.')[0] ?? '') && !known.has(key) && !others.has(key)),
    ).toEqual([]);
  });

  test.each(DOCUMENTS)('%s names npm scripts that exist', (path) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Readonly<Record<string, string>> };
    const named = codeOf(textOf(path)).flatMap((line) =>
      [...line.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('the README', () => {
  const readme = textOf('README.md');

  test('lists every document in docs/', () => {
    const listed = [...sectionOf(readme, '## Documentation').matchAll(/\(docs\/([a-z-]+\.md)\)/g)].map(
      ([, name]) => `docs/${name ?? ''}`,
    );
    expect(listed.toSorted()).toEqual(DOCUMENTS.filter((path) => path.startsWith('docs/')).toSorted());
  });
});

describe('a key of zones or aliases', () => {
  test('stands in docs/configuration.md', () => {
    const page = textOf('docs/configuration.md');
    for (const key of [...Object.keys(ZONE_KEYS), ...Object.keys(ALIAS_KEYS)])
      expect(page).toContain(`| \`${key}\` |`);
  });
});

describe('docs/design.md', () => {
  test('has a row in its layout for every folder of src', () => {
    const rows = rowsOf(sectionOf(textOf('docs/design.md'), '## Layout')).map(([folder = '']) =>
      folder.replaceAll('`', ''),
    );
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}`);
    expect(rows.filter((row) => !row.endsWith('.ts')).toSorted()).toEqual(folders.toSorted());
  });

  test('has every section and decision that the sources refer to', () => {
    const page = textOf('docs/design.md');
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => textOf(`src/${path}`).replace(/\n \* /g, ' '))
      .join('\n');
    const sections = [...sources.matchAll(/docs\/design\.md, "([^"]+)"/g)].map(([, name = '']) => name);
    const decisions = [...sources.matchAll(/decisions? (\d+)/g)].map(([, number = '']) => number);
    expect(sections.length).toBeGreaterThan(2);
    expect(sections.filter((name) => !page.includes(`\n## ${name}\n`))).toEqual([]);
    expect(decisions.filter((number) => !page.includes(`\n${number}. **`))).toEqual([]);
  });
});
