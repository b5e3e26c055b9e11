/**
 * A form is how a value is written in the configuration: it reads the text, reports in words why it cannot, writes a
 * value and describes itself as JSON Schema. The files, the environment, the JSON Schema and the reference in
 * docs/configuration.md all use the same forms, so that they agree.
 */
import { validateDetailed } from 'node-cron';
import { DAY, HOUR, MINUTE, SECOND, writeDuration } from '../common/duration.js';
import { type Refusal, refused } from '../common/error.js';
import { isTimeZone } from './time-zone.js';
import { nearest, nearestHint, quote } from '../common/text.js';
import { SOURCES, type Source } from '../heyu/sources.js';
import { ADDRESSES_PATTERN, labelProblem, parseAddresses, writeAddresses } from '../heyu/x10config.js';
import type { OnAlarm } from '../security/zone.js';
import { topicProblem } from '../mqtt/topics.js';
import { type Address, type Addresses, parseAddress } from '../x10/address.js';
import { type Model, modelNamed, MODELS } from '../x10/models.js';

/** What a file or an environment variable gives: one text, or a list of texts. */
export type Given = string | readonly string[];

/** A value that JSON and YAML can hold. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainObject;

/** A JSON object. */
export type PlainObject = { readonly [key: string]: Plain };

/** The texts with which a plain value would be written. */
export function givenAs(plain: Plain): Given {
  const text = (value: Plain): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return isList(plain) ? plain.map(text) : text(plain);
}

/** Array.isArray does not recognise readonly arrays. */
function isList(plain: Plain): plain is readonly Plain[] {
  return Array.isArray(plain);
}

/** The answer of a form: a value, or why not. */
export type Reading<T> = { readonly ok: true; readonly value: T } | Refusal;

/** A way of writing values of the type `T`. */
export type Form<T> = {
  /** What it is, for people, without an article: `duration`. */
  readonly name: string;
  /** Never throws. */
  readonly read: (given: Given) => Reading<T>;
  /** Reads a section, where that is a way of writing it. Never throws. */
  readonly readSection?: ((given: ReadonlyMap<string, Given>) => Reading<T>) | undefined;
  /**
   * The value as it stands in the configuration file; `read` of it gives the same value. (A method, so that forms of
   * different values fit into one table.)
   */
  write(value: T): Plain;
  /** JSON Schema (draft 2020-12) of what `read` accepts in a file. */
  readonly jsonSchema: PlainObject;
};

/** A value that was read. */
export const good = <T>(value: T): Reading<T> => ({ ok: true, value });

/** A form of one value: lists are refused. */
export function single<T>(
  name: string,
  read: (text: string) => Reading<T>,
  jsonSchema: PlainObject,
  write: (value: T) => Plain,
): Form<T> {
  const one = (given: Given): Reading<T> =>
    typeof given === 'string' ? read(given) : refused(`is a list, but one ${name} is wanted`);
  return { name, read: one, write, jsonSchema };
}

/** A form of one value that stands in the file as it is. */
export function plain<T extends Plain>(
  name: string,
  read: (text: string) => Reading<T>,
  jsonSchema: PlainObject,
): Form<T> {
  return single(name, read, jsonSchema, (value) => value);
}

/** A text that matches a pattern as a whole. */
function matching(name: string, pattern: string, type: Plain, hint: string): Form<string> {
  const whole = new RegExp(pattern, 'u');
  return plain(
    name,
    (given) => (whole.test(given) ? good(given) : refused(`${quote(given)} is not a valid ${name}`, hint)),
    { type, pattern },
  );
}

/**
 * A form of several values: a list, or one text in which commas separate them (an environment variable).
 * An empty text is an empty list. `least` is the smallest number of values.
 */
export function list<T>(of: Form<T>, least = 0): Form<readonly T[]> {
  return {
    name: `list of ${of.name}s`,
    read: (given) => {
      const texts = typeof given === 'string' ? given.split(',').map((text) => text.trim()) : given;
      const values: T[] = [];
      for (const text of texts) {
        if (text === '' && typeof given === 'string') continue;
        const reading = of.read(text);
        if (!reading.ok) return reading;
        values.push(reading.value);
      }
      return values.length < least
        ? refused(`is empty, but at least ${least} ${of.name} is wanted`)
        : good(values);
    },
    write: (values) => values.map((value) => of.write(value)),
    jsonSchema: { anyOf: [of.jsonSchema, { type: 'array', items: of.jsonSchema, minItems: least }] },
  };
}

