/**
 * From heyu's ALIAS lines to entries of the alias file. What is certain is proposed; what the owner knows better
 * is a question; what cannot be a sensor is skipped, with the reason.
 */

import { isDropped, placeOf, type X10Alias, type X10Config } from '../heyu/x10config.js';
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import type { SensorType } from '../sensor/types.js';
import { type Address, nextUnit } from '../x10/address.js';
import { type Model, type ModelKind, modelNamed } from '../x10/model.js';
import { type AliasEntry, bareEntry, isMotion, modelOf } from './entry.js';
import { nameFor, saysDusk, saysDuskOf, saysMotion, typeIn } from './words.js';

/** A proposed entry. */
export type Proposal = {
  readonly entry: AliasEntry;
  /** Line of x10config. */
  readonly line: number;
  /** To be written above the entry: what was guessed, and what else heyu calls this unit. */
  readonly comments: readonly string[];
};

/** An ALIAS line that gives no entry. */
type Skipped = { readonly label: string; readonly line: number; readonly reason: string };

/** Everything that an x10config gives. */
export type Proposals = {
  readonly entries: readonly Proposal[];
  readonly skipped: readonly Skipped[];
  readonly questions: readonly Question[];
  /** Every address that some alias of heyu covers. */
  readonly known: ReadonlySet<Address>;
};

/** Modules whose lines have nothing to tell. */
const MEANINGLESS: ReadonlySet<string> = new Set('VIRT4 VDATA VISGEN SSVDATA SHUTTER SW10'.split(' '));

const OPENINGS = ['window', 'garage', 'door'] as const;

/** Proposes entries for the aliases of heyu that can be sensors, lamps or remotes, in the order of the file. */
export function proposeSensors(config: X10Config): Proposals {
  const skipped: Skipped[] = [];
  const proposals = new Map<Address, Proposal>();

  const taken = new Map<Address, Address>();
  for (const alias of config.aliases) {
    const reason = whyNot(alias, config);
    const units = addressesOf(alias);
    const [unit] = units;
    if (reason !== undefined || unit === undefined) {
      skipped.push({ label: alias.label, line: alias.line, reason: reason ?? 'it names no unit' });
      continue;
    }
    const [address, ...moreUnits] = units.filter((each) => !taken.has(each));
    const first = proposals.get(taken.get(unit) ?? unit);
    if (address === undefined && first) {
      const reasonOfSecond = `${unit} is ${first.entry.alias} already: heyu shows the first alias of a unit`;
      skipped.push({ label: alias.label, line: alias.line, reason: reasonOfSecond });
      const it = first.entry.moreUnits.length === 0 ? 'it' : placeOf(alias);
      const comment = `heyu also calls ${it} ${alias.label}`;
      proposals.set(first.entry.address, { ...first, comments: [...first.comments, comment] });
    } else if (address !== undefined) {
      for (const each of [address, ...moreUnits]) taken.set(each, address);
      const proposal = propose(alias, address, modelAt(config, address), config.defaultModule);
      proposals.set(address, { ...proposal, entry: { ...proposal.entry, moreUnits } });
    }
  }

  const known = new Set(config.aliases.flatMap(addressesOf));
  const questions = questionsAbout(proposals);
  const open: Proposals = { entries: withNames([...proposals.values()]), skipped, questions, known };
  return questions.reduce(
    (all, question) => (question.kind === 'dusk' && question.proposed ? takeDusk(all, question) : all),
    open,
  );
}

/** heyu's module at an address: that of any alias that covers it (heyu allows no two different ones). */
export function modelAt(config: X10Config | undefined, address: Address): string | undefined {
  return config?.aliases.find((alias) => alias.model !== undefined && addressesOf(alias).includes(address))
    ?.model;
}

/** The units of an alias, in ascending order. */
export function addressesOf({ house, units }: X10Alias): readonly Address[] {
  return units.map((unit): Address => `${house}${unit}`);
}

/** A remote on several units: one device, whose keys are heard by their units. */
export function isKeypad({ label, units, model }: X10Alias): boolean {
  const known = model === undefined ? undefined : modelNamed(model);
  return (
    units.length > 1 &&
    known?.kind === 'remote' &&
    known.protocol === 'standard' &&
    !isMotionRemote(known, label)
  );
}

/** REMOTE2 stands for "a keychain remote or motion sensor" in heyu's manual. */
function isMotionRemote({ name }: Model, label: string): boolean {
  return name.startsWith('REMOTE') && saysMotion(label);
}

