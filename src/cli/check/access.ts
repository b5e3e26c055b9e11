/** May the user of the service read what the service reads? The log is told of elsewhere. */

import { existsSync, statSync } from 'node:fs';
import type { ConfigurationFiles } from '../../config/configuration.js';
import { permissionHint } from '../../io/tail/unreadable.js';
import type { Tell } from './finding.js';
import { isCredential, isRoot, refusalFor, type Identity } from './service-user.js';

/** Tells of every file that it may not read; nothing where we are that user ourselves. */
export function checkAccess(files: ConfigurationFiles, user: Identity | undefined, tell: Tell): void {
  if (user === undefined || user.uid === process.geteuid?.()) return;
  if (!isRoot()) {
    tell('ok', `what its user ${user.name} may read was not asked: sudo heyu2mqtt check does`);
    return;
  }
  const { config, aliases, x10config, password, ca, cert, key } = files;
  let refused = 0;
  for (const path of [config, aliases, x10config, password, ca, cert, key]) {
    if (path === undefined || !existsSync(path)) continue;
    // systemd reads it as root
    if (path === password && isCredential(path)) continue;
    const hint = refusalFor(path, user, () => hintFor(path, user));
    if (hint === undefined) continue;
    refused += 1;
    const others = path === password ? 'sudo heyu2mqtt service password, or: ' : '';
    tell('fault', `its user ${user.name} may not read ${path}`, others + hint);
  }
  if (refused === 0) tell('ok', `its user ${user.name} may read its configuration`);
}

/** Called with the rights of that user. What it can look at it only may not read; else a directory is in the way. */
function hintFor(path: string, { name }: Identity): string {
  try {
    statSync(path);
    return `sudo chgrp ${name} ${path}; sudo chmod g+r ${path}`;
  } catch {
    return permissionHint(path);
  }
}
