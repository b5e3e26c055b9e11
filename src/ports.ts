/**
 * The ports of the bridge: what its loop needs from the outside world. `src/io` implements them, tests bring
 * their own. Instants (`at`, `...At`) are epoch milliseconds, monotonic times are milliseconds of no epoch.
 */

/** A moment. */
export type Now = {
  /** Wall time, epoch milliseconds: for stamps and for what a person reads. */
  readonly at: number;
  /** Monotonic milliseconds of no epoch: for deadlines, because wall clocks are set back. */
  readonly mono: number;
};

/** Wall time for stamps, monotonic time for deadlines: a clock set back an hour must not stretch them. */
export type Clock = {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  /** Calls `wake` once after `delayMs` (any length; long ones are cut up), returns how to call it off. */
  readonly after: (delayMs: number, wake: () => void) => () => void;
};

/** Structured log: `info` = life of the service, `debug` = each signal, `warn` = someone should look. */
export type Log = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
>;

/** Where one file of the log has been read to. */
export type FilePosition = {
  /** Names the content, not the file: random (8 hex digits), new when a file is begun or found rewritten. */
  readonly generation: string;
  readonly device: number;
  readonly inode: number;
  /** Bytes of completed lines. */
  readonly offset: number;
  /** The at most 256 bytes before `offset`, base64: if they differ, the file was rewritten. */
  readonly mark: string;
  /** When the end of this file was last seen: no line read later can be older. */
  readonly endSeenAt: number;
  /** When the file was made, as long as nothing was read that recognises it. Epoch ms, of the clock of then. */
  readonly born?: number;
};

/** A rotated file; its times are of the clock of then. */
export type RotatedFile = {
  readonly device: number;
  readonly inode: number;
  /** Epoch milliseconds; 0 where the file system does not know. */
  readonly createdAt: number;
  /** Epoch milliseconds; whoever packs the file keeps it. */
  readonly modifiedAt: number;
};

/** Where the log has been read to. */
export type LogPosition = {
  /** In order of time, the current one last. */
  readonly files: readonly FilePosition[];
  /** Rotated files that are older, although their times say that they are younger: the clock was set back. */
  readonly older?: readonly RotatedFile[];
};

/** One complete line of the log, without its line feed. */
export type LogLine = {
  readonly text: string;
  /** `FilePosition.generation` of its file. */
  readonly generation: string;
  /** Byte offset of its first byte. */
  readonly offset: number;
  /** `old` = written to a file after the name had moved on (rotation): only self-contained lines count. */
  readonly file: 'current' | 'old';
  /** The line cannot be older than this: the last time the follower saw the end of its file. */
  readonly notBefore: number;
  /** The wall time at which it was read. The line cannot be newer. */
  readonly readAt: number;
};

/** What can be said of the log as a file. Each is reported once per transition. */
export type LogStatus =
  | { readonly kind: 'following'; readonly path: string }
  | { readonly kind: 'missing'; readonly path: string; readonly existedBefore: boolean }
  | { readonly kind: 'unreadable'; readonly path: string; readonly code: string; readonly hint: string };

/** Things that happened to the file, for the log and the counters. */
export type LogIncident =
  | { readonly kind: 'rotated'; readonly path: string }
  | { readonly kind: 'rewritten'; readonly path: string; readonly offset: number }
  | { readonly kind: 'line_too_long'; readonly path: string; readonly bytes: number }
  /**
   * Lines are gone for good between these instants (`from` = end last seen, `to` = first stamp or file date): after the
   * line that was handed over last or, if `isAhead`, where a `gap` is told of.
   */
  | {
      readonly kind: 'lost';
      readonly path: string;
      readonly from: number;
      readonly to: number;
      readonly isAhead?: true;
    }
  /** Lines that are gone for good, and were told of before, may have stood after the line that was handed over last. */
  | { readonly kind: 'gap'; readonly path: string };

/** What a line source calls. All calls come from its own read pass, one at a time, in order. */
export type LineListener = {
  readonly line: (line: LogLine) => void;
  /** The end of the current file was reached; everything before `position()` was handed over. */
  readonly end: () => void;
  /** A new generation was begun, before its first line is handed over. */
  readonly generation: (file: FilePosition) => void;
  readonly status: (status: LogStatus) => void;
  readonly incident: (incident: LogIncident) => void;
};

