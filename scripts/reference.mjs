// Writes what is made of the commands: man page, completions, docs/commands.md and the table in README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { URL, fileURLToPath } from 'node:url';
import { program } from '../dist/cli/program.js';
import { referenceFiles } from '../dist/reference/files.js';

const file = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const files = referenceFiles(program(), readFileSync(file('README.md'), 'utf8'));
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(file(path)), { recursive: true });
  writeFileSync(file(path), text);
}
