/**
 * Checks the broker: whether it can be reached, whether it accepts the credentials, and whether the service may read
 * and write its topics.
 */

import { objectIn, objectOf, textIn } from '../../common/json.js';
import { counted } from '../../common/text.js';
import type { Configuration } from '../../config/load.js';
import { discoveryMessages } from '../../homeassistant/discovery.js';
import { bridgeTopic } from '../../mqtt/topics.js';
import type { Message } from '../../ports.js';
import { writingsBeside } from '../broker-check.js';
import { CommandError, type Tell, writtenWhen } from '../terminal.js';
import { type Kept, readBack, visitBroker } from '../visit-broker.js';

/** So many topics are named in one line. */
const NAMED = 3;

/** Checks each url. Returns the configuration with those that accept the connection, undefined if none does. */
export async function checkReach(
  configuration: Configuration,
  tell: Tell,
): Promise<Configuration | undefined> {
  const { mqtt } = configuration;
  const good: string[] = [];
  const bad: CommandError[] = [];
  for (const url of mqtt.urls) {
    try {
      await (await visitBroker(configuration, { url })).leave();
      good.push(url);
      tell(
        'ok',
        `connected to ${url} ${mqtt.username === undefined ? 'without a user name' : `as ${mqtt.username}`}`,
      );
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      bad.push(error);
    }
  }
  for (const { message, hint } of bad) tell(good.length === 0 ? 'error' : 'warning', message, hint);
  return good.length === 0 ? undefined : { ...configuration, mqtt: { ...mqtt, urls: good.slice(0, 1) } };
}

/** Reads everything that the checks need from the broker, and tests its access control. */
export async function readBroker(configuration: Configuration, tell: Tell): Promise<Kept> {
  const { core, homeassistant } = configuration;
  const states = core.zones.flatMap(({ stateTopic }) => stateTopic ?? []);
  const probes = writingsBeside(core, 'check').map((each) => ({ ...each, retain: false }));
  const bridge = (['status', 'source', 'problem', 'info', 'takeover'] as const).map((topic) =>
    bridgeTopic(core.baseTopic, topic),
  );
  const discovery = discoveryMessages(core).map(({ topic }) => topic);
  const filters = [...bridge, ...states, homeassistant.birthTopic, ...discovery];
  const kept = await readBack(configuration, filters, probes);
  tellAccess(kept, probes, configuration, tell);
  tellStates(kept, configuration, tell);
  return kept;
}

function tellAccess(kept: Kept, probes: readonly Message[], { core }: Configuration, tell: Tell): void {
  const lost = probes.map(({ topic }) => topic).filter((topic) => !kept.echoed.has(topic));
  const refused = [...kept.refused].filter((topic) => !lost.includes(topic));
  const rule = `its access control must let this user read and write ${core.baseTopic}/#`;
  const rules = core.homeassistant.discovery === 'off' ? rule : `${rule} and ${core.homeassistant.prefix}/#`;
  if (lost.length > 0) tell('error', `messages of this user are not delivered back: ${some(lost)}`, rules);
  if (refused.length > 0) tell('error', `this user may not read ${some(refused)}`, rules);
  if (lost.length === 0 && refused.length === 0)
    tell('ok', 'messages come back: this user may publish and read');
}

function tellStates(kept: Kept, { core }: Configuration, tell: Tell): void {
  for (const { zone, stateTopic } of core.zones) {
    if (stateTopic === undefined || kept.refused.has(stateTopic)) continue;
    const state = kept.retained.get(stateTopic);
    if (state !== undefined) tell('ok', `${stateTopic} of the zone ${zone}: ${excerpt(state)}`);
    else
      tell(
        'warning',
        `${stateTopic} of the zone ${zone} holds nothing`,
        'the alarm system must publish its state retained, and the access control must let this user read it',
      );
  }
}

/** Some topics of many. */
export function some(topics: readonly string[]): string {
  const rest = topics.length - NAMED;
  return [...topics.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

/** Payloads of others may be anything. */
function excerpt(payload: string): string {
  return JSON.stringify(payload.length > 60 ? `${payload.slice(0, 60)}...` : payload);
}

/**
 * Checks Home Assistant: whether it announces itself on the configured topic, and whether its discovery messages are at
 * the broker. `zones`: as the service may have them.
 */
export function checkHomeAssistant(
  { core, homeassistant }: Configuration,
  zones: readonly (typeof core.zones)[],
  kept: Kept,
  tell: Tell,
): void {
  if (core.homeassistant.discovery === 'off') {
    tell('ok', 'discovery is switched off (homeassistant.discovery)');
    return;
  }
  const { birthTopic, birthPayload } = homeassistant;
  const birth = kept.retained.get(birthTopic);
  const info = objectIn(kept.retained.get(bridgeTopic(core.baseTopic, 'info')));
  const heard = textIn(objectOf(info, 'home_assistant'), 'birth');
  if (heard !== undefined) tell('ok', `last started: ${writtenWhen(heard, core.stamp.timeZone)}`);
  else if (birth === birthPayload) tell('ok', `${birthTopic}: ${birth}`);
  else if (birth === undefined)
    // sent at its start only and not retained, unless its owner has changed that
    tell(
      'ok',
      `it has not restarted since the bridge connected; it announces itself on ${birthTopic} only at start`,
    );
  else
    tell(
      'warning',
      `${birthTopic}: ${JSON.stringify(birth)} instead of ${JSON.stringify(birthPayload)}`,
      'start Home Assistant, or correct homeassistant.birth_payload',
    );

  const messages = discoveryMessages(core);
  const possible = new Set(
    zones
      .flatMap((each) => discoveryMessages({ ...core, zones: each }))
      .map(({ topic, payload }) => `${topic} ${payload}`),
  );
  const missing = messages.filter(({ topic }) => !kept.retained.has(topic)).map(({ topic }) => topic);
  const others = messages.filter(({ topic }) => {
    const there = kept.retained.get(topic);
    return there !== undefined && !possible.has(`${topic} ${there}`);
  });
  if (missing.length > 0)
    tell('warning', `not announced yet: ${some(missing)}`, 'the service does so when it starts or reloads');
  if (others.length > 0)
    tell(
      'warning',
      `announced differently from the present configuration: ${some(others.map(({ topic }) => topic))}`,
      'the service does so when it reloads: systemctl reload heyu2mqtt',
    );
  if (missing.length === 0 && others.length === 0)
    tell('ok', `${counted(messages.length, 'discovery message')} there, as configured`);
}
