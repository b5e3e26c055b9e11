/**
 * A form is how a value is written in the configuration: it reads the text, says in words why it cannot, writes a
 * value back and describes itself as JSON Schema. The files, the environment, convict, the JSON Schema and the
 * reference in docs/configuration.md all use the same forms, so that they cannot disagree.
 */
import { quote } from './problem.js';
import { didYouMean } from './suggest.js';

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
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly hint?: string | undefined };

/** A way of writing values of the type `T`. */
export type Form<T> = {
  /** What it is, for people, without an article: `duration`. */
  readonly name: string;
  /** Never throws. */
  readonly read: (given: Given) => Reading<T>;
  /**
   * The value as it stands in the configuration file; `read` of it gives the same value. (A method, so that forms of
   * different values fit into one table.)
   */
  write(value: T): Plain;
  /** JSON Schema (draft 2020-12) of what `read` accepts in a file. */
  readonly jsonSchema: PlainObject;
};

/** A good reading. */
export const good = <T>(value: T): Reading<T> => ({ ok: true, value });

/** A bad one. */
export const bad = (problem: string, hint?: string): Reading<never> => ({ ok: false, problem, hint });

/** A form of one value: lists are refused. */
export function single<T>(
  name: string,
  read: (text: string) => Reading<T>,
  jsonSchema: PlainObject,
  write: (value: T) => Plain,
): Form<T> {
  return {
    name,
    read: (given) => (typeof given === 'string' ? read(given) : bad(`is a list, but one ${name} is wanted`)),
    write,
    jsonSchema,
  };
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
        ? bad(`is empty, but at least ${least} ${of.name} is wanted`)
        : good(values);
    },
    write: (values) => values.map((value) => of.write(value)),
    jsonSchema: { anyOf: [of.jsonSchema, { type: 'array', items: of.jsonSchema, minItems: least }] },
  };
}

/** Text for people and programs: 1 to `most` characters, none of them a control character. */
export function text(name: string, most = 256): Form<string> {
  return single(
    name,
    (given) => {
      if (given.trim() === '') return bad('is empty');
      if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(given))
        return bad(`${quote(given)} contains a control character`);
      if (Array.from(given).length > most) return bad(`is longer than ${most} characters`);
      return good(given);
    },
    { type: ['string', 'number', 'boolean'], minLength: 1, maxLength: most },
    (value) => value,
  );
}

/** A secret: anything but nothing, kept as it is and never shown. */
export const secret: Form<string> = single(
  'secret',
  (given) => (given === '' ? bad('is empty') : good(given)),
  { type: ['string', 'number', 'boolean'], minLength: 1 },
  (value) => value,
);

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[]): Form<W> {
  const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
  return single(
    'word',
    (given) => {
      const word = words.find((known) => known === given.trim());
      if (word !== undefined) return good(word);
      return bad(`${quote(given)} is none of ${words.join(', ')}`, nearestOnly(given, words));
    },
    { enum: [...words, ...numbers] },
    (value) => value,
  );
}

const nearestOnly = (given: string, words: readonly string[]): string | undefined => {
  const hint = didYouMean(given, words);
  return hint?.startsWith('did') === true ? hint : undefined;
};

const TRUE = ['true', 'yes', 'on'];
const FALSE = ['false', 'no', 'off'];

/** true, yes, on or false, no, off; nothing else, lest `0` or a typing error switch something on. */
export const yesOrNo: Form<boolean> = single(
  'boolean',
  (given) => {
    const word = given.trim().toLowerCase();
    if (TRUE.includes(word)) return good(true);
    if (FALSE.includes(word)) return good(false);
    return bad(`${quote(given)} is neither true nor false`, 'write true or false');
  },
  { enum: [true, false, ...TRUE, ...FALSE] },
  (value) => value,
);

/** Path of a file or directory. What it is relative to is for the reader to know. */
export const path: Form<string> = single(
  'path',
  (given) => {
    if (given.trim() === '') return bad('is empty');
    if (/\p{Cc}/u.test(given)) return bad(`${quote(given)} contains a control character`);
    if (given.startsWith('~'))
      return bad(`${quote(given)} begins with ~, which only shells know`, 'write the whole path');
    return good(given);
  },
  { type: 'string', minLength: 1, pattern: '^[^~]' },
  (value) => value,
);
