/** The metrics of the service and of its process, as text for Prometheus: for a request, or written into a file. */

import { readdirSync, statSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { SECOND } from '../common/duration.js';
import { errorCode, orElse } from '../common/error.js';
import type { Log } from '../ports.js';
import type { Service } from '../service/service.js';
import { metricsText, type MetricsFormat, type ProcessFigures } from '../web/metrics.js';

type Told = Pick<Service, 'figures' | 'position' | 'settings'>;

/** The text of this moment. */
export function currentMetrics(service: Told, page: ProcessFigures['page'], format: MetricsFormat): string {
  const { user, system } = process.cpuUsage();
  return metricsText(
    service.figures(),
    {
      node: process.version,
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
      openFiles: orElse(() => readdirSync('/proc/self/fd').length, undefined),
      lagBytes: lagOf(service),
      page,
    },
    format,
  );
}

/** Bytes of the log that are not read yet; undefined where it is not there, or another file by now. */
function lagOf(service: Told): number | undefined {
  const read = service.position().files.at(-1);
  const file = orElse(() => statSync(service.settings.logPath), undefined);
  return read === undefined || file?.ino !== read.inode ? undefined : Math.max(0, file.size - read.offset);
}

/** Prometheus collects about as often. */
const EVERY_MS = 15 * SECOND;

/** What of the page belongs to it is asked of the page itself. */
const NO_PAGE = { streams: 0, dropped: 0, errors: 0 };

/**
 * Keeps a file for the textfile collector of node_exporter up to date, which reads every `*.prom` of a directory: written
 * beside it under another name and renamed, so that no half of it is ever read. A file that cannot be written is said
 * once, and tried again.
 */
export class MetricsFile {
  readonly #service: Told;
  readonly #log: Pick<Log, 'info' | 'warn'>;
  #path: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failure = '';

  constructor(service: Told, log: Pick<Log, 'info' | 'warn'>) {
    this.#service = service;
    this.#log = log;
  }

  /** From now on the figures go there; undefined = nowhere. A file that is not written any more is removed. */
  use(path: string | undefined): void {
    const before = this.#path;
    if (path === before) return;
    clearInterval(this.#timer);
    this.#path = path;
    if (before !== undefined) this.#then(() => rm(before, { force: true }));
    if (path === undefined) return;
    this.#then(() => this.#write(path));
    this.#timer = setInterval(() => this.#then(() => this.#write(path)), EVERY_MS);
  }

  /** Removes the file: figures that stand still would be taken for those of now. */
  async stop(): Promise<void> {
    this.use(undefined);
    await this.#writing;
  }

  /** One after the other; nothing of it is ever a reason for the service to end. */
  #then(act: () => Promise<void>): void {
    this.#writing = this.#writing.then(act).then(
      () => this.#tell(''),
      (error: unknown) => this.#tell(errorCode(error)),
    );
  }

  async #write(path: string): Promise<void> {
    const fresh = `${path}.${process.pid}`;
    try {
      await writeFile(fresh, currentMetrics(this.#service, NO_PAGE, 'text'));
      // the collector is another user
      await chmod(fresh, 0o644);
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  #tell(failure: string): void {
    if (failure === this.#failure) return;
    this.#failure = failure;
    const path = this.#path ?? '';
    if (failure === '') this.#log.info({ path }, 'the file of metrics is written again');
    else this.#log.warn({ path, reason: failure }, 'the file of metrics cannot be written');
  }
}
