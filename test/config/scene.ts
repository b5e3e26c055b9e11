/** A temporary directory with configuration files, loaded as the service would. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { formatProblem } from '../../src/config/problem.js';
import { loadConfiguration, type Loaded } from '../../src/config/load.js';

export type Scene = {
  readonly directory: string;
  readonly path: (name: string) => string;
  /** Loads `config.yaml` of the directory, named as a user in that directory would. */
  readonly load: (env?: Readonly<Record<string, string>>, configFile?: string) => Loaded;
};

/** Makes the files; the directory is removed at the end of the test. */
export function scene(files: Readonly<Record<string, string | Uint8Array>>): Scene {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-config-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const path = (name: string): string => join(directory, name);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path(name), content);
    chmodSync(path(name), 0o600);
  }
  return {
    directory,
    path,
    load: (env = {}, configFile = 'config.yaml') =>
      loadConfiguration({ configFile, env, version: '1.2.3', cwd: directory }),
  };
}

/** The configuration, or the test fails and shows the problems. */
export function good(loaded: Loaded): Extract<Loaded, { ok: true }> {
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded;
}

/** All problems as they are printed, one text each; the test fails when there are none. */
export function faultsOf(loaded: Loaded): readonly string[] {
  if (loaded.ok) throw new Error('there are no problems');
  return loaded.problems.map(formatProblem);
}

/** The alias file's text for entries in flow style, one per line; the first alias is in line 2. */
export function aliasesText(...entries: readonly string[]): string {
  return ['aliases:', ...entries.map((entry) => `  ${entry}`), ''].join('\n');
}
