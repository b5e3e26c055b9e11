/** What an alias file says, without its form: what edits should do is worked out here and compared with what they did. */
import type { AliasEdit } from './edit.js';
import { givenAs, type Given } from './form.js';
import { givenBy, isEmpty, type Written } from './written.js';

type Keys = readonly (readonly [key: string, value: Given | null])[];

/** Aliases in the order of the file, and the keys of each. */
export type AliasModel = readonly (readonly [alias: string, keys: Keys])[];

/** The model of a document, or undefined when it holds something else than aliases. */
export function modelOf(written: Written): AliasModel | undefined {
  if (isEmpty(written)) return [];
  if (written.kind !== 'section') return undefined;
  const aliases = written.entries.get('aliases')?.value;
  if (aliases === undefined || isEmpty(aliases)) return [];
  if (aliases.kind !== 'section') return undefined;
  return [...aliases.entries.values()].map(({ key, value }) => [
    key,
    value.kind === 'section'
      ? [...value.entries.values()].map((entry) => [entry.key, givenBy(entry.value) ?? null])
      : [],
  ]);
}

/** The model after an edit, or in words why the edit is not possible. */
export function applyToModel(model: AliasModel, edit: AliasEdit): AliasModel | string {
  const index = model.findIndex(([alias]) => alias === edit.alias);
  if (edit.kind === 'add') {
    if (index >= 0) return `there is an alias "${edit.alias}" already`;
    const keys: Keys = Object.entries(edit.keys).map(([key, value]) => [key, givenAs(value)]);
    return [...model, [edit.alias, keys]];
  }
  const [alias, keys] = model[index] ?? [];
  if (alias === undefined || keys === undefined) return `there is no alias "${edit.alias}"`;
  switch (edit.kind) {
    case 'remove':
      return model.filter((_, at) => at !== index);
    case 'rename':
      if (model.some(([other], at) => other === edit.to && at !== index))
        return `there is an alias "${edit.to}" already`;
      return model.with(index, [edit.to, keys]);
    case 'set':
      return model.with(index, [
        alias,
        withKey(keys, edit.key, edit.value === undefined ? undefined : givenAs(edit.value)),
      ]);
  }
}

function withKey(keys: Keys, key: string, value: Given | undefined): Keys {
  const index = keys.findIndex(([name]) => name === key);
  if (value === undefined) return keys.filter(([name]) => name !== key);
  return index < 0 ? [...keys, [key, value]] : keys.with(index, [key, value]);
}
