/**
 * Reports to systemd that the service is ready, what it is doing, and that it is alive. Node cannot send a datagram to
 * a Unix socket, so each message is one short run of the program `systemd-notify` (sd_notify(3)). Never with
 * `--no-block`: without it the program waits (BARRIER=1, systemd 246) until the manager has read the message, so that
 * the manager can still find out which unit the sender belonged to.
 */

import { execFile, type ExecFileException } from 'node:child_process';
import type { Environment } from './journal.js';

export type SystemdOptions = {
  readonly environment: Environment;
  /** Monotonic milliseconds of `CLOCK_MONOTONIC`, the clock of systemd. */
  readonly monotonicMs: () => number;
  /** Called when a message could not be sent and the one before could; `reason` in words for people. */
  readonly failed?: (reason: string) => void;
  /** The number of this process, which systemd names in `WATCHDOG_PID`. Default: our own. */
  readonly pid?: number;
  /** A changed status text goes out at most once in this time. Default 1 s. */
  readonly statusIntervalMs?: number;
  /** A run of `systemd-notify` that takes longer is killed. Default 10 s. */
  readonly timeoutMs?: number;
};

/** Characters of a status text, the rest is cut off: the manager reads messages of at most 4096 bytes. */
const MAX_STATUS_LENGTH = 500;

/**
 * Messages to the systemd that started this process, if one did. None of the methods ever throws or blocks; without
 * `NOTIFY_SOCKET` they do nothing.
 */
export class SystemdNotifier {
  /** Half the time after which systemd kills a silent service, milliseconds; undefined: no watchdog. */
  readonly watchdogIntervalMs: number | undefined;
  readonly #options: Required<Omit<SystemdOptions, 'failed' | 'pid'>> & Pick<SystemdOptions, 'failed'>;
  /** Assignments of sd_notify(3) that wait to be sent; `WATCHDOG=1` and `STATUS=` ride along with the next one. */
  #states: string[][] = [];
  #status: string | undefined;
  #watchdog = false;
  #lastStatus: string | undefined;
  #statusAllowedAt = -Infinity;
  #isWaiting = false;
  #running: Promise<void> | undefined;
  #isFailing = false;

  constructor(options: SystemdOptions) {
    this.#options = { statusIntervalMs: 1000, timeoutMs: 10_000, ...options };
    this.watchdogIntervalMs = watchdogIntervalMs(options.environment, options.pid ?? process.pid);
  }

  /** The start, or a reload, is finished. */
  ready(status: string): void {
    this.#setStatus(status);
    this.#states.push(['READY=1']);
    this.#wake();
  }

  /** One line that tells what the service is doing. Sent when changed, the latest text at the end of a burst. */
  status(text: string): void {
    this.#setStatus(text);
    if (this.#status !== undefined) this.#wake();
  }

  /** A reload has begun; `ready` ends it. */
  reloading(): void {
    const usec = Math.floor(this.#options.monotonicMs() * 1000);
    // MONOTONIC_USEC is asked for by Type=notify-reload (systemd 253) and ignored by Type=notify
    this.#states.push(['RELOADING=1', `MONOTONIC_USEC=${usec}`]);
    this.#wake();
  }

  /** The service is about to end. Resolves when systemd has been told, at most after two `timeoutMs`. */
  async stopping(): Promise<void> {
    this.#states = [['STOPPING=1']];
    this.#watchdog = false;
    this.#wake();
    while (this.#running !== undefined) await this.#running;
  }

  /** The service is healthy at this moment. Call it each `watchdogIntervalMs`. */
  watchdog(): void {
    this.#watchdog = true;
    this.#wake();
  }

  #setStatus(text: string): void {
    const line = oneLine(text);
    if (line === this.#lastStatus) return;
    this.#lastStatus = line;
    this.#status = line;
  }

  #next(): string[] | undefined {
    const { monotonicMs, statusIntervalMs } = this.#options;
    const message = this.#states.shift() ?? [];
    if (this.#watchdog) message.push('WATCHDOG=1');
    this.#watchdog = false;
    const isStatusDue = message.length > 0 || monotonicMs() >= this.#statusAllowedAt;
    if (this.#status !== undefined && isStatusDue && this.#states.length === 0) {
      message.push(`STATUS=${this.#status}`);
      this.#statusAllowedAt = monotonicMs() + statusIntervalMs;
      this.#status = undefined;
    }
    return message.length > 0 ? message : undefined;
  }

  #send(message: readonly string[]): Promise<void> {
    const { environment, failed, timeoutMs } = this.#options;
    return new Promise((resolve) => {
      execFile(
        'systemd-notify',
        message,
        { env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' },
        (error, _stdout, stderr) => {
          if (error !== null && !this.#isFailing) failed?.(reason(error, stderr, timeoutMs));
          this.#isFailing = error !== null;
          resolve();
        },
      );
    });
  }

  #wake(): void {
    const { environment, monotonicMs } = this.#options;
    if ((environment['NOTIFY_SOCKET'] ?? '') === '' || this.#running !== undefined) return;
    const message = this.#next();
    if (message !== undefined) {
      this.#running = this.#send(message).then(() => {
        this.#running = undefined;
        this.#wake();
      });
    } else if (this.#status !== undefined && !this.#isWaiting) {
      this.#isWaiting = true;
      setTimeout(() => {
        this.#isWaiting = false;
        this.#wake();
      }, this.#statusAllowedAt - monotonicMs()).unref();
    }
  }
}

/** Half of `WATCHDOG_USEC` in milliseconds, if the watchdog is meant for process `pid` (sd_watchdog_enabled(3)). */
function watchdogIntervalMs(environment: Environment, pid: number): number | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec = '', WATCHDOG_PID: meant } = environment;
  if (socket === undefined || socket === '' || !/^[1-9]\d*$/.test(usec)) return undefined;
  if (meant !== undefined && meant !== '' && meant !== String(pid)) return undefined;
  return Number(usec) / 2000;
}

function reason(error: ExecFileException, stderr: string, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'the program systemd-notify is missing';
  if (error.killed === true) return `systemd-notify did not end within ${timeoutMs / 1000} s`;
  return `systemd-notify: ${stderr.trim() || error.message}`;
}

/** A status is one line: control characters become blanks, and an overlong text is cut off. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length > MAX_STATUS_LENGTH
    ? `${characters.slice(0, MAX_STATUS_LENGTH - 3).join('')}...`
    : line;
}
