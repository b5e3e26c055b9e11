/**
 * The security part: all zones, the connection they share and the signals that are still to be judged, in one object;
 * the present step; and what it emits. No clock, no I/O. docs/security-state.md describes how the state of a zone is
 * known.
 */

import type { Now } from '../ports.js';
import { zoneTopic } from '../mqtt/topics.js';
import type { Connection, Link } from './broker-link.js';
import type { Readiness, SensorStanding, ZoneEvent } from './readiness.js';
import type { SecurityState } from './vocabulary.js';
import { believe, type Belief } from './belief.js';
import { type AlertKind, type Memory, type SensorSignal, type Truth, type Zone } from './zone.js';

/** Why a signal led to an alert or did not, for `explain` and the counters. */
export type VerdictKind =
  /** An alert was sent. */
  | 'alert'
  /** The entry delay runs, or may begin at the source; the alert follows at its end. */
  | 'entry'
  /** The source has not said triggered, which the owner wants. */
  | 'source'
  | 'disarmed'
  | 'arming'
  /** The owner does not want it to be one. */
  | 'off'
  /** The sensor is bypassed. */
  | 'bypassed'
  /** Armed in a way that this sensor does not care for. */
  | 'mode'
  | 'cooldown'
  /** The state is not known yet: judged later. */
  | 'waiting'
  | 'unknown'
  /** Read or judged too late, and the zone was not armed all the time since. */
  | 'late';

/**
 * Every `event_type` that is ever published on a zone's `alert` topic. Home Assistant drops an event whose type its
 * event entity does not offer, with a warning, so the zone and the discovery read the same table. `alert`: a signal in
 * an armed zone; `late` within it says that it was read too late to be live (docs/design.md, decision 5).
 */
export const ALERT_EVENTS = ['alert'] as const;

/** What an alert says. Never retained; it stays an alert however late it is delivered. `at`: epoch ms. */
export type Alert = {
  readonly id: string;
  readonly at: number;
  /** Null when what has raised it has none. */
  readonly zone: string | null;
  readonly kind: AlertKind;
  /** Null when no sensor has raised it. */
  readonly alias: string | null;
  readonly address: string | null;
  readonly source: string;
  /** What the zone was, and whether that was certain. */
  readonly security: string;
  readonly verified: boolean;
  /** Read too late to be live. */
  readonly late: boolean;
};

/**
 * An alert as it is kept for clients that were not connected. `raised`: when it was first told, epoch ms, higher with each alert
 * of any zone, so that what was seen already can be told from what is new.
 */
export type RaisedAlert = Alert & { readonly raised: number };

/** The alerts of a zone since it was last disarmed, oldest first: they stay until there is another after that. */
export type RecentAlerts = { readonly alerts: readonly RaisedAlert[]; readonly isOver: boolean };

/** A zone's state and its circumstances, in one message, so that they always fit. */
export type ZoneAttributes = Pick<Zone, 'reported' | 'whileAway' | 'latch' | 'refusedCommand'> &
  Pick<Belief, 'state' | 'since' | 'verified' | 'source' | 'why' | 'mode'> &
  Pick<Truth, 'until' | 'by'> &
  Readiness & {
    readonly lastKnown: Pick<Memory, 'state' | 'since'> | undefined;
  };

/** What is said of a zone on a channel, until something else is said there. */
export type ZoneValue =
  /** Owned zones: as it is on disk. */
  | { readonly channel: 'state'; readonly value: SecurityState }
  /** What the bridge believes, undefined = unknown. */
  | { readonly channel: 'security'; readonly value: SecurityState | undefined }
  | { readonly channel: 'security_attributes'; readonly value: ZoneAttributes }
  /** An alert of it, or of a member, is not over. */
  | { readonly channel: 'alarm'; readonly value: boolean }
  /** The alerts since it, or its members, were last disarmed, the last one at the end; never empty. */
  | { readonly channel: 'last_alert'; readonly value: readonly RaisedAlert[] }
  /** It is known, or known to be unknown; otherwise it is still being asked for. */
  | { readonly channel: 'available'; readonly value: boolean };

/**
 * Tells what is said of a zone from what was said before. An alert never changes, and its JSON is long: which one it is,
 * and when it was raised, is enough.
 */
export function markOf(said: ZoneValue): string {
  if (said.channel !== 'last_alert') return JSON.stringify(said);
  return said.value.map(({ id, raised }) => `${raised} ${id}`).join('\n');
}

/** The channels of a zone. */
export type ZoneChannel = ZoneValue['channel'];

const CHANNELS: Readonly<Record<ZoneChannel, true>> = {
  state: true,
  security: true,
  security_attributes: true,
  alarm: true,
  last_alert: true,
  available: true,
};

/** All of them. */
export const ZONE_CHANNELS = Object.keys(CHANNELS) as readonly ZoneChannel[];