/** Text for people and programs: 1 to `most` characters, none of them a control character. */
export function text(name: string, most = 256): Form<string> {
  return plain(
    name,
    (given) => {
      if (given.trim() === '') return refused('is empty');
      if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(given))
        return refused(`${quote(given)} contains a control character`);
      if (Array.from(given).length > most) return refused(`is longer than ${most} characters`);
      return good(given);
    },
    { type: ['string', 'number', 'boolean'], minLength: 1, maxLength: most },
  );
}

/** A secret: anything but nothing, kept as it is and never shown. */
export const secret: Form<string> = plain(
  'secret',
  (given) => (given === '' ? refused('is empty') : good(given)),
  { type: ['string', 'number', 'boolean'], minLength: 1 },
);

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[]): Form<W> {
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  return plain(
    'word',
    (given) => {
      const word = words.find((known) => known === given.trim());
      if (word !== undefined) return good(word);
      return refused(`${quote(given)} is not one of ${words.join(', ')}`, nearestHint(given, words));
    },
    { enum: [...words, ...numbers] },
  );
}

/** One value for all of these words, or a section with a value for some of them. */
export function byWord<const W extends string, T extends string | number>(
  words: readonly W[],
  of: Form<T>,
): Form<T | Readonly<Partial<Record<W, T>>>> {
  const properties = Object.fromEntries(words.map((word) => [word, of.jsonSchema]));
  return {
    ...of,
    readSection: (given) => {
      const values: Partial<Record<W, T>> = {};
      for (const [key, written] of given) {
        const word = words.find((known) => known === key);
        if (word === undefined)
          return refused(`${quote(key)} is not one of ${words.join(', ')}`, nearestHint(key, words));
        const reading = of.read(written);
        if (!reading.ok) return { ...reading, problem: `${word}: ${reading.problem}` };
        values[word] = reading.value;
      }
      return good(values);
    },
    write: (value) =>
      typeof value !== 'object'
        ? of.write(value)
        : Object.fromEntries(
            words.flatMap((word) => {
              const one = value[word];
              return one === undefined ? [] : [[word, of.write(one)]];
            }),
          ),
    jsonSchema: { anyOf: [of.jsonSchema, { type: 'object', properties, additionalProperties: false }] },
  };
}

/** Long enough to be heard, and not so long that it is a nuisance (many towns allow 3 to 5 min). */
const ON_ALARM = { switch_on: list(text('alias', 32), 1), for: duration(SECOND, HOUR) };

/** What sounds in an alarm: `{ switch_on: [siren], for: 4m }`. */
export const onAlarm: Form<OnAlarm> = {
  name: 'section',
  read: () => refused('is a section', 'write { switch_on: [siren], for: 4m }'),
  readSection: (given) => {
    for (const name of given.keys())
      if (!Object.hasOwn(ON_ALARM, name))
        return refused(
          `${quote(name)} is not one of switch_on, for`,
          nearestHint(name, Object.keys(ON_ALARM)),
        );
    const switchOn = ON_ALARM.switch_on.read(given.get('switch_on') ?? []);
    if (!switchOn.ok) return { ...switchOn, problem: `switch_on: ${switchOn.problem}` };
    const lasts = ON_ALARM.for.read(given.get('for') ?? '4m');
    if (!lasts.ok) return { ...lasts, problem: `for: ${lasts.problem}` };
    return good({ switchOn: switchOn.value, forMs: lasts.value });
  },
  write: ({ switchOn, forMs }) => ({
    switch_on: ON_ALARM.switch_on.write(switchOn),
    for: ON_ALARM.for.write(forMs),
  }),
  jsonSchema: {
    type: 'object',
    properties: { switch_on: ON_ALARM.switch_on.jsonSchema, for: ON_ALARM.for.jsonSchema },
    required: ['switch_on'],
    additionalProperties: false,
  },
};

/** `auto`, or a value. */
export function autoOr<T>(of: Form<T>): Form<T | 'auto'> {
  return {
    name: of.name,
    read: (given) => (typeof given === 'string' && given.trim() === 'auto' ? good('auto') : of.read(given)),
    readSection: of.readSection,
    write: (value) => (value === 'auto' ? 'auto' : of.write(value)),
    jsonSchema: { anyOf: [{ const: 'auto' }, of.jsonSchema] },
  };
}

