/** ONE timer for the earliest wish for time of all parts of the service, and what is done when it rings. */

import type { LineSource, Now } from '../ports.js';
import { advanceBridge, isAdvanceDue, nextWakeMono, wakeZones, type Bridge } from '../bridge/bridge.js';
import { concern, type Condition } from './condition.js';
import type { LogState } from './log-state.js';
import type { Progress } from './progress.js';
import type { Refusals } from './refusals.js';
import type { Reporting } from './reporting.js';
import type { Sending } from './sending.js';
import type { ServicePorts } from './service.js';
import type { ServiceSettings } from '../settings.js';

/** The parts with wishes. */
export type Wishes = {
  readonly ports: ServicePorts;
  readonly settings: () => ServiceSettings;
  readonly source: () => LineSource;
  readonly bridge: Bridge;
  readonly progress: Progress;
  readonly reports: Reporting;
  readonly out: Sending;
  readonly refusals: Refusals;
  readonly condition: Condition;
  readonly logState: LogState;
  readonly now: () => Now;
  readonly isStopping: () => boolean;
};

/** The timer. */
export type Waking = {
  /** Does whatever is due. */
  readonly tick: () => void;
  /** Somebody's wish may have changed: the timer rings earlier if it has to. */
  readonly schedule: () => void;
  /** Everything that heyu has written was read at the last look, and will be at the next. */
  readonly isUpToDate: () => boolean;
  readonly stop: () => void;
};

const CHECKPOINT_MS = 5000;
const EXPIRE_MS = 60_000;
/** A follower that waits at a rotation for what heyu has begun to say tells no end for up to 3 s. */
const LOOK_MS = 4000;

/** Nothing rings before the first `schedule`. */
export function waking(wishes: Wishes): Waking {
  const {
    ports,
    settings,
    source,
    bridge,
    progress,
    reports,
    out,
    refusals,
    condition,
    logState,
    isStopping,
  } = wishes;
  const { clock, log } = ports;
  let checkpointDue = Infinity;
  let timerDue = Infinity;
  let callOff = (): void => undefined;

  const isUpToDate = (): boolean => logState.isCaughtUp && !out.isHoldingReader();

  const quietDue = (): number => {
    const { quietAfterMs } = settings().core;
    return quietAfterMs === 0 || condition.has('log_quiet') ? Infinity : logState.lastLineMono + quietAfterMs;
  };

  const watchQuiet = (now: Now): void => {
    if (now.mono < quietDue()) return;
    const { quietAfterMs } = settings().core;
    concern(condition, 'log_quiet');
    log.warn({ hours: Math.round(quietAfterMs / 3_600_000) }, 'heyu has written nothing for long');
    reports.conditionChanged();
  };

  /**
   * A deadline is due. What heyu has written in the meantime may change it, although nobody has told us of it yet:
   * a machine that was suspended hears its timers first, and network file systems give no notice at all. So the
   * deadline waits for the end of the log (`LineListener.end`), but not for long: there may be no log.
   */
  const lookFirst = (now: Now): void => {
    if (!logState.isLooking) {
      logState.isLooking = true;
      logState.lookedMono = now.mono;
      source().look();
    } else if (now.mono >= logState.lookedMono + LOOK_MS) {
      logState.isLooking = false;
      advanceBridge(bridge, now);
    }
  };

  const tick = (): void => {
    if (isStopping()) return;
    const now = wishes.now();
    wakeZones(bridge, now);
    if (isUpToDate() && isAdvanceDue(bridge, now)) lookFirst(now);
    if (now.mono >= checkpointDue) {
      checkpointDue = Infinity;
      progress.capture();
    }
    if (now.mono >= reports.due()) reports.publish(now);
    if (out.isHoldingReader()) out.expire();
    watchQuiet(now);
    if (now.mono >= refusals.due()) refusals.tick(now);
    out.pump();
    schedule();
  };

  const schedule = (): void => {
    if (isStopping()) return;
    const now = { at: clock.wallMs(), mono: clock.monotonicMs() };
    if (progress.isChanged() && checkpointDue === Infinity) checkpointDue = now.mono + CHECKPOINT_MS;
    const due = Math.min(
      checkpointDue,
      reports.due(),
      refusals.due(),
      nextWakeMono(bridge, now, isUpToDate() && !logState.isLooking) ?? Infinity,
      logState.isLooking ? logState.lookedMono + LOOK_MS : Infinity,
      out.isHoldingReader() ? now.mono + EXPIRE_MS : Infinity,
      quietDue(),
    );
    if (due >= timerDue) return;
    callOff();
    timerDue = due;
    callOff = clock.after(Math.max(0, due - now.mono), () => {
      timerDue = Infinity;
      tick();
    });
  };

  return { tick, schedule, isUpToDate, stop: () => callOff() };
}
