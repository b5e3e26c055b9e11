/**
 * Connecting with the client id of the service: only while it does not run, because a broker closes the older one of
 * two connections with the same id (MQTT 3.1.1, section 3.1.4).
 */

import type { Configuration } from '../../config/configuration.js';
import { enter, type Guest } from '../../io/broker-check/guest.js';
import { parseBrokerUrl } from '../../io/broker/url.js';
import { systemClock } from '../../io/clock.js';
import { credentialsOf } from '../assemble.js';
import { CommandError, EXIT } from '../terminal.js';

/** A message that waits. */
export type WaitingMessage = { readonly topic: string; readonly payload: string; readonly qos: 0 | 1 | 2 };

/** What a look into the session showed. */
export type Looked = {
  readonly stored: boolean;
  readonly messages: readonly WaitingMessage[];
  /** There may be more: a broker sends only so many that are not acknowledged. */
  readonly isPart: boolean;
  /**
   * A second look did not find them: the broker waits for the acknowledgement before it sends them again (NATS for
   * 30 s). A service that starts meanwhile would be given them late, when it takes them for new.
   */
  readonly isHeldBack: boolean;
};

/** Nothing more comes after such a silence, ms. */
const QUIET_MS = 600;
const LOOK_MS = 5_000;
const PATIENCE_MS = 10_000;
/** The fewest messages that a broker sends unacknowledged: RabbitMQ 10, mosquitto 20. */
const WINDOW = 10;

/** Looks into the stored session and acknowledges nothing: whatever waits at QoS 1 goes on waiting. */
export async function lookIntoSession(configuration: Configuration): Promise<Looked> {
  const [url = ''] = configuration.mqtt.urls;
  const { stored, messages } = await look(configuration, url);
  // there was none, so that none shall be left
  if (!stored) await resetSession(configuration, url);
  const again = messages.length > 0 ? await look(configuration, url) : { messages };
  return {
    stored,
    messages,
    isPart: messages.length >= WINDOW,
    isHeldBack: again.messages.length < messages.length,
  };
}

async function look(configuration: Configuration, url: string): Promise<Pick<Looked, 'stored' | 'messages'>> {
  const guest = await visit(configuration, url, { clean: false, takesNothing: true });
  await guest.quiet(QUIET_MS, LOOK_MS);
  await guest.leave();
  const messages = guest.heard.flatMap((each): WaitingMessage[] =>
    each.kind === 'message' ? [{ topic: each.topic, payload: each.payload, qos: each.qos }] : [],
  );
  return { stored: guest.sessionPresent, messages };
}

/** Resets the session at one broker: a clean connect with the same id (MQTT 3.1.1, section 3.1.2.4). */
export async function resetSession(configuration: Configuration, url: string): Promise<void> {
  const guest = await visit(configuration, url, { clean: true });
  await guest.leave();
}

async function visit(
  configuration: Configuration,
  url: string,
  how: { readonly clean: boolean; readonly takesNothing?: boolean },
): Promise<Guest> {
  const { clientId, protocol } = configuration.mqtt;
  const parsed = parseBrokerUrl(url);
  if (parsed === undefined) throw new CommandError(`${url} is no broker url`);
  try {
    return await enter({
      url: parsed,
      credentials: credentialsOf(configuration),
      clock: systemClock,
      protocol,
      clientId,
      patienceMs: PATIENCE_MS,
      ...how,
    });
  } catch (error) {
    const [problem = '', hint] = (error instanceof Error ? error.message : String(error)).split(/\.? hint: /);
    throw new CommandError(`the broker cannot be reached: ${problem}`, EXIT.failed, hint);
  }
}