const TRUE = ['true', 'yes', 'on'];
const FALSE = ['false', 'no', 'off'];

/** true, yes, on or false, no, off; nothing else, lest `0` or a typing error switch something on. */
export const yesOrNo: Form<boolean> = plain(
  'boolean',
  (given) => {
    const word = given.trim().toLowerCase();
    if (TRUE.includes(word)) return good(true);
    if (FALSE.includes(word)) return good(false);
    return refused(`${quote(given)} is neither true nor false`, 'write true or false');
  },
  {
    anyOf: [
      { enum: [true, false, ...TRUE, ...FALSE] },
      { type: 'string', pattern: `^(${[...TRUE, ...FALSE].map(inAnyCase).join('|')})$` },
    ],
  },
);

/** A pattern for a word of letters in upper and lower case: JSON Schema knows no flag for it. */
function inAnyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** Path of a file or directory. What it is relative to is for the reader to know. */
export const path: Form<string> = plain(
  'path',
  (given) => {
    if (given.trim() === '') return refused('is empty');
    if (/\p{Cc}/u.test(given)) return refused(`${quote(given)} contains a control character`);
    if (given.startsWith('~'))
      return refused(`${quote(given)} begins with ~, which only shells know`, 'write the whole path');
    return good(given);
  },
  { type: 'string', minLength: 1, pattern: '^[^~]' },
);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/**
 * `90s`, `5m`, `24h`, `1d` or several of them (`1h30m`) as milliseconds, from `leastMs` to `mostMs`. A number
 * without a unit is refused because it is ambiguous; `0` needs none.
 */
export function duration(leastMs: number, mostMs: number, zero?: 'zero_allowed'): Form<number> {
  const range = `${writeDuration(leastMs)} to ${writeDuration(mostMs)}${zero ? ', or 0' : ''}`;
  return single(
    'duration',
    (given) => {
      const written = given.trim().toLowerCase().replaceAll(' ', '');
      if (/^\d+(\.\d+)?$/.test(written) && Number(written) !== 0) {
        return refused(`${quote(given)} has no unit`, `write ${written}s, ${written}m or ${written}h`);
      }
      if (!/^(0|(\d{1,12}(\.\d{1,3})?(ms|s|m|h|d|w))+)$/.test(written)) {
        return refused(`${quote(given)} is not a valid duration`, 'write it as 90s, 5m or 24h');
      }
      let total = 0;
      for (const [, amount, unit] of written.matchAll(/([\d.]+)([a-z]+)/g)) {
        total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
      }
      total = Math.round(total);
      if (total === 0 && (zero !== undefined || leastMs === 0)) return good(0);
      if (total < leastMs || total > mostMs)
        return refused(`${quote(given)} is out of range`, `allowed: ${range}`);
      return good(total);
    },
    {
      anyOf: [
        { type: 'string', pattern: '^ *(0|(\\d{1,12}(\\.\\d{1,3})? *([mM]?[sS]|[mMhHdDwW]) *)+) *$' },
        { const: 0 },
      ],
    },
    writeDuration,
  );
}

/** An angle from -`most` to `most`, with a decimal point. */
export function degrees(most: number): Form<number> {
  return single(
    'number of degrees',
    (given) => {
      const written = given.trim();
      const value = Number(written);
      if (!/^[+-]?\d{1,3}(\.\d{1,10})?$/.test(written))
        return refused(`${quote(given)} is not a valid number of degrees`, 'write it as 52.52, or -33.87');
      return Math.abs(value) <= most
        ? good(value)
        : refused(`${quote(given)} is out of range`, `allowed: -${most} to ${most}`);
    },
    {
      anyOf: [
        { type: 'number', minimum: -most, maximum: most },
        { type: 'string', pattern: '^ *[+-]?\\d{1,3}(\\.\\d{1,10})? *$' },
      ],
    },
    (value) => value,
  );
}

