// Writes what is made of the commands and the models: man page, completions, docs/commands.md, tables in README.md and
// docs/sensors.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { URL, fileURLToPath } from 'node:url';
import { programFor } from '../dist/cli/program.js';
import { referenceFiles } from '../dist/reference/files.js';

const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const files = referenceFiles(await programFor([]), (path) => readFileSync(file(path), 'utf8'));
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(file(path)), { recursive: true });
  writeFileSync(file(path), text);
}
