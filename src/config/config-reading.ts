/** Reads the file config.yaml. */
import { resolve } from 'node:path';
import { readDocument } from './document.js';
import type { Problem } from './problem.js';
import { readTextFile, type ReadFile } from './text-file.js';
import type { Written } from './written.js';

/** What stands in the file, and its permission bits; `written` is undefined when it cannot be read at all. */
export type ConfigFile = {
  readonly written: Written | undefined;
  readonly text: string;
  readonly mode: number;
  readonly warnings: readonly Problem[];
};

/** Reads it. `path` is shown as it is given and relative to `cwd`. Faults are added to `problems`. */
export function readConfigFile(
  path: string,
  cwd: string,
  problems: Problem[],
  read: ReadFile = readTextFile,
): ConfigFile {
  const reading = read(resolve(cwd, path), path);
  if (!reading.ok) {
    const { problem, missing } = reading;
    problems.push(
      missing ? { ...problem, hint: 'heyu2mqtt init writes one; --config names another' } : problem,
    );
    return { written: undefined, text: '', mode: 0, warnings: [] };
  }
  const document = readDocument(reading.file.text, path);
  problems.push(...document.problems);
  const { text, mode } = reading.file;
  return { written: document.written, text, mode, warnings: document.warnings };
}
