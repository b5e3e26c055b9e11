/**
 * Lamps and appliances: their state as the power line shows it, and commands for them in heyu's words (`heyu help
 * direct`). They do not answer, so the state is the last command to them. The brightness after a function is computed
 * as in heyu (x10state.c: `x10state_update_func`, `_ext3func`, `update_dimlevel`; rfxcom.c: `translate_kaku`): levels
 * are counted in the module's own steps; 0 = off.
 */

import { isDimmable, responseOf, type Response, type Steps } from '../x10/response.js';
import { isSwitchable } from './channels.js';
import { keep, setChannel, type LampLevel, type Sensor } from './heard.js';
import type { SensorSettings } from './settings.js';

/** Full brightness. Extended modules have 62 and 63, and heyu takes 62. */
const FULL: Readonly<Record<Steps, number>> = { dims: 210, preset: 31, extended: 62, kaku: 15 };

/** heyu's measurements (x10state.c): percent by level of a LampLinc 2000STW, and of an LM14A. */
const PRESET_PERCENT = [
  0, 18, 21, 23, 27, 28, 31, 34, 36, 39, 42, 45, 48, 51, 54, 57, 60, 63, 67, 70, 73, 76, 79, 82, 85, 87, 90,
  92, 95, 97, 99, 100,
];
const EXTENDED_PERCENT = [
  0, 12, 13, 15, 15, 17, 18, 20, 21, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38, 40, 41, 43, 44, 46, 48,
  50, 51, 53, 54, 56, 58, 60, 61, 63, 64, 66, 67, 69, 71, 73, 74, 76, 77, 79, 80, 82, 83, 85, 86, 88, 88, 90,
  91, 92, 93, 95, 96, 97, 98, 99, 100, 100,
];

/** Percent of full brightness, an integer (heyu's `dimlevel`). */
export function percentOf(steps: Steps, level: number): number {
  switch (steps) {
    case 'dims': // of an LM465
      if (level > 32) return Math.trunc((90 * (level - 33)) / 177) + 10;
      return level > 1 ? Math.trunc((8 * (level - 2)) / 31) + 2 : 0;
    case 'preset':
      return PRESET_PERCENT[Math.min(level, 31)] ?? 0;
    case 'extended':
      return EXTENDED_PERCENT[Math.min(level, 63)] ?? 0;
    case 'kaku':
      return Math.trunc((100 * level) / FULL.kaku);
  }
}

/** The lowest level that is as bright as that. */
function levelOf(steps: Steps, percent: number): number {
  let level = 0;
  while (level < FULL[steps] && percentOf(steps, level) < percent) level += 1;
  return level;
}

/** The level of a lamp of which only what was published is known. It is unknown: off, as for heyu. */
export function levelFrom(
  steps: Steps,
  state: string | undefined,
  brightness: string | undefined,
): LampLevel {
  const level = brightness === undefined ? FULL[steps] : Math.max(1, levelOf(steps, Number(brightness)));
  return { now: state === 'ON' ? level : 0, kept: level };
}

/** How far 0..210 dims move an LM14A, by elevenths: the second row for dims that do not come from a whole step. */
const EXTENDED_STEPS = [
  [0, 5, 9, 14, 18, 22, 27, 31, 36, 40, 44, 49, 53, 58, 61, 62, 62],
  [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 62],
] as const;
/** How far they move a LampLinc: brighter, darker. */
const PRESET_STEPS = [
  [1, 1, 3, 6, 8, 11, 14, 16, 19, 22, 24, 27, 29, 30, 32],
  [1, 1, 4, 7, 9, 12, 15, 17, 20, 22, 25, 28, 30, 32, 32],
] as const;

/** A level after Dim (`dims` negative) or Bright. A lamp that is dimmed does not go out, but for a LampLinc. */
function moved(steps: Steps, level: number, dims: number): number {
  const size = Math.abs(dims);
  const sign = dims < 0 ? -1 : 1;
  const within = (lowest: number, to: number): number => Math.min(FULL[steps], Math.max(lowest, to));
  switch (steps) {
    case 'dims':
      return within(3, level + dims);
    case 'extended': {
      const table = EXTENDED_STEPS[size % 11 === 2 ? 0 : 1];
      return within(1, level + sign * (table[Math.min(Math.trunc(size / 11), 16)] ?? 0));
    }
    case 'preset': {
      const table = PRESET_STEPS[dims > 0 ? 0 : 1];
      return within(0, level + sign * (table[Math.min(Math.trunc(size / 11), 14)] ?? 0));
    }
    case 'kaku':
      return level;
  }
}

