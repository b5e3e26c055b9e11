/**
 * heyu's configuration file (x10config): what of it shapes the log and what it calls its units. Reads every file
 * and never throws; a line that heyu would refuse becomes a fault, because then heyu refuses the whole file.
 */

import type { Address } from '../x10/address.js';
import { noAliases, readAlias } from './x10config-alias.js';
import type { X10Alias } from './x10config-alias.js';
import { directiveNamed } from './x10config-directives.js';
import { closeSettings, openSettings, readSetting } from './x10config-settings.js';
import type { Remark, X10Settings } from './x10config-settings.js';

/** A line that heyu refuses (`faults`) or remarks upon (`warnings`). `line` counts from 1; 0 = the whole file. */
export type X10Remark = { readonly line: number; readonly text: string; readonly problem: string };

/** What a configuration file of heyu says. */
export type X10Config = X10Settings & {
  readonly aliases: readonly X10Alias[];
  /** With a single one heyu does not start, and at `heyu restart` keeps its old configuration. */
  readonly faults: readonly X10Remark[];
  readonly warnings: readonly X10Remark[];
};

/** heyu's LINE_LEN: what is longer becomes a line of its own. */
const LINE_LENGTH = 4095;

/** Reads the text of an x10config. Every line that heyu refuses is among the faults, every other one counts. */
export function readX10Config(text: string): X10Config {
  const settings = openSettings();
  const aliases: X10Alias[] = [];
  const faults: X10Remark[] = [];
  const warnings: X10Remark[] = [];
  const seen = new Set<string>();
  const before = noAliases();

  text.split('\n').forEach((whole, index) => {
    const line = index + 1;
    const remark = (remarks: X10Remark[], problem: string): void => {
      remarks.push({ line, text: whole.slice(0, 200), problem });
    };
    if (whole.length > LINE_LENGTH) remark(faults, `Line longer than ${LINE_LENGTH} characters`);
    // C strings end at NUL; `#` begins a comment wherever it stands.
    const content = trim(whole.slice(0, LINE_LENGTH).split('\0', 1)[0]?.split('#', 1)[0] ?? '');
    if (content === '') return;

    const [first = '', ...rest] = content.split(/[ \t]+/);
    const read = readLine(first, rest, seen);
    if (read.kind === 'alias') {
      const alias = readAlias(line, read.words, before);
      if (alias.kind === 'problem') remark(faults, alias.problem);
      else {
        aliases.push(alias.alias);
        for (const warning of alias.alias.warnings) remark(warnings, warning);
      }
      return;
    }
    const said = read.kind === 'setting' ? readSetting(settings, read.name, rest) : read;
    if (said) remark(said.kind === 'problem' ? faults : warnings, said.text);
  });

  const closed = closeSettings(settings);
  const both = closed.transceive.filter((house) => closed.rfForward.includes(house));
  if (both.length > 0)
    faults.push({ line: 0, text: '', problem: 'Housecode conflict in TRANSCEIVE and RFFORWARD' });
  return { ...closed, aliases, faults, warnings };
}

type Line =
  | { readonly kind: 'alias'; readonly words: readonly string[] }
  | { readonly kind: 'setting'; readonly name: string }
  | Remark;

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
  if (directive.obsolete)
    return { kind: 'warning', text: `Directive ${name} is obsolete and is being ignored.` };
  return name === 'ALIAS' ? { kind: 'alias', words: rest } : { kind: 'setting', name };
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
