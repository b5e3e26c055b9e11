/**
 * From heyu's ALIAS lines to entries of the alias file. What is certain is proposed; what the owner knows better
 * is a question; what cannot be a sensor is skipped, with the reason.
 */

import type { X10Config } from '../heyu/x10config.js';
import type { X10Alias } from '../heyu/x10config-alias.js';
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import type { Address } from '../x10/address.js';
import { modelNamed } from '../x10/model.js';
import { bareEntry } from './entry.js';
import type { AliasEntry } from './entry.js';
import { GUESSED_APPLIANCE, GUESSED_MOTION, questionsAbout, takeDusk } from './questions.js';
import type { Question } from './questions.js';
import { nameFor, saysDusk, saysMotion, typeIn } from './words.js';

/** A proposed entry. */
export type Proposal = {
  readonly entry: AliasEntry;
  /** Line of x10config. */
  readonly line: number;
  /** To be written above the entry: what was guessed, and what else heyu calls this unit. */
  readonly comments: readonly string[];
};

/** An ALIAS line that gives no entry. */
export type Skipped = { readonly label: string; readonly line: number; readonly reason: string };

/** Everything that an x10config gives. */
export type Proposals = {
  readonly entries: readonly Proposal[];
  readonly skipped: readonly Skipped[];
  readonly questions: readonly Question[];
  /** Every address that some alias of heyu covers. */
  readonly known: ReadonlySet<Address>;
};

/** Modules whose lines have nothing to tell. */
const MEANINGLESS: ReadonlySet<string> = new Set(
  'VIRT4 VDATA VISGEN SSVDATA SHUTTER SW10 KAKU_S KAKU_P'.split(' '),
);

const OPENINGS = ['window', 'garage', 'door'] as const;

/** Proposes entries for the aliases of heyu that can be sensors, lamps or remotes, in the order of the file. */
export function proposeSensors(config: X10Config): Proposals {
  const skipped: Skipped[] = [];
  const modelAt = modelsByAddress(config.aliases);
  const proposals = new Map<Address, Proposal>();

  for (const alias of config.aliases) {
    const reason = whyNot(alias, modelAt);
    const address = addressOf(alias);
    if (reason !== undefined || address === undefined) {
      skipped.push({ label: alias.label, line: alias.line, reason: reason ?? 'it names no unit' });
      continue;
    }
    const first = proposals.get(address);
    if (first) {
      const reasonOfSecond = `${address} is ${first.entry.alias} already: heyu shows the first alias of a unit`;
      skipped.push({ label: alias.label, line: alias.line, reason: reasonOfSecond });
      const comment = `heyu also calls it ${alias.label}`;
      proposals.set(address, { ...first, comments: [...first.comments, comment] });
    } else proposals.set(address, propose(alias, address, modelAt.get(address)));
  }

  const known = new Set(
    config.aliases.flatMap(({ house, units }) => units.map((unit): Address => `${house}${unit}`)),
  );
  const questions = questionsAbout(proposals);
  const open: Proposals = { entries: withNames([...proposals.values()]), skipped, questions, known };
  return questions.reduce(
    (all, question) => (question.kind === 'dusk' && question.proposed ? takeDusk(all, question) : all),
    open,
  );
}

/** The module of each unit: that of any alias that covers it (heyu allows no two different ones). */
function modelsByAddress(aliases: readonly X10Alias[]): ReadonlyMap<Address, string> {
  const models = new Map<Address, string>();
  for (const { house, units, model } of aliases) {
    for (const unit of units) {
      const address: Address = `${house}${unit}`;
      if (model !== undefined && !models.has(address)) models.set(address, model);
    }
  }
  return models;
}

function addressOf({ house, units }: X10Alias): Address | undefined {
  const [unit, another] = units;
  return unit === undefined || another !== undefined ? undefined : `${house}${unit}`;
}

function whyNot(alias: X10Alias, modelAt: ReadonlyMap<Address, string>): string | undefined {
  if (alias.units.length > 1) return 'it names several units, and heyu shows no such alias in its log';
  const address = addressOf(alias);
  const model = address === undefined ? undefined : modelAt.get(address);
  if (alias.rfOption === 'RFIGNORE') return 'heyu drops its radio signals (RFIGNORE)';
  if (model === 'SEC_IGNORE' || model === 'ORE_IGNORE') return `heyu logs nothing of it (${model})`;
  if (model === 'NONE') return 'heyu is told that there is no module (NONE)';
  if (model !== undefined && MEANINGLESS.has(model)) return `there is nothing to show of a ${model}`;
  return undefined;
}

function propose(alias: X10Alias, address: Address, model: string | undefined): Proposal {
  const bare = { ...bareEntry(alias.label, address), model, topic: topicFor(alias.label) };
  const known = model === undefined ? undefined : modelNamed(model);
  const comments: string[] = [];
  let type: AliasEntry['type'];
  if (known === undefined) {
    type = saysDusk(alias.label)
      ? 'light_sensor'
      : typeIn(alias.label, ['motion', ...OPENINGS, 'light', 'remote']);
    if (type === undefined) {
      type = 'appliance';
      comments.push(GUESSED_APPLIANCE);
    }
    if (type === 'motion') type = undefined;
  } else if (model === 'PLCSENSOR') {
    type = typeIn(alias.label, ['motion', ...OPENINGS, 'smoke', 'water']);
    if (type === undefined) comments.push(GUESSED_MOTION);
    if (type === 'motion') type = undefined;
  } else if (known.kind === 'contact') {
    type = typeIn(alias.label, OPENINGS);
    if (type === 'door') type = undefined;
  } else if (known.kind === 'motion' && known.dusk === 'next_unit' && saysDusk(alias.label)) {
    type = 'light_sensor';
  } else if (known.name.startsWith('REMOTE') && saysMotion(alias.label)) {
    // REMOTE2 stands for "a keychain remote or motion sensor" in heyu's manual.
    type = 'motion';
  } else if (known.name === 'PR511' || known.name === 'PHS01') {
    comments.push('a floodlight with a motion sensor: its On may be motion or a command');
  }
  return { entry: { ...bare, type }, line: alias.line, comments };
}

/** The alias itself is the default; only a name that our own topics begin with needs another. */
function topicFor(label: string): string | undefined {
  return RESERVED_LEVELS.some((level) => level === label) ? `${label}_sensor` : undefined;
}

/** Names for people; where a shortened one would stand twice, the label in full. */
function withNames(proposals: readonly Proposal[]): readonly Proposal[] {
  const count = new Map<string, number>();
  for (const { entry } of proposals) {
    const name = nameFor(entry.alias);
    // Lamps and remotes of a room must not take its short name from the motion sensor, nor share it.
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return proposals.map((proposal) => {
    const short = nameFor(proposal.entry.alias);
    const name = (count.get(short) ?? 0) > 1 ? nameFor(proposal.entry.alias, true) : short;
    return { ...proposal, entry: { ...proposal.entry, name } };
  });
}
