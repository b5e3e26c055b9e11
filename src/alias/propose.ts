/**
 * Entries of the alias file, and the entries that heyu's ALIAS lines give. What is certain is proposed; what only the
 * owner knows is a question; what cannot be a sensor is skipped, with the reason.
 */

import { isDropped, placeOf, type X10Alias, type X10Config } from '../heyu/x10config.js';
import { RESERVED_LEVELS } from '../mqtt/topics.js';
import { isAlarmType, type SensorType } from '../sensor/types.js';
import { type Address, type Addresses, nextUnit } from '../x10/address.js';
import { type Model, type ModelKind, modelNamed, UNNAMED_MODEL } from '../x10/models.js';
import { nameFor, saysDusk, saysDuskOf, saysMotion, typeIn } from './words.js';

/**
 * An entry of the alias file as far as import, checks and learning care for it. What an owner has written beside that
 * (hold time, modes, area) is never touched here. Undefined = not written down, so that the
 * default counts.
 */
export type AliasEntry = Addresses & {
  /** heyu's label, the key in the file. */
  readonly alias: string;
  /** heyu's module name; undefined = plain X10. */
  readonly model?: string | undefined;
  readonly type?: SensorType | undefined;
  /** Name for people. */
  readonly name?: string | undefined;
  /** The unit that says dark (On) and light (Off). */
  readonly dusk?: Address | undefined;
  /** First part of its topics, by default the alias. */
  readonly topic?: string | undefined;
  /** Last part of unique ids, by default the address in lower case. */
  readonly id?: string | undefined;
  readonly ignore?: boolean;
};

/** The model of an entry; plain X10 when none, or an unknown one, is written down. */
export function modelOf(entry: AliasEntry): Model {
  return (entry.model === undefined ? undefined : modelNamed(entry.model)) ?? UNNAMED_MODEL;
}

/** True for what is taken for a motion sensor. */
export function isMotion(entry: AliasEntry): boolean {
  return entry.type === undefined ? modelOf(entry).kind === 'motion' : entry.type === 'motion';
}

const ALARM_KINDS: readonly ModelKind[] = ['motion', 'contact', 'smoke', 'glass', 'water'];

/** True for what can raise an alarm. */
export function raisesAlarm(entry: AliasEntry): boolean {
  return entry.type === undefined ? ALARM_KINDS.includes(modelOf(entry).kind) : isAlarmType(entry.type);
}

/** The last part of its unique ids. */
export function idOf(entry: AliasEntry): string {
  return entry.id ?? entry.address.toLowerCase();
}

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
    const { label, line } = alias;
    const reason = whyNot(alias, config);
    const units = addressesOf(alias);
    const [unit] = units;
    if (reason !== undefined || unit === undefined) {
      skipped.push({ label, line, reason: reason ?? 'it names no unit' });
      continue;
    }
    const [address, ...moreUnits] = units.filter((each) => !taken.has(each));
    const first = proposals.get(taken.get(unit) ?? unit);
    if (address === undefined && first) {
      const second = `${unit} is ${first.entry.alias} already: heyu shows the first alias of a unit`;
      skipped.push({ label, line, reason: second });
      const it = first.entry.moreUnits.length === 0 ? 'it' : placeOf(alias);
      const comment = `heyu also calls ${it} ${label}`;
      proposals.set(first.entry.address, { ...first, comments: [...first.comments, comment] });
    } else if (address !== undefined) {
      for (const each of [address, ...moreUnits]) taken.set(each, address);
      const model = modelAt(config, address);
      proposals.set(address, propose(alias, { address, moreUnits }, model, config.defaultModule));
    }
  }

  const known = new Set(config.aliases.flatMap(addressesOf));
  // what a unit is comes first, then who is whose dusk sensor
  const questions = [...typeQuestions(proposals), ...duskQuestions(proposals)];
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
    if (alias.rfOption === undefined) return 'heyu drops its radio (RFIGNORE)';
    const add = `heyu2mqtt alias add ${alias.label} ${placeOf(alias)}`;
    const more = model === undefined ? '' : ` --model ${model}`;
    return `heyu_aux drops its radio (RFIGNORE); if a transceiver hears it: ${add}${more}`;
  }
  if (model === 'SEC_IGNORE' || model === 'ORE_IGNORE') return `heyu does not log it (${model})`;
  if (model === 'NONE') return 'heyu is told that there is no module (NONE)';
  if (model !== undefined && MEANINGLESS.has(model)) return `there is nothing to show of a ${model}`;
  return undefined;
}

