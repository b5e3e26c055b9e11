/** Are the aliases right, and does what they name exist? */

import { checkAliases, neverAlerting } from '../../alias/doubts.js';
import type { X10Config } from '../../heyu/x10config.js';
import { entryOf } from '../alias/alias-file.js';
import { findingOf } from '../alias/show.js';
import type { Good } from '../configured.js';
import { historyOf } from '../heyu-install.js';
import type { Tell } from '../terminal.js';

/** Tells of the aliases: against heyu's configuration, and against what the log has heard. */
export function checkAliasFile(
  { configuration, resolved }: Good,
  heyu: X10Config | undefined,
  canReadLog: boolean,
  tell: Tell,
): void {
  const { files, aliasFileFound, core, heyu: log } = configuration;
  // that it is missing is told with the configuration
  if (files.config === undefined || files.aliases === undefined || !aliasFileFound) return;
  const form = { ...core.stamp, addressExpiryMs: core.addressExpiryMs };
  const history = canReadLog ? historyOf([log.log], form) : undefined;
  const doubts = [
    ...neverAlerting(core.sensors, core.zones.length > 0, history),
    ...checkAliases(resolved.aliases.aliases.map(entryOf), heyu, history),
  ];
  if (core.sensors.length === 0)
    tell('warning', `${files.aliases} names nothing`, 'heyu2mqtt alias import, or heyu2mqtt alias learn');
  else tell('ok', `${files.aliases}: ${core.sensors.length} named`);
  for (const { verdict, text, hint } of doubts.map(findingOf))
    if (verdict !== 'note') tell(verdict, text, hint);
}
