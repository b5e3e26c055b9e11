/**
 * The control sockets: what commands on this machine ask the running service. A client sends one line of JSON,
 * `{"ask":"status"}`, and gets each answer as a line of JSON until the service closes the connection. An answer with
 * `error`, in words for people, perhaps with a `hint`, says that there is no other one.
 *
 * Who may ask is a matter of the file system: the directory and `control.sock` belong to the group of the service,
 * `root.sock` to its user alone, which leaves root. Clients are few, short and slow at their own cost: nothing that one
 * of them does may touch the bridge.
 */

import { existsSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode, errorText, orElse, refused, type Refusal } from '../common/error.js';
import { isObject, objectIn, parseJson, textIn, type JsonObject } from '../common/json.js';
import type { Log } from '../ports.js';

/** Answers what was asked; everything that it throws is an error of the service. */
export type Question = (asked: JsonObject) => Iterable<JsonObject> | AsyncIterable<JsonObject>;

/** By the name under which it is asked. */
type Questions = Readonly<Record<string, Question>>;

/** `control`: members of the service's group may ask. `root`: only root, for what changes the state of a zone. */
export type SocketKind = 'control' | 'root';

/** By their names in the directory; who may connect is who may write. */
const SOCKETS: Readonly<Record<SocketKind, { readonly file: string; readonly umask: number }>> = {
  control: { file: 'control.sock', umask: 0o117 },
  root: { file: 'root.sock', umask: 0o177 },
};

/** Bytes in the path of a socket (unix(7)). */
const LONGEST_PATH = 107;

/** Clients of one socket at the same time; others are sent away. */
const MOST_CLIENTS = 16;
/** Characters of a question. */
const LONGEST_QUESTION = 16_384;
/** A question takes no longer to arrive, and a client reads on, or is cut off. */
const PATIENCE_MS = 10_000;

/**
 * The directory of the sockets: for `/var/lib/NAME`, the state directory of a systemd service, `/run/NAME`
 * (`RuntimeDirectory=` of the unit) if it is there, else the state directory itself. The same for service and commands.
 */
function controlDirectory(stateDir: string): string {
  const runtime = join('/run', basename(stateDir));
  return dirname(stateDir) === '/var/lib' && existsSync(runtime) ? runtime : stateDir;
}

/** The socket of a service with this state directory. */
function controlPath(stateDir: string, kind: SocketKind): string {
  return join(controlDirectory(stateDir), SOCKETS[kind].file);
}

/** What is asked on each socket. */
export type SocketQuestions = Readonly<Record<SocketKind, Questions>>;

/** Serves the sockets until it is stopped. Where that is not possible, the log says so, and the service does without. */
export async function serveControl(
  stateDir: string,
  questions: SocketQuestions,
  log: Log,
  patienceMs = PATIENCE_MS,
): Promise<{ readonly stop: () => void }> {
  const kinds = Object.keys(SOCKETS) as readonly SocketKind[];
  const servers = await Promise.all(
    kinds.map((kind) =>
      listen(controlPath(stateDir, kind), SOCKETS[kind].umask, log, (client) =>
        serve(client, questions[kind], log, patienceMs),
      ),
    ),
  );
  return { stop: () => servers.forEach((server) => server.close()) };
}

/** Resolves when it listens, or cannot. */
function listen(
  path: string,
  umask: number,
  log: Log,
  serveClient: (client: Socket) => Promise<void>,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (client) => void serveClient(client));
  server.maxConnections = MOST_CLIENTS;
  return new Promise((resolve) => {
    const fail = (reason: string): void => {
      log.warn({ path, reason }, 'the service cannot be asked by commands');
      resolve(server);
    };
    server.on('error', (error) => fail(errorText(error)));
    // Node cuts a longer path off and listens elsewhere
    if (Buffer.byteLength(path) > LONGEST_PATH) {
      fail(`the path of a socket has at most ${LONGEST_PATH} bytes`);
      return;
    }
    // one that was left behind; two services never have the same state directory
    orElse(() => rmSync(path, { force: true }), undefined);
    // the socket is made within listen, with the rights that it is to have
    const before = process.umask(umask);
    server.listen(path, () => resolve(server));
    process.umask(before);
  });
}

