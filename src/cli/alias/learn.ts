/** `heyu2mqtt alias learn`: shows what is heard, senders without a name, and what may have changed. */

import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { on } from 'node:events';
import { emitKeypressEvents, type Key } from 'node:readline';
import { hear, type History, listen, newHistory, type SenderLine } from '../../alias/history.js';
import { moveTo } from '../../alias/merge.js';
import { heardRows, learn, LIKELY, type Likely, type Suggestion } from '../../alias/suggestions.js';
import { type AliasEntry, modelAt } from '../../alias/propose.js';
import { nameFor } from '../../alias/words.js';
import { hintLine } from '../../common/error.js';
import { counted } from '../../common/text.js';
import type { AliasRead } from '../../config/aliases.js';
import type { AliasEdit, AliasKey } from '../../config/edit.js';
import { aliasProblem, type Plain } from '../../config/forms.js';
import { lineReader } from '../../heyu/reader.js';
import { isoAt, timeZone } from '../../heyu/time-zone.js';
import { writeAddresses, type X10Config } from '../../heyu/x10config.js';
import { systemClock } from '../../io/clock.js';
import { LogFollower } from '../../io/tail/log-follower.js';
import type { LineSource } from '../../ports.js';
import type { ZoneSettings } from '../../security/zone.js';
import { isAlarmType, SENSOR_TYPES, type SensorType, TYPE_OF_KIND } from '../../sensor/types.js';
import { functionWords } from '../../sensor/words.js';
import { type Address, unitsOf } from '../../x10/address.js';
import { modelNamed, UNNAMED_MODEL } from '../../x10/models.js';
import { type Ask, askOnTerminal } from '../ask.js';
import { type Given, OPTIONS } from '../configured.js';
import { findX10Config, historyOf, type LogForm, logFormOf, readX10ConfigFile } from '../heyu-install.js';
import { CommandError, processTerminal, table, type Terminal, whenIn } from '../terminal.js';
import {
  type AliasFile,
  type AliasPlace,
  editAliasFile,
  findPlace,
  neverAlertingIn,
  readAliasFile,
  withAliasFile,
} from './alias-file.js';
import { KINDS } from './import.js';

/** The command `alias learn`. */
export function aliasLearnCommand(command: Command): void {
  withAliasFile(command)
    .option('--from <log...>', 'learn from these logs (rotated ones first) and end')
    .addOption(OPTIONS.log)
    .addOption(OPTIONS.x10config)
    .option('--json', 'print as JSON what was heard in the log, and end')
    .action(learnAliases);
}

/** What is heard where, and how it is shown. */
type Walk = {
  readonly place: AliasPlace;
  readonly log: string;
  readonly form: LogForm;
  readonly config: X10Config | undefined;
  readonly terminal: Terminal;
  /** Writes an instant (epoch ms) for people. */
  readonly when: (at: number) => string;
};

async function learnAliases(
  given: Given & { readonly log?: string; readonly from?: readonly string[] },
): Promise<void> {
  const terminal = processTerminal();
  const place = findPlace(given);
  const { absolute } = place.house;
  const config = readX10ConfigFile(given.x10config ?? absolute['heyu.x10config'] ?? findX10Config());
  const form = logFormOf(absolute);
  const log = given.log ?? absolute['heyu.log'];
  const when = whenIn(timeZone(form.timeZone));
  if (given.from === undefined && given.json !== true && terminal.isInteractive) {
    await learnLive({ place, log, form, config, terminal, when });
    return;
  }
  const { entries, aliases } = readAliasFile(place);
  const history = historyOf(given.from ?? [log], form);
  if (history.units.size === 0 && given.json !== true)
    throw new CommandError('nothing was heard in the log', 'heyu2mqtt check looks for the reason');
  const suggestions = learn(history, entries, config, history.toAt ?? 0);
  const rows = heardRows(history, entries);
  if (given.json === true) {
    terminal.printJson({ heard: asJson(rows, form.timeZone), suggestions });
    return;
  }
  const titles = ['UNIT', 'ALIAS', 'HEARD', 'LAST', 'SAYS', 'FROM'];
  const cells = rows.map(({ unit, entry }) => [
    unit.address ?? unit.securityId ?? '',
    entry?.alias ?? '-',
    `${unit.count}`,
    when(unit.lastAt),
    [...unit.functions]
      .map(([name, count]) => {
        const words = functionWords(name, typeOf(unit.address, aliases, config));
        return count === 1 ? words : `${words} x${count}`;
      })
      .join(', '),
    [...unit.sources].join(' '),
  ]);
  for (const line of table(titles, cells, ['HEARD'])) terminal.print(line);
  for (const suggestion of suggestions) {
    const { title, remedy } = adviceOn(suggestion, when);
    terminal.print();
    terminal.print(terminal.style('bold', title));
    for (const line of remedy) terminal.print(`  ${line}`);
  }
}

