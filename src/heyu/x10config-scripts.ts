/**
 * SCRIPT and LAUNCHER lines of heyu's configuration: which of them heyu takes (x10state.c, `add_script`,
 * `create_launchers`, `finalize_launchers`). What they do is their owner's business.
 */

import type { X10Alias } from './x10config-alias.js';
import { readUnits } from './x10config-units.js';

/** The labels of scripts and launchers, with the lines that name them. */
export type Scripts = {
  readonly scripts: { readonly label: string; readonly line: number }[];
  readonly launchers: Launcher[];
};

type Launcher = {
  readonly label: string;
  readonly line: number;
  /** It asks for night or darkness. */
  readonly needsPlace: boolean;
  /** It says `nosrc` and no other source. */
  readonly hasNoSource: boolean;
};

/** What heyu says against a line. */
export type ScriptProblem = { readonly line: number; readonly text: string };

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Functions are compared as they are written. */
const FUNCTIONS = set(
  'anyfunc anyplc on off dim bright lightson lightsoff allon alloff statuson status_on statusoff status_off status ' +
    'statusreq status_req preset extended xpup xpowerup hail hail_ack data_xfer vdata vdatam gon goff gdim anysec ' +
    'panic arm disarm alert clear sectamper test slightson slightsoff sdusk sdawn akeyon akeyoff bkeyon bkeyoff ' +
    'inactive anyrfx anydmx dmxtemp dmxon dmxoff dmxsetpoint rfxtemp rfxtemp2 rfxrh rfxbp rfxlobat rfxvad rfxpot ' +
    'rfxvs rfxother rfxpulse rfxpower rfxwater rfxgas rfxcount anyore oretemp orerh orebp orewgt oredt elscurr ' +
    'orewindsp orewindavsp orewinddir oreraintot orerainrate oreuv owlpower owlenergy anykaku koff kon kgrpoff ' +
    'kgrpon kpreset kgrppreset',
);
/** Conditions that every launcher may have. */
const FLAGS = set(
  'night notnight dark notdark tamper nottamper armed notarmed disarmed notdisarmed armpending notarmpending home ' +
    'away continue break',
);
/** Words of a launcher for signals. */
const WORDS = set(
  'address changed module signal nosrc anysrc sndc snds sndm snda sndt rcvi rcvt sndp rcva xmtf nosndc nosnds nosndm ' +
    'nosnda nosndt norcvi norcvt nosndp norcva noxmtf trigemu swmin swmax swhome swaway lobat notlobat main aux ' +
    'rollover heat notcool cool notheat set notset init notinit temp nottemp tmin tmax rhmin rhmax bpmin bpmax',
);
/** States of a unit, `on:A3`, each also with `not` before it. */
const STATES =
  /^(?:not)?(?:on|off|dim|alert|clear|auxalert|auxclear|active|inactive|valid|addr|tamper|chg|lobat|rollover|swmin|swmax|tmin|tmax|rhmin|rhmax|bpmin|bpmax|main|aux|init|heat|set):(.*)$/i;
const NUMBERED = /^(not)?(flag|czflag|tzflag)(\d+)$/i;

/** Launchers for other things than signals, and the words that each may have. */
const SPECIAL: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['-powerfail', set('boot notboot')],
  ['-rfflood', set('started ended')],
  ['-sensorfail', set('')],
  ['-lockup', set('started ended boot notboot')],
  ['-rfjamming', set('started ended main aux')],
  ['-exec', set('')],
  ['-hourly', set('')],
]);

/** Nothing has been read yet. */
export function noScripts(): Scripts {
  return { scripts: [], launchers: [] };
}

