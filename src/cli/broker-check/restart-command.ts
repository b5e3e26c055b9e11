/** The owner's own command that restarts the broker. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs it as a shell would: it is the owner's, who may use quotes, pipes and sudo. What it says goes to standard
 * error, what it asks comes from the terminal. Rejects when it does not end well.
 */
export function runInShell(command: string, signal: AbortSignal): () => Promise<void> {
  return async () => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['inherit', 2, 2], signal });
    const [code, killed] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code !== 0)
      throw new Error(`the command ended with ${killed ?? `exit code ${String(code)}`}: ${command}`);
  };
}
