/**
 * The last good configuration: after each good load the service keeps the texts of its files in `state_dir/last-good`,
 * and starts with them when the files themselves have problems. A typing error must not keep an alarm from working.
 */

import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, environmentName } from '../config/keys-and-defaults.js';
import { maskUrl } from '../config/forms.js';
import type { Configuration, Loaded } from '../config/load.js';
import { ENVIRONMENT, type Problem, problemAt } from '../config/problem.js';
import { keepFiles, type KeptFile, keptFiles, type KeptFiles } from '../io/store.js';
import type { Log } from '../ports.js';
import { configFileOf, DEFAULT_CONFIG, type Good, configurationError, load } from './configured.js';

/** What the service starts with. */
export type StartWith = Good & {
  /** What is wrong with the files on disk; where something is, the configuration is the last good one. */
  readonly problems: readonly Problem[];
};

const NAMES = { config: 'config.yaml', aliases: 'aliases.yaml', x10config: 'x10config' } as const;

const folderIn = (stateDir: string): string => join(stateDir, 'last-good');

/** The set that was kept in a state directory, if it is that of this configuration file. */
export function lastGood(stateDir: string, configFile: string | undefined): KeptFiles | undefined {
  const kept = keptFiles(folderIn(stateDir));
  const path = kept?.files.find(({ name }) => name === NAMES.config)?.path;
  return path === (configFile === undefined ? undefined : resolve(configFile)) ? kept : undefined;
}

/** The texts of kept files by path. */
export function textsOf(kept: KeptFiles | undefined): ReadonlyMap<string, string> {
  return new Map(kept?.files.map(({ path, text }) => [path, text]));
}

/** Loads what the service starts with. Without a last good configuration, problems are an error with exit code 78. */
export function loadForService(asked: string | undefined): StartWith {
  const stateDirOf = (loaded: Loaded): string =>
    loaded.ok ? loaded.configuration.stateDir : loaded.stateDir;
  let configFile = configFileOf(asked);
  let first = load(configFile);
  // the default file may be what is missing
  if (configFile === undefined && lastGood(stateDirOf(first), DEFAULT_CONFIG) !== undefined) {
    configFile = DEFAULT_CONFIG;
    first = load(configFile);
  }
  const kept = lastGood(stateDirOf(first), configFile);
  const texts = textsOf(kept);
  const problems = first.ok ? vanished(first, texts) : first.problems;
  if (first.ok && problems.length === 0) return { ...first, problems };
  if (kept !== undefined) {
    const again = load(configFile, { env: withoutProblems(problems, kept), kept: texts });
    if (again.ok) return { ...again, problems };
  }
  throw configurationError(problems);
}

/**
 * Files of ours that are gone or empty and were not, by their texts `before`: a power failure and a slip of the hand
 * leave that behind.
 */
export function vanished(
  { configuration, texts }: Good,
  before: ReadonlyMap<string, string>,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const role of ['config', 'aliases'] as const) {
    const path = configuration.files[role];
    if (path === undefined || isBlank(before.get(path)) || !isBlank(texts.get(path))) continue;
    const what = role === 'aliases' ? 'if there are to be no sensors, write: aliases: {}' : 'write it again';
    problems.push(problemAt({ file: path }, texts.has(path) ? 'is empty' : 'is gone', what));
  }
  return problems;
}

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

/** The environment with the kept values of variables that have problems. */
function withoutProblems(problems: readonly Problem[], kept: KeptFiles): NodeJS.ProcessEnv {
  const wrong = problems.filter(({ file }) => file === ENVIRONMENT).map(({ key }) => [key, kept.notes[key]]);
  return { ...process.env, ...(Object.fromEntries(wrong) as NodeJS.ProcessEnv) };
}

/** Variables of ours that hold no secret. */
function openVariables(): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const name of CONFIG_KEY_NAMES) {
    const variable = environmentName(name);
    const text = process.env[variable] ?? '';
    if (text !== '' && !('isSecret' in CONFIG_KEYS[name]) && maskUrl(text) === text) notes[variable] = text;
  }
  return notes;
}

/** Keeps what was loaded, if it is not kept already. What the disk refuses is logged, and no reason not to run. */
export async function keepLastGood(
  { files, stateDir }: Configuration,
  texts: ReadonlyMap<string, string>,
  log: Log,
): Promise<void> {
  const kept: KeptFile[] = [];
  for (const role of ['config', 'aliases', 'x10config'] as const) {
    const path = files[role];
    if (path !== undefined) kept.push({ name: NAMES[role], path, text: texts.get(path) ?? '' });
  }
  const notes = openVariables();
  const before = keptFiles(folderIn(stateDir));
  if (isDeepStrictEqual([before?.files, before?.notes], [kept, notes])) return;
  try {
    await keepFiles(folderIn(stateDir), { at: Date.now(), files: kept, notes });
  } catch (error) {
    log.warn({ reason: String(error) }, 'the last good configuration cannot be kept');
  }
}

/** Where the first error is, without what is written there. */
export function whereWrong(problems: readonly Problem[]): string | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const place = first.line === undefined ? first.file : `${first.file}:${first.line}`;
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
  return `${place}${first.key === '' ? '' : ` ${first.key}`}${more}`;
}
