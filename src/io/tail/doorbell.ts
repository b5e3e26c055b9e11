/**
 * The doorbell: chokidar says that something may have happened, never what. Its `change` events come at most every
 * 50 ms and without the last one, so its `raw` events, straight from inotify, ring as well; and it rings when a
 * watch has been armed, so that nothing falls between the last look and the first event.
 */
import { watch, type ChokidarOptions } from 'chokidar';
import { basename } from 'node:path';

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

/** A doorbell that never rings: for file systems whose changes nobody reports (NFS, SMB), and for tests. */
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

/** The doorbell on chokidar. An error of it (no inotify watch left) is no news: then the safety timer finds all. */
export const chokidarDoorbell: OpenDoorbell = (ring, armed) => {
  const watchers = new Map<string, { readonly path: string; readonly close: () => Promise<void> }>();
  const closing = new Set<Promise<void>>();

  const drop = (key: string): void => {
    const watcher = watchers.get(key);
    watchers.delete(key);
    if (watcher === undefined) return;
    const closed = watcher.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  const arm = ({ path, entry }: WatchTarget): { path: string; close: () => Promise<void> } => {
    const isOther = (other: string): boolean => entry !== undefined && other !== path;
    const watcher = watch(path, { ...OPTIONS, ignored: isOther });
    watcher.on('raw', (_event, name) => {
      if (entry === undefined || name === entry || !name || name === basename(path)) ring();
    });
    watcher.on('all', ring);
    watcher.on('ready', armed);
    watcher.on('error', () => undefined);
    return { path, close: () => watcher.close() };
  };

  return {
    watch: (targets) => {
      const wanted = new Map(targets.map((target) => [keyOf(target), target]));
      for (const key of [...watchers.keys()]) if (!wanted.has(key)) drop(key);
      for (const [key, target] of wanted) if (!watchers.has(key)) watchers.set(key, arm(target));
    },
    close: async () => {
      for (const key of [...watchers.keys()]) drop(key);
      await Promise.all(closing);
    },
  };
};

function keyOf({ path, identity, entry }: WatchTarget): string {
  return [path, identity, entry ?? ''].join('\0');
}
