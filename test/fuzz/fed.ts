/** The service with everything in it, on ports that keep nothing: lines and messages are given to it directly. */

import type { BrokerListener, LineListener } from '../../src/ports.js';
import { createService } from '../../src/service/service.js';
import { fakeClock } from '../support/fake-clock.js';
import { coreSettings, sensorSettings, zoneSettings } from '../support/settings.js';

/** A running service. */
export type Fed = {
  readonly line: (text: string) => void;
  readonly receive: (topic: string, payload: Uint8Array, retain: boolean) => void;
  /** The connection is lost and made again. */
  readonly reconnect: (sessionPresent: boolean) => void;
  readonly pass: (ms: number) => void;
  /** Whatever waits for a promise goes on. */
  readonly settle: () => Promise<void>;
  /** What it listens to, sorted. */
  readonly topics: () => readonly string[];
  /** What a message may change at once: the zones, and how much was published and given to heyu. */
  readonly seen: () => string;
  /** Bytes of what it keeps on disk, and of the topics that it has published. */
  readonly kept: () => number;
  /** What is on disk. */
  readonly checkpoint: () => string;
};

/** A house with everything in it. */
export const settings = coreSettings({
  sensors: [
    sensorSettings('A1', 'MS14A', { holdMs: 60_000, dusk: 'A2', zone: 'own' }),
    sensorSettings('A3', 'MS14A', { holdMs: 60_000, zone: 'others' }),
    sensorSettings('B1', 'DS10A', { type: 'door', zone: 'own' }),
    sensorSettings('C1', 'LM465', { type: 'light' }),
    sensorSettings('C3', 'AM486', { type: 'appliance' }),
    sensorSettings('D1', 'KR10A', { alias: 'fob', type: 'remote' }),
    sensorSettings('E1', 'SD10', { type: 'smoke', zone: 'others' }),
  ],
  zones: [
    zoneSettings('own', { keyfobs: ['fob'], followHeyu: true }),
    zoneSettings('coded', { hasCodes: true }),
    zoneSettings('others', { kind: 'external', stateTopic: 'alarmo/state' }),
  ],
  homeassistant: { discovery: 'off', prefix: 'homeassistant' },
  control: true,
});

/** Time passes with each line. */
const STEP_MS = 20;
const CODE = '1234';

/** Starts one; `stored` is the document of an earlier life. */
export async function fedService(stored?: unknown): Promise<Fed> {
  const clock = fakeClock();
  const subscriptions = new Set<string>();
  const published = new Set<string>();
  let sent = 0;
  let commands = 0;
  let offset = 0;
  let document: unknown = null;
  let broker: BrokerListener | undefined;
  let log: LineListener | undefined;
  const inFlight: ((error?: Error) => void)[] = [];
  const here = { generation: 'abcdef01', device: 1, inode: 1, mark: '' };
  const position = (): typeof here & { offset: number; endSeenAt: number } => ({
    ...here,
    offset,
    endSeenAt: clock.wallMs(),
  });
  const nothing = (): void => undefined;
  const done = (): Promise<void> => Promise.resolve();
  const service = await createService(
    {
      core: settings,
      logPath: 'heyu.log',
      sessionKind: 'persistent',
      sessionName: 'cellar',
      birthTopic: 'homeassistant/status',
      birthPayload: 'online',
    },
    {
      clock,
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      store: {
        acknowledged: { load: () => Promise.resolve([]), append: done, replace: done },
        load: () => Promise.resolve(stored),
        save: (saved) => {
          document = saved;
          return done();
        },
      },
      journal: { last: () => Promise.resolve([]), append: done },
      source: {
        start: (listener) => {
          log = listener;
          listener.status({ kind: 'following', path: 'heyu.log' });
          listener.generation(position());
        },
        position: () => ({ files: [position()] }),
        look: () => log?.end(),
        pause: nothing,
        resume: nothing,
        lastPassAt: () => clock.monotonicMs(),
        stop: done,
      },
      broker: {
        start: (listener) => {
          broker = listener;
        },
        publish: ({ topic }, acknowledged) => {
          published.add(topic);
          sent += 1;
          inFlight.push(acknowledged);
        },
        subscribe: (topics) => {
          for (const topic of topics) subscriptions.add(topic);
          queueMicrotask(() => broker?.subscribed(topics, [], true));
        },
        unsubscribe: nothing,
        isConnected: () => true,
        stop: done,
      },
      random: () => 0.5,
      runHeyu: (args, told) => {
        commands += 1;
        // heyu is run with these words: none of them may be the sender's own
        if (!args.every((word) => /^[a-zA-Z0-9]+$/.test(word)))
          throw new Error(`heyu was given ${JSON.stringify(args)}`);
        queueMicrotask(() => told?.(undefined));
      },
      checkCode: (_zone, code) => Promise.resolve(code === CODE ? 'anna' : undefined),
      status: nothing,
    },
  );
  await service.start();
  broker?.connected(false);
  const pass = (ms: number): void => {
    for (const acknowledged of inFlight.splice(0)) acknowledged();
    clock.pass(ms);
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i += 1) await Promise.resolve();
  };
  await settle();
  pass(STEP_MS);
  return {
    line: (text) => {
      pass(STEP_MS);
      const at = clock.wallMs();
      const begins = offset;
      offset += text.length + 1;
      const { generation } = here;
      const times = { notBefore: at - 1000, readAt: at };
      log?.line({ text, generation, offset: begins, file: 'current', ...times });
      log?.end();
    },
    receive: (topic, payload, retain) => {
      broker?.received({ topic, payload, retain, duplicate: false, id: undefined });
    },
    reconnect: (sessionPresent) => {
      broker?.closed('the link is gone');
      for (const acknowledged of inFlight.splice(0)) acknowledged(new Error('the link is gone'));
      broker?.connected(sessionPresent);
    },
    pass,
    settle,
    topics: () => [...subscriptions].sort(),
    seen: () => JSON.stringify([sent, commands, service.status().zones]),
    kept: () => JSON.stringify(document).length + [...published].join('').length,
    checkpoint: () => JSON.stringify(document),
  };
}
