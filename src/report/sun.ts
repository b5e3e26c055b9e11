/**
 * When the sun rises and sets, by the formulas of the NOAA (gml.noaa.gov/grad/solcalc/solareqns.PDF): to two minutes,
 * which is less than a sensor of dusk varies.
 */

import { DAY, MINUTE } from '../common/duration.js';
import type { Location } from '../core-settings.js';

/** Sunrise and sunset, epoch ms. */
export type SunTimes = { readonly rise: number; readonly set: number };

/** The upper edge of the sun is seen while its middle is so far below the horizon, refraction included; degrees. */
const ZENITH = 90.833;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Those of a local day, by its number since 1970; undefined where the sun does not rise or set that day. */
export function sunTimes(day: number, { latitude, longitude }: Location): SunTimes | undefined {
  const date = new Date(day * DAY);
  const dayOfYear = (day * DAY - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY;
  const year = ((2 * Math.PI) / 365) * dayOfYear;
  const [sin1, sin2, sin3] = [Math.sin(year), Math.sin(2 * year), Math.sin(3 * year)];
  const [cos1, cos2, cos3] = [Math.cos(year), Math.cos(2 * year), Math.cos(3 * year)];
  const equationMinutes =
    229.18 * (0.000075 + 0.001868 * cos1 - 0.032077 * sin1 - 0.014615 * cos2 - 0.040849 * sin2);
  const declination =
    0.006918 -
    0.399912 * cos1 +
    0.070257 * sin1 -
    0.006758 * cos2 +
    0.000907 * sin2 -
    0.002697 * cos3 +
    0.00148 * sin3;
  const north = radians(latitude);
  const cosine =
    Math.cos(radians(ZENITH)) / (Math.cos(north) * Math.cos(declination)) -
    Math.tan(north) * Math.tan(declination);
  if (!(Math.abs(cosine) <= 1)) return undefined;
  const half = (Math.acos(cosine) * 180) / Math.PI;
  const at = (angle: number): number =>
    Math.round(day * DAY + (720 - 4 * (longitude + angle) - equationMinutes) * MINUTE);
  return { rise: at(half), set: at(-half) };
}
