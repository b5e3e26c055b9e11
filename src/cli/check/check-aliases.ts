/** Checks the aliases, and whether heyu knows them. */

import { checkAliases, neverAlerting } from '../../alias/doubts.js';
import type { X10Config } from '../../heyu/x10config.js';
import { entryOf } from '../alias/alias-file.js';
import { findingOf } from '../alias/show.js';
import type { Good } from '../configured.js';
import { historyOf } from '../heyu-install.js';
import type { HouseStatus } from '../../service/status.js';
import type { Tell } from '../terminal.js';

/** Reports low batteries, as the running service knows them, and what to know before they are changed. */
export function checkBatteries({ sensors }: Pick<HouseStatus, 'sensors'>, tell: Tell): void {
  for (const { alias, battery, battery_hint: hint } of sensors)
    if (battery === 'low') tell('warning', `the battery of ${alias} is low`, hint ?? undefined);
}

/** Checks the aliases against heyu's configuration, and against what the log has heard. */
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
