/**
 * heyu's configuration file (x10config): what of it shapes the log and what it calls its units. Reads every file
 * and never throws; a line that heyu would refuse becomes a fault, because then heyu refuses the whole file.
 */

import type { Address } from '../x10/address.js';
import { noAliases, readAlias, sharedIds } from './x10config-alias.js';
import type { X10Alias } from './x10config-alias.js';
import { directiveNamed } from './x10config-directives.js';
import { readScene, sceneProblem } from './x10config-scenes.js';
import type { Scene } from './x10config-scenes.js';
import { closeScripts, noScripts, readLauncher, readScript } from './x10config-scripts.js';
import { closeSettings, openSettings, readSetting } from './x10config-settings.js';
import type { Remark, X10Settings } from './x10config-settings.js';
import { readClock } from './x10config-values.js';

/** A line that heyu refuses (`problems`) or remarks upon (`warnings`). `line` counts from 1; 0 = the whole file. */
export type X10Remark = { readonly line: number; readonly text: string; readonly problem: string };

/** What a configuration file of heyu says. */
export type X10Config = X10Settings & {
  readonly aliases: readonly X10Alias[];
  /** With a single one heyu does not start, and at `heyu restart` keeps its old configuration. */
  readonly problems: readonly X10Remark[];
  readonly warnings: readonly X10Remark[];
};

/** heyu's LINE_LEN: what is longer becomes a line of its own. */
const LINE_LENGTH = 4095;

/** Reads the text of an x10config. Every line that heyu refuses is among the problems, every other one counts. */
export function readX10Config(text: string): X10Config {
  const settings = openSettings();
  const aliases: X10Alias[] = [];
  const problems: X10Remark[] = [];
  const warnings: X10Remark[] = [];
  const seen = new Set<string>();
  const before = noAliases();
  const scripts = noScripts();
  const scenes: Scene[] = [];
  const values = new Map<string, readonly string[]>();

  text.split('\n').forEach((whole, index) => {
    const line = index + 1;
    const remark = (remarks: X10Remark[], problem: string): void => {
      remarks.push({ line, text: whole.slice(0, 200), problem });
    };
    if (whole.length > LINE_LENGTH) remark(problems, `Line longer than ${LINE_LENGTH} characters`);
    // C strings end at NUL; `#` begins a comment wherever it stands.
    const content = trim(whole.slice(0, LINE_LENGTH).split('\0', 1)[0]?.split('#', 1)[0] ?? '');
    if (content === '') return;

    const [first = '', ...rest] = content.split(/[ \t]+/);
    const read = readLine(first, rest, seen);
    if (read.kind === 'alias') {
      const alias = readAlias(line, read.words, before);
      if (alias.kind === 'problem') remark(problems, alias.problem);
      else {
        aliases.push(alias.alias);
        for (const warning of alias.alias.warnings) remark(warnings, warning);
      }
      return;
    }
    if (read.kind === 'problem') {
      remark(problems, read.text);
      return;
    }
    const { name } = read;
    if (read.remark !== undefined) remark(warnings, read.remark);
    values.set(name, rest);
    if (name === 'LOG_DIR') settings.logDirLine = { line, text: content };
    const tail = content.slice(first.length).trim();
    const said =
      name === 'SCRIPT'
        ? refusal(readScript(scripts, line, tail, aliases))
        : name === 'LAUNCHER'
          ? refusal(readLauncher(scripts, line, tail, aliases))
          : name === 'SCENE' || name === 'USERSYN'
            ? refusal(readScene(scenes, name === 'SCENE' ? 'Scene' : 'Usersyn', line, tail))
            : readSetting(settings, name, rest);
    if (said) remark(said.kind === 'problem' ? problems : warnings, said.text);
  });

  const closed = closeSettings(settings);
  const whole = (line: number, problem: string): void => {
    problems.push({ line, text: '', problem });
  };
  for (const scene of scenes) {
    const said = sceneProblem(scene, aliases, values.get('RESTRICT_DIMS')?.[0]?.toUpperCase() === 'NO');
    if (said !== undefined) whole(scene.line, said);
  }
  for (const { line, text: said } of sharedIds(aliases, closed)) whole(line, said);
  for (const said of conflicts(values, closed)) whole(0, said);
  for (const { line, text: said } of closeScripts(scripts, values.has('LATITUDE') && values.has('LONGITUDE')))
    whole(line, said);
  return { ...closed, aliases, problems, warnings };
}

