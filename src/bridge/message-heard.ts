/**
 * What heyu says of itself, of its interface and of its RF receiver: counted, and where it lasts a trouble until
 * something shows that it is over.
 */

import type { Message } from '../heyu/messages.js';
import { clearTamper } from '../sensor/diagnostics.js';
import { interruptHeartbeats, type Core } from './core.js';
import { countMessage, setTrouble, TROUBLE_OF } from './health.js';

/** RF that is heard so long after a flood or jamming began, and no end was told: it is over. */
const RF_WORKS_AFTER_MS = 60_000;

/** The interface tells of one power failure once a second until it gets the time. */
const SAME_FAILURE_MS = 60_000;

/**
 * So many unknown values in a row are a trouble if they come for longer than `GARBAGE_MS`: heyu that was started
 * without a terminal writes 59 at once when it is stopped. After a pause of `GARBAGE_OVER_MS` they are counted anew.
 */
const MUCH_GARBAGE = 20;
const GARBAGE_MS = 60_000;
const GARBAGE_OVER_MS = 3_600_000;

function hasInterfaceTrouble(core: Core): boolean {
  const { troubles } = core.health;
  return (
    core.garbage.count > 0 ||
    troubles.interface_lockup !== undefined ||
    troubles.interface_garbage !== undefined
  );
}

/** The power line interface speaks X10 (again). */
export function interfaceWorks(core: Core, at: number): void {
  if (!hasInterfaceTrouble(core)) return;
  core.garbage.count = 0;
  setTrouble(core, 'ends', 'interface_lockup', at);
  setTrouble(core, 'ends', 'interface_garbage', at);
}

/** The interface wrote what heyu does not know. */
function garbageHeard(core: Core, at: number): void {
  const { garbage } = core;
  if (garbage.count === 0 || at - garbage.at > GARBAGE_OVER_MS) {
    garbage.count = 0;
    garbage.since = at;
  }
  garbage.count += 1;
  garbage.at = at;
  if (garbage.count >= MUCH_GARBAGE && at - garbage.since >= GARBAGE_MS)
    setTrouble(core, 'begins', 'interface_garbage', at);
}

/** RF is heard: a flood or jamming of which heyu told no end is over, and garbage that has not come for long. */
export function receiverWorks(core: Core, at: number): void {
  const { rf_flood: floodAt, rf_jamming: jammingAt, interface_garbage: garbageAt } = core.health.troubles;
  if (garbageAt !== undefined && at - Math.max(garbageAt, core.garbage.at) > GARBAGE_OVER_MS)
    setTrouble(core, 'ends', 'interface_garbage', at);
  if (floodAt !== undefined && at - floodAt > RF_WORKS_AFTER_MS) setTrouble(core, 'ends', 'rf_flood', at);
  if (jammingAt !== undefined && at - jammingAt > RF_WORKS_AFTER_MS)
    setTrouble(core, 'ends', 'rf_jamming', at);
}

/** A message of heyu (heyu/messages). `earliestAt`: it was not said before. */
export function messageHeard(core: Core, message: Message, at: number, earliestAt: number): void {
  const { health, output } = core;
  const isSameFailure = message === 'power_failure' && at - core.powerFailedAt < SAME_FAILURE_MS;
  if (message === 'power_failure') core.powerFailedAt = at;
  if (!isSameFailure) countMessage(health.counters, message);
  const trouble = TROUBLE_OF[message];
  if (trouble !== undefined) setTrouble(core, trouble[0], trouble[1], at);
  if (message === 'unknown_value') garbageHeard(core, at);
  switch (message) {
    case 'engine_started':
      interruptHeartbeats(core, at);
      setTrouble(core, 'ends', 'heartbeats_missing', at);
      interfaceWorks(core, at);
      setTrouble(core, 'ends', 'rf_flood', at);
      setTrouble(core, 'ends', 'rf_jamming', at);
      output.note('info', {}, 'heyu engine started');
      return;
    case 'armed_home':
    case 'armed_away':
    case 'disarmed':
      return output.heyuArmed(message, earliestAt);
    case 'tamper_cleared':
      for (const sensor of core.sensors) clearTamper(sensor, at, core.report);
      return;
    default:
  }
}
