/** Command lines of mosquitto_sub that work with this configuration, without showing a secret. */

import type { ConfigValues } from '../config/config-keys.js';

/** For a POSIX shell: quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The line that shows everything below a topic. The password is read from its file when the line is run. */
export function mosquittoSub(values: ConfigValues, filter: string): string {
  const [first = 'mqtt://localhost'] = values['mqtt.url'];
  const url = new URL(first);
  const isTls = url.protocol === 'mqtts:' || url.protocol === 'wss:';
  const isWeb = url.protocol.startsWith('ws');
  const user = values['mqtt.username'] ?? decodeURIComponent(url.username);
  const passwordFile = values['mqtt.password_file'];
  const ca = values['mqtt.ca_file'];
  const words = ['mosquitto_sub', '-v'];
  if (isWeb) words.push('--ws');
  if (url.hostname !== 'localhost') words.push('-h', shellWord(url.hostname));
  if (url.port !== '' && url.port !== '1883') words.push('-p', url.port);
  else if (isTls && url.port === '') words.push('-p', '8883');
  if (user !== '') words.push('-u', shellWord(user));
  if (passwordFile !== undefined) words.push('-P', `"$(cat ${shellWord(passwordFile)})"`);
  else if (user !== '') words.push('-P', 'PASSWORD');
  if (ca !== undefined) words.push('--cafile', shellWord(ca));
  else if (isTls) words.push('--capath', '/etc/ssl/certs');
  return [...words, '-t', shellWord(filter)].join(' ');
}
