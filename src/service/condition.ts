/**
 * How the bridge is: what `bridge/source`, `bridge/problem` and `bridge/info` say, and the one line for systemd
 * and people. Reasons are words; each begins and ends once.
 */

import type { Trouble } from '../bridge/health.js';
import { TROUBLES } from '../bridge/health.js';

/** What can be wrong, beside heyu's own troubles. */
export type Concern =
  | 'log_missing'
  | 'log_unreadable'
  | 'log_quiet'
  | 'lines_lost'
  | 'disk'
  | 'takeover'
  | 'refused_topics'
  | 'heyu_command'
  | 'settings_ignored'
  | 'configuration'
  | Trouble;

const CONCERNS: Readonly<Record<Exclude<Concern, Trouble>, string>> = {
  log_missing: 'the heyu log is missing',
  log_unreadable: 'the heyu log cannot be read',
  log_quiet: 'heyu has written nothing for long: is its engine running?',
  lines_lost: 'lines of the heyu log were lost',
  disk: 'the state directory cannot be written to',
  takeover: 'another program uses the same MQTT client id',
  refused_topics: 'the broker refuses some of our topics',
  configuration: 'the configuration has faults: the last good one is in force',
  heyu_command: 'heyu could not switch a lamp or appliance',
  settings_ignored: 'settings that have no effect are ignored',
};

/** Detail of `log_missing`: no failure of heyu, but nothing proves that it is set up at all. */
export const NEVER_THERE = 'it was never there';

/** What is wrong at the moment, with details. */
export type Condition = Map<Concern, string>;

/** Begins a concern (or changes its details); returns whether it is new. */
export function concern(condition: Condition, what: Concern, details = ''): boolean {
  const isNew = !condition.has(what);
  condition.set(what, details);
  return isNew;
}

/** Settings that have no effect, in words: a concern as long as there is one. */
export function concernIgnored(condition: Condition, [first, ...more]: readonly string[] = []): void {
  if (first === undefined) condition.delete('settings_ignored');
  else
    concern(condition, 'settings_ignored', more.length === 0 ? first : `${first}, and ${more.length} more`);
}

/** All that is wrong, in words, the worst first; null when nothing is. */
export function problemOf(condition: Condition): string | null {
  if (condition.size === 0) return null;
  return [...condition]
    .map(([what, details]) => {
      const words = what in CONCERNS ? CONCERNS[what as keyof typeof CONCERNS] : TROUBLES[what as Trouble];
      return details === '' ? words : `${words} (${details})`;
    })
    .join('; ');
}
