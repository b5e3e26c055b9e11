/**
 * Runs the bridge over a log without a broker: what each line is, what was selected, what changed, what would have been
 * published. The log gives the time.
 */

import { lineAfterTornStamp } from '../heyu/reader.js';
import type { Stamp } from '../heyu/stamp.js';
import { setScene, withoutBroker, type ZoneScene } from '../security/setup.js';
import type { CoreSettings } from '../core-settings.js';
import { createBridge, nextWakeMono, wakeZones } from './bridge.js';
import { advance, type Bridge, type BridgeSinks, type Finding } from './core.js';
import type { Counters, Trouble } from './health.js';
import { hear, unstampedLine } from './hear.js';

/** A finding and where it belongs. */
export type ExplainRow = {
  /** The name given to `line`. */
  readonly file: string;
  /** 1-based; undefined if not a line but the passing of time is the cause (the end of a hold time). */
  readonly line: number | undefined;
  /** The line's own stamp or the deadline that caused the row, epoch ms; undefined without a stamp. */
  readonly at: number | undefined;
  readonly finding: Finding;
};

/** What is known before the first line. */
export type Scene = {
  /** The year of the first line, for stamps that have none. */
  readonly year: number;
  /** Zones that are armed (away) or disarmed all the time. */
  readonly armed: readonly string[];
  readonly disarmed: readonly string[];
  /** The states of zones as the journal has them, in the order of time, also from before the first line. */
  readonly recorded?: readonly ZoneScene[];
};

/** What is wanted besides the rows, or not wanted. */
export type ExplainMore = {
  /** False: no `publish`, which costs most of the time. */
  readonly publishes?: boolean;
  /** A trouble of heyu begins or ends at an instant, epoch ms. */
  readonly trouble?: (trouble: Trouble, begins: boolean, at: number) => void;
};

const nothing = (): void => undefined;
/** The sinks of a bridge whose messages are not wanted. */
const SILENT: BridgeSinks = {
  subscribe: nothing,
  unsubscribe: nothing,
  persist: () => 0,
  note: nothing,
  trouble: nothing,
};

