/** The credentials for the broker: user, password, certificates, from the configuration, its urls and files. */
import { orElse } from '../common/error.js';
import { maskUrl } from './forms.js';
import type { ConfigValues } from './keys-and-defaults.js';
import type { Place, Report } from './problem.js';
import { readTextFile, type TextFile } from './text-file.js';
import { type Origins, type PlaceOf, rankOf } from './values.js';

/** The part of the settings that is resolved here. */
export type Credentials = {
  /** Without user and password; at least one. */
  readonly urls: readonly string[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** PEM texts. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
};

/** Resolves them; `values` holds absolute paths. */
export function readCredentials(
  values: ConfigValues,
  origins: Origins,
  place: PlaceOf,
  report: Report,
): Credentials {
  const inUrls = credentialsOfUrls(values['mqtt.url'], place('mqtt.url'), report);
  const password = passwordOf(values, origins, place, report) ?? inUrls.password;
  const username = values['mqtt.username'] ?? inUrls.username;
  if (inUrls.username !== undefined && values['mqtt.username'] !== undefined)
    report.warn(place('mqtt.url'), 'names a user, but mqtt.username is used', 'remove one of them');
  if (password !== undefined && username === undefined)
    report.warn(place('mqtt.username'), 'there is a password, but no user name', 'add mqtt.username');
  return { urls: inUrls.urls, username, password, ...certificates(values, place, report) };
}

type OfUrls = Pick<Credentials, 'urls' | 'username' | 'password'>;

/** Takes user and password out of the urls, where they would end up in logs. All urls must say the same. */
function credentialsOfUrls(written: readonly string[], place: Place, report: Report): OfUrls {
  let found: Pick<OfUrls, 'username' | 'password'> | undefined;
  const urls = written.map((text) => {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
      const these = { username: decoded(url.username), password: decoded(url.password) };
      if (found !== undefined && (found.username !== these.username || found.password !== these.password))
        report.problem(
          place,
          'names different users for different brokers',
          'use mqtt.username and mqtt.password_file',
        );
      found = these;
    }
    url.username = '';
    url.password = '';
    return url.href;
  });
  return { urls, username: found?.username, password: found?.password };
}

const decoded = (part: string): string | undefined =>
  part === '' ? undefined : orElse(() => decodeURIComponent(part), part);

/** `mqtt.password` and `mqtt.password_file`: the one from the stronger source; two of the same source are a problem. */
function passwordOf(
  values: ConfigValues,
  origins: Origins,
  place: PlaceOf,
  report: Report,
): string | undefined {
  const direct = values['mqtt.password'];
  const path = values['mqtt.password_file'];
  if (path === undefined) return direct;
  const at = place('mqtt.password_file');
  if (direct !== undefined) {
    const difference = rankOf(origins.get('mqtt.password')) - rankOf(origins.get('mqtt.password_file'));
    if (difference === 0)
      report.problem(at, 'cannot be set together with mqtt.password', 'remove one of them');
    if (difference >= 0) return direct;
  }
  const file = readSecret(
    path,
    at,
    report,
    'write the password into it: sudo heyu2mqtt service password writes /etc/heyu2mqtt/mqtt-password',
  );
  const password = file?.text.replace(/\r?\n$/, '');
  if (password === '') report.problem(at, `${path} is empty`, 'write the password into it');
  if (file !== undefined) warnIfOpen(path, file, at, report);
  return password === '' ? undefined : password;
}

/** Reads one of the files; `missing` says what to do when it is not there. */
function readSecret(path: string, at: Place, report: Report, missing?: string): TextFile | undefined {
  const reading = readTextFile(path, path, missing === undefined ? {} : { mostBytes: 65_536 });
  if (reading.ok) return reading.file;
  const { problem, hint } = reading.problem;
  report.problem(at, `${path} ${problem}`, reading.missing ? (missing ?? hint) : hint);
  return undefined;
}

function warnIfOpen(path: string, { mode }: TextFile, at: Place, report: Report): void {
  if ((mode & 0o007) !== 0) report.warn(at, `${path} can be read by all users`, `chmod o= ${path}`);
}

/** The files of certificates: what each is called, and whether other users must not read it. */
const PEM = {
  'mqtt.ca_file': { what: 'certificate', label: 'CERTIFICATE' },
  'mqtt.cert_file': { what: 'certificate', label: 'CERTIFICATE' },
  'mqtt.key_file': { what: 'private key', label: 'PRIVATE KEY' },
} as const;

function certificates(
  values: ConfigValues,
  place: PlaceOf,
  report: Report,
): Pick<Credentials, 'ca' | 'cert' | 'key'> {
  const pem = (name: keyof typeof PEM): string | undefined => {
    const path = values[name];
    const file = path === undefined ? undefined : readSecret(path, place(name), report);
    if (path === undefined || file === undefined) return undefined;
    const { what, label } = PEM[name];
    if (!new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(file.text))
      report.problem(place(name), `${path} holds no ${what} in PEM form`, 'convert it with openssl');
    if (name === 'mqtt.key_file') warnIfOpen(path, file, place(name), report);
    return file.text;
  };
  const files = { ca: pem('mqtt.ca_file'), cert: pem('mqtt.cert_file'), key: pem('mqtt.key_file') };
  const pair = ['mqtt.cert_file', 'mqtt.key_file'] as const;
  const has = pair.filter((name) => values[name] !== undefined);
  const lacks = pair.find((name) => values[name] === undefined);
  if (has[0] !== undefined && lacks !== undefined)
    report.problem(place(has[0]), `is of no use without ${lacks}`, `add ${lacks}`);
  const encrypted = values['mqtt.url'].some((url) => /^(mqtts|tls|ssl|wss):/i.test(url.trim()));
  const named = (['mqtt.ca_file', 'mqtt.cert_file'] as const).find((name) => values[name] !== undefined);
  if (!encrypted && named !== undefined)
    report.warn(place(named), 'has no effect: mqtt.url is not encrypted', 'use mqtts:// or wss://');
  return files;
}

/** Warns of secrets that stand in `file`, which everybody may read. */
export function exposedSecrets(values: ConfigValues, place: PlaceOf, file: string, report: Report): void {
  const isSecret = {
    'mqtt.password': values['mqtt.password'] !== undefined,
    'mqtt.url': values['mqtt.url'].some((url) => maskUrl(url) !== url),
  };
  for (const key of ['mqtt.password', 'mqtt.url'] as const)
    if (isSecret[key] && place(key).file === file)
      report.warn(
        place(key),
        'is in a file that all users can read',
        `use mqtt.password_file, or chmod o= ${file}`,
      );
}
