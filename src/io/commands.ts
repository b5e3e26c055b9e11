/**
 * Runs other programs: heyu, which switches lamps and appliances, and the owner's program for alerts. An argument
 * vector, never a shell; bounded in time and number.
 */

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, orElse } from '../common/error.js';
import { readX10Config } from '../heyu/x10config.js';
import { makeDirectory } from './files.js';
import { isRelayUp } from './heyu-locks.js';
import type { Log } from '../ports.js';
import type { AlertBody } from '../bridge/core.js';
import type { RunHeyu, RunOnAlert } from '../service/parts.js';

/** One run of a program. */
type Call = {
  /** A path, or a name to be found in PATH. */
  readonly program: string;
  readonly args: readonly string[];
  /** For its standard input. */
  readonly input?: string;
  /** Beside our own environment. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Then it gets SIGTERM, ms. */
  readonly termMs: number;
  /** Asked when its turn comes: why it must not run now, in words. */
  readonly refusal?: () => string | undefined;
};

/** Called once, with the reason in words when it failed. */
type Done = (failure: string | undefined) => void;

/** So much longer than SIGTERM a program may live, with all that it has started, before SIGKILL, ms. */
const KILL_AFTER_MS = 5000;

/** What a program has started may hold its output open: it is not waited for longer, ms. */
const OUTPUT_MS = 500;

/** So much of what a program says is kept, and is its reason. */
const MOST_OUTPUT = 4096;
const MOST_WORDS = 300;

/**
 * Our environment without what is for us alone: our settings, among which may be a password, and our line to systemd.
 */
function environmentFor(variables: Call['variables']): NodeJS.ProcessEnv {
  const own = /^(HEYU2MQTT_|NOTIFY_SOCKET$|WATCHDOG_)/;
  const rest = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(rest), ...variables };
}

/** Runs it; never throws. `killAfterMs`: as `KILL_AFTER_MS`. */
function runOne(call: Call, killAfterMs: number, done: Done): void {
  const { program, args, input = '', variables, termMs } = call;
  const refusal = call.refusal?.();
  if (refusal !== undefined) return done(refusal);
  let said = '';
  let isLate = false;
  const timers: NodeJS.Timeout[] = [];
  const clearTimers = (): void => {
    for (const timer of timers.splice(0)) clearTimeout(timer);
  };
  const end = (failure: string | undefined): void => {
    clearTimers();
    done(failure);
    done = () => undefined;
  };
  try {
    // a group of its own: what a script has started ends with it
    const child = spawn(program, args, { env: environmentFor(variables), detached: true });
    const kill = (signal: NodeJS.Signals): void => {
      isLate = true;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // it has ended just now
      }
    };
    timers.push(
      setTimeout(() => kill('SIGTERM'), termMs),
      setTimeout(() => kill('SIGKILL'), termMs + killAfterMs),
    );
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (said = `${said}${bytes.toString()}`.slice(-MOST_OUTPUT)));
    // it need not read what it is told
    child.stdin.on('error', () => undefined).end(input);
    const ended = (code: number | null): void => {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      const words = said
        .trim()
        .split(/\s*\n\s*/)
        .join('; ')
        .slice(-MOST_WORDS);
      if (code === 0) end(undefined);
      else if (isLate) end(`no answer within ${termMs / 1000} s`);
      else end(words === '' ? `exit code ${code ?? 'none: a signal ended it'}` : words);
    };
    child.on('error', (error) => end(inWords(error, program)));
    child.on('close', ended);
    child.on('exit', (code) => {
      // what it leaves behind may live on, as heyu_relay does
      clearTimers();
      timers.push(setTimeout(() => ended(code), OUTPUT_MS));
    });
  } catch (error) {
    end(inWords(error, program));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be run by this user: is it executable (chmod +x)?',
  ENOEXEC: 'it is not a program: does a script begin with #!/bin/sh?',
};

function inWords(error: unknown, program: string): string {
  return `${program}: ${REASONS[errorCode(error)] ?? errorCode(error)}`;
}

/** Runs calls, so many at a time, in their order; never throws. */
type Queue = {
  /**
   * Without room it is dropped, and that is its failure. `urgent`: it comes before all that waits, and in place of what
   * waits under the same name, of which nothing is said any more.
   */
  readonly run: (call: Call, done: Done, urgent?: string) => void;
  /** Resolves when none runs or waits any more. */
  readonly idle: () => Promise<void>;
};

function commandQueue(most: { atOnce: number; waiting: number }, killAfterMs = KILL_AFTER_MS): Queue {
  let waiting: { readonly call: Call; readonly done: Done; readonly urgent: string | undefined }[] = [];
  let running = 0;
  let tellIdle: (() => void)[] = [];

  const next = (): void => {
    const first = running < most.atOnce ? waiting.shift() : undefined;
    if (first === undefined) {
      if (running > 0) return;
      for (const tell of tellIdle.splice(0)) tell();
      return;
    }
    running += 1;
    runOne(first.call, killAfterMs, (failure) => {
      running -= 1;
      first.done(failure);
      next();
    });
  };

  return {
    run: (call, done, urgent) => {
      if (urgent !== undefined)
        waiting = [{ call, done, urgent }, ...waiting.filter((other) => other.urgent !== urgent)];
      else if (waiting.length >= most.waiting) return done(`too many commands wait for ${call.program}`);
      else waiting.push({ call, done, urgent });
      next();
    },
    idle: () =>
      new Promise((resolve) => {
        tellIdle = [...tellIdle, resolve];
        next();
      }),
  };
}

