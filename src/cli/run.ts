/** `heyu2mqtt run`: the service itself. */

import { watch, type FSWatcher } from 'chokidar';
import { type Command, Option } from 'commander';
import { statSync } from 'node:fs';
import { orElse } from '../common/error.js';
import type { Configuration } from '../config/load.js';
import { formatProblem, newProblems } from '../config/problem.js';
import { systemClock } from '../io/clock.js';
import { type Commands, commandsOf } from '../io/commands.js';
import { CodeChecker } from '../io/codes.js';
import { serveControl } from '../io/control.js';
import { openJob } from '../io/cron.js';
import { MetricsFile } from '../io/metrics.js';
import { openLog } from '../io/log.js';
import { claimDirectory } from '../io/store.js';
import { SystemdNotifier } from '../io/systemd.js';
import type { Log } from '../ports.js';
import { changes, createService, type Service } from '../service/service.js';
import { brokerOf, pastOf, portsOf, serviceSettings, sourceOf } from './assemble.js';
import { configFileOf, type Good, load, OPTIONS } from './configured.js';
import { keepLastGood, loadForService, vanished, whereWrong } from './last-good.js';
import { PageKeeper } from './page.js';
import { ownVersion } from './program-files.js';
import { questionsFor } from './questions.js';
import { CommandError } from './terminal.js';

/** The command `run`. */
export function runCommand(command: Command): void {
  command
    .addOption(OPTIONS.config)
    .addOption(
      new Option(
        '--log-level <level>',
        'how much is logged (default: log.level of the configuration)',
      ).choices(['debug', 'info', 'warn', 'error']),
    )
    .action(({ config, logLevel }: { config?: string; logLevel?: string }) => {
      if (logLevel !== undefined) process.env['HEYU2MQTT_LOG_LEVEL'] = logLevel;
      return run(config);
    });
}

/** Programs that run at the stop have so long to end: systemd ends us after 10 s, and them with us. */
const COMMANDS_END_MS = 5000;

/** Editors write a file in several steps. */
const RELOAD_AFTER_MS = 300;

async function run(asked: string | undefined): Promise<void> {
  const readAt = Date.now();
  const startWith = loadForService(asked);
  const { configuration, ignored, texts, problems } = startWith;
  const log = await openLog(configuration.log.level, configuration.log.format, process.env);
  for (const problem of problems) log.error({}, formatProblem(problem));
  for (const setting of ignored) log.warn({}, `ignored: ${formatProblem(setting)}`);
  for (const warning of configuration.warnings) log.warn({}, formatProblem(warning));
  if (problems.length > 0)
    log.error({ errors: problems.length }, 'the configuration has errors: the last good one is in force');
  log.info({ version: ownVersion(), sensors: configuration.core.sensors.length }, 'heyu2mqtt starts');

  const systemd = new SystemdNotifier({
    environment: process.env,
    monotonicMs: systemClock.monotonicMs,
    failed: (reason) => log.warn({ reason }, 'systemd cannot be notified'),
  });
  const ports = portsOf(configuration, log);
  const claim = claimDirectory(configuration.stateDir);
  if ('holder' in claim)
    throw new CommandError(
      `another heyu2mqtt (process ${claim.holder}) uses the state directory ${configuration.stateDir}`,
      'stop it, or give this one a state_dir, a bridge_id and an mqtt.client_id of its own',
    );
  const commands = commandsOf(configuration, log);
  const codes = new CodeChecker(configuration.codes);
  const service = await createService(serviceSettings(configuration, ignored), {
    ...ports,
    checkCode: (zone, code) => codes.check(zone, code),
    runHeyu: commands.runHeyu,
    onAlert: commands.onAlert,
    status: (text) => systemd.status(text),
    ...(configuration.log.level === 'debug' ? { find: (finding) => log.debug(finding, 'finding') } : {}),
  });
  if (problems.length === 0) await keepLastGood(configuration, texts, log);
  await service.start();
  service.concerned('configuration', whereWrong(problems));
  const past = pastOf(service, configuration);
  const page = new PageKeeper(service, past, log, configuration);
  page.showErrors(problems);
  await page.use(configuration);
  const metrics = new MetricsFile(service, log);
  metrics.use(configuration.metricsFile);
  const control = await serveControl(configuration.stateDir, questionsFor(service, past), log);
  systemd.ready(service.statusLine());

  const stopWatchdog = startWatchdog(systemd, () => service.sinceLastPassMs());
  const reloads = new Reloads(
    asked,
    { ...startWith, readAt },
    { service, page, metrics, commands, codes, systemd, log },
  );

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    process.on('SIGHUP', () => reloads.now('signal'));
  });
  log.info({}, 'stopping');
  stopWatchdog();
  void systemd.stopping();
  control.stop();
  await reloads.stop();
  page.stop();
  past.stop();
  await metrics.stop();
  await service.stop();
  await commands.stop(COMMANDS_END_MS);
  claim.release();
  log.info({}, 'stopped');
  // what is left (a half-open socket) must not keep us
  process.exit(0);
}

/** The read pass and the event loop count as alive for this long after their last sign. */
const ALIVE_MS = 30_000;

/**
 * Tells systemd that the service lives for as long as the log is read (`WatchdogSec=` of the unit), at half of the unit's
 * interval, where it has one; returns how to end it.
 */
function startWatchdog(systemd: SystemdNotifier, sinceLastPassMs: () => number): () => void {
  const { watchdogIntervalMs } = systemd;
  if (watchdogIntervalMs === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (sinceLastPassMs() < ALIVE_MS) systemd.watchdog();
  }, watchdogIntervalMs);
  return () => clearInterval(timer);
}

