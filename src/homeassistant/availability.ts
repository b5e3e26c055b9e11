/** The topics that say whether an entity is available. */

import type { CoreSettings } from '../core-settings.js';
import { bridgeTopic } from '../mqtt/topics.js';

/** Says whether the bridge lives; retained, and the bridge's last will. */
export function statusTopic(core: CoreSettings): string {
  return bridgeTopic(core.baseTopic, 'status');
}

/** A sensor is available while the bridge lives and can read heyu's log. */
export function sensorAvailability(core: CoreSettings): readonly string[] {
  return [statusTopic(core), bridgeTopic(core.baseTopic, 'source')];
}
