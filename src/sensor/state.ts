/** What is remembered of one sensor. Plain data: it goes into the checkpoint as it is. Instants are epoch ms. */

import type { Steps } from '../x10/response.js';

/** Where a lamp stands and the level that it would bring back. Plain data: it goes into the checkpoint. */
export type LampLevel = { readonly now: number; readonly kept: number };

/** A motion in progress, and what decides whether the next sign is one. */
type MotionState = {
  on: boolean;
  /** Start of the motion in progress or of the last one; 0 before the first. */
  since: number;
  /** Event id of that start. */
  id: string;
  /** The start was read too late to be live: it was reported as `motion_missed` and never shown as ON. */
  missed: boolean;
  /** End of the hold time. */
  until: number;
  /** End of the last motion; 0 before the first. */
  endedAt: number;
  /** Security models: last Alert, and the first one since the last Clear; 0 = none. */
  alertAt: number;
  alertsSince: number;
};

/** A retained value of a channel: what was last decided, `undefined` before the first signal. */
type ChannelValues = Record<string, string | undefined>;

/** Everything that is remembered of a sensor. */
export type SensorState = {
  motion: MotionState;
  /** Values of all channels but motion and last_seen. */
  values: ChannelValues;
  /** Two-channel contacts (DS90, DS18-1): which of them are open. */
  open: Record<string, boolean>;
  /** When a channel that its model never clears (SD10, EH-WD210) goes back to OFF; 0 = it does not. */
  clearsAt: number;
  /** Remotes: the last key, and when it was last heard. Not in documents of earlier versions. */
  pressed?: { key: string; at: number };
  /** RFXSensors: when a low battery was last told. Not in documents of earlier versions. */
  lowBatteryAt?: number;
  /** Lamps: how bright, in the steps of the module. Not in documents of earlier versions. */
  level?: LampLevel & { readonly steps: Steps };
  /** When it was last heard; 0 = never. */
  seenAt: number;
  /** When its silence began to be watched: its last sign or the first start that knew it. */
  watchedSince: number;
};

/** The state of a sensor that was never heard. */
export function newSensorState(at: number): SensorState {
  return {
    motion: { on: false, since: 0, id: '', missed: false, until: 0, endedAt: 0, alertAt: 0, alertsSince: 0 },
    values: {},
    open: {},
    clearsAt: 0,
    seenAt: 0,
    watchedSince: at,
  };
}
