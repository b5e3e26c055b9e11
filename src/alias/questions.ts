/**
 * What an import cannot decide by itself: questions to the owner, and what the answers change. Without an answer
 * nothing is taken away from anybody.
 */

import type { SensorType } from '../sensor/settings.js';
import { nextUnit } from '../x10/address.js';
import type { Address } from '../x10/address.js';
import { isMotion, modelOf } from './entry.js';
import type { Proposal, Proposals } from './propose.js';
import { saysDuskOf } from './words.js';

/** What only the owner can say. `proposed` is what happens without an answer. */
export type Question =
  /** Is the unit after a motion sensor its dusk unit, or something of its own? */
  | {
      readonly kind: 'dusk';
      readonly motion: string;
      readonly unit: Address;
      readonly candidate: string;
      readonly proposed: boolean;
    }
  /** heyu names no module, or one that says nothing: what is it? */
  | { readonly kind: 'type'; readonly alias: string; readonly address: Address };

/** Comment on an entry that is taken for an appliance because nothing says what it is. */
export const GUESSED_APPLIANCE = 'heyu names no module: say type: motion if it is a motion sensor';
/** Comment on an entry that is taken for a motion sensor because most of its kind are. */
export const GUESSED_MOTION = 'a PLCSENSOR may sense anything: motion is assumed';
/** Comment on a KAKU_S of which its label says nothing. */
export const GUESSED_KAKU =
  'a KAKU_S may switch anything: say type: light if it is a lamp, motion if it is a sensor';
const GUESSES: readonly string[] = [GUESSED_APPLIANCE, GUESSED_MOTION, GUESSED_KAKU];

/** The questions that an import raises: what a unit is first, then who is whose dusk sensor. */
export function questionsAbout(proposals: ReadonlyMap<Address, Proposal>): readonly Question[] {
  return [...typeQuestions(proposals), ...duskQuestions(proposals)];
}

/** Takes the answer "yes" to a dusk question: the unit belongs to the motion sensor and is no entry of its own. */
export function takeDusk(proposals: Proposals, question: Question & { readonly kind: 'dusk' }): Proposals {
  const named = (alias: string) => proposals.entries.find(({ entry }) => entry.alias === alias);
  const dusk = named(question.candidate);
  if (!dusk || !named(question.motion)) return proposals;
  const entries = proposals.entries
    .filter((proposal) => proposal !== dusk)
    .map((proposal) =>
      proposal.entry.alias === question.motion
        ? { ...proposal, entry: { ...proposal.entry, dusk: question.unit } }
        : proposal,
    );
  const reason = `${question.unit} is the dusk unit of ${question.motion}`;
  const skipped = [...proposals.skipped, { label: question.candidate, line: dusk.line, reason }];
  return { ...proposals, entries, skipped: skipped.sort((one, other) => one.line - other.line) };
}

/** Takes the answer to a type question. What is guessed no longer needs its comment. */
export function takeType(
  proposals: Proposals,
  question: Question & { readonly kind: 'type' },
  type: SensorType,
): Proposals {
  const entries = proposals.entries.map((proposal) => {
    if (proposal.entry.alias !== question.alias) return proposal;
    const bare = { ...proposal.entry, type: undefined };
    // Motion is the default of most: then it need not be written down.
    const entry = { ...proposal.entry, type: type === 'motion' && isMotion(bare) ? undefined : type };
    return {
      ...proposal,
      entry,
      comments: proposal.comments.filter((comment) => !GUESSES.includes(comment)),
    };
  });
  return { ...proposals, entries };
}

function typeQuestions(proposals: ReadonlyMap<Address, Proposal>): readonly Question[] {
  return [...proposals.values()]
    .filter(({ comments }) => comments.some((comment) => GUESSES.includes(comment)))
    .map(({ entry }) => ({ kind: 'type', alias: entry.alias, address: entry.address }));
}

function duskQuestions(proposals: ReadonlyMap<Address, Proposal>): readonly Question[] {
  const questions: Question[] = [];
  const taken = new Set<string>();
  for (const { entry: motion } of proposals.values()) {
    if (!isMotion(motion)) continue;
    const unit = nextUnit(motion.address);
    const candidate = proposals.get(unit)?.entry;
    if (candidate === undefined) continue;
    // Another kind of module on that unit is that module: hall_light with StdLM is a lamp.
    if (candidate.model !== undefined && modelOf(candidate).dusk !== 'next_unit') continue;
    const proposed = saysDuskOf(candidate.alias, motion.alias);
    // Of a motion sensor without a module only the labels know whether it has a dusk unit.
    if (modelOf(motion).dusk !== 'next_unit' && !(proposed && motion.model === undefined)) continue;
    if (proposed) taken.add(candidate.alias);
    questions.push({ kind: 'dusk', motion: motion.alias, unit, candidate: candidate.alias, proposed });
  }
  // A unit that is taken as dusk unit is no motion sensor that could have one.
  return questions.filter((question) => question.kind !== 'dusk' || !taken.has(question.motion));
}
