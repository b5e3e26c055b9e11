/**
 * A real Alarmo for tests. No registry has it: its sources lie in `~/.cache/heyu2mqtt-test/alarmo`, or come from GitHub.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HomeAssistant } from './driver.js';
import { post } from './rest.js';

const REPOSITORY = 'https://github.com/nielsfaber/alarmo';
const SOURCE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'heyu2mqtt-test', 'alarmo');

/** The folder of the integration, or why there is none. */
export type AlarmoSource = { readonly folder: string } | { readonly reason: string };

/** Takes it from the cache, or fetches it. */
export function alarmoSource(): AlarmoSource {
  const folder = join(SOURCE, 'custom_components', 'alarmo');
  if (existsSync(folder)) return { folder };
  const fresh = `${SOURCE}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const clone = ['clone', '--quiet', '--depth=1', REPOSITORY, fresh];
  if (spawnSync('git', clone, { timeout: 60_000 }).status !== 0)
    return { reason: `put its sources there: git clone ${REPOSITORY} ${SOURCE}` };
  renameSync(fresh, SOURCE);
  return { folder };
}

/** Seconds of the delays when somebody comes home, by the way of being armed; other ways are not offered. */
export type EntryDelays = Readonly<Record<string, number>>;

/**
 * Sets Alarmo up as its owner does in its pages: MQTT with a code, the delays, somebody with a code, and a door with the
 * entry delay.
 */
export async function setUpAlarmo(
  homeAssistant: HomeAssistant,
  { entryDelays, code, door }: { entryDelays: EntryDelays; code: string; door: string },
): Promise<void> {
  const call = (path: string, json: unknown): Promise<unknown> =>
    post(homeAssistant.url, homeAssistant.accessToken(), path, json);
  await call('/api/config/config_entries/flow', { handler: 'alarmo' });
  const modes = Object.keys(entryDelays);
  const topic = (name: string): string => `alarmo/${name}`;
  await call('/api/alarmo/config', {
    code_arm_required: false,
    code_disarm_required: true,
    mqtt: {
      enabled: true,
      require_code: true,
      state_topic: topic('state'),
      command_topic: topic('command'),
      event_topic: topic('event'),
    },
  });
  const [area = ''] = Object.keys((await homeAssistant.command('alarmo/areas')) as object);
  await call('/api/alarmo/area', {
    area_id: area,
    modes: Object.fromEntries(
      modes.map((mode) => [mode, { enabled: true, exit_time: 0, entry_time: entryDelays[mode] }]),
    ),
  });
  await call('/api/alarmo/users', { name: 'Jane', code, enabled: true, can_arm: true, can_disarm: true });
  await call('/api/alarmo/sensors', {
    entity_id: door,
    type: 'door',
    area,
    modes,
    enabled: true,
    use_exit_delay: false,
    use_entry_delay: true,
    always_on: false,
    allow_open: false,
    trigger_unavailable: false,
  });
}
