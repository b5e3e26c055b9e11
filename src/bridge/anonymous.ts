/**
 * What the commands print, without what tells whose house it is: for bug reports. Names of sensors, zones, people and
 * hosts, paths, and ids of security sensors are replaced, each always by the same; addresses, models and times stay,
 * because they decide how a log is read. A name made only of words that the program itself uses ("motion") stays: it tells
 * nothing.
 */

import { isObject, parseJson, type JsonObject } from '../common/json.js';
import { MESSAGES } from '../heyu/messages.js';
import { SECURITY_FLAGS, SECURITY_FUNCTIONS } from '../heyu/signal.js';
import { SOURCES } from '../heyu/sources.js';
import { ARMED_MODES, SECURITY_STATES } from '../security/vocabulary.js';
import { CHANNELS, SENSOR_TYPES } from '../sensor/types.js';
import { MODELS } from '../x10/models.js';

/** Parts of words: what stands between other characters than letters and digits, in lower case. */
const partsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Of paths, topics, settings and answers. */
const OTHER_WORDS = `
  x10 heyu heyu2mqtt homeassistant alarmo zigbee2mqtt mqtt mqtts ws wss tcp localhost
  bridge zone zones status config state set command device entity event binary sensor online offline on off true false
  external owned master switch panel last known alert annotate triggered default always never arm disarm bypass refuse
  hold standard security next unit function clean persistent debug info warn error json text auto none all any
  path url host name etc usr bin sbin dev proc sys run var lib log tmp home root local share doc systemd system service
  credentials control sock web tokens yaml aliases x10config ndjson journal gz node metrics prom healthz api and or
  utc ymd dmy mdy alarm func hu hc rfdata type id data dims sec level rev macro script no alias`;

const WORDS: ReadonlySet<string> = new Set(
  [
    ...Object.keys(CHANNELS),
    ...SENSOR_TYPES,
    ...MODELS.map(({ name }) => name),
    ...SOURCES,
    ...SECURITY_STATES,
    ...ARMED_MODES,
    ...SECURITY_FUNCTIONS,
    ...SECURITY_FLAGS,
    ...MESSAGES,
    OTHER_WORDS,
  ].flatMap(partsOf),
);

/** Addresses, numbers with their units, single letters, serial lines, and what this has put in place of a name. */
const TELLS_NOTHING =
  /^(?:[a-p]\d{1,2}|\d+\p{L}{0,2}|\p{L}|0x[0-9a-f]+|tty\p{L}*\d*|(?:sensor|zone|label|area|person|host|path|name)\d+)$/u;

/** What names are given by the member of an object that has them; all others are a `name`. */
const KINDS: Readonly<Record<string, string>> = {
  alias: 'sensor',
  keyfobs: 'sensor',
  zone: 'zone',
  members: 'zone',
  label: 'label',
  area: 'area',
};

/** Members whose texts are names in answers, where most other texts are sentences. */
const NAMED = new Set(['alias', 'zone', 'label', 'name', 'area', 'by']);

/** Members of settings that hold no names: words of the program, numbers, secrets that are nowhere shown, sentences. */
const NAMELESS = new Set([
  'model',
  'version',
  'timeZone',
  'scales',
  'warnings',
  'ignored',
  'ca',
  'cert',
  'key',
]);

