/**
 * The bridge run over a log without a broker: what each line is, what was selected, what changed, what would
 * have been published. Time is the log's own.
 */

import { lineAfterTornStamp } from '../heyu/reader.js';
import type { Stamp } from '../heyu/stamp.js';
import { setScene, withoutBroker } from '../security/setup.js';
import type { CoreSettings } from '../core-settings.js';
import { createBridge, nextWakeMono, wakeZones } from './bridge.js';
import { advance, type Bridge, type BridgeSinks } from './core.js';
import type { Finding } from './finding.js';
import { hear, unstampedLine } from './hear.js';

/** A finding and where it belongs. */
export type ExplainRow = {
  /** As given to `line`. */
  readonly file: string;
  /** 1-based; undefined where no line but the time that had passed is the cause (the end of a hold time). */
  readonly line: number | undefined;
  /** The line's own stamp or the deadline that caused the row, epoch ms; undefined without a stamp. */
  readonly at: number | undefined;
  readonly finding: Finding;
};

/** What the scene is before the first line. */
export type Scene = {
  /** The year of the first line, for stamps that have none. */
  readonly year: number;
  /** Zones that are armed (away) or disarmed all the time. */
  readonly armed: readonly string[];
  readonly disarmed: readonly string[];
};

/** Takes the lines of a log in order. */
export type Explainer = {
  /** `offset` is that of the line's first byte in its file. */
  readonly line: (text: string, file: string, line: number, offset: number) => void;
  /** The log is over: motions still on end with their hold times. */
  readonly end: () => void;
};

/** An explainer at work. */
type Replay = {
  readonly settings: CoreSettings;
  readonly scene: Scene;
  readonly bridge: Bridge;
  file: string;
  line: number | undefined;
  lineAt: number | undefined;
  /** The stamp of which `lineAt` is the instant. */
  timed: Stamp | undefined;
  /** Where in time the next row stands. */
  rowAt: number | undefined;
  /** Time has come to here. */
  at: number;
  begun: boolean;
  /** Setting the scene is no doing of the log. */
  isMute: boolean;
};

/** Explains a log to `row`. Without `row` the log is only heard (to measure the core). */
export function createExplainer(
  settings: CoreSettings,
  scene: Scene,
  row: ((row: ExplainRow) => void) | undefined,
): Explainer {
  const find = (finding: Finding): void => {
    if (replay.isMute) return;
    if (finding.kind === 'change') replay.rowAt = finding.changedAt;
    else if (finding.kind !== 'publish' && finding.kind !== 'judged') replay.rowAt = replay.lineAt;
    row?.({ file: replay.file, line: replay.line, at: replay.rowAt, finding });
  };
  const nothing = (): void => undefined;
  const silent = {
    subscribe: nothing,
    unsubscribe: nothing,
    persist: () => 0,
    note: nothing,
    trouble: nothing,
  };
  const put: BridgeSinks['put'] = ({ kind, topic, payload }) =>
    find({ kind: 'publish', topic, payload, retain: kind !== 'event' });
  const sinks = row === undefined ? silent : { ...silent, find, put };
  const replay: Replay = {
    settings,
    scene,
    bridge: createBridge(settings, {}, { at: 0, mono: 0 }, sinks),
    file: '',
    line: undefined,
    lineAt: undefined,
    timed: undefined,
    rowAt: undefined,
    at: 0,
    begun: false,
    isMute: false,
  };
  return {
    line: (text, file, line, offset) => {
      replay.file = file;
      explainLine(replay, line, text, offset);
    },
    end: () => {
      const ends = replay.bridge.core.sensors.flatMap(({ state: { motion, clearsAt } }) => [
        motion.on ? motion.until : 0,
        clearsAt,
      ]);
      const last = Math.max(0, ...ends);
      if (last > replay.at) runTimers(replay, last);
    },
  };
}

function explainLine(replay: Replay, number: number, text: string, offset: number): void {
  const { bridge } = replay;
  const stamp = bridge.core.reader.stamps.read(text);
  const torn = stamp === undefined ? lineAfterTornStamp(text) : -1;
  if (torn > 0) return explainLine(replay, number, text.slice(torn), offset + torn);
  // lines of one second have one stamp; time never goes back: an earlier stamp is the text of a script
  if (stamp === undefined || stamp !== replay.timed) {
    replay.timed = stamp;
    replay.lineAt = stamp === undefined ? undefined : instantOf(replay, stamp);
    if (replay.lineAt !== undefined && replay.lineAt > replay.at) runTimers(replay, replay.lineAt);
  }
  replay.line = number;
  replay.rowAt = replay.lineAt;
  if (stamp === undefined) return unstampedLine(bridge.core, text);
  const { at } = replay;
  const line = { text, generation: 'log', offset, file: 'current', notBefore: at, readAt: at } as const;
  hear(bridge, line, stamp.bodyStart, at, at);
}

function instantOf(replay: Replay, stamp: Stamp): number {
  const { stamps } = replay.bridge.core.reader;
  if (replay.begun) return stamps.instantNear(stamp, replay.at);
  const at = stamps.instantInYear(stamp, replay.scene.year);
  setTheScene(replay, at);
  return at;
}

/** Everything that is new began with the first line, not in 1970. */
function setTheScene(replay: Replay, at: number): void {
  const { bridge, scene } = replay;
  const now = { at, mono: at };
  replay.begun = true;
  replay.at = at;
  for (const { state } of bridge.core.sensors) state.watchedSince = at;
  replay.isMute = true;
  withoutBroker(bridge.security);
  for (const zone of scene.armed) setScene(bridge.security, zone, 'armed_away', now);
  for (const zone of scene.disarmed) setScene(bridge.security, zone, 'disarmed', now);
  wakeZones(bridge, now);
  replay.isMute = false;
}

/** What is due up to an instant happens in its own order, each at its own time, and belongs to no line. */
function runTimers(replay: Replay, until: number): void {
  replay.line = undefined;
  for (let due = nextTimer(replay); due < until; due = nextTimer(replay)) comeTo(replay, due);
  comeTo(replay, until);
}

function nextTimer({ bridge, at }: Replay): number {
  const timers = [bridge.core.wakeAt, nextWakeMono(bridge, bridge.now, false) ?? Infinity];
  return Math.min(...timers.filter((timer) => timer > at), Infinity);
}

function comeTo(replay: Replay, at: number): void {
  const { bridge, settings } = replay;
  replay.at = at;
  replay.rowAt = at;
  if (settings.zones.length > 0) wakeZones(bridge, { at, mono: at });
  if (at > bridge.now.at) bridge.now = { at, mono: at };
  advance(bridge.core, at);
}