/** One wish of the security part. */
export type SecurityEffect =
  | {
      readonly kind: 'zone';
      /** Null: of sensors without one. */
      readonly zone: string | null;
      readonly said: ZoneValue;
      /** Send it only after what `snapshot` holds now is on disk. */
      readonly persistFirst: boolean;
    }
  | { readonly kind: 'alert'; readonly alert: Alert }
  /** An alert, or that a guard is blind, which was not reported before. */
  | { readonly kind: 'raised'; readonly alert: RaisedAlert }
  | { readonly kind: 'zone_event'; readonly zone: string; readonly event: ZoneEvent }
  /** Is this a code of the zone? `codeChecked` is to be called with the answer. A secret: not to be logged or kept. */
  | {
      readonly kind: 'check_code';
      readonly zone: string;
      readonly code: string;
      readonly startedMono: number;
    }
  /** Send a SUBSCRIBE that really goes out, QoS 1, exact topics. */
  | { readonly kind: 'subscribe'; readonly topics: readonly string[] }
  | { readonly kind: 'unsubscribe'; readonly topics: readonly string[] }
  /** What `snapshot` holds has changed and should be on disk at once. */
  | { readonly kind: 'persist' }
  | {
      readonly kind: 'note';
      readonly level: 'debug' | 'info' | 'warn';
      readonly fields: object;
      readonly message: string;
    }
  | {
      readonly kind: 'judged';
      /** Null without one. */
      readonly zone: string | null;
      readonly alias: string;
      /** Of the signal, epoch ms. */
      readonly signalAt: number;
      readonly verdict: VerdictKind;
      /** In words for people. */
      readonly reason: string;
    };

/** Takes the wishes, in their order. */
type Emit = (effect: SecurityEffect) => void;

/** A step: something happens at `now`, changes `security` and wishes what `emit` takes. */
export type Step = { readonly security: Security; readonly now: Now; readonly emit: Emit };

/**
 * A signal that waits until the state of its zone is known. Of each sensor the first that came while the link was down
 * or before a restart (`gap`), and the first and the last in the instants after a connect: the zone may have been armed
 * between those.
 */
export type Waiting = {
  readonly signal: SensorSignal;
  readonly kind: 'gap' | 'first' | 'last';
  /** When it was read, epoch ms. */
  readonly readAt: number;
  /** Without a link, the disk of an owned zone judges it from then on, monotonic ms. */
  readonly untilMono: number;
};

/** The security part: one object, changed in place. */
export type Security = {
  baseTopic: string;
  /** In the order of the configuration. */
  zones: Map<string, Zone>;
  readonly link: Link;
  /** By `waitingKey`. */
  readonly waiting: Map<string, Waiting>;
  /** The last alert of each sensor since its zone was last disarmed, by `alertSourceOf`. Of what guards always without a zone. */
  readonly alertedAt: Map<string, { readonly zone: string | null; readonly at: number }>;
  /** Why sensors may not be heard, in words; since when that will have lasted, monotonic ms, and whether it has. */
  readonly blind: Map<string, { readonly fromMono: number; isSo: boolean }>;
  /** From then on a trouble that an earlier run has reported and that is not there now is known to be over, monotonic ms. */
  readonly blindKnownMono: number;
  /** The last event of a zone has this in its id: an instant, or a little more. */
  eventAt: number;
  /** By zone; of sensors without one under `ZONELESS`. */
  readonly recent: Map<string, RecentAlerts>;
  /** What was last said of those without a zone (`markOf`). */
  publishedZoneless: string | undefined;
  /**
   * Alerts that the broker may not have yet, by id, oldest first: they are sent again after a restart, because the log
   * does not contain them (an entry delay that ended, a state that became known).
   */
  readonly undelivered: Map<string, Alert>;
  /** Whether the broker has this alert from an earlier life, of which the log is read again. */
  readonly isDelivered: (id: string) => boolean;
  /** How long ago an instant is, ms: a clock that was set forward since makes nothing older. */
  readonly ageMs: (at: number, now: number) => number;
  /** What is said of the sensors of each zone, until one of them stands otherwise, or is bypassed. */
  readonly readiness: Map<string, Readiness>;
  /** How the sensors of a zone stand. */
  readonly sensorsOf: (zone: string) => readonly SensorStanding[];
  /** Topics that others listen to on this connection: what waits in the session waits for them, too. */
  others: readonly string[];
  /** Topics that the stored session may hold subscriptions for. */
  subscribed: Set<string>;
  /** Notes from the start, to be emitted at the first opportunity. */
  readonly unsaid: SecurityEffect[];
  /** `snapshot` would differ from what was last asked to be stored. */
  changed: boolean;
};

/** Where the alerts are of sensors without a zone: no zone is called so. */
export const ZONELESS = '';

/** A signal waits for the state at most this long after a connect, ms (docs/design.md, decision 8). */
export const WAIT_MS = 5000;

