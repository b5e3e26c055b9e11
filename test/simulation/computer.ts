/**
 * The computer in the cupboard: its clocks, its disk, and the process that runs on it, which may be killed between any
 * two calls that it makes, stand still, or sleep with the whole computer.
 */

import { PassThrough } from 'node:stream';
import { dirname } from 'node:path';
import type { LogFileSystem, StateFileSystem } from '../../src/io/file-system.js';
import type { OpenDoorbell } from '../../src/io/tail/doorbell.js';
import type { Clock } from '../../src/ports.js';
import type { Random } from '../soak/random.js';
import { Disk, systemError } from './disk.js';
import { owner, type Owner, type Timeline } from './timeline.js';

const LOG_DIRECTORY = '/var/log/heyu';
export const STATE_DIRECTORY = '/var/lib/heyu2mqtt';
export const LOG_PATH = `${LOG_DIRECTORY}/heyu.log.ttyS0`;
export const STATE_PATH = `${STATE_DIRECTORY}/state.json`;

/** So many computers have a clock that drifts, by up to 500 ms in 1000 s: the most by which adjtime(3) slews one. */
const DRIFTING = 0.2;
const MOST_DRIFT = 0.0005;

/** A log that cannot be read for a time is read within this time again, ms. */
const UNREAD_MS = 30_000;

/** What is wrong with the disk at the moment. */
type Trouble = {
  /** Writes of the service end with this error. */
  refusesWrites: string | undefined;
  /** A file or a piece of a file that is longer finds the disk full. */
  leftBytes: number;
  /** Each step of a write takes so long, ms. */
  slowMs: number;
  /** No notice is given of changes. */
  isDeaf: boolean;
  /** Files of the log cannot be opened (EACCES), or not be read either (EIO). */
  unreadable: 'EACCES' | 'EIO' | undefined;
};

/** What a call had begun when its process died. */
type Begun = { readonly act: () => unknown; readonly half: (() => void) | undefined };

/** A process of the bridge; what it calls goes nowhere once it is gone. */
export type Process = Owner & {
  readonly begun: Set<Begun>;
  /** Epoch ms. */
  readonly beganAt: number;
  /** It dies with this many calls more. */
  callsLeft: number;
};

/** The computer. */
export class Computer {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly disk: Disk;
  readonly trouble: Trouble = {
    refusesWrites: undefined,
    leftBytes: Infinity,
    slowMs: 0,
    isDeaf: false,
    unreadable: undefined,
  };
  /** heyu and the programs that rotate. */
  readonly heyu = owner(true);
  /** When the wall clock was set back, by `steadyMs`, and how far it is behind that since, ms. */
  readonly setBacks: { readonly from: number; readonly backMs: number }[] = [];
  /** The times that `steadyMs` has shown twice, epoch ms. */
  readonly twice: { readonly from: number; readonly to: number }[] = [];
  /** When it was refused to read the log last, and until when nothing refuses it, by the timeline, ms. */
  #refusedMs = -Infinity;
  #readableUntilMs = -Infinity;
  /** How far the wall clock is ahead of what nobody sets, ms. */
  #aheadMs = 0;
  readonly #bells = new Set<() => void>();
  /** The wall clock gains so much of each ms. */
  readonly #drift: number;
  readonly #startedMs: number;
  #asleepMs = 0;

