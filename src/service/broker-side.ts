/** What the service does at events of the connection to the broker; with `heyu.control` also commands for lamps. */

import { hideOverdueMotion, securityStep } from '../bridge/bridge.js';
import { offlineMessage } from '../bridge/messages.js';
import { BRIDGE_COMMAND, bridgeTopic, sensorTopic } from '../mqtt/topics.js';
import type { Broker, BrokerListener, Log, Now, Received } from '../ports.js';
import { isClear, isOfNow } from '../security/broker-link.js';
import { closed, connected, received, subscribed } from '../security/connection.js';
import { listenTo } from '../security/setup.js';
import { isSwitchable } from '../sensor/channels.js';
import { heyuArguments } from '../sensor/lamp.js';
import type { SensorSettings } from '../sensor/settings.js';
import type { CoreSettings } from '../core-settings.js';
import type { Announcer } from './announcing.js';
import { concern } from './condition.js';
import type { LogSide } from './log-side.js';
import type { Parts, RunHeyu } from './parts.js';
import type { Reports } from './reports.js';

/** A connection has so long to say farewell. */
const BROKER_STOP_MS = 700;

/** So many topics of what waited in the session are told by name. */
const NAMED = 50;

/** The listener of the service's connection. */
export class BrokerSide implements BrokerListener {
  readonly #parts: Parts;
  readonly #log: LogSide;
  readonly #announcer: Announcer;
  readonly #reports: Reports;
  /** More of what waited in the session may come. */
  #isArriving = false;
  /** The devices that take commands, by the topic of these. */
  #devices: ReadonlyMap<string, SensorSettings> = new Map();
  /** The last reason why the broker could not be reached: said once. */
  #lastRefusal = '';

  constructor(parts: Parts, log: LogSide, announcer: Announcer, reports: Reports) {
    this.#parts = parts;
    this.#log = log;
    this.#announcer = announcer;
    this.#reports = reports;
  }