const HOST = /:\/\/(?:[^@/\s]*@)?(\[[^\]\s]*\]|[^:/?#\s]+)/g;
const ADDRESS_OF_HOST =
  /(?<![\w.:])(?:(?!127\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}|(?!::1?(?![\w:]))[\da-f]{0,4}(?::[\da-f]{0,4})*::[\da-f:]*)(?![\w.:]\w)/gi;
const CERTIFIED = /(?<=\bDNS:)[^\s,]+/g;
const PATH = /(?<![\p{L}\p{N}/:.~_-])\/[^\s:;,'"()<>|]*[^\s:;,'"()<>|.]/gu;
/** Behind `ID`, a kind of transmitter, a model or another id; what is behind `Data` is what was said. */
const SECURITY_ID =
  /(?<=^|\b(?!(?:Data|Level|Cmd|Value)\b)[A-Z][A-Za-z\d]* |0x[\da-fA-F]+ )0x([\da-fA-F]{2,8})\b/g;
const QUOTED = /"((?:[^"\\]|\\.)*)"/g;
/** Areas of the names of time zones, which stay: times are read by them. */
const TIME_ZONE = /^(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\//;
const TOPIC = /(?<![\p{L}\p{N}/.:"_-])[\p{L}\p{N}_.-]+(?:\/[\p{L}\p{N}_.#+-]+)+/gu;

/** Puts other words in the place of names. What it has learnt counts for all that it is given later. */
export class Anonymizer {
  /** By name in its plainest form. */
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #words: ReadonlySet<string>;
  #names: RegExp | undefined;
  /** Of what is found by its form and not by its name. */
  readonly #numbers = new Map<string, string>();

  /** `words`: further ones that tell nothing. */
  constructor(words: Iterable<string> = []) {
    this.#words = new Set([...WORDS, ...[...words].flatMap(partsOf)]);
  }

  /** Learns all names in settings. */
  learn(settings: unknown, member = 'name'): this {
    if (typeof settings === 'string') this.#learnText(settings, KINDS[member] ?? 'name');
    else if (Array.isArray(settings)) for (const each of settings) this.learn(each, member);
    else if (isObject(settings)) {
      this.#learnPair(settings);
      for (const [key, value] of Object.entries(settings)) {
        // of the codes the people have names, and the codes are secret
        if (key === 'hashes')
          for (const person of Object.keys(Object(value) as object)) this.#give('person', person);
        else if (!NAMELESS.has(key)) this.learn(value, key);
      }
    }
    return this;
  }

  /** Its name for people is hidden as its name for programs is. */
  #learnPair({ alias, zone, name }: JsonObject): void {
    if (typeof name !== 'string') return;
    const [kind, own] = alias === undefined ? ['zone', zone] : ['sensor', alias];
    if (typeof own !== 'string') return;
    const given = this.#give(kind, own);
    if (given !== own && !this.#isPlain(name)) this.#put(name, () => given);
  }

  /** A text with all that was learnt, and all that tells of a house by its form, replaced. */
  text(text: string): string {
    this.#learnHosts(text);
    return text
      .replace(this.#pattern(), (name) => this.#given.get(plain(name)) ?? name)
      .replace(PATH, (path) => this.#path(path))
      .replace(SECURITY_ID, (_, id: string) => `0x${this.#id(id)}`);
  }

  /** A sentence about files and topics, of which none of the names may be known: in quotes, and as levels of topics. */
  sentence(text: string): string {
    return this.text(text)
      .replace(QUOTED, (_, inner: string) => `"${this.#unknown(inner)}"`)
      .replace(TOPIC, (topic) => (TIME_ZONE.test(topic) ? topic : this.#unknown(topic)));
  }

  /** A line of heyu's log that others may have written: what is not a word of heyu only keeps its length. */
  heard(text: string): string {
    return this.text(text).replace(/\p{L}[\p{L}\p{N}]*|\d+(?:[:/]\d+)*/gu, (word) => {
      if (/[:/]/.test(word) || (/^\p{L}/u.test(word) && this.#isPlain(word))) return word;
      return word.replace(/\p{L}/gu, 'x').replace(/\p{N}/gu, '0');
    });
  }

  /** An answer: names that only it knows are learnt, and all texts are replaced. */
  json<Value>(value: Value): Value {
    this.#learnAnswer(value, '');
    return this.#replaced(value) as Value;
  }

  #learnAnswer(value: unknown, member: string): void {
    if (typeof value === 'string') {
      if (NAMED.has(member)) this.learn(value, member);
    } else if (Array.isArray(value)) for (const each of value) this.#learnAnswer(each, member);
    else if (isObject(value)) for (const [key, each] of Object.entries(value)) this.#learnAnswer(each, key);
  }

  #replaced(value: unknown): unknown {
    if (typeof value === 'string') {
      const payload = value.startsWith('{') ? parseJson(value) : undefined;
      return isObject(payload) ? JSON.stringify(this.json(payload)) : this.text(value);
    }
    if (Array.isArray(value)) return value.map((each) => this.#replaced(each));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#replaced(each)]));
  }

  #learnText(text: string, kind: string): void {
    if (TIME_ZONE.test(text)) return;
    this.#learnHosts(text);
    if (text.includes('://')) {
      for (const word of text.split(/\s+/)) if (!word.includes('://')) this.#give(kind, word);
    } else if (text.startsWith('/')) {
      // without blanks it is found by its form
      if (/\s/.test(text)) this.#give('path', text);
    } else if (text.includes('/')) for (const level of text.split('/')) this.#give(kind, level);
    else this.#give(kind, text);
  }

  /** By their form: a number is not a name, but the number of a host is. */
  #learnHosts(text: string): void {
    for (const [, host = ''] of text.matchAll(HOST))
      if (host !== 'localhost' && !/^\[?(?:127\.|0\.0\.0\.0|::1?\]?$)/.test(host))
        this.#put(host, () => this.#next('host'));
    for (const form of [ADDRESS_OF_HOST, CERTIFIED])
      for (const [host] of text.matchAll(form)) this.#put(host, () => this.#next('host'));
  }

  /** What stands for a name from now on; itself where it tells nothing. */
  #give(kind: string, name: string): string {
    const known = this.#given.get(plain(name));
    if (known !== undefined) return known;
    return name.length > LONGEST_NAME || this.#isPlain(name) ? name : this.#put(name, () => this.#next(kind));
  }

  /** What stands for it from now on, unless something does already. */
  #put(name: string, standIn: () => string): string {
    const key = plain(name);
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const given = standIn();
    this.#given.set(key, given);
    this.#names = undefined;
    return given;
  }

  #next(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${kind}${count}`;
  }

  #pattern(): RegExp {
    if (this.#names !== undefined) return this.#names;
    const byLength = [...this.#given.keys()].sort((one, other) => other.length - one.length);
    const any = byLength.map(patternOf).join('|');
    // without a name nothing is found
    this.#names = any === '' ? /(?!)/ : new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu');
    return this.#names;
  }

  /** It has nothing but words of the program. */
  #isPlain(text: string): boolean {
    return partsOf(text).every((part) => this.#words.has(part) || TELLS_NOTHING.test(part));
  }

  /** Each word that is not one of the program is a name. */
  #unknown(text: string): string {
    return text.replace(/[\p{L}\p{N}_-]+/gu, (word) => this.#give('name', word));
  }

  #path(path: string): string {
    if (this.#isPlain(path)) return path;
    const end = path.lastIndexOf('/');
    const [folder, file] = [path.slice(0, end), path.slice(end + 1)];
    if (end === 0 || !this.#isPlain(file)) return `/${this.#numbered('path', path)}`;
    return `/${this.#numbered('path', folder)}/${file}`;
  }

  #id(id: string): string {
    return Number(this.#numbered('id', id.toLowerCase()).slice(2)).toString(16).padStart(id.length, '0');
  }

  #numbered(kind: string, what: string): string {
    const key = `${kind} ${what}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const given = this.#next(kind);
    this.#numbers.set(key, given);
    return given;
  }
}

/** Nobody has such a name; the search takes longer, the longer names are. */
const LONGEST_NAME = 256;

/** `hall_motion`, `Hall motion` and `hall-motion` are one name. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('\\"', '"')
    .replace(/[ ._\\-]+/g, ' ')
    .trim();

/** A name in any of its forms, also within JSON. */
function patternOf(name: string): string {
  return name
    .split(' ')
    .map((part) => part.replace(/[$()*+./?[\\\]^{|}-]/g, '\\$&').replaceAll('"', '\\\\?"'))
    .join('[ ._\\\\-]+');
}
