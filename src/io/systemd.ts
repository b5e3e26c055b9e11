/**
 * What the service tells systemd: that it is ready, what it is doing, that it is alive. Node cannot send a
 * datagram to a Unix socket, so each message is one short run of the program `systemd-notify` (sd_notify(3)).
 *
 * Never with `--no-block`: without it the program waits (BARRIER=1, systemd 246) until the manager has read the
 * message, so that the manager can still find out which unit the sender belonged to.
 */

import { execFile, type ExecFileException } from 'node:child_process';

export type SystemdOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
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

/** Messages to systemd. None of them ever throws or blocks; without `NOTIFY_SOCKET` they do nothing. */
export type SystemdNotifier = {
  /** The start, or a reload, is finished. */
  readonly ready: (status: string) => void;
  /** One line that tells what the service is doing. Sent when changed, the latest text at the end of a burst. */
  readonly status: (text: string) => void;
  /** A reload has begun; `ready` ends it. */
  readonly reloading: () => void;
  /** The service is about to end. Resolves when systemd has been told, at most after two `timeoutMs`. */
  readonly stopping: () => Promise<void>;
  /** The service is healthy at this moment. Call it each `watchdogIntervalMs`. */
  readonly watchdog: () => void;
  /** Half the time after which systemd kills a silent service, milliseconds; undefined: no watchdog. */
  readonly watchdogIntervalMs: number | undefined;
};

/** Characters of a status text, the rest is cut off: the manager reads messages of at most 4096 bytes. */
const MAX_STATUS_LENGTH = 500;

/** What waits to be sent: assignments of sd_notify(3). `WATCHDOG=1` and `STATUS=` ride along with the next one. */
type Waiting = { states: string[][]; status: string | undefined; watchdog: boolean };

/** Speaks to the systemd that started this process, if one did. */
export function systemdNotifier(options: SystemdOptions): SystemdNotifier {
  const { environment, monotonicMs, failed, pid = process.pid } = options;
  const { statusIntervalMs = 1000, timeoutMs = 10_000 } = options;
  const isListening = (environment['NOTIFY_SOCKET'] ?? '') !== '';
  const waiting: Waiting = { states: [], status: undefined, watchdog: false };
  let lastStatus: string | undefined;
  let statusAllowedAt = -Infinity;
  let statusTimer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isFailing = false;

  const next = (): string[] | undefined => {
    const message = waiting.states.shift() ?? [];
    if (waiting.watchdog) message.push('WATCHDOG=1');
    waiting.watchdog = false;
    const isStatusDue = message.length > 0 || monotonicMs() >= statusAllowedAt;
    if (waiting.status !== undefined && isStatusDue && waiting.states.length === 0) {
      message.push(`STATUS=${waiting.status}`);
      statusAllowedAt = monotonicMs() + statusIntervalMs;
      waiting.status = undefined;
    }
    return message.length > 0 ? message : undefined;
  };

  const send = (message: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      execFile(
        'systemd-notify',
        message,
        { env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' },
        (error, _stdout, stderr) => {
          if (error !== null && !isFailing) failed?.(reason(error, stderr, timeoutMs));
          isFailing = error !== null;
          resolve();
        },
      );
    });

  const wake = (): void => {
    if (!isListening || running !== undefined) return;
    const message = next();
    if (message !== undefined) {
      running = send(message).then(() => {
        running = undefined;
        wake();
      });
    } else if (waiting.status !== undefined) {
      statusTimer ??= setTimeout(() => {
        statusTimer = undefined;
        wake();
      }, statusAllowedAt - monotonicMs()).unref();
    }
  };

  const setStatus = (text: string): void => {
    const line = oneLine(text);
    if (line === lastStatus) return;
    lastStatus = line;
    waiting.status = line;
  };

  return {
    ready: (status) => {
      setStatus(status);
      waiting.states.push(['READY=1']);
      wake();
    },
    status: (text) => {
      setStatus(text);
      if (waiting.status !== undefined) wake();
    },
    reloading: () => {
      // MONOTONIC_USEC is asked for by Type=notify-reload (systemd 253) and ignored by Type=notify
      waiting.states.push(['RELOADING=1', `MONOTONIC_USEC=${Math.floor(monotonicMs() * 1000)}`]);
      wake();
    },
    stopping: async () => {
      waiting.states = [['STOPPING=1']];
      waiting.watchdog = false;
      wake();
      while (running !== undefined) await running;
    },
    watchdog: () => {
      waiting.watchdog = true;
      wake();
    },
    watchdogIntervalMs: watchdogIntervalMs(environment, pid),
  };
}

/** Half of `WATCHDOG_USEC` in milliseconds, if the watchdog is meant for process `pid` (sd_watchdog_enabled(3)). */
function watchdogIntervalMs(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
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
