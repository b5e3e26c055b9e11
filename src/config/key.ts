/**
 * A key of the configuration: how its value is written, its default and what it is for. Tables of keys are the one
 * source for reading, checking, the JSON Schema and the reference in docs/configuration.md.
 */
import type { Form } from './form.js';

/** A key whose value is a `V` and whose default is a `D` (undefined = none, or worked out from other values). */
export type Key<V, D extends V | undefined = V | undefined> = {
  readonly form: Form<V>;
  readonly default: D;
  /** What it does; whole sentences. */
  readonly doc: string;
  /** A value as it stands in the file. */
  readonly example: string;
  /** The default in words, when it is worked out. */
  readonly otherwise?: string;
  /** Never shown, in whole or in part. */
  readonly isSecret?: true;
};

/** Keys by name. The names of config.yaml's scalar keys are dotted paths. */
export type KeyTable = Readonly<Record<string, Key<unknown, unknown>>>;

/** The values that a table of keys stands for. */
export type ValuesOf<Table extends KeyTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Key<infer Value, infer Default>
    ? undefined extends Default
      ? Value | undefined
      : Value
    : never;
};

/** A key with a fixed default. */
export function key<V>(
  form: Form<V>,
  standard: NoInfer<V>,
  doc: string,
  example: string,
  more: { readonly isSecret?: true } = {},
): Key<V, V> {
  return { form, default: standard, doc, example, ...more };
}

/** A key without a default, or with one that is worked out: `otherwise` says which. */
export function optionalKey<V>(
  form: Form<V>,
  otherwise: string,
  doc: string,
  example: string,
  more: { readonly isSecret?: true } = {},
): Key<V, undefined> {
  return { form, default: undefined, doc, example, otherwise, ...more };
}
