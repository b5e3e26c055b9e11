/** Forms of X10 and heyu: addresses, models, source tags, and the names of aliases. */
import { SOURCES, type Source } from '../heyu/source.js';
import { labelProblem } from '../heyu/x10config-alias.js';
import { parseAddress, type Address } from '../x10/address.js';
import { modelNamed, MODELS, type Model } from '../x10/model.js';
import { quote } from './problem.js';
import { bad, choice, good, list, single, type Form } from './form.js';
import { nearest } from './suggest.js';

/** An X10 address, `A3`. */
export const address: Form<Address> = single(
  'address',
  (given) => {
    const value = parseAddress(given);
    return value === undefined ? bad(`${quote(given)} is no X10 address`, addressHint(given)) : good(value);
  },
  { type: 'string', pattern: '^ *[A-Pa-p]0?(1[0-6]|[1-9]) *$' },
  (value) => value,
);

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
    return bad(`${quote(given)} is no model that heyu knows`, modelHint(given.trim()));
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
    : `is no alias for heyu: ${problem.charAt(0).toLowerCase()}${problem.slice(1).replace(/\.$/, '')}`;
}
