/** What has changed in the house since the last comparison, so that only that is sent. */

import type { SensorStatus } from '../service/status.js';
import type { Change, PageHouse, PageState } from './protocol.js';

/** What is compared. */
export type Shown = { readonly house: PageHouse } & Pick<PageState, 'errors'>;

/** What is told as a whole, when it is another. */
const WHOLE = ['broker', 'problems', 'unnamed'] as const;

/** Compares the house with itself. The times of the last signals change with each line: they are told now and then. */
export class HouseChanges {
  #whole = new Map<string, string>();
  #members = new Map<string, string>();
  #seen = '';

  /** There is no earlier look than this. */
  begin(shown: Shown): void {
    this.#whole = new Map(wholesOf(shown).map(([key, , text]) => [key, text]));
    this.#members = new Map(membersOf(shown).map(([key, text]) => [key, text]));
    this.#seen = seenIn(shown.house);
  }

  /**
   * What has changed since the last look; `anew` when there are other zones or sensors. With `withTimes` also when
   * something was last heard. Nothing has changed: undefined.
   */
  next(shown: Shown, withTimes: boolean): Change | 'anew' | undefined {
    const { house } = shown;
    const members = membersOf(shown);
    if (members.length !== this.#members.size || members.some(([key]) => !this.#members.has(key))) {
      this.begin(shown);
      return 'anew';
    }
    const isNew = new Set(
      members.filter(([key, text]) => this.#members.get(key) !== text).map(([key]) => key),
    );
    const wholes = wholesOf(shown).filter(([key, , text]) => this.#whole.get(key) !== text);
    const seen = withTimes ? seenIn(house) : this.#seen;
    if (isNew.size === 0 && wholes.length === 0 && seen === this.#seen) return undefined;
    for (const [key, text] of members) this.#members.set(key, text);
    for (const [key, , text] of wholes) this.#whole.set(key, text);
    const before = new Map(withTimes ? timesIn(this.#seen) : []);
    const isTold = (sensor: SensorStatus): boolean =>
      isNew.has(sensorKey(sensor)) || (withTimes && before.get(sensor.alias) !== sensor.last_seen);
    const zones = house.zones.filter((zone) => isNew.has(`zone ${zone.zone}`));
    const sensors = house.sensors.filter(isTold);
    this.#seen = seen;
    return {
      at: house.at,
      ...Object.fromEntries(wholes.map(([key, value]) => [key, value])),
      ...(withTimes ? { log: house.log } : {}),
      ...(zones.length === 0 ? {} : { zones }),
      ...(sensors.length === 0 ? {} : { sensors }),
    };
  }

  /** Whether something was heard that `next` has not told. */
  hasTimes({ house }: Shown): boolean {
    return seenIn(house) !== this.#seen;
  }
}

type Times = readonly (readonly [alias: string, at: string | null])[];

const sensorKey = ({ alias }: SensorStatus): string => `sensor ${alias}`;

function seenIn({ sensors, log }: PageHouse): string {
  const times: Times = [
    ...sensors.map(({ alias, last_seen: at }) => [alias, at] as const),
    ['', log.last_line],
  ];
  return JSON.stringify(times);
}

function timesIn(seen: string): Times {
  return JSON.parse(seen) as Times;
}

function wholesOf({
  house,
  errors,
}: Shown): readonly (readonly [key: string, value: unknown, text: string])[] {
  const log = { ...house.log, last_line: null };
  return [
    ...WHOLE.map((key) => [key, house[key], JSON.stringify(house[key])] as const),
    ['log', house.log, JSON.stringify(log)],
    ['errors', errors, JSON.stringify(errors)],
  ];
}

function membersOf({ house }: Shown): readonly (readonly [key: string, text: string])[] {
  return [
    ...house.zones.map((zone) => [`zone ${zone.zone}`, JSON.stringify(zone)] as const),
    ...house.sensors.map(
      (sensor) => [sensorKey(sensor), JSON.stringify({ ...sensor, last_seen: null })] as const,
    ),
  ];
}