/** Reads what stands behind SCRIPT. `aliases` are those of the lines before: only they have a meaning in it. */
export function readScript(
  to: Scripts,
  line: number,
  tail: string,
  aliases: readonly X10Alias[],
): string | undefined {
  const cut = tail.indexOf('::');
  if (cut < 0) return "Invalid SCRIPT format - no '::' separator";
  let command = tail.slice(cut + 2).trim();
  const options = new Set<string>();
  while (command.startsWith('-')) {
    const [word = ''] = command.split(/[ \t]/, 1);
    const option = /^-(qq|q|r|n|x)/.exec(word)?.[1];
    if (option === undefined) return `Invalid script option '${word}'`;
    options.add(option);
    command = command.slice(word.length).trim();
  }
  const conflict = ['nx', 'nr', 'xr'].some(
    ([one = '', other = '']) => options.has(one) && options.has(other),
  );
  if (conflict || (options.has('q') && options.has('qq'))) return 'Invalid combination of script options';
  if (command === '') return 'Missing script command line';

  const head = tail.slice(0, cut).trim();
  const [, named, conditions = head] = /^-l[ \t]+([^ \t]+)[ \t]*(.*)$/.exec(head) ?? [];
  const label = named ?? `Script_${`${line}`.padStart(2, '0')}`;
  to.scripts.push({ label, line });
  return conditions === '' ? undefined : readConditions(to, line, label, conditions, aliases);
}

/** Reads what stands behind LAUNCHER. */
export function readLauncher(
  to: Scripts,
  line: number,
  tail: string,
  aliases: readonly X10Alias[],
): string | undefined {
  const [, label = '', conditions = ''] = /^([^ \t]+)[ \t]*(.*)$/.exec(tail) ?? [];
  if (conditions === '') return 'Too few items on line.';
  if (label.length > 32) return `Label '${label}' too long (max 32 characters)`;
  return readConditions(to, line, label, conditions, aliases);
}

/** What heyu has against the scripts as a whole. `hasPlace` = LATITUDE and LONGITUDE are there. */
export function closeScripts({ scripts, launchers }: Scripts, hasPlace: boolean): readonly ScriptProblem[] {
  const [launcher] = launchers;
  const [script] = scripts;
  if (launcher && !script) return [{ line: launcher.line, text: 'No SCRIPTs defined for LAUNCHERs' }];
  if (script && !launcher) return [{ line: script.line, text: 'No LAUNCHERs defined for SCRIPTs' }];
  const problems: ScriptProblem[] = [];
  scripts.forEach(({ label, line }, index) => {
    const before = scripts.slice(0, index).find((other) => other.label === label);
    if (before) problems.push({ line, text: `Script label '${label}' duplicates line ${before.line}` });
    if (!launchers.some((other) => other.label === label))
      problems.push({ line, text: `No LAUNCHER for SCRIPT with label '${label}'` });
  });
  for (const { label, line, needsPlace, hasNoSource } of launchers) {
    if (!scripts.some((other) => other.label === label))
      problems.push({ line, text: `No SCRIPT with label '${label}' found` });
    if (needsPlace && !hasPlace)
      problems.push({ line, text: 'Flags night/notnight/dark/notdark require LONGITUDE and LATITUDE' });
    if (hasNoSource)
      problems.push({ line, text: `No sources (e.g., RCVI) for LAUNCHER with label '${label}'` });
  }
  return problems;
}

function readConditions(
  to: Scripts,
  line: number,
  label: string,
  conditions: string,
  aliases: readonly X10Alias[],
): string | undefined {
  const sets = conditions.split(';').filter((each) => each !== '');
  if (sets.length === 0) return 'No launch parameters specified';
  for (const each of sets) {
    const words = each.split(/[ \t]+/).filter((word) => word !== '');
    const problem = launchProblem(words, aliases);
    if (problem !== undefined) return problem;
    const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
    to.launchers.push({
      label,
      line,
      needsPlace: has(/^(not)?(night|dark)$/i),
      hasNoSource: has(/^nosrc$/i) && !has(/^(anysrc|snd[csmatp]|rcv[ita]|xmtf)$/i),
    });
  }
  return undefined;
}

