/** The aliases: in themselves, against heyu's configuration, and against what the log has heard. */

import { checkAliases, neverAlerting } from '../../alias/check.js';
import type { Configuration } from '../../config/configuration.js';
import type { X10Config } from '../../heyu/x10config.js';
import { readAliasFile } from '../alias-file.js';
import { findPlace } from '../alias-place.js';
import { historyOf } from '../log-history.js';
import type { Tell } from './finding.js';

/** Tells of them. `config`: the file as asked for; `heyu`: what heyu's own file says. */
export function checkAliasFile(
  configuration: Configuration,
  config: string | undefined,
  heyu: X10Config | undefined,
  canReadLog: boolean,
  tell: Tell,
): void {
  const { files, aliasFileFound, core, heyu: log } = configuration;
  if (files.config === undefined || files.aliases === undefined) return;
  // that it is missing is told with the configuration
  if (!aliasFileFound) return;
  const file = readAliasFile(findPlace(config === undefined ? {} : { config }));
  const history = canReadLog
    ? historyOf([log.log], { ...core.stamp, addressExpiryMs: core.addressExpiryMs })
    : undefined;
  const findings = [
    ...neverAlerting(core.sensors, core.zones.length > 0, history),
    ...checkAliases(file.entries, heyu, history).filter(({ level }) => level !== 'note'),
  ];
  if (core.sensors.length === 0)
    tell('warning', `${files.aliases} names nothing`, 'heyu2mqtt alias import, or heyu2mqtt alias learn');
  else tell('ok', `${files.aliases}: ${core.sensors.length} named`);
  for (const { level, alias, problem, hint } of findings) {
    const text = alias === undefined ? problem : `${alias}: ${problem}`;
    tell(level === 'fault' ? 'fault' : 'warning', text, hint);
  }
}
