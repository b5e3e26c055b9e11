/** Forms of X10 and heyu: addresses, models, source tags, and the names of aliases. */
import { SOURCES, type Source } from '../heyu/source.js';
import { labelProblem } from '../heyu/x10config-alias.js';
import { parseAddress, type Address } from '../x10/address.js';
import { modelNamed, MODELS, type Model } from '../x10/model.js';
import { quote } from './faults.js';
import { bad, choice, good, list, single, type Form } from './form.js';
import { nearest } from './suggest.js';

/** An X10 address, `A3`. */
export const address: Form<Address> = single(
  'address',
  (given) => {
    const value = parseAddress(given);
    return value === undefined
      ? bad(`${quote(given)} is no X10 address`, 'write a house code A to P and a unit 1 to 16, such as A3')
      : good(value);
  },
  { type: 'string', pattern: '^ *[A-Pa-p]0?(1[0-6]|[1-9]) *$' },
  (value) => value,
);

/** A module name of heyu, in any case (heyu compares them without case). */
export const model: Form<Model> = single(
  'model',
  (given) => {
    const value = modelNamed(given.trim());
    if (value !== undefined) return good(value);
    const near = nearest(
      given.trim(),
      MODELS.map(({ name }) => name),
    );
    return bad(
      `${quote(given)} is no model that heyu knows`,
      near === undefined
        ? 'docs/sensors.md lists the models; leave it out for plain X10 motion'
        : `did you mean "${near}"?`,
    );
  },
  { type: 'string', pattern: anyCase(MODELS.map(({ name }) => name)) },
  (value) => value.name,
);

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
export function aliasFault(name: string): string | undefined {
  if (name === '') return 'is empty';
  const problem = labelProblem(name);
  return problem === undefined
    ? undefined
    : `is no alias for heyu: ${problem.charAt(0).toLowerCase()}${problem.slice(1).replace(/\.$/, '')}`;
}
