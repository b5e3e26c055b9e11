/**
 * The Debians that the tests boot, with Node, mosquitto and logrotate as Debian ships them: 13 (trixie: systemd 257,
 * Node 20.19) and 12 (bookworm: systemd 252, Node 18). Built once with debootstrap into a folder outside the project,
 * and never written to afterwards.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The Debians by their code names. */
export type Release = 'bookworm' | 'trixie';

/** What is built once for the tests; nothing of it belongs to the project. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'heyu2mqtt-test');

const MIRROR = 'http://deb.debian.org/debian';
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'nodejs',
  'mosquitto',
  'mosquitto-clients',
  'logrotate',
  'man-db',
  'adduser',
  'acl',
  'procps',
  'sudo',
  'ca-certificates',
  'openssl',
  'iproute2',
  'curl',
  'msmtp',
];

/** What debootstrap leaves to the installer of Debian. */
const FILES: Readonly<Record<string, string>> = {
  '/etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost\n',
  '/etc/hostname': 'x10-house\n',
  '/etc/resolv.conf': '',
  '/etc/apt/sources.list': '',
};

/** Programs that the tests need on this machine, and the Debian packages that bring them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  nsenter: 'util-linux',
  'dpkg-deb': 'dpkg',
};

/** Why this machine cannot run the container, in words for people; undefined when it can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root';
  const missing = Object.entries(PROGRAMS).filter(
    ([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, from]) => from))].join(' ');
    return `${missing.map(([program]) => program).join(', ')} missing: apt-get install ${packages}`;
  }
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0)
    return 'it needs the right to mount (CAP_SYS_ADMIN), which root in an ordinary container lacks';
  if (!readFileSync('/proc/filesystems', 'utf8').includes('\toverlay\n')) {
    spawnSync('modprobe', ['overlay']);
    if (!readFileSync('/proc/filesystems', 'utf8').includes('\toverlay\n'))
      return 'the kernel has no overlay file system';
  }
  return undefined;
}

/**
 * The folder with a Debian; built when there is none of this recipe yet (about a minute).
 * Rejects with the end of debootstrap's output when the mirror cannot be reached.
 */
export async function baseTree(release: Release): Promise<string> {
  const recipe = createHash('sha256')
    .update(JSON.stringify([release, PACKAGES, FILES]))
    .digest('hex');
  // another recipe may be in use right now, by the tests of another branch
  const tree = join(CACHE, `${release}-${recipe.slice(0, 8)}`);
  const stamp = `${tree}.recipe`;
  const isReady = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe;
  mkdirSync(CACHE, { recursive: true });
  const lock = `${tree}.lock`;
  while (!isReady()) {
    try {
      mkdirSync(lock);
    } catch {
      await waitForOther(lock);
      continue;
    }
    try {
      if (!isReady()) build(release, tree, `${tree}.log`);
      writeFileSync(stamp, recipe);
    } finally {
      rmSync(lock, { recursive: true });
    }
  }
  return tree;
}

/** A lock that nobody has given back for so long was left by a run that was killed. */
const LOCK_STALE_MS = 15 * 60_000;

async function waitForOther(lock: string): Promise<void> {
  const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
  if (age > LOCK_STALE_MS) rmSync(lock, { recursive: true, force: true });
  await delay(500);
}

function build(release: Release, tree: string, log: string): void {
  const fresh = `${tree}.new`;
  rmSync(fresh, { recursive: true, force: true });
  process.stdout.write(`building Debian ${release} in ${tree}, this takes a minute or two\n`);
  const { status, stdout, stderr } = spawnSync(
    'debootstrap',
    ['--variant=minbase', `--include=${PACKAGES.join(',')}`, release, fresh, MIRROR],
    { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 },
  );
  writeFileSync(log, `${stdout}${stderr}`);
  if (status !== 0) {
    throw new Error(
      `debootstrap failed, see ${log}:\n${`${stdout}${stderr}`.split('\n').slice(-12).join('\n')}`,
    );
  }
  for (const [path, text] of Object.entries(FILES)) {
    rmSync(join(fresh, path), { force: true });
    writeFileSync(join(fresh, path), text);
  }
  // journald keeps what the tests ask for, also over a restart of the container
  mkdirSync(join(fresh, 'var/log/journal'), { recursive: true });
  rmSync(join(fresh, 'var/cache/apt/archives'), { recursive: true, force: true });
  mkdirSync(join(fresh, 'var/cache/apt/archives/partial'), { recursive: true });
  rmSync(tree, { recursive: true, force: true });
  renameSync(fresh, tree);
}