function launchProblem(
  [first = '', ...words]: readonly string[],
  aliases: readonly X10Alias[],
): string | undefined {
  const others: string[] = [];
  for (const word of words) {
    const state = STATES.exec(word)?.[1];
    const units = state === undefined ? undefined : unitsOf(state, aliases);
    if (state !== undefined && (units === undefined || units === 0 || /^[+-]/.test(state)))
      return `Invalid state flag housecode|unit '${state}'`;
    if (units !== undefined && units > 1) return `'${state ?? ''}' Only a single unit code is acceptable`;
    const [, not = '', kind = '', number] = NUMBERED.exec(word.toLowerCase()) ?? [];
    if (number !== undefined && (Number(number) < 1 || Number(number) > 32))
      return `Invalid ${not}${kind} launch parameter '${word}'`;
    if (state === undefined && number === undefined && !FLAGS.has(word.toLowerCase())) others.push(word);
  }
  const conflict = flagConflict(words.map((word) => word.toLowerCase()));
  if (conflict !== undefined) return conflict;
  const special = SPECIAL.get(first);
  if (special) return foreignWord(others, special, first);
  if (first === '-timeout') return timeoutProblem(others);
  const units = unitsOf(first, aliases);
  if (units === undefined || units === 0) return `Invalid Housecode|Units '${first}' in Launcher.`;
  const functions = others.filter((word) => !WORDS.has(word.toLowerCase()));
  const foreign = functions.find((word) => !FUNCTIONS.has(word));
  if (foreign !== undefined) return `Invalid launch parameter '${foreign}'`;
  const has = (name: string): boolean => others.some((word) => word.toLowerCase() === name);
  if (functions.length === 0 && !has('address') && !has('changed'))
    return 'No launch function has been specified.';
  if (has('address') && functions.length > 0) return "Keyword 'address' is incompatible with any functions.";
  if (has('address') && (has('changed') || has('module')))
    return "Keywords 'changed' and 'module' are invalid in an address launcher.";
  if (has('signal') && has('changed')) return 'Keywords change and signal are incompatible.';
  if (has('signal') && has('module')) return 'Keywords module and signal are incompatible.';
  return undefined;
}

/** Flags that a launcher wants set and not set at once. To be home or away, heyu must be armed. */
function flagConflict(words: readonly string[]): string | undefined {
  const wanted = words.flatMap((word) => {
    if (word === 'home' || word === 'away')
      return [word === 'home' ? 'home' : 'nothome', words.includes('armpending') ? 'armpending' : 'armed'];
    if (word === 'disarmed') return ['notarmed', 'notarmpending'];
    if (word === 'notdisarmed') return ['armed', 'armpending'];
    return FLAGS.has(word) || NUMBERED.test(word) ? [word] : [];
  });
  if (wanted.includes('continue') && wanted.includes('break'))
    return 'Conflicting continue/break in launch conditions.';
  if (words.includes('boot') && words.includes('notboot'))
    return 'Conflicting boot/notboot in launch conditions.';
  const both = wanted.find((word) => wanted.includes(`not${word}`));
  if (both === undefined) return undefined;
  const [, , numbered] = NUMBERED.exec(both) ?? [];
  if (numbered === undefined) return 'Conflicting global flag/notflag in launch conditions.';
  return `Conflicting ${numbered === 'flag' ? 'common ' : ''}${numbered}/not${numbered} in launch conditions.`;
}

function foreignWord(
  words: readonly string[],
  known: ReadonlySet<string>,
  launcher: string,
): string | undefined {
  const foreign = words.find((word) => !known.has(word.toLowerCase()));
  return foreign === undefined
    ? undefined
    : `Launch parameter '${foreign}' is invalid for ${launcher} launcher`;
}

function timeoutProblem(words: readonly string[]): string | undefined {
  const isTimer = (word: string): boolean => /^(armdelay|timer([1-9]|[12]\d|3[0-2]))$/i.test(word);
  const foreign = words.find((word) => !isTimer(word));
  if (foreign !== undefined)
    return /^timer/i.test(foreign)
      ? `Invalid timer launch parameter '${foreign}'`
      : `Launch parameter '${foreign}' is invalid for -timer script`;
  if (words.length === 0) return 'No timer (armtimer or timer1 ... timer32) has been specified.';
  return words.length > 1 ? 'Only one timer (armtimer or timer1 ... timer32) may be specified.' : undefined;
}

/** How many units an alias or `A3`, `_1-4`, `+b2` names; undefined when it is neither (`parse_addr`). */
export function unitsOf(word: string, aliases: readonly X10Alias[]): number | undefined {
  if (word.includes('$')) return 1;
  const place = word.replace(/^[+-]/, '');
  const alias = aliases.find(({ label }) => label === place);
  if (alias) return alias.units.length;
  if (place === '') return 0;
  if (!/^[a-p_]/i.test(place)) return undefined;
  const units = readUnits(place.slice(1));
  return units.kind === 'units' ? units.units.length : undefined;
}
