/** What the service does at events of the follower of the heyu log, and when the log is silent. */

import { DAY, HOUR, SECOND } from '../common/duration.js';
import { advanceBridge, hideOverdueMotion, isAdvanceDue, nextWakeMono, wakeZones } from '../bridge/bridge.js';
import { linesLost } from '../bridge/core.js';
import { hearLine } from '../bridge/hear.js';
import { isoAt } from '../heyu/time-zone.js';
import type {
  FilePosition,
  LineListener,
  Log,
  LogIncident,
  LogLine,
  LogPosition,
  LogStatus,
  LineSource,
  Now,
} from '../ports.js';
import type { Checkpoint } from './checkpoint.js';
import { concern, NEVER_THERE } from './condition.js';
import type { Parts } from './parts.js';

/** A follower that waits at a rotation for what heyu has begun to say tells no end for up to 3 s. */
const LOOK_MS = 4000;

/** Shorter ones leave a stamp only one year that it can mean. */
const ALMOST_A_YEAR_MS = 364 * DAY;

/** While the log cannot be read, motion that is over by what was read before is hidden so often. */
const HIDE_MS = SECOND;

/** The listener of the service's log. */
export class LogSide implements LineListener {
  readonly #parts: Parts;
  /** The end of the log has been reached, and no line was read since. */
  #isCaughtUp = false;
  #wasReadToEnd = false;
  /** Since reading was begun. */
  #wasFollowed = false;
  /** When a look at the log was asked for whose end has not come yet, monotonic ms. */
  #lookedMono: number | undefined;
  #lastLineMono: number;
  /** While the log cannot be read: when to hide what is over, monotonic ms. */
  #hideDue = Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#lastLineMono = parts.time.moment().mono;
  }

  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** The log has been read to its end since the start. One that cannot be read, or is not there, has no end. */
  get wasReadToEnd(): boolean {
    return this.#wasReadToEnd;
  }

  /** Everything that heyu has written was read at the last look, and will be at the next. */
  get isUpToDate(): boolean {
    return this.#isCaughtUp && this.#hideDue === Infinity && !this.#parts.sending.isHoldingReader();
  }

  /** Follows the log from where an earlier run left it; at the first start of all from its end. */
  start({ settled, generations }: Checkpoint): void {
    this.#follow(settled?.logPath, settled?.log, generations);
  }

  /** Another follower continues where the one of now is; one that has never found its log (`logPath`) knows nothing. */
  async replace(source: LineSource, logPath: string): Promise<void> {
    const { links, sending } = this.#parts;
    await links.source.stop();
    const position = links.source.position();
    links.source = source;
    if (sending.isHoldingReader()) source.pause();
    this.#follow(logPath, position.files.length > 0 ? position : undefined, []);
  }

  line(line: LogLine): void {
    const { bridge, time, progress, condition, ports } = this.#parts;
    const { at, mono } = time.now();
    this.#isCaughtUp = false;
    this.#lastLineMono = mono;
    progress.isChanged = true;
    const bounded = this.#bounded(line, at);
    hearLine(bridge, bounded, { at: bounded.readAt, mono });
    this.#parts.observer?.heard(line, bridge.core.lineAt);
    if (condition.delete('log_quiet')) ports.log.info({}, 'heyu writes again');
    // what follows is done at the end of the pass
  }

  end(): void {
    const { bridge, time, progress, isStopping, settle } = this.#parts;
    if (isStopping) return;
    const now = time.now();
    // while the newest file cannot be opened, only the end of the one before it was reached
    if (this.#hideDue === Infinity) {
      this.#wasReadToEnd = true;
      // no line says it to the next life, which would look for lines of the clock before
      if (bridge.setBacks.length > 0) progress.isChanged = true;
      bridge.setBacks = [];
    }
    this.#reachedEnd(now);
    if (bridge.core.health.counters.lines === 0) progress.captureFirst();
    settle();
  }

  generation(file: FilePosition): void {
    this.#parts.progress.begun(file);
  }

  status(status: LogStatus): void {
    const { ports, condition, seen, time, settle } = this.#parts;
    sayStatus(ports.log, status, this.#wasFollowed);
    this.#wasFollowed ||= status.kind === 'following';
    seen.logStatus = status.kind;
    const isMissing = status.kind === 'missing';
    concern(condition, 'log_missing', isMissing && (status.existedBefore ? true : NEVER_THERE));
    concern(condition, 'log_unreadable', status.kind === 'unreadable' && status.hint);
    const now = time.now();
    // heyu writes on in what cannot be read: a motion that has no further sign by now may have one all the same
    this.#hideDue = status.kind === 'unreadable' ? now.mono : Infinity;
    // what was written meanwhile is still to be read
    if (status.kind === 'following') this.#isCaughtUp = false;
    else this.#reachedEnd(now);
    settle();
  }

  incident(incident: LogIncident): void {
    const { ports, condition, bridge, seen, settle } = this.#parts;
    const { kind, ...fields } = incident;
    if (kind === 'rotated' || kind === 'rewritten') seen.fileSwitches += 1;
    const [level, words] = INCIDENTS[kind];
    ports.log[level](fields, words);
    const isGap = incident.kind === 'gap' || (incident.kind === 'lost' && incident.isAhead !== true);
    if (isGap) linesLost(bridge.core);
    if (incident.kind !== 'lost') return;
    const [from, to] = [incident.from, incident.to].map((at) => isoAt(at, bridge.core.reader.stamps.zone));
    concern(condition, 'lines_lost', `between ${from} and ${to}`);
    settle();
  }

  /** The process stood still: a look that has not come to its end had no time for it, and begins again. */
  stoodStill(): void {
    this.#lookedMono = undefined;
  }

  /** When `tick` is to be called, monotonic ms. */
  due(now: Now): number {
    const { bridge } = this.#parts;
    const isLooking = this.#lookedMono !== undefined;
    return Math.min(
      nextWakeMono(bridge, now, this.isUpToDate && !isLooking) ?? Infinity,
      this.#lookedMono === undefined ? Infinity : this.#lookedMono + LOOK_MS,
      this.#hideDue,
      this.#quietDue(),
    );
  }

  /** Time has come to `now`, without a new line. */
  tick(now: Now): void {
    const { bridge, condition, ports, settings } = this.#parts;
    wakeZones(bridge, now);
    if (this.isUpToDate && isAdvanceDue(bridge, now)) this.#lookFirst(now);
    if (now.mono >= this.#hideDue) {
      this.#hideDue = now.mono + HIDE_MS;
      hideOverdueMotion(bridge, now);
    }
    if (now.mono < this.#quietDue()) return;
    concern(condition, 'log_quiet');
    const hours = Math.round(settings.core.quietAfterMs / HOUR);
    ports.log.warn({ hours }, 'heyu has written nothing for long');
  }

  /** The content of a log to which the bridge returns was never published by it. */
  #follow(
    before: string | undefined,
    position: LogPosition | undefined,
    generations: readonly FilePosition[],
  ): void {
    const { links, settings, seen, ports } = this.#parts;
    const { logPath } = settings;
    const isSame = before === undefined || before === logPath;
    seen.logStatus = 'starting';
    this.#wasFollowed = false;
    if (!isSame)
      ports.log.warn({ before, now: logPath }, 'another heyu log than before: reading begins at its end');
    links.source.start(this, isSame ? position : undefined, isSame ? generations : []);
  }

  /** A line with the bounds of its instant by the clock of now, which may have been set since they were taken. */
  #bounded(line: LogLine, at: number): LogLine {
    const { time, bridge } = this.#parts;
    const readAt = Math.min(line.readAt, at);
    // a stamp has no year: it must not mean last year because the clock was there when the log was looked at before
    const notBefore = time.skipped.endAfter(line.notBefore - (bridge.setBacks.at(-1) ?? 0), ALMOST_A_YEAR_MS);
    return notBefore === line.notBefore && readAt === line.readAt ? line : { ...line, notBefore, readAt };
  }

  #reachedEnd(now: Now): void {
    const { bridge } = this.#parts;
    this.#isCaughtUp = true;
    this.#lookedMono = undefined;
    bridge.isBehind = false;
    if (this.#hideDue === Infinity) advanceBridge(bridge, now);
  }

  #quietDue(): number {
    const { condition, settings } = this.#parts;
    const { quietAfterMs } = settings.core;
    return quietAfterMs === 0 || condition.has('log_quiet') ? Infinity : this.#lastLineMono + quietAfterMs;
  }

  /**
   * A deadline is due. What heyu has written in the meantime may change it, although it has not been reported yet:
   * a machine that was suspended hears its timers first, and network file systems give no notice at all. So the
   * deadline waits for the end of the log (`LineListener.end`), but not for long: there may be no log.
   */
  #lookFirst(now: Now): void {
    const { links, bridge } = this.#parts;
    if (this.#lookedMono === undefined) {
      this.#lookedMono = now.mono;
      links.source.look();
    } else if (now.mono >= this.#lookedMono + LOOK_MS) {
      this.#lookedMono = undefined;
      advanceBridge(bridge, now);
    }
  }
}

/** The heyu log is followed, missing or unreadable. `wasThere`: it was followed before. */
function sayStatus(log: Log, status: LogStatus, wasThere: boolean): void {
  const { path } = status;
  switch (status.kind) {
    case 'following':
      return log.info({ path }, wasThere ? 'the heyu log is there again' : 'following the heyu log');
    case 'missing':
      return log.warn({ path }, 'the heyu log does not exist: heyu writes it with the next signal');
    case 'unreadable':
      return log.warn({ path, code: status.code, hint: status.hint }, 'the heyu log cannot be read');
  }
}

/** What has happened to the heyu log, in words. */
const INCIDENTS: Readonly<Record<LogIncident['kind'], readonly ['info' | 'warn', string]>> = {
  rotated: ['info', 'the heyu log was rotated, following the new one'],
  rewritten: ['info', 'the heyu log was rewritten, reading it from its beginning'],
  line_too_long: ['warn', 'skipped a line that heyu cannot have written: it is too long'],
  lost: ['warn', 'lines of the heyu log are lost permanently'],
  gap: ['info', 'lines may be missing here: a rotated heyu log could not be read'],
};
