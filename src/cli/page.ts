/** The page of the running service: opened, closed and opened again as the configuration requires. */

import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { orElse } from '../common/error.js';
import type { Configuration } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { PageHost } from '../io/web/host.js';
import type { PastReader } from '../io/history/past-reader.js';
import type { OpenPage } from '../io/web/page.js';
import type { Log } from '../ports.js';
import type { Service } from '../service/service.js';
import type { ConfigurationError } from '../web/protocol.js';
import { readX10ConfigFile } from './heyu-install.js';
import { programFile } from './program-files.js';
import { proposeName, watchedNames } from './proposed-names.js';

/** What the page is made with; the rest is read when it is asked for. */
type Settings = Pick<Configuration, 'core' | 'web' | 'files' | 'stateDir'>;

/** What reads what was. */
type Past = Pick<PastReader, 'read' | 'timeline' | 'earlierLines'>;

/** Owns the page of a service. Nothing of it keeps the service from running. */
export class PageKeeper {
  readonly #service: Service;
  readonly #log: Log;
  readonly #past: Past;
  #settings: Settings;
  #opened: Settings['web'] | undefined;
  #page: OpenPage | undefined;
  #errors: readonly ConfigurationError[] = [];

  /** Opens nothing yet. */
  constructor(service: Service, past: Past, log: Log, settings: Settings) {
    this.#past = past;
    this.#service = service;
    this.#log = log;
    this.#settings = settings;
  }

  /** From now on this is in force. */
  async use(settings: Settings): Promise<void> {
    const { web, core } = settings;
    this.#settings = settings;
    this.#page?.changed();
    if (isDeepStrictEqual(web, this.#opened)) return;
    this.#page?.stop();
    this.#page = undefined;
    this.#opened = web;
    const { listen } = web;
    if (listen === 'off') return;
    const { openPage } = await import('../io/web/page.js');
    this.#page = await openPage(
      {
        ...web,
        listen,
        machine: hostname(),
        cookie: `heyu2mqtt_${core.bridgeId}`,
        assets: programFile('dist/web'),
      },
      this.#host(),
    );
  }

  /** Where it is served; undefined = it is not. */
  url(): string | undefined {
    return this.#page?.at;
  }

  /** What is wrong with the configuration on disk. */
  showErrors(problems: readonly Problem[]): void {
    this.#errors = problems.map(({ file, line, key, problem, hint }) => ({
      file,
      line: line ?? null,
      key: key === '' ? null : key,
      problem,
      hint: hint ?? null,
    }));
    this.#page?.changed();
  }

  stop(): void {
    this.#page?.stop();
  }

  #host(): PageHost {
    const stateDir = this.#settings.stateDir;
    return {
      service: this.#service,
      log: this.#log,
      errors: () => this.#errors,
      x10config: () => orElse(() => readX10ConfigFile(this.#settings.files.x10config), undefined),
      proposed: watchedNames(stateDir),
      propose: (body) => proposeName(stateDir, this.#service.settings.core, body),
      past: (request) => this.#past.read(request),
      timeline: (window, until) => this.#past.timeline(window, until),
      earlierLines: (earlier) => this.#past.earlierLines(earlier),
    };
  }
}
