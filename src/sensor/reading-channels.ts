/**
 * Which values a measuring module sends and in which unit they are published. Data only. heyu's functions for
 * them are rfx..., dmx..., ore..., els..., owl... (label table, cmd.c:746-764); the families are those of modules.c.
 */
import type { ReadingTopic } from '../mqtt/topics.js';

/** What one module measures. */
export type ReadingModel = {
  /** Sent by every device of this model. */
  readonly always: readonly ReadingTopic[];
  /** Sent by some devices of this model or with some settings of heyu only. */
  readonly sometimes: readonly ReadingTopic[];
};

/**
 * The unit in which each value is published, whatever scale heyu shows (`*_SCALE` directives): values are
 * converted before they are published. Undefined = a bare number.
 */
export const READING_UNITS: Readonly<Record<ReadingTopic, string | undefined>> = {
  state: undefined,
  temperature: '°C',
  temperature_2: '°C',
  setpoint: '°C',
  humidity: '%',
  pressure: 'hPa',
  voltage: 'V',
  voltage_supply: 'V',
  potentiometer: '%',
  counter: undefined,
  power: 'W',
  energy: 'kWh',
  current: 'A',
  weight: 'kg',
  wind_speed: 'm/s',
  wind_gust: 'm/s',
  wind_direction: '°',
  rain_rate: 'mm/h',
  rain_total: 'mm',
  uv: 'UV index',
};

const family = (
  names: string,
  always: readonly ReadingTopic[],
  sometimes: readonly ReadingTopic[] = [],
): readonly (readonly [string, ReadingModel])[] =>
  names.split(' ').map((name) => [name, { always, sometimes }] as const);

/** By heyu's module name in the spelling of src/x10/model.ts. Clocks (ORE_DT1, RTGR328N_DT) measure nothing. */
export const READING_MODELS: ReadonlyMap<string, ReadingModel> = new Map([
  ...family('ORE_T1 ORE_T2 ORE_T3 ORE_TEMU THR138 THRN122N THN122N THN132N', ['temperature']),
  ...family(
    'ORE_TH1 ORE_TH2 ORE_TH3 ORE_TH4 ORE_TH5 ORE_TH6 ORE_THEMU THGR122NX THGN123N THGR228N THGN800 THGR800 ' +
      'THGR810 THGR918N RTGN318 RTGR328N RTGR328N_TH',
    ['temperature', 'humidity'],
  ),
  ...family('ORE_THB1 ORE_THB2 ORE_THBEMU BTHR918 BTHR918N BTHR968', ['temperature', 'humidity', 'pressure']),
  ...family('ORE_DT1 RTGR328N_DT', []),
  ...family('ORE_WIND1 ORE_WIND2 ORE_WIND3 WGR800 WGR918N', ['wind_speed', 'wind_gust', 'wind_direction']),
  ...family('ORE_RAIN1 ORE_RAIN2 ORE_RAIN3 PCR800 PCR918N', ['rain_rate', 'rain_total']),
  ...family('ORE_UV1 ORE_UV2', ['uv']),
  ...family('ORE_WGT1 BWR102', ['weight']),
  ...family('ELS_CM113 ELS_ELEC1 ORE_ELS', ['current']),
  ...family('OWL_ELEC2', ['power', 'energy']),
  // One model name for several devices: which it is stands in the device itself (temperature; with humidity; with
  // pressure; a second temperature; a voltage or a potentiometer). All of them measure their own supply.
  ...family(
    'RFXSENSOR',
    ['temperature'],
    ['temperature_2', 'humidity', 'pressure', 'voltage', 'potentiometer', 'voltage_supply'],
  ),
  // Meters count pulses; what a pulse is worth is a scale in heyu's configuration. That of an RFXPower is kWh.
  ...family('RFXCOUNT RFXPULSE RFXWATER RFXGAS', ['counter']),
  ...family('RFXPOWER', ['energy', 'counter']),
  ...family('DIGIMAX', ['temperature', 'setpoint', 'state']),
]);
