/**
 * Lines of heyu that are not X10 signals: messages about the engine, the interface and the RF receiver (poll.c,
 * monitor.c, x10state.c). Anything else with a stamp is text, e.g. of `heyu logmsg`.
 */

import { indexNamed, type AddressIndex } from '../x10/address.js';

/** What a message tells. */
export type Message =
  | 'engine_started'
  | 'engine_reconfigured'
  | 'armed_home'
  | 'armed_away'
  | 'disarmed'
  | 'will_be_armed'
  | 'tamper_cleared'
  | 'power_failure'
  | 'interface_lockup'
  | 'interface_silent'
  | 'rf_flood'
  | 'rf_flood_over'
  | 'rf_jamming'
  | 'rf_jamming_over'
  | 'unknown_transmission'
  | 'unknown_value'
  | 'spool_rewound'
  | 'cannot_transceive'
  | 'undetermined_trigger'
  | 'routine'
  | 'text';

/** Said exactly so: `heyu logmsg System is Disarmed, I hope` must not disarm anything. */
const EXACT: ReadonlyMap<string, Message> = new Map([
  ['Engine started', 'engine_started'],
  ['Monitor started', 'engine_started'],
  ['Engine reconfiguration', 'engine_reconfigured'],
  ['Monitor reconfiguration', 'engine_reconfigured'],
  ['System is Armed Home', 'armed_home'],
  ['System is Armed Away', 'armed_away'],
  ['System is Disarmed', 'disarmed'],
  ['Clear tamper flags', 'tamper_cleared'],
]);

const PREFIXES: readonly (readonly [string, Message])[] = [
  ['System will be Armed', 'will_be_armed'],
  ['CM11A experienced an AC power interruption', 'power_failure'],
  ['CM10A experienced an AC power interruption', 'power_failure'],
  ['Powerfail signal received', 'power_failure'],
  ['Interface lockup signal received', 'interface_lockup'],
  ["The interface didn't answer", 'interface_silent'],
  ['RF_Flood signal received', 'rf_flood'],
  ['Unknown transmission:', 'unknown_transmission'],
  ['Poll received unknown value', 'unknown_value'],
  ['Spoolfile exceeded max size', 'spool_rewound'],
  ['Unable to transceive to', 'cannot_transceive'],
  ['Launching ', 'routine'],
  ['Scripts enabled', 'routine'],
  ['Scripts disabled', 'routine'],
  ['Timeout, timer', 'routine'],
  ['Countdown timer ', 'routine'],
  ['Counter ', 'routine'],
  ['Reset timers', 'routine'],
  ['*** Warning:', 'routine'],
  ['Trigger executed macro', 'routine'],
  ['Timer executed macro', 'routine'],
  ['Update CM11A info', 'routine'],
  ['Request CM11A info', 'routine'],
  ['Upload to EEPROM location', 'routine'],
  ['Reset CM17A', 'routine'],
  ['Wait macro completion', 'routine'],
  ['Wait timeout', 'routine'],
  ['Byte value =', 'routine'],
  ['Testpoint ', 'routine'],
];

/** All of them, as far as heyu says them always alike. */
export const MESSAGES: readonly string[] = [...EXACT.keys(), ...PREFIXES.map(([prefix]) => prefix)];

/** In verbose mode: "Bytes received = 3; the interface didn't answer a getinfo response." (poll.c:1094) */
const SILENT_INTERFACE = /^Bytes received = \d+; the interface didn't answer/;

const TAMPERED = '*TAMPER*, ';

// RCS thermostats answer through preset codes: "Temperature = -41      : hu A0  (_no_alias_)"
const RCS = /^[A-Z][A-Za-z_]* = \S.* : hu [A-P]\d{1,2} +\(/;

/** `Inactive sensor C2 (sec_door)`: how heyu says Inactive with INACTIVE_HANDLING OLD. */
const INACTIVE = /^Inactive sensor ([A-P])(\d{1,2})\s*\(([A-Za-z0-9._-]{1,32})\)\s*$/;

/** The unit that a message reports as inactive, and heyu's label of it. */
export function inactiveUnit(text: string): { unit: AddressIndex; label: string } | undefined {
  if (!text.startsWith('Inactive sensor ')) return undefined;
  const [, letter = '', digits = '', label = ''] = INACTIVE.exec(text) ?? [];
  const unit = indexNamed(letter, digits);
  return unit === undefined ? undefined : { unit, label };
}

/** What a line without a source tag tells; `text` is the line without its stamp. */
export function messageOf(text: string): Message {
  const said = text.startsWith(TAMPERED) ? text.slice(TAMPERED.length) : text;
  const exact = EXACT.get(said.trimEnd());
  if (exact !== undefined) return exact;
  for (const [prefix, message] of PREFIXES) if (said.startsWith(prefix)) return message;
  if (SILENT_INTERFACE.test(said)) return 'interface_silent';
  return RCS.test(said) ? 'routine' : 'text';
}
