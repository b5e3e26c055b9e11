/** Does the service run? Asked of the machine: what the broker says of it may be old. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { userOf } from '../../io/sole-user.js';
import { PATHS } from '../service-steps.js';

/** Its process, and whether that can be known at all. */
export type Running = { readonly pid: number | undefined; readonly isKnown: boolean };

/** The process that uses this state directory. */
export function runningService(stateDir: string): Running {
  const pid = userOf(stateDir) ?? (stateDir === PATHS.state ? mainProcess() : undefined);
  return { pid, isKnown: pid !== undefined || !existsSync(stateDir) || isReadable(stateDir) };
}

/** What systemd runs: anybody may ask it. */
function mainProcess(): number | undefined {
  const { status, stdout } = spawnSync('systemctl', ['show', '--property=MainPID', 'heyu2mqtt.service'], {
    encoding: 'utf8',
  });
  const pid = status === 0 ? Number(/^MainPID=(\d+)/.exec(stdout)?.[1] ?? 0) : 0;
  return pid > 0 ? pid : undefined;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