type Job = ReturnType<typeof openJob>;

function openJobs({ cron }: Configuration, service: Service, log: Log): readonly Job[] {
  const jobs = [
    ['discovery', cron.discovery, () => service.republishDiscovery()],
    ['summary', cron.summary, () => service.summarise()],
  ] as const;
  return jobs.flatMap(([name, when, act]) => (when === undefined ? [] : openJob(name, when, act, log)));
}

/** What is in force, and before which instant (epoch ms) its files were read. */
type Loaded = Good & { readonly readAt: number };

/** File systems stamp a change with the last tick of the kernel. */
const TICK_MS = 10;

/** Whether a file was changed after an instant (epoch ms), or is gone. */
const isChangedSince = (path: string, at: number): boolean =>
  orElse(() => statSync(path).ctimeMs, Infinity) > at - TICK_MS;

const pathsOf = ({ files }: Configuration): string[] =>
  Object.values(files).filter((file) => file !== undefined);

/** What a reload changes, and which parts get it. */
type Running = {
  readonly service: Service;
  readonly page: PageKeeper;
  readonly metrics: MetricsFile;
  readonly commands: Commands;
  readonly codes: CodeChecker;
  readonly systemd: SystemdNotifier;
  readonly log: Log;
};

/**
 * Reloads when a file of the configuration changes, or when told to, one after the other, and owns the jobs that the
 * configuration sets times for. A file with errors changes nothing, nor does one with settings without effect that were
 * not there before.
 */
class Reloads {
  readonly #asked: string | undefined;
  readonly #service: Service;
  readonly #commands: Commands;
  readonly #log: Log;
  readonly #systemd: SystemdNotifier;
  readonly #codes: CodeChecker;
  readonly #page: PageKeeper;
  readonly #metrics: MetricsFile;
  readonly #watcher: FSWatcher;
  #loaded: Loaded;
  #jobs: readonly Job[];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    asked: string | undefined,
    loaded: Loaded,
    { service, page, metrics, commands, codes, systemd, log }: Running,
  ) {
    this.#codes = codes;
    this.#page = page;
    this.#metrics = metrics;
    this.#asked = asked;
    this.#loaded = loaded;
    this.#service = service;
    this.#commands = commands;
    this.#log = log;
    this.#systemd = systemd;
    this.#jobs = openJobs(loaded.configuration, service, log);
    const paths = pathsOf(loaded.configuration);
    this.#watcher = watch(paths, { ignorePermissionErrors: true });
    this.#watcher.on('all', (event, path) => {
      // every file is added once its watch has begun: what was written since it was read has rung no bell
      if (event === 'add' && !isChangedSince(path, this.#loaded.readAt)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.now('file'), RELOAD_AFTER_MS);
    });
    this.#watcher.on('error', (error) =>
      log.warn({ reason: String(error) }, 'changes of the configuration are not noticed'),
    );
  }

  /** Reloads as soon as an earlier reload is through. `why`: `file` or `signal`. */
  now(why: string): void {
    clearTimeout(this.#timer);
    this.#running = this.#running.then(async () => {
      this.#systemd.reloading();
      try {
        await this.#reload(why);
      } finally {
        this.#systemd.ready(this.#service.statusLine());
      }
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
    await this.#running;
    await this.#stopJobs();
  }

  async #stopJobs(): Promise<void> {
    await Promise.all(this.#jobs.map((job) => job.stop()));
  }

  async #reload(why: string): Promise<void> {
    const log = this.#log;
    const service = this.#service;
    const before = this.#loaded;
    const readAt = Date.now();
    const loaded = load(configFileOf(this.#asked));
    const lost = loaded.ok && why === 'file' ? vanished(loaded, before.texts) : [];
    const problems = loaded.ok ? [...lost, ...newProblems(before.ignored, loaded.ignored)] : loaded.problems;
    if (!loaded.ok || problems.length > 0) {
      for (const problem of problems) log.error({}, formatProblem(problem));
      log.error({ errors: problems.length }, 'the new configuration has errors: the old one stays in force');
      service.concerned('configuration', whereWrong(problems));
      this.#page.showErrors(problems);
      return;
    }
    const { configuration: old } = before;
    const { configuration: next, ignored } = loaded;
    for (const warning of next.warnings) log.warn({}, formatProblem(warning));
    const restarts = changes(old, next);
    if (restarts.has('process')) log.warn({}, 'state_dir and bridge_id only change with a restart');
    this.#commands.configure(next);
    const core = { ...next.core, bridgeId: old.core.bridgeId };
    this.#codes.use(next.codes);
    await service.reload(serviceSettings({ ...next, core }, ignored), {
      ...(restarts.has('broker') ? { broker: brokerOf(next) } : {}),
      ...(restarts.has('log') ? { source: sourceOf(next) } : {}),
    });
    const paths = pathsOf(next);
    this.#loaded = { ...loaded, readAt };
    this.#watcher.unwatch(pathsOf(old).filter((path) => !paths.includes(path)));
    this.#watcher.add(paths);
    service.concerned('configuration', undefined);
    this.#page.showErrors([]);
    await this.#page.use({ ...next, core });
    this.#metrics.use(next.metricsFile);
    await keepLastGood(next, loaded.texts, log);
    await this.#stopJobs();
    this.#jobs = openJobs(next, service, log);
    const { sensors, zones } = next.core;
    log.info({ why, sensors: sensors.length, zones: zones.length }, 'configuration reloaded');
  }
}
