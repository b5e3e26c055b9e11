/**
 * Follows heyu's log: the line source of the service. It keeps reading every line once and in order, regardless of what happens to
 * the file; what that takes is in `log-files.ts`, when to look is decided here.
 *
 * From an inotify event to the listener everything is synchronous. Reasons: docs/design.md, "The log is the queue".
 */
import type { Clock, FilePosition, LineListener, LineSource, LogPosition } from '../../ports.js';
import { logFileSystem, type LogFileSystem } from '../file-system.js';
import { BLOCK_BYTES, MARK_BYTES, type Work } from './content.js';
import {
  chokidarDoorbell,
  isOnLocalFiles,
  SafetyTimer,
  silentDoorbell,
  watchTargets,
  type Cause,
  type Doorbell,
  type OpenDoorbell,
} from './doorbell.js';
import { LogFiles } from './log-files.js';
import type { Reader } from './tailed-file.js';

/** How to follow. Times are milliseconds. */
export type FollowOptions = {
  readonly path: string;
  readonly clock: Clock;
  /** 8 random hex digits. */
  readonly randomGeneration: () => string;
  /** Period of the safety timer, default 1000. */
  readonly pollMs?: number;
  /** The same where inotify can be relied on, or once it has proved itself, default 5000. */
  readonly slowPollMs?: number;
  /** Do without inotify, for network file systems. */
  readonly usePolling?: boolean;
  /** How long a rotated file is read on after it was written to last, default 10 minutes. */
  readonly lingerMs?: number;
  /**
   * How long a file that has lost its name must have been silent before the next one is begun, default 1000: heyu
   * may have opened it before. At most three times as long from when the name was lost.
   */
  readonly settleMs?: number;
  /** What rings when something may have happened; chokidar unless a test brings its own. */
  readonly openDoorbell?: OpenDoorbell;
  /** Where the log is; the machine's own file system unless a test brings another. */
  readonly files?: LogFileSystem;
  /** Does something once the event loop has had its turn; setImmediate unless a test brings its own. */
  readonly soon?: (act: () => void) => void;
};

/** After this long (ms) the event loop has its turn. */
const SLICE_MS = 10;

/**
 * Follows one log. Nothing is opened before `start`; nothing throws but the listener. The public methods are those of
 * `LineSource`, for its owner, at any time from the event loop or from within the listener.
 */
export class LogFollower implements LineSource {
  readonly #options: FollowOptions;
  readonly #slowPollMs: number;
  readonly #usesInotify: boolean;
  readonly #system: LogFileSystem;
  readonly #soon: (act: () => void) => void;
  readonly #doorbell: Doorbell;
  readonly #timer: SafetyTimer;
  #reader: Reader | undefined;
  /** Changed by the look in hand alone. */
  #files: LogFiles | undefined;
  #isPaused = false;
  #isStopped = false;
  /** A look is in hand. */
  #isWorking = false;
  /** Why another look was asked for meanwhile. */
  #wanted: Cause | undefined;
  #passEndedAt: number;
  #callOffLook = (): void => undefined;
  #whenIdle = (): void => undefined;

