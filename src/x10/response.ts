/**
 * Which functions lamp and appliance modules understand, and how they react, as in heyu (modules.c: cflags, xflags and
 * kflags of its table `modules`). Data only; sensor/lamp applies it.
 */

import { UNNAMED_MODEL, type Model } from './models.js';

/** A function that a module obeys, beside On and Off, or a habit; in brackets heyu's name of it. */
type Trait =
  /** All units off (UNOFF). */
  | 'AllOff'
  /** All lights on (LION). */
  | 'LightsOn'
  /** All lights off (LIOFF). */
  | 'LightsOff'
  /** Dim and Bright (DIM, BRI). */
  | 'Dim'
  /** Preset 1 to 32 (PRESET). */
  | 'Preset'
  /** It answers StatusOn and StatusOff when it is asked (STAON, STAOFF). */
  | 'Status'
  /** Extended codes: On, Off and its answer (X3SW). */
  | 'Extended'
  /** Extended codes with levels between (X3DIM). */
  | 'ExtendedLevel'
  /** KlikAanKlikUit, and nothing from the power line (KON, KOFF, KGON, KGOFF). */
  | 'Kaku'
  /** KlikAanKlikUit with levels (KPRE, KGPRE). */
  | 'KakuLevel'
  /** Dim and Bright of one that is off begin at full brightness (BRIB4DIM). */
  | 'fullBeforeDim'
  /** Dim and Bright of one that is off begin where it was (RESUMEDIM). */
  | 'resumesToDim'
  /** On and All lights on bring back the level that it had (RESUME, KRESUME). */
  | 'resumes'
  /** All lights on makes it bright, however it was (LIONFULL, ONFULL). */
  | 'lightsOnFull'
  /** All lights on makes it bright if it was off (ONFULLOFF). */
  | 'lightsOnFromOff';

/** In which steps a module counts its level: 0..210 (dims), 0..31 (presets), 0..63 (extended), 0..15 (KAKU). */
export type Steps = 'dims' | 'preset' | 'extended' | 'kaku';

/** What a module understands. On and Off are understood by all but those of KlikAanKlikUit. */
export type Response = {
  readonly traits: ReadonlySet<Trait>;
  readonly steps: Steps;
  /** Of so many neighbouring units the one that was addressed last is on, all others are off (EXC4, EXC8, EXC16). */
  readonly exclusive: 0 | 4 | 8 | 16;
};

const response = (traits: string, steps: Steps = 'dims', exclusive: Response['exclusive'] = 0): Response => ({
  traits: new Set(traits.split(' ').filter((trait) => trait !== '') as Trait[]),
  steps,
  exclusive,
});

/** Of everything that is neither a lamp nor an appliance. */
const ON_AND_OFF = response('');

const STANDARD_APPLIANCE = response('AllOff');
const STANDARD_LAMP = response('AllOff LightsOn Dim fullBeforeDim lightsOnFromOff');
const WALL_SWITCH = response('AllOff LightsOn LightsOff Dim fullBeforeDim lightsOnFromOff');
/** SwitchLinc and LampLinc. */
const LINC = response('AllOff LightsOn LightsOff Dim Preset lightsOnFull', 'preset');

const RESPONSES: ReadonlyMap<string, Response> = new Map(
  (
    [
      ['StdAM AM AM486 AM12 PAM01 AM466 PAM02 SR227 PA011', STANDARD_APPLIANCE],
      ['AMS RAIN8II RR501 PAT01', response('AllOff Status')],
      // ACT modules obey AllOff and the lights only if the ALIAS in x10config has AUF, ALO or ALF
      ['ACTAMS RS114 ACTAMSBUG RF234', response('Status')],
      ['StdLM LM LM465 LM12 PLM03 PLM01', STANDARD_LAMP],
      ['LMS', response('AllOff LightsOn Dim Status fullBeforeDim lightsOnFromOff')],
      ['StdWS WS WS467 LW10U PLW01 WS477 PLW02 WS12A XPD3', WALL_SWITCH],
      [
        'LM465-1 LM-1',
        response('AllOff LightsOn LightsOff Dim Extended ExtendedLevel resumesToDim', 'extended'),
      ],
      ['WS467-1 WS-1', response('AllOff LightsOn Dim Extended ExtendedLevel resumes', 'extended')],
      ['WS13A XPS3 LM15A LM15 PSM04', response('AllOff LightsOn LightsOff lightsOnFull')],
      ['PR511 PHS01', response('AllOff LightsOn LightsOff Status lightsOnFull')],
      ['AM14A PAM21 AM15A PAM22', response('AllOff Status Extended', 'extended')],
      [
        'LM14A PLM21',
        response(
          'AllOff LightsOn LightsOff Dim Status Extended ExtendedLevel resumes resumesToDim',
          'extended',
        ),
      ],
      ['SL1AM SL2AM', response('AllOff', 'preset')],
      ['SL1LM SL2LM SL2380W LL1LM LL2LM LL2000STW', LINC],
      ['AMEXC AMEXC16', response('AllOff', 'dims', 16)],
      ['AMEXC8 RAIN8', response('AllOff', 'dims', 8)],
      ['AMEXC4', response('AllOff', 'dims', 4)],
      ['XM10A XM13A XM14A', response('', 'dims', 4)],
      ['KAKU_S', response('Kaku', 'kaku')],
      ['KAKU_P', response('Kaku KakuLevel resumes', 'kaku')],
    ] as const
  ).flatMap(([names, row]) => names.split(' ').map((name) => [name, row] as const)),
);

/**
 * What a module understands. A lamp of an unknown module is to heyu an LM (DEFAULT_MODULE,
 * process.h:432); an appliance is taken for its counterpart.
 */
export function responseOf(model: Model, isLamp: boolean): Response {
  if (model === UNNAMED_MODEL) return isLamp ? STANDARD_LAMP : STANDARD_APPLIANCE;
  return RESPONSES.get(model.name) ?? ON_AND_OFF;
}

/** A module whose brightness can be set. */
export function isDimmable(model: Model): boolean {
  const { traits } = RESPONSES.get(model.name) ?? ON_AND_OFF;
  return traits.has('Dim') || traits.has('KakuLevel');
}