function asJson(rows: ReturnType<typeof heardRows>, zoneName: string): readonly object[] {
  const zone = timeZone(zoneName);
  return rows.map(({ unit, entry }) => ({
    address: unit.address ?? null,
    security_id: unit.securityId ?? null,
    alias: entry?.alias ?? null,
    label: unit.label,
    count: unit.count,
    first: isoAt(unit.firstAt, zone),
    last: isoAt(unit.lastAt, zone),
    functions: Object.fromEntries(unit.functions),
    sources: [...unit.sources],
  }));
}

/**
 * The walk test: lines of the log as they come, and Enter to name what was heard. Follows the log itself, so it needs
 * no running service and does not disturb one. Runs until the user ends it with q or Ctrl-C.
 */
async function learnLive(walk: Walk): Promise<void> {
  const { terminal, log, form } = walk;
  let history = newHistory();
  let file = readAliasFile(walk.place);
  let held: string[] | undefined;
  const source = await follow(
    walk,
    // At this very moment, so that no line falls between what was there and what comes.
    () => (history = historyOf([log], form)),
    (heard) => {
      hear(history, heard);
      const line = liveLine(heard, file, walk);
      if (held === undefined) terminal.print(line);
      else held.push(line);
    },
  );
  terminal.print(`listening to ${log}; ${counted(history.units.size, 'sender')} heard before`);
  const before = learn(history, file.entries, walk.config, Date.now());
  if (before.length > 0) terminal.print(`${before.length} of them raise a question: press Enter`);
  terminal.print(terminal.style('dim', 'walk past your sensors. Enter = name what was heard, q = end'));
  try {
    while ((await nextKey()) === 'menu') {
      const waiting: string[] = (held = []);
      const goesOn = await carryOn(terminal, async () => {
        const isMore = await menu(walk, history, file);
        file = readAliasFile(walk.place);
        return isMore;
      });
      held = undefined;
      if (!goesOn) break;
      for (const line of waiting) terminal.print(line);
      terminal.print(terminal.style('dim', 'listening. Enter = name what was heard, q = end'));
    }
  } finally {
    await source.stop();
  }
}

/** The walk continues after Escape at a question, and when something was refused: that is said. */
async function carryOn(terminal: Terminal, step: () => Promise<boolean>): Promise<boolean> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.complain(error.message + hintLine(error.hint));
    return true;
  }
}

/** Follows the log from its end, which calls `found`. Resolves then, or when there is no log yet. */
function follow(
  { form, log, place, terminal }: Walk,
  found: () => void,
  onHeard: (heard: SenderLine) => void,
): Promise<LineSource> {
  const reader = lineReader(form, form.addressExpiryMs);
  const source = new LogFollower({
    path: log,
    clock: systemClock,
    randomGeneration: () => randomBytes(4).toString('hex'),
    usePolling: place.house.absolute['heyu.polling'],
    pollMs: place.house.absolute['heyu.poll_interval'],
  });
  return new Promise((resolve) => {
    let hasBegun = false;
    const begin = (hasLog: boolean): void => {
      if (!hasBegun && hasLog) found();
      hasBegun = true;
      resolve(source);
    };
    const nothing = (): void => undefined;
    source.start(
      {
        line: ({ text }) => {
          begin(true);
          for (const heard of listen(reader, text, Date.now())) onHeard(heard);
        },
        end: () => begin(true),
        generation: nothing,
        status: (status) => {
          if (status.kind === 'following') return;
          const isMissing = status.kind === 'missing';
          const why = isMissing ? " does not exist: is heyu's engine running?" : `: ${status.hint}`;
          terminal.complain(status.path + why);
          begin(false);
        },
        incident: nothing,
      },
      undefined,
      [],
    );
  });
}

