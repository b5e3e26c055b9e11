/** A user at a terminal: runs the built program in a pseudo-terminal of its own (script, util-linux). */

import { spawn } from 'node:child_process';
import { onTestFinished } from '../support/test-end.js';
import { MAIN } from '../support/house.js';
import { until } from '../support/until.js';

/** Keys as terminals send them. */
export const KEY = { enter: '\r', down: '\u001b[B', escape: '\u001b', ctrlC: '\u0003' } as const;

/** A program on a terminal. */
export type TerminalSession = {
  /** Waits until the screen shows this after what was shown before, and forgets what came up to it. */
  readonly sees: (text: string) => Promise<void>;
  /** Everything on it that was not waited for yet. */
  readonly screen: () => string;
  /** All that was ever written to it. */
  readonly written: () => string;
  readonly types: (keys: string) => void;
  /** Waits for its end: the exit code. */
  readonly ends: () => Promise<number>;
};

/** Starts `heyu2mqtt ARGS` on a terminal of so many columns. It is gone after the test. */
export function atTerminal(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  columns = 200,
): TerminalSession {
  return onTerminal([process.execPath, MAIN, ...args], columns, env);
}

/** Starts any program in the same way. */
export function onTerminal(
  program: readonly string[],
  columns: number,
  env: NodeJS.ProcessEnv = {},
): TerminalSession {
  const word = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  // a terminal of script has no size of its own
  const command = `stty cols ${columns} rows 50; exec ${program.map(word).join(' ')}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let written = '';
  let code: number | undefined;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    screen += chunk;
    written += chunk;
  });
  child.on('close', (status) => (code = status ?? -1));
  onTestFinished(() => void child.kill());
  return {
    sees: async (text) => {
      await until(
        () => screen.includes(text),
        () => `"${text}" on the screen, which shows:\n${screen}`,
      );
      screen = screen.slice(screen.indexOf(text) + text.length);
    },
    screen: () => screen,
    written: () => written,
    types: (keys) => void child.stdin.write(keys),
    ends: async () => {
      await until(
        () => code !== undefined,
        () => `the end of the program, which shows:\n${screen}`,
      );
      return code ?? -1;
    },
  };
}
