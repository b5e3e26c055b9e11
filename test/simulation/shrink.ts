/** Makes a history in which something is wrong as short as it can: what is left of the faults shows what it takes. */

import type { Fault } from './faults.js';
import { simulate, type SimulationReport } from './world.js';

/** How often a shorter history is tried at most. */
const MOST_TRIES = 80;

/** The shortest history found in which something is still wrong. */
export async function shrink(found: SimulationReport): Promise<SimulationReport> {
  let shortest = found;
  let tries = 0;
  const isStillWrong = async (faults: readonly Fault[], lengthMs: number): Promise<boolean> => {
    tries += 1;
    const report = await simulate({ seed: found.seed, faults, lengthMs });
    if (report.faults.length === 0) return false;
    shortest = report;
    return true;
  };
  // what comes after it cannot be its cause
  for (const part of [0.25, 0.5, 0.75]) {
    const lengthMs = Math.round(shortest.lengthMs * part);
    const before = shortest.planned.filter(({ at }) => at < lengthMs);
    if (await isStillWrong(before, lengthMs)) break;
  }
  for (let size = Math.ceil(shortest.planned.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < shortest.planned.length && tries < MOST_TRIES;) {
      const { planned, lengthMs } = shortest;
      const without = [...planned.slice(0, at), ...planned.slice(at + size)];
      if (!(await isStillWrong(without, lengthMs))) at += size;
    }
  }
  return shortest;
}
