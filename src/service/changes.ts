/** Which new setting needs which restart; all others count at once (`Service.reload`). */

import type { CoreSettings } from '../core-settings.js';

/** What has to begin anew. The `process` does not do so by itself: the owner has to restart it. */
export type Restart = 'broker' | 'log' | 'process';

/** The settings that a restart may be needed for. */
export type Restarted = {
  readonly mqtt: object;
  readonly heyu: object;
  readonly stateDir: string;
  readonly core: Pick<CoreSettings, 'baseTopic' | 'bridgeId'>;
};

const RESTARTS: Readonly<Record<Restart, (settings: Restarted) => unknown>> = {
  // the last will stands on the base topic
  broker: ({ mqtt, core }) => [mqtt, core.baseTopic],
  log: ({ heyu }) => heyu,
  process: ({ stateDir, core }) => [stateDir, core.bridgeId],
};

/** What has to begin anew so that all of `after` counts. The settings are plain data. */
export function changes(before: Restarted, after: Restarted): ReadonlySet<Restart> {
  const kinds = Object.keys(RESTARTS) as Restart[];
  return new Set(
    kinds.filter((kind) => JSON.stringify(RESTARTS[kind](before)) !== JSON.stringify(RESTARTS[kind](after))),
  );
}
