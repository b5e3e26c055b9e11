/**
 * Switches lamps and appliances through the heyu program: an argument vector, never a shell; one command at a
 * time, because heyu waits for the power line itself.
 */

import { execFile, type ExecFileException } from 'node:child_process';
import type { Log } from '../ports.js';

/** Runs heyu commands in order. */
export type HeyuCommands = {
  /** `heyu <args>`; never rejects. `done` gets the reason in words when it failed. */
  readonly run: (args: readonly string[], done?: (failure: string | undefined) => void) => void;
};

/**
 * How long heyu may take, ms: the power line takes about a second for a command and tries some seconds when it is busy.
 * Then it gets SIGTERM, and SIGKILL where that does not end it: the next command must not wait for ever.
 */
const LIMITS = { termMs: 20_000, killMs: 25_000 };

/** More than a person can press while one runs. */
const MOST_WAITING = 50;

/**
 * Commands for the program `heyu` (a path, or a name to be found in PATH), with the configuration that the bridge reads
 * (`heyu -c`), where one is named: heyu might find another one by itself, or none.
 */
export function heyuCommands(
  heyu: string,
  x10config: string | undefined,
  log: Log,
  { termMs, killMs } = LIMITS,
): HeyuCommands {
  const first = x10config === undefined ? [] : ['-c', x10config];
  const waiting: { args: readonly string[]; done: (failure: string | undefined) => void }[] = [];
  let isRunning = false;

  const next = (): void => {
    const command = waiting.shift();
    if (command === undefined) {
      isRunning = false;
      return;
    }
    isRunning = true;
    const child = execFile(
      heyu,
      [...first, ...command.args],
      { timeout: termMs },
      (error, stdout, stderr) => {
        clearTimeout(impatience);
        const failure = error === null ? undefined : inWords(error, `${stderr}${stdout}`, termMs);
        if (failure === undefined) log.debug({ args: command.args }, 'heyu did it');
        else log.warn({ args: command.args, reason: failure }, 'heyu could not do it');
        command.done(failure);
        next();
      },
    );
    const impatience = setTimeout(() => child.kill('SIGKILL'), killMs);
  };

  return {
    run: (args, done = () => undefined) => {
      if (waiting.length >= MOST_WAITING) {
        log.warn({ args }, 'too many commands wait for heyu: this one is dropped');
        done('too many commands wait for heyu');
        return;
      }
      waiting.push({ args, done });
      if (!isRunning) next();
    },
  };
}

function inWords(error: ExecFileException, said: string, termMs: number): string {
  if (error.code === 'ENOENT') return 'there is no such program: set heyu.command to the path of heyu';
  if (error.code === 'EACCES') return 'it may not be run by this user';
  if (error.killed === true) return `no answer within ${termMs / 1000} s`;
  const words = said.trim().split('\n').at(-1) ?? '';
  return words === '' ? `exit code ${String(error.code)}` : words.slice(0, 200);
}
