/** What the service does when the follower of the heyu log tells something. */

import type { LineListener, Log, Now } from '../ports.js';
import { advanceBridge, hearLine, type Bridge } from '../bridge/bridge.js';
import { concern, type Condition } from './condition.js';
import type { LogState } from './log-state.js';
import { sayIncident, sayStatus, spanInWords } from './log-words.js';
import type { Progress } from './progress.js';

/** The parts of the service that the log moves. */
export type LogWork = {
  readonly state: LogState;
  readonly bridge: Bridge;
  readonly progress: Progress;
  readonly condition: Condition;
  readonly log: Log;
  /** The moment of something that happens now. */
  readonly now: () => Now;
  readonly isStopping: () => boolean;
  /** Says what is known of all sensors, once, as soon as that can be told. */
  readonly present: () => void;
  readonly conditionChanged: () => void;
  readonly pump: () => void;
  readonly schedule: () => void;
};

/** The listener of the service's log. */
export function logListener(work: LogWork): LineListener {
  const { state, bridge, progress, condition, log, isStopping, present, conditionChanged, pump, schedule } =
    work;

  const endReached = (): void => {
    state.isCaughtUp = true;
    bridge.isBehind = false;
  };

  return {
    line: (line) => {
      state.isCaughtUp = false;
      const { mono } = work.now();
      state.lastLineMono = mono;
      progress.changed();
      hearLine(bridge, line, { at: line.readAt, mono });
      pump();
      if (!condition.delete('log_quiet')) return;
      log.info({}, 'heyu writes again');
      conditionChanged();
    },
    end: () => {
      if (isStopping()) return;
      endReached();
      state.isLooking = false;
      advanceBridge(bridge, work.now());
      present();
      progress.captureFirst();
      pump();
      schedule();
    },
    generation: progress.begun,
    status: (status) => {
      sayStatus(log, status, state.status === 'starting');
      state.status = status.kind;
      state.wasNeverThere = status.kind === 'missing' && !status.existedBefore;
      condition.delete('log_missing');
      condition.delete('log_unreadable');
      if (status.kind === 'missing')
        concern(condition, 'log_missing', state.wasNeverThere ? 'it was never there' : '');
      if (status.kind === 'unreadable') concern(condition, 'log_unreadable', status.hint);
      // what cannot be read cannot be waited for
      if (status.kind !== 'following') {
        endReached();
        advanceBridge(bridge, work.now());
      }
      present();
      conditionChanged();
    },
    incident: (incident) => {
      sayIncident(log, incident);
      if (incident.kind !== 'lost') return;
      concern(condition, 'lines_lost', spanInWords(incident, bridge.core.reader.stamps.zone));
      conditionChanged();
    },
  };
}
