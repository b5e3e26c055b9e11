/**
 * Reads a log again through the core of the service, and records what happened (history/history). It takes one line at a
 * time, so that the caller can pause after any of them.
 */

import { UNMAPPED_LIMIT, type Finding } from '../bridge/core.js';
import { Explainer, type ExplainRow } from '../bridge/explain.js';
import type { Trouble } from '../bridge/health.js';
import type { CoreSettings } from '../core-settings.js';
import { MINUTE } from '../common/duration.js';
import type { ZoneScene } from '../security/setup.js';
import type { SensorSettings } from '../sensor/settings.js';
import { formOf, mainChannelOf, type Channel } from '../sensor/types.js';
import { unitsOf } from '../x10/address.js';
import {
  firstFrom,
  type Gap,
  type GapReason,
  type History,
  type Intervals,
  type ReplayedAlert,
  type SenderHistory,
  type SensorHistory,
  type SignalKind,
  type Signals,
} from './history.js';

/** What is to be recorded. Instants are epoch ms. */
export type ReplayRequest = {
  /** What is older is only heard, so that what lasts is known. */
  readonly from: number;
  /** Lines from then on are not taken; Infinity: the log ends with its last line. */
  readonly until: number;
  /** Of the first line, for stamps without one. */
  readonly year: number;
  /** How zones stood, in the order of time (history/journal). */
  readonly zones: readonly ZoneScene[];
  readonly signals: boolean;
};

/** Instants as they come. */
class Instants {
  #values = new Float64Array(16);
  #length = 0;

  push(at: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = at;
    this.#length += 1;
  }

  taken(): Float64Array {
    return this.#values.slice(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }
}

/** When a channel was ON. */
class Spans {
  readonly #from = new Instants();
  readonly #to = new Instants();

