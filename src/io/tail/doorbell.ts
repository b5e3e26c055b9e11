/**
 * The doorbell: chokidar says that something may have happened, never what. Its `change` events come at most every
 * 50 ms and without the last one, so its `raw` events, straight from inotify, ring as well; and it rings when a
 * watch has been armed, so that nothing falls between the last look and the first event.
 */
import { watch, type ChokidarOptions, type FSWatcher } from 'chokidar';
import { statfsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { orElse } from '../../common/error.js';
import type { Clock } from '../../ports.js';
import type { LogFileSystem } from '../file-system.js';
import type { ByteSource } from './content.js';
import type { NamedLog } from './siblings.js';

/** One thing to be watched. */
export type WatchTarget = {
  readonly path: string;
  /** Two targets of the same path that stand for different files have different identities. */
  readonly identity: string;
  /** Of a directory only events of this entry, or of itself, ring. */
  readonly entry?: string;
};

/** What rings when something may have happened. */
export type Doorbell = {
  /** Watches exactly these from now on. */
  readonly watch: (targets: readonly WatchTarget[]) => void;
  readonly close: () => Promise<void>;
};

/**
 * Makes a doorbell. Both may be called at any time from the event loop: `ring` when something may have happened,
 * `armed` when a watch has begun, so that what happened before can be looked for.
 */
export type OpenDoorbell = (ring: () => void, armed: () => void) => Doorbell;

/** A doorbell that never rings: for file systems that report no changes (NFS, SMB), and for tests. */
export const silentDoorbell: OpenDoorbell = () => ({
  watch: () => undefined,
  close: () => Promise.resolve(),
});

const OPTIONS: ChokidarOptions = {
  ignoreInitial: true,
  atomic: false,
  ignorePermissionErrors: true,
  usePolling: false,
  depth: 0,
};

/** The doorbell on chokidar. An error of it (no inotify watch left) is not news: then the safety timer finds all. */
export const chokidarDoorbell: OpenDoorbell = (ring, armed) => {
  const watchers = new Map<string, FSWatcher>();
  const closing = new Set<Promise<void>>();

  const drop = (watcher: FSWatcher, key: string): void => {
    watchers.delete(key);
    const closed = watcher.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  const arm = ({ path, entry }: WatchTarget): FSWatcher => {
    const isOther = (other: string): boolean => entry !== undefined && other !== path;
    const watcher = watch(path, { ...OPTIONS, ignored: isOther });
    watcher.on('raw', (_event, name) => {
      if (entry === undefined || name === entry || !name || name === basename(path)) ring();
    });
    watcher.on('all', ring);
    watcher.on('ready', armed);
    watcher.on('error', () => undefined);
    return watcher;
  };

  return {
    watch: (targets) => {
      const wanted = new Map(targets.map((target) => [keyOf(target), target]));
      for (const [key, watcher] of watchers) if (!wanted.has(key)) drop(watcher, key);
      for (const [key, target] of wanted) if (!watchers.has(key)) watchers.set(key, arm(target));
    },
    close: async () => {
      watchers.forEach(drop);
      await Promise.all(closing);
    },
  };
};

function keyOf({ path, identity, entry }: WatchTarget): string {
  return [path, identity, entry ?? ''].join('\0');
}

const DESCRIPTORS = '/proc/self/fd';
/** Symbolic links that lead to symbolic links are followed this far, as the system does. */
const MOST_LINKS = 40;

/**
 * What must be watched so that no change goes unnoticed: the open files themselves, by descriptor, which needs no
 * re-arming however they are renamed or deleted, and the directories in which the name may appear. `newest` is the file
 * that has the name, `isWanting` = the log is missing or cannot be read.
 */
export function watchTargets(
  { path, files }: NamedLog,
  open: readonly ByteSource[],
  newest: ByteSource | undefined,
  isWanting: boolean,
): WatchTarget[] {
  const hasDescriptors = files.existsSync(DESCRIPTORS);
  const byPath = newest === undefined ? [] : [{ path, identity: identityOf(newest) }];
  const byDescriptor = open
    .filter(({ fd }) => fd !== undefined)
    .map((source) => ({ path: `${DESCRIPTORS}/${source.fd ?? ''}`, identity: identityOf(source) }));
  return [...(hasDescriptors ? byDescriptor : byPath), ...directoriesOf({ path, files }, isWanting)];
}

function identityOf({ device, inode }: ByteSource): string {
  return `${device}:${inode}`;
}

/**
 * The directories of symbolic links, because a changed link is reported nowhere else; and, while the log is
 * `wanting`, the directory in which it may appear, or the nearest one there is.
 */
function directoriesOf({ path, files }: NamedLog, wanting: boolean): WatchTarget[] {
  const targets: WatchTarget[] = [];
  let name = resolve(path);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const leadsTo = linkAt(name, files);
    if (leadsTo === undefined && !wanting) return targets;
    targets.push(nearestDirectory(name, files));
    if (leadsTo === undefined) return targets;
    name = resolve(dirname(name), leadsTo);
  }
  return targets;
}

function nearestDirectory(name: string, { existsSync }: LogFileSystem): WatchTarget {
  let entry = name;
  while (!existsSync(dirname(entry)) && dirname(entry) !== entry) entry = dirname(entry);
  return { path: dirname(entry), entry: basename(entry), identity: 'directory' };
}

function linkAt(name: string, { readlinkSync }: LogFileSystem): string | undefined {
  // what is not a link cannot be read as one
  return orElse(() => readlinkSync(name), undefined);
}

/** Magic numbers of statfs(2), from linux/magic.h and, for ZFS, its sys/fs/zfs.h. */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs, on SD cards
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x2fc12fc1, // ZFS
  0xca451a4e, // bcachefs
  0x3153464a, // JFS
  0x52654973, // ReiserFS
]);

