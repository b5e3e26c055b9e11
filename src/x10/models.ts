/**
 * heyu's module names: one row per module that matters for motion and alarm. Data only; the readers decide. Names are
 * heyu's (modules.c); the reasons for the times are beside them.
 */

import { DAY, HOUR, MINUTE } from '../common/duration.js';

/** What a device is. */
export type ModelKind =
  | 'motion'
  | 'contact'
  | 'smoke'
  | 'glass'
  | 'water'
  | 'light'
  | 'remote'
  | 'lamp'
  | 'appliance'
  | 'reading'
  | 'other';

/**
 * How it is heard: `standard` X10 (an addr line and a func line, power line or RF), `security` RF (one line
 * with Alert, Clear ...), or `decoded` (weather, meters: one line with a value).
 */
type Protocol = 'standard' | 'security' | 'decoded';

/**
 * How darkness is told: `next_unit` On/Off on unit + 1 (On = dark), `function` sDusk/sDawn on its own address,
 * `none`.
 */
type DuskWay = 'next_unit' | 'function' | 'none';

/** One heyu module. Times are milliseconds. */
export type Model = {
  /** heyu's module name, in the spelling of `heyu modlist`. */
  readonly name: string;
  readonly kind: ModelKind;
  readonly protocol: Protocol;
  readonly dusk: DuskWay;
  /** May send LoBat with a low battery. */
  readonly hasBattery: boolean;
  /** Known to send it: a line without LoBat says that the battery is good. */
  readonly tellsBattery: boolean;
  /** Goes on sending LoBat with new batteries, until it has a new security id (sensor/words). */
  readonly latchesBattery: boolean;
  /** Sends secTamper or the Tamper flag. */
  readonly hasTamper: boolean;
  /** Ever says that the motion (or alarm) is over. */
  readonly clears: boolean;
  /** Default hold time: how long after its last sign motion is taken to last when no Off comes. */
  readonly holdMs: number;
  /** `sensor`: its Off/Clear ends a motion; `hold`: only the end of the hold time does. */
  readonly off: 'sensor' | 'hold';
  /** Interval of its heartbeat; 0 when it has none. */
  readonly heartbeatMs: number;
  /** Default limit of silence after which the sensor is reported silent; 0 = never. */
  readonly silentMs: number;
  /** heyu watches its silence and writes `Inactive` (x10state.c:12728 `sensor_elapsed_func`). */
  readonly isWatchedByHeyu: boolean;
  /** Its values come from `heyu ore_emu` and never by radio: they have the source of heyu's own commands, `sndc`. */
  readonly isEmulated: boolean;
};

const base: Omit<Model, 'name' | 'kind' | 'protocol'> = {
  dusk: 'none',
  hasBattery: false,
  tellsBattery: false,
  latchesBattery: false,
  hasTamper: false,
  clears: true,
  holdMs: 5 * MINUTE,
  off: 'sensor',
  heartbeatMs: 0,
  silentMs: 0,
  isWatchedByHeyu: false,
  isEmulated: false,
};

const rows = (
  names: string,
  kind: ModelKind,
  protocol: Protocol,
  more: Partial<Omit<Model, 'name' | 'kind' | 'protocol'>> = {},
): readonly Model[] =>
  names.split(' ').map((name) => ({
    name,
    kind,
    protocol,
    ...base,
    isWatchedByHeyu: kind !== 'remote' && protocol !== 'standard',
    ...more,
  }));

const TELLS_BATTERY = { hasBattery: true, tellsBattery: true, silentMs: DAY };
const HEARTBEAT_CONTACT = { ...TELLS_BATTERY, heartbeatMs: HOUR };
const HEARTBEAT_MOTION = { ...TELLS_BATTERY, holdMs: MINUTE, off: 'hold', heartbeatMs: 90 * MINUTE } as const;
/** Nothing but Alert is ever heard of them. */
const ALERT_ONLY = { hasBattery: true, clears: false, off: 'hold', isWatchedByHeyu: false } as const;

