/**
 * A bridge on ports that the test holds in its hands: heyu writes a line, time passes, the broker comes, goes and
 * acknowledges, the process dies and is started again with what it had saved. Everything happens at once, so that
 * a property test can lead it through hundreds of lives.
 */

import { expect } from 'vitest';
import { createService, type Service } from '../../src/service/service.js';
import type {
  Broker,
  BrokerListener,
  Clock,
  FilePosition,
  LineListener,
  LineSource,
  Log,
  LogIncident,
  LogStatus,
  LogPosition,
  Message,
} from '../../src/ports.js';
import type { CoreSettings, ServiceSettings } from '../../src/core-settings.js';
import { stampAt } from '../support/house.js';
import { fakeClock, type FakeClock } from '../support/fake-clock.js';

/** A message that the broker has acknowledged. */
type Delivered = Message & { readonly at: number };

export type Lives = {
  readonly clock: FakeClock;
  /** heyu writes this line with the stamp of now (unless it brings its own); nobody has read it yet. */
  readonly heyu: (...texts: string[]) => void;
  /** Somebody writes this line into the log, as it is. */
  readonly write: (text: string) => void;
  /** The follower looks: everything written so far is handed over, as far as the bridge takes it. */
  readonly look: () => Promise<void>;
  /** heyu writes this, it is read, and the broker acknowledges what follows. */
  readonly hear: (...texts: string[]) => Promise<void>;
  /** What was written is read, the broker comes and acknowledges. */
  readonly settle: () => Promise<void>;
  /** Time passes, and the broker acknowledges what that brought. */
  readonly passAcknowledged: (ms: number) => Promise<void>;
  readonly connect: (sessionPresent?: boolean) => Promise<void>;
  readonly disconnect: () => Promise<void>;
  /** The way back to the broker stands still: it answers no SUBSCRIBE until that is over. */
  readonly stall: (isStalled: boolean) => Promise<void>;
  /** The broker acknowledges up to so many messages in flight. */
  readonly acknowledge: (most?: number) => Promise<void>;
  /** A message comes in. */
  readonly receive: (topic: string, payload: string | Uint8Array, retain?: boolean) => Promise<void>;
  readonly isConnected: () => boolean;
  readonly pass: (ms: number) => Promise<void>;
  /** The process dies and another begins with what was on disk; `logPath` is where its log is. */
  readonly crash: (logPath?: string) => Promise<void>;
  /** The state directory is lost. */
  readonly forget: () => void;
  /** The service is stopped as by SIGTERM, and another begins. */
  readonly restart: () => Promise<void>;
  readonly service: () => Service;
  /** New settings; `others` says what is another one from now on, as `run` decides it. */
  readonly reload: (
    core: CoreSettings,
    others?: { readonly log?: boolean; readonly broker?: boolean; readonly logPath?: string },
  ) => Promise<void>;
  /** Everything that has been acknowledged, over all lives. */
  readonly delivered: readonly Delivered[];
  /** What the broker holds. */
  readonly retained: Map<string, string>;
  /** Everything that the bridge has sent in this connection and that is not acknowledged. */
  readonly inFlight: () => readonly Message[];
  /** Where the log has been read to. */
  readonly position: () => LogPosition;
  /** Every topic that was ever subscribed to. */
  readonly subscriptions: ReadonlySet<string>;
  /** The ids beside the saved document. */
  readonly acknowledged: () => readonly string[];
  /** The saved document. */
  readonly saved: () => unknown;
  readonly told: readonly string[];
  /** heyu fails as long as there is a reason. */
  readonly heyuDoes: { failure?: string | undefined };
  /** The alerts for which the owner's program was run; it fails as long as there is a reason. */
  readonly notified: Record<string, unknown>[] & { failure?: string | undefined };
  /** What heyu was told to switch. */
  readonly commanded: readonly (readonly string[])[];
  /** How often it was tried whether heyu can be commanded. */
  readonly trials: () => number;
  /** Something has happened to the log as a file. */
  readonly incident: (incident: LogIncident) => Promise<void>;
  /** The log is missing, cannot be read, or is followed again. */
  readonly logIs: (status: LogStatus) => Promise<void>;
  /** The lines of the journal, over all lives. */
  readonly journal: readonly string[];
  /** Saves fail as long as this is true. */
  readonly disk: { isFull: boolean };
  /** As long as this is true the follower waits at a rotation for the rest of a message, and a look comes to no end. */
  readonly rotation: {
    isWaited: boolean;
    /** What is written from now on is in the file of this generation. */
    generation: string;
    /** As long as this is true the file of this generation cannot be opened, while older ones are read to their end. */
    isBarred: boolean;
  };
};