function whyNot(alias: X10Alias, config: X10Config): string | undefined {
  if (alias.units.length > 1 && !isKeypad(alias))
    return 'it names several units, and heyu shows no such alias in its log';
  const [address] = addressesOf(alias);
  const model = address && modelAt(config, address);
  if (isDropped(config, alias)) {
    // Only standard X10 can come by a transceiver.
    const add = [
      'heyu2mqtt alias add',
      alias.label,
      placeOf(alias),
      ...(model === undefined ? [] : ['--model', model]),
    ];
    return alias.rfOption === undefined
      ? 'heyu drops its radio (RFIGNORE)'
      : `heyu_aux drops its radio (RFIGNORE); if a transceiver hears it: ${add.join(' ')}`;
  }
  if (model === 'SEC_IGNORE' || model === 'ORE_IGNORE') return `heyu logs nothing of it (${model})`;
  if (model === 'NONE') return 'heyu is told that there is no module (NONE)';
  if (model !== undefined && MEANINGLESS.has(model)) return `there is nothing to show of a ${model}`;
  return undefined;
}

function propose(
  alias: X10Alias,
  address: Address,
  ownModel: string | undefined,
  defaultModule: string | undefined,
): Proposal {
  const { label, line } = alias;
  const comments: string[] = [];
  const fallback = ownModel === undefined ? fittingDefault(label, defaultModule) : undefined;
  if (fallback !== undefined) comments.push(`heyu names no module: its DEFAULT_MODULE is ${fallback}`);
  const model = ownModel ?? fallback;
  const known = model === undefined ? undefined : modelNamed(model);
  let type: AliasEntry['type'];
  if (known === undefined) {
    type = typeSaid(label);
    if (type === undefined) {
      type = 'appliance';
      comments.push(GUESSED_APPLIANCE);
    }
    if (type === 'motion') type = undefined;
  } else if (model === 'PLCSENSOR') {
    type = typeIn(label, ['motion', ...OPENINGS, 'smoke', 'water']);
    if (type === undefined) comments.push(GUESSED_MOTION);
    if (type === 'motion') type = undefined;
  } else if (known.name.startsWith('KAKU_')) {
    // A KAKU_P dims: a lamp.
    type = typeSaid(label) ?? (known.name === 'KAKU_P' ? 'light' : undefined);
    if (type === undefined) {
      type = 'appliance';
      comments.push(GUESSED_KAKU);
    }
  } else if (known.kind === 'contact') {
    type = typeIn(label, OPENINGS);
    if (type === 'door') type = undefined;
  } else if (known.kind === 'motion' && known.dusk === 'next_unit' && saysDusk(label)) {
    type = 'light_sensor';
  } else if (isMotionRemote(known, label)) {
    type = 'motion';
  } else if (known.name === 'PR511' || known.name === 'PHS01') {
    comments.push('a floodlight with a motion sensor: its On may be motion or a command');
  }
  return { entry: { ...bareEntry(label, address), model, topic: topicFor(label), type }, line, comments };
}

/** What a label says that has no module, or one that says nothing. */
function typeSaid(label: string): AliasEntry['type'] {
  return saysDusk(label) ? 'light_sensor' : typeIn(label, ['motion', ...OPENINGS, 'light', 'remote']);
}

const KIND_OF_TYPE: Readonly<Partial<Record<string, ModelKind>>> = {
  motion: 'motion',
  light_sensor: 'motion',
  light: 'lamp',
  remote: 'remote',
};

/** heyu's DEFAULT_MODULE, unless the label speaks of something else. */
function fittingDefault(label: string, defaultModule: string | undefined): string | undefined {
  const known = defaultModule === undefined ? undefined : modelNamed(defaultModule);
  if (known?.protocol !== 'standard' || known.kind === 'other') return undefined;
  const said = typeSaid(label);
  return said === undefined || KIND_OF_TYPE[said] === known.kind ? known.name : undefined;
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
const GUESSED_APPLIANCE = 'heyu names no module: say type: motion if it is a motion sensor';
/** Comment on an entry that is taken for a motion sensor because most of its kind are. */
const GUESSED_MOTION = 'a PLCSENSOR may sense anything: motion is assumed';
/** Comment on a KAKU_S of which its label says nothing. */
const GUESSED_KAKU =
  'a KAKU_S may switch anything: say type: light if it is a lamp, motion if it is a sensor';
const GUESSES: readonly string[] = [GUESSED_APPLIANCE, GUESSED_MOTION, GUESSED_KAKU];

/** The questions that an import raises: what a unit is first, then who is whose dusk sensor. */
function questionsAbout(proposals: ReadonlyMap<Address, Proposal>): readonly Question[] {
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