/** A release of Home Assistant: year and month; what follows them is ignored. */
export const release: Form<readonly [number, number]> = single(
  'release',
  (given) => {
    const [, year, month] = /^(20\d\d)\.(\d\d?)(\.\S*)?$/.exec(given) ?? [];
    return year === undefined || Number(month) < 1 || Number(month) > 12
      ? refused(`${quote(given)} is not a valid release`, 'write year and month, as in 2026.11')
      : good([Number(year), Number(month)]);
  },
  { type: ['string', 'number'], pattern: '^20\\d\\d\\.\\d\\d?(\\.\\S*)?$' },
  ([year, month]) => `${year}.${month}`,
);

/** Name of a time zone in the IANA database. */
export const timeZone: Form<string> = plain(
  'time zone',
  (given) => {
    const name = given.trim();
    if (isTimeZone(name)) return good(name);
    const near = nearestHint(name, Intl.supportedValuesOf('timeZone'));
    return refused(
      `${quote(given)} is not a valid time zone`,
      near ?? 'write a name such as Europe/Berlin or America/New_York',
    );
  },
  { type: 'string', pattern: '^ *[A-Za-z]' },
);

/** A cron expression of 5 or 6 fields or a nickname such as `@daily`, checked by node-cron; or `off`. */
export const cron: Form<string> = plain(
  'schedule',
  (given) => {
    const expression = given.trim();
    if (expression === 'off') return good('off');
    const { valid, errors } = validateDetailed(expression);
    if (valid) return good(expression);
    const field = errors[0]?.field;
    return refused(
      `${quote(given)} is not a valid cron expression${field === undefined || field === 'expression' ? '' : ` (${field})`}`,
      'write minute, hour, day, month and weekday, such as 30 3 * * *, or off',
    );
  },
  { type: 'string', minLength: 1 },
);

/** Url schemes of mqtt.js that reach a broker over a network. */
const BROKER_SCHEMES = ['mqtt', 'mqtts', 'tcp', 'tls', 'ssl', 'ws', 'wss'];

const BROKER_HINT = 'write it as mqtt://localhost:1883';

/** What is shown in the place of a secret. */
export const MASK = '********';

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
export const brokerUrl: Form<string> = plain(
  'broker url',
  (given) => {
    const written = given.trim();
    const shown = quote(maskUrl(written));
    if (written === '') return refused('is empty');
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase();
    if (scheme === undefined) return refused(`${shown} is not a valid url`, BROKER_HINT);
    if (!BROKER_SCHEMES.includes(scheme)) {
      return refused(`${shown} has an unknown scheme`, `known: ${BROKER_SCHEMES.join(', ')}`);
    }
    if (/[\s\p{Cc}]/u.test(written)) return refused(`${shown} contains a blank`);
    const url = URL.canParse(written) ? new URL(written) : undefined;
    if (url === undefined) return refused(`${shown} is not a valid url`, BROKER_HINT);
    if (url.hostname === '') return refused(`${shown} names no host`, BROKER_HINT);
    if (url.port === '0')
      return refused(`${shown} names the port 0`, 'write the port of the broker, such as 1883');
    if (url.hash !== '' || (url.search !== '' && !scheme.startsWith('ws'))) {
      return refused(`${shown} has something after ? or #`, 'a # or ? in a password is written %23 or %3F');
    }
    return good(written);
  },
  { type: 'string', pattern: `^ *(${BROKER_SCHEMES.join('|')})://[^\\s]+ *$` },
);

/** A topic, or the beginning of topics, that we publish. */
export const ownTopic: Form<string> = plain(
  'topic',
  (given) => {
    const problem = topicProblem(given);
    return problem === undefined ? good(given) : refused(`${quote(given)} ${problem}`);
  },
  { type: ['string', 'number'], minLength: 1, pattern: '^[^$/+#][^+#]*$' },
);

