/** Faults that take something away: what is missing then is named (`Permitted`, `Damage`), and everything else is an error. */

import { WAITING_MS, workedSince, type Permitted } from '../soak/damage.js';
import { STATE_DIRECTORY } from './computer.js';
import { restarted, troubled, type Act, type Kind } from './stage.js';

/** While it lasts, something may be missing or different. */
export const permitting =
  (what: Permitted['what'], act: Act): Act =>
  async (stage, fault, wait) => {
    const { computer, bridge } = stage;
    const one: Permitted = { from: Math.min(computer.steadyMs(), bridge.settledAt), to: Infinity, what };
    stage.permitted.push(one);
    await act(stage, fault, wait);
    one.to = computer.steadyMs() + (what === 'ids' ? SAVED_MS : 0);
  };

/** The bridge tries again to save its state within this time, ms. */
const SAVED_MS = 12_000;
/** What is older is not sent (`replay.max_age`), ms. */
const TOO_OLD_MS = 86_400_000;
/** A bridge that has just been started may still find something that is nearly too old. */
const STARTING_MS = 60_000;
/** So long it may take until everything was told, ms. */
const SETTLED_MS = 180_000;

/** The kinds. */
export const LOSSES = {
  'down for days': {
    part: 'process',
    weight: 0.2,
    act: async (stage, { ms }, wait) => {
      const { computer, bridge, permitted } = stage;
      // one that dies again before it has told everything has it still to tell
      const before = permitted.findLast(({ what }) => what === 'events');
      const isSoon = before !== undefined && computer.steadyMs() - before.to < TOO_OLD_MS + SETTLED_MS;
      const from = isSoon
        ? before.from
        : Math.min(bridge.settledAt, workedSince(bridge.pauses, computer.steadyMs(), WAITING_MS));
      bridge.kill();
      await restarted(stage, TOO_OLD_MS + 10 * ms, wait);
      const one: Permitted = { from, to: Infinity, what: 'events' };
      permitted.push(one);
      // one that dies or sleeps before it has told everything finds more that is too old
      bridge.onSettled(computer.steadyMs() - TOO_OLD_MS, () => {
        one.to = computer.steadyMs() + STARTING_MS - TOO_OLD_MS;
      });
    },
  },
  'checkpoint damaged': {
    part: 'process',
    weight: 1,
    act: async (stage, { ms, count }, wait) => {
      stage.bridge.kill();
      stage.bridge.damage(count);
      await restarted(stage, ms, wait);
    },
  },
  'checkpoint restored': {
    part: 'process',
    weight: 0.5,
    act: async (stage, { ms }, wait) => {
      stage.bridge.kill();
      stage.bridge.restore(stage.permitted);
      await restarted(stage, ms, wait);
    },
  },
  'journal of ids damaged': {
    part: 'process',
    weight: 0.5,
    act: async (stage, { ms, count }, wait) => {
      stage.bridge.kill();
      stage.computer.disk.spoil(`${STATE_DIRECTORY}/acknowledged`, count);
      await restarted(stage, ms, wait);
    },
  },
  'disk full': {
    part: 'disk',
    weight: 2,
    act: permitting('ids', troubled('refusesWrites', 'ENOSPC', undefined)),
  },
  'log not to be opened': {
    part: 'disk',
    weight: 1,
    act: permitting('lines', troubled('unreadable', 'EACCES', undefined)),
  },
  'log not to be read': { part: 'disk', weight: 2, act: troubled('unreadable', 'EIO', undefined) },
} satisfies Readonly<Record<string, Kind>>;