/**
 * Does the file lie on a file system that reports every change to inotify, or will it? Those of this machine's own kernel
 * do. What another machine writes to a network file system is not reported, and overlays report what was written to one
 * of their layers only. False if unknown.
 */
export function isOnLocalFiles(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      // the kernel's number is signed where C has a long of 32 bits
      return LOCAL.has(statfsSync(at).type >>> 0);
    } catch {
      if (at === dirname(at)) return false;
    }
  }
}

// --- The safety timer: looks now and then whether the doorbell is asleep (a full inotify queue, a network file system,
// --- no watch left). Slow where the doorbell can be relied on from the start, or once it has proved itself; quick again
// --- as soon as it has missed something.

/** Growth that the timer finds was missed by the doorbell unless that rings within this time, milliseconds. */
const GRACE_MS = 250;

/** Why a look was taken: the doorbell rang, the timer went off, or it was asked for. */
export type Cause = 'bell' | 'timer' | 'request';

type Parts = {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly slowPollMs: number;
  readonly soon: (act: () => void) => void;
  readonly look: () => void;
  readonly overslept: () => void;
};

/** Calls `look` every `pollMs`, every `slowPollMs` while the doorbell works, and `overslept` when it does not. */
export class SafetyTimer {
  /** How often the doorbell has missed something. */
  missed = 0;
  readonly #parts: Parts;
  /** The doorbell is relied on. */
  #isProved = false;
  #isRunning = false;
  #callOff = (): void => undefined;
  #callOffDoubt: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Once. `isTrusted` = the doorbell need not prove itself first. */
  start(isTrusted: boolean): void {
    this.#isProved = isTrusted;
    this.#isRunning = true;
    this.#arm();
  }

  /** The doorbell rang. */
  rang(): void {
    this.#callOffDoubt?.();
    this.#callOffDoubt = undefined;
  }

  /** After a look that found new lines; this is why it was taken. */
  grew(cause: Cause): void {
    if (cause === 'bell') this.#isProved = true;
    if (cause !== 'timer') return;
    this.#callOffDoubt ??= this.#parts.clock.after(GRACE_MS, () => {
      this.#callOffDoubt = undefined;
      this.missed += 1;
      this.#isProved = false;
      this.#callOff();
      this.#arm();
      this.#parts.overslept();
    });
  }

  stop(): void {
    this.#isRunning = false;
    this.#callOff();
    this.rang();
  }

  #arm(): void {
    const { clock, pollMs, slowPollMs, soon, look } = this.#parts;
    this.#callOff = clock.after(this.#isProved ? slowPollMs : pollMs, () => {
      this.#arm();
      soon(() => {
        if (this.#isRunning) look();
      });
    });
  }
}