  constructor(timeline: Timeline, random: Random) {
    this.timeline = timeline;
    this.random = random;
    const drifting = random.fork('drift');
    this.#drift = drifting.chance(DRIFTING) ? drifting.between(-MOST_DRIFT, MOST_DRIFT) : 0;
    this.#startedMs = timeline.nowMs - 1000;
    this.disk = new Disk(this.wallMs, random.fork('disk'), [LOG_DIRECTORY, STATE_DIRECTORY]);
    this.disk.onChange = (path) => {
      if (path === '' || dirname(path) === LOG_DIRECTORY) for (const ring of this.#bells) ring();
    };
  }

  readonly wallMs = (): number =>
    this.timeline.nowMs + this.#aheadMs + this.#drift * (this.timeline.nowMs - this.#startedMs);

  readonly monotonicMs = (): number => this.timeline.nowMs - this.#startedMs - this.#asleepMs;

  /** How far the wall clock is behind `steadyMs`. */
  get backMs(): number {
    return this.setBacks.at(-1)?.backMs ?? 0;
  }

  /** The wall clock if it had never been set back; what happens is judged by it. */
  readonly steadyMs = (): number => this.wallMs() + this.backMs;

  /** Somebody sets the wall clock forward, or corrects it. */
  setClock(byMs: number): void {
    const to = this.steadyMs();
    this.#aheadMs += byMs;
    if (byMs < 0) this.twice.push({ from: this.steadyMs(), to });
  }

  /** Somebody sets the wall clock back. A line that waits for longer has a stamp of both clocks (docs/design.md): none does. */
  setBack(leastMs: number): void {
    const from = this.steadyMs();
    const { nowMs } = this.timeline;
    const byMs = nowMs - this.#refusedMs < UNREAD_MS ? Math.max(UNREAD_MS, leastMs) : leastMs;
    if (byMs < UNREAD_MS) this.#readableUntilMs = nowMs + byMs;
    this.#aheadMs -= byMs;
    this.setBacks.push({ from, backMs: this.backMs + byMs });
  }

  begin(): Process {
    return { ...owner(true), begun: new Set(), beganAt: this.steadyMs(), callsLeft: Infinity };
  }

  /** It is gone; of what it had begun some is done, some half, some not. */
  kill(process: Process): void {
    if (process.isGone) return;
    process.isGone = true;
    for (const { act, half } of process.begun) {
      const how = this.random.whole(0, 2);
      try {
        if (how === 0) act();
        else if (how === 1) half?.();
      } catch {
        // nobody is there to be told
      }
    }
  }

  /** All sleeps; only the wall clock continues. */
  sleep(ms: number): void {
    this.#asleepMs += ms;
    this.timeline.postpone(ms);
  }

  /** One call of a process; false = it is gone, and the call goes nowhere. */
  call(process: Process): boolean {
    if (process.isGone) return false;
    process.callsLeft -= 1;
    if (process.callsLeft > 0) return true;
    this.kill(process);
    return false;
  }

  clockOf(process: Process): Clock {
    return {
      wallMs: this.wallMs,
      monotonicMs: this.monotonicMs,
      after: (delayMs, wake) => this.timeline.after(Math.max(1, Math.ceil(delayMs)), process, wake),
    };
  }

  /** Rings soon after each change, once for many. */
  doorbellOf(process: Process): OpenDoorbell {
    return (ring, armed) => {
      let isRinging = false;
      const bell = (): void => {
        if (isRinging || process.isGone || this.trouble.isDeaf) return;
        isRinging = true;
        this.timeline.after(this.random.between(0.1, 2), process, () => {
          isRinging = false;
          ring();
        });
      };
      this.#bells.add(bell);
      let isArmed = false;
      return {
        watch: (targets) => {
          if (targets.length === 0 || isArmed) return;
          isArmed = true;
          this.timeline.after(1, process, armed);
        },
        close: () => {
          this.#bells.delete(bell);
          return Promise.resolve();
        },
      };
    };
  }

  /** Nobody listens for it any more. */
  forgetBells(): void {
    this.#bells.clear();
  }

  logFilesOf(process: Process): LogFileSystem {
    const { disk, trouble } = this;
    const checked = (refusing?: Trouble['unreadable']): void => {
      if (!this.call(process)) throw systemError('EIO');
      if (refusing === undefined || this.timeline.nowMs < this.#readableUntilMs) return;
      this.#refusedMs = this.timeline.nowMs;
      throw systemError(refusing);
    };
    return {
      openSync: (path) => {
        checked(trouble.unreadable);
        return disk.openSync(path, 'r');
      },
      closeSync: disk.closeSync,
      fstatSync: (fd) => {
        checked();
        return disk.fstatSync(fd);
      },
      readSync: (fd, into, offset, length, position) => {
        checked(trouble.unreadable === 'EIO' ? 'EIO' : undefined);
        return disk.readSync(fd, into, offset, length, position);
      },
      statSync: (path) => {
        checked();
        return disk.existsSync(path) ? disk.statSync(path) : undefined;
      },
      readdirSync: (path) => {
        checked();
        return disk
          .readdirSync(path)
          .map((name) => ({ name, isDirectory: () => disk.isDirectory(`${path}/${name}`) }));
      },
      realpathSync: (path) => path,
      readlinkSync: (path) => {
        throw systemError('EINVAL', path);
      },
      existsSync: (path) => path.startsWith('/proc') || disk.existsSync(path),
      createGunzip: () => new PassThrough(),
    };
  }

  stateFilesOf(process: Process): StateFileSystem {
    const { disk, trouble } = this;
    const done = <T>(act: () => T, half?: () => void): Promise<T> =>
      new Promise((resolve, reject) => {
        if (!this.call(process)) return;
        const begun = { act, half };
        process.begun.add(begun);
        const ms =
          trouble.slowMs > 0 ? this.random.between(0, 2 * trouble.slowMs) : this.random.between(0, 3);
        this.timeline.after(ms, process, () => {
          process.begun.delete(begun);
          try {
            resolve(act());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      });
    const writing = <T>(act: () => T, half?: () => void, bytes = 0): Promise<T> =>
      done(() => {
        const { leftBytes, refusesWrites = bytes > leftBytes ? 'ENOSPC' : undefined } = trouble;
        if (refusesWrites === undefined) return act();
        // a full disk takes what fits
        half?.();
        throw systemError(refusesWrites);
      }, half);
    const part = (text: string): string => text.slice(0, this.random.whole(0, text.length));
    return {
      readFile: (path) => done(() => disk.readFileSync(path).toString('utf8')),
      writeFile: (path, text, { flag, flush }) =>
        writing(
          () => {
            if (flag === 'wx' && disk.existsSync(path)) throw systemError('EEXIST', path);
            disk.writeFileSync(path, text);
            if (flush === true) disk.sync(path);
          },
          () => {
            disk.writeFileSync(path, part(text));
          },
          text.length,
        ),
      appendFile: (path, text) =>
        writing(
          () => disk.appendFileSync(path, text),
          () => disk.appendFileSync(path, part(text)),
          text.length,
        ),
      rename: (from, to) => writing(() => disk.renameSync(from, to)),
      rm: (path) =>
        done(() => {
          if (disk.existsSync(path)) disk.unlinkSync(path);
        }),
      open: (path) =>
        done(() => ({
          sync: () => writing(() => disk.sync(path)),
          close: () => Promise.resolve(),
        })),
    };
  }
}
