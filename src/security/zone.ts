/**
 * A zone: its configuration, everything that is known of it, and what is remembered beyond a connection
 * (security/belief has its state). Instants are epoch ms.
 */

import { MINUTE } from '../common/duration.js';
import { zoneTopic } from '../mqtt/topics.js';
import type { Tracker } from './tracker.js';
import type { ArmedMode, Command, SecurityState } from './vocabulary.js';

/** What to do with motion in a zone whose security state is not known (docs/design.md, decision 8). */
type OnUnknown = 'last_known' | 'alert' | 'annotate';

/** A delay, ms: one for all ways of being armed, or one for each; those without one have none. */
type Delay = number | Readonly<Partial<Record<ArmedMode, number>>>;

/** The delay while armed in this way, ms. */
export function delayIn(delay: Delay, mode: ArmedMode | undefined): number {
  if (typeof delay === 'number') return delay;
  return mode === undefined ? 0 : (delay[mode] ?? 0);
}

/**
 * A zone, checked and with its defaults filled in. `external`: its state is some other program's topic and
 * read only. `owned`: the bridge is the only writer. `master`: the sum of other zones. Times are milliseconds.
 */
export type ZoneSettings = {
  /** The key in the configuration: one topic level. */
  readonly zone: string;
  /** Name for people. */
  readonly name: string;
  readonly kind: 'external' | 'owned' | 'master';
  /** External zones: the topic of the state; undefined otherwise. */
  readonly stateTopic: string | undefined;
  /** External zones: where their panel sends commands, and the area of Alarmo that they are for. */
  readonly commands: { readonly topic: string; readonly area: string | undefined } | undefined;
  /** External zones: JSON pointer (RFC 6901) to the state within a JSON payload; undefined = look for it. */
  readonly pointer: string | undefined;
  /** Words of the user's own that mean armed or disarmed, beside the known vocabulary. */
  readonly armedValues: readonly string[];
  readonly disarmedValues: readonly string[];
  /** Master zones: the zones that it sums up; empty otherwise. */
  readonly members: readonly string[];
  /** How an owned or master zone appears in Home Assistant. */
  readonly panel: 'switch' | 'alarm_control_panel';
  /** Ways of being armed that the panel offers; a command for any other is obeyed, too. */
  readonly modes: readonly ArmedMode[];
  /** A code is asked for. */
  readonly hasCodes: boolean;
  /** The room in which Home Assistant is asked to put it. */
  readonly area: string | undefined;
  readonly onUnknown: OnUnknown;
  /** Owned zones: `arming` lasts this long. 0 = none. */
  readonly exitDelayMs: Delay;
  /** Owned zones: `pending` lasts this long before the alarm. 0 = none. */
  readonly entryDelayMs: Delay;
  /** External zones: a signal waits this long for what the source says; undefined = as its words demand. */
  readonly sourceDelayMs: Delay | undefined;
  /** External zones: a signal is an alert while the source says that it is armed, or only when it says triggered. */
  readonly alertOn: 'armed' | 'triggered';
  /** Owned zones: what a command does while something stands open. */
  readonly openAtArming: 'bypass' | 'refuse' | 'arm';
  /** Owned zones: a command that waited longer than this at the broker is recorded, not executed. */
  readonly commandMaxAgeMs: number;
  /** After an alert of a sensor in this zone, no further alert of that sensor for this long. */
  readonly alertCooldownMs: number;
  /** heyu's own lines `System is Armed Home/Away`, `Disarmed` drive this owned zone. */
  readonly followHeyu: boolean;
  /** Aliases of keyfobs whose Arm and Disarm drive this owned zone. */
  readonly keyfobs: readonly string[];
  /** Owned and external zones: what sounds in an alarm. */
  readonly onAlarm: OnAlarm | undefined;
};

/** Aliases of what is switched on in an alarm, and for how long at most, ms. */
export type OnAlarm = { readonly switchOn: readonly string[]; readonly forMs: number };

/** What a zone does of which nothing is written down. Times are milliseconds. */
export const ZONE_DEFAULTS = {
  modes: ['home', 'away', 'night', 'vacation'],
  hasCodes: false,
  area: undefined,
  onUnknown: 'last_known',
  exitDelayMs: 0,
  entryDelayMs: 0,
  alertOn: 'armed',
  openAtArming: 'bypass',
  commandMaxAgeMs: MINUTE,
  alertCooldownMs: MINUTE,
  followHeyu: false,
} as const satisfies Partial<ZoneSettings>;

/** A zone of which only the name is known: the bridge keeps it, as a switch, without delays. */
export function ownedZone(zone: string): ZoneSettings {
  return {
    zone,
    name: zone,
    kind: 'owned',
    stateTopic: undefined,
    commands: undefined,
    pointer: undefined,
    armedValues: [],
    disarmedValues: [],
    members: [],
    panel: 'switch',
    sourceDelayMs: undefined,
    keyfobs: [],
    onAlarm: undefined,
    ...ZONE_DEFAULTS,
  };
}

