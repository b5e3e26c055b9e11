/**
 * The core's part of a checkpoint, checked before it is used: the document may be complete and still differ from what
 * this version writes. Wrong parts are named and left out, each sensor by itself; the others keep their memory.
 */

import { isObject } from '../common/json.js';
import {
  isCalculable,
  isFlag,
  isText,
  listOf,
  oneOf,
  optional,
  recordOf,
  shapeOf,
  type Check,
} from '../common/shape.js';
import type { Addressed, Selections, SpoolWatches } from '../heyu/selection.js';
import type { Said, SensorState } from '../sensor/heard.js';
import type { CoreMemory, Unmapped } from './core.js';
import { rememberedHealth, type Health, type Heartbeats } from './health.js';

const isSensorState = shapeOf<SensorState>({
  motion: shapeOf<SensorState['motion']>({
    on: isFlag,
    since: isCalculable,
    id: isText,
    missed: isFlag,
    until: isCalculable,
    endedAt: isCalculable,
    alertsSince: isCalculable,
    doubted: optional(
      shapeOf<NonNullable<SensorState['motion']['doubted']>>({
        at: isCalculable,
        source: isText,
        part: optional(isText),
        line: shapeOf<{ generation: string; offset: number; notBefore?: number }>({
          generation: isText,
          offset: isCalculable,
          notBefore: optional(isCalculable),
        }),
      }),
    ),
  }),
  values: recordOf(isText),
  open: recordOf(isFlag),
  said: optional(
    recordOf(shapeOf<Said>({ at: isCalculable, isAlert: isFlag, pauses: listOf(isCalculable) })),
  ),
  clearsAt: isCalculable,
  pressed: optional(shapeOf<NonNullable<SensorState['pressed']>>({ key: isText, at: isCalculable })),
  lowBatteryAt: optional(isCalculable),
  level: optional(
    shapeOf<NonNullable<SensorState['level']>>({
      now: isCalculable,
      kept: isCalculable,
      steps: oneOf('dims', 'preset', 'extended', 'kaku'),
    }),
  ),
  seenAt: isCalculable,
  watchedSince: isCalculable,
});

const isUnit: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
const isLabel: Check = (value) => value === null || isText(value);

const isSelections = recordOf(
  shapeOf<Selections[number]>({
    units: listOf(shapeOf<Addressed>({ unit: isUnit, label: isLabel, at: isCalculable })),
    completedAt: optional(isCalculable),
  }),
);

const isSpool = recordOf(
  shapeOf<SpoolWatches[string]>({
    addresses: recordOf(
      shapeOf<SpoolWatches[string]['addresses'][number]>({ count: isCalculable, at: isCalculable }),
    ),
    heads: isCalculable,
    at: isCalculable,
    until: isCalculable,
  }),
);

const isUnmapped = recordOf(
  shapeOf<Unmapped[string]>({
    label: isLabel,
    count: isCalculable,
    first: isCalculable,
    last: isCalculable,
    function: isText,
    source: isText,
  }),
);

const isHealth = shapeOf<Health>({
  counters: recordOf(isCalculable),
  troubles: recordOf(isCalculable),
  heartbeats: optional(
    shapeOf<Heartbeats>({
      since: isCalculable,
      at: isCalculable,
      isInterrupted: isFlag,
      gaps: recordOf(isCalculable),
    }),
  ),
});

/** Each part, and what it has to look like. */
const PARTS: Readonly<Record<keyof Omit<CoreMemory, 'sensors'>, Check>> = {
  selections: isSelections,
  otherSelections: optional(recordOf(isSelections)),
  spool: optional(isSpool),
  rf: recordOf((value) => Array.isArray(value) && value.length === 2 && value.every(isCalculable)),
  unmapped: isUnmapped,
  health: isHealth,
  lineAt: isCalculable,
};

/** The memory in what was stored; parts that are not as they should be are named in `damaged` and as new. */
export function readCoreMemory(stored: unknown): {
  readonly memory: CoreMemory;
  readonly damaged: readonly string[];
} {
  const found = isObject(stored) ? stored : {};
  const sensors = Object.entries(isObject(found['sensors']) ? found['sensors'] : {});
  const whole = sensors.filter((entry): entry is [string, SensorState] => isSensorState(entry[1]));
  const bad = Object.entries(PARTS).flatMap(([name, isGood]) => (isGood(found[name]) ? [] : [name]));
  const good = Object.fromEntries(Object.entries(found).filter(([name]) => !bad.includes(name)));
  const none = { selections: {}, rf: {}, unmapped: {}, health: rememberedHealth(), lineAt: 0 };
  return {
    memory: { ...none, ...good, sensors: Object.fromEntries(whole) },
    damaged: [
      ...(isObject(found['sensors']) ? [] : ['sensors']),
      ...sensors.flatMap(([id, state]) => (isSensorState(state) ? [] : [`sensors.${id}`])),
      ...bad,
    ],
  };
}
