/** What the page needs of the program that serves it. */

import type { Refusal } from '../../common/error.js';
import type { JsonObject } from '../../common/json.js';
import type { Past, PastRequest } from '../../history/past.js';
import type { X10Config } from '../../heyu/x10config.js';
import type { Log } from '../../ports.js';
import type { Service } from '../../service/service.js';
import type { ConfigurationError, ProposedName, Timeline } from '../../web/protocol.js';
import type { Window } from '../../web/timeline.js';
import type { EarlierLines } from '../history/earlier-lines.js';

/** The program behind the page. */
export type PageHost = {
  readonly service: Pick<
    Service,
    'settings' | 'status' | 'figures' | 'observe' | 'position' | 'sinceLastPassMs' | 'concerned'
  >;
  readonly log: Log;
  /** Of a configuration that was not taken. */
  readonly errors: () => readonly ConfigurationError[];
  /** heyu's own configuration, read again; undefined = it is not known. */
  readonly x10config: () => X10Config | undefined;
  /** The names that wait for `alias adopt`. */
  readonly proposed: () => readonly ProposedName[];
  /** Proposes a name: all that wait then, or why not. */
  readonly propose: (body: JsonObject) => readonly ProposedName[] | Refusal;
  /** What was in a window of time; rejects when that cannot be read now. */
  readonly past: (request: PastRequest) => Promise<Past>;
  /** The drawing of a window, up to then; likewise. Epoch ms. */
  readonly timeline: (window: Window, until: number) => Promise<Timeline>;
  /** The lines that were in the log before, each as JSON (`ExplainedLine`); likewise. */
  readonly earlierLines: (earlier: EarlierLines) => Promise<readonly string[]>;
};
