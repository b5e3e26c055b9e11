/**
 * Announces the devices to Home Assistant: first removes what an earlier configuration announced, then publishes
 * discovery. Again at Home Assistant's birth, after a random wait that spreads the load (Home Assistant docs, MQTT
 * discovery).
 */

import { MINUTE } from '../common/duration.js';
import { discoveryMessages, type DiscoveryMessage } from '../homeassistant/discovery.js';
import {
  placeOf,
  readRemembered,
  rememberedOf,
  rememberedWhile,
  removalMessages,
  revivalMessages,
  removedSince,
  type DiscoveryStep,
  type Remembered,
} from '../homeassistant/removal.js';
import { BRIDGE_TOPICS, bridgeTopic, sensorTopic, zoneTopic } from '../mqtt/topics.js';
import { ZONE_CHANNELS } from '../security/security.js';
import { channelsOf } from '../sensor/channels.js';
import type { CoreSettings } from '../core-settings.js';
import type { Checkpoint } from './checkpoint.js';
import type { Parts } from './parts.js';

/** Home Assistant's docs ask for a random delay after its birth. */
const BIRTH_JITTER_MS = 10_000;

/** Entities need a moment to subscribe before their states are sent again. */
const STATES_AFTER_MS = 800;

/** Entities need a moment to let go of their topics: an emptied topic of attributes is a warning while they listen. */
const LET_GO_AFTER_MS = 1000;

/** The announcer. */
export class Announcer {
  readonly #parts: Parts;
  /** `remembered` has changed. */
  readonly #changed: () => void;
  #current: readonly DiscoveryMessage[];
  #previous: Remembered;
  #remembered: Remembered;
  /** Since Home Assistant was last born: it may not have been there to hear it. */
  #takenBack: Remembered;
  #isTold = false;
  #callOff = (): void => undefined;
  #callOffBirth = (): void => undefined;
  #steps = 0;

  constructor(
    parts: Parts,
    { discovery, takenBack }: Pick<Checkpoint, 'discovery' | 'takenBack'>,
    changed: () => void,
  ) {
    this.#parts = parts;
    this.#changed = changed;
    this.#current = discoveryMessages(parts.settings.core);
    this.#previous = readRemembered(discovery);
    this.#takenBack = readRemembered(takenBack);
    this.#remembered = rememberedWhile(this.#previous, this.#current);
  }

  /** What has been (or may have been) told; goes into the checkpoint. */
  get remembered(): Remembered {
    return this.#remembered;
  }

  /** What Home Assistant may not know to be gone; goes into the checkpoint, too. */
  get takenBack(): Remembered {
    return this.#takenBack;
  }

  /** New settings: what is told from now on. `announce` says it. */
  configure(next: CoreSettings): void {
    this.#callOff();
    this.#previous = this.#remembered;
    this.#current = discoveryMessages(next);
    this.#remembered = rememberedWhile(this.#previous, this.#current);
    this.#isTold = false;
    this.#changed();
  }

  /** Takes back what is gone and says what is there; once per configuration unless `again`. */
  announce(again: boolean): void {
    if (this.#isTold) {
      if (again) this.#say(true);
      return;
    }
    this.#callOff();
    this.#walk(removalMessages(this.#previous, this.#current), () => this.#arrive());
  }

  /**
   * Home Assistant was born: says everything again after up to 10 s, and before it what was taken back meanwhile; `then`
   * follows a little later.
   */
  birth(then: () => void): void {
    const { clock, random } = this.#parts.ports;
    const say = (): void => {
      if (this.#isTold) this.#say(true);
      this.#callOffBirth = clock.after(STATES_AFTER_MS, then);
    };
    this.#callOffBirth();
    this.#callOffBirth = clock.after(random() * BIRTH_JITTER_MS, () => {
      if (!this.#isTold || Object.keys(this.#takenBack).length === 0) return say();
      const { core } = this.#parts.settings;
      const revived = revivalMessages(this.#takenBack, this.#current, core);
      this.#callOff();
      this.#walk([...revived, ...removalMessages(this.#takenBack, this.#current)], () => {
        this.#takenBack = {};
        this.#changed();
        say();
      });
    });
  }

  stop(): void {
    this.#callOff();
    this.#callOffBirth();
  }

  /** Takes the steps that lead from what was told to what is, with their pauses; `then` tells the latter. */
  #walk(steps: readonly DiscoveryStep[], then: () => void): void {
    const { sending, ports } = this.#parts;
    const pause = steps.findIndex(({ pauseMsAfter }) => pauseMsAfter > 0);
    for (const step of pause < 0 ? steps : steps.slice(0, pause + 1)) this.#take(step.message);
    sending.send();
    const waitMs = steps[pause]?.pauseMsAfter;
    if (waitMs === undefined) then();
    else this.#callOff = ports.clock.after(waitMs, () => this.#walk(steps.slice(pause + 1), then));
  }

  #take({ topic, payload, retain }: DiscoveryStep['message']): void {
    const { sending, ports } = this.#parts;
    this.#steps += 1;
    if (retain) {
      sending.put({ kind: 'discovery', topic, payload, force: true });
      return;
    }
    const at = ports.clock.wallMs();
    const id = `discovery-${this.#steps}`;
    sending.put({ kind: 'event', topic, payload, id, at, lateAfter: at + MINUTE, latePayload: null });
  }

  #arrive(): void {
    this.#isTold = true;
    const takenBack = { ...this.#takenBack, ...this.#previous };
    for (const [topic, components] of Object.entries(this.#takenBack))
      takenBack[topic] = { ...components, ...this.#previous[topic] };
    this.#takenBack = removedSince(takenBack, this.#current);
    this.#previous = rememberedOf(this.#current);
    this.#remembered = this.#previous;
    this.#changed();
    this.#say(false);
    this.#callOff = this.#parts.ports.clock.after(LET_GO_AFTER_MS, () => this.#clearObsolete());
  }

  #say(force: boolean): void {
    const { sending } = this.#parts;
    for (const { topic, payload } of this.#current) sending.put({ kind: 'discovery', topic, payload, force });
    sending.send();
  }

  /** Deletes the retained copies of what this configuration does not publish any more. */
  #clearObsolete(): void {
    const { outbox, sending, settings } = this.#parts;
    const expected = retainedTopicsOf(settings.core);
    for (const topic of outbox.retainedTopics()) {
      if (!expected.has(topic) && placeOf(topic) === undefined)
        sending.put({ kind: 'state', topic, payload: '', force: true });
    }
    sending.send();
  }
}

/** Every retained topic that this configuration may publish, discovery aside: all others of ours are obsolete. */
export function retainedTopicsOf(settings: CoreSettings): ReadonlySet<string> {
  const { baseTopic, zones, sensors } = settings;
  return new Set([
    ...BRIDGE_TOPICS.map((topic) => bridgeTopic(baseTopic, topic)),
    ...zones.flatMap(({ zone, kind }) =>
      ZONE_CHANNELS.filter((topic) => topic !== 'state' || kind === 'owned').map((topic) =>
        zoneTopic(baseTopic, zone, topic),
      ),
    ),
    ...sensors.flatMap((sensor) =>
      channelsOf(sensor)
        .filter((channel) => channel !== 'event')
        .map((channel) => sensorTopic(baseTopic, sensor.topic, channel)),
    ),
  ]);
}
