/**
 * The pure bridge: sensors and zones together. It takes lines, time and what the broker says, and hands out
 * messages and wishes. The service runs it on ports (src/service), `explain` on a file.
 */

import type { LogLine, Now } from '../ports.js';
import type { Outgoing } from '../mqtt/outgoing.js';
import { earliestOf, idOf } from '../sensor/hearing.js';
import { channelsOf, isOnOff } from '../sensor/channels.js';
import type { Emit, Security, SecurityEffect, Step } from '../security/security.js';
import { createSecurity, reconfigure } from '../security/setup.js';
import { heyuArmed, keyfob, motion } from '../security/signals.js';
import { recallAlerts } from '../security/stored.js';
import { nextWake, wake } from '../security/verification.js';
import type { CoreSettings } from '../settings.js';
import {
  advance,
  createCore,
  hideOverdue,
  reconfigured,
  type Core,
  type CoreMemory,
  type CoreOutput,
} from './core.js';
import type { Finding } from './finding.js';
import type { Trouble } from './health.js';
import { BACKLOG_MS, hearLine as hear, hearStamped, unstampedLine } from './listen.js';
import { messagesOf, type Messages } from './messages.js';
import { alertMessage, clearedZone, zoneMessage } from './zone-messages.js';

/** What the bridge asks of whoever runs it. */
export type BridgeSinks = {
  /** Takes a message; missing where nobody wants them (to measure the core). */
  readonly put?: (message: Outgoing) => void;
  readonly subscribe: (topics: readonly string[]) => void;
  readonly unsubscribe: (topics: readonly string[]) => void;
  /** The security part's memory should be on disk; returns the number under which `put` may wait for it. */
  readonly persist: () => number;
  readonly note: (level: 'debug' | 'info' | 'warn', fields: object, message: string) => void;
  readonly trouble: (trouble: Trouble, begins: boolean) => void;
  /** Whether the broker has taken the event of this id in an earlier life. */
  readonly isDelivered?: (id: string) => boolean;
  /** An alert was just put: it has to be told when it is settled (security/security, `delivered`). */
  readonly alerted?: (id: string) => void;
  /** The trace, where someone looks at it. */
  readonly find?: (finding: Finding) => void;
};

/** The bridge's state: one object, changed in place by the functions of this file. */
export type Bridge = {
  core: Core;
  messages: Messages;
  readonly security: Security;
  readonly sinks: BridgeSinks;
  /** Does what the security part wishes. */
  readonly emit: Emit;
  /** The moment of the step in hand. */
  now: Now;
  /** Reading has not come to the end of the log since the start: no line is heard live. */
  isBehind: boolean;
  /** The last number that `BridgeSinks.persist` gave. */
  saveNumber: number;
};

/** Makes a bridge of what was remembered; without memory everything is new. */
export function createBridge(
  settings: CoreSettings,
  memory: {
    readonly core?: CoreMemory | undefined;
    readonly security?: unknown;
    /** The last alerts at the place in the log from which it is read on. */
    readonly alerts?: unknown;
  },
  now: Now,
  sinks: BridgeSinks,
): Bridge {
  const output = outputTo(() => bridge, sinks);
  const core = createCore(settings, memory.core, now.at, output);
  const bridge: Bridge = {
    core,
    messages: messagesOf(settings.baseTopic, core.stamps.zone),
    security: createSecurity(settings.zones, settings.baseTopic, memory.security, now, sinks.isDelivered),
    sinks,
    emit: (effect) => act(bridge, effect),
    now,
    isBehind: false,
    saveNumber: 0,
  };
  if (memory.alerts !== undefined) recallAlerts(bridge.security, memory.alerts);
  return bridge;
}

/** Takes new settings and keeps what is known of every sensor and zone that stays. */
export function reconfigureBridge(bridge: Bridge, settings: CoreSettings, now: Now): void {
  bridge.now = now;
  bridge.core = reconfigured(bridge.core, settings, now.at);
  bridge.messages = messagesOf(settings.baseTopic, bridge.core.stamps.zone);
  reconfigure(securityStep(bridge, now), settings.zones, settings.baseTopic);
}

/**
 * The end of the log was last seen so much later than now: the clock was set back while nobody looked, and lines
 * whose stamps do not fit may have been written at any time, as in a backlog.
 */
const SET_BACK_MS = 2000;

/** Hears one line of the log. */
export function hearLine(bridge: Bridge, line: LogLine, now: Now): void {
  bridge.now = now;
  const wasSetBack = bridge.isBehind && line.notBefore > line.readAt + SET_BACK_MS;
  hear(bridge.core, wasSetBack ? { ...line, notBefore: line.readAt - BACKLOG_MS - 1 } : line);
}

/** Hears a line whose instant is known (`explain`); without one it has no stamp. */
export function hearLineAt(bridge: Bridge, line: LogLine, bodyStart: number, at: number | undefined): void {
  if (at === undefined) unstampedLine(bridge.core, line.text);
  else hearStamped(bridge.core, line, bodyStart, at, at);
}

/**
 * Deadlines of sensors run on the log's time while it is being caught up with, and on this: live stamps are
 * whole seconds, so a deadline is over one second after it, as it is when the log is read again (grace).
 */
export const GRACE_MS = 1000;

/**
 * A signal that was read later than this was not heard live: the zone may have been armed or disarmed in between
 * (docs/design.md, decision 5). Without notice of changes the follower looks every 5 s.
 */
const LIVE_MS = 8000;

