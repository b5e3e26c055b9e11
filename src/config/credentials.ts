/** Who we are at the broker: user, password, certificates, out of the configuration, its urls and files. */
import { ENVIRONMENT, problemAt, type Problem } from './problem.js';
import { type ConfigKey, type ConfigValues, environmentName } from './keys.js';
import type { MqttSettings } from './configuration.js';
import { maskUrl } from './forms.js';
import { type Origin, type Origins, rankOf } from './values.js';
import { readTextFile } from './text-file.js';

/** The part of the settings that is resolved here. */
export type Credentials = Pick<MqttSettings, 'urls' | 'username' | 'password' | 'ca' | 'cert' | 'key'>;

/** A value's place in problems. */
export type PlaceOf = (key: ConfigKey) => Pick<Problem, 'file' | 'line' | 'key'>;

/** The place of a value in problems: its line, its variable, or else the configuration file as a whole. */
export function placeOf(origins: Origins, configFile: string | undefined): PlaceOf {
  return (key) => {
    const origin: Origin | undefined = origins.get(key);
    if (origin?.kind === 'environment')
      return { file: ENVIRONMENT, line: undefined, key: environmentName(key) };
    if (origin?.kind === 'file') return { file: origin.file, line: origin.line, key };
    return { file: configFile ?? ENVIRONMENT, line: undefined, key };
  };
}

/** Resolves them; `values` holds absolute paths. Faults and warnings are added. */
export function readCredentials(
  values: ConfigValues,
  origins: Origins,
  place: PlaceOf,
  problems: Problem[],
  warnings: Problem[],
): Credentials {
  const inUrls = credentialsOfUrls(values['mqtt.url'], place('mqtt.url'), problems);
  const password = passwordOf(values, origins, place, problems, warnings) ?? inUrls.password;
  const username = values['mqtt.username'] ?? inUrls.username;
  if (inUrls.username !== undefined && values['mqtt.username'] !== undefined) {
    warnings.push(
      problemAt(place('mqtt.url'), 'names a user, but mqtt.username is used', 'remove one of them'),
    );
  }
  if (password !== undefined && username === undefined) {
    warnings.push(
      problemAt(place('mqtt.username'), 'there is a password, but no user name', 'add mqtt.username'),
    );
  }
  return { urls: inUrls.urls, username, password, ...certificates(values, place, problems, warnings) };
}

type OfUrls = Pick<Credentials, 'urls' | 'username' | 'password'>;

/** Takes user and password out of the urls, where they would end up in logs. All urls must say the same. */
function credentialsOfUrls(
  written: readonly string[],
  place: ReturnType<PlaceOf>,
  problems: Problem[],
): OfUrls {
  let found: { readonly username: string | undefined; readonly password: string | undefined } | undefined;
  const urls = written.map((text) => {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
      const these = { username: decoded(url.username), password: decoded(url.password) };
      if (found !== undefined && (found.username !== these.username || found.password !== these.password)) {
        problems.push(
          problemAt(
            place,
            'names different users for different brokers',
            'use mqtt.username and mqtt.password_file',
          ),
        );
      }
      found = these;
    }
    url.username = '';
    url.password = '';
    return url.href;
  });
  return { urls, username: found?.username, password: found?.password };
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `mqtt.password` and `mqtt.password_file`: the one from the stronger source; two of the same source are a fault. */
function passwordOf(
  values: ConfigValues,
  origins: Origins,
  place: PlaceOf,
  problems: Problem[],
  warnings: Problem[],
): string | undefined {
  const direct = values['mqtt.password'];
  const file = values['mqtt.password_file'];
  if (file === undefined) return direct;
  if (direct !== undefined) {
    const difference = rankOf(origins.get('mqtt.password')) - rankOf(origins.get('mqtt.password_file'));
    if (difference === 0) {
      problems.push(
        problemAt(place('mqtt.password_file'), 'stands beside mqtt.password', 'remove one of them'),
      );
    }
    if (difference >= 0) return direct;
  }
  const reading = readTextFile(file, file, { mostBytes: 65_536 });
  if (!reading.ok) {
    const { problem, hint } = reading.problem;
    const written =
      'write the password into it: sudo heyu2mqtt service password writes /etc/heyu2mqtt/mqtt-password';
    problems.push(
      problemAt(place('mqtt.password_file'), `${file} ${problem}`, reading.missing ? written : hint),
    );
    return undefined;
  }
  const password = reading.file.text.replace(/\r?\n$/, '');
  if (password === '')
    problems.push(problemAt(place('mqtt.password_file'), `${file} is empty`, 'write the password into it'));
  if ((reading.file.mode & 0o007) !== 0) {
    warnings.push(
      problemAt(place('mqtt.password_file'), `${file} can be read by everybody`, `chmod o= ${file}`),
    );
  }
  return password === '' ? undefined : password;
}

