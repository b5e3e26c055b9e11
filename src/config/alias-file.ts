/** Reads the file aliases.yaml. A missing one is no fault: a new installation has none. */
import { resolve } from 'node:path';
import { readAliases, type AliasContext, type AliasesRead } from './aliases.js';
import { readDocument } from './document.js';
import { problemAt } from './problem.js';
import { withHints } from './syntax-hints.js';
import { readTextFile, type ReadFile } from './text-file.js';

/** What the alias file says. */
export type AliasFile = AliasesRead & {
  /** Every alias could be read: none is missing from `aliases`. */
  readonly isComplete: boolean;
  readonly found: boolean;
  /** For `editAliases` and `rewriteFile`: the text and its hash; undefined when it could not be read. */
  readonly text: string | undefined;
  readonly hash: string | undefined;
};

const IMPORT = 'heyu2mqtt alias import makes the alias file of your x10config';

/**
 * Reads it. `path` is shown as it is given and relative to `cwd`; undefined = there is none to be looked for.
 */
export function loadAliasFile(
  path: string | undefined,
  cwd: string,
  context: Omit<AliasContext, 'file'>,
  readFile: ReadFile = readTextFile,
): AliasFile {
  const none = {
    aliases: [],
    problems: [],
    ignored: [],
    warnings: [],
    text: undefined,
    hash: undefined,
    found: false,
  };
  if (path === undefined) return { ...none, isComplete: true };
  const reading = readFile(resolve(cwd, path), path);
  if (!reading.ok) {
    if (!reading.missing) return { ...none, problems: [reading.problem], isComplete: false };
    const warnings = [problemAt({ file: path }, 'does not exist: there are no sensors yet', IMPORT)];
    return { ...none, warnings, isComplete: true };
  }
  const { text, hash } = reading.file;
  const document = readDocument(text, path);
  if (document.written === undefined) {
    return { ...none, problems: document.problems, isComplete: false, found: true, text, hash };
  }
  const read = readAliases(document.written, { ...context, file: path });
  const problems = withHints([...document.problems, ...read.problems], text);
  const warnings = [...document.warnings, ...read.warnings];
  if (read.aliases.length === 0 && problems.length === 0) {
    warnings.push(problemAt({ file: path }, 'names no alias: there are no sensors yet', IMPORT));
  }
  return {
    ...read,
    problems,
    warnings,
    isComplete: problems.length === 0,
    found: true,
    text,
    hash,
  };
}
