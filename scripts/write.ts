/** `npm run reference`, `npm run schema`: writes what is made of the sources, in the current folder. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { completeCommandLine } from '../src/cli/program.js';
import { type Files, referenceFiles, schemaFiles } from './files.js';

const read = (path: string): string => readFileSync(path, 'utf8');

const making: Readonly<Record<string, () => Promise<Files> | Files>> = {
  reference: async () => referenceFiles(await completeCommandLine(), read),
  schema: () => schemaFiles(read),
};

const [what = ''] = process.argv.slice(2);
const make = making[what];
if (make === undefined) throw new Error(`what is to be written? ${Object.keys(making).join(' or ')}`);
for (const [path, text] of Object.entries(await make())) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
