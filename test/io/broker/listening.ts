/** A connection under test and everything that it has told, in order. */

import { onTestFinished } from '../../support/test-end.js';
import { BrokerConnection } from '../../../src/io/broker/connection.js';
import type { BrokerOptions } from '../../../src/io/broker/options.js';
import type { Broker, Message } from '../../../src/ports.js';
import { realClock } from '../../support/clock.js';
import { until } from '../../support/until.js';

type Told =
  | readonly ['connected', sessionPresent: boolean]
  | readonly ['received', topic: string, payload: string, retain: boolean]
  | readonly ['subscribed', topics: readonly string[], refused: readonly string[]]
  | readonly ['unanswered', topics: readonly string[]]
  | readonly ['closed', reason: string]
  | readonly ['refused', reason: string]
  | readonly ['takeover', happening: boolean];

export type Listening = {
  readonly broker: Broker;
  readonly told: readonly Told[];
  readonly of: <Kind extends Told[0]>(kind: Kind) => Extract<Told, readonly [Kind, ...unknown[]]>[];
  readonly until: (condition: () => boolean, what?: string) => Promise<void>;
  /** Waits until it is connected, for the nth time since the start. */
  readonly untilConnected: (times?: number) => Promise<void>;
  /** Resolves with the error of `done`, or undefined. */
  readonly publish: (topic: string, payload: string, retain?: boolean) => Promise<Error | undefined>;
};

const WILL: Message = { topic: 'x10/bridge/status', payload: 'offline', retain: true };

let count = 0;

/** Starts a connection with quick retries; it is stopped when the test ends. `subscribe`: at each connect. */
export function listen(
  options: Partial<BrokerOptions> & Pick<BrokerOptions, 'urls'>,
  subscribe: readonly string[] = [],
): Listening {
  count += 1;
  const { timings, ...others } = options;
  const broker = new BrokerConnection({
    username: undefined,
    password: undefined,
    clientId: `test-${process.pid}-${count}`,
    clean: false,
    protocol: '3.1.1',
    will: WILL,
    clock: realClock,
    random: () => 0.5,
    timings: { firstRetryMs: 20, longestRetryMs: 200, ...timings },
    ...others,
  });
  const told: Told[] = [];
  broker.start({
    connected: (sessionPresent) => {
      told.push(['connected', sessionPresent]);
      if (subscribe.length > 0) broker.subscribe(subscribe);
    },
    received: ({ topic, payload, retain }) =>
      told.push(['received', topic, Buffer.from(payload).toString(), retain]),
    subscribed: (topics, refused, isAnswered) =>
      told.push(isAnswered ? ['subscribed', topics, refused] : ['unanswered', topics]),
    closed: (reason) => told.push(['closed', reason]),
    refused: (reason) => told.push(['refused', reason]),
    takeover: (happening) => told.push(['takeover', happening]),
  });
  onTestFinished(() => broker.stop([], 100));

  const of: Listening['of'] = (kind) =>
    told.filter((one): one is Extract<Told, readonly [typeof kind, ...unknown[]]> => one[0] === kind);
  const wait = async (condition: () => boolean, what = 'it'): Promise<void> => {
    await until(
      condition,
      () => `${what}; told so far:\n${told.map((one) => JSON.stringify(one)).join('\n')}`,
    );
  };
  return {
    broker,
    told,
    of,
    until: wait,
    untilConnected: (times = 1) =>
      wait(() => of('connected').length >= times && broker.isConnected(), `connection ${times}`),
    publish: (topic, payload, retain = false) =>
      new Promise((resolve) => broker.publish({ topic, payload, retain }, resolve)),
  };
}