function certificates(
  values: ConfigValues,
  place: PlaceOf,
  problems: Problem[],
  warnings: Problem[],
): Pick<Credentials, 'ca' | 'cert' | 'key'> {
  const pem = (name: 'mqtt.ca_file' | 'mqtt.cert_file' | 'mqtt.key_file'): string | undefined => {
    const path = values[name];
    if (path === undefined) return undefined;
    const reading = readTextFile(path);
    if (!reading.ok) {
      problems.push(problemAt(place(name), `${path} ${reading.problem.problem}`, reading.problem.hint));
      return undefined;
    }
    const { text } = reading.file;
    const wanted =
      name === 'mqtt.key_file' ? /-----BEGIN [A-Z ]*PRIVATE KEY-----/ : /-----BEGIN [A-Z ]*CERTIFICATE-----/;
    if (!wanted.test(text)) {
      const what = name === 'mqtt.key_file' ? 'private key' : 'certificate';
      problems.push(
        problemAt(place(name), `${path} holds no ${what} in PEM form`, 'convert it with openssl'),
      );
    }
    if (name === 'mqtt.key_file' && (reading.file.mode & 0o007) !== 0) {
      warnings.push(problemAt(place(name), `${path} can be read by everybody`, `chmod o= ${path}`));
    }
    return text;
  };
  const files = { ca: pem('mqtt.ca_file'), cert: pem('mqtt.cert_file'), key: pem('mqtt.key_file') };
  if ((values['mqtt.cert_file'] === undefined) !== (values['mqtt.key_file'] === undefined)) {
    const [has, lacks] =
      values['mqtt.key_file'] === undefined
        ? (['mqtt.cert_file', 'mqtt.key_file'] as const)
        : (['mqtt.key_file', 'mqtt.cert_file'] as const);
    problems.push(problemAt(place(has), `is of no use without ${lacks}`, `add ${lacks}`));
  }
  const encrypted = values['mqtt.url'].some((url) => /^(mqtts|tls|ssl|wss):/i.test(url.trim()));
  const named = (['mqtt.ca_file', 'mqtt.cert_file'] as const).find((name) => values[name] !== undefined);
  if (!encrypted && named !== undefined) {
    warnings.push(
      problemAt(place(named), 'has no effect: mqtt.url is not encrypted', 'use mqtts:// or wss://'),
    );
  }
  return files;
}

/** Warnings for secrets that stand in `file`, if everybody may read it. */
export function exposedSecrets(values: ConfigValues, place: PlaceOf, file: string): readonly Problem[] {
  const secrets = [
    values['mqtt.password'] === undefined ? undefined : place('mqtt.password'),
    values['mqtt.url'].some((url) => maskUrl(url) !== url) ? place('mqtt.url') : undefined,
  ];
  return secrets
    .filter((secret) => secret?.file === file)
    .map((secret) =>
      problemAt(
        secret ?? { file },
        'stands in a file that everybody can read',
        `use mqtt.password_file, or chmod o= ${file}`,
      ),
    );
}
