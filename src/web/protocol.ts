/**
 * What the page and the service say to each other: types only, for both sides. Everything is JSON; addresses are relative
 * to the page (`./api/...`). Instants with a name that ends in `At` are epoch ms; the others are ISO 8601 with offset.
 *
 * | request | answer |
 * | --- | --- |
 * | `GET ./api/state` | `PageState` |
 * | `GET ./api/state?since=ID` | `Polled`: what has happened since, for where streams do not get through |
 * | `GET ./api/events` | server-sent events of `PageEvents`; `id:` is the event's `id`, `Last-Event-ID` or `?since=ID` continues behind it |
 * | `GET ./api/lines` | `readonly ExplainedLine[]`, the oldest first, 500 at most |
 * | `GET ./api/timeline?from=MS&to=MS&px=N` | `Timeline` |
 * | `GET ./api/why?name=ALIAS_OR_ZONE&at=MS` | `WhyAnswer` |
 * | `POST ./api/login` with `LoginRequest` | `Access`, and a cookie |
 * | `POST ./api/logout` | `Access` |
 * | `POST ./api/names` with `ProposedName` | `readonly ProposedName[]`: all that wait |
 *
 * A POST has `content-type: application/json`. A refused request is answered with `Refused` and one of: 400 not
 * understood, 401 log in first, 403 not from here, 404, 405, 413, 415, 421 not under this name (`Host`), 422 not a valid
 * name, 429 too often (with `Retry-After`, seconds), 500, 503 not now.
 */

import type { HouseStatus, UnnamedStatus } from '../service/status.js';

/** Names an event of one life of the service: another life has other ids. To be compared for equality only. */
export type EventId = string;

/** Who looks, and what that allows. */
export type Access = {
  /** `open`: reading needs no log-in here. `ingress`: Home Assistant has asked already. */
  readonly by: 'open' | 'token' | 'ingress' | 'nobody';
  /** The token's name, or the user of Home Assistant; null = not logged in. */
  readonly user: string | null;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
};

/** What can be concluded of a sender without a name, as `alias learn` does. */
export type Guess = {
  /** A whole sentence for people. */
  readonly words: string;
  /** For the alias; null = nothing is known. */
  readonly alias: string | null;
  readonly model: string | null;
  /** Where the model is not known; null = nothing is known. */
  readonly type: string | null;
};

/** A sender without a name. */
export type UnnamedSender = UnnamedStatus & {
  readonly guess: Guess | null;
  /** The alias that was given on the page and waits for `alias adopt`. */
  readonly proposed: string | null;
};

/** A name that was given on the page and waits for `sudo heyu2mqtt alias adopt`. */
export type ProposedName = {
  /** Of the alias file: small letters, digits, `_`, a letter first. */
  readonly alias: string;
  /** House code and unit, `A3`. */
  readonly address: string;
  readonly name?: string;
  readonly type?: string;
  readonly model?: string;
  readonly zone?: string;
  readonly area?: string;
};

/** What is wrong with a configuration that was not taken. */
export type ConfigurationError = {
  readonly file: string;
  /** Null where it concerns no line, or no key. */
  readonly line: number | null;
  readonly key: string | null;
  readonly problem: string;
  readonly hint: string | null;
};

/** The house, as `heyu2mqtt status --json` has it. */
export type PageHouse = Omit<HouseStatus, 'unnamed'> & { readonly unnamed: readonly UnnamedSender[] };

/** The house, whole. */
export type PageState = {
  /** Of the last event that is contained in it. */
  readonly id: EventId;
  /** In which heyu writes its log, an IANA name. */
  readonly timeZone: string;
  readonly house: PageHouse;
  /** Of a configuration that was not taken; empty = what is on disk is in force. */
  readonly errors: readonly ConfigurationError[];
  readonly access: Access;
};

/** What has changed. What is missing is as before; of `zones` and `sensors` only those are there that are others now. */
export type Change = { readonly at: string } & Partial<
  Pick<PageHouse, 'log' | 'broker' | 'problems' | 'zones' | 'sensors' | 'unnamed'> & Pick<PageState, 'errors'>
>;

/** One thing that `explain` says of a line. */
export type LineRow = {
  /** `unit`, `change`, `judged`, `publish` ...: what kind of thing it is. */
  readonly kind: string;
  /** What stands before the words: heyu's source, `->`, `=>` ... */
  readonly lead: string;
  readonly words: string;
};

/** What was heard from the house: heyu's own commands are not. */
export type Heard = {
  /** Null: it has no name. */
  readonly alias: string | null;
  /** Its address, or its security id. */
  readonly sender: string;
  readonly function: string;
};

/** A line of heyu's log, or what time alone has caused (`text` is null then). */
export type ExplainedLine = {
  /** Grows. */
  readonly number: number;
  /** The line's own time; null = it has none. */
  readonly at: string | null;
  readonly text: string | null;
  readonly rows: readonly LineRow[];
  readonly heard: readonly Heard[];
};

/** Events of the stream and their data. The first one is `snapshot`, or what was missed behind `Last-Event-ID`. */
export type PageEvents = {
  readonly snapshot: PageState;
  readonly change: Change;
  readonly line: ExplainedLine;
  /** Every 15 s. */
  readonly ping: { readonly at: string };
};

/** An event as the polling fallback brings it. */
export type PageEvent = {
  readonly [Name in keyof PageEvents]: {
    readonly id: EventId;
    readonly event: Name;
    readonly data: PageEvents[Name];
  };
}[keyof PageEvents];

/** What has happened since `since`; one `snapshot` where that is not known any more. */
export type Polled = { readonly id: EventId; readonly events: readonly PageEvent[] };

/** A piece of a lane: `[x, width, triggers, from, to]`, in pixels from the left, at least one wide, and epoch ms. */
export type Run = readonly [x: number, width: number, triggers: number, from: number, to: number];

/** A sensor over time. */
export type Lane = {
  readonly alias: string;
  readonly name: string;
  readonly zone: string | null;
  /** When it was ON; what lies within one pixel is one run. */
  readonly runs: readonly Run[];
};

/** From, to; epoch ms. */
export type Span = readonly [from: number, to: number];

/** A zone over time. */
export type ZoneLane = {
  readonly zone: string;
  readonly name: string;
  /** Each with its state: `armed_away`, `disarmed` ..., `unknown`. What is in none of them is not known. */
  readonly spans: readonly (readonly [from: number, to: number, state: string])[];
};

/** An alert. */
export type AlertMark = {
  readonly at: number;
  readonly zone: string | null;
  readonly alias: string | null;
  readonly kind: string;
};

/** What was in a window of time. */
export type Timeline = {
  readonly from: number;
  readonly to: number;
  readonly px: number;
  /** The first instant of which anything is known; null = nothing is. */
  readonly begins: number | null;
  readonly lanes: readonly Lane[];
  readonly zones: readonly ZoneLane[];
  readonly alerts: readonly AlertMark[];
  /** The log or the bridge was away: what happened then is not known. */
  readonly gaps: readonly Span[];
  /** From sunset to sunrise; empty where the place of the house is not configured. */
  readonly night: readonly Span[];
};

/** Why something happened, or did not. */
export type WhyAnswer = {
  readonly found: boolean;
  /** It was worked out afterwards, with the settings of today. */
  readonly today: boolean;
  /** Whole sentences, in the order in which things happened. */
  readonly words: readonly string[];
};

/** Body of `POST ./api/login`. */
export type LoginRequest = { readonly token: string };

/** Why something was not done, in words for people. */
export type Refused = { readonly error: string; readonly hint?: string };
