/** Runs a command line within the test: what it prints and how it ends. */

import { vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';

/** What a command did. */
export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs `heyu2mqtt ARGS` in this process, not on a terminal. Runs follow each other, never at once. */
export async function runCli(...args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' };
  const take = (to: 'out' | 'err') => (chunk: string | Uint8Array) => {
    printed[to] += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(take('err')),
  ];
  process.exitCode = undefined;
  try {
    const code = await runProgram(args);
    return { code, ...printed };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