/** A topic of another program: everything that MQTT allows to publish to (MQTT 3.1.1, section 4.7). */
export const foreignTopic: Form<string> = plain(
  'topic',
  (given) => {
    if (given.trim() === '') return refused('is empty');
    if (/[+#]/.test(given))
      return refused(`${quote(given)} contains a wildcard (+ or #)`, 'write one exact topic');
    if (/[\p{Cc}\p{Cs}]/u.test(given)) return refused(`${quote(given)} contains a control character`);
    if (new TextEncoder().encode(given).length > 65_535) return refused('is longer than 65,535 bytes');
    return good(given);
  },
  { type: ['string', 'number'], minLength: 1, pattern: '^[^+#]+$' },
);

/** A JSON pointer (RFC 6901): empty for the whole payload, or `/alarm/state`. */
export const jsonPointer: Form<string> = matching(
  'JSON pointer',
  '^(/([^~/]|~[01])*)*$',
  'string',
  'write it as /state or /alarm/state',
);

/** What unique ids and entity ids are made of (Home Assistant allows letters, digits, `_` and `-` in discovery topics). */
export const idPart: Form<string> = matching(
  'id',
  '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
  ['string', 'number'],
  'use up to 64 letters, digits, _ and -, beginning with a letter or digit',
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

function place<T>(
  parse: (text: string) => T | undefined,
  pattern: string,
  write: (value: T) => string,
): Form<T> {
  const read = (given: string): Reading<T> => {
    const value = parse(given);
    return value === undefined
      ? refused(`${quote(given)} is not a valid X10 address`, addressHint(given))
      : good(value);
  };
  return single('address', read, { type: 'string', pattern }, write);
}

/** An X10 address, `A3`. */
export const address: Form<Address> = place(parseAddress, '^ *[A-Pa-p]0?(1[0-6]|[1-9]) *$', (value) => value);

/** An address, or those of a remote with several keys: `F1-3`, `F1,3,5`. */
export const addresses: Form<Addresses> = place(parseAddresses, ADDRESSES_PATTERN, writeAddresses);

/** A sender's id in an address's place is what its owner knows of a security sensor. */
function addressHint(given: string): string {
  const id = given.trim();
  return /^(0x[0-9a-f]{1,6}|(?![a-p]\d+$)[0-9a-f]{2,4})$/i.test(id)
    ? `is that the id of a security sensor? heyu gives it an address: ALIAS front_door C1 DS10A ${id} in x10config, heyu restart, and C1 here`
    : 'write a house code A to P and a unit 1 to 16, such as A3';
}

/** A module name of heyu, in any case (heyu compares them without case). */
export const model: Form<Model> = single(
  'model',
  (given) => {
    const value = modelNamed(given.trim());
    if (value !== undefined) return good(value);
    return refused(`${quote(given)} is not a model that heyu knows`, modelHint(given.trim()));
  },
  { type: 'string', pattern: anyCase(MODELS.map(({ name }) => name)) },
  (value) => value.name,
);

/**
 * The model that was meant: never one of another kind of device, since a smoke detector that is taken for a door contact
 * says nothing of smoke. The letters before the number tell the kind (SD smoke, DS contact, MS motion); where no model
 * begins so, every kind has its say.
 */
function modelHint(word: string): string {
  const upper = word.toUpperCase();
  const whole = MODELS.find(({ name }) => name.toUpperCase().split(/[-_]/).includes(upper));
  const letters = (name: string): string => /^[A-Z]*/.exec(name.toUpperCase())?.[0] ?? '';
  const alike = MODELS.filter(({ name }) => letters(name) === letters(upper));
  const kinds = new Set((alike.length > 0 ? alike : MODELS).map(({ kind }) => kind));
  const found = [...kinds].flatMap((kind) => {
    const names = MODELS.filter((each) => each.kind === kind).map(({ name }) => name);
    const near = nearest(word, names);
    return near === undefined ? [] : [{ near, kind }];
  });
  const [first, ...others] = whole ? [{ near: whole.name, kind: whole.kind }] : found;
  if (first === undefined) return 'docs/sensors.md lists the models; leave it out for plain X10 motion';
  if (others.length === 0) return `did you mean "${first.near}"?`;
  return `did you mean ${found.map(({ near, kind }) => `"${near}" (${kind})`).join(' or ')}?`;
}

/** JSON Schema patterns know no "ignore case": every letter becomes a class of both. */
function anyCase(names: readonly string[]): string {
  const words = names.map((name) =>
    name.replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`),
  );
  return `^ *(${words.join('|')}) *$`;
}

/** Source tags of heyu's log. */
export const sources: Form<readonly Source[]> = list(choice(SOURCES), 1);

/** Why heyu would not accept the name of an alias, or undefined when it does (docs/heyu.md). */
export function aliasProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  const problem = labelProblem(name);
  return problem === undefined
    ? undefined
    : `is not a valid alias for heyu: ${problem.charAt(0).toLowerCase()}${problem.slice(1).replace(/\.$/, '')}`;
}
