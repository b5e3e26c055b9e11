/**
 * Reads the past for the service without delaying its live events: a day or less in slices on its own loop, more in a
 * separate process, whose memory is freed with it.
 */

import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { DAY, HOUR, SECOND } from '../../common/duration.js';
import { errorText, orElse } from '../../common/error.js';
import type { Past, PastRequest } from '../../history/past.js';
import type { Report } from '../../report/report.js';
import type { Timeline } from '../../web/protocol.js';
import { timelineOf, type Window } from '../../web/timeline.js';
import { CHILD_COMMAND } from './child-command.js';
import { wholeReport } from './whole-report.js';
import { readPast, type GiveWay, type PastPlace } from './read-past.js';

/** More than a day with what lasts before it is read elsewhere. */
const MOST_HERE_MS = DAY + HOUR;

/** A slice of work on the loop of the service, ms. */
const SLICE_MS = 4;

/** A child that needs longer is given up, ms. */
const MOST_MS = 120 * SECOND;

/** Heap of the child, MB: a year of a busy house takes a tenth of it. */
const CHILD_HEAP_MB = 256;

/** So many may wait. */
const MOST_WAITING = 8;

/** What goes to the child, and what comes back: how many lines it has read, perhaps, and in the end the answer. */
type Asked = { readonly place: PastPlace } & (
  | { readonly request: PastRequest }
  | { readonly reportUntil: number }
  | { readonly window: Window; readonly until: number }
);
type Answer = Past | Report | Timeline;
type Answered = { readonly lines: number } | { readonly answer: Answer } | { readonly error: string };

/** More is asked than can wait. */
export class TooManyQuestions extends Error {
  override readonly message = 'too many questions about the past at once';
}

/** One request after the other. */
export class PastReader {
  readonly #place: () => PastPlace;
  readonly #program: string;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #child: ChildProcess | undefined;

  /** `place` is asked at each request; `program` is the file that Node is to run as the child. */
  constructor(place: () => PastPlace, program: string) {
    this.#place = place;
    this.#program = program;
  }

  /** Rejects, in words for people, when that is not possible now. */
  read(request: PastRequest): Promise<Past> {
    return this.#next((place) =>
      request.until - request.from <= MOST_HERE_MS
        ? readPast(place, request, inSlices())
        : this.#inChild<Past>({ place, request }),
    );
  }

  /** Draws a window, of what is known until then, epoch ms. In a child: a year is large, its drawing is small. */
  timeline(window: Window, until: number): Promise<Timeline> {
    return this.#next((place) => this.#inChild<Timeline>({ place, window, until }));
  }

  /** The report of the whole log until then, epoch ms. `told`: how many lines are read. Rejects as `read` does. */
  report(until: number, told: (lines: number) => void): Promise<Report> {
    return this.#next((place) => this.#inChild<Report>({ place, reportUntil: until }, told));
  }

  /** When all that was asked before is answered. */
  #next<Result>(work: (place: PastPlace) => Promise<Result>): Promise<Result> {
    if (this.#waiting >= MOST_WAITING) return Promise.reject(new TooManyQuestions());
    this.#waiting += 1;
    const result = this.#queue.then(() => work(this.#place()));
    this.#queue = result.catch(() => undefined).finally(() => (this.#waiting -= 1));
    return result;
  }

  /** Ends the child, if there is one. */
  stop(): void {
    this.#child?.kill('SIGKILL');
  }

  /** The answer is of the kind that was asked for. */
  #inChild<Result extends Answer>(asked: Asked, told?: (lines: number) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      const child = fork(this.#program, [CHILD_COMMAND], {
        serialization: 'advanced',
        execArgv: [`--max-old-space-size=${CHILD_HEAP_MB}`],
        // it needs nothing of ours, least of all what is secret
        env: { TZ: process.env['TZ'], PATH: process.env['PATH'] },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      this.#child = child;
      const timer = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
      const end = (act: () => void): void => {
        clearTimeout(timer);
        this.#child = undefined;
        act();
      };
      child.on('message', (answered: Answered) => {
        if ('lines' in answered) told?.(answered.lines);
        else if ('error' in answered) end(() => reject(new Error(answered.error)));
        else end(() => resolve(answered.answer as Result));
      });
      child.once('error', (error) => end(() => reject(error)));
      child.once('exit', () => end(() => reject(new Error('the past could not be read'))));
      child.send(asked, (error) => {
        if (error !== null) end(() => reject(error));
      });
    });
  }
}

/** Gives way to all else after each slice. */
function inSlices(): GiveWay {
  let begun = performance.now();
  return () => {
    if (performance.now() - begun < SLICE_MS) return undefined;
    return setImmediate().then(() => {
      begun = performance.now();
    });
  };
}

/** The child's side: answers the one question that its parent sends, and ends. False = there is no parent. */
export function serveParent(): boolean {
  if (process.send === undefined) return false;
  // a sandbox may refuse it: then the past is read at the priority of the service
  orElse(() => setPriority(constants.priority.PRIORITY_LOW), undefined);
  process.once('disconnect', () => process.exit(0));
  const send = (answered: Answered, sent?: () => void): void =>
    void process.send?.(answered, undefined, {}, sent);
  process.once('message', (asked: Asked) => {
    void answerTo(asked, (lines) => send({ lines }))
      .then(
        (answer): Answered => ({ answer }),
        (error: unknown): Answered => ({ error: errorText(error) }),
      )
      .then((answered) => send(answered, () => process.exit(0)));
  });
  return true;
}

async function answerTo(asked: Asked, told: (lines: number) => void): Promise<Answer> {
  const { place } = asked;
  if ('request' in asked) return readPast(place, asked.request);
  if ('reportUntil' in asked) return wholeReport(place, asked.reportUntil, told);
  const { window, until } = asked;
  const past = await readPast(place, { from: window.from, until, signals: false });
  return timelineOf(place.core, past, window);
}
