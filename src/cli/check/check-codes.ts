/** The codes that systemd hands to the service: they are no key of the configuration, which says nothing of them then. */

import { statSync } from 'node:fs';
import { DAMAGED_HINT, hintFor, NOBODY_HAS_ONE, parseCodes } from '../../config/codes.js';
import type { Configuration } from '../../config/load.js';
import { formatProblem } from '../../config/problem.js';
import { readTextFile } from '../../config/text-file.js';
import { counted } from '../../common/text.js';
import { orElse } from '../../common/error.js';
import { DEFAULT_CONFIG } from '../configured.js';
import { PATHS } from '../service-install.js';
import type { Tell } from '../terminal.js';
import { isCredential, isRoot } from './check-service.js';

/** Tells of them: whether the service is given them, who may read the file, and whether it is whole. */
export function checkCodes({ files, core }: Configuration, tell: Tell): void {
  if (files.config !== DEFAULT_CONFIG || files.codes !== undefined) return;
  const path = PATHS.codes;
  const isGiven = isCredential(path);
  const stats = orElse(() => statSync(path), undefined);
  if (stats !== undefined && !isGiven)
    tell('error', `${path} is not given to the service: no zone asks for a code`, UNGIVEN_HINT);
  if (!isGiven) return;
  if (stats !== undefined && !isRoot()) return;
  const reading = readTextFile(path);
  if (!reading.ok) {
    const problem = formatProblem({ ...reading.problem, hint: undefined });
    tell('error', `${problem}: ${NOBODY_HAS_ONE}`, hintFor(reading));
    return;
  }
  // the hash of a short number tells the number to anyone who tries them all
  if (stats !== undefined && (stats.uid !== 0 || (stats.mode & 0o077) !== 0))
    tell(
      'error',
      `${path} can be read by others than root`,
      `sudo chown root: ${path}; sudo chmod 600 ${path}; and choose other codes`,
    );
  const codes = parseCodes(reading.file.text);
  if (codes === 'damaged') {
    tell('error', `${path} is damaged: ${NOBODY_HAS_ONE}`, DAMAGED_HINT);
    return;
  }
  const zones = core.zones.filter(({ kind }) => kind === 'owned').map(({ zone }) => zone);
  for (const [zone, { hashes }] of Object.entries(codes))
    if (zones.includes(zone)) tell('ok', `zone ${zone}: ${counted(Object.keys(hashes).length, 'code')}`);
    else
      tell(
        'warning',
        `${path} has codes of ${zone}, which is not a zone of the bridge`,
        `was the zone renamed? give it codes: sudo heyu2mqtt zone code add ZONE NAME`,
      );
}

const UNGIVEN_HINT =
  'sudo heyu2mqtt zone code add ZONE NAME gives the service all of them; then: sudo systemctl restart heyu2mqtt';
