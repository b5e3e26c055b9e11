/** What the service does when the connection to the broker tells something. */

import type { Broker, BrokerListener, Now } from '../ports.js';
import type { Outbox } from '../mqtt/outbox.js';
import { bridgeTopic } from '../mqtt/topics.js';
import { closed, connected, received, subscribed } from '../security/connection.js';
import type { Announcing } from './announcing.js';
import { hideOverdueMotion, securityStep, type Bridge } from '../bridge/bridge.js';
import { concern, type Condition } from './condition.js';
import { commandTopics, obey } from './lamp-commands.js';
import { answered, asked, isFresh, noCommands, type FreshCommands } from './fresh-commands.js';
import type { Surroundings } from './reports.js';
import type { Refusals } from './refusals.js';
import type { Sending } from './sending.js';
import type { ServicePorts } from './service.js';
import type { ServiceSettings } from '../settings.js';
import { messageSeen, sessionAt } from './session-queue.js';

/** What is known of the connection. */
export type LinkState = {
  session: Surroundings['session'];
  /** A SUBACK has come: what is received from now on did not wait in the session. */
  isSubscribed: boolean;
  /** Which commands for lamps count. */
  commands: FreshCommands;
  isFirstConnect: boolean;
  /** When Home Assistant was last heard to start (epoch ms); 0 = never since our own start. */
  bornAt: number;
  /** The last reason why the broker could not be reached: said once. */
  lastRefusal: string;
};

/** Nothing is known yet. */
export function newLinkState(): LinkState {
  return {
    session: undefined,
    isSubscribed: false,
    commands: noCommands(),
    isFirstConnect: true,
    bornAt: 0,
    lastRefusal: '',
  };
}

/** The parts of the service that a connection moves. */
export type Work = {
  readonly link: LinkState;
  readonly settings: () => ServiceSettings;
  readonly ports: ServicePorts;
  readonly broker: () => Broker;
  readonly bridge: Bridge;
  readonly outbox: Outbox;
  readonly out: Sending;
  readonly refusals: Refusals;
  readonly announcer: Announcing;
  readonly condition: Condition;
  readonly now: () => Now;
  readonly isStopping: () => boolean;
  /** The log has been caught up with. */
  readonly isUpToDate: () => boolean;
  /** Says what is known of all sensors, once, as soon as that can be told. */
  readonly present: () => void;
  readonly conditionChanged: () => void;
  readonly statusChanged: () => void;
  /** `bridge/info` is to be published by this time (monotonic ms). */
  readonly reportBy: (mono: number) => void;
  readonly tick: () => void;
  readonly schedule: () => void;
};

const SOON_MS = 1000;

/** The listener of the service's connection. */
export function brokerListener(work: Work): BrokerListener {
  const { link, settings, ports, broker, bridge, outbox, out, refusals, announcer, condition, isStopping } =
    work;
  const { conditionChanged, reportBy, tick, schedule } = work;
  const { log } = ports;

  const born = (at: number): void => {
    link.bornAt = at;
    reportBy(work.now().mono);
    schedule();
    log.info({}, 'home assistant was started: telling it everything again');
    announcer.birth(() => {
      outbox.republishAll(['availability', 'state']);
      out.pump();
    });
  };

  /** heyu has done a command, or has not: a problem until the next one that it does. */
  const commanded = (alias: string, failure: string | undefined): void => {
    if (isStopping()) return;
    if (failure === undefined) condition.delete('heyu_command');
    else concern(condition, 'heyu_command', `${alias}: ${failure}`);
    conditionChanged();
    reportBy(work.now().mono);
    schedule();
  };

  return {
    connected: (sessionPresent, url) => {
      if (isStopping()) return;
      const now = work.now();
      link.session = sessionAt(sessionPresent, now.at);
      log.info({ broker: url, session: sessionPresent ? 'present' : 'new' }, 'connected to the broker');
      refusals.connected(now);
      if (!work.isUpToDate()) hideOverdueMotion(bridge, now);
      const { core, sessionName } = settings();
      out.put({
        kind: 'availability',
        topic: bridgeTopic(core.baseTopic, 'status'),
        payload: 'online',
        force: true,
      });
      conditionChanged();
      connected(securityStep(bridge, now), sessionPresent, sessionName);
      link.commands = asked(sessionPresent, now.mono);
      broker().subscribe([settings().birthTopic, ...commandTopics(core).keys()]);
      announcer.announce(false);
      // a broker may have forgotten what it was told: mosquitto without persistence does with each restart
      if (!link.isFirstConnect) outbox.republishAll();
      link.isFirstConnect = false;
      work.present();
      reportBy(now.mono);
      tick();
    },
    received: (message) => {
      if (isStopping()) return;
      const now = work.now();
      if (link.session !== undefined) {
        const isDraining = !link.isSubscribed || bridge.security.link.draining;
        link.session = messageSeen(link.session, message, isDraining);
      }
      const isOfNow = isFresh(link.commands, now.mono);
      if (message.topic === settings().birthTopic) {
        if (new TextDecoder().decode(message.payload) === settings().birthPayload && !message.retain)
          born(now.at);
        return;
      }
      const device = commandTopics(settings().core).get(message.topic);
      if (device !== undefined) {
        // what waited in the session while we were away is no command for now
        if (!isOfNow) {
          log.info({ alias: device.alias }, 'a command for a lamp may have waited for long: it is not given');
          return;
        }
        if (ports.runHeyu !== undefined)
          obey(device, message, ports.runHeyu, log, (failure) => commanded(device.alias, failure));
        return;
      }
      received(securityStep(bridge, now), message);
      out.pump();
      reportBy(now.mono + SOON_MS);
      schedule();
    },
    subscribed: (topics, refused) => {
      if (isStopping()) return;
      link.isSubscribed = true;
      const now = work.now();
      answered(link.commands, now.mono);
      subscribed(securityStep(bridge, now), topics, refused);
      const own = new Set([settings().birthTopic, ...commandTopics(settings().core).keys()]);
      const isOwn = (topic: string): boolean => own.has(topic);
      refusals.answered(topics.filter(isOwn), refused.filter(isOwn), (again) => broker().subscribe(again));
      out.pump();
      schedule();
    },
    closed: (reason) => {
      if (isStopping()) return;
      link.isSubscribed = false;
      const now = work.now();
      log.warn({ reason }, 'the connection to the broker is gone');
      outbox.linkLost();
      closed(securityStep(bridge, now));
      link.lastRefusal = '';
      work.statusChanged();
      schedule();
    },
    refused: (reason) => {
      if (isStopping() || reason === link.lastRefusal) return;
      link.lastRefusal = reason;
      log.warn({ reason }, 'the broker cannot be reached, trying for ever');
      work.statusChanged();
    },
    takeover: (happening, clientId) => {
      if (happening) {
        concern(condition, 'takeover');
        log.error(
          { client_id: clientId },
          'another program uses our MQTT client id, each throws the other out. ' +
            'hint: stop the other one, or give it another mqtt.client_id',
        );
      } else {
        condition.delete('takeover');
        log.info({}, 'nobody else uses our MQTT client id any more');
      }
      conditionChanged();
    },
  };
}
