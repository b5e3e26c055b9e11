/** The commands as Markdown: a table for the README, and the help of every command for docs/commands.md. */

import type { Command } from 'commander';
import { allCommands, type CommandWords } from './command-tree.js';

/** A table of all commands that do something, with their descriptions. */
export function commandTable(tree: CommandWords): string {
  const rows = allCommands(tree)
    .filter(({ commands }) => commands.length === 0)
    .map(({ path, description }) => `| \`${path.join(' ')}\` | ${description.replaceAll('|', '\\|')} |`);
  return ['| command | what it does |', '| --- | --- |', ...rows].join('\n');
}

/** Puts the table into a document, between `<!-- commands:begin -->` and `<!-- commands:end -->`. */
export function withCommandTable(document: string, tree: CommandWords): string {
  const [begin, end] = ['<!-- commands:begin -->', '<!-- commands:end -->'];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) return document;
  return `${document.slice(0, from + begin.length)}\n\n${commandTable(tree)}\n\n${document.slice(to)}`;
}

const HEAD = `# Commands

What \`--help\` says of each command. This page is made by \`npm run reference\`: change the commands, not the page.

Exit codes: 0 = done, 1 = it did not work (\`check\`, \`alias test\`: there are warnings; \`broker-check\`: fit with settings),
2 = \`check\` or \`alias test\` has found faults (\`broker-check\`: not fit), 64 = the command line is wrong, 66 = a file cannot be
read, 78 = the configuration has faults, 130 = called off by Ctrl-C. Messages go to standard error, answers to standard output.
`;

/** The help of every command, in the order of the help. */
export function commandPage(root: Command): string {
  const sections: string[] = [];
  const add = (command: Command, above: readonly string[]): void => {
    const path = [...above, command.name()];
    const level = above.length === 0 ? '##' : '###';
    sections.push(`${level} ${path.join(' ')}\n\n\`\`\`\n${helpOf(command)}\`\`\`\n`);
    for (const below of command.commands) add(below, path);
  };
  add(root, []);
  return [HEAD, ...sections].join('\n');
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
