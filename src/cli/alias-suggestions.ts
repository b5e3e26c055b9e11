/** What learning suggests, in words: a line that says it, and the commands or lines that do it. */

import type { Suggestion } from '../alias/learn.js';

/** A suggestion for people. */
export type SuggestionText = {
  readonly title: string;
  /** What to run, or what to write into heyu's configuration. */
  readonly remedy: readonly string[];
};

/** `when` writes an instant (epoch ms) for people. */
export function suggestionText(suggestion: Suggestion, when: (at: number) => string): SuggestionText {
  switch (suggestion.kind) {
    case 'unmapped': {
      const { address, label, model, count, lastAt } = suggestion;
      const known = label === undefined ? '' : `; heyu calls it ${[label, model].filter(Boolean).join(', ')}`;
      const alias = label ?? `unit_${address}`;
      const more = model === undefined ? '' : ` --model ${model}`;
      return {
        title: `${address} has no name here: heard ${times(count)}, last ${when(lastAt)}${known}`,
        remedy: [`heyu2mqtt alias add ${alias} ${address}${more}`],
      };
    }
    case 'unmapped_id': {
      const { securityId, model, line, count, lastAt } = suggestion;
      const guess = model === undefined ? '' : ` (perhaps ${article(model)} ${model})`;
      return {
        title: `security sensor ${securityId}${guess} is unknown to heyu: heard ${times(count)}, last ${when(lastAt)}`,
        remedy: inHeyu(line),
      };
    }
    case 'moved': {
      const { alias, from, to, securityId, line, silentSinceAt, newSinceAt } = suggestion;
      const sender = to ?? securityId ?? '';
      const since = `${alias} (${from}) is silent since ${when(silentSinceAt)}, ${sender} is new since ${when(newSinceAt)}`;
      return {
        title: `${since}: batteries changed?`,
        remedy:
          to === undefined
            ? inHeyu(line, `instead of the line of ${alias}`)
            : [`set the sensor back to ${from}, or: heyu2mqtt alias set ${alias} --address ${to}`],
      };
    }
    case 'dusk': {
      const { alias, unit, likely } = suggestion;
      return {
        title: `${unit}, the unit after ${alias}, says On and Off${likely ? ' hours apart' : ''}: its dusk sensor?`,
        remedy: [`heyu2mqtt alias set ${alias} --dusk ${unit}`],
      };
    }
    case 'neighbour': {
      const { address, count } = suggestion;
      return {
        title: `${address} is on a house code that nothing here uses, heard ${times(count)}: a neighbour?`,
        remedy: [`heyu2mqtt alias add neighbour_${address} ${address} --ignore yes`],
      };
    }
  }
}

function inHeyu(line: string | undefined, where = ''): readonly string[] {
  if (line === undefined) return ['all 256 units of heyu are taken'];
  return [`in x10config${where === '' ? '' : `, ${where}`}: ${line}`, 'then: heyu restart'];
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const article = (model: string): string => (/^[AEFHILMNORSX8]/.test(model) ? 'an' : 'a');
