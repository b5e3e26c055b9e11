/** The codes that systemd passes to the service. They are not in the configuration then. */

import { statSync } from 'node:fs';
import { DAMAGED_HINT, hintFor, NO_CODES, parseCodes } from '../../config/codes.js';
import { type Configuration, withCodes } from '../../config/load.js';
import { formatProblem } from '../../config/problem.js';
import { readTextFile } from '../../config/text-file.js';
import { counted } from '../../common/text.js';
import { orElse } from '../../common/error.js';
import { DEFAULT_CONFIG } from '../configured.js';
import { PATHS } from '../service-install.js';
import type { Codes } from '../../ports.js';
import type { Tell } from '../terminal.js';
import { isCredential, isRoot } from './check-service.js';

/** The zones of the bridge, as they ask for a code or do not. */
type Zones = Configuration['core']['zones'];

/**
 * Checks the codes: whether the service gets them, who may read the file, and whether it is complete. Returns the zones
 * as the service has them; several if this user may not read it.
 */
export function checkCodes({ files, core: { zones } }: Configuration, tell: Tell): readonly Zones[] {
  if (files.config !== DEFAULT_CONFIG || files.codes !== undefined) return [zones];
  const isGiven = isCredential(PATHS.codes);
  const stats = orElse(() => statSync(PATHS.codes), undefined);
  if (stats !== undefined && !isGiven)
    tell('error', `${PATHS.codes} is not given to the service: no zone asks for a code`, UNGIVEN_HINT);
  if (!isGiven) return [zones];
  if (stats !== undefined && !isRoot()) return [zones, withCodes(zones, 'damaged')];
  // the hash of a short number tells the number to anyone who tries them all
  if (stats !== undefined && (stats.uid !== 0 || (stats.mode & 0o077) !== 0))
    tell(
      'error',
      `${PATHS.codes} can be read by others than root`,
      `sudo chown root: ${PATHS.codes}; sudo chmod 600 ${PATHS.codes}; and choose other codes`,
    );
  const codes = codesIn(PATHS.codes, tell);
  for (const [zone, { hashes }] of Object.entries(codes === 'damaged' ? {} : codes))
    if (zones.some((each) => each.kind === 'owned' && each.zone === zone))
      tell('ok', `zone ${zone}: ${counted(Object.keys(hashes).length, 'code')}`);
    else
      tell(
        'warning',
        `${PATHS.codes} has codes of ${zone}, which is not a zone of the bridge`,
        `was the zone renamed? give it codes: sudo heyu2mqtt zone code add ZONE NAME`,
      );
  return [withCodes(zones, codes)];
}

function codesIn(path: string, tell: Tell): Codes {
  const reading = readTextFile(path);
  const codes = reading.ok ? parseCodes(reading.file.text) : 'damaged';
  if (!reading.ok) {
    const problem = formatProblem({ ...reading.problem, hint: undefined });
    tell('error', `${problem}: ${NO_CODES}`, hintFor(reading));
  } else if (codes === 'damaged') tell('error', `${path} is damaged: ${NO_CODES}`, DAMAGED_HINT);
  return codes;
}

const UNGIVEN_HINT =
  'sudo heyu2mqtt zone code add ZONE NAME gives the service all of them; then: sudo systemctl restart heyu2mqtt';