/** What an address is: by its alias, else by what heyu's configuration says of it. */
function typeOf(
  address: Address | undefined,
  aliases: readonly AliasRead[],
  config: X10Config | undefined,
): SensorType | 'dusk' | undefined {
  if (address === undefined) return undefined;
  const own = aliases.find(({ settings }) => unitsOf(settings).some((unit) => unit === address));
  if (own !== undefined) return own.settings.type;
  if (aliases.some(({ settings }) => settings.dusk === address)) return 'dusk';
  const model = modelNamed(modelAt(config, address) ?? '');
  return model === undefined ? undefined : TYPE_OF_KIND[model.kind];
}

function liveLine(
  heard: SenderLine,
  { entries, aliases }: AliasFile,
  { terminal, when, config }: Walk,
): string {
  const { address, securityId, source } = heard;
  const entry = entries.find((each) => unitsOf(each).some((unit) => unit === address));
  const motion = entries.find((each) => each.dusk !== undefined && each.dusk === address);
  const who = entry?.alias ?? (motion === undefined ? undefined : `${motion.alias} (dusk)`);
  const time = when(heard.at).slice(-8);
  const said = functionWords(heard.function, typeOf(address, aliases, config));
  const line = `${time}  ${(address ?? securityId ?? '').padEnd(6)}  ${said.padEnd(14)}  ${source}  `;
  const named = who ?? (heard.label === null ? 'no name yet' : `no name here; heyu: ${heard.label}`);
  return line + terminal.style(who === undefined ? 'yellow' : 'green', named);
}

/** Lets the user act upon one suggestion. False = the user wants to end. */
async function menu(walk: Walk, history: History, { entries }: AliasFile): Promise<boolean> {
  const suggestions = learn(history, entries, walk.config, Date.now());
  if (suggestions.length === 0) {
    walk.terminal.print('everything that was heard has a name');
    return true;
  }
  const choices = [
    ...suggestions.map((each, index) => ({ value: `${index}`, label: adviceOn(each, walk.when).title })),
    { value: 'on', label: 'nothing, keep listening' },
    { value: 'end', label: 'nothing, end' },
  ];
  const answer: string = await askOnTerminal.choice('What do you want to do?', choices, '0');
  if (answer === 'on' || answer === 'end') return answer === 'on';
  const chosen = suggestions[Number(answer)];
  if (chosen !== undefined) await actUpon(chosen, walk.place, askOnTerminal, walk.terminal, walk.when);
  return true;
}

