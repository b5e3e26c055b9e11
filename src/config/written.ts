/**
 * A YAML document as it is written: texts, lists and sections, each with its place. No value has been given a type
 * yet: `007` stays "007" and `off` stays "off", because only the key knows what is meant.
 */
import type { Given } from './form.js';

/** Where something stands: 1-based line and column. */
export type Place = { readonly line: number; readonly column: number };

/** One text. `text` is undefined when there is no value (`key:` or `key: null`). */
export type WrittenText = Place & { readonly kind: 'text'; readonly text: string | undefined };

/** A list. */
export type WrittenList = Place & { readonly kind: 'list'; readonly items: readonly Written[] };

/** A section: keys in the order of the file. */
export type WrittenSection = Place & {
  readonly kind: 'section';
  readonly entries: ReadonlyMap<string, Entry>;
};

/** Anything that can stand in a file. */
export type Written = WrittenText | WrittenList | WrittenSection;

/** A key and what is written for it. The place is that of the key. */
export type Entry = Place & { readonly key: string; readonly value: Written };

/** Nothing is written: an empty file or a key without a value. */
export function isEmpty(written: Written): boolean {
  return written.kind === 'text' && written.text === undefined;
}

/** What a form can read, or undefined when it is a section, is empty or holds more than texts. */
export function givenBy(written: Written): Given | undefined {
  if (written.kind === 'text') return written.text;
  if (written.kind === 'section') return undefined;
  const texts: string[] = [];
  for (const item of written.items) {
    if (item.kind !== 'text' || item.text === undefined) return undefined;
    texts.push(item.text);
  }
  return texts;
}