/** Takes the lines of a log in order. */
export class Explainer {
  readonly #settings: CoreSettings;
  readonly #scene: Scene;
  readonly #row: ((row: ExplainRow) => void) | undefined;
  readonly #bridge: Bridge;
  /** The line in hand: one object for all, because it is not kept. */
  readonly #read = {
    text: '',
    generation: 'log',
    offset: 0,
    file: 'current' as const,
    notBefore: 0,
    readAt: 0,
  };
  #file = '';
  #line: number | undefined;
  #lineAt: number | undefined;
  /** The stamp of which `#lineAt` is the instant. */
  #timed: Stamp | undefined;
  /** The time of the next row. */
  #rowAt: number | undefined;
  /** The present time of the bridge. */
  #at = 0;
  #begun = false;
  /** True while the scene is set: that is not caused by the log. */
  #isMute = false;
  /** How many of the recorded scenes are set. */
  #scenesSet = 0;

  /** Explains a log to `row`. Without `row` the log is only heard (to measure the core). */
  constructor(
    settings: CoreSettings,
    scene: Scene,
    row: ((row: ExplainRow) => void) | undefined,
    { publishes = true, trouble }: ExplainMore = {},
  ) {
    this.#settings = settings;
    this.#scene = scene;
    this.#row = row;
    const find = (finding: Finding): void => this.#find(finding);
    const put: BridgeSinks['put'] = ({ kind, topic, payload }) =>
      find({ kind: 'publish', topic, payload, retain: kind !== 'event' });
    const sinks = {
      ...SILENT,
      ...(row === undefined ? {} : { find }),
      ...(row === undefined || !publishes ? {} : { put }),
      ...(trouble === undefined
        ? {}
        : { trouble: (what: Trouble, begins: boolean) => trouble(what, begins, this.#at) }),
    };
    this.#bridge = createBridge(settings, {}, { at: 0, mono: 0 }, sinks);
  }

  /** `offset` is that of the line's first byte in its file. */
  line(text: string, file: string, line: number, offset: number): void {
    this.#file = file;
    const stamp = this.#bridge.core.reader.stamps.read(text);
    const torn = stamp === undefined ? lineAfterTornStamp(text) : -1;
    if (torn > 0) return this.line(text.slice(torn), file, line, offset + torn);
    // lines of one second have one stamp; time never goes back: an earlier stamp is the text of a script
    if (stamp === undefined || stamp !== this.#timed) {
      this.#timed = stamp;
      this.#lineAt = stamp === undefined ? undefined : this.#instantOf(stamp);
      if (this.#lineAt !== undefined && this.#lineAt > this.#at) this.#runTimers(this.#lineAt);
    }
    this.#line = line;
    this.#rowAt = this.#lineAt;
    if (stamp === undefined) return unstampedLine(this.#bridge.core, text);
    const at = this.#at;
    const read = this.#read;
    read.text = text;
    read.offset = offset;
    read.notBefore = at;
    read.readAt = at;
    hear(this.#bridge, read, stamp.bodyStart, at, at);
  }

  /** The log was counted up to its last line: what the core has counted in it. */
  get counters(): Counters {
    return this.#bridge.core.health.counters;
  }

  /** The present time of the bridge, epoch ms; 0 before the first stamp. */
  get at(): number {
    return this.#at;
  }

  /** Lets time pass, without a line, up to an instant, epoch ms. */
  silence(until: number): void {
    if (!this.#begun) this.#setTheScene(until);
    if (until > this.#at) this.#runTimers(until);
  }

  /** The log is over: motions still on end with their hold times. */
  end(): void {
    const ends = this.#bridge.core.sensors.flatMap(({ state: { motion, clearsAt } }) => [
      motion.on ? motion.until : 0,
      clearsAt,
    ]);
    const last = Math.max(0, ...ends);
    if (last > this.#at) this.#runTimers(last);
  }

  #find(finding: Finding): void {
    if (this.#isMute) return;
    if (finding.kind === 'change') this.#rowAt = finding.changedAt;
    else if (finding.kind !== 'publish' && finding.kind !== 'judged') this.#rowAt = this.#lineAt;
    this.#row?.({ file: this.#file, line: this.#line, at: this.#rowAt, finding });
  }

  #instantOf(stamp: Stamp): number {
    const { stamps } = this.#bridge.core.reader;
    if (this.#begun) return stamps.instantNear(stamp, this.#at);
    const at = stamps.instantInYear(stamp, this.#scene.year);
    this.#setTheScene(at);
    return at;
  }

  /** Everything that is new began with the first line, not in 1970. */
  #setTheScene(at: number): void {
    const { core, security } = this.#bridge;
    const now = { at, mono: at };
    this.#begun = true;
    this.#at = at;
    for (const { state } of core.sensors) state.watchedSince = at;
    this.#isMute = true;
    withoutBroker(security);
    const { armed, disarmed } = this.#scene;
    for (const zone of armed) setScene(security, { zone, at: 0, state: 'armed_away' }, now);
    for (const zone of disarmed) setScene(security, { zone, at: 0, state: 'disarmed' }, now);
    this.#setScenes(at);
    wakeZones(this.#bridge, now);
    this.#isMute = false;
  }

  /** Sets the zones as they were recorded for this instant. */
  #setScenes(at: number): void {
    const { recorded = [] } = this.#scene;
    for (let next = recorded[this.#scenesSet]; next !== undefined && next.at <= at;) {
      setScene(this.#bridge.security, next, { at, mono: at });
      this.#scenesSet += 1;
      next = recorded[this.#scenesSet];
    }
  }

  /** Deadlines up to an instant take place in their order, each at its own time, and belong to no line. */
  #runTimers(until: number): void {
    this.#line = undefined;
    for (let due = this.#nextTimer(); due < until; due = this.#nextTimer()) this.#comeTo(due);
    this.#comeTo(until);
  }

  #nextTimer(): number {
    const bridge = this.#bridge;
    const { wakeAt } = bridge.core;
    const zonesAt = this.#settings.zones.length > 0 ? nextWakeMono(bridge, bridge.now, false) : undefined;
    const sceneAt = this.#scene.recorded?.[this.#scenesSet]?.at ?? Infinity;
    const sensors = Math.min(wakeAt > this.#at ? wakeAt : Infinity, sceneAt);
    return zonesAt !== undefined && zonesAt > this.#at ? Math.min(sensors, zonesAt) : sensors;
  }

  #comeTo(at: number): void {
    const bridge = this.#bridge;
    this.#at = at;
    this.#rowAt = at;
    this.#setScenes(at);
    if (this.#settings.zones.length > 0) wakeZones(bridge, { at, mono: at });
    if (at > bridge.now.at) bridge.now = { at, mono: at };
    advance(bridge.core, at);
  }
}
