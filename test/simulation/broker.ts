/**
 * A broker and the way to it, as the bridge's port shows them. What brokers do differently is a habit, named after whom it
 * was measured with.
 */

import { publishFailure } from '../../src/mqtt/outbox.js';
import type { Broker, BrokerListener, Message } from '../../src/ports.js';
import type { Random } from '../soak/random.js';
import type { Published } from '../support/tap.js';
import type { Computer, Process } from './computer.js';
import type { Habit } from './habits.js';
import { owner, type Timeline } from './timeline.js';

type Packet = {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** What is sent at QoS 0 does not wait for a connection. */
  readonly qos?: 0 | 1;
  /** By a clock that nobody sets, ms. */
  readonly sentMs?: number;
  /** Which message it is, also when it is sent again. */
  readonly key?: number;
  /** The packet identifier with which it was sent last. */
  readonly id?: number;
};
type Session = { readonly topics: Set<string>; queue: Packet[]; lastId: number };

/** Both sides give a connection up on which nothing was heard for so long, ms. */
const KEEPALIVE_MS = 7500;
/** A broker that saves once a second rolls back by as much. */
const OLDER_MS = 1000;

/** The end of the way to which something goes: the bridge, or the broker. */
export type Side = 'here' | 'there';

/** What the broker allows: for some time it may be less than everything. */
type Rights = {
  mayWrite: (topic: string) => boolean;
  /** A topic that may not be read is not delivered either, to who has subscribed to it before. */
  mayRead: (topic: string) => boolean;
  /** Why nobody may connect. */
  closedBecause: string | undefined;
};

/** One connection, seen from both sides. */
class Connection {
  readonly process: Process;
  readonly number: number;
  readonly listener: BrokerListener;
  readonly flying: { readonly message: Message; readonly done: (error?: Error) => void }[] = [];
  /** What the broker has sent and the bridge has not answered; then what waits for its turn. */
  unanswered: Packet[] = [];
  waiting: Packet[] = [];
  /** As the bridge sees it. */
  here: 'opening' | 'open' | 'ended' = 'opening';
  isOpenThere = true;
  readonly free = { here: 0, there: 0 };
  lastId = 0;

  constructor(process: Process, number: number, listener: BrokerListener) {
    this.process = process;
    this.number = number;
    this.listener = listener;
  }
}

/** The broker, the network before it, and everybody else on it. */
export class SimulatedBroker {
  readonly retained = new Map<string, string>();
  /** Everything that the bridge has sent. */
  readonly published: Published[] = [];
  readonly rights: Rights = { mayWrite: () => true, mayRead: () => true, closedBecause: undefined };
  isUp = true;
  /** When the message that the bridge is given was sent, by a clock that nobody sets, ms. */
  receivedFrom = 0;
  /** Which message it is, the same when it is sent again. */
  receivedKey = 0;
  /** Somebody else uses the bridge's client id. */
  isTakenOver = false;
  readonly #computer: Computer;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #network = owner(false);
  readonly #habit: Habit;
  readonly #isClean: boolean;
  #session: Session | undefined;
  #connection: Connection | undefined;
  #connections = 0;
  #messages = 0;
  /** The sides that nothing reaches, and what is held back on its way there. */
  #held: { readonly sides: readonly Side[]; readonly acts: (() => void)[] } | undefined;
  #older = new Map<string, string>();
  #olderAt = 0;

  constructor(computer: Computer, random: Random, habit: Habit, isClean: boolean) {
    this.#computer = computer;
    this.#timeline = computer.timeline;
    this.#random = random;
    this.#habit = habit;
    this.#isClean = isClean;
  }

  /** The bridge is connected, awake, and nothing holds the link up. */
  get isReached(): boolean {
    const connection = this.#connection;
    return connection?.here === 'open' && this.#held === undefined && !connection.process.isStill;
  }

  /** What has waited is marked as retained. */
  get marksQueued(): boolean {
    return this.#habit.marksQueued;
  }

  /** What is sent again has another packet identifier. */
  get numbersAnew(): boolean {
    return this.#habit.numbers === 'anew';
  }

