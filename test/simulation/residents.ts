/** Who lives in the house, in zones that the bridge keeps itself: programs, keyfobs and sensors, and what goes wrong there. */

import { KEYFOB, OWNED_SENSORS, OWNED_ZONES, type OwnedZoneName } from '../soak/sensors.js';
import { CODE } from './owned.js';
import { restarted, untilReached, type Act, type Kind, type Stage } from './stage.js';

type Wait = (ms: number) => Promise<void>;

/** A zone has obeyed a command by then, also when its code had to be checked, ms. */
const OBEYED_MS = 2000;
/** A delay that goes on after a restart is over by then, ms. */
const ENTERED_MS = 10_000;

const zoneOf = (count: number): OwnedZoneName => OWNED_ZONES[count % OWNED_ZONES.length] ?? 'kept';

/** As a program sends it. A code is wrong now and then, or forgotten. */
function payloadOf(zone: OwnedZoneName, word: string, count: number): string {
  if (zone === 'kept') return count % 3 === 0 ? JSON.stringify({ command: word.toLowerCase() }) : word;
  if (count % 11 === 0) return word;
  return JSON.stringify({ command: word.toLowerCase(), code: count % 7 === 0 ? '1234' : CODE });
}

function commanded({ broker, note }: Stage, word: string, count: number): void {
  const zone = zoneOf(count);
  const payload = payloadOf(zone, word, count);
  // some send twice, and some at QoS 0
  const times = count % 9 === 0 ? 2 : 1;
  note(`${times} x ${payload} to ${zone}`);
  for (let time = 0; time < times; time += 1)
    broker.publish(`x10/zone/${zone}/set`, payload, false, count % 5 === 0 ? 0 : 1);
}

/** heyu writes a line, when it is awake and in the middle of nothing. */
async function written(
  { heyu, computer }: Stage,
  wait: Wait,
  ...line: Parameters<typeof lineOf>
): Promise<void> {
  while (heyu.isInMessage() || computer.heyu.isStill) await wait(5);
  await heyu.write([lineOf(...line)], { splitMs: 0 });
}

function lineOf(
  unit: number,
  name: string,
  alias: string,
  sensor?: (typeof OWNED_SENSORS)[number],
): Parameters<Stage['heyu']['write']>[0][number] {
  const text = `rcva func ${name.padStart(12)} : hu L${String(unit).padEnd(2)} (${alias})`;
  return {
    text,
    hasStamp: true,
    meanings: sensor === undefined ? [] : [{ kind: 'sign', sensor, by: 'line' }],
  };
}

async function moved(stage: Stage, count: number, wait: Wait): Promise<void> {
  const sensor = OWNED_SENSORS[count % OWNED_SENSORS.length];
  if (sensor !== undefined) await written(stage, wait, sensor.unit, 'Alert', sensor.alias, sensor);
}

const KEYS = ['swAway swMin', 'swAway swMax', 'swHome swMin', '', ''];

/** The switches with which a key arms; without any it disarms. */
const flagsOf = (count: number): string => KEYS[count % KEYS.length] ?? '';

async function pressed(stage: Stage, count: number, wait: Wait): Promise<void> {
  while (stage.heyu.isInMessage() || stage.computer.heyu.isStill) await wait(5);
  const flags = flagsOf(count);
  const name = (flags === '' ? 'Disarm' : 'Arm').padStart(12);
  const text = `rcva func ${name} : hu L16 ${flags === '' ? '' : `${flags} `} (${KEYFOB})`;
  await stage.heyu.write([{ text, hasStamp: true, meanings: [] }], { splitMs: 0 });
}

const WORDS = ['ARM_AWAY', 'ARM_AWAY', 'DISARM', 'DISARM', 'ARM_HOME'];

const act = (does: Act): Act => does;

/** The kinds. */
export const RESIDENTS = {
  'owned zone is commanded': {
    part: 'residents',
    weight: 6,
    act: act((stage, { ms, count }) => commanded(stage, WORDS[ms % WORDS.length] ?? 'DISARM', count)),
  },
  'owned zone, by keyfob': {
    part: 'residents',
    weight: 4,
    act: act((stage, { count }, wait) => pressed(stage, count, wait)),
  },
  'somebody moves in an owned zone': {
    part: 'residents',
    weight: 6,
    act: act((stage, { count }, wait) => moved(stage, count, wait)),
  },
  'somebody comes home': {
    part: 'residents',
    weight: 6,
    act: act(async (stage, { ms, count }, wait) => {
      commanded(stage, 'ARM_AWAY', count);
      await wait(9000);
      await moved(stage, count % 2 === 0 ? 0 : 3, wait);
      await wait(ms);
      commanded(stage, 'DISARM', count);
    }),
  },
  'somebody breaks in': {
    part: 'residents',
    weight: 4,
    act: act(async (stage, { ms, count }, wait) => {
      commanded(stage, count % 2 === 0 ? 'ARM_AWAY' : 'ARM_HOME', count);
      await wait(8000 + ms);
      await moved(stage, count, wait);
      await moved(stage, count + 1, wait);
    }),
  },
  'a disarming waits in the broker': {
    part: 'residents',
    weight: 2,
    act: act(async (stage, { ms, count }, wait) => {
      commanded(stage, 'ARM_HOME', count);
      await wait(1000);
      stage.broker.freeze();
      await wait(8000);
      commanded(stage, 'DISARM', count);
      await wait(40_000 + 5 * ms);
      stage.broker.thaw(true);
      await wait(5000);
      await moved(stage, count, wait);
    }),
  },
  // the zone has obeyed, which the broker does not know, and a key has ordered the opposite since
  'a command comes again after a keyfob': {
    part: 'resent',
    weight: 1,
    act: act(async (stage, { ms, count }, wait) => {
      await untilReached(stage, wait);
      stage.broker.freeze(['there']);
      commanded(stage, flagsOf(count) === '' ? 'ARM_HOME' : 'DISARM', count);
      await wait(OBEYED_MS);
      await pressed(stage, count, wait);
      await wait(1000 + ms);
      stage.broker.thaw(true);
      await untilReached(stage, wait);
      await wait(OBEYED_MS);
    }),
  },
  // the disk has the delay, and the process that has begun it does not see its end
  'killed within an entry delay': {
    part: 'entered',
    weight: 1,
    act: act(async (stage, { ms, count }, wait) => {
      await untilReached(stage, wait);
      for (const word of ['DISARM', 'ARM_HOME']) {
        commanded(stage, word, count);
        await wait(OBEYED_MS);
      }
      await moved(stage, count % 2 === 0 ? 0 : 3, wait);
      await wait(500 + 8 * count);
      stage.bridge.kill();
      await restarted(stage, ms / 4, wait);
      await wait(ENTERED_MS);
    }),
  },
  'a command is retained by mistake': {
    part: 'residents',
    weight: 1,
    act: act(async ({ broker }, { ms, count }, wait) => {
      const topic = `x10/zone/${zoneOf(count)}/set`;
      broker.publish(topic, count % 2 === 0 ? 'DISARM' : 'ARM_HOME', true);
      await wait(5 * ms);
      broker.publish(topic, '', true);
    }),
  },
} satisfies Readonly<Record<string, Kind>>;
