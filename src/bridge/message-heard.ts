/**
 * What heyu says of itself, of its interface and of its RF receiver: counted, and where it lasts a trouble until
 * something shows that it is over.
 */

import type { Message } from '../heyu/messages.js';
import { clearTamper } from '../sensor/diagnostics.js';
import type { Core } from './core.js';
import { beginTrouble, countMessage, endTrouble, TROUBLE_OF, type Trouble } from './health.js';

/** RF that is heard so long after a flood or jamming began, and no end was told: it is over. */
const RF_WORKS_AFTER_MS = 60_000;

/** The interface tells of one power failure once a second until it gets the time. */
const SAME_FAILURE_MS = 60_000;

/** So many stamps that do not fit, or unknown bytes of the interface, in a row are a trouble. */
export const SUSPICIOUS = 20;

/** Begins or ends a trouble; tells of it when that is news. */
export function setTrouble(core: Core, what: 'begins' | 'ends', trouble: Trouble, at: number): void {
  const { health, output } = core;
  const isNews = what === 'begins' ? beginTrouble(health, trouble, at) : endTrouble(health, trouble);
  if (isNews) output.trouble(trouble, what === 'begins');
}

function hasInterfaceTrouble(core: Core): boolean {
  const { troubles } = core.health;
  return (
    core.garbageInARow > 0 ||
    troubles.interface_lockup !== undefined ||
    troubles.interface_garbage !== undefined
  );
}

/** The power line interface speaks X10 (again). */
export function interfaceWorks(core: Core, at: number): void {
  if (!hasInterfaceTrouble(core)) return;
  core.garbageInARow = 0;
  setTrouble(core, 'ends', 'interface_lockup', at);
  setTrouble(core, 'ends', 'interface_garbage', at);
}

/** RF is heard: a flood or jamming of which heyu told no end is over. */
export function receiverWorks(core: Core, at: number): void {
  const { rf_flood: floodAt, rf_jamming: jammingAt } = core.health.troubles;
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
  if (message === 'unknown_value') {
    core.garbageInARow += 1;
    if (core.garbageInARow === SUSPICIOUS) setTrouble(core, 'begins', 'interface_garbage', at);
  }
  switch (message) {
    case 'engine_started':
      setTrouble(core, 'ends', 'interface_lockup', at);
      setTrouble(core, 'ends', 'interface_garbage', at);
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
