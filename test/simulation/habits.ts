/** What brokers do differently: the order of what waited, what they mark as retained, what a restart leaves. */

/** What a broker does its own way. */
export type Habit = {
  readonly name: string;
  /** So many messages at QoS 1 are on their way at a time. */
  readonly window: number;
  /** Where the retained copies come that a SUBSCRIBE asks for: before what has waited, after it, or anywhere in it. */
  readonly copies: 'first' | 'last' | 'anywhere';
  /** What has waited is marked as retained, too. */
  readonly marksQueued: boolean;
  /** What a kill leaves of retained messages, and whether of sessions. A proper stop leaves all, if anything is kept. */
  readonly keepsRetained: 'all' | 'older' | 'none';
  readonly keepsSessions: boolean;
  /** A proper stop leaves retained messages and sessions. */
  readonly isPersistent: boolean;
  /** What is sent again says so (DUP). */
  readonly marksResent: boolean;
  /** Packet identifiers rise within a session, are the lowest that is free, or begin anew with each connection, also of what is sent again. */
  readonly numbers: 'rising' | 'lowest' | 'anew';
};

/** The brokers that were measured (security-state.md). */
export const HABITS: readonly Habit[] = [
  {
    name: 'mosquitto',
    window: 20,
    copies: 'last',
    marksQueued: false,
    keepsRetained: 'older',
    keepsSessions: true,
    isPersistent: true,
    marksResent: true,
    numbers: 'rising',
  },
  {
    name: 'mosquitto without persistence',
    window: 20,
    copies: 'last',
    marksQueued: false,
    keepsRetained: 'none',
    keepsSessions: false,
    isPersistent: false,
    marksResent: true,
    numbers: 'rising',
  },
  {
    name: 'aedes',
    window: 1,
    copies: 'anywhere',
    marksQueued: true,
    keepsRetained: 'all',
    keepsSessions: true,
    isPersistent: true,
    marksResent: false,
    numbers: 'rising',
  },
  {
    name: 'NATS',
    window: 100,
    copies: 'first',
    marksQueued: false,
    keepsRetained: 'all',
    keepsSessions: true,
    isPersistent: true,
    marksResent: true,
    numbers: 'lowest',
  },
  {
    name: 'RabbitMQ',
    window: 10,
    copies: 'first',
    marksQueued: false,
    keepsRetained: 'none',
    keepsSessions: true,
    isPersistent: true,
    marksResent: true,
    numbers: 'anew',
  },
];