/** Time has come to `now`, and every line up to then has been heard. */
export function advanceBridge(bridge: Bridge, now: Now): void {
  bridge.now = now;
  advance(bridge.core, now.at - GRACE_MS, true);
}

/** Whether `advanceBridge` would do something. */
export function isAdvanceDue(bridge: Bridge, now: Now): boolean {
  return now.at - GRACE_MS >= bridge.core.wakeAt;
}

/** The log is far behind: what it says of motion that would be over by `now` is not shown. */
export function hideOverdueMotion(bridge: Bridge, now: Now): void {
  bridge.now = now;
  hideOverdue(bridge.core, now.at - GRACE_MS);
}

/** Time has come to `now` for the zones, whether or not the log could be read. */
export function wakeZones(bridge: Bridge, now: Now): void {
  wake(securityStep(bridge, now));
}

/**
 * When the bridge wants to be called again, monotonic ms; undefined = when something happens. While the log is
 * being caught up with, only zones have wishes: sensors live on the log's time.
 */
export function nextWakeMono(bridge: Bridge, now: Now, isCaughtUp: boolean): number | undefined {
  const zones = nextWake(bridge.security);
  const { wakeAt } = bridge.core;
  const sensors =
    wakeAt === Infinity || !isCaughtUp ? undefined : now.mono + Math.max(0, wakeAt + GRACE_MS - now.at);
  if (zones === undefined) return sensors;
  return sensors === undefined ? zones : Math.min(zones, sensors);
}

/** A step of the security part. */
export function securityStep(bridge: Bridge, now: Now): Step {
  bridge.now = now;
  return { security: bridge.security, now, emit: bridge.emit };
}

/**
 * Every retained value of the sensors, as it is known at a start: motion is OFF unless proven ON, others as
 * remembered (docs/design.md, decision 6). What is ON or OFF is `None` before the first word, and after the memory
 * was lost: the broker may still hold what was true long ago.
 */
export function presentStates(bridge: Bridge): void {
  const { core, messages, sinks } = bridge;
  for (const sensor of core.sensors) {
    const { motion: moving, values, seenAt } = sensor.state;
    for (const channel of channelsOf(sensor.settings)) {
      if (channel === 'event') continue;
      if (channel === 'last_seen') {
        if (seenAt > 0) sinks.put?.(messages.lastSeen(sensor, seenAt));
        continue;
      }
      const value =
        channel === 'motion'
          ? moving.on && !moving.missed
            ? 'ON'
            : 'OFF'
          : (values[channel] ?? (channel === 'silent' ? 'OFF' : isOnOff(channel) ? 'None' : undefined));
      if (value !== undefined) sinks.put?.(messages.channel(sensor, channel, value));
    }
  }
}

function act(bridge: Bridge, effect: SecurityEffect): void {
  const { sinks } = bridge;
  const { baseTopic } = bridge.core.settings;
  switch (effect.kind) {
    case 'zone': {
      const { zone, said, persistFirst } = effect;
      const message = zoneMessage(baseTopic, zone, said);
      sinks.put?.(persistFirst ? { ...message, afterSave: bridge.saveNumber } : message);
      return;
    }
    case 'zone_gone':
      for (const channel of effect.channels) sinks.put?.(clearedZone(baseTopic, effect.zone, channel));
      return;
    case 'alert': {
      const { zone, alias, security, id } = effect.alert;
      bridge.core.health.counters.alerts += 1;
      sinks.put?.(alertMessage(baseTopic, effect.alert));
      sinks.note('info', { zone, alias, security }, 'alert');
      sinks.alerted?.(id);
      return;
    }
    case 'subscribe':
      return sinks.subscribe(effect.topics);
    case 'unsubscribe':
      return sinks.unsubscribe(effect.topics);
    case 'persist':
      bridge.saveNumber = sinks.persist();
      return;
    case 'note':
      return sinks.note(effect.level, effect.fields, effect.message);
    case 'judged': {
      const { zone, alias, verdict, reason } = effect;
      return sinks.find?.({ kind: 'judged', zone, alias, verdict, reason });
    }
  }
}

function outputTo(of: () => Bridge, sinks: BridgeSinks): CoreOutput {
  const step = (): Step => securityStep(of(), of().now);
  return {
    channel: (sensor, channel, value) => sinks.put?.(of().messages.channel(sensor, channel, value)),
    seen: (sensor, at) => {
      if (sinks.put === undefined) return;
      const { messages } = of();
      sinks.put(messages.lastSeen(sensor, at));
      sinks.put(messages.lastEvent(at));
    },
    event: (sensor, event, source) => sinks.put?.(of().messages.event(sensor, event, source)),
    alarm: (sensor, hearing, isOver) => {
      const { zone, alias, modes, address } = sensor.settings;
      if (zone === undefined) return undefined;
      const { at, source } = hearing;
      const earliestAt = earliestOf(hearing);
      const late = isOver || of().isBehind || hearing.now - at > LIVE_MS;
      const signal = { alias, zone, id: idOf(hearing), at, earliestAt, late, modes, address, source };
      return motion(step(), signal);
    },
    heyuArmed: (state, at) => heyuArmed(step(), state, at),
    keyfob: (alias, action, mode, at, immediate) => keyfob(step(), { alias, action, mode, at, immediate }),
    trouble: (trouble, begins) => sinks.trouble(trouble, begins),
    note: (level, fields, message) => sinks.note(level, fields, message),
    ...(sinks.find === undefined ? {} : { find: sinks.find }),
  };
}