/** The broker answers within this time, as long as somebody looks so closely. */
const ANSWERED_MS = 300;
const WATCHED_MS = 10_000;

const DEVICE = { device: 1, inode: 1 };

type WrittenLine = {
  readonly text: string;
  readonly generation: string;
  readonly offset: number;
  readonly end: number;
};

/** What was saved last, part by part: one that is the same object has to have the same content (`StateStore.save`). */
function savedParts(): (document: unknown) => void {
  const known = new Map<string, { readonly part: unknown; readonly text: string }>();
  return (document) => {
    for (const [name, part] of Object.entries(document as object)) {
      const text = JSON.stringify(part);
      const last = known.get(name);
      if (last?.part === part) expect.soft(text, `${name} was changed in place`).toBe(last?.text);
      known.set(name, { part, text });
    }
  };
}

/** Begins the first life, with an empty log and no broker. */
export async function beginLives(settings: CoreSettings): Promise<Lives> {
  const clock = fakeClock();
  const disk = { isFull: false };
  const rotation = { isWaited: false, generation: 'abcdef01', isBarred: false };
  const written: WrittenLine[] = [];
  const delivered: Delivered[] = [];
  const retained = new Map<string, string>();
  const told: string[] = [];
  const subscriptions = new Set<string>();
  const commanded: (readonly string[])[] = [];
  let trials = 0;
  const notified: Lives['notified'] = [];
  const heyu: Lives['heyuDoes'] = {};
  const acknowledged: string[] = [];
  const journal: string[] = [];
  let saved: string | undefined;
  const keepsItsWord = savedParts();
  let life = await begin();

  function newSource(): LineSource & Pick<LineListener, 'incident' | 'status'> {
    let listener: LineListener | undefined;
    let offset = 0;
    let endSeenAt = clock.wallMs();
    let isPaused = false;
    let isStopped = false;
    let generation = '';
    const here = (): FilePosition => ({ generation, ...DEVICE, offset, mark: '', endSeenAt });
    return {
      start: (to, position, generations) => {
        listener = to;
        const [file] = position?.files ?? [];
        offset = file?.offset ?? written.at(-1)?.end ?? 0;
        endSeenAt = file?.endSeenAt ?? clock.wallMs();
        generation = (generations.at(-1) ?? file)?.generation ?? '';
        to.status({ kind: 'following', path: 'heyu.log' });
      },
      position: (): LogPosition => ({ files: [here()] }),
      pause: () => {
        isPaused = true;
      },
      resume: () => {
        isPaused = false;
      },
      lastPassAt: () => clock.monotonicMs(),
      incident: (incident) => listener?.incident(incident),
      status: (status) => listener?.status(status),
      stop: () => {
        isStopped = true;
        return Promise.resolve();
      },
      look: () => {
        if (listener === undefined || isStopped || rotation.isWaited) return;
        const readAt = clock.wallMs();
        const notBefore = endSeenAt;
        for (const line of written) {
          if (line.offset < offset) continue;
          if (isPaused) return;
          if (rotation.isBarred && line.generation === rotation.generation) break;
          if (line.generation !== generation) {
            generation = line.generation;
            listener.generation(here());
          }
          offset = line.end;
          const { text } = line;
          listener.line({
            text,
            generation,
            offset: line.offset,
            file: 'current',
            notBefore,
            readAt,
          });
        }
        if (isPaused) return;
        endSeenAt = Math.min(readAt, clock.wallMs());
        listener.end();
      },
    };
  }

  function newBroker(): Broker & {
    readonly connect: (sessionPresent: boolean) => void;
    readonly cut: () => void;
    readonly stall: (isStalled: boolean) => void;
    readonly acknowledge: (most: number) => void;
    readonly receive: BrokerListener['received'];
    readonly inFlight: () => readonly Message[];
  } {
    type Flying = { readonly message: Message; readonly done: (error?: Error) => void };
    let listener: BrokerListener | undefined;
    let isConnected = false;
    let stalled: (() => void)[] | undefined;
    let flying: Flying[] = [];
    return {
      start: (to) => {
        listener = to;
      },
      publish: (message, done) => void flying.push({ message, done }),
      subscribe: (topics) => {
        for (const topic of topics) subscriptions.add(topic);
        const answer = (): void => {
          if (isConnected) listener?.subscribed(topics, [], true);
        };
        if (stalled === undefined) void Promise.resolve().then(answer);
        else stalled.push(answer);
      },
      unsubscribe: () => undefined,
      isConnected: () => isConnected,
      stop: (last) => {
        if (isConnected) for (const message of last) take(message);
        isConnected = false;
        const lost = flying;
        flying = [];
        for (const { done } of lost) done(new Error('the link is gone'));
        return Promise.resolve();
      },
      stall: (isStalled) => {
        for (const answer of stalled ?? []) answer();
        stalled = isStalled ? [] : undefined;
      },
      connect: (sessionPresent) => {
        isConnected = true;
        listener?.connected(sessionPresent);
      },
      cut: () => {
        isConnected = false;
        const lost = flying;
        flying = [];
        for (const { done } of lost) done(new Error('the link is gone'));
        listener?.closed('the link is gone');
      },
      acknowledge: (most) => {
        for (let i = 0; i < most; i += 1) {
          const first = flying.shift();
          if (first === undefined) return;
          take(first.message);
          first.done();
        }
      },
      receive: (message) => listener?.received(message),
      inFlight: () => flying.map(({ message }) => message),
    };
  }

  function take(message: Message): void {
    const { topic, payload, retain } = message;
    delivered.push({ ...message, at: clock.wallMs() });
    if (!retain) return;
    if (payload === '') retained.delete(topic);
    else retained.set(topic, payload);
  }

  function served(core: CoreSettings, logPath: string): ServiceSettings {
    return {
      core,
      logPath,
      sessionKind: 'persistent',
      sessionName: 'cellar',
      birthTopic: 'homeassistant/status',
      birthPayload: 'online',
    };
  }

  async function begin(logPath = 'heyu.log'): Promise<{
    source: ReturnType<typeof newSource>;
    broker: ReturnType<typeof newBroker>;
    service: Service;
    end: () => void;
  }> {
    const source = newSource();
    const broker = newBroker();
    const callOffs = new Set<() => void>();
    let isOver = false;
    const ownClock: Clock = {
      ...clock,
      after: (delayMs, wake) => {
        const callOff = clock.after(delayMs, () => {
          callOffs.delete(callOff);
          wake();
        });
        callOffs.add(callOff);
        return () => {
          callOffs.delete(callOff);
          callOff();
        };
      },
    };
    const tell = (fields: object, message: string): void => {
      told.push(`${message} ${JSON.stringify(fields)}`);
    };
    /** A process that is dead writes nothing. */
    const record = (act: () => unknown): Promise<void> => {
      if (isOver) return Promise.resolve();
      if (disk.isFull) return Promise.reject(new Error('the disk is full'));
      act();
      return Promise.resolve();
    };
    const log: Log = { debug: () => undefined, info: tell, warn: tell, error: tell };
    const service = await createService(served(settings, logPath), {
      clock: ownClock,
      log,
      store: {
        acknowledged: {
          load: () => Promise.resolve([...acknowledged]),
          append: (ids) => record(() => acknowledged.push(...ids)),
          replace: (ids) => record(() => acknowledged.splice(0, Infinity, ...ids)),
        },
        load: () => Promise.resolve(saved === undefined ? undefined : JSON.parse(saved)),
        save: (document) =>
          record(() => {
            keepsItsWord(document);
            saved = JSON.stringify(document);
          }),
      },
      journal: {
        last: () => Promise.resolve(journal.slice(-100)),
        append: (text) => record(() => journal.push(...text.trimEnd().split('\n'))),
      },
      source,
      broker,
      random: () => 0.5,
      runHeyu: (args, done) => {
        if (args[0] === 'enginestate') trials += 1;
        else commanded.push(args);
        // a process that has died hears no answer
        const { failure } = heyu;
        queueMicrotask(() => {
          if (!isOver) done?.(failure);
        });
      },
      onAlert: (alert, done) => {
        notified.push(alert);
        done(notified.failure);
      },
      status: () => undefined,
    });
    await service.start();
    return {
      source,
      broker,
      service,
      end: () => {
        isOver = true;
        for (const callOff of callOffs) callOff();
      },
    };
  }

  const write = (text: string): void => {
    const offset = written.at(-1)?.end ?? 0;
    written.push({ text, generation: rotation.generation, offset, end: offset + text.length + 1 });
  };

  /** Whatever was begun comes to its end; nothing here takes time. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };

  const lives: Lives = {
    clock,
    hear: async (...texts) => {
      lives.heyu(...texts);
      await lives.look();
      await lives.acknowledge();
    },
    settle: async () => {
      await lives.look();
      await lives.connect();
      await lives.acknowledge();
    },
    passAcknowledged: async (ms) => {
      await lives.pass(ms);
      await lives.acknowledge();
    },
    heyu: (...texts) => {
      for (const text of texts) {
        write(/^\d\d[/.]\d\d /.test(text) ? text : `${stampAt(clock.wallMs())}  ${text}`);
      }
    },
    write,
    look: async () => {
      life.source.look();
      await settle();
    },
    connect: async (sessionPresent = true) => {
      if (!life.broker.isConnected()) life.broker.connect(sessionPresent);
      await settle();
    },
    disconnect: async () => {
      if (life.broker.isConnected()) life.broker.cut();
      await settle();
    },
    stall: async (isStalled) => {
      life.broker.stall(isStalled);
      await settle();
    },
    acknowledge: async (most = Infinity) => {
      if (life.broker.isConnected()) {
        for (let left = most; left > 0 && life.broker.inFlight().length > 0; left -= 20) {
          life.broker.acknowledge(Math.min(left, 20));
          await settle();
        }
      }
      await settle();
    },
    receive: async (topic, payload, retain = false) => {
      const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
      if (life.broker.isConnected()) {
        life.broker.receive({ topic, payload: bytes, retain, duplicate: false, id: undefined });
      }
      await settle();
    },
    isConnected: () => life.broker.isConnected(),
    pass: async (ms) => {
      let left = ms;
      // the broker answers what is asked meanwhile
      for (; left > ANSWERED_MS && ms - left < WATCHED_MS; left -= ANSWERED_MS) {
        clock.pass(ANSWERED_MS);
        await settle();
      }
      clock.pass(left);
      await settle();
    },
    crash: async (logPath) => {
      life.end();
      life = await begin(logPath);
      await settle();
    },
    forget: () => {
      saved = undefined;
      acknowledged.length = 0;
    },
    restart: async () => {
      const stopping = life.service.stop();
      await settle();
      // messages that nobody acknowledges are waited for, but not for long
      for (let i = 0; i < 300; i += 1) {
        clock.pass(10);
        await settle();
      }
      await stopping;
      life.end();
      life = await begin();
      await settle();
    },
    service: () => life.service,
    reload: async (core, { log = false, broker = false, logPath = 'heyu.log' } = {}) => {
      const others = {
        ...(log ? { source: newSource() } : {}),
        ...(broker ? { broker: newBroker() } : {}),
      };
      const reloading = life.service.reload(served(core, logPath), others);
      await settle();
      await reloading;
      life = { ...life, ...others };
      await settle();
    },
    journal,
    delivered,
    retained,
    subscriptions,
    inFlight: () => life.broker.inFlight(),
    position: () => life.source.position(),
    acknowledged: () => acknowledged,
    saved: () => (saved === undefined ? undefined : (JSON.parse(saved) as unknown)),
    told,
    notified,
    heyuDoes: heyu,
    commanded,
    trials: () => trials,
    incident: async (incident) => {
      life.source.incident(incident);
      await settle();
    },
    logIs: async (status) => {
      life.source.status(status);
      await settle();
    },
    disk,
    rotation,
  };
  return lives;
}