/** Every topic that has to be subscribed to, each once. */
export function topicsOfAll(security: Security): readonly string[] {
  const topics = [...security.zones.values()].flatMap((zone) => [zone.topic, commandTopic(security, zone)]);
  return [...new Set([...topics.filter((topic) => topic !== undefined), ...security.others])];
}

/** The state topics alone: what a verification asks for. Commands are never asked for again. */
export function stateTopics({ zones }: Security): readonly string[] {
  return [...new Set([...zones.values()].flatMap(({ topic }) => topic ?? []))];
}

/** Whether anything is to be asked for again: states now and then, anything else until the queue is empty. */
export function asksAgain(security: Security, { isDraining }: Connection): boolean {
  return isDraining || stateTopics(security).length > 0;
}

/** The key of what waits and cools down separately: a sensor, and tampering with it. */
export function alertSourceOf({ alias, kind }: Pick<SensorSignal, 'alias' | 'kind'>): string {
  // an alias has no blank
  return kind === 'tamper' ? `${alias} ${kind}` : alias;
}

/** One signal of each kind waits per voice. */
export function waitingKey(signal: SensorSignal, kind: Waiting['kind']): string {
  return `${kind} ${alertSourceOf(signal)}`;
}

/**
 * The command topic of a zone. An external zone has one for its sensors, which can be bypassed; without such a sensor it
 * has none, because a session has few subscriptions at some brokers (NATS: 63).
 */
export function commandTopic({ baseTopic, sensorsOf }: Security, { settings }: Zone): string | undefined {
  const { kind, zone } = settings;
  if (kind === 'external' && !sensorsOf(zone).some(({ isBypassable }) => isBypassable)) return undefined;
  return zoneTopic(baseTopic, zone, 'set');
}

/** The zone of a signal, when there is one. */
export function zoneOf({ zones }: Security, { zone }: SensorSignal): Zone | undefined {
  return zone === null ? undefined : zones.get(zone);
}

/** What the bridge believes about a zone, undefined when there is no such zone. */
export function belief(security: Security, zone: string): Belief | undefined {
  const found = security.zones.get(zone);
  return found && believe(security, found);
}

/** So much longer than they need an entry delay and what was read late wait for a link, and for a disarming, ms. */
export const LINK_WAIT_MS = 30_000;

/**
 * Whether it is worth waiting for a certain state: the link came up less than 5 s ago, or is down, and there is no
 * disk that knows the state, or the signal is of a time before (`afterwards`), when someone may have disarmed. Such a
 * signal is late already, and waits as well for a broker that does not answer.
 */
export function mayBecomeKnown(
  { security: { link }, now }: Step,
  { state, verified, isAwaited }: Belief,
  afterwards: boolean,
  untilMono: number,
): boolean {
  if (link.isAbsent || verified) return false;
  if (link.up !== undefined) return (afterwards && isAwaited) || now.mono < link.up.askedMono + WAIT_MS;
  return state === undefined || (afterwards && now.mono < untilMono);
}

/** The zones are being asked for again, and this one has not answered: what it said before may still be so. */
export function isReadAgain({ security: { link }, now }: Omit<Step, 'emit'>, { state }: Belief): boolean {
  return state === undefined && link.up !== undefined && now.mono < link.up.askedMono + WAIT_MS;
}

/** Every SUBSCRIBE in a connection goes out here: its answers are counted. */
export function subscribe({ security, emit }: Step, topics: readonly string[]): void {
  if (topics.length === 0) return;
  if (security.link.up !== undefined) security.link.up.awaitedTopics += topics.length;
  emit({ kind: 'subscribe', topics });
}

/** Says something to people. */
export function note(
  { emit }: Step,
  level: 'debug' | 'info' | 'warn',
  message: string,
  fields: object,
): void {
  emit({ kind: 'note', level, fields, message });
}

/** Tells what happens in a zone. Two events of a kind may come in one instant, and each has an id of its own. */
export function tellEvent(
  { security, now, emit }: Step,
  { settings: { zone } }: Zone,
  event: Omit<ZoneEvent, 'id' | 'at'> & { readonly at?: number },
): void {
  security.eventAt = Math.max(now.at, security.eventAt + 1);
  const id = `${zone}.${security.eventAt}.${event.type}`;
  emit({ kind: 'zone_event', zone, event: { at: now.at, ...event, id } });
}

/** Notes a payload that is reported once; true the first time. At most 50 different ones are reported. */
export function isFirstMention({ mentioned }: Zone, payload: string): boolean {
  if (mentioned.has(payload) || mentioned.size >= 50) return false;
  mentioned.add(payload);
  return true;
}

/** Notes a trouble that is reported when it begins; true then. */
export function beginTrouble({ troubles }: Zone, trouble: string): boolean {
  if (troubles.has(trouble)) return false;
  troubles.add(trouble);
  return true;
}
