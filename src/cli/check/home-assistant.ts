/** Home Assistant: does it announce itself where we listen, and is what it needs to know at the broker? */

import type { Configuration } from '../../config/configuration.js';
import { discoveryMessages } from '../../homeassistant/discovery.js';
import { bridgeTopic } from '../../mqtt/topics.js';
import { objectIn, objectOf, textIn } from '../json-members.js';
import { some } from './broker.js';
import { counted } from './configuration.js';
import type { Tell } from './finding.js';
import type { Kept } from './read-back.js';

/** Tells of it. */
export function checkHomeAssistant({ core, homeassistant }: Configuration, kept: Kept, tell: Tell): void {
  if (core.homeassistant.discovery === 'off') {
    tell('ok', 'discovery is switched off (homeassistant.discovery)');
    return;
  }
  const { birthTopic, birthPayload } = homeassistant;
  const birth = kept.retained.get(birthTopic);
  const info = objectIn(kept.retained.get(bridgeTopic(core.baseTopic, 'info')));
  const heard = textIn(objectOf(info, 'home_assistant'), 'birth');
  if (heard !== undefined) tell('ok', `heard to start at ${heard}`);
  else if (birth === birthPayload) tell('ok', `${birthTopic}: ${birth}`);
  else if (birth === undefined)
    // sent at its start only and not retained, unless its owner has changed that
    tell('ok', `not heard to start so far: ${birthTopic} tells it only then`);
  else
    tell(
      'warning',
      `${birthTopic}: ${JSON.stringify(birth)} instead of ${JSON.stringify(birthPayload)}`,
      'start Home Assistant, or correct homeassistant.birth_payload',
    );

  const messages = discoveryMessages(core);
  const missing = messages.filter(({ topic }) => !kept.retained.has(topic)).map(({ topic }) => topic);
  const others = messages.filter(({ topic, payload }) => {
    const there = kept.retained.get(topic);
    return there !== undefined && there !== payload;
  });
  if (missing.length > 0)
    tell('warning', `not announced yet: ${some(missing)}`, 'the service does so when it starts or reloads');
  if (others.length > 0)
    tell(
      'warning',
      `announced otherwise than now configured: ${some(others.map(({ topic }) => topic))}`,
      'the service does so when it reloads: systemctl reload heyu2mqtt',
    );
  if (missing.length === 0 && others.length === 0)
    tell('ok', `${counted(messages.length, 'discovery message')} there, as configured`);
}
