/**
 * Names of time zones. The first format that Intl makes costs 11 ms, a fifth of an empty Node, so it is made only when
 * needed.
 */

import { readlinkSync } from 'node:fs';
import { orElse } from '../common/error.js';

/** Whether the runtime knows a time zone by this name of the IANA database. */
export function isTimeZone(name: string): boolean {
  if (isUsual(name)) return true;
  // an offset is not a zone
  return (
    /^[A-Za-z]/.test(name) && orElse(() => new Intl.DateTimeFormat('en', { timeZone: name }), null) !== null
  );
}

const isUsual = (name: string): boolean =>
  name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name);

/** Name of the time zone of this process: of the environment, or where the system's link leads. */
export function systemTimeZone(): string {
  const name = process.env['TZ'] ?? orElse(() => readlinkSync('/etc/localtime'), '').split('/zoneinfo/')[1];
  if (name === 'Etc/UTC') return 'UTC';
  return name !== undefined && isUsual(name) ? name : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
