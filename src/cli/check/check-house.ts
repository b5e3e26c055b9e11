/** What `check` looks at besides the configuration: everything on this machine, and at the broker. */

import { counted } from '../../common/text.js';
import type { Configuration, Loaded } from '../../config/load.js';
import { checkAliasFile, checkBatteries } from './check-aliases.js';
import { checkCodes } from './check-codes.js';
import { checkHomeAssistant, checkReach, readBroker, some } from './check-broker.js';
import { checkControl, checkEngine, checkHeyu, checkLog, readHeyu } from './check-heyu.js';
import {
  checkAccess,
  checkOnAlert,
  checkService,
  checkState,
  type Running,
  runningService,
  serviceUser,
} from './check-service.js';
import { checkPage } from './check-page.js';
import { clearObsolete, findObsolete, obsoleteTopics } from './leftovers.js';
import type { HouseStatus } from '../../service/status.js';
import { askService } from '../../io/control.js';
import { ownVersion } from '../program-files.js';
import { findX10Config } from '../heyu-install.js';
import type { Tell } from '../terminal.js';

/** The areas of the page. */
export type Area =
  'configuration' | 'aliases' | 'log' | 'heyu' | 'broker' | 'home assistant' | 'service' | 'page';

/** Reports a finding of an area. */
export type TellIn = (area: Area) => Tell;

/** Whether leftovers are cleared, and whether without a question. */
export type Fixing = { readonly fix?: boolean; readonly yes?: boolean };

/** Checks everything. */
export async function checkHouse(loaded: Loaded, fixing: Fixing, tell: TellIn): Promise<void> {
  const running = loaded.ok ? runningService(loaded.configuration.stateDir) : undefined;
  checkHere(loaded, running?.pid, tell);
  if (!loaded.ok || running === undefined) return;
  await checkControl(loaded.configuration, tell('heyu'));
  await tellBatteries(loaded.configuration, tell('aliases'));
  await checkThere(loaded.configuration, running, fixing, tell);
  await checkPage(loaded.configuration, running.pid !== undefined, tell('page'));
}

/** What the running service knows of batteries, if this user may ask it. */
async function tellBatteries({ stateDir }: Configuration, tell: Tell): Promise<void> {
  const reply = await askService(stateDir, 'control', { ask: 'status' });
  const [status] = reply.ok ? reply.answers : [];
  if (status?.['version'] === ownVersion()) checkBatteries(status as HouseStatus, tell);
}

/** What lies on this machine. `pid`: the process of the service. */
function checkHere(loaded: Loaded, pid: number | undefined, tell: TellIn): void {
  const now = Date.now();
  const user = serviceUser(pid);
  const configuration = loaded.ok ? loaded.configuration : undefined;
  const named = loaded.ok ? loaded.configuration.files.x10config : loaded.x10config;
  const x10config = named ?? findX10Config();
  const heyu = readHeyu(x10config, named !== undefined, tell('heyu'));
  const log = configuration && checkLog(configuration, user, now, tell('log'));
  if (loaded.ok) checkAliasFile(loaded, heyu, log?.isReadable === true, tell('aliases'));
  if (x10config !== undefined && heyu !== undefined) checkHeyu(x10config, heyu, log, tell('heyu'));
  checkEngine(heyu, log, now, tell('heyu'));
  if (configuration === undefined) return;
  checkAccess(configuration.files, user, tell('service'));
  checkState(configuration, tell('service'));
  checkOnAlert(configuration.onAlert, user, tell('service'));
}

/** What lies beyond the broker. */
async function checkThere(
  configuration: Configuration,
  running: Running,
  { fix = false, yes = false }: Fixing,
  tell: TellIn,
): Promise<void> {
  const broker = tell('broker');
  const zones = checkCodes(configuration, tell('service'));
  const reached = await checkReach(configuration, broker);
  if (reached === undefined) {
    checkService(configuration, undefined, running, tell('service'));
    return;
  }
  const kept = await readBroker(reached, broker);
  const obsolete = await findObsolete(reached);
  const topics = obsoleteTopics(obsolete);
  const left = 'of an earlier configuration';
  if (topics.length === 0) broker('ok', `nothing is left ${left}`);
  else if (fix && (await clearObsolete(reached, obsolete, yes)))
    broker('ok', `cleared: ${counted(topics.length, 'topic')} ${left}`);
  else broker('warning', `left ${left}: ${some(topics)}`, 'heyu2mqtt check --fix clears them');
  checkHomeAssistant(reached, zones, kept, tell('home assistant'));
  checkService(reached, kept, running, tell('service'));
}
