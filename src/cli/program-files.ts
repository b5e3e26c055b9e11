/** The files that come with the program, in every layout: its examples, schemas, demonstration and unit. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder that holds them: the nearest one above this module with a package.json. The module itself lies in `dist/`
 * as shipped, and in `build/ts/` or `src/` for tests.
 */
export const PROGRAM_FOLDER = folderAbove(import.meta.dirname);

function folderAbove(folder: string): string {
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, 'package.json')) ? folder : folderAbove(above);
}

/** The path of one of them, by its place in the project: `config/config.yaml`. */
export function programFile(name: string): string {
  return join(PROGRAM_FOLDER, name);
}

/** Where a person finds a page of the documents, by its name: `heyu.md`. The Debian package has them where Debian wants them. */
export function documentFile(name: string): string {
  const places = [programFile(`docs/${name}`), `/usr/share/doc/heyu2mqtt/docs/${name}`];
  return places.find((path) => existsSync(path)) ?? `docs/${name}`;
}

/** Our own version, from package.json. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(programFile('package.json'), 'utf8')) as { version: string };
  return version;
}
