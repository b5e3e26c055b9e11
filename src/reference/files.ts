/** Every file that is made of the commands and of the table of models: `npm run reference` writes them, a test compares them. */

import type { Command } from 'commander';
import { bashCompletion } from './bash.js';
import { commandTree } from './command-tree.js';
import { fishCompletion } from './fish.js';
import { manPage } from './man-page.js';
import { commandPage, withCommandTable } from './markdown.js';
import { withSensorTables } from './sensor-tables.js';
import { zshCompletion } from './zsh.js';

/** The files by their path in the project. `read` gives the text of one as it is: some are only renewed in part. */
export function referenceFiles(
  program: Command,
  read: (path: string) => string,
): Readonly<Record<string, string>> {
  const tree = commandTree(program);
  return {
    'README.md': withCommandTable(read('README.md'), tree),
    'docs/sensors.md': withSensorTables(read('docs/sensors.md')),
    'docs/commands.md': commandPage(program),
    'man/heyu2mqtt.1': manPage(tree),
    'completion/heyu2mqtt.bash': bashCompletion(tree),
    'completion/_heyu2mqtt': zshCompletion(tree),
    'completion/heyu2mqtt.fish': fishCompletion(tree),
  };
}
