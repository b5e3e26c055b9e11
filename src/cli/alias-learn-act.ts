/** Does what a suggestion of learning proposes, after asking for what only the owner knows. */

import { neverAlerting } from '../alias/check.js';
import type { Suggestion } from '../alias/learn.js';
import { moveTo } from '../alias/merge.js';
import { nameFor } from '../alias/words.js';
import type { AliasEdit, AliasKey } from '../config/edit.js';
import type { Plain } from '../config/form.js';
import { aliasProblem } from '../config/form-x10.js';
import type { Address } from '../x10/address.js';
import { editAliasFile, readAliasFile } from './alias-file.js';
import type { AliasPlace } from './alias-place.js';
import { suggestionText } from './alias-suggestions.js';
import type { Ask } from './ask.js';
import { CommandError } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** Asks and edits the alias file; what belongs into heyu's own configuration is shown. */
export async function actUpon(
  suggestion: Suggestion,
  place: AliasPlace,
  ask: Ask,
  terminal: Terminal,
  when: (at: number) => string,
): Promise<void> {
  const edit = (edits: readonly AliasEdit[]): void => {
    try {
      const { notes, aliases } = editAliasFile(place, () => edits);
      terminal.print(terminal.style('green', `written: ${place.path}`));
      for (const note of notes) terminal.print(note);
      const touched = aliases
        .map(({ settings }) => settings)
        .filter(({ alias }) => edits[0]?.alias === alias);
      for (const { alias, problem } of neverAlerting(touched, place.zones.length > 0))
        terminal.print(`${alias} ${problem}`);
    } catch (error) {
      // the walk goes on
      if (!(error instanceof CommandError)) throw error;
      terminal.complain(error.message);
      if (error.hint !== undefined) terminal.complain(`  hint: ${error.hint}`);
    }
  };
  const { remedy } = suggestionText(suggestion, when);
  switch (suggestion.kind) {
    case 'unmapped': {
      const { address, label, model } = suggestion;
      const alias = await askAlias(ask, place, label ?? `unit_${address}`);
      const keys: Partial<Record<AliasKey, Plain>> = { address, ...(await askKind(ask, address, model)) };
      if (keys.ignore === undefined) keys.name = await ask.text('Its name for people?', nameFor(alias));
      edit([{ kind: 'add', alias, keys }]);
      return;
    }
    case 'neighbour': {
      const { address } = suggestion;
      if (!(await ask.yesOrNo(`Ignore ${address} from now on?`, true))) return;
      edit([{ kind: 'add', alias: `neighbour_${address}`, keys: { address, ignore: true } }]);
      return;
    }
    case 'dusk': {
      const { alias, unit } = suggestion;
      if (!(await ask.yesOrNo(`Is ${unit} the dusk sensor of ${alias}?`, true))) return;
      edit([{ kind: 'set', alias, key: 'dusk', value: unit }]);
      return;
    }
    case 'moved': {
      const { alias, to } = suggestion;
      const entry = readAliasFile(place).entries.find((each) => each.alias === alias);
      if (to === undefined || entry === undefined) {
        for (const line of remedy) terminal.print(line);
        return;
      }
      if (!(await ask.yesOrNo(`Is ${to} now the address of ${alias}?`, false))) return;
      edit(moveTo(entry, to).map(({ key, to: value }) => ({ kind: 'set', alias, key, value })));
      return;
    }
    case 'unmapped_id':
      for (const line of remedy) terminal.print(line);
  }
}

function askAlias(ask: Ask, place: AliasPlace, standard: string): Promise<string> {
  const taken = new Set(readAliasFile(place).entries.map(({ alias }) => alias));
  return ask.text('What shall its alias be?', standard, (answer) => {
    if (taken.has(answer)) return `there is an alias "${answer}" already`;
    return aliasProblem(answer);
  });
}

/** What it is: as heyu says, or as the owner does. */
async function askKind(
  ask: Ask,
  address: Address,
  model: string | undefined,
): Promise<Partial<Record<AliasKey, Plain>>> {
  const choices = [
    ...(model === undefined ? [] : [{ value: 'model', label: `as heyu says: ${model}` }]),
    { value: 'MS14A', label: 'a motion sensor MS12 to MS16, with a dusk sensor on the next unit' },
    { value: 'motion', label: 'another motion sensor' },
    { value: 'door', label: 'a door contact' },
    { value: 'window', label: 'a window contact' },
    { value: 'light', label: 'a lamp' },
    { value: 'appliance', label: 'an appliance' },
    { value: 'remote', label: 'a remote control' },
    { value: 'ignore', label: "a neighbour's, to be ignored" },
  ];
  const answer = await ask.choice(`What is ${address}?`, choices, model === undefined ? 'motion' : 'model');
  if (answer === 'model') return { model: model ?? null };
  if (answer === 'MS14A') return { model: 'MS14A' };
  if (answer === 'ignore') return { ignore: true };
  return answer === 'motion' ? {} : { type: answer };
}
