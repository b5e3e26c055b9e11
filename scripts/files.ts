/**
 * Every file that is made of the commands, the models and the tables of keys: `npm run reference` and `npm run schema`
 * write them, a test compares them.
 */

import type { Command } from 'commander';
import { commandTree } from './command-tree.js';
import { bashCompletion, fishCompletion, zshCompletion } from './completions.js';
import { commandPage, withReferenceTables } from './documents.js';
import { aliasesSchema, configSchema, schemaText } from './json-schema.js';
import { manPage } from './man-page.js';
import { withSensorTables } from './sensor-tables.js';

/** Files by their path in the project. */
export type Files = Readonly<Record<string, string>>;

/** Gives the text of a file as it is: some are only renewed in part. */
export type Read = (path: string) => string;

/** What is made of the commands and the models. */
export function referenceFiles(program: Command, read: Read): Files {
  const tree = commandTree(program);
  return {
    'docs/sensors.md': withSensorTables(read('docs/sensors.md')),
    'docs/commands.md': commandPage(program),
    'man/heyu2mqtt.1': manPage(tree),
    'completion/heyu2mqtt.bash': bashCompletion(tree),
    'completion/_heyu2mqtt': zshCompletion(tree),
    'completion/heyu2mqtt.fish': fishCompletion(tree),
  };
}

/** What is made of the tables of keys; the schemas still to be formatted. */
export function schemaFiles(read: Read): Files {
  return {
    'config/config.schema.json': schemaText(configSchema()),
    'config/aliases.schema.json': schemaText(aliasesSchema()),
    'docs/configuration.md': withReferenceTables(read('docs/configuration.md')),
  };
}