  set(isOn: boolean, at: number): void {
    const isOpen = this.#from.length > this.#to.length;
    if (isOn === isOpen) return;
    (isOn ? this.#from : this.#to).push(at);
  }

  /** Those that are not over by `from` and have begun by `until`; undefined without one. */
  taken(from: number, until: number): Intervals | undefined {
    if (this.#from.length > this.#to.length) this.#to.push(Infinity);
    const [starts, ends] = [this.#from.taken(), this.#to.taken()];
    const [first, end] = [firstFrom(ends, from), firstFrom(starts, until)];
    return first < end ? { from: starts.slice(first, end), to: ends.slice(first, end) } : undefined;
  }
}

/** Signals as they come, `kind` as a number. */
class Heard {
  readonly #at = new Instants();
  readonly #kind = new Instants();

  push(at: number, kind: number): void {
    this.#at.push(at);
    this.#kind.push(kind);
  }

  taken(): Signals {
    return { at: this.#at.taken(), kind: Uint16Array.from(this.#kind.taken()) };
  }
}

/** A sensor that is recorded. */
type Recorded = {
  readonly alias: string;
  readonly main: Channel | undefined;
  readonly channels: Map<Channel, Spans>;
  readonly heard: Heard;
};

type Sender = { label: string | null; readonly heard: Heard };

/** A signal of which is not known yet what comes of it. */
type Pending = {
  -readonly [Key in keyof SignalKind]: SignalKind[Key];
} & { readonly at: number; readonly heard: Heard; readonly alias: string | null };

/** More kinds are not told apart: their number has 16 bits. */
const MOST_KINDS = 0xffff;

/** heyu is stopped and started again within this: nothing is said of a gap. */
const RESTART_MS = MINUTE;

const TROUBLE_GAPS: Partial<Record<Trouble, GapReason>> = {
  rf_flood: 'rf_flood',
  rf_jamming: 'rf_jamming',
  interface_lockup: 'interface_lockup',
};

/** A log that is read again. */
export class Replay {
  readonly #request: ReplayRequest;
  readonly #explainer: Explainer;
  readonly #quietMs: number;
  readonly #sensors: readonly Recorded[];
  readonly #byAlias: ReadonlyMap<string, Recorded>;
  readonly #byAddress = new Map<string, Recorded>();
  readonly #senders = new Map<string, Sender>();
  readonly #kinds: SignalKind[] = [];
  /** Numbers of the kinds of an address; few, so that comparing them is faster than making a key of each signal. */
  readonly #kindsOf = new Map<string, number[]>();
  readonly #gaps: Gap[] = [];
  readonly #troubledSince = new Map<Trouble, number>();
  readonly #alerts: ReplayedAlert[] = [];
  #pending: Pending | undefined;
  #lines = 0;
  /** When the line before this one was written; 0 before the first. */
  #beforeAt = 0;

  constructor(settings: CoreSettings, request: ReplayRequest) {
    this.#request = request;
    this.#quietMs = settings.quietAfterMs === 0 ? Infinity : settings.quietAfterMs;
    const sensors = settings.sensors.map((each): readonly [SensorSettings, Recorded] => [
      each,
      { alias: each.alias, main: mainChannelOf(each.type), channels: new Map(), heard: new Heard() },
    ]);
    this.#sensors = sensors.map(([, recorded]) => recorded);
    this.#byAlias = new Map(this.#sensors.map((each) => [each.alias, each]));
    // a unit of its own comes before one that only says how dark it is
    for (const [{ dusk }, recorded] of sensors) if (dusk !== undefined) this.#byAddress.set(dusk, recorded);
    for (const [each, recorded] of sensors)
      for (const unit of unitsOf(each)) this.#byAddress.set(unit, recorded);
    const scene = { year: request.year, armed: [], disarmed: [], recorded: request.zones };
    this.#explainer = new Explainer(settings, scene, (row) => this.#row(row), {
      publishes: false,
      trouble: (trouble, begins, at) => this.#trouble(trouble, begins, at),
    });
  }

  /** Takes the next line of the log, without its line feed; false = it is of `until` or later: no more are wanted. */
  line(text: string): boolean {
    const explainer = this.#explainer;
    this.#lines += 1;
    this.#beforeAt = explainer.at;
    explainer.line(text, '', this.#lines, 0);
    if (this.#pending !== undefined) this.#settle();
    const { at } = explainer;
    if (at !== this.#beforeAt) this.#timePassed(at);
    return at < this.#request.until;
  }

  /** What was recorded, when the log has no more lines, or enough of them. Called once. */
  end(): History {
    const { from } = this.#request;
    this.#beforeAt = this.#explainer.at;
    const until = Number.isFinite(this.#request.until) ? this.#request.until : this.#beforeAt;
    this.#explainer.silence(until);
    if (until > this.#beforeAt) this.#timePassed(until);
    for (const trouble of this.#troubledSince.keys()) this.#trouble(trouble, false, Infinity);
    const sensors = this.#sensors.map(({ alias, channels, heard }): SensorHistory => {
      const spans = [...channels].flatMap(([channel, span]) => {
        const intervals = span.taken(from, until);
        return intervals === undefined ? [] : [[channel, intervals] as const];
      });
      return { alias, channels: Object.fromEntries(spans), signals: heard.taken() };
    });
    const senders = [...this.#senders].map(([sender, { label, heard }]): SenderHistory => ({
      sender,
      label,
      signals: heard.taken(),
    }));
    const gaps = this.#gaps.filter(({ to }) => to > from).sort((one, other) => one.from - other.from);
    const counters = { ...this.#explainer.counters };
    const [kinds, alerts, lines] = [this.#kinds, this.#alerts, this.#lines];
    return { from, until, sensors, senders, kinds, gaps, alerts, lines, counters };
  }

  #timePassed(at: number): void {
    const { from, until } = this.#request;
    const before = this.#beforeAt;
    if (before === 0) {
      if (at > from) this.#gaps.push({ from, to: Math.min(at, until), reason: 'no_log' });
    } else if (at - before > this.#quietMs) this.#gaps.push({ from: before, to: at, reason: 'quiet' });
  }

  #trouble(trouble: Trouble, begins: boolean, at: number): void {
    const reason = TROUBLE_GAPS[trouble];
    if (reason === undefined) return;
    if (begins) {
      this.#troubledSince.set(trouble, at);
      return;
    }
    const from = this.#troubledSince.get(trouble);
    this.#troubledSince.delete(trouble);
    if (from !== undefined && from < at) this.#gaps.push({ from, to: at, reason });
  }

  #row({ at = 0, finding }: ExplainRow): void {
    switch (finding.kind) {
      case 'unit':
      case 'extended':
      case 'reading':
      case 'security':
        return this.#signal(finding, at);
      case 'unmapped': {
        const { type, id } = finding;
        const said = { address: id, source: 'rcva', says: type };
        return this.#begin(this.#sender(`${type} ${id}`, null), null, said, at);
      }
      case 'change':
        return this.#changed(finding);
      case 'kept':
        if (this.#pending?.alias === finding.alias) this.#pending.kept = finding.reason;
        return;
      case 'judged':
        return this.#judged(finding, at);
      case 'message':
        if (finding.message === 'engine_started') this.#started(at);
        return;
      default:
    }
  }

  #signal(
    finding: Extract<Finding, { kind: 'unit' | 'extended' | 'reading' | 'security' }>,
    at: number,
  ): void {
    const { address, source, alias } = finding;
    // values would make a kind of every signal
    const flags = finding.kind === 'security' ? finding.flags : [];
    const says = flags.length === 0 ? finding.function : [finding.function, ...flags].join(' ');
    const said = { address, source, says };
    const sensor = this.#byAddress.get(address);
    if (sensor === undefined) this.#begin(this.#sender(address, alias), alias, said, at);
    else this.#begin(sensor.heard, sensor.alias, said, at);
  }

  /** Another one than before is told apart until there are too many. */
  #sender(sender: string, label: string | null): Heard | undefined {
    const known = this.#senders.get(sender);
    if (known !== undefined) {
      known.label ??= label;
      return known.heard;
    }
    if (this.#senders.size >= UNMAPPED_LIMIT) return undefined;
    const heard = new Heard();
    this.#senders.set(sender, { label, heard });
    return heard;
  }

  #begin(
    heard: Heard | undefined,
    alias: string | null,
    said: Pick<SignalKind, 'address' | 'source' | 'says'>,
    at: number,
  ): void {
    if (this.#pending !== undefined) this.#settle();
    const { signals, from, until } = this.#request;
    if (!signals || heard === undefined || at < from || at >= until) return;
    this.#pending = { at, heard, alias, ...said, kept: null, begins: false, verdict: null, reason: null };
  }

  /** What comes of the signal in hand is known. */
  #settle(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    pending.heard.push(pending.at, this.#numberOf(pending));
  }

  #numberOf({ address, source, says, kept, begins, verdict, reason }: SignalKind): number {
    let numbers = this.#kindsOf.get(address);
    if (numbers === undefined) {
      numbers = [];
      this.#kindsOf.set(address, numbers);
    }
    for (const number of numbers) {
      const kind = this.#kinds[number];
      if (kind?.says !== says || kind.source !== source || kind.kept !== kept) continue;
      if (kind.begins === begins && kind.verdict === verdict && kind.reason === reason) return number;
    }
    const number = Math.min(this.#kinds.length, MOST_KINDS);
    this.#kinds[number] = { address, source, says, kept, begins, verdict, reason };
    numbers.push(number);
    return number;
  }

  #changed({ alias, channel: name, value, changedAt }: Extract<Finding, { kind: 'change' }>): void {
    const channel = name as Channel;
    if (formOf(channel).says !== 'on_off') return;
    const recorded = this.#byAlias.get(alias);
    const channels = recorded?.channels;
    if (this.#pending?.alias === alias && value === 'ON' && channel === recorded?.main)
      this.#pending.begins = true;
    let spans = channels?.get(channel);
    if (spans === undefined) {
      spans = new Spans();
      channels?.set(channel, spans);
    }
    spans.set(value === 'ON', changedAt);
  }

  #judged(
    { zone, alias, signalAt, verdict, reason }: Extract<Finding, { kind: 'judged' }>,
    at: number,
  ): void {
    const { from, until } = this.#request;
    if (this.#pending?.alias === alias) {
      this.#pending.verdict = verdict;
      this.#pending.reason = reason;
    }
    if (verdict === 'alert' && at >= from && at < until)
      this.#alerts.push({ at, signalAt, zone, alias, reason });
  }

  #started(at: number): void {
    const before = this.#beforeAt;
    if (before > 0 && at - before > RESTART_MS && at - before <= this.#quietMs)
      this.#gaps.push({ from: before, to: at, reason: 'heyu_started' });
  }
}
