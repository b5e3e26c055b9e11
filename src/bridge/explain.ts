/**
 * The bridge run over a log without a broker: what each line is, what was selected, what changed, what would
 * have been published. Time is the log's own.
 */

import { lineAfterTornStamp } from '../heyu/reader.js';
import type { Stamp } from '../heyu/stamp.js';
import { setScene, withoutBroker } from '../security/setup.js';
import type { CoreSettings } from '../core-settings.js';
import { advance, type BridgeSinks } from './core.js';
import type { Finding } from './finding.js';
import { createBridge, nextWakeMono, wakeZones } from './bridge.js';
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

/** Explains a log to `row`. Without `row` the log is only heard (to measure the core). */
export function createExplainer(
  settings: CoreSettings,
  scene: Scene,
  row: ((row: ExplainRow) => void) | undefined,
): Explainer {
  let file = '';
  let line: number | undefined;
  let lineAt: number | undefined;
  /** The stamp of which it is the instant. */
  let timed: Stamp | undefined;
  let rowAt: number | undefined;
  let coreAt = 0;

  /** Setting the scene is no doing of the log. */
  let isMute = false;

  const find = (finding: Finding): void => {
    if (isMute) return;
    if (finding.kind === 'change') rowAt = finding.changedAt;
    else if (finding.kind !== 'publish' && finding.kind !== 'judged') rowAt = lineAt;
    row?.({ file, line, at: rowAt, finding });
  };
  const nothing = (): void => undefined;
  const sinks: BridgeSinks = {
    subscribe: nothing,
    unsubscribe: nothing,
    persist: () => 0,
    note: nothing,
    trouble: nothing,
    ...(row === undefined
      ? {}
      : {
          find,
          put: ({ kind, topic, payload }) =>
            find({ kind: 'publish', topic, payload, retain: kind !== 'event' }),
        }),
  };
  const begin = { at: 0, mono: 0 };
  const bridge = createBridge(settings, {}, begin, sinks);
  let begun = false;

  /** Everything that is new began with the first line, not in 1970. */
  const setTheScene = (at: number): void => {
    begun = true;
    coreAt = at;
    for (const { state } of bridge.core.sensors) state.watchedSince = at;
    const now = { at, mono: at };
    isMute = true;
    withoutBroker(bridge.security);
    for (const zone of scene.armed) setScene(bridge.security, zone, 'armed_away', now);
    for (const zone of scene.disarmed) setScene(bridge.security, zone, 'disarmed', now);
    wakeZones(bridge, now);
    isMute = false;
  };

  const instant = (stamp: Stamp): number => {
    const { stamps } = bridge.core.reader;
    const at = begun ? stamps.instantNear(stamp, coreAt) : stamps.instantInYear(stamp, scene.year);
    if (!begun) setTheScene(at);
    return at;
  };

  /** Time comes to the instant of a line. It never goes back: an earlier stamp is the text of a script. */
  const passTime = (stamp: Stamp | undefined): void => {
    timed = stamp;
    lineAt = stamp === undefined ? undefined : instant(stamp);
    if (lineAt === undefined || lineAt <= coreAt) return;
    runTimers(lineAt);
  };

  /** What is due up to an instant happens in its own order, each at its own time, and belongs to no line. */
  const runTimers = (until: number): void => {
    line = undefined;
    for (let due = nextTimer(); due < until; due = nextTimer()) comeTo(due);
    comeTo(until);
  };

  const nextTimer = (): number => {
    const timers = [bridge.core.wakeAt, nextWakeMono(bridge, bridge.now, false) ?? Infinity];
    return Math.min(...timers.filter((at) => at > coreAt), Infinity);
  };

  const comeTo = (at: number): void => {
    coreAt = at;
    rowAt = at;
    if (settings.zones.length > 0) wakeZones(bridge, { at, mono: at });
    if (at > bridge.now.at) bridge.now = { at, mono: at };
    advance(bridge.core, at);
  };

  return {
    line: (written, inFile, number, beginning) => {
      file = inFile;
      let text = written;
      let offset = beginning;
      let stamp = bridge.core.reader.stamps.read(text);
      const glued = stamp === undefined ? lineAfterTornStamp(text) : -1;
      if (glued > 0) {
        text = text.slice(glued);
        offset += glued;
        stamp = bridge.core.reader.stamps.read(text);
      }
      // lines of one second have one stamp
      if (stamp === undefined || stamp !== timed) passTime(stamp);
      line = number;
      rowAt = lineAt;
      const heard = {
        text,
        generation: 'log',
        offset,
        file: 'current',
        notBefore: coreAt,
        readAt: coreAt,
      } as const;
      if (stamp === undefined) unstampedLine(bridge.core, text);
      else hear(bridge, heard, stamp.bodyStart, coreAt, coreAt);
    },
    end: () => {
      const ends = bridge.core.sensors.flatMap(({ state }) => [
        state.motion.on ? state.motion.until : 0,
        state.clearsAt,
      ]);
      const last = Math.max(0, ...ends);
      if (last > coreAt) runTimers(last);
    },
  };
}