/** Steps in which heyu dims, from full brightness to dark. */
const DIM_STEPS = 22;

/**
 * With how many steps of heyu's `dimb`, which brightens fully first, a lamp comes nearest to a brightness in percent.
 * A step is eleven dims, the first is two (x10state.c, `level2dims`).
 */
export function stepsTo({ steps }: Response, percent: number): number {
  const missedBy = (count: number): number => {
    const level = count === 0 ? FULL[steps] : moved(steps, FULL[steps], -Math.min(210, 2 + 11 * (count - 1)));
    return Math.abs(percentOf(steps, level) - percent);
  };
  let best = 0;
  for (let count = 1; count <= DIM_STEPS; count += 1) {
    const [missed, least] = [missedBy(count), missedBy(best)];
    // as heyu reckons the last steps change nothing, and neither does the first of an LM14A
    if (missed < least || (missed === least && percent < 50)) best = count;
  }
  return best;
}

const to = (now: number): LampLevel => ({ now, kept: now });
/** Off, and the level is remembered. */
const offKeeping = ({ now, kept }: LampLevel): LampLevel => ({ now: 0, kept: now > 0 ? now : kept });

/** Dims of 210 in `dim %22 [46]`, `bright %48 [~101]`, `bright %100 [210+]`. */
const DIMS = /\[~?(\d{1,3})\+?\]/;
/** `level 31` of a preset (0..63, of KAKU 0..15), `Lamp level 37, NoBulb` and `Switch On  LoadOK` of an answer. */
const LEVEL = /^(?:Lamp |key \d+ |grp [A-P] )?level (\d{1,2})\b/;
const SWITCH = /^Switch (On|Off)\b/;

/** The level after a function, or undefined when such a module does not understand it. */
export function levelAfter(
  { traits, steps }: Response,
  before: LampLevel,
  name: string,
  args: string,
): LampLevel | undefined {
  const { now, kept } = before;
  const full = FULL[steps];
  const remembers = traits.has('resumes') || traits.has('resumesToDim');
  const off = { now: 0, kept };
  switch (name) {
    case 'On':
    case 'kOn':
    case 'kGrpOn':
      if (traits.has('Kaku') !== (name !== 'On')) return undefined;
      if (traits.has('resumes')) return { now: kept, kept };
      return now === 0 ? { now: full, kept } : before;
    case 'Off':
      if (traits.has('Kaku')) return undefined;
      return traits.has('resumesToDim') && !traits.has('resumes') ? offKeeping(before) : off;
    case 'AllOff':
      if (!traits.has('AllOff')) return undefined;
      return remembers && traits.has('ExtendedLevel') ? offKeeping(before) : off;
    case 'LightsOff':
      if (!traits.has('LightsOff')) return undefined;
      return remembers ? offKeeping(before) : off;
    case 'LightsOn':
      if (!traits.has('LightsOn')) return undefined;
      if (traits.has('resumes')) return { now: kept, kept };
      if (traits.has('lightsOnFull') || (now === 0 && traits.has('lightsOnFromOff')))
        return { now: full, kept };
      return before;
    case 'Dim':
    case 'Bright':
      return traits.has('Dim') ? dimmed({ traits, steps }, before, name, args) : undefined;
    case 'StatusOn':
      if (!traits.has('Status')) return undefined;
      return now === 0 ? { now: full, kept } : before;
    case 'StatusOff':
      return traits.has('Status') ? off : undefined;
    case 'Preset':
      return traits.has('Preset') ? { now: Number(args) - 1, kept } : undefined;
    case 'kOff':
    case 'kGrpOff':
      if (!traits.has('Kaku')) return undefined;
      return traits.has('resumes') ? offKeeping(before) : off;
    case 'kPreset':
    case 'kGrpPreset': {
      const level = LEVEL.exec(args)?.[1];
      return traits.has('KakuLevel') && level !== undefined ? { now: Number(level), kept } : undefined;
    }
    default:
      return traits.has('Extended') ? extended(traits.has('ExtendedLevel'), before, name, args) : undefined;
  }
}

function dimmed(
  { traits, steps }: Pick<Response, 'traits' | 'steps'>,
  before: LampLevel,
  name: 'Dim' | 'Bright',
  args: string,
): LampLevel {
  const { now, kept } = before;
  const isOff = now === 0;
  const resumes = traits.has('resumesToDim');
  const full = traits.has('fullBeforeDim');
  if (isOff && steps === 'extended' && !resumes && !full) return before;
  const start = isOff && full ? FULL[steps] : isOff && resumes ? kept : now;
  const dims = Number(DIMS.exec(args)?.[1] ?? 0);
  const level = moved(steps, start, name === 'Dim' ? -dims : dims);
  return { now: level, kept: resumes && level > 0 ? level : kept };
}

