/** A bridge with everything in it, fed directly: the pure part, without the ports. */

import { createBridge, presentStates, securityStep } from '../../src/bridge/bridge.js';
import { memoryOf, type Bridge } from '../../src/bridge/core.js';
import { hearLine } from '../../src/bridge/hear.js';
import { readCheckpoint } from '../../src/service/checkpoint.js';
import { connected, received, subscribed } from '../../src/security/connection.js';
import { alertsOf, snapshot } from '../../src/security/stored.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

/** It, and what it has kept. */
export type Fed = {
  readonly line: (text: string) => void;
  readonly receive: (topic: string, payload: Uint8Array, retain: boolean) => void;
  /** What it listens to. */
  readonly topics: readonly string[];
  /** Its memory, bytes. */
  readonly kept: () => number;
  readonly checkpoint: () => string;
};

/** A house with everything in it. */
export const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000, dusk: 'A2', zone: 'own' }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000, zone: 'others' }),
    sensorSettings('B1', 'DS10A', { type: 'door', zone: 'own' }),
    sensorSettings('C1', 'LM465', { type: 'light' }),
    sensorSettings('D1', 'KR10A', { alias: 'fob', type: 'remote' }),
    sensorSettings('E1', 'SD10', { type: 'smoke', zone: 'others' }),
  ],
  zones: [
    zoneSettings('own', { keyfobs: ['fob'], followHeyu: true }),
    zoneSettings('others', { kind: 'external', stateTopic: 'alarmo/state' }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  control: true,
});

const NOON = Date.UTC(2026, 10, 22, 12);

/** Begins one; `stored` is the text of a checkpoint. */
export function fullBridge(stored?: string): Fed {
  let mono = 1000;
  let offset = 0;
  const subscriptions = new Set<string>();
  let document: unknown;
  try {
    document = stored === undefined ? undefined : JSON.parse(stored);
  } catch {
    // what is not JSON is set aside by the store
  }
  const { security, settled } = readCheckpoint(document).checkpoint;
  const now = (): { readonly at: number; readonly mono: number } => {
    mono += 20;
    return { at: NOON + mono, mono };
  };
  const bridge: Bridge = createBridge(
    settings,
    { core: settled?.core, alerts: settled?.alerts, security },
    now(),
    {
      put: () => undefined,
      subscribe: (topics) => {
        for (const topic of topics) subscriptions.add(topic);
      },
      unsubscribe: () => undefined,
      persist: () => 0,
      alerted: () => undefined,
      note: () => undefined,
      trouble: () => undefined,
    },
  );
  presentStates(bridge);
  connected(securityStep(bridge, now()), false, 'fuzz');
  subscribed(securityStep(bridge, now()), [...subscriptions], []);
  const checkpoint = (): string =>
    JSON.stringify({
      version: 1,
      settled: {
        log: { files: [{ generation: 'abcdef01', device: 1, inode: 1, offset, mark: '', endSeenAt: NOON }] },
        logPath: 'heyu.log',
        core: memoryOf(bridge.core),
        alerts: alertsOf(bridge.security),
      },
      generations: [],
      security: snapshot(bridge.security, now()),
    });
  return {
    line: (text) => {
      const { at } = now();
      const place = { generation: 'abcdef01', offset: (offset += text.length + 1), file: 'current' as const };
      hearLine(bridge, { text, ...place, notBefore: at - 1000, readAt: at }, { at, mono });
    },
    receive: (topic, payload, retain) => {
      received(securityStep(bridge, now()), { topic, payload, retain, duplicate: false });
    },
    topics: ['alarmo/state', 'x10/zone/own/set', 'x10/zone/own/state'],
    kept: () => checkpoint().length,
    checkpoint,
  };
}