/** The programs that the configuration names. */
export type Commands = {
  readonly runHeyu: RunHeyu;
  readonly onAlert: RunOnAlert;
  /** Other programs from now on; what waits runs as it was asked for. */
  readonly configure: (programs: Programs) => void;
  /** Resolves when all that was asked for has ended, at the latest after `mostMs`. */
  readonly stop: (mostMs: number) => Promise<void>;
};

/** What of the configuration is about them. */
type Programs = {
  readonly heyu: { readonly command: string };
  readonly files: { readonly x10config: string | undefined };
  readonly onAlert: { readonly program: string | undefined; readonly timeoutMs: number };
  readonly stateDir: string;
};

/** Heyu takes about a second for a command, and tries for some seconds when the power line is busy, ms. */
const HEYU_MS = 20_000;

/** One heyu at a time, because it waits for the power line itself; more than a person can press while one runs. */
const HEYU_QUEUE = { atOnce: 1, waiting: 50 };

/** A mail that hangs must not keep back what comes after it. */
const ALERT_QUEUE = { atOnce: 4, waiting: 20 };

/**
 * The configuration with which heyu is called, a copy, without LOG_DIR, of the one that the bridge reads: a user who calls heyu
 * must be able to write its log and its state file, which lies beside the configuration (config.c:1833, 3705), though its
 * engine alone does write them. The original where a copy cannot be made.
 */
function configurationFor(x10config: string, stateDir: string): string {
  const folder = join(stateDir, 'heyu');
  const copy = join(folder, 'x10config');
  try {
    // in any encoding
    const text = readFileSync(x10config, 'latin1');
    const logDir = readX10Config(text).logDirLine?.line;
    const lines = text.split('\n').filter((_, index) => index + 1 !== logDir);
    const without = lines.join('\n');
    if (orElse(() => readFileSync(copy, 'latin1'), undefined) === without) return copy;
    makeDirectory(folder, 0o700);
    writeFileSync(copy, without, { encoding: 'latin1', mode: 0o600 });
    return copy;
  } catch {
    return x10config;
  }
}

const NO_RELAY = 'heyu does not run: heyu start';

/**
 * Runs these programs. Where heyu's configuration is on this machine, heyu has to run: its commands would start it as a
 * part of us, and it would end with us. The limits are others in tests, and so is the look at heyu.
 */
export function commandsOf(
  first: Programs,
  log: Log,
  { heyuMs = HEYU_MS, killAfterMs = KILL_AFTER_MS, relay = isRelayUp } = {},
): Commands {
  let programs = first;
  const heyu = commandQueue(HEYU_QUEUE, killAfterMs);
  const alerts = commandQueue(ALERT_QUEUE, killAfterMs);
  /** What was said last of a command of heyu that fails: it may be given again and again. */
  const said = new Map<string, string>();
  return {
    runHeyu: (args, done, urgent) => {
      const { x10config } = programs.files;
      // heyu might find another one by itself, or none
      const named = x10config === undefined ? [] : ['-c', configurationFor(x10config, programs.stateDir)];
      const refusal = (): string | undefined =>
        x10config === undefined || relay(x10config) ? undefined : NO_RELAY;
      const call = { program: programs.heyu.command, args: [...named, ...args], termMs: heyuMs, refusal };
      heyu.run(
        call,
        (failure) => {
          const command = args.join(' ');
          const isNew = failure !== said.get(command);
          if (failure === undefined) said.delete(command);
          else said.set(command, failure);
          if (failure === undefined) log.debug({ args }, 'heyu did it');
          else log[isNew ? 'warn' : 'debug']({ args, reason: failure }, 'heyu could not do it');
          done?.(failure);
        },
        urgent,
      );
    },
    onAlert: (alert, done) => {
      const { program, timeoutMs } = programs.onAlert;
      if (program === undefined) return;
      const call = { program, args: [], input: `${JSON.stringify(alert)}\n`, termMs: timeoutMs };
      alerts.run({ ...call, variables: variablesOf(alert) }, (failure) => {
        const id = alert['id'];
        if (failure === undefined) log.debug({ id }, 'on_alert: done');
        else log.warn({ id, reason: failure }, 'on_alert: the program failed');
        done(failure);
      });
    },
    configure: (next) => {
      programs = next;
    },
    stop: async (mostMs) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, mostMs)));
      await Promise.race([Promise.all([heyu.idle(), alerts.idle()]), late]);
      clearTimeout(timer);
    },
  };
}

/** `HEYU2MQTT_ALERT_KIND` and so on, a variable for each key of the alert; null is empty. */
function variablesOf(alert: AlertBody): Record<string, string> {
  return Object.fromEntries(
    Object.entries(alert).map(([key, value]) => [
      `HEYU2MQTT_ALERT_${key.toUpperCase()}`,
      // no variable can hold a NUL
      value === null ? '' : String(value).replaceAll('\0', ''),
    ]),
  );
}
