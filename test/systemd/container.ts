/**
 * A booted Debian, thrown away after the test: an overlay over the cached tree, run by systemd-nspawn without
 * machined, with a network of its own (only the loopback), so that ports never clash with the host's.
 */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '../support/until.js';
import { baseTree, type Release } from './base-tree.js';
import { runHere } from './host.js';

/** How a command ended. */
type Outcome = { readonly status: number; readonly stdout: string; readonly stderr: string };

export type Container = {
  /** Runs a shell script as root and returns how it ended. */
  readonly attempt: (script: string) => Outcome;
  /** What runs a shell script as root, program and arguments: for a terminal. */
  readonly entry: (script: string) => readonly string[];
  /** Runs a shell script as root and returns its output without the last line feed; throws when it fails. */
  readonly run: (script: string) => string;
  /** Starts a shell script as root that continues running; it is killed when the container is stopped. */
  readonly start: (script: string) => ChildProcess;
  readonly write: (path: string, text: string) => void;
  readonly append: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** Copies a file of this machine into the container. */
  readonly put: (file: string, path: string) => void;
  /** Copies a file of the container to this machine. */
  readonly take: (path: string, file: string) => void;
  /** Runs the script until its output satisfies `condition`; shows the last output when that does not happen. */
  readonly until: (
    script: string,
    condition: (output: string) => boolean,
    patienceMs?: number,
  ) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Boots a fresh Debian; `name` (letters and digits) is what it is called in error texts. */
export async function boot(name: string, release: Release = 'trixie'): Promise<Container> {
  const directory = mkdtempSync(join(tmpdir(), `heyu2mqtt-${name}-`));
  const root = join(directory, 'root');
  for (const folder of ['upper', 'work', 'root']) mkdirSync(join(directory, folder));
  runHere('mount', [
    ...['-t', 'overlay', 'overlay'],
    ...['-o', `lowerdir=${await baseTree(release)},upperdir=${directory}/upper,workdir=${directory}/work`],
    root,
  ]);
  let console = '';
  const nspawn = spawn(
    'systemd-nspawn',
    [
      ...['--quiet', '--boot', '--register=no', '--keep-unit', '--private-network', '--link-journal=no'],
      ...['--resolv-conf=off', '--timezone=off', '--console=pipe'],
      ...[`--machine=heyu2mqtt-${name}`, `--directory=${root}`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [nspawn.stdout, nspawn.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (console += text));
  const exited = once(nspawn, 'exit');
  const stop = async (): Promise<void> => {
    await shutDown(nspawn, exited);
    spawnSync('umount', ['--lazy', root]);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const leader = await until(
      () => leaderOf(nspawn),
      () => `systemd-nspawn to start: ${console}`,
    );
    const container = inside(leader, stop);
    await container.until(
      'systemctl is-system-running 2>&1 || true',
      (state) => state === 'running' || state === 'degraded',
      60_000,
    );
    return container;
  } catch (error) {
    await stop();
    throw new Error(`the container did not boot: ${String(error)}\n${console}`, { cause: error });
  }
}

/** The number of the container's first process, once it is systemd: while it boots, systemd-nspawn has other children too. */
function leaderOf(nspawn: ChildProcess): number | undefined {
  if (nspawn.exitCode !== null || nspawn.pid === undefined) throw new Error('systemd-nspawn has ended');
  const children = readFileSync(`/proc/${nspawn.pid}/task/${nspawn.pid}/children`, 'utf8').trim();
  const leader = children.split(' ').find((child) => nameOf(child) === 'systemd');
  return leader === undefined ? undefined : Number(leader);
}

/** The name of a process; undefined when it is gone. */
function nameOf(process: string): string | undefined {
  try {
    return readFileSync(`/proc/${process}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function shutDown(nspawn: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (nspawn.exitCode !== null || nspawn.signalCode !== null) return;
  // the first SIGTERM shuts the container down in order, the second one kills it
  nspawn.kill('SIGTERM');
  const impatience = setTimeout(() => nspawn.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(impatience);
}

function inside(leader: number, stop: () => Promise<void>): Container {
  const enter = ['nsenter', `--target=${leader}`, '--all', '--root', '--wd', '--'] as const;
  const entry = (script: string) =>
    [...enter, '/usr/bin/env', '-i', ...ENVIRONMENT, 'bash', '-c', script] as const;
  const attempt = (script: string, input?: string, timeout = 120_000): Outcome => {
    const [program, ...args] = entry(script);
    const { status, stdout, stderr } = spawnSync(program, args, {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      timeout,
      // a reboot stops every process of the container first, and nsenter stops itself with its child
      killSignal: 'SIGKILL',
      ...(input === undefined ? {} : { input }),
    });
    return { status: status ?? -1, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  };
  const run = (script: string, input?: string): string => {
    const { status, stdout, stderr } = attempt(script, input);
    if (status !== 0) throw new Error(`exit ${status} of: ${script}\n${stdout}\n${stderr}`);
    return stdout;
  };
  return {
    attempt: (script) => attempt(script),
    entry,
    run: (script) => run(script),
    start: (script) => {
      const [program, ...args] = entry(script);
      return spawn(program, args, { stdio: 'pipe' });
    },
    write: (path, text) => void run(`mkdir -p ${dirname(path)} && cat > ${path}`, text),
    append: (path, text) => void run(`cat >> ${path}`, text),
    read: (path) => run(`cat ${path}`),
    put: (file, path) => copyFileSync(file, `/proc/${leader}/root${path}`),
    take: (path, file) => copyFileSync(`/proc/${leader}/root${path}`, file),
    until: async (script, condition, patienceMs) => {
      let output = '';
      await until(
        () => condition((output = attempt(script, undefined, 10_000).stdout)),
        () => `the right output of: ${script}\nthe last one was:\n${output}`,
        patienceMs,
      );
      return output;
    },
    stop,
  };
}

const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
  'DEBIAN_FRONTEND=noninteractive',
];