  /** The broker does not know yet that the bridge has this message. */
  mayComeAgain(key: number): boolean {
    const [connection, session] = [this.#connection, this.#session];
    const open = [connection?.unanswered, connection?.waiting, session?.queue];
    return open.some((packets) => packets?.some((packet) => packet.key === key));
  }

  /** When the bridge was told that it is connected. */
  readonly connects: number[] = [];
  /** From when to when that was so; what has not ended has no end. */
  readonly visits: { readonly from: number; to: number }[] = [];

  /** To be called when it may have changed. */
  readonly noteReach = (): void => {
    const last = this.visits.at(-1);
    const isOpen = last?.to === Infinity;
    const now = this.#computer.steadyMs();
    if (this.isReached === isOpen) return;
    if (isOpen) last.to = now;
    else this.visits.push({ from: now, to: Infinity });
  };

  /** What has to be known of it begins again. */
  endVisit(): void {
    const last = this.visits.at(-1);
    if (last !== undefined) last.to = Math.min(last.to, this.#computer.steadyMs());
  }

  // --- The bridge's port.

  portOf(process: Process): Broker {
    let listener: BrokerListener | undefined;
    let mine: Connection | undefined;
    let failures = 0;
    let ends = 0;
    let isTold = false;
    let isStopping = false;
    const timeline = this.#timeline;
    const isConnected = (): boolean => !process.isGone && !isStopping && mine?.here === 'open';

    const retry = (): void => {
      if (isStopping) return;
      const ms = Math.min(1000 * 2 ** Math.max(0, failures - 1), 30_000) * this.#random.between(0.75, 1.25);
      timeline.after(ms, process, attempt);
    };
    const refuse = (reason: string): void => {
      failures += 1;
      if (isStopping) return;
      listener?.refused(reason);
      retry();
    };
    /** Seen from here it is over. */
    const end = (connection: Connection, reason: string): void => {
      const { here } = connection;
      connection.here = 'ended';
      this.noteReach();
      if (here === 'ended') return;
      if (here === 'opening') {
        refuse(reason);
        return;
      }
      mine = undefined;
      for (const { done } of connection.flying.splice(0)) done(publishFailure('lost', reason));
      if (isStopping) return;
      listener?.closed(reason);
      ends = this.isTakenOver ? ends + 1 : 0;
      if (ends >= 3 && !isTold) {
        isTold = true;
        listener?.takeover(true, 'heyu2mqtt');
      }
      failures = 1;
      retry();
    };
    const attempt = (): void => {
      if (!this.#computer.call(process) || listener === undefined || isStopping) return;
      const to = listener;
      // who connects through a link that stands still waits, but not forever
      let isOver = false;
      let connection: Connection | undefined;
      timeline.after(10_000, process, () => {
        if (connection !== undefined) this.#giveUpHere(connection);
        if (isOver) return;
        isOver = true;
        refuse('no answer');
      });
      const arrive = (): void => {
        if (isOver || process.isGone) return;
        if (this.#isHeld('there')) {
          this.#held?.acts.push(arrive);
          return;
        }
        isOver = true;
        const { closedBecause = this.isUp ? undefined : 'connection refused' } = this.rights;
        if (closedBecause !== undefined) {
          timeline.perform(process, () => refuse(closedBecause));
          return;
        }
        connection = new Connection(process, (this.#connections += 1), to);
        accepted(connection);
      };
      const accepted = (connection: Connection): void => {
        const present = this.#accept(connection, (reason) => end(connection, reason));
        this.#toBridge(connection, () => {
          if (isStopping) return;
          connection.here = 'open';
          this.connects.push(this.#computer.steadyMs());
          this.noteReach();
          mine = connection;
          failures = 0;
          to.connected(present, 'mqtt://broker:1883');
          if (isTold && !this.isTakenOver) {
            isTold = false;
            to.takeover(false, 'heyu2mqtt');
          }
        });
        this.#deliver(connection);
        if (this.isTakenOver)
          timeline.after(this.#random.between(100, 900), this.#network, () => this.#drop(connection, true));
      };
      timeline.after(this.#random.between(1, 30), this.#network, arrive);
    };

    return {
      start: (to) => {
        listener = to;
        timeline.after(1, process, attempt);
      },
      isConnected,
      publish: (message, done) => {
        if (!this.#computer.call(process)) return;
        const connection = mine;
        if (connection === undefined || isStopping) {
          timeline.after(0, process, () => done(publishFailure('lost', 'there is no connection')));
          return;
        }
        this.#publish(connection, message, done);
      },
      subscribe: (topics) => {
        if (!this.#computer.call(process) || mine === undefined) return;
        const connection = mine;
        this.#toBroker(connection, () => this.#subscribe(connection, topics));
      },
      unsubscribe: (topics) => {
        if (!this.#computer.call(process) || mine === undefined) return;
        this.#toBroker(mine, () => {
          for (const topic of topics) this.#session?.topics.delete(topic);
        });
      },
      stop: (last, timeoutMs) => {
        const connection = mine;
        if (!this.#computer.call(process) || connection === undefined) {
          isStopping = true;
          return Promise.resolve();
        }
        for (const message of last) this.#publish(connection, message, () => undefined);
        isStopping = true;
        return new Promise((resolve) => {
          let isOver = false;
          const over = (): void => {
            if (isOver) return;
            isOver = true;
            connection.here = 'ended';
            for (const { done } of connection.flying.splice(0)) done(publishFailure('lost', 'stopped'));
            resolve();
          };
          timeline.after(timeoutMs, process, over);
          this.#toBroker(connection, () => {
            this.#leave(connection, false);
            timeline.after(1, process, over);
          });
        });
      },
    };
  }

  // --- What happens to broker and network.

  /** Somebody else publishes. False when there is no broker. */
  publish(topic: string, payload: string, retain: boolean, qos: 0 | 1 = 1): boolean {
    if (!this.isUp) return false;
    this.#take({ topic, payload, retain, qos, sentMs: this.#timeline.nowMs });
    return true;
  }

  stop(isKilled: boolean): void {
    this.isUp = false;
    const connection = this.#connection;
    if (connection !== undefined) this.#drop(connection, false);
    const { keepsRetained, keepsSessions, isPersistent } = this.#habit;
    const kept = isKilled ? keepsRetained : isPersistent ? 'all' : 'none';
    if (kept === 'none') this.retained.clear();
    if (kept === 'older') {
      this.retained.clear();
      for (const [topic, payload] of this.#older) this.retained.set(topic, payload);
    }
    if (!(isKilled ? keepsSessions : isPersistent)) this.#session = undefined;
  }

  start(): void {
    this.isUp = true;
  }

  /** The connection is cut; both sides notice. */
  cut(): void {
    if (this.#connection !== undefined) this.#drop(this.#connection, true);
  }

  /** Nothing reaches these sides until `thaw`. Who hears nothing for long gives up. */
  freeze(sides: readonly Side[] = ['here', 'there']): void {
    if (this.#held !== undefined) return;
    const held = { sides, acts: [] };
    this.#held = held;
    this.noteReach();
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#timeline.after(KEEPALIVE_MS, this.#network, () => {
      // what has passed since begins the time anew
      if (connection !== this.#connection || this.#held !== held) return;
      if (this.#isHeld('here')) {
        this.#endHere(connection, 'no answer from the broker');
        // the broker hears of the end, unless it hears nothing
        if (!this.#isHeld('there')) this.#toBroker(connection, () => this.#leave(connection, true));
      } else if (this.#isHeld('there')) this.#drop(connection, true);
    });
  }

  /** What was held back comes, unless the connection ends with it. */
  thaw(isCut: boolean): void {
    const held = this.#held?.acts ?? [];
    this.#held = undefined;
    this.noteReach();
    if (isCut) {
      this.cut();
      // attempts are no part of the connection
    }
    for (const act of held) this.#timeline.after(0, this.#network, act);
  }

  /** What the broker keeps is gone: of an administrator, or of a disk. With the session the connection ends. */
  forget(what: 'session' | 'subscriptions' | 'retained'): void {
    if (what === 'retained') this.retained.clear();
    else if (what === 'subscriptions') this.#session?.topics.clear();
    else {
      this.cut();
      this.#session = undefined;
    }
  }

  /** The process stands still for so long that the broker gives it up. */
  giveUp(afterMs: number, isStill: () => boolean): void {
    const connection = this.#connection;
    if (connection === undefined || afterMs < KEEPALIVE_MS) return;
    this.#timeline.after(KEEPALIVE_MS, this.#network, () => {
      if (isStill() && connection === this.#connection) this.#drop(connection, true);
    });
  }

  /** The process is gone, and its connection with it. */
  gone(process: Process): void {
    const connection = this.#connection;
    if (connection?.process !== process) return;
    this.#timeline.after(1, this.#network, () => this.#leave(connection, true));
  }

  // --- The broker itself.

  #ends = new WeakMap<Connection, (reason: string) => void>();

  #accept(connection: Connection, end: (reason: string) => void): boolean {
    this.#ends.set(connection, end);
    if (this.#connection !== undefined) this.#drop(this.#connection, true);
    this.#connection = connection;
    const present = !this.#isClean && this.#session !== undefined;
    const session: Session =
      present && this.#session !== undefined ? this.#session : { topics: new Set(), queue: [], lastId: 0 };
    this.#session = session;
    connection.waiting = session.queue
      .splice(0)
      .map((packet) => ({ ...packet, retain: this.#habit.marksQueued }));
    if (this.isTakenOver) connection.waiting = [];
    return present;
  }

  #publish(connection: Connection, message: Message, done: (error?: Error) => void): void {
    const { topic, payload, retain } = message;
    const sentAt = this.#computer.steadyMs();
    const one: Published = {
      topic,
      payload,
      retain,
      connection: connection.number,
      sentAt,
      acknowledgedAt: undefined,
    };
    this.published.push(one);
    const flying = { message, done };
    connection.flying.push(flying);
    this.#toBroker(connection, () => {
      const isRefused = !this.rights.mayWrite(topic);
      if (!isRefused) this.#take(message);
      this.#toBridge(connection, () => {
        const at = connection.flying.indexOf(flying);
        if (at < 0) return;
        connection.flying.splice(at, 1);
        if (isRefused) done(publishFailure('refused', 'not authorized'));
        else {
          one.acknowledgedAt = this.#computer.steadyMs();
          done();
        }
      });
    });
  }

  #subscribe(connection: Connection, topics: readonly string[]): void {
    const refused = topics.filter((topic) => !this.rights.mayRead(topic));
    for (const topic of topics) if (!refused.includes(topic)) this.#session?.topics.add(topic);
    this.#toBridge(connection, () => connection.listener.subscribed(topics, refused, true));
    const copies = topics.flatMap((topic) => {
      const payload = this.retained.get(topic);
      return payload === undefined || refused.includes(topic) ? [] : [{ topic, payload, retain: true }];
    });
    const { copies: place } = this.#habit;
    const at =
      place === 'last'
        ? connection.waiting.length
        : place === 'first'
          ? 0
          : this.#random.whole(0, connection.waiting.length);
    connection.waiting.splice(at, 0, ...copies);
    this.#deliver(connection);
  }

  #take({ retain, ...taken }: Packet): void {
    const packet = { ...taken, key: (this.#messages += 1) };
    const { topic, payload, qos } = packet;
    if (retain) {
      this.#keepOlder();
      if (payload === '') this.retained.delete(topic);
      else this.retained.set(topic, payload);
    }
    const session = this.#session;
    if (session?.topics.has(topic) !== true || !this.rights.mayRead(topic)) return;
    const connection = this.#connection;
    if (connection === undefined) {
      if (!this.#isClean && qos !== 0) session.queue.push({ ...packet, retain: false });
      return;
    }
    connection.waiting.push({ ...packet, retain: false });
    this.#deliver(connection);
  }

  #keepOlder(): void {
    const isUsed = this.#habit.keepsRetained === 'older';
    if (!isUsed || this.#timeline.nowMs - this.#olderAt < OLDER_MS) return;
    this.#olderAt = this.#timeline.nowMs;
    this.#older = new Map(this.retained);
  }

  /** As much as the window takes. */
  #deliver(connection: Connection): void {
    while (connection.isOpenThere && connection.unanswered.length < this.#habit.window) {
      const next = connection.waiting.shift();
      if (next === undefined) return;
      const packet = this.#numbered(connection, next);
      connection.unanswered.push(packet);
      const { topic, payload, retain, id } = packet;
      const duplicate = next.id !== undefined && this.#habit.marksResent;
      this.#toBridge(connection, () => {
        this.receivedFrom = packet.sentMs ?? 0;
        this.receivedKey = packet.key ?? 0;
        connection.listener.received({
          topic,
          payload: new TextEncoder().encode(payload),
          retain,
          duplicate,
          id,
        });
        this.#toBroker(connection, () => {
          connection.unanswered = connection.unanswered.filter((one) => one !== packet);
          this.#deliver(connection);
        });
      });
    }
  }

  /** With its packet identifier, which it has already when it is sent again. */
  #numbered(connection: Connection, packet: Packet): Packet {
    const { numbers } = this.#habit;
    const session = this.#session;
    if (packet.qos === 0 || session === undefined || (packet.id !== undefined && numbers !== 'anew'))
      return packet;
    if (numbers === 'anew') return { ...packet, id: (connection.lastId += 1) };
    if (numbers === 'rising') return { ...packet, id: (session.lastId += 1) };
    const taken = new Set([...connection.unanswered, ...connection.waiting].map((one) => one.id));
    let id = 1;
    while (taken.has(id)) id += 1;
    return { ...packet, id };
  }

  /** The broker sees the end: what was not answered waits for the next connection, and the last will is published. */
  #leave(connection: Connection, hasWill: boolean): void {
    if (!connection.isOpenThere) return;
    connection.isOpenThere = false;
    if (this.#connection === connection) this.#connection = undefined;
    this.noteReach();
    const left = [...connection.unanswered, ...connection.waiting].filter(
      ({ retain, qos }) => !retain && qos !== 0,
    );
    if (this.#isClean) this.#session = undefined;
    else this.#session?.queue.unshift(...left);
    if (hasWill && this.isUp) this.#take({ topic: 'x10/bridge/status', payload: 'offline', retain: true });
  }

  #endHere(connection: Connection, reason: string): void {
    this.#timeline.perform(connection.process, () => this.#ends.get(connection)?.(reason));
  }

  /** An attempt that has reached the broker and was not answered. */
  #giveUpHere(connection: Connection): void {
    if (connection.here !== 'opening') return;
    this.#endHere(connection, 'no answer');
    this.#toBroker(connection, () => this.#leave(connection, true));
  }

  #drop(connection: Connection, hasWill: boolean): void {
    this.#leave(connection, hasWill);
    this.#timeline.after(this.#random.between(0.5, 10), this.#network, () =>
      this.#endHere(connection, 'the connection was closed'),
    );
  }

  // --- The way: in order, and slow.

  #toBroker(connection: Connection, act: () => void): void {
    this.#way(connection, 'there', () => {
      if (connection.isOpenThere && this.isUp) act();
    });
  }

  #toBridge(connection: Connection, act: () => void): void {
    this.#way(connection, 'here', () => {
      this.#timeline.perform(connection.process, () => {
        if (connection.here !== 'ended') act();
      });
    });
  }

  #isHeld(side: Side): boolean {
    return this.#held?.sides.includes(side) === true;
  }

  #way(connection: Connection, side: Side, act: () => void): void {
    const now = this.#timeline.nowMs;
    const at = Math.max(connection.free[side], now + this.#random.between(0.2, 12));
    connection.free[side] = at;
    const arrive = (): void => {
      if (this.#isHeld(side)) this.#held?.acts.push(arrive);
      else act();
    };
    this.#timeline.after(at - now, this.#network, arrive);
  }
}
