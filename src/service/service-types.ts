/** What the service needs and offers. */

import type { Broker, Clock, LineSource, Log, StateStore } from '../ports.js';
import type { CoreSettings } from '../settings.js';
import type { RunHeyu } from './controlling.js';
import type { Finding } from '../bridge/finding.js';

/** What the service is told beside the core's settings. */
export type ServiceSettings = {
  readonly core: CoreSettings;
  readonly logPath: string;
  readonly sessionKind: 'persistent' | 'clean';
  /** Names our session at the broker: another broker or client id has another one. Without secrets. */
  readonly sessionName: string;
  readonly birthTopic: string;
  readonly birthPayload: string;
  /** Settings that have no effect and are ignored, in words. */
  readonly ignored?: readonly string[];
};

/** The outside world. */
export type ServicePorts = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: StateStore;
  readonly source: LineSource;
  readonly broker: Broker;
  /** Runs the heyu program; only called with `heyu.control`. `done` gets the reason in words when it failed. */
  readonly runHeyu?: RunHeyu;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** Told of each new status line. */
  readonly status: (text: string) => void;
  /** The trace, where someone looks at it. */
  readonly find?: (finding: Finding) => void;
};

/** The service at work. */
export type Service = {
  /** Resolves when the log is being followed; the broker may come later. */
  readonly start: () => Promise<void>;
  /** Takes new settings without a reconnect; `ports` where log or broker are other ones now. */
  readonly reload: (
    settings: ServiceSettings,
    ports?: { readonly source?: LineSource; readonly broker?: Broker },
  ) => Promise<void>;
  /** Ends within about 2 s: everything is acknowledged, or left before the checkpoint. */
  readonly stop: () => Promise<void>;
  /** The last read pass ended this long ago (ms); for the watchdog. */
  readonly sinceLastPassMs: () => number;
  /** Says all discovery messages again (nightly job). */
  readonly republishDiscovery: () => void;
  /** Publishes and logs what happened since the last summary (daily job). */
  readonly summarise: () => void;
  readonly statusLine: () => string;
  /** Where the configuration on disk has faults, so that an older one is in force; undefined = it has none. */
  readonly configurationFaulty: (where: string | undefined) => void;
};
