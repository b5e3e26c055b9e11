/** Every file that is made of the commands: `npm run reference` writes them, a test compares them. */

import type { Command } from 'commander';
import { bashCompletion } from './bash.js';
import { commandTree } from './command-tree.js';
import { fishCompletion } from './fish.js';
import { manPage } from './man-page.js';
import { commandPage, withCommandTable } from './markdown.js';
import { zshCompletion } from './zsh.js';

/** The files by their path in the project; `readme` is the README as it is, whose table is renewed. */
export function referenceFiles(program: Command, readme: string): Readonly<Record<string, string>> {
  const tree = commandTree(program);
  return {
    'README.md': withCommandTable(readme, tree),
    'docs/commands.md': commandPage(program),
    'man/heyu2mqtt.1': manPage(tree),
    'completion/heyu2mqtt.bash': bashCompletion(tree),
    'completion/_heyu2mqtt': zshCompletion(tree),
    'completion/heyu2mqtt.fish': fishCompletion(tree),
  };
}