/**
 * The cause of an alert: a signal of a sensor, a command that raised the alarm, or sensors that may not be heard while
 * the zone is armed.
 */
export const ALERT_KINDS = [
  'motion',
  'door',
  'window',
  'garage',
  'opening',
  'glass',
  'tamper',
  'smoke',
  'water',
  'panic',
  'manual',
  'trouble',
] as const;

/** One of them. */
export type AlertKind = (typeof ALERT_KINDS)[number];

/** A signal of a sensor that may be an alert. */
export type SensorSignal = {
  readonly kind: AlertKind;
  /** It is an alert while its zone is armed, always, or never. */
  readonly guard: 'armed' | 'always' | 'off';
  /** Whether who caused it has the entry delay. */
  readonly entry: 'delayed' | 'immediate';
  readonly alias: string;
  /** Null without one: only what guards always is heard then. */
  readonly zone: string | null;
  /** Its end will be heard, too. */
  readonly lasts: boolean;
  /** Id of the signal: the alert's id is made of it. */
  readonly id: string;
  /** The instant of the line, epoch ms. */
  readonly at: number;
  /** It was not before this instant; `at` unless the time is unknown. */
  readonly earliestAt: number;
  /** It was not heard live. */
  readonly late: boolean;
  /** Ways of being armed in which this sensor raises an alert; undefined = all. */
  readonly modes: readonly ArmedMode[] | undefined;
  /** X10 address or security id, for the alert. */
  readonly address: string;
  /** heyu's source tag (`rcvi`, `rcva` ...), for the alert. */
  readonly source: string;
};

/** The last known state of a zone. */
export type Memory = {
  readonly state: SecurityState;
  /** When this state began, as far as we saw. */
  readonly since: number;
  /** How it is (or, while `arming`, will be) armed; undefined = not armed, or `triggered` out of nothing. */
  readonly mode: ArmedMode | undefined;
  /**
   * Armed without a break since; undefined when not armed, or after a disarm whose result is not known yet.
   * Decides over motion that is judged late.
   */
  readonly armedSince: number | undefined;
};

/** Who has commanded a zone: whose code it was, or what a command came from (`Order.source`). */
export type Commander = { readonly code: string } | { readonly source: string };

/** The state of an owned zone, as it stands on disk. */
export type Truth = Memory & {
  /** Counts the changes; a higher one is newer. */
  readonly sequence: number;
  /** `arming` and `pending`: when the delay ends. */
  readonly until: number | undefined;
  /** `pending`: the signal that began the entry delay. */
  readonly entry: SensorSignal | undefined;
  /** Who has commanded it; undefined = no one, or not known. */
  readonly by: Commander | undefined;
};

/** The first alert since the zone was last disarmed. */
export type Latch = {
  readonly id: string;
  readonly at: number;
  readonly alias: string | null;
  readonly kind: AlertKind;
};

/** The alarm of what guards always. */
export type Emergency = {
  /** The alert that it began with, or the first one that shows as `triggered`. */
  readonly first: Latch;
  /** Sensors whose end has not been heard, by alias. */
  readonly open: readonly string[];
  /** Not before this it ends by itself, where it cannot be disarmed here; the same in monotonic ms. */
  readonly until: number;
  readonly untilMono: number;
  /** Undefined while it lasts. */
  readonly endedAt: number | undefined;
  /** When the one before it was ended. */
  readonly endedBefore: number | undefined;
};

/** When the siren of an alarm ends, epoch ms and monotonic ms. */
type Siren = { readonly until: number; readonly untilMono: number };

/** A command that was not obeyed, for people to see. */
type RefusedCommand = { readonly command: string; readonly at: number; readonly reason: string };

/** Who commands, and how. */
export type Order = {
  readonly command: Command;
  /** How long ago it was said, ms. Infinity = not known. */
  readonly ageMs: number;
  /** It stands in the log with this instant (epoch ms, a whole second); undefined = it comes from the broker. */
  readonly loggedAt?: number;
  /** Arm without exit delay. */
  readonly immediate: boolean;
  /** A topic, `heyu`, `this machine`, or the alias of a keyfob. */
  readonly source: string;
  /** It needs no code: root has given it, or its code was right. */
  readonly isProven?: boolean;
  /** How the broker has sent it, with its packet identifier; undefined = it does not come from there, or at QoS 0. */
  readonly delivery?: { readonly id: number; readonly isRepeated: boolean } | undefined;
  /** The master zone that it was given to, and what its zones say that have refused its code. */
  readonly master?: { readonly zone: Zone; readonly refusing: string[] } | undefined;
};

