/** A follower under test, with everything it has told, and a directory for its log. */

import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from '../../support/test-end.js';
import { silentDoorbell } from '../../../src/io/tail/doorbell.js';
import { LogFollower, type FollowOptions } from '../../../src/io/tail/log-follower.js';
import type { FilePosition, LogIncident, LogLine, LogPosition, LogStatus } from '../../../src/ports.js';
import { realClock } from '../../support/clock.js';
import { until } from '../../support/until.js';

export type Followed = {
  readonly source: LogFollower;
  readonly lines: LogLine[];
  readonly incidents: LogIncident[];
  readonly statuses: LogStatus[];
  readonly generations: FilePosition[];
  readonly texts: () => string[];
  /** `generation+offset` of every line. */
  readonly ids: () => string[];
  readonly incidentKinds: () => string[];
  /** Waits until exactly these texts have come, and for one more look that brings no other. */
  readonly expects: (texts: readonly string[]) => Promise<void>;
  /** Waits for the end of a look that begins after the call. */
  readonly settles: () => Promise<void>;
  /** Waits until the log has this status. */
  readonly has: (kind: LogStatus['kind']) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type Run = Partial<FollowOptions> & {
  readonly position?: LogPosition;
  readonly generations?: readonly FilePosition[];
  readonly isPaused?: boolean;
  /** False where there are too many lines to be written down; default true. */
  readonly keepLines?: boolean;
  readonly onGeneration?: (file: FilePosition) => void;
  readonly onStatus?: (status: LogStatus) => void;
  readonly onIncident?: (incident: LogIncident) => void;
  /** Called for each line, after it was written down. */
  readonly onLine?: (line: LogLine, source: LogFollower) => void;
};

/** No timer of a follower goes off in a test's time: what arrives was reported by inotify. */
export const inotifyOnly = { pollMs: 600_000, slowPollMs: 600_000 } as const;

/** Nothing rings: what arrives was found by the safety timer. A look that comes late on a busy machine is not called blind. */
export const timerOnly = { pollMs: 10, slowPollMs: 2000, openDoorbell: silentDoorbell } as const;

/** A directory of its own that is removed when the test is over. */
export function ownDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'heyu-tail-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty log in a directory of its own. */
export function ownLog(): string {
  const log = join(ownDirectory(), 'heyu.log.ttyS0');
  writeFileSync(log, '');
  return log;
}

/** Is the file that has the name now held open by this process? */
export function isOpenHere(log: string): boolean {
  const { ino } = statSync(log);
  return readdirSync('/proc/self/fd').some((fd) => {
    try {
      return statSync(`/proc/self/fd/${fd}`).ino === ino;
    } catch {
      return false;
    }
  });
}

/**
 * Starts to follow and waits until the first look is over; by inotify alone, and without waiting for what heyu may
 * still write to a rotated file, unless `run` says otherwise.
 */
export async function follow(path: string, run: Run = {}): Promise<Followed> {
  const {
    position,
    generations = [],
    onLine,
    onGeneration,
    onStatus,
    onIncident,
    keepLines = true,
    isPaused = false,
    ...options
  } = run;
  const source = new LogFollower({
    path,
    clock: realClock,
    randomGeneration: () => randomBytes(4).toString('hex'),
    ...inotifyOnly,
    settleMs: 0,
    ...options,
  });
  let ends = 0;
  const lines: LogLine[] = [];
  const incidents: LogIncident[] = [];
  const statuses: LogStatus[] = [];
  const begun: FilePosition[] = [];
  if (isPaused) source.pause();
  source.start(
    {
      line: (line) => {
        if (keepLines) lines.push(line);
        onLine?.(line, source);
      },
      end: () => (ends += 1),
      generation: (file) => {
        begun.push(file);
        onGeneration?.(file);
      },
      status: (status) => {
        statuses.push(status);
        onStatus?.(status);
      },
      incident: (incident) => {
        incidents.push(incident);
        onIncident?.(incident);
      },
    },
    position,
    generations,
  );
  let isStopped = false;
  const stop = async (): Promise<void> => {
    isStopped = true;
    await source.stop();
  };
  onTestFinished(async () => {
    if (!isStopped) await stop();
  });
  const texts = (): string[] => lines.map((line) => line.text);
  const shown = (): string => JSON.stringify({ texts: texts(), incidents, statuses });
  const settles = async (): Promise<void> => {
    const before = ends;
    const askedAt = performance.now();
    source.resume();
    await until(
      () => ends > before || (statuses.at(-1)?.kind !== 'following' && source.lastPassAt() > askedAt),
      shown,
    );
  };
  await until(() => ends > 0 || statuses.length > 0, shown);
  return {
    source,
    lines,
    incidents,
    statuses,
    generations: begun,
    texts,
    ids: () => lines.map((line) => `${line.generation}+${line.offset}`),
    incidentKinds: () => incidents.map((incident) => incident.kind),
    expects: async (expected) => {
      await until(
        () => lines.length >= expected.length,
        () => `${JSON.stringify(expected)}; there is ${shown()}`,
      );
      await settles();
      const now = texts();
      if (JSON.stringify(now) !== JSON.stringify(expected)) {
        throw new Error(`expected ${JSON.stringify(expected)}, got ${shown()}`);
      }
    },
    settles,
    has: async (kind) => {
      await until(() => statuses.at(-1)?.kind === kind, shown);
    },
    stop,
  };
}

/** Appends each text as a line of its own write. */
export function write(path: string, ...texts: readonly string[]): void {
  for (const text of texts) appendFileSync(path, `${text}\n`);
}
