/**
 * Tells Home Assistant what there is: takes back what an earlier configuration said, then says what is. Again at
 * Home Assistant's birth, after a random wait that spreads the load (Home Assistant docs, MQTT discovery).
 */

import { discoveryMessages, type DiscoveryMessage } from '../homeassistant/discovery.js';
import {
  placeOf,
  readRemembered,
  rememberedOf,
  rememberedWhile,
  type Remembered,
} from '../homeassistant/remembered.js';
import { removalMessages, type DiscoveryStep } from '../homeassistant/removal.js';
import type { Outbox } from '../mqtt/outbox.js';
import { bridgeTopic, sensorTopic, zoneTopic, type BridgeTopic } from '../mqtt/topics.js';
import { ZONE_CHANNELS } from '../security/security.js';
import { channelsOf } from '../sensor/channels.js';
import type { Outgoing } from '../mqtt/outgoing.js';
import type { Clock } from '../ports.js';
import type { CoreSettings } from '../settings.js';

/** The announcer. */
export type Announcing = {
  /** What has been (or may have been) told; goes into the checkpoint. */
  readonly remembered: () => Remembered;
  /** New settings: what is told from now on. `announce` says it. */
  readonly configure: (settings: CoreSettings) => void;
  /** Takes back what is gone and says what is there; once per configuration unless `again`. */
  readonly announce: (again: boolean) => void;
  /** Home Assistant was born: says everything again after up to 10 s; `then` follows a little later. */
  readonly birth: (then: () => void) => void;
  readonly stop: () => void;
};

/** Home Assistant's docs ask for a random delay after its birth. */
const BIRTH_JITTER_MS = 10_000;

/** Entities need a moment to subscribe before their states are sent again. */
const STATES_AFTER_MS = 800;

/** Entities need a moment to let go of their topics: an emptied topic of attributes is a warning while they listen. */
const LET_GO_AFTER_MS = 1000;

/** `changed` is called when `remembered` has, `told` when Home Assistant has let go of what a configuration lacks. */
export function announcing(
  settings: CoreSettings,
  stored: unknown,
  ports: { readonly clock: Clock; readonly random: () => number },
  put: (message: Outgoing) => void,
  send: () => void,
  changed: () => void,
  told: () => void,
): Announcing {
  let current: readonly DiscoveryMessage[] = discoveryMessages(settings);
  let previous = readRemembered(stored);
  let remembered = rememberedWhile(previous, current);
  let isTold = false;
  let callOff = (): void => undefined;
  let callOffBirth = (): void => undefined;
  let steps = 0;

  const take = (step: DiscoveryStep): void => {
    const { topic, payload, retain } = step.message;
    steps += 1;
    if (retain) put({ kind: 'discovery', topic, payload, force: true });
    else {
      const at = ports.clock.wallMs();
      put({
        kind: 'event',
        topic,
        payload,
        id: `discovery-${steps}`,
        at,
        lateAfter: at + 60_000,
        latePayload: null,
      });
    }
  };

  const say = (force: boolean): void => {
    for (const { topic, payload } of current) put({ kind: 'discovery', topic, payload, force });
    send();
  };

  const walk = (waiting: readonly DiscoveryStep[], then: () => void): void => {
    const [step, ...rest] = waiting;
    if (step === undefined) {
      then();
      return;
    }
    take(step);
    send();
    if (step.pauseMsAfter > 0) callOff = ports.clock.after(step.pauseMsAfter, () => walk(rest, then));
    else walk(rest, then);
  };

  return {
    remembered: () => remembered,
    configure: (next) => {
      callOff();
      previous = remembered;
      current = discoveryMessages(next);
      remembered = rememberedWhile(previous, current);
      isTold = false;
      changed();
    },
    announce: (again) => {
      if (isTold) {
        if (again) say(true);
        return;
      }
      callOff();
      walk(removalMessages(previous, current), () => {
        isTold = true;
        previous = rememberedOf(current);
        remembered = previous;
        changed();
        say(false);
        callOff = ports.clock.after(LET_GO_AFTER_MS, told);
      });
    },
    birth: (then) => {
      callOffBirth();
      callOffBirth = ports.clock.after(ports.random() * BIRTH_JITTER_MS, () => {
        if (isTold) say(true);
        callOffBirth = ports.clock.after(STATES_AFTER_MS, then);
      });
    },
    stop: () => {
      callOff();
      callOffBirth();
    },
  };
}

const BRIDGE_TOPICS: readonly BridgeTopic[] = [
  'status',
  'source',
  'problem',
  'info',
  'unmapped',
  'summary',
  'last_event',
  'takeover',
];

/** Every retained topic that this configuration may publish, discovery aside: all others of ours are obsolete. */
export function retainedTopicsOf(settings: CoreSettings): ReadonlySet<string> {
  const { baseTopic, zones, sensors } = settings;
  return new Set([
    ...BRIDGE_TOPICS.map((topic) => bridgeTopic(baseTopic, topic)),
    ...zones.flatMap(({ zone }) => ZONE_CHANNELS.map((topic) => zoneTopic(baseTopic, zone, topic))),
    ...sensors.flatMap((sensor) =>
      channelsOf(sensor)
        .filter((channel) => channel !== 'event')
        .map((channel) => sensorTopic(baseTopic, sensor.topic, channel)),
    ),
  ]);
}

/** Deletes the retained copies of what this configuration does not publish any more. */
export function clearObsolete(
  outbox: Outbox,
  settings: CoreSettings,
  put: (message: Outgoing) => void,
): void {
  const expected = retainedTopicsOf(settings);
  for (const topic of outbox.retainedTopics()) {
    if (!expected.has(topic) && placeOf(topic) === undefined)
      put({ kind: 'state', topic, payload: '', force: true });
  }
}