async function serve(client: Socket, questions: Questions, log: Log, patienceMs: number): Promise<void> {
  client.on('error', () => client.destroy());
  client.setTimeout(patienceMs, () => client.destroy());
  try {
    const text = await within(patienceMs, client, firstLine(client));
    await pipeline(Readable.from(linesOf(answersTo(text, questions, log))), client);
  } catch {
    // the client has gone, or was too slow
  } finally {
    client.destroy();
  }
}

/** Cuts the client off when this takes too long. */
async function within<Result>(ms: number, client: Socket, work: Promise<Result>): Promise<Result> {
  const timer = setTimeout(() => client.destroy(), ms);
  return work.finally(() => clearTimeout(timer));
}

/** What comes up to the first line feed, or the end; at most `LONGEST_QUESTION` characters and what came with them. */
async function firstLine(client: Socket): Promise<string> {
  client.setEncoding('utf8');
  let text = '';
  for await (const chunk of client.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    text += chunk;
    if (text.includes('\n') || text.length > LONGEST_QUESTION) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

async function* answersTo(text: string, questions: Questions, log: Log): AsyncIterable<JsonObject> {
  const asked = text.length > LONGEST_QUESTION ? undefined : parseJson(text);
  const name = isObject(asked) ? asked['ask'] : undefined;
  if (!isObject(asked) || typeof name !== 'string') {
    yield { error: 'this is not a question: a line of JSON such as {"ask":"status"} is expected' };
    return;
  }
  const question = Object.hasOwn(questions, name) ? questions[name] : undefined;
  if (question === undefined) {
    const hint = 'does the service run with another version? sudo systemctl restart heyu2mqtt';
    yield { error: 'the service does not know this question', hint };
    return;
  }
  try {
    yield* question(asked);
  } catch (error) {
    log.error({ question: name, reason: errorText(error) }, 'a command could not be answered');
    yield { error: 'the service could not answer', hint: 'journalctl -u heyu2mqtt shows why' };
  }
}

async function* linesOf(answers: AsyncIterable<JsonObject>): AsyncIterable<string> {
  for await (const answer of answers) yield `${JSON.stringify(answer)}\n`;
}

/** What the service answered, or why it did not: it does not run, it may not be asked by this user, or it says so. */
export type Reply =
  | { readonly ok: true; readonly answers: readonly JsonObject[] }
  | ({ readonly reason: 'absent' | 'denied' | 'silent' | 'refused' } & Refusal);

const ABSENT: Reply = { reason: 'absent', ...refused('the service does not run') };

const UNREACHED: Readonly<Record<string, 'absent' | 'denied'>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  ECONNREFUSED: 'absent',
  EACCES: 'denied',
  EPERM: 'denied',
};

/** Asks the service with this state directory one question; never rejects. `heard`: each answer as it comes. */
export async function askService(
  stateDir: string,
  kind: SocketKind,
  question: JsonObject & { readonly ask: string },
  heard?: (answer: JsonObject) => void,
): Promise<Reply> {
  const path = controlPath(stateDir, kind);
  if (Buffer.byteLength(path) > LONGEST_PATH) return ABSENT;
  const service = createConnection({ path });
  service.setEncoding('utf8');
  service.setTimeout(2 * PATIENCE_MS, () => service.destroy());
  const answers: JsonObject[] = [];
  let begun = '';
  try {
    service.write(`${JSON.stringify(question)}\n`);
    for await (const chunk of service as AsyncIterable<string>) {
      const lines = `${begun}${chunk}`.split('\n');
      begun = lines.pop() ?? '';
      for (const answer of lines.map(objectIn)) {
        answers.push(answer);
        heard?.(answer);
      }
    }
  } catch (error) {
    const reason = UNREACHED[errorCode(error)];
    if (reason === 'absent') return ABSENT;
    if (reason === 'denied') return { reason, ...refused('this user may not ask the service') };
  } finally {
    service.destroy();
  }
  const last = answers.at(-1);
  if (last === undefined) return { reason: 'silent', ...refused('the service gave no answer') };
  const problem = textIn(last, 'error');
  if (problem === undefined) return { ok: true, answers };
  return { reason: 'refused', ...refused(problem, textIn(last, 'hint')) };
}