/** A log that is being followed. */
export type LineSource = {
  /**
   * Begins to read: from `position` or, without one, from the end of the file (a file that appears later from
   * its beginning). `generations` are files begun after that position, so that their ids stay the same.
   */
  readonly start: (
    listener: LineListener,
    position: LogPosition | undefined,
    generations: readonly FilePosition[],
  ) => void;
  /** Where the next line begins. Callable at any time, also from within `line`. */
  readonly position: () => LogPosition;
  /** Looks now for what has been written, instead of waiting for notice of it; `end` follows. */
  readonly look: () => void;
  /** Stops handing over lines (after the one in hand) until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** When the last read pass ended (monotonic), for the watchdog. */
  readonly lastPassAt: () => number;
  readonly stop: () => Promise<void>;
};

/** A message to publish, always at QoS 1. */
export type Message = { readonly topic: string; readonly payload: string; readonly retain: boolean };

/** A message that came in. */
export type Received = {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The retain flag as delivered: a stored copy on most brokers (docs/design.md, "Security state"). */
  readonly retain: boolean;
  /** DUP: the broker has sent it before, and nobody knows whether it has come. */
  readonly duplicate: boolean;
  /** The packet identifier, which it has again when it is sent again; undefined at QoS 0. */
  readonly id: number | undefined;
};

/** What the connection tells. All calls come one at a time, in the order of the packets. */
export type BrokerListener = {
  /** CONNACK accepted; comes before every `received` of this connection. `url` without user and password. */
  readonly connected: (sessionPresent: boolean, url?: string) => void;
  readonly received: (message: Received) => void;
  /**
   * SUBACK for topics of a `subscribe`: which were refused (code >= 0x80). `isAnswered` false: none came in time, and all
   * count as refused. Each topic of each `subscribe` is told once, unless the link goes first.
   */
  readonly subscribed: (topics: readonly string[], refused: readonly string[], isAnswered: boolean) => void;
  /** The link is gone; `reason` in words for people. Not called again until after the next `connected`. */
  readonly closed: (reason: string) => void;
  /** An attempt failed before CONNACK was accepted; called for every attempt, `reason` in words for people. */
  readonly refused: (reason: string) => void;
  /** The same client id is used by someone else: a takeover loop was recognised (or is over). */
  readonly takeover: (happening: boolean, clientId: string) => void;
};

/** One connection to the broker that is made again forever. Holds no queue of its own. */
export type Broker = {
  readonly start: (listener: BrokerListener) => void;
  /**
   * Sends one message; only while connected. `done` is called once: with nothing when the broker has
   * acknowledged it, with the error otherwise (also when the link goes down first).
   */
  readonly publish: (message: Message, done: (error?: Error) => void) => void;
  /** Sends a SUBSCRIBE at QoS 1 that really goes out, also for topics subscribed before. Exact topics only. */
  readonly subscribe: (topics: readonly string[]) => void;
  readonly unsubscribe: (topics: readonly string[]) => void;
  readonly isConnected: () => boolean;
  /** Publishes what `last` holds, disconnects cleanly and never comes back. At most `timeoutMs`. */
  readonly stop: (last: readonly Message[], timeoutMs: number) => Promise<void>;
};

/** Ids in a file beside the document. Nothing waits for the disk: what was written outlives the process. */
export type IdFile = {
  /** What can be read of it, oldest first; never rejects. */
  readonly load: () => Promise<readonly string[]>;
  /** Resolves when the system has taken them; rejects when it does not. One call at a time, as for `replace`. */
  readonly append: (ids: readonly string[]) => Promise<void>;
  /** The same, for all that is to stand in it. */
  readonly replace: (ids: readonly string[]) => Promise<void>;
};

/** A small document on disk, replaced atomically. */
export type StateStore = {
  /** The events that were acknowledged since the last save. */
  readonly acknowledged: IdFile;
  /** The stored document, or undefined when there is none or it was set aside as damaged. */
  readonly load: () => Promise<unknown>;
  /**
   * Resolves when it is safely on disk; rejects when it cannot be written. Calls are serialised. What is the same object in
   * the next document has the same content: its parts are replaced, never changed.
   */
  readonly save: (document: unknown) => Promise<void>;
};

/** Lines that are kept for those who ask later. The oldest are dropped: who implements it says when. */
export type JournalFile = {
  /** The last of them, oldest first; never rejects. */
  readonly last: () => Promise<readonly string[]>;
  /**
   * Appends whole lines; a file that is begun with them has those of `head` before. Resolves when the system has taken
   * them, rejects when it does not. One call at a time.
   */
  readonly append: (text: string, head: () => string) => Promise<void>;
};

/** The codes of one zone. Bytes are base64. */
export type ZoneCodes = {
  readonly salt: string;
  /** The scrypt hash of each code, by the name of its owner. */
  readonly hashes: Readonly<Record<string, string>>;
};

/** By zone; `damaged`: no code is right, and every zone asks for one. */
export type Codes = Readonly<Record<string, ZoneCodes>> | 'damaged';