/** A command from the broker that is settled, by its packet identifier, and since when, epoch ms. It may come again. */
export type Settled = { readonly id: number; readonly command: string; readonly at: number };

/** An order that waits for the check of its code. It counts from its arrival. */
type CodeCheck = {
  readonly order: Order;
  /** It answers an alarm of what guards always, here or in a zone beside it. */
  readonly answers: boolean;
  /** When it came, monotonic ms. */
  readonly startedMono: number;
  /** Another order has changed the state of the zone since: it is not obeyed. */
  readonly isOvertaken: boolean;
  /** The last order that has only changed the arm mode of an alarm or an entry delay since: it is obeyed again behind it. */
  readonly rearmed: Order | undefined;
};

/** Wrong codes since the last right one. */
export type WrongCodes = {
  readonly count: number;
  /** The last, epoch ms. */
  readonly at: number;
  /** Codes are not looked at until then; epoch ms and monotonic ms. */
  readonly lockedUntil: number;
  readonly lockedUntilMono: number;
};

/** A signal in an armed external zone that is held back until the source has said more. */
export type Held = {
  readonly signal: SensorSignal;
  /** What its alert will say of the zone. */
  readonly security: string;
  readonly verified: boolean;
  readonly late: boolean;
  readonly sinceMono: number;
};

/** A zone at work. */
export type Zone = {
  settings: ZoneSettings;
  /** External: the state topic. Owned: our own `.../state`, to compare with the disk. Master: none. */
  topic: string | undefined;
  /** What that topic says in this connection; undefined while the link is down. */
  tracker: Tracker | undefined;
  /** Owned: what is true; undefined = never set. */
  truth: Truth | undefined;
  /** Owned: the end of the exit or entry delay, monotonic ms. */
  delayUntilMono: number | undefined;
  /** Owned: the truth that was last published. */
  announced: Truth | undefined;
  /** External and master: the last known state. */
  memory: Memory | undefined;
  /** External: a word that is not understood was heard, and none since that is. */
  isForeign: boolean;
  /** External: oldest first. */
  held: readonly Held[];
  /** Owned: aliases of what stood open when it was armed, and has not closed since. */
  bypassed: readonly string[];
  /** Owned: aliases of sensors that are bypassed until it is disarmed: they raise no alert. */
  silenced: readonly string[];
  /** The state was set manually, for `explain`: it needs no connection. */
  pinned: boolean;
  latch: Latch | undefined;
  emergency: Emergency | undefined;
  /** The alarm has sounded, and until when; the same in monotonic ms. */
  siren: Siren | undefined;
  refusedCommand: RefusedCommand | undefined;
  wrongCodes: WrongCodes | undefined;
  /** Owned: the command whose code is being checked. */
  check: CodeCheck | undefined;
  /** Owned: when the last order that was obeyed was given, epoch ms. */
  orderedAt: number | undefined;
  /** The last commands that are settled, oldest first, until it is known that they do not come again. */
  settled: readonly Settled[];
  /** The last words heard on the state topic, as the source says them. */
  reported: string | undefined;
  /** Queued copies that came with the last connect. */
  whileAway: readonly SecurityState[];
  /** Payloads that were reported, at most 50. */
  readonly mentioned: Set<string>;
  /** Troubles that were reported and are not over. */
  readonly troubles: Set<string>;
  /** Why its sensors may not be heard, in words: it was told so while it was armed, and that is not over. */
  readonly blindTo: Set<string>;
  /** What was last said, by channel (`markOf`). */
  readonly published: Map<string, string>;
};

/** The alarm of what guards always in this zone, while it lasts. */
export function emergencyOf({ emergency }: Zone): Emergency | undefined {
  return emergency?.endedAt === undefined ? emergency : undefined;
}

/** The topic that tells this zone's state to us, undefined for master zones. */
export function stateTopic(settings: ZoneSettings, baseTopic: string): string | undefined {
  if (settings.kind === 'external') return settings.stateTopic;
  return settings.kind === 'owned' ? zoneTopic(baseTopic, settings.zone, 'state') : undefined;
}

/** A zone of which nothing is known. */
export function createZone(settings: ZoneSettings, baseTopic: string): Zone {
  return {
    settings,
    topic: stateTopic(settings, baseTopic),
    tracker: undefined,
    truth: undefined,
    delayUntilMono: undefined,
    announced: undefined,
    memory: undefined,
    isForeign: false,
    held: [],
    bypassed: [],
    silenced: [],
    pinned: false,
    latch: undefined,
    emergency: undefined,
    siren: undefined,
    refusedCommand: undefined,
    wrongCodes: undefined,
    check: undefined,
    orderedAt: undefined,
    settled: [],
    reported: undefined,
    whileAway: [],
    mentioned: new Set(),
    troubles: new Set(),
    blindTo: new Set(),
    published: new Map(),
  };
}
