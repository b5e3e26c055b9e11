/**
 * Reads the past for the service in a child process: that neither delays its live events nor makes it larger, and the memory
 * of the child is freed with it.
 */

import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { DAY, HOUR, SECOND } from '../../common/duration.js';
import { errorText, orElse } from '../../common/error.js';
import type { Past, PastRequest } from '../../history/past.js';
import type { Report } from '../../report/report.js';
import type { Timeline } from '../../web/protocol.js';
import { timelineOf, type Window } from '../../web/timeline.js';
import { CHILD_COMMAND } from './child-command.js';
import { explainEarlier, type EarlierLines } from './earlier-lines.js';
import { readPast, type PastPlace } from './read-past.js';
import { wholeReport } from './whole-report.js';

/** A child that needs longer is given up, ms. */
const MOST_MS = 120 * SECOND;

/** One that is asked nothing for so long ends, ms: who asks one question often asks the next one soon. */
const IDLE_MS = 10 * SECOND;

/** Heap of the child, MB: a year of a busy house takes a tenth of it. */
const CHILD_HEAP_MB = 256;

/** Of a longer window the single signals are not read: its bars are no wider for them. */
const LONGEST_WITH_SIGNALS_MS = DAY + HOUR;

/** So many may wait. */
const MOST_WAITING = 8;

/** What goes to the child, and what comes back: how many lines it has read, perhaps, and in the end the answer. */
type Asked = { readonly place: PastPlace } & Question;
type Question =
  | { readonly request: PastRequest }
  | { readonly reportUntil: number }
  | { readonly window: Window; readonly until: number }
  | { readonly earlier: EarlierLines };
type Answer = Past | Report | Timeline | readonly string[];
type Answered = { readonly lines: number } | { readonly answer: Answer } | { readonly error: string };

/** More is asked than can wait. */
export class TooManyQuestions extends Error {
  override readonly message = 'too many questions about the past at once';
}

/** One question after the other. */
export class PastReader {
  readonly #place: () => PastPlace;
  readonly #program: string;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** `place` is asked at each question; `program` is the file that Node is to run as the child. */
  constructor(place: () => PastPlace, program: string) {
    this.#place = place;
    this.#program = program;
  }

  /** Rejects, in words for people, when that is not possible now. */
  read(request: PastRequest): Promise<Past> {
    return this.#ask({ request });
  }

  /** Draws a window, of what is known until then, epoch ms: a year is large, its drawing is small. Rejects as `read` does. */
  timeline(window: Window, until: number): Promise<Timeline> {
    return this.#ask({ window, until });
  }

  /** The last lines of the log before one, each as JSON, the oldest first. Rejects as `read` does. */
  earlierLines(earlier: EarlierLines): Promise<readonly string[]> {
    return this.#ask({ earlier });
  }

  /** The report of the whole log until then, epoch ms. `told`: how many lines are read. Rejects as `read` does. */
  report(until: number, told: (lines: number) => void): Promise<Report> {
    return this.#ask({ reportUntil: until }, told);
  }

  /** Ends the child, if there is one. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  /** When all that was asked before is answered. The answer is of the kind that was asked for. */
  #ask<Result extends Answer>(question: Question, told?: (lines: number) => void): Promise<Result> {
    if (this.#waiting >= MOST_WAITING) return Promise.reject(new TooManyQuestions());
    this.#waiting += 1;
    const result = this.#queue.then(async () => {
      clearTimeout(this.#idle);
      const child = (this.#child ??= this.#start());
      const answer = await answerOf(child, { place: this.#place(), ...question }, told);
      this.#idle = setTimeout(() => this.stop(), IDLE_MS).unref();
      return answer as Result;
    });
    this.#queue = result.catch(() => this.stop()).finally(() => (this.#waiting -= 1));
    return result;
  }

  #start(): ChildProcess {
    const child = fork(this.#program, [CHILD_COMMAND], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${CHILD_HEAP_MB}`],
      // it needs nothing of ours, least of all what is secret
      env: { TZ: process.env['TZ'], PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const forget = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on('error', forget).on('exit', forget);
    // while it waits for the next question it does not keep us running
    child.unref();
    child.channel?.unref();
    return child;
  }
}

/** What the child answers. Rejects when it cannot, has ended or takes too long. */
function answerOf(child: ChildProcess, asked: Asked, told?: (lines: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
    const end = (act: () => void): void => {
      clearTimeout(timer);
      child.off('message', hear).off('error', fail).off('exit', gone);
      act();
    };
    const fail = (error: Error): void => end(() => reject(error));
    const gone = (): void => fail(new Error('the past could not be read'));
    const hear = (answered: Answered): void => {
      if ('lines' in answered) told?.(answered.lines);
      else if ('error' in answered) fail(new Error(answered.error));
      else end(() => resolve(answered.answer));
    };
    child.on('message', hear).once('error', fail).once('exit', gone);
    child.send(asked, (error) => {
      if (error !== null) fail(error);
    });
  });
}

/** The child's side: answers the questions of its parent until that ends. False = there is no parent. */
export function serveParent(): boolean {
  if (process.send === undefined) return false;
  // a sandbox may refuse it: then the past is read at the priority of the service
  orElse(() => setPriority(constants.priority.PRIORITY_LOW), undefined);
  process.once('disconnect', () => process.exit(0));
  const send = (answered: Answered): void => void process.send?.(answered);
  process.on('message', (asked: Asked) => {
    void answerTo(asked, (lines) => send({ lines })).then(
      (answer) => send({ answer }),
      (error: unknown) => send({ error: errorText(error) }),
    );
  });
  return true;
}

async function answerTo(asked: Asked, told: (lines: number) => void): Promise<Answer> {
  const { place } = asked;
  if ('request' in asked) return readPast(place, asked.request);
  if ('reportUntil' in asked) return wholeReport(place, asked.reportUntil, told);
  if ('earlier' in asked)
    return (await explainEarlier(place, asked.earlier)).map((line) => JSON.stringify(line));
  const { window, until } = asked;
  const signals = window.to - window.from <= LONGEST_WITH_SIGNALS_MS;
  const past = await readPast(place, { from: window.from, until, signals });
  return timelineOf(place.core, past, window);
}
