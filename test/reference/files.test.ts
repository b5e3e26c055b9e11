import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { completeCommandLine } from '../../src/cli/program.js';
import { allCommands, commandTree } from '../../scripts/command-tree.js';
import { referenceFiles } from '../../scripts/files.js';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const tree = commandTree(await completeCommandLine());
const files = referenceFiles(await completeCommandLine(), file);

describe('what is made of the commands is up to date: npm run reference', () => {
  test.each(Object.keys(files))('%s', (path) => {
    expect(file(path)).toBe(files[path]);
  });
});

describe('every command', () => {
  const leaves = allCommands(tree).filter(({ commands }) => commands.length === 0);

  test('has a description, and so have its arguments and options', () => {
    for (const { path, description, arguments: words, options } of allCommands(tree)) {
      for (const text of [
        description,
        ...words.map((word) => word.description),
        ...options.map((option) => option.description),
      ]) {
        expect(text, path.join(' ')).toMatch(/\S/);
      }
    }
  });

  test('stands in the man page, in all completions, in the table and in the page', () => {
    for (const { path } of leaves) {
      expect(files['man/heyu2mqtt.1']).toContain(`\n.SS\n${path.slice(1).join(' ')}`);
      expect(files['docs/commands.md']).toContain(`| \`${path.join(' ')}\` |`);
      expect(files['docs/commands.md']).toContain(` ${path.join(' ')}\n\n\`\`\`\nUsage: ${path.join(' ')}`);
      expect(files['completion/_heyu2mqtt']).toContain(`_${path.join('_').replaceAll('-', '_')}() {`);
      expect(files['completion/heyu2mqtt.bash']).toContain(`'${path.join(' ')}'`);
      expect(files['completion/heyu2mqtt.fish']).toContain(`__heyu2mqtt_at ${path.join(' ')}'`);
    }
  });

  test('names all its options in the man page and in all completions', () => {
    for (const { path, options } of leaves) {
      for (const flag of options.flatMap(({ flags }) => flags).filter((name) => name.startsWith('--'))) {
        const where = `${path.join(' ')} ${flag}`;
        if (flag !== '--help') expect(files['man/heyu2mqtt.1'], where).toContain(flag.replaceAll('-', '\\-'));
        expect(files['completion/heyu2mqtt.bash'], where).toContain(flag);
        expect(files['completion/_heyu2mqtt'], where).toContain(flag);
        expect(files['completion/heyu2mqtt.fish'], where).toContain(` -l ${flag.slice(2)} `);
      }
    }
  });
});

/** What bash would offer for the last of these words, with `heyu2mqtt alias list` answered by a house of two. */
function bashOffers(...words: readonly string[]): readonly string[] {
  const script = `
    source "$1"; shift
    heyu2mqtt() { printf '%s\\n' '[' '  {' '    "alias": "hall",' '    "alias": "porch",'; }
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _heyu2mqtt
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const path = new URL('../../completion/heyu2mqtt.bash', import.meta.url).pathname;
  const run = spawnSync('bash', ['-c', script, 'bash', path, ...words], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((line) => line !== '');
}

describe('the completion for bash', () => {
  test.each<[string, string[], string[]]>([
    ['commands', ['heyu2mqtt', 'ex'], ['explain']],
    ['commands below a command', ['heyu2mqtt', 'alias', 'le'], ['learn']],
    ['aliases', ['heyu2mqtt', 'alias', 'show', ''], ['hall', 'porch']],
    ['no second alias where one is wanted', ['heyu2mqtt', 'alias', 'show', 'hall', ''], []],
    ['further aliases where several are', ['heyu2mqtt', 'alias', 'remove', 'hall', 'p'], ['porch']],
    ['no alias that exists for a new one', ['heyu2mqtt', 'alias', 'add', ''], []],
    ['an alias after an option with a value', ['heyu2mqtt', 'alias', 'show', '--config', 'x', 'h'], ['hall']],
    ['an alias after --option=value', ['heyu2mqtt', 'alias', 'show', '--config', '=', 'x', 'h'], ['hall']],
    ['models', ['heyu2mqtt', 'alias', 'set', 'hall', '--model', 'MS14'], ['MS14', 'MS14A']],
    ['types after an equals sign', ['heyu2mqtt', 'alias', 'set', 'hall', '--type', '=', 'win'], ['window']],
    ['choices', ['heyu2mqtt', 'explain', '--date-format', ''], ['YMD', 'DMY', 'MDY']],
    ['options', ['heyu2mqtt', 'demo', '--f'], ['--fast']],
    ['options of the command alone', ['heyu2mqtt', 'config', '--f'], []],
    ['files, which are left to bash', ['heyu2mqtt', 'explain', ''], []],
  ])('offers %s', (_what, words, offers) => {
    expect(bashOffers(...words)).toEqual(offers);
  });
});
