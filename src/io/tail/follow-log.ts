/**
 * Follows heyu's log: the line source of the service. heyu opens the log by name at every message, so the log is
 * rotated, truncated, edited and deleted under its hands; this keeps reading every line once and in order.
 *
 * From an inotify event to the listener everything is synchronous. Reasons: docs/design.md, "The log is the queue".
 */
import type { Clock, LineSource } from '../../ports.js';
import { chokidarDoorbell, silentDoorbell, type OpenDoorbell } from './doorbell.js';
import { logPosition, newFollowing, openFiles, type Following } from './following.js';
import { isOnLocalFiles } from './local-files.js';
import { pass } from './pass.js';
import { safetyTimer, type Cause } from './safety-timer.js';
import { runInSlices } from './slices.js';
import { watchTargets } from './watch-targets.js';

/** How to follow. Times are milliseconds. */
export type FollowOptions = {
  readonly path: string;
  readonly clock: Clock;
  /** 8 random hex digits. */
  readonly randomGeneration: () => string;
  /** Period of the safety timer, default 1000. */
  readonly pollMs?: number;
  /** The same where inotify can be relied on, or once it has proved itself, default 5000. */
  readonly slowPollMs?: number;
  /** Do without inotify, for network file systems. */
  readonly usePolling?: boolean;
  /** How long a rotated file is read on after it was written to last, default 10 minutes. */
  readonly lingerMs?: number;
  /**
   * How long a file that has lost its name must have been silent before the next one is begun, default 1000: heyu
   * may have opened it before. At most three times as long from when the name was lost.
   */
  readonly settleMs?: number;
  /** What rings when something may have happened; chokidar unless a test brings its own. */
  readonly openDoorbell?: OpenDoorbell;
};

/** A line source that also tells how its doorbell does. */
export type LogFollower = LineSource & {
  /** How often the safety timer has found what nothing had reported. */
  readonly missedRings: () => number;
};

/** After this long the event loop has its turn. */
const SLICE_MS = 10;

/** Follows the log at `path`. Nothing is opened before `start`; nothing throws but the listener. */
export function followLog(options: FollowOptions): LogFollower {
  const { clock, pollMs = 1000, slowPollMs = Math.max(pollMs, 5000), usePolling = false } = options;
  const openDoorbell = usePolling ? silentDoorbell : (options.openDoorbell ?? chokidarDoorbell);
  let following: Following | undefined;
  let isPaused = false;
  let isWorking = false;
  let wanted: Cause | undefined;
  let passEndedAt = clock.monotonicMs();
  let callOffLook = (): void => undefined;
  let whenIdle = (): void => undefined;

  /** Looks now, or once more as soon as the look in hand is done. */
  const look = (cause: Cause): void => {
    if (following === undefined || following.isStopped) return;
    if (isWorking) {
      wanted = wanted === 'bell' ? wanted : cause;
      return;
    }
    isWorking = true;
    following.hasGrown = false;
    const looking = following;
    runInSlices(pass(looking), {
      sliceMs: SLICE_MS,
      monotonicMs: clock.monotonicMs,
      sliceEnded: () => {
        passEndedAt = clock.monotonicMs();
      },
      done: () => {
        isWorking = false;
        finish(looking, wanted === 'bell' ? wanted : cause);
      },
    });
  };

  const finish = (looked: Following, cause: Cause): void => {
    if (looked.isStopped) {
      whenIdle();
      return;
    }
    if (looked.hasGrown) timer.grew(cause);
    if (looked.isWatchStale) {
      looked.isWatchStale = false;
      doorbell.watch(watchTargets(looked));
    }
    callOffLook();
    if (looked.lookAgainMs !== undefined) callOffLook = clock.after(looked.lookAgainMs, request);
    const again = wanted;
    wanted = undefined;
    if (again !== undefined) look(again);
  };

  const request = (): void => look('request');

  const ring = (): void => {
    timer.rang();
    look('bell');
  };

  const doorbell = openDoorbell(ring, request);
  const timer = safetyTimer({
    clock,
    pollMs,
    slowPollMs: usePolling ? pollMs : slowPollMs,
    look: () => look('timer'),
    overslept: () => {
      doorbell.watch([]);
      if (following !== undefined) doorbell.watch(watchTargets(following));
    },
  });

  return {
    start: (listener, position, generations) => {
      const { path, randomGeneration, lingerMs = 600_000, settleMs = 1000 } = options;
      const blindMs = 3 * slowPollMs;
      const parts = { path, clock, randomGeneration, lingerMs, settleMs, blindMs, listener };
      following = newFollowing(parts, position, generations);
      following.isPaused = isPaused;
      timer.start(openDoorbell === chokidarDoorbell && isOnLocalFiles(path));
      setImmediate(request);
    },
    position: () => (following === undefined ? { files: [] } : logPosition(following)),
    look: request,
    pause: () => {
      isPaused = true;
      if (following !== undefined) following.isPaused = true;
    },
    resume: () => {
      isPaused = false;
      if (following !== undefined) following.isPaused = false;
      setImmediate(request);
    },
    lastPassAt: () => passEndedAt,
    missedRings: () => timer.missed(),
    stop: async () => {
      timer.stop();
      callOffLook();
      if (following !== undefined) {
        following.isStopped = true;
        if (isWorking) await new Promise<void>((resolve) => (whenIdle = resolve));
        for (const { source } of openFiles(following)) source.close();
      }
      await doorbell.close();
    },
  };
}
