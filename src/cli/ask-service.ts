/** Commands that ask the running service on its control sockets. */

import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { JsonObject } from '../common/json.js';
import { formatProblem } from '../config/problem.js';
import { NOT_READABLE } from '../config/text-file.js';
import { askService, type SocketKind } from '../io/control.js';
import { identityOf, runningService } from './check/check-service.js';
import { configFileOf, DEFAULT_CONFIG, load } from './configured.js';
import { PATHS, SERVICE_USER } from './service-install.js';
import { CommandError, EXIT } from './terminal.js';

/**
 * The state directory of the service that a command means, also where its configuration does not load. Another file than
 * the default one that is not there is a `CommandError`: the default directory is that of another service.
 */
export function stateDirOf(asked: string | undefined): string {
  const file = configFileOf(asked);
  const loaded = load(file);
  if (loaded.ok) return loaded.configuration.stateDir;
  const isRead = file === undefined || file === DEFAULT_CONFIG || loaded.texts.has(resolve(file));
  const unread = isRead ? undefined : loaded.problems.find((each) => each.file === file);
  if (unread !== undefined && unread.problem !== NOT_READABLE)
    throw new CommandError(formatProblem(unread), undefined, EXIT.configuration);
  return loaded.stateDir;
}

/**
 * Asks one question: the answers, or undefined when no service runs. Any other reason is a `CommandError`. `heard`: each
 * answer as it comes.
 */
export async function askRunning(
  stateDir: string,
  kind: SocketKind,
  question: JsonObject & { readonly ask: string },
  heard?: (answer: JsonObject) => void,
): Promise<readonly JsonObject[] | undefined> {
  const reply = await askService(stateDir, kind, question, heard);
  if ('answers' in reply) return reply.answers;
  const { reason, problem, hint } = reply;
  const isService = stateDir === PATHS.state;
  if (reason === 'absent') return undefined;
  if (reason !== 'denied') throw new CommandError(problem, hint);
  // the state directory of a service that does not run is closed to others, too
  if (isService && runningService(stateDir).pid === undefined) return undefined;
  const mayJoin = isService && kind === 'control';
  throw new CommandError(
    problem,
    `run it with sudo${mayJoin ? `, or ${joinHint(userInfo().username)}` : ''}`,
  );
}

/** What lets a user ask the service; membership of a group counts from the next log-in only. */
function joinHint(user: string): string {
  const service = identityOf(SERVICE_USER);
  return service !== undefined && identityOf(user)?.groups.includes(service.gid) === true
    ? `log in again: ${user} is a member of the group ${SERVICE_USER} from then on`
    : `once: sudo usermod -aG ${SERVICE_USER} ${user}, and log in again`;
}