  constructor(options: FollowOptions) {
    const { clock, pollMs = 1000, slowPollMs = Math.max(pollMs, 5000), usePolling = false } = options;
    const openDoorbell = usePolling ? silentDoorbell : (options.openDoorbell ?? chokidarDoorbell);
    this.#options = options;
    this.#system = options.files ?? logFileSystem;
    this.#soon = options.soon ?? setImmediate;
    this.#slowPollMs = slowPollMs;
    this.#passEndedAt = clock.monotonicMs();
    this.#usesInotify = openDoorbell === chokidarDoorbell;
    this.#doorbell = openDoorbell(
      () => {
        this.#timer.rang();
        this.#look('bell');
      },
      () => this.look(),
    );
    this.#timer = new SafetyTimer({
      clock,
      pollMs,
      slowPollMs: usePolling ? pollMs : slowPollMs,
      soon: this.#soon,
      look: () => this.#look('timer'),
      overslept: () => {
        this.#doorbell.watch([]);
        this.#watch();
      },
    });
  }

  /** Once, before anything else but `pause`. */
  start(
    listener: LineListener,
    position: LogPosition | undefined,
    generations: readonly FilePosition[],
  ): void {
    const { path, clock, randomGeneration, lingerMs = 600_000, settleMs = 1000 } = this.#options;
    this.#reader = {
      path,
      files: this.#system,
      clock,
      listener,
      randomGeneration,
      block: Buffer.allocUnsafeSlow(MARK_BYTES + BLOCK_BYTES + 1),
      knownGenerations: [...generations],
      isHalted: this.#isPaused,
      hasGrown: false,
    };
    this.#files = new LogFiles(this.#reader, { lingerMs, settleMs, blindMs: 3 * this.#slowPollMs }, position);
    this.#timer.start(this.#usesInotify && isOnLocalFiles(path));
    this.#soon(() => this.look());
  }

  position(): LogPosition {
    return this.#files?.position() ?? { files: [] };
  }

  look(): void {
    this.#look('request');
  }

  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
    this.#soon(() => this.look());
  }

  lastPassAt(): number {
    return this.#passEndedAt;
  }

  /** How often the safety timer has found what nothing had reported. */
  missedRings(): number {
    return this.#timer.missed;
  }

  /** Once; nothing is handed over any more. */
  async stop(): Promise<void> {
    this.#timer.stop();
    this.#callOffLook();
    this.#isStopped = true;
    this.#setPaused(true);
    if (this.#isWorking) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    for (const { source } of this.#files?.open() ?? []) source.close();
    await this.#doorbell.close();
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (this.#reader !== undefined) this.#reader.isHalted = isPaused || this.#isStopped;
  }

  /** Looks now, or once more as soon as the look in hand is done. From the event loop or from within a look. */
  #look(cause: Cause): void {
    const [reader, files] = [this.#reader, this.#files];
    if (reader === undefined || files === undefined || this.#isStopped) return;
    if (this.#isWorking) {
      this.#wanted = this.#wanted === 'bell' ? 'bell' : cause;
      return;
    }
    this.#isWorking = true;
    reader.hasGrown = false;
    this.#goOn(files.pass(), () => {
      this.#isWorking = false;
      this.#finish(reader, files, this.#wanted === 'bell' ? 'bell' : cause);
    });
  }

  /** Runs `work` at once, as far as its first slice goes, and the rest through the event loop. */
  #goOn(work: Work, done: () => void): void {
    const { clock } = this.#options;
    const began = clock.monotonicMs();
    let step = work.next();
    while (step.done !== true && step.value === undefined && clock.monotonicMs() - began < SLICE_MS)
      step = work.next();
    this.#passEndedAt = clock.monotonicMs();
    if (step.done === true) done();
    else if (step.value === undefined) this.#soon(() => this.#goOn(work, done));
    else void step.value.then(() => this.#goOn(work, done));
  }

  /** After each look: what it has found decides what is watched, and when the next one is. */
  #finish(reader: Reader, files: LogFiles, cause: Cause): void {
    if (this.#isStopped) {
      this.#whenIdle();
      return;
    }
    if (reader.hasGrown) this.#timer.grew(cause);
    if (files.isWatchStale) this.#watch();
    this.#callOffLook();
    const { lookAgainMs } = files;
    if (lookAgainMs !== undefined)
      this.#callOffLook = this.#options.clock.after(lookAgainMs, () => this.look());
    const again = this.#wanted;
    this.#wanted = undefined;
    if (again !== undefined) this.#look(again);
  }

  /** Between two looks. */
  #watch(): void {
    const files = this.#files;
    if (files === undefined) return;
    files.isWatchStale = false;
    const open = files.open().map(({ source }) => source);
    const newest = files.newest()?.source;
    this.#doorbell.watch(
      watchTargets({ path: this.#options.path, files: this.#system }, open, newest, !files.isFollowing()),
    );
  }
}
