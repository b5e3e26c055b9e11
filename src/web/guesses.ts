/** Guesses about senders without a name while the page is open, made as in `alias learn`. */

import { hear, listen, newHistory } from '../alias/history.js';
import type { AliasEntry } from '../alias/propose.js';
import { learn, LIKELY, type Suggestion } from '../alias/suggestions.js';
import type { CoreSettings } from '../core-settings.js';
import { lineReader, type LineReader } from '../heyu/reader.js';
import type { X10Config } from '../heyu/x10config.js';
import type { SensorSettings } from '../sensor/settings.js';
import type { Guess } from './protocol.js';

/** Listens beside the bridge, with a reader of its own. */
export class Guesses {
  readonly #reader: LineReader;
  readonly #config: X10Config | undefined;
  readonly #history = newHistory();

  /** `config` is heyu's, if it is known. */
  constructor({ stamp, addressExpiryMs }: CoreSettings, config: X10Config | undefined) {
    this.#reader = lineReader(stamp, addressExpiryMs);
    this.#config = config;
  }

  /** A line of the log; `at` in epoch ms. */
  line(text: string, at: number): void {
    for (const heard of listen(this.#reader, text, at)) hear(this.#history, heard);
  }

  /** By address, or `Sec` and the id. */
  guesses(sensors: readonly SensorSettings[], now: number): ReadonlyMap<string, Guess> {
    const suggestions = learn(this.#history, sensors.map(entryOf), this.#config, now);
    return new Map(suggestions.flatMap(guessOf));
  }
}

function entryOf({ alias, address, moreUnits, dusk, ignore, model, type }: SensorSettings): AliasEntry {
  return { alias, address, moreUnits, dusk, ignore, model: model.name, type };
}

const nothing = { alias: null, model: null, type: null };

function guessOf(suggestion: Suggestion): readonly (readonly [sender: string, guess: Guess])[] {
  switch (suggestion.kind) {
    case 'unmapped': {
      const { address, label, model, likely } = suggestion;
      if (label === undefined && model === undefined) return [];
      const called = `heyu calls it ${[label, model].filter((each) => each !== undefined).join(', ')}`;
      const alias = label ?? null;
      if (likely === undefined)
        return [[address, { ...nothing, words: called, alias, model: model ?? null }]];
      const { words, keys } = LIKELY[likely];
      return [[address, { ...nothing, ...keys, words: `${called}; perhaps ${words}`, alias }]];
    }
    case 'unmapped_id': {
      const { securityId, model, line } = suggestion;
      const what = model === undefined ? 'a security sensor' : `perhaps ${model}`;
      const remedy = line === undefined ? '' : `; heyu has to know it first, in x10config: ${line}`;
      return [[`Sec ${securityId}`, { words: `${what}${remedy}`, ...nothing, model: model ?? null }]];
    }
    case 'not_restarted': {
      const { securityId, label } = suggestion;
      return [
        [
          `Sec ${securityId}`,
          { words: `${label} in x10config, which heyu has not read yet: heyu restart`, ...nothing },
        ],
      ];
    }
    case 'moved': {
      const { alias, from, to, securityId } = suggestion;
      const words = `${alias} (${from}) has been silent since before it was heard first: batteries changed?`;
      return [[to ?? `Sec ${securityId ?? ''}`, { words, ...nothing }]];
    }
    case 'dusk': {
      const { alias, unit } = suggestion;
      return [[unit, { words: `the unit after ${alias}: its dusk sensor?`, ...nothing }]];
    }
    case 'neighbour': {
      const words = 'on a house code that nothing here uses: a neighbour?';
      return [[suggestion.address, { words, ...nothing }]];
    }
  }
}
