/** SCENE and USERSYN lines of heyu's configuration: which of them heyu takes (config.c, `add_scene`; cmd.c). */

import type { X10Alias } from './x10config-alias.js';
import { unitsOf } from './x10config-scripts.js';
import { ANYTHING, decimal, integer } from './x10config-values.js';
import type { ValueRule } from './x10config-values.js';

/** A scene that has been read, to be verified when all aliases are known. */
export type Scene = {
  readonly kind: 'Scene' | 'Usersyn';
  readonly label: string;
  readonly line: number;
  readonly body: string;
};

/** What heyu's own commands need: `unit` a house code with a unit, `house` a house code, `none` neither. */
type Command = {
  readonly least: number;
  readonly most: number;
  readonly needs: 'unit' | 'house' | 'none';
  /** Judges its number. */
  readonly rule: ValueRule;
};

const commands = (
  needs: Command['needs'],
  [least, most]: readonly [number, number],
  names: string,
  rule: ValueRule = ANYTHING,
): readonly (readonly [string, Command])[] =>
  names.split(' ').map((name) => [name, { least, most, needs, rule }]);

/** The number stands last (`at` -1) or first (0). */
const number =
  (at: -1 | 0, rule: ValueRule): ValueRule =>
  (name, values) => {
    const value = values.at(at) ?? '';
    return value.includes('$') ? undefined : rule(`Command '${name}'`, [value]);
  };
const level = (least: number, most: number, text: string): ValueRule =>
  number(-1, integer(least, most, text));
const DIM = level(1, 22, '%: Dim/Bright value outside range 1-22');
const FREE_DIM = level(0, 31, '%: Dim/Bright value outside range 0-31');
const counter = number(0, integer(1, 32, '%: Counter number outside range 1-32'));
const timer = number(0, integer(1, 32, '%: Timer number outside range 1-32'));
/** `3`, `1,3,5-7`. */
const flags: ValueRule = (_, [list = '']) => {
  const high = list
    .split(/[,-]/)
    .find((flag) => /^\d+$/.test(flag) && (Number(flag) < 1 || Number(flag) > 32));
  return high === undefined ? undefined : `Flag number ${high} outside range 1-32.`;
};
const seconds = number(0, decimal(0, Infinity, '%: invalid value'));

const MANY = Infinity;

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...commands('unit', [1, 1], 'on turnon off turnoff status status_req statusreq status_emu xon xoff'),
  ...commands('unit', [1, 1], 'xstatus ext_status ext_status_req xpowerup xpup fon foff'),
  ...commands(
    'unit',
    [2, 2],
    'bright turnup up brighten tbright brightb bbright dim turndown down dimb bdim obdim tdim',
    DIM,
  ),
  ...commands(
    'unit',
    [2, 2],
    'preset preset_dim mpreset macro_preset',
    level(1, 32, '%: dim level outside range 1-32'),
  ),
  ...commands(
    'unit',
    [2, 2],
    'xpreset ext_preset xdim',
    level(0, 63, '%: Extended Preset level outside range 0-63'),
  ),
  ...commands('unit', [2, 2], 'vdata vdatam', level(0, 255, '%: Invalid virtual data parameter')),
  ...commands(
    'unit',
    [2, 2],
    'xgrpadd xga xgrprem xgr xgrpstatus xgs xgrpstatusreq shopen shopenlim shsetlim',
  ),
  ...commands('unit', [2, 2], 'fbright fdim fdimbo ffbright ffdim ffdimbo'),
  ...commands('unit', [3, 3], 'xpresetramp xgrpaddlvl xgal xfunc xfuncw'),
  ...commands('unit', [1, MANY], 'address'),
  ...commands(
    'house',
    [1, 1],
    'lightson lights_on all_lights_on alllightson lightsoff lights_off all_lights_off',
  ),
  ...commands(
    'house',
    [1, 1],
    'alllightsoff allon all_on all_units_on allunitson units_on unitson alloff all_off',
  ),
  ...commands(
    'house',
    [1, 1],
    'all_units_off allunitsoff units_off unitsoff data_xfer dataxfer xallon xall_on',
  ),
  ...commands(
    'house',
    [1, 1],
    'ext_all_on xalloff xall_off ext_all_off shopenall shcloseall flightson flightsoff',
  ),
  ...commands('house', [1, 1], 'falloff status_on statuson status_off statusoff clrspend clrstatus'),
  ...commands('house', [2, 2], 'xconfig xgrpremall xgra xgrpexec xgx xgrpoff xgrpdim xgrpbright sendtext'),
  ...commands('none', [0, 1], 'hail hail_req hailw hail_ack hailack'),
  ...commands('none', [0, 0], 'kill_all_hc pausetick disarm clrtimers clrtamper null freset'),
  ...commands('none', [0, 4], 'arm'),
  ...commands('none', [1, 1], 'preset_level presetlevel', level(1, 32, '%: dim level outside range 1-32')),
  ...commands('none', [1, 1], 'pause sleep delay', seconds),
  ...commands('none', [1, 1], 'setflag setflags clrflag clrflags', flags),
  ...commands('none', [1, 1], 'inccount incc deccount decc', counter),
  ...commands('none', [1, 2], 'rdelay'),
  ...commands('none', [2, 2], 'settimer', timer),
  ...commands('none', [2, 2], 'setcount setc', counter),
  ...commands('none', [2, 3], 'setrtimer', timer),
  ...commands('none', [1, MANY], 'command2cm11a bytes2cm11a sendbytes farw ffarw'),
  ...commands('none', [3, 3], 'farb ffarb'),
  ...commands('none', [3, MANY], 'flux fflux'),
]);