/** Directives that contradict each other (config.c, `finalize_config`). */
function conflicts(
  values: ReadonlyMap<string, readonly string[]>,
  { transceive, rfForward }: X10Settings,
): readonly string[] {
  const clock = (name: string): number | undefined => readClock(values.get(name)?.[0] ?? '');
  const times = ['DUSK', 'DAWN'].filter((name) => {
    const [least, most] = [clock(`MIN_${name}`), clock(`MAX_${name}`)];
    return least !== undefined && most !== undefined && least >= most;
  });
  const bursts = Number(values.get('DEF_RF_BURSTS')?.[0] ?? 5);
  const tooMany = values.get('RF_BURSTS')?.some((count) => Number(count) > bursts) ?? false;
  return [
    ...times.map((name) => `MIN_${name} must be less than MAX_${name}`),
    ...(tooMany ? [`RF_BURSTS exceeds ${bursts}`] : []),
    ...(transceive.some((house) => rfForward.includes(house))
      ? ['Housecode conflict in TRANSCEIVE and RFFORWARD']
      : []),
  ];
}

const refusal = (text: string | undefined): Remark | undefined =>
  text === undefined ? undefined : { kind: 'problem', text };

type Line =
  | { readonly kind: 'alias'; readonly words: readonly string[] }
  | { readonly kind: 'setting'; readonly name: string; readonly remark: string | undefined }
  | { readonly kind: 'problem'; readonly text: string };

/** What the first word of a line makes of it (config.c `parse_config_tail`). `seen` are the directives before. */
function readLine(first: string, rest: readonly string[], seen: Set<string>): Line {
  const name = first.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  const directive = directiveNamed(name);
  if (!directive) {
    const [house = '', units = ''] = rest;
    if (rest.length !== 2) return { kind: 'problem', text: `Invalid Directive '${first}'` };
    if (!/^[A-Pa-p]$/.test(house)) return { kind: 'problem', text: 'Invalid Directive.' };
    return { kind: 'alias', words: [first, `${house}${units}`] };
  }
  if (seen.has(name) && !directive.repeats)
    return { kind: 'problem', text: `Directive '${name}' appears more than once in the file` };
  seen.add(name);
  if (rest.length + 1 < directive.fewest) return { kind: 'problem', text: 'Too few items on line.' };
  if (rest.length + 1 > directive.most) return { kind: 'problem', text: 'Too many items on line.' };
  if (name === 'ALIAS') return { kind: 'alias', words: rest };
  const problem = directive.rule(name, rest);
  return problem === undefined
    ? { kind: 'setting', name, remark: directive.remark }
    : { kind: 'problem', text: problem };
}

/** Cuts off what heyu cuts off; String.trim would also take a byte order mark, which heyu stumbles over. */
function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

/**
 * Where heyu writes its log (config.c:3640-3694): LOG_DIR/heyu.log plus the last part of TTY, or `.common`.
 * Undefined when heyu writes none (LOG_DIR absent or NONE).
 */
export function heyuLogPath(config: X10Config): string | undefined {
  if (config.logDir === undefined) return undefined;
  const tty = config.tty ?? '/dev/ttyS0';
  const suffix = config.logCommon ? 'common' : tty.slice(tty.lastIndexOf('/') + 1);
  return `${config.logDir.replace(/(?<=[^/])\/+$/, '')}/heyu.log.${suffix}`.replace(/^\/\//, '/');
}

/**
 * The label that heyu shows for an address: that of the first alias in the file which names this unit and no
 * other (process.c:2149). Undefined where the log says `_no_alias_`.
 */
export function aliasInLog(config: X10Config, address: Address): string | undefined {
  return config.aliases.find(
    ({ house, units }) => units.length === 1 && `${house}${units[0] ?? 0}` === address,
  )?.label;
}

/** Modules that are a transceiver: they put the radio of their house code on the power line (modules.c). */
const TRANSCEIVERS: ReadonlySet<string | undefined> = new Set(['RR501', 'PAT01']);

/**
 * Whether heyu never hears this alias for the sake of RFIGNORE. It concerns heyu_aux alone (relay_aux.c): without
 * TTY_AUX there is none, and what a transceiver puts on the power line is heard all the same. Security sensors are
 * heard by radio only.
 */
export function isDropped(config: X10Config, alias: X10Alias): boolean {
  if (alias.rfOption !== 'RFIGNORE') return alias.options.includes('RFIGNORE');
  return (
    config.ttyAux !== undefined &&
    !config.aliases.some(({ house, model }) => house === alias.house && TRANSCEIVERS.has(model))
  );
}
