/** The questions of commands to the running service on its control sockets. */

import { setTimeout } from 'node:timers/promises';
import { SECOND } from '../common/duration.js';
import type { JsonObject } from '../common/json.js';
import { askWhy } from '../history/ask.js';
import { systemClock } from '../io/clock.js';
import type { Question, SocketQuestions } from '../io/control.js';
import type { PastReader } from '../io/history/past-reader.js';
import { isArmedMode } from '../security/vocabulary.js';
import type { Service } from '../service/service.js';
import { ownVersion } from './program-files.js';

/** The table of the questions. */
export function questionsFor(service: Service, past: PastReader): SocketQuestions {
  return {
    control: {
      status: () => [service.status()],
      why: (asked) => inTime(answerWhy(asked, service, past), () => ({})),
      report: () => {
        let lines = 0;
        const report = past.report(systemClock.wallMs(), (read) => (lines = read));
        const answer = report.then((made) => ({ version: ownVersion(), report: made }));
        return inTime(answer, () => ({ lines }));
      },
      heyu: async function* () {
        yield { failure: (await service.tryHeyu()) ?? null };
      },
    },
    root: { command: commandZone(service) },
  };
}

async function answerWhy(
  { name, when }: JsonObject,
  { settings }: Service,
  past: PastReader,
): Promise<JsonObject> {
  if (typeof name !== 'string' || typeof when !== 'string')
    return { error: 'this is not a question about the past' };
  const asked = { name, when, now: systemClock.wallMs() };
  const answered = await askWhy(asked, settings.core, (request) => past.read(request));
  return answered.ok ? answered.answer : { error: answered.problem, hint: answered.hint };
}

/** Less than who asks, and who answers, have patience for. */
const SIGN_EVERY_MS = SECOND;

/** The answer when it is there, and signs that the work continues before it: the connection is cut off otherwise. */
async function* inTime(answer: Promise<JsonObject>, sign: () => JsonObject): AsyncGenerator<JsonObject> {
  // who asks may go away before it fails
  answer.catch(() => undefined);
  for (;;) {
    const waiting = setTimeout(SIGN_EVERY_MS, undefined, { ref: false });
    const done = await Promise.race([answer, waiting]);
    yield done ?? sign();
    if (done !== undefined) return;
  }
}

const commandZone = (service: Service): Question =>
  async function* ({ zone, mode }) {
    const command =
      mode === undefined ? { kind: 'disarm' as const } : isArmedMode(mode) && { kind: 'arm' as const, mode };
    if (typeof zone !== 'string' || command === false) {
      yield { error: 'this is not a command for a zone' };
      return;
    }
    const done = await service.commandZone(zone, command);
    yield done.ok ? { zones: done.zones } : { error: done.problem, hint: done.hint };
  };
