import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onTestFinished } from '../support/test-end.js';
import { SystemdNotifier, type SystemdOptions } from '../../src/io/systemd.js';
import { until } from '../support/until.js';

type Setup = {
  readonly notifier: SystemdNotifier;
  /** The finished runs of `systemd-notify`: their arguments, in order. */
  readonly sent: () => string[];
  /** The lines "begin ..." and "end", in order. */
  readonly journal: () => string[];
  readonly failures: string[];
  /** Moves the monotonic clock of the notifier. */
  readonly pass: (ms: number) => void;
  readonly release: () => void;
};

/** A notifier that finds a `systemd-notify` of our own on its PATH; `held` runs end when `release` is called. */
function setUp(options: {
  readonly environment?: Record<string, string>;
  readonly program?: string | false;
  readonly held?: boolean;
  readonly rest?: Partial<SystemdOptions>;
}): Setup {
  const directory = mkdtempSync(join(tmpdir(), 'heyu2mqtt-notify-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const journal = join(directory, 'journal');
  const gate = join(directory, 'gate');
  const wait = options.held === true ? `while [ ! -e ${gate} ]; do sleep 0.01; done\n` : '';
  const program = join(directory, 'systemd-notify');
  if (options.program !== false) {
    const usual = `echo "begin $*" >> ${journal}\n${wait}echo end >> ${journal}\n`;
    writeFileSync(program, `#!/bin/sh\n${options.program ?? usual}`);
    chmodSync(program, 0o755);
  }
  let now = 1000.25;
  const failures: string[] = [];
  const notifier = new SystemdNotifier({
    environment: {
      PATH: options.program === false ? directory : `${directory}:/usr/bin:/bin`,
      NOTIFY_SOCKET: '/run/nobody',
      ...options.environment,
    },
    monotonicMs: () => now,
    failed: (reason) => failures.push(reason),
    pid: 4711,
    ...options.rest,
  });
  const lines = (): string[] =>
    existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : [];
  return {
    notifier,
    failures,
    journal: lines,
    sent: () => {
      const ended = lines().filter((line) => line === 'end').length;
      return lines()
        .filter((line) => line.startsWith('begin '))
        .slice(0, ended)
        .map((line) => line.slice('begin '.length));
    },
    pass: (ms) => void (now += ms),
    release: () => writeFileSync(gate, ''),
  };
}

test('ready, reload and stop are told in their order, one program at a time', async () => {
  const { notifier, sent, journal } = setUp({});
  notifier.ready('following heyu.log.ttyS0');
  notifier.reloading();
  notifier.ready('reloaded');
  await until(() => sent().length === 3);
  await notifier.stopping();
  expect(sent()).toEqual([
    'READY=1 STATUS=following heyu.log.ttyS0',
    'RELOADING=1 MONOTONIC_USEC=1000250',
    'READY=1 STATUS=reloaded',
    'STOPPING=1',
  ]);
  expect(journal()).toEqual(sent().flatMap((line) => [`begin ${line}`, 'end']));
});

test('never more than one program runs, whatever is asked for meanwhile', async () => {
  const { notifier, sent, journal, release } = setUp({ held: true });
  notifier.ready('one');
  await until(() => journal().length === 1);
  for (let turn = 0; turn < 20; turn += 1) {
    notifier.watchdog();
    notifier.status(`turn ${turn}`);
  }
  notifier.reloading();
  notifier.ready('two');
  expect(journal()).toEqual(['begin READY=1 STATUS=one']);
  release();
  await until(() => sent().length === 3);
  expect(sent().slice(1)).toEqual(['RELOADING=1 MONOTONIC_USEC=1000250 WATCHDOG=1', 'READY=1 STATUS=two']);
});

test('a burst of status texts becomes the first and, when the interval is over, the last', async () => {
  const { notifier, sent, pass } = setUp({ rest: { statusIntervalMs: 40 } });
  notifier.status('a');
  await until(() => sent().length === 1);
  notifier.status('b');
  notifier.status('c');
  pass(41);
  await until(() => sent().length === 2);
  expect(sent()).toEqual(['STATUS=a', 'STATUS=c']);
});

test('a status text goes out again by itself after the interval, without another call', async () => {
  const start = performance.now();
  const { notifier, sent } = setUp({
    rest: { statusIntervalMs: 60, monotonicMs: () => performance.now() - start },
  });
  notifier.status('a');
  notifier.status('b');
  notifier.status('c');
  await until(() => sent().length === 2);
  expect(sent()).toEqual(['STATUS=a', 'STATUS=c']);
});

test('an unchanged status text is not sent again', async () => {
  const { notifier, sent } = setUp({ rest: { statusIntervalMs: 0 } });
  notifier.status('same');
  await until(() => sent().length === 1);
  notifier.status('same');
  notifier.status('same\n');
  notifier.watchdog();
  await until(() => sent().length === 2);
  expect(sent()).toEqual(['STATUS=same', 'WATCHDOG=1']);
});

test('a status is one line of at most 500 characters, whole ones', async () => {
  const { notifier, sent } = setUp({ rest: { statusIntervalMs: 0 } });
  notifier.status(' zone\r\n"ground"\u2028\u0007 armed ');
  await until(() => sent().length === 1);
  notifier.status('🔔'.repeat(600));
  await until(() => sent().length === 2);
  expect(sent()).toEqual(['STATUS=zone "ground" armed', `STATUS=${'🔔'.repeat(497)}...`]);
});

test('without NOTIFY_SOCKET nothing is run and nothing is awaited', async () => {
  for (const socket of [undefined, '']) {
    const environment = {
      WATCHDOG_USEC: '60000000',
      ...(socket === undefined ? {} : { NOTIFY_SOCKET: socket }),
    };
    const { notifier, journal, failures } = setUp({
      program: 'exit 1',
      rest: { environment: { ...environment, PATH: '/nowhere' } },
    });
    notifier.ready('a');
    notifier.status('b');
    notifier.reloading();
    notifier.watchdog();
    await notifier.stopping();
    expect([journal(), failures, notifier.watchdogIntervalMs]).toEqual([[], [], undefined]);
  }
});

test.each<[string, Record<string, string>, number | undefined]>([
  ['half of WATCHDOG_USEC', { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '4711' }, 30_000],
  ['the same without WATCHDOG_PID', { WATCHDOG_USEC: '3000000' }, 1500],
  ['none for another process', { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '4712' }, undefined],
  ['none without WATCHDOG_USEC', { WATCHDOG_PID: '4711' }, undefined],
  ['none for 0', { WATCHDOG_USEC: '0' }, undefined],
  ['none for nonsense', { WATCHDOG_USEC: '6e7' }, undefined],
])('the watchdog interval is %s', (_name, environment, expected) => {
  expect(setUp({ environment }).notifier.watchdogIntervalMs).toBe(expected);
});

test('a failure is told once, in words, until a message gets through again', async () => {
  const marker = join(mkdtempSync(join(tmpdir(), 'heyu2mqtt-notify-')), 'fixed');
  onTestFinished(() => rmSync(join(marker, '..'), { recursive: true, force: true }));
  const { notifier, failures } = setUp({
    program: `[ -e ${marker} ] && { echo x >> ${marker}; exit 0; }; echo "Failed to notify: no such socket" >&2; exit 1`,
  });
  notifier.watchdog();
  await until(() => failures.length === 1);
  notifier.watchdog();
  await notifier.stopping();
  expect(failures).toEqual(['systemd-notify: Failed to notify: no such socket']);
  writeFileSync(marker, '');
  notifier.watchdog();
  await until(() => readFileSync(marker, 'utf8') === 'x\n');
  await notifier.stopping();
  rmSync(marker);
  notifier.watchdog();
  await until(() => failures.length === 2);
});

test('a missing program is told in words', async () => {
  const { notifier, failures } = setUp({ program: false });
  notifier.ready('a');
  await notifier.stopping();
  expect(failures).toEqual(['the program systemd-notify is missing']);
});

test('a program that hangs is killed and does not hold up the next message', async () => {
  const { notifier, failures } = setUp({
    program: 'case "$*" in *READY*) exec sleep 60;; esac',
    rest: { timeoutMs: 150 },
  });
  notifier.ready('a');
  notifier.watchdog();
  await notifier.stopping();
  expect(failures).toEqual(['systemd-notify did not end within 0.15 s']);
});
