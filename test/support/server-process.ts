/** A server program as a child of the test: started until it says that it is ready, ended by a signal, never left. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.js';

/** What to run and how to see that it works. */
export type ServerCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It is ready when its output matches this. */
  readonly ready: RegExp;
  /** What to install when the program is not there. */
  readonly debianPackage: string;
  /** The whole process group ends with it: for programs that are started by a shell script. */
  readonly group?: boolean;
  readonly patienceMs?: number;
};

export type ServerProcess = {
  readonly pid: () => number | undefined;
  /** Everything it has written, over all its lives. */
  readonly output: () => string;
  /** Resolves when it is ready; rejects with its output when it ends instead. */
  readonly start: () => Promise<void>;
  /** Resolves when it is gone. Default SIGTERM. */
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

const running = new Map<ChildProcess, boolean>();
process.on('exit', () => {
  for (const [child, group] of running) kill(child, group, 'SIGKILL');
});

/** Nothing is started before `start`. `command` is asked again each time. */
export function serverProcess(command: () => ServerCommand): ServerProcess {
  let child: ChildProcess | undefined;
  let inGroup = false;
  let output = '';
  return {
    pid: () => child?.pid,
    output: () => output,
    start: async () => {
      const { program, args, env = {}, ready, debianPackage, group = false, patienceMs } = command();
      const before = output.length;
      const started = spawn(program, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: group,
      });
      child = started;
      inGroup = group;
      let failure: Error | undefined;
      started.on('error', (error) => (failure = error));
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      }
      running.set(started, group);
      started.on('exit', () => running.delete(started));
      await until(
        () => failure !== undefined || ended(started) || ready.test(output.slice(before)),
        () => `${program} to start:\n${output.slice(before)}`,
        patienceMs,
      );
      if (failure !== undefined) {
        throw new Error(
          `these tests need ${program} (${failure.message}). hint: apt-get install ${debianPackage}`,
        );
      }
      if (ended(started)) throw new Error(`${program} did not start:\n${output.slice(before)}`);
    },
    stop: async (signal = 'SIGTERM') => {
      const ending = child;
      child = undefined;
      if (ending?.pid === undefined || ended(ending)) return;
      const gone = once(ending, 'exit');
      kill(ending, inGroup, signal);
      await gone;
    },
  };
}

function kill(child: ChildProcess, group: boolean, signal: NodeJS.Signals): void {
  if (!group || child.pid === undefined) child.kill(signal);
  else {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // the group is gone already
    }
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