/** Waits for Enter (`menu`) or for q, Escape, Ctrl-C or the end of the input (`end`). */
async function nextKey(): Promise<'menu' | 'end'> {
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  try {
    const keys = on(stdin, 'keypress', { close: ['end'] }) as AsyncIterable<readonly [unknown, Key]>;
    for await (const [, { name = '', ctrl = false }] of keys) {
      if (name === 'return' || name === 'enter') return 'menu';
      if (name === 'q' || name === 'escape' || (ctrl && name === 'c')) return 'end';
    }
    return 'end';
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** Keys of a new alias. */
type NewKeys = Partial<Record<AliasKey, Plain>>;

/** Asks and edits the alias file; what belongs into heyu's own configuration is shown. */
export async function actUpon(
  suggestion: Suggestion,
  place: AliasPlace,
  ask: Ask,
  terminal: Terminal,
  when: (at: number) => string,
): Promise<void> {
  const { remedy, edits } = adviceOn(suggestion, when);
  const { entries } = readAliasFile(place);
  const zones = place.house.zones.map(({ settings }) => settings);
  const wanted = await edits?.(ask, { entries, zones });
  if (wanted === undefined) for (const line of remedy) terminal.print(line);
  else if (wanted.length > 0) edit(place, wanted, terminal);
}

function edit(place: AliasPlace, edits: readonly AliasEdit[], terminal: Terminal): void {
  try {
    const edited = editAliasFile(place, () => edits);
    terminal.print(terminal.style('green', `written: ${place.path}`));
    for (const note of edited.notes) terminal.print(note);
    for (const { alias = '', problem } of neverAlertingIn(edited, (each) => each === edits[0]?.alias))
      terminal.print(`${alias} ${problem}`);
  } catch (error) {
    // the walk continues
    if (!(error instanceof CommandError)) throw error;
    terminal.complain(error.message + hintLine(error.hint));
  }
}

function askAlias(ask: Ask, entries: readonly AliasEntry[], standard: string): Promise<string> {
  return ask.text('Which alias does it get?', standard, (answer) =>
    entries.some(({ alias }) => alias === answer)
      ? `there is an alias "${answer}" already`
      : aliasProblem(answer),
  );
}

/** What it is: as heyu says, or as the owner does. */
async function askKind(
  ask: Ask,
  address: Address,
  model: string | undefined,
  likely: Likely | undefined,
): Promise<NewKeys> {
  const choices = [
    ...(model === undefined ? [] : [{ value: 'model', label: `as in heyu: ${model}` }]),
    ...(likely === undefined || likely === 'door' ? [] : [{ value: likely, label: LIKELY[likely].words }]),
    { value: 'MS14A', label: 'a motion sensor MS12 to MS16, with a dusk sensor on the next unit' },
    { value: 'motion', label: 'another motion sensor' },
    ...KINDS,
    { value: 'ignore', label: "a neighbour's, to be ignored" },
  ];
  const standard = model === undefined ? (likely ?? 'motion') : 'model';
  const answer = await ask.choice(`What is ${address}?`, choices, standard);
  if (answer === 'model') return { model: model ?? null };
  if (answer === likely) return LIKELY[likely].keys;
  if (answer === 'MS14A') return { model: 'MS14A' };
  if (answer === 'ignore') return { ignore: true };
  return answer === 'motion' ? {} : { type: answer };
}

/** Whether a sensor of this kind can raise an alarm: only then its zone matters. */
function canAlert({ model, type }: NewKeys): boolean {
  const known = typeof model === 'string' ? modelNamed(model) : undefined;
  const isType = SENSOR_TYPES.find((each) => each === type);
  return isAlarmType(isType ?? TYPE_OF_KIND[(known ?? UNNAMED_MODEL).kind]);
}

/** The zone of a new sensor; nothing where there is none to choose, or it shall have none. */
async function askZone(ask: Ask, zones: There['zones']): Promise<NewKeys> {
  const [first] = zones;
  if (first === undefined) return {};
  const choices = [
    ...zones.map(({ zone, name }) => ({ value: `zone ${zone}`, label: name })),
    { value: 'none', label: 'none: it never raises an alert' },
  ];
  const answer: string = await ask.choice('Which zone does it guard?', choices, `zone ${first.zone}`);
  const chosen = zones.find(({ zone }) => answer === `zone ${zone}`);
  return chosen === undefined ? {} : { zone: chosen.zone };
}

/** A suggestion for people, and what can be done about it. */
type Advice = {
  readonly title: string;
  /** What to run, or what to write into heyu's configuration. */
  readonly remedy: readonly string[];
  /** Asks for what is to be written; without it, or with the answer undefined, only the remedy helps. */
  readonly edits?: (ask: Ask, there: There) => Promise<readonly AliasEdit[] | undefined>;
};

/** What there is already. */
type There = {
  readonly entries: readonly AliasEntry[];
  readonly zones: readonly Pick<ZoneSettings, 'zone' | 'name'>[];
};

/** `when` writes an instant (epoch ms) for people. */
export function adviceOn(suggestion: Suggestion, when: (at: number) => string): Advice {
  switch (suggestion.kind) {
    case 'unmapped':
      return adviceOnUnmapped(suggestion, when);
    case 'unmapped_id': {
      const { securityId, model, line, count, lastAt } = suggestion;
      const guess = model === undefined ? '' : ` (perhaps ${article(model)} ${model})`;
      return {
        title: `security sensor ${securityId}${guess} is unknown to heyu: heard ${times(count)}, last ${when(lastAt)}`,
        remedy: inHeyu(line),
      };
    }
    case 'not_restarted': {
      const { securityId, label, count, lastAt } = suggestion;
      return {
        title: `security sensor ${securityId} is ${label} in x10config, which heyu has not read yet: heard ${times(count)}, last ${when(lastAt)}`,
        remedy: ['heyu restart'],
      };
    }
    case 'moved': {
      const { alias, from, to, securityId, line, silentSinceAt, newSinceAt } = suggestion;
      const sender = to ?? securityId ?? '';
      const since = `${alias} (${from}) is silent since ${when(silentSinceAt)}, ${sender} is new since ${when(newSinceAt)}`;
      const title = `${since}: batteries changed?`;
      if (to === undefined) return { title, remedy: inHeyu(line, `instead of the line of ${alias}`) };
      return {
        title,
        remedy: [`set the sensor back to ${from}, or: heyu2mqtt alias set ${alias} --address ${to}`],
        edits: async (ask, { entries }) => {
          const entry = entries.find((each) => each.alias === alias);
          if (entry === undefined) return undefined;
          if (!(await ask.yesOrNo(`Is ${to} now the address of ${alias}?`, false))) return [];
          const changes = moveTo(entry, { address: to, moreUnits: [] });
          return changes.map(({ key, to: value }) => ({ kind: 'set', alias, key, value }));
        },
      };
    }
    case 'dusk': {
      const { alias, unit, likely } = suggestion;
      return {
        title: `${unit}, the unit after ${alias}, sends On and Off${likely ? ' hours apart' : ''}: its dusk sensor?`,
        remedy: [`heyu2mqtt alias set ${alias} --dusk ${unit}`],
        edits: async (ask) =>
          (await ask.yesOrNo(`Is ${unit} the dusk sensor of ${alias}?`, true))
            ? [{ kind: 'set', alias, key: 'dusk', value: unit }]
            : [],
      };
    }
    case 'neighbour': {
      const { address, count } = suggestion;
      const alias = `neighbour_${address}`;
      return {
        title: `${address} is on a house code that nothing here uses, heard ${times(count)}: a neighbour?`,
        remedy: [`heyu2mqtt alias add ${alias} ${address} --ignore yes`],
        edits: async (ask) =>
          (await ask.yesOrNo(`Ignore ${address} from now on?`, true))
            ? [{ kind: 'add', alias, keys: { address, ignore: true } }]
            : [],
      };
    }
  }
}

function adviceOnUnmapped(
  suggestion: Suggestion & { readonly kind: 'unmapped' },
  when: (at: number) => string,
): Advice {
  const { address: unit, moreUnits, label, model, likely, count, lastAt } = suggestion;
  const address = writeAddresses(suggestion);
  const known = label === undefined ? '' : `; heyu calls it ${[label, model].filter(Boolean).join(', ')}`;
  const standard = label ?? `unit_${address}`;
  const keys = model !== undefined ? { model } : likely === undefined ? {} : LIKELY[likely].keys;
  const more = Object.entries(keys).map(([key, value]) => ` --${key} ${value}`);
  return {
    title: `${address} has no name here: heard ${times(count)}, last ${when(lastAt)}${known}`,
    remedy: [`heyu2mqtt alias add ${standard} ${address}${more.join('')}`],
    edits: async (ask, { entries, zones }) => {
      const alias = await askAlias(ask, entries, standard);
      const kind =
        moreUnits.length > 0 && model !== undefined ? { model } : await askKind(ask, unit, model, likely);
      const keys: NewKeys = { address, ...kind };
      if (keys.ignore !== undefined) return [{ kind: 'add', alias, keys }];
      keys.name = await ask.text('Its name for people?', nameFor(alias));
      if (canAlert(kind)) Object.assign(keys, await askZone(ask, zones));
      return [{ kind: 'add', alias, keys }];
    },
  };
}

function inHeyu(line: string | undefined, where = ''): readonly string[] {
  if (line === undefined) return ['all 256 units of heyu are taken'];
  return [`in x10config${where === '' ? '' : `, ${where}`}: ${line}`, 'then: heyu restart'];
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const article = (model: string): string => (/^[AEFHILMNORSX8]/.test(model) ? 'an' : 'a');
