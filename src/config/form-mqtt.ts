/** Forms of MQTT: addresses of brokers, topics of ours and of others, places within a JSON payload, names in ids. */
import { topicFault } from '../mqtt/topics.js';
import { quote } from './problem.js';
import { bad, good, single, type Form } from './form.js';

/** Url schemes of mqtt.js that reach a broker over a network. */
export const BROKER_SCHEMES = ['mqtt', 'mqtts', 'tcp', 'tls', 'ssl', 'ws', 'wss'];

/** What is shown in the place of a secret. */
export const MASK = '********';

function parseUrl(written: string): URL | undefined {
  try {
    return new URL(written);
  } catch {
    return undefined;
  }
}

/**
 * A broker's url with the password and the query (which may hold a token) masked. It rather masks too much: in a url
 * that was mistyped a password may stand where a host should.
 */
export function maskUrl(written: string): string {
  const start = written.includes('://') ? written.indexOf('://') + 3 : 0;
  const rest = written
    .slice(start)
    .replace(/^([^:@]*):.*@/s, (_, user: string) => `${user}:${MASK}@`)
    .replace(/\?.*/s, `?${MASK}`);
  return written.slice(0, start) + rest;
}

/** Url of a broker. It may hold user and password. */
export const brokerUrl: Form<string> = single(
  'broker url',
  (given) => {
    const written = given.trim();
    const shown = quote(maskUrl(written));
    if (written === '') return bad('is empty');
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase();
    if (scheme === undefined) return bad(`${shown} is no url`, 'write it as mqtt://localhost:1883');
    if (!BROKER_SCHEMES.includes(scheme)) {
      return bad(`${shown} has an unknown scheme`, `known: ${BROKER_SCHEMES.join(', ')}`);
    }
    if (/[\s\p{Cc}]/u.test(written)) return bad(`${shown} contains a blank`);
    const url = parseUrl(written);
    if (url === undefined) return bad(`${shown} is no url`, 'write it as mqtt://localhost:1883');
    if (url.hostname === '') return bad(`${shown} names no host`, 'write it as mqtt://localhost:1883');
    if (url.port === '0')
      return bad(`${shown} names the port 0`, 'write the port of the broker, such as 1883');
    if (url.hash !== '' || (url.search !== '' && !scheme.startsWith('ws'))) {
      return bad(`${shown} has something after ? or #`, 'a # or ? in a password is written %23 or %3F');
    }
    return good(written);
  },
  { type: 'string', pattern: `^ *(${BROKER_SCHEMES.join('|')})://[^\\s]+ *$` },
  (value) => value,
);

/** A topic, or the beginning of topics, that we publish. */
export const ownTopic: Form<string> = single(
  'topic',
  (given) => {
    const problem = topicFault(given);
    return problem === undefined ? good(given) : bad(`${quote(given)} ${problem}`);
  },
  { type: ['string', 'number'], minLength: 1, pattern: '^[^$/+#][^+#]*$' },
  (value) => value,
);

/** A topic of another program: whatever MQTT allows to publish to (MQTT 3.1.1, section 4.7). */
export const foreignTopic: Form<string> = single(
  'topic',
  (given) => {
    if (given.trim() === '') return bad('is empty');
    if (/[+#]/.test(given))
      return bad(`${quote(given)} contains a wildcard (+ or #)`, 'write one exact topic');
    if (/[\p{Cc}\p{Cs}]/u.test(given)) return bad(`${quote(given)} contains a control character`);
    if (new TextEncoder().encode(given).length > 65_535) return bad('is longer than 65,535 bytes');
    return good(given);
  },
  { type: ['string', 'number'], minLength: 1, pattern: '^[^+#]+$' },
  (value) => value,
);

/** A JSON pointer (RFC 6901): empty for the whole payload, or `/alarm/state`. */
export const jsonPointer: Form<string> = single(
  'JSON pointer',
  (given) =>
    /^(\/([^~/]|~[01])*)*$/u.test(given)
      ? good(given)
      : bad(`${quote(given)} is no JSON pointer`, 'write it as /state or /alarm/state'),
  { type: 'string', pattern: '^(/([^~/]|~[01])*)*$' },
  (value) => value,
);

/** What unique ids and entity ids are made of (Home Assistant allows letters, digits, `_` and `-` in discovery topics). */
export const idPart: Form<string> = single(
  'id',
  (given) =>
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(given)
      ? good(given)
      : bad(
          `${quote(given)} is no id`,
          'use up to 64 letters, digits, _ and -, beginning with a letter or digit',
        ),
  { type: ['string', 'number'], pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
  (value) => value,
);

/** Turns text into an id: `x10/Cellar` becomes `x10_cellar`; undefined when nothing is left. */
export function slug(written: string): string | undefined {
  const id = written
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
  return id === '' ? undefined : id;
}