  connected(sessionPresent: boolean, url?: string): void {
    const { time, ports, refusals, bridge, sending, outbox, seen, settings, isStopping, settle } =
      this.#parts;
    if (isStopping) return;
    const now = time.now();
    const isFirst = seen.session === undefined;
    seen.connects += 1;
    seen.session = { present: sessionPresent, queued: 0, topics: {}, since: now.at };
    this.#isArriving = sessionPresent;
    this.#lastRefusal = '';
    ports.log.info({ broker: url, session: sessionPresent ? 'present' : 'new' }, 'connected to the broker');
    refusals.connected(now);
    if (!this.#log.isUpToDate) sending.together(() => hideOverdueMotion(bridge, now));
    const { core, sessionName } = settings;
    // that the zones are not known yet is said before anybody believes what is retained of them
    connected(securityStep(bridge, now), sessionPresent, sessionName);
    const topic = bridgeTopic(core.baseTopic, 'status');
    sending.put({ kind: 'availability', topic, payload: 'online', force: true });
    this.#announcer.announce(false);
    // a broker may have forgotten what it was told: mosquitto without persistence does with each restart
    if (!isFirst) outbox.republishAll();
    this.#reports.infoBy(now.mono);
    settle();
  }

  received(message: Received): void {
    const { time, ports, bridge, settings, isStopping, settle } = this.#parts;
    if (isStopping) return;
    const now = time.now();
    // what waited in the session while we were away is not a command for now
    const isLive = isOfNow(bridge.security.link, message, now.mono);
    this.#isArriving &&= !isClear(bridge.security.link);
    // a retained copy did not wait
    if (this.#isArriving && !message.retain) this.#count(message);
    received(securityStep(bridge, now), message);
    const device = this.#devices.get(message.topic);
    if (message.topic === settings.birthTopic) {
      const isBirth = new TextDecoder().decode(message.payload) === settings.birthPayload;
      if (isBirth && !message.retain) this.#born(now);
    } else if (message.topic === bridgeTopic(settings.core.baseTopic, 'set')) {
      const isPress = new TextDecoder().decode(message.payload) === BRIDGE_COMMAND;
      if (isPress && isLive && !message.retain) this.#announcer.announce(true);
    } else if (device === undefined) this.#reports.infoSoon(now);
    else if (!isLive) {
      const { alias } = device;
      ports.log.info({ alias }, 'a command for a lamp may have waited for long: it is not given');
    } else if (ports.runHeyu !== undefined)
      obey(device, message, ports.runHeyu, ports.log, (failure) => this.#commanded(device.alias, failure));
    settle();
  }

  subscribed(topics: readonly string[], refused: readonly string[], isAnswered: boolean): void {
    const { time, bridge, refusals, isStopping, settle } = this.#parts;
    if (isStopping) return;
    const now = time.now();
    subscribed(securityStep(bridge, now), topics, refused, isAnswered);
    const isOwn = (topic: string): boolean => bridge.security.others.includes(topic);
    refusals.answered(topics.filter(isOwn), refused.filter(isOwn));
    settle();
  }

  closed(reason: string): void {
    const { time, ports, outbox, refusals, bridge, isStopping, settle } = this.#parts;
    if (isStopping) return;
    const now = time.now();
    this.#lastRefusal = '';
    ports.log.warn({ reason }, 'the connection to the broker is gone');
    outbox.linkLost();
    refusals.closed();
    closed(securityStep(bridge, now));
    settle();
  }

  refused(reason: string): void {
    if (this.#parts.isStopping || reason === this.#lastRefusal) return;
    this.#lastRefusal = reason;
    this.#parts.ports.log.warn({ reason }, 'the broker cannot be reached, trying again until it can');
  }

  takeover(happening: boolean, clientId: string): void {
    const { condition, ports, settle } = this.#parts;
    concern(condition, 'takeover', happening);
    if (happening) {
      ports.log.error(
        { client_id: clientId },
        'another program uses the same MQTT client id; the two disconnect each other. ' +
          'hint: stop the other one, or give it another mqtt.client_id',
      );
    } else {
      ports.log.info({}, 'no other program uses the MQTT client id any more');
    }
    settle();
  }

  /** Another connection takes over. A clean end has no last will: who listens below `baseTopic` has to be told. */
  async replace(broker: Broker, baseTopic: string): Promise<void> {
    const { links, seen } = this.#parts;
    await links.broker.stop([offlineMessage(baseTopic)], BROKER_STOP_MS);
    if (seen.session !== undefined) this.closed('reconnecting with new settings');
    links.broker = broker;
    broker.start(this);
  }

  /** The end of the service. */
  async stop(): Promise<void> {
    const { links, settings } = this.#parts;
    await links.broker.stop([offlineMessage(settings.core.baseTopic)], BROKER_STOP_MS);
  }

  /** Subscribes to the topics that do not belong to a zone, as the present settings require. */
  listen(now: Now): void {
    const { bridge, settings } = this.#parts;
    this.#devices = commandTopics(settings.core);
    const own = bridgeTopic(settings.core.baseTopic, 'set');
    listenTo(securityStep(bridge, now), [settings.birthTopic, own, ...this.#devices.keys()]);
  }

  #born({ at, mono }: Now): void {
    const { ports, outbox, seen, sending, bridge, time } = this.#parts;
    seen.bornAt = at;
    this.#reports.infoBy(mono);
    ports.log.info({}, 'Home Assistant was started: publishing everything again');
    this.#announcer.birth(() => {
      const now = time.now();
      if (!this.#log.isUpToDate) sending.together(() => hideOverdueMotion(bridge, now));
      outbox.republishAll(['availability', 'state']);
      sending.send();
    });
  }

  /** heyu has done a command, or has not: a problem until the next one that it does. */
  #commanded(alias: string, failure: string | undefined): void {
    const { condition, time, isStopping, settle } = this.#parts;
    if (isStopping) return;
    concern(condition, 'heyu_command', failure !== undefined && `${alias}: ${failure}`);
    this.#reports.infoBy(time.now().mono);
    settle();
  }

  /** A message that has waited in the session came. */
  #count({ topic }: Received): void {
    const { seen } = this.#parts;
    if (seen.session === undefined) return;
    const { topics, queued } = seen.session;
    const before = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
    const isNamed = before !== undefined || Object.keys(topics).length < NAMED;
    seen.session = {
      ...seen.session,
      queued: queued + 1,
      topics: isNamed ? { ...topics, [topic]: (before ?? 0) + 1 } : topics,
    };
  }
}

/** The devices that take commands, by the topic of their commands. */
export function commandTopics(settings: CoreSettings): ReadonlyMap<string, SensorSettings> {
  if (!settings.control) return new Map();
  return new Map(
    settings.sensors
      .filter(isSwitchable)
      .map((sensor) => [sensorTopic(settings.baseTopic, sensor.topic, 'set'), sensor]),
  );
}

/**
 * Hands a command on to heyu. A retained one is refused: it would switch the lamp at each reconnect. `done` is
 * called for each word of heyu, with the reason when that failed.
 */
function obey(
  sensor: SensorSettings,
  message: Received,
  runHeyu: RunHeyu,
  log: Log,
  done: (failure: string | undefined) => void,
): void {
  const { alias } = sensor;
  const payload = new TextDecoder().decode(message.payload);
  if (message.retain) {
    if (payload !== '')
      log.warn({ alias, topic: message.topic }, 'a retained command is refused: publish it without retain');
    return;
  }
  const commands = heyuArguments(sensor, payload);
  if (commands === undefined) {
    log.warn(
      { alias, bytes: message.payload.length },
      'no command for this device: ON, OFF, or 0 to 100 for a dimmable lamp',
    );
    return;
  }
  for (const args of commands) runHeyu(args, done);
}