/** Commands that stand before another one: `turn` has its unit first. */
const PREFIXES = ['turn', 'function', 'rcs_req', 'temp_req'];

const ADMINISTRATIVE = new Set(
  (
    'info help start stop restart engine aux monitor date erase syn <label> show script_ctrl initstate initothers ' +
    'reset setclock readclock newbattery purge clear list upload catchup trigger macro utility logmsg wait cm10a_init ' +
    'restore_groups logtail sec_emu launch conflist modlist stateflaglist masklist webhook version'
  ).split(' '),
);

/** What heyu has against a scene's label and parameters; undefined when it joins `before`. */
export function readScene(
  before: Scene[],
  kind: Scene['kind'],
  line: number,
  tail: string,
): string | undefined {
  const [, label = '', body = ''] = /^([^ \t]*)[ \t]*(.*)$/.exec(tail) ?? [];
  if (label.length > 32) return `${kind} label too long - maximum 32 characters`;
  if (/^[+_-]/.test(label)) return `${kind} label may not may not begin with '+', '-' or '_'`;
  const foreign = ['$', ';'].find((character) => label.includes(character));
  if (foreign !== undefined) return `${kind} label may not contain the '${foreign}' character`;
  const other = before.find((each) => each.label === label);
  if (other) return `${kind} label '${label}' previously defined as a ${other.kind} on line ${other.line}`;
  if (ADMINISTRATIVE.has(label) || COMMANDS.has(label) || PREFIXES.includes(label))
    return `${kind} label '${label}' conflicts with heyu command`;
  const [first = '', ...words] = body.split(/[ \t;]+/).filter((word) => word !== '');
  const bad = words.find((word) => /\$(?!\{0*[1-9]\d*\}|\+?0*[1-9])/.test(word));
  if (bad !== undefined)
    return `${kind} '${label}': Command '${first}': Invalid positional parameter in '${bad}'`;
  before.push({ kind, label, line, body });
  return undefined;
}

/** What heyu has against the commands of a scene. `freeDims` = RESTRICT_DIMS NO. */
export function sceneProblem(
  { kind, label, body }: Scene,
  aliases: readonly X10Alias[],
  freeDims: boolean,
): string | undefined {
  for (const part of body.split(';')) {
    const words = part.split(/[ \t]+/).filter((word) => word !== '');
    const problem = words.length === 0 ? undefined : commandProblem(words, aliases, freeDims);
    if (problem !== undefined) return `${kind} '${label}': ${problem}`;
  }
  return undefined;
}

function commandProblem(
  words: readonly string[],
  aliases: readonly X10Alias[],
  freeDims: boolean,
): string | undefined {
  const [first = ''] = words;
  const isPrefix = PREFIXES.includes(first);
  if (isPrefix && words.length < (first === 'turn' ? 3 : 2)) return `Command '${first}': Too few parameters`;
  const rest = isPrefix ? words.slice(1) : words;
  const [name = '', ...values] = first === 'turn' ? [rest[1] ?? '', rest[0] ?? '', ...rest.slice(2)] : rest;
  const command = COMMANDS.get(name);
  if (!command) return `Invalid command '${name}'`;
  if (values.length < command.least) return `Command '${name}': Too few parameters`;
  if (values.length > command.most) return `Command '${name}': Too many parameters`;
  const place = values[name.startsWith('xfunc') ? 1 : 0] ?? '';
  const rule = freeDims && command.rule === DIM ? FREE_DIM : command.rule;
  const bad = rule(name, values);
  if (command.needs === 'none') return bad;
  const units = unitsOf(place, aliases);
  if (units === undefined)
    return `Command '${name}': Invalid housecode '${place.charAt(0)}' in HU '${place}'`;
  if (place.replace(/^[+-]/, '') === '') return `Command '${name}': Housecode required`;
  return command.needs === 'unit' && units === 0 && !place.startsWith('-') && first !== 'function'
    ? `Command '${name}': No Unitcode specified`
    : bad;
}
