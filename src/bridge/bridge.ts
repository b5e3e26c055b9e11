/**
 * The pure bridge: sensors and zones together. It takes lines, time and the broker's messages, and emits messages and
 * deadlines. The service runs it on ports (src/service), `explain` on a file.
 */

import type { Now } from '../ports.js';
import { channelsOf } from '../sensor/channels.js';
import { signalForm } from '../sensor/guard.js';
import { earliestOf, idOf, type Heard, type Sensor, type Sign, type Standing } from '../sensor/heard.js';
import { formOf } from '../sensor/types.js';
import { emergencySensorsClear } from '../security/emergency.js';
import { nextWake, signalHeard, wake } from '../security/refresh.js';
import type { SensorStanding } from '../security/readiness.js';
import type { Step } from '../security/security.js';
import { createSecurity, reconfigure } from '../security/setup.js';
import { recallAlerts } from '../security/stored.js';
import type { CoreSettings } from '../core-settings.js';
import {
  advance,
  createCore,
  hideOverdue,
  memoryOf,
  type Bridge,
  type BridgeSinks,
  type CoreMemory,
} from './core.js';
import { standingOf } from './standing.js';
import { act, channelMessage, lastSeen } from './messages.js';

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
  // sensors emit to the bridge of which they are a part
  const bridge = { sinks, now, isBehind: false, setBacks: [] as readonly number[], saveNumber: 0 } as Bridge;
  const outputs = { emit: act.bind(undefined, bridge), alarm: alarm.bind(undefined, bridge) };
  Object.assign(bridge, outputs, {
    core: createCore(settings, memory.core, now.at, { ...outputs, sinks }),
    security: createSecurity(settings.zones, settings.baseTopic, memory.security, now, {
      ...(sinks.isDelivered === undefined ? {} : { isDelivered: sinks.isDelivered }),
      ...(sinks.ageMs === undefined ? {} : { ageMs: sinks.ageMs }),
      sensorsOf: (zone) => sensorsOf(bridge, zone),
    }),
  });
  if (memory.alerts !== undefined) recallAlerts(bridge.security, memory.alerts);
  forgetTheGone(bridge);
  return bridge;
}

/** How the sensors of a zone stand. */
function sensorsOf({ core }: Bridge, zone: string): readonly SensorStanding[] {
  return core.sensors.filter(({ settings }) => settings.zone === zone && !settings.ignore).map(standingOf);
}

/** Takes new settings and keeps what is known of every sensor and zone that stays. */
export function reconfigureBridge(bridge: Bridge, settings: CoreSettings, now: Now): void {
  bridge.now = now;
  bridge.core = createCore(settings, memoryOf(bridge.core), now.at, bridge);
  forgetTheGone(bridge);
  reconfigure(bridge, settings.zones, settings.baseTopic);
}

/** A sensor that is gone is never heard to be clear. */
function forgetTheGone({ core, security }: Bridge): void {
  const known = new Set(core.settings.sensors.map(({ alias }) => alias));
  emergencySensorsClear(security, (alias) => !known.has(alias));
}

/**
 * Deadlines of sensors run on the log's time while it is being caught up with, and on this: live stamps are
 * whole seconds, so a deadline is over one second after it, as it is when the log is read again (grace).
 */
const GRACE_MS = 1000;

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
  bridge.now = now;
  wake(bridge);
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
  const { core, sinks } = bridge;
  for (const sensor of core.sensors) {
    const { motion: moving, values, seenAt } = sensor.state;
    for (const channel of channelsOf(sensor.settings)) {
      if (channel === 'event') continue;
      if (channel === 'last_seen') {
        if (seenAt > 0) sinks.put?.(lastSeen(core, sensor, seenAt));
        continue;
      }
      const value =
        channel === 'motion'
          ? moving.on && !moving.missed
            ? 'ON'
            : 'OFF'
          : (values[channel] ??
            (channel === 'silent' ? 'OFF' : formOf(channel).says === 'on_off' ? 'None' : undefined));
      if (value !== undefined) sinks.put?.(channelMessage(core, sensor, channel, value));
    }
  }
}

/** A signal that may be an alert: judged against the security state of the sensor's zone. */
function alarm(bridge: Bridge, { settings }: Sensor, heard: Heard, sign: Sign): Standing | undefined {
  const { zone = null, alias, modes, address } = settings;
  const { at, source } = heard;
  const { kind, guard, entry } = signalForm(settings, sign.kind, sign.delay);
  // every sign of motion comes here, mostly of a sensor without a zone
  if (zone === null && guard !== 'always' && kind !== 'panic') return undefined;
  const [first, ...others] = kind === 'panic' ? zonesOfRemote(bridge, zone, alias) : [zone ?? []].flat();
  if (first === undefined && guard !== 'always') return undefined;
  const late = bridge.isBehind || heard.now - at > LIVE_MS;
  const [id, earliestAt] = [idOf(heard), earliestOf(heard)];
  const { lasts } = sign;
  const rest = { lasts, at, earliestAt, late, modes, address, source };
  const signal = { kind, guard, entry, alias, zone: first ?? null, id, ...rest };
  const standing = signalHeard(bridge, signal);
  for (const other of others) signalHeard(bridge, { ...signal, zone: other, id: `${id}.${other}` });
  return zone === null ? undefined : standing;
}

/** The zones that a remote may call for help in: its own, and those that it arms and disarms. */
function zonesOfRemote({ security }: Bridge, own: string | null, alias: string): readonly string[] {
  const armed = [...security.zones.values()].filter(({ settings }) => settings.keyfobs.includes(alias));
  return [...new Set([own ?? [], armed.map(({ settings }) => settings.zone)].flat())];
}
