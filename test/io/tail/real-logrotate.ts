/** The real logrotate, and the forms in which it is set up for heyu. */

import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LOGROTATE = ['/usr/sbin/logrotate', '/usr/bin/logrotate', '/sbin/logrotate'].find(existsSync);

/** Directives beside those that every form has. `olddir` wants a directory of that name beside the log. */
export const forms: readonly { readonly name: string; readonly directives: readonly string[] }[] = [
  { name: 'create', directives: ['create 0640'] },
  { name: 'nocreate', directives: ['nocreate'] },
  { name: 'copytruncate', directives: ['copytruncate'] },
  { name: 'create and compress', directives: ['create', 'compress'] },
  { name: 'nocreate, compress and delaycompress', directives: ['nocreate', 'compress', 'delaycompress'] },
  { name: 'copytruncate and compress', directives: ['copytruncate', 'compress'] },
  {
    name: 'dateext with compress and delaycompress',
    directives: ['create', 'dateext', 'dateformat -%Y%m%d-%s', 'compress', 'delaycompress'],
  },
  { name: 'dateext with copytruncate', directives: ['copytruncate', 'dateext', 'dateformat -%Y%m%d-%s'] },
  { name: 'olddir', directives: ['create', 'olddir old'] },
  { name: 'start 0', directives: ['create', 'start 0'] },
];

/** Writes the configuration beside the directory of the log; gives the command that rotates once. */
export function configureLogrotate(
  log: string,
  directives: readonly string[],
  rotate = 20,
): [string, string[]] {
  if (LOGROTATE === undefined) throw new Error('logrotate is missing. hint: apt-get install logrotate');
  const config = join(dirname(log), '..', 'logrotate.conf');
  writeFileSync(config, [`${log} {`, `rotate ${rotate}`, 'missingok', ...directives, '}', ''].join('\n'));
  chmodSync(config, 0o600);
  return [LOGROTATE, ['-f', '-s', `${config}.state`, config]];
}
