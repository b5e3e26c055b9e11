/** A house for these tests: mosquitto, Home Assistant and the bridge as its users run it, and an ear on the broker. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeHouse, type House } from '../support/house.js';
import { collect, type Collector } from '../support/collect.js';
import { startMosquitto, type Mosquitto } from '../support/mosquitto.js';
import { startHomeAssistant, type HomeAssistant } from './driver.js';
import { fenceOf } from './fence.js';
import { faults } from './log-lines.js';

export const ALIASES = `aliases:
  hall_motion: { address: A3, model: MS14A, name: Hall, area: Hall, zone: ground, dusk: A4, topic: hall, hold: 5m }
  porch_motion: { address: A5, model: MS14A, name: Porch, zone: attic, topic: porch, hold: 2s }
  front_door: { address: C2, model: DS10A, name: Front door, type: door, zone: cellar }
  keyfob: { address: C4, model: KR10A, name: Keyfob }
`;

const ZONES = `zones:
  ground: { name: Ground floor, state_topic: alarmo/state, alert_cooldown: 0s }
  attic: { name: Attic, panel: switch, alert_cooldown: 0s }
  cellar: { name: Cellar, panel: alarm_control_panel, alert_cooldown: 0s }
`;

export type World = {
  readonly mosquitto: Mosquitto;
  readonly homeAssistant: HomeAssistant;
  readonly bridge: House;
  /** Hears everything that is not discovery. */
  readonly seen: Collector;
  /** Waits until Home Assistant has taken in what the broker holds (fence.ts). */
  readonly fence: () => Promise<void>;
  /** What Home Assistant has had to say against us since it was asked last. */
  readonly newFaults: () => readonly string[];
  /** How the stand-in for heyu was called, one call a line; see `switches`. */
  readonly heyuCalls: () => readonly string[];
  readonly remove: () => Promise<void>;
};

export type WorldOptions = {
  readonly python: string;
  readonly discovery?: 'device' | 'entity';
  /** Instead of the aliases and zones above. */
  readonly aliases?: string;
  readonly zones?: string;
  readonly bridgeId?: string;
  /** Lamps may be switched, through a stand-in for heyu that writes down how it was called. */
  readonly switches?: boolean;
  /** More of Home Assistant's configuration.yaml. */
  readonly configuration?: string;
  /** Folders of integrations of others in Home Assistant. */
  readonly integrations?: readonly string[];
};

/** Starts all of it; the bridge is connected and Home Assistant has finished its start. */
export async function startWorld({
  python,
  discovery = 'device',
  aliases = ALIASES,
  zones = ZONES,
  bridgeId = 'x10',
  switches = false,
  configuration = '',
  integrations = [],
}: WorldOptions): Promise<World> {
  const mosquitto = await startMosquitto({ persistence: true });
  const homeAssistant = await startHomeAssistant({
    python,
    mqttPort: mosquitto.port,
    configuration,
    integrations,
  });
  const seen = await collect(mosquitto.port, [
    'x10/#',
    'homeassistant/status',
    'automation/#',
    'alarmo/event',
  ]);
  const bridge = makeHouse({
    mqttUrl: mosquitto.url,
    aliases,
    config: `bridge_id: ${bridgeId}\nhomeassistant: { discovery: ${discovery} }\n${zones}`,
  });
  const calls = join(bridge.folder, 'heyu-calls');
  if (switches) installHeyu(bridge, calls);
  await bridge.start();
  await seen.untilLast('x10/bridge/status', 'online');
  const fence = await fenceOf(seen, homeAssistant);
  let known = 0;
  return {
    mosquitto,
    homeAssistant,
    bridge,
    seen,
    fence,
    newFaults: () => {
      const all = faults(homeAssistant.records());
      const since = all.slice(known);
      known = all.length;
      return since.map(({ level, logger, text }) => `${level} ${logger} ${text}`);
    },
    heyuCalls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []),
    remove: async () => {
      await homeAssistant.remove();
      await bridge.remove();
      await seen.stop();
      await mosquitto.remove();
    },
  };
}

/** A program in heyu's place that only writes its arguments down. */
function installHeyu(bridge: House, calls: string): void {
  const heyu = join(bridge.folder, 'heyu');
  writeFileSync(heyu, `#!/bin/sh\necho "$@" >> ${calls}\n`, { mode: 0o755 });
  const configured = readFileSync(bridge.configPath, 'utf8');
  writeFileSync(
    bridge.configPath,
    configured.replace('timezone: UTC', `timezone: UTC, control: true, command: ${heyu}`),
  );
}