function propose(
  { label, line }: X10Alias,
  addresses: Addresses,
  ownModel: string | undefined,
  defaultModule: string | undefined,
): Proposal {
  const fallback = ownModel === undefined ? fittingDefault(label, defaultModule) : undefined;
  const model = ownModel ?? fallback;
  const { type, comment } = typeOf(label, model === undefined ? undefined : modelNamed(model));
  const comments = [
    fallback === undefined ? undefined : `heyu names no module: its DEFAULT_MODULE is ${fallback}`,
    comment,
  ].filter((each) => each !== undefined);
  return { entry: { ...addresses, alias: label, model, topic: topicFor(label), type }, line, comments };
}

/** The type that is to be written down (undefined: the model says it all), and what is to be said of it. */
function typeOf(
  label: string,
  model: Model | undefined,
): { readonly type?: SensorType | undefined; readonly comment?: string } {
  const said = typeSaid(label);
  if (model === undefined) {
    if (said === undefined) return { type: 'appliance', comment: GUESSED_APPLIANCE };
    return { type: unless('motion', said) };
  }
  const { name, kind, dusk } = model;
  if (name === 'PLCSENSOR') {
    const sensed = typeIn(label, ['motion', ...OPENINGS, 'smoke', 'water']);
    return sensed === undefined ? { comment: GUESSED_MOTION } : { type: unless('motion', sensed) };
  }
  // A KAKU_P dims: a lamp.
  if (name === 'KAKU_P') return { type: said ?? 'light' };
  if (name === 'KAKU_S')
    return said === undefined ? { type: 'appliance', comment: GUESSED_KAKU } : { type: said };
  if (kind === 'contact') return { type: unless('door', typeIn(label, OPENINGS)) };
  if (kind === 'motion' && dusk === 'next_unit' && saysDusk(label)) return { type: 'light_sensor' };
  if (isMotionRemote(model, label)) return { type: 'motion' };
  if (name === 'PR511' || name === 'PHS01')
    return { comment: 'a floodlight with a motion sensor: its On may be motion or a command' };
  return {};
}

/** The type, unless it is the default, which need not be written down. */
function unless(standard: SensorType, type: SensorType | undefined): SensorType | undefined {
  return type === standard ? undefined : type;
}

/** What a label says that has no module, or one that says nothing. */
function typeSaid(label: string): SensorType | undefined {
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
  const short = proposals.map(({ entry }) => nameFor(entry.alias));
  return proposals.map((proposal, index) => {
    const name = short[index] ?? '';
    // Lamps and remotes of a room must not take its short name from the motion sensor, nor share it.
    const isShared = short.indexOf(name) !== short.lastIndexOf(name);
    return { ...proposal, entry: { ...proposal.entry, name: nameFor(proposal.entry.alias, isShared) } };
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

/** Takes the answer "yes" to a dusk question: the unit belongs to the motion sensor and is not an entry of its own. */
export function takeDusk(proposals: Proposals, question: Question & { readonly kind: 'dusk' }): Proposals {
  const named = (alias: string) => proposals.entries.find(({ entry }) => entry.alias === alias);
  const dusk = named(question.candidate);
  if (!dusk || !named(question.motion)) return proposals;
  const entries = proposals.entries.flatMap((proposal) => {
    const { entry } = proposal;
    if (entry.alias === question.motion) return { ...proposal, entry: { ...entry, dusk: question.unit } };
    return proposal === dusk ? [] : proposal;
  });
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
    const entry = { ...bare, type: isMotion(bare) ? unless('motion', type) : type };
    const comments = proposal.comments.filter((comment) => !GUESSES.includes(comment));
    return { ...proposal, entry, comments };
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
  // A unit that is taken as dusk unit is not a motion sensor that could have one.
  return questions.filter((question) => question.kind !== 'dusk' || !taken.has(question.motion));
}
