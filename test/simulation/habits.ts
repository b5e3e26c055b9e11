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
  },
  {
    name: 'mosquitto without persistence',
    window: 20,
    copies: 'last',
    marksQueued: false,
    keepsRetained: 'none',
    keepsSessions: false,
    isPersistent: false,
  },
  {
    name: 'aedes',
    window: 1,
    copies: 'anywhere',
    marksQueued: true,
    keepsRetained: 'all',
    keepsSessions: true,
    isPersistent: true,
  },
  {
    name: 'NATS',
    window: 100,
    copies: 'first',
    marksQueued: false,
    keepsRetained: 'all',
    keepsSessions: true,
    isPersistent: true,
  },
  {
    name: 'RabbitMQ',
    window: 10,
    copies: 'first',
    marksQueued: false,
    keepsRetained: 'none',
    keepsSessions: true,
    isPersistent: true,
  },
];