/** Every module we know, in heyu's spelling. */
export const MODELS: readonly Model[] = [
  // They repeat On about every 10 s while someone moves and send Off after 1 min (settable to 256 min) of
  // stillness. Five minutes bridge a lost repeat and are the longest a lost Off is believed.
  ...rows('MS12 MS12A MS13 MS13A MS14 MS14A MS16 MS16A', 'motion', 'standard', { dusk: 'next_unit' }),
  // What it senses is not stated; most are motion detectors wired to a PSC04/XM10.
  ...rows('PLCSENSOR', 'motion', 'standard', { isWatchedByHeyu: true }),
  // Alert and Clear alternate every 5-6 s while someone moves, so Clear is not the end; Clear as heartbeat
  // every 90 min.
  ...rows('MS10A PMS01', 'motion', 'security', HEARTBEAT_MOTION),
  ...rows('MS90 MS18E', 'motion', 'security', { ...HEARTBEAT_MOTION, hasTamper: true }),
  // Alert = motion and never a Clear: the hold time is its only end.
  ...rows('DM10', 'motion', 'security', {
    dusk: 'function',
    hasBattery: true,
    clears: false,
    holdMs: 2 * MINUTE,
    off: 'hold',
  }),
  ...rows('DS10A DS10 DS10E PDS01', 'contact', 'security', { ...HEARTBEAT_CONTACT, latchesBattery: true }),
  ...rows('DS18', 'contact', 'security', HEARTBEAT_CONTACT),
  ...rows('DS90 DS18-1', 'contact', 'security', { ...HEARTBEAT_CONTACT, hasTamper: true }),
  ...rows('SD90 BMB-SD18', 'smoke', 'security', TELLS_BATTERY),
  ...rows('SD10 EH-CWSD10', 'smoke', 'security', ALERT_ONLY),
  ...rows('EH-WD210', 'water', 'security', ALERT_ONLY),
  ...rows('GB10', 'glass', 'security', { dusk: 'function', hasBattery: true }),
  ...rows('SH624 PSR01 KR10A KR21 PKR02 KR18 KR18E KR15A SVDATA', 'remote', 'security', { hasBattery: true }),
  ...rows(
    'PALMPAD KR19A KR22 KEYCHAIN ONLYON ONLYOFF REMOTE2 REMOTE3 REMOTE4 REMOTE6 REMOTEP',
    'remote',
    'standard',
  ),
  ...rows('UR81A UR51A UX17A UX23A GURU', 'remote', 'security'),
  ...rows(
    'StdLM LM LM465 LM12 PLM03 PLM01 LM465-1 LM-1 LM15A LM15 PSM04 LMS LM14A PLM21 SL1LM SL2LM SL2380W LL1LM ' +
      'LL2LM LL2000STW StdWS WS WS467 LW10U PLW01 WS477 PLW02 WS467-1 WS-1 WS12A XPD3 WS13A XPS3 PR511 PHS01',
    'lamp',
    'standard',
  ),
  ...rows(
    'StdAM AM AM486 AM12 PAM01 AM466 PAM02 SR227 PA011 AMS RR501 PAT01 ACTAMS RS114 ACTAMSBUG RF234 AM14A PAM21 ' +
      'AM15A PAM22 SL1AM SL2AM AMEXC AMEXC16 AMEXC8 RAIN8 AMEXC4 RAIN8II XM10A XM13A XM14A',
    'appliance',
    'standard',
  ),
  ...rows(
    'ORE_T1 ORE_T2 ORE_T3 ORE_TH1 ORE_TH2 ORE_TH3 ORE_TH4 ORE_TH5 ORE_TH6 ORE_THB1 ORE_THB2 ORE_DT1 ' +
      'THR138 THRN122N THN122N THN132N THGR122NX THGN123N THGR228N THGN800 THGR800 THGR810 ' +
      'THGR918N RTGN318 RTGR328N RTGR328N_TH RTGR328N_DT BTHR918 BTHR918N BTHR968 ORE_WIND1 ORE_WIND2 ORE_WIND3 ' +
      'WGR800 WGR918N ORE_RAIN1 ORE_RAIN2 ORE_RAIN3 PCR800 PCR918N ORE_UV1 ORE_UV2 ORE_WGT1 BWR102 RFXSENSOR',
    'reading',
    'decoded',
    { hasBattery: true, tellsBattery: true, silentMs: 6 * HOUR },
  ),
  // Dummies that a script feeds (oregon.c, `ore_emu`): they have no battery, and their interval is unknown.
  ...rows('ORE_TEMU ORE_THEMU ORE_THBEMU', 'reading', 'decoded', {
    isEmulated: true,
    isWatchedByHeyu: false,
  }),
  ...rows(
    'ELS_CM113 ELS_ELEC1 ORE_ELS OWL_ELEC2 RFXCOUNT RFXPOWER RFXWATER RFXGAS RFXPULSE DIGIMAX',
    'reading',
    'decoded',
    { hasBattery: true, silentMs: 6 * HOUR },
  ),
  ...rows(
    'VISGEN VDATA SSVDATA VIRT4 NONE SHUTTER SW10 KAKU_S KAKU_P SEC_IGNORE ORE_IGNORE',
    'other',
    'standard',
  ),
];

const BY_NAME: ReadonlyMap<string, Model> = new Map(MODELS.map((model) => [model.name.toUpperCase(), model]));

/** The model of a heyu module name, in any case (heyu compares them without case); undefined when unknown. */
export function modelNamed(name: string): Model | undefined {
  return BY_NAME.get(name.toUpperCase());
}

/**
 * Default limit of silence of a sensor with a dusk unit, of which the model has none: it says dark and light every day, and
 * both may be lost now and then.
 */
export const DUSK_SILENT_MS = 3 * DAY;

/** A sensor of which the owner has named no model: plain X10 motion. */
export const UNNAMED_MODEL: Model = { name: 'X10', kind: 'motion', protocol: 'standard', ...base };