/** Extended codes, type 3. Those of a sub-unit are not for the module itself, and heyu keeps no state of them. */
function extended(hasLevels: boolean, before: LampLevel, name: string, args: string): LampLevel | undefined {
  const full = FULL.extended;
  switch (name) {
    case 'xAllOn':
      return to(full);
    case 'xAllOff':
      return hasLevels ? offKeeping(before) : { ...before, now: 0 };
    case 'xPreset':
    case 'xStatusAck': {
      const said = SWITCH.exec(args)?.[1];
      const digits = LEVEL.exec(args)?.[1];
      if (said === 'On') return before.now > 0 ? before : to(before.kept);
      const level = said === 'Off' ? 0 : digits === undefined ? undefined : Number(digits);
      if (level === undefined) return undefined;
      if (level === 0) return hasLevels ? offKeeping(before) : { ...before, now: 0 };
      return to(hasLevels ? Math.min(level, full) : full);
    }
    default:
      return undefined;
  }
}

/** Whether a function says how the lamp is, even if its state before was unknown. */
function isDefinite(name: string): boolean {
  return name !== 'Dim' && name !== 'Bright' && name !== 'LightsOn';
}

/** The functions that lamps and appliances may mean, and what they are to people. */
const REASONS: Readonly<Record<string, string>> = {
  On: 'switched on',
  Off: 'switched off',
  AllOff: 'everything was switched off',
  xAllOff: 'everything was switched off',
  xAllOn: 'everything was switched on',
  LightsOn: 'all lights were switched on',
  LightsOff: 'all lights were switched off',
  StatusOn: 'it answers that it is on',
  StatusOff: 'it answers that it is off',
  xStatusAck: 'it answers how it is',
  Dim: 'dimmed',
  Bright: 'brightened',
  Preset: 'preset',
  xPreset: 'preset',
  kOn: 'switched on',
  kOff: 'switched off',
  kGrpOn: 'switched on with its group',
  kGrpOff: 'switched off with its group',
  kPreset: 'preset',
  kGrpPreset: 'preset with its group',
};

/**
 * Applies a function as heyu does: which module understands which, and how bright it is then, is in x10/response.
 * Returns whether the function meant this device.
 */
export function lampHeard(sensor: Sensor, name: string, args: string, at: number): boolean {
  const why = REASONS[name];
  if (why === undefined) return false;
  const { settings, state } = sensor;
  const { model } = settings;
  const response = responseOf(model, settings.type === 'light');
  const { steps } = response;
  // the model may have been another one before
  const before =
    state.level?.steps === steps
      ? state.level
      : levelFrom(steps, state.values['state'], state.values['brightness']);
  const after = levelAfter(response, before, name, args);
  if (after === undefined) {
    keep(sensor, `a ${model.name} does not understand ${name}`);
    return false;
  }
  // brighter or darker than an unknown level
  if (state.values['state'] === undefined && after.now === before.now && !isDefinite(name)) return true;
  state.level = { ...after, steps };
  setChannel(sensor, 'state', after.now > 0 ? 'ON' : 'OFF', at, why);
  if (after.now > 0 && settings.type === 'light' && isDimmable(model))
    setChannel(sensor, 'brightness', String(percentOf(steps, after.now)), at, args || why);
  return true;
}

/**
 * The arguments of the heyu commands, in order, for a payload of the `set` topic: ON, OFF, or 0..100 for lamps
 * that can be dimmed. Undefined when the payload is not a command for this device.
 */
export function heyuArguments(
  settings: SensorSettings,
  payload: string,
): readonly (readonly string[])[] | undefined {
  if (!isSwitchable(settings)) return undefined;
  const { address, model } = settings;
  const word = payload.trim().toUpperCase();
  if (word === 'ON' || word === 'OFF') return [[word.toLowerCase(), address]];
  if (settings.type !== 'light' || !isDimmable(model) || !/^\d{1,3}$/.test(word)) return undefined;
  const percent = Number(word);
  if (percent > 100) return undefined;
  if (percent === 0) return [['off', address]];
  const steps = stepsTo(responseOf(model, true), percent);
  if (steps === 0) {
    return [
      ['on', address],
      ['bright', address, String(DIM_STEPS)],
    ];
  }
  // dimb brightens fully before it dims: the only way to a known brightness for a lamp that does not answer
  return [['dimb', address, String(steps)]];
}
