/** What the parts of the service share, and what they need from outside. */

import type { AlertBody, Bridge, Finding } from '../bridge/core.js';
import type { Broker, Clock, JournalFile, LineSource, Log, LogLine, StateStore } from '../ports.js';
import type { ServiceSettings } from '../core-settings.js';
import type { Condition, Seen } from './condition.js';
import type { Sending, Way } from './sending.js';
import type { Time } from './time.js';

/**
 * Runs one command of heyu; `done` gets the reason in words when it failed. With `urgent` it comes before all that waits,
 * and in place of what waits under the same name.
 */
export type RunHeyu = (
  args: readonly string[],
  done?: (failure: string | undefined) => void,
  urgent?: string,
) => void;

/** Runs the owner's program for an alert, if there is one; `done` gets the reason in words when it failed. */
export type RunOnAlert = (alert: AlertBody, done: (failure: string | undefined) => void) => void;

/** An observer of the service. Its methods must not throw or take long: the bridge waits. */
export type Observer = {
  /** The trace; what belongs to a line comes before `heard` of it, what time has caused before `changed`. */
  readonly find: (finding: Finding) => void;
  /** A line was heard; `at` is its instant, epoch ms. */
  readonly heard: (line: LogLine, at: number) => void;
  /** Something may be another than before. */
  readonly changed: () => void;
};

/** The outside world. */
export type ServicePorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: StateStore;
  /** Where the journal is kept; without it there is none. */
  readonly journal?: JournalFile;
  readonly source: LineSource;
  readonly broker: Broker;
  /** Runs the heyu program; only called with `heyu.control`. `done` gets the reason in words when it failed. */
  readonly runHeyu?: RunHeyu;
  readonly onAlert?: RunOnAlert;
  /** Whose code of this zone it is; undefined = no one's. Without it no code is right. */
  readonly checkCode?: (zone: string, code: string) => Promise<string | undefined>;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** Gets each new status line. */
  readonly status: (text: string) => void;
  /** The trace, where someone looks at it. */
  readonly find?: (finding: Finding) => void;
};

/** Made by the service, which alone replaces `settings`; each side replaces its own of the `links`. */
export type Parts = Way & {
  settings: ServiceSettings;
  isStopping: boolean;
  /** Who looks on. */
  observer: Observer | undefined;
  readonly ports: ServicePorts;
  readonly time: Time;
  readonly bridge: Bridge;
  readonly sending: Sending;
  readonly condition: Condition;
  readonly seen: Seen;
};
