/**
 * A real mosquitto for tests: on a private port, in a directory of its own, to be stopped, killed, frozen and
 * started again on the same port with the same state. Knows nothing of vitest: give `remove` to `onTestFinished`.
 */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from './until.js';

export type MosquittoOptions = {
  /** Keep retained messages and sessions over `restart`. `autosaveS` as `autosave_interval`. Default false. */
  readonly persistence?: boolean | { readonly autosaveS: number };
  /** User -> password; without it everybody may connect. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** The text of an acl_file. */
  readonly acl?: string;
  /** Files: TLS on the listener; with `requireCertificate` clients must show one signed by `ca`. */
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly requireCertificate?: boolean;
  };
  readonly websockets?: boolean;
  readonly maxQueuedMessages?: number;
  /** More lines of mosquitto.conf. */
  readonly config?: readonly string[];
};

export type Mosquitto = {
  readonly port: number;
  /** `mqtt://127.0.0.1:<port>`, or mqtts, ws, wss. */
  readonly url: string;
  readonly pid: () => number | undefined;
  /** What it has written so far, over all its lives. */
  readonly log: () => string;
  /** Sends a signal; resolves when the process is gone. Default SIGTERM; SIGKILL for a crash. */
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Starts it again on the same port, with what it had saved. */
  readonly start: () => Promise<void>;
  readonly restart: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Deletes what a stopped one had saved: retained messages, sessions and what waits in them. */
  readonly forget: () => void;
  /** SIGSTOP: the kernel continues accepting connections, nobody answers. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Writes another acl_file and has it read by SIGHUP, as `systemctl reload mosquitto` does. */
  readonly allow: (acl: string) => void;
  /** Ends it for good and deletes its directory. */
  readonly remove: () => Promise<void>;
};

const path = ['/usr/sbin', '/usr/local/sbin', process.env['PATH'] ?? ''].join(delimiter);
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a mosquitto and resolves when it accepts connections. Fails with a hint when it is not installed. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const directory = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  let port = await freePort();
  let child: ChildProcess | undefined;
  let log = '';
  let { acl } = options;

  const start = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const lives = await launch();
      if (lives) return;
      // somebody was faster to take the port that was free a moment ago
      if (attempt === 5 || !log.includes('Address already in use') || knownPort) {
        throw new Error(`mosquitto did not start:\n${log}`);
      }
      port = await freePort();
    }
  };

  const launch = async (): Promise<boolean> => {
    const file = join(directory, 'mosquitto.conf');
    writeFileSync(
      file,
      configuration(directory, port, { ...options, ...(acl === undefined ? {} : { acl }) }),
    );
    const before = log.length;
    const started = spawn('mosquitto', ['-c', file], {
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let failure: Error | undefined;
    started.on('error', (error) => (failure = error));
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (log += text));
    }
    running.add(started);
    started.on('exit', () => running.delete(started));
    await until(
      () => failure !== undefined || ended(started) || /version \S+ running/.test(log.slice(before)),
      () => `mosquitto to start:\n${log}`,
    );
    if (failure !== undefined) throw missing(failure);
    if (ended(started)) return false;
    child = started;
    return true;
  };

  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ended(ending)) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    ending.kill('SIGCONT');
    await gone;
  };

  let knownPort = false;
  await start();
  knownPort = true;
  const scheme = `${options.websockets === true ? 'ws' : 'mqtt'}${options.tls === undefined ? '' : 's'}`;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    pid: () => child?.pid,
    log: () => log,
    stop,
    start,
    restart: async (signal) => {
      await stop(signal);
      await start();
    },
    forget: () => rmSync(join(directory, 'mosquitto.db'), { force: true }),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    allow: (next) => {
      acl = next;
      writeAcl(directory, next);
      child?.kill('SIGHUP');
    },
    remove: async () => {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function missing(failure: Error): Error {
  return new Error(
    `these tests need a real mosquitto (${failure.message}). hint: apt-get install mosquitto mosquitto-clients`,
  );
}

function configuration(directory: string, port: number, options: MosquittoOptions): string {
  const lines = [
    'per_listener_settings false',
    'log_dest stderr',
    'log_type all',
    'connection_messages true',
  ];
  if (process.getuid?.() === 0) lines.push('user root');
  if (options.persistence !== undefined && options.persistence !== false) {
    lines.push('persistence true', `persistence_location ${directory}/`);
    if (options.persistence !== true) lines.push(`autosave_interval ${options.persistence.autosaveS}`);
  }
  if (options.maxQueuedMessages !== undefined) lines.push(`max_queued_messages ${options.maxQueuedMessages}`);
  if (options.passwords !== undefined)
    lines.push(`password_file ${passwordFile(directory, options.passwords)}`);
  lines.push(`allow_anonymous ${options.passwords === undefined}`);
  if (options.acl !== undefined) lines.push(`acl_file ${writeAcl(directory, options.acl)}`);
  // mosquitto 2.0.11 does not start with web sockets alone
  if (options.websockets === true) lines.push(`listener 0 ${join(directory, 'socket')}`);
  lines.push(`listener ${port} 127.0.0.1`);
  if (options.websockets === true) lines.push('protocol websockets');
  if (options.tls !== undefined) {
    const { ca, cert, key, requireCertificate = false } = options.tls;
    lines.push(`cafile ${ca}`, `certfile ${cert}`, `keyfile ${key}`);
    lines.push(`require_certificate ${requireCertificate}`);
  }
  return `${[...lines, ...(options.config ?? [])].join('\n')}\n`;
}

function writeAcl(directory: string, acl: string): string {
  const file = join(directory, 'acl');
  writeFileSync(file, `${acl}\n`, { mode: 0o600 });
  return file;
}

function passwordFile(directory: string, passwords: Readonly<Record<string, string>>): string {
  const file = join(directory, 'passwords');
  writeFileSync(file, '', { mode: 0o600 });
  for (const [user, password] of Object.entries(passwords)) {
    const made = spawnSync('mosquitto_passwd', ['-b', file, user, password], {
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
    });
    if (made.error !== undefined) throw missing(made.error);
    if (made.status !== 0) throw new Error(`mosquitto_passwd: ${made.stderr}`);
  }
  return file;
}
