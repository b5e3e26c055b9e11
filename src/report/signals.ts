/** The signals of a sensor, classified for a report. */

import { COPY } from '../bridge/heard-by.js';
import type { History, SensorHistory, SignalKind } from '../history/history.js';
import { GOES_ON, MINIMUM_ON } from '../sensor/motion.js';
import type { SensorSettings } from '../sensor/settings.js';

/** By which way a signal was heard: by radio (rcva), from the power line (rcvi), or both. */
export type Paths = { readonly both: number; readonly radio: number; readonly power_line: number };

/** The signals of a sensor. Instants are epoch ms, in the order of time. */
export type HeardSignals = {
  /** All that were caused by the sensor; the copies of a signal are none. */
  readonly all: Float64Array;
  /** On or Alert of its own unit that count. */
  readonly signs: Float64Array;
  /** Off or Clear that ended a motion, or would have. */
  readonly ends: Float64Array;
  /** With LoBat. */
  readonly lowBattery: Float64Array;
  readonly paths: Paths;
  /** Two Clear in succession: heyu writes what does not change, too. */
  readonly hasRepeats: boolean;
};

/** What signals of a kind are. */
type Role = {
  readonly isOwn: boolean;
  readonly isSign: boolean;
  readonly isEnd: boolean;
  readonly isLow: boolean;
  readonly way: 'radio' | 'power_line' | undefined;
  readonly isCopy: boolean;
  readonly word: string;
};

const WAYS: Readonly<Record<string, 'radio' | 'power_line'>> = { rcva: 'radio', rcvi: 'power_line' };

function roleOf({ source, address, says, kept }: SignalKind, { dusk, sources }: SensorSettings): Role {
  const [word = ''] = says.toLowerCase().split(' ');
  const isCopy = kept === COPY;
  const isUnit = address !== dusk;
  const isOwn = !isCopy && [...sources].some((each) => each === source);
  return {
    isOwn,
    isSign: isOwn && isUnit && (kept === null || kept === GOES_ON) && (word === 'on' || word === 'alert'),
    isEnd: isOwn && isUnit && (kept === null || kept === MINIMUM_ON) && (word === 'off' || word === 'clear'),
    isLow: isOwn && says.includes('LoBat'),
    way: WAYS[source],
    isCopy,
    word,
  };
}

/** Sorts them out. */
export function heardSignals(
  { signals: { at, kind } }: SensorHistory,
  kinds: History['kinds'],
  settings: SensorSettings,
): HeardSignals {
  const roles = kinds.map((each) => roleOf(each, settings));
  const chosen = (is: (role: Role) => boolean): Float64Array =>
    at.filter((_, index) => {
      const role = roles[kind[index] ?? -1];
      return role !== undefined && is(role);
    });
  const ofAll = Array.from(kind, (number) => roles[number]);
  return {
    all: chosen(({ isOwn }) => isOwn),
    signs: chosen(({ isSign }) => isSign),
    ends: chosen(({ isEnd }) => isEnd),
    lowBattery: chosen(({ isLow }) => isLow),
    paths: pathsOf(ofAll),
    hasRepeats: repeats(ofAll),
  };
}

/** The copy of a signal comes right behind it. */
function pathsOf(roles: readonly (Role | undefined)[]): Paths {
  const paths = { both: 0, radio: 0, power_line: 0 };
  roles.forEach((role, index) => {
    if (role?.isOwn !== true || role.way === undefined) return;
    const next = roles[index + 1];
    const isBoth = next?.isCopy === true && next.way !== role.way;
    paths[isBoth ? 'both' : role.way] += 1;
  });
  return paths;
}

function repeats(roles: readonly (Role | undefined)[]): boolean {
  const words = roles.filter((role) => role?.isOwn === true).map((role) => role?.word);
  return words.some((word, index) => word === 'clear' && words[index + 1] === 'clear');
}
