/** What goes wrong while the traffic runs: the bridge dies or stands still, the broker does, the cable is pulled. */

import { setTimeout as delay } from 'node:timers/promises';
import type { House } from '../support/house.js';
import type { TestLink } from '../support/link.js';
import type { Mosquitto } from '../support/mosquitto.js';
import type { Tap } from '../support/tap.js';
import { until } from '../support/until.js';
import type { Damage } from './damage.js';
import type { Random } from './random.js';

/** A kind of fault, for the table at the end. */
export type FaultKind =
  | 'bridge killed'
  | 'bridge killed while starting'
  | 'bridge stopped and started'
  | 'bridge frozen'
  | 'broker killed'
  | 'broker restarted'
  | 'broker frozen'
  | 'link cut'
  | 'link cut before an answer'
  | 'link frozen'
  | 'checkpoint cut off'
  | 'checkpoint emptied'
  | 'checkpoint overwritten'
  | 'checkpoint of the future'
  | 'checkpoint deleted';

/** How the checkpoint is damaged. */
export type DamageCheckpoint = {
  /** Says how; nothing when there is no checkpoint to be damaged. */
  readonly act: () => FaultKind | undefined;
  /** Resolves when there is a good one again. */
  readonly untilHealed: () => Promise<void>;
};

/** What the faults act upon, and how often they do (mean pause in ms). */
export type FaultTargets = {
  readonly bridge: House;
  readonly mosquitto: Mosquitto;
  readonly link: TestLink;
  /** Reads along on the link. */
  readonly tap: Tap;
  readonly random: Random;
  readonly pauseMs: { readonly bridge: number; readonly broker: number; readonly link: number };
  /** Damages the checkpoint while the bridge is down. */
  readonly damage: DamageCheckpoint | undefined;
  /** Told of each fault, and when it is over. */
  readonly note: (text: string) => void;
};

/** Faults at work. */
export type Faults = {
  readonly counts: ReadonlyMap<FaultKind, number>;
  /** From when to when there was no good checkpoint. */
  readonly damages: readonly Damage[];
  /** Nothing goes wrong until `goOn`; resolves when everything runs. */
  readonly hold: () => Promise<void>;
  readonly goOn: () => void;
  /** No further faults; resolves when everything runs. Rejects if one of the actors failed. */
  readonly stop: () => Promise<void>;
};

/** Less than the bridge waits for an answer to its pings. */
const SOON_MS = 4000;

const soon = (condition: () => boolean): Promise<boolean> =>
  until(condition, undefined, SOON_MS).catch(() => false);

/** Begins to do damage. */
export function startFaults(targets: FaultTargets): Faults {
  const { bridge, mosquitto, link, tap, random, pauseMs, damage, note } = targets;
  const counts = new Map<FaultKind, number>();
  const damages: Damage[] = [];
  const count = (kind: FaultKind): void => {
    note(kind);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  const ending = new AbortController();
  const isEnding = (): boolean => ending.signal.aborted;
  let held: Promise<void> | undefined;
  let release = (): void => undefined;
  const busy = new Set<Promise<void>>();
  const failures: unknown[] = [];

  /** Each of its acts comes in its turn, so that a short run has seen them all. */
  const actor = async (
    name: 'bridge' | 'broker' | 'link',
    acts: readonly ((chance: Random) => Promise<void>)[],
  ) => {
    const chance = random.fork(name);
    const deal = chance.dealer(acts);
    while (!isEnding()) {
      const pause = chance.between(0.1, 1.9) * pauseMs[name];
      await delay(pause, undefined, { signal: ending.signal }).catch(() => undefined);
      await held;
      if (isEnding()) return;
      const acting = deal()(chance);
      busy.add(acting);
      try {
        await acting;
      } finally {
        note(`${name} is well again`);
        busy.delete(acting);
      }
    }
  };

  const stopBridge = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const code = await bridge.stop(signal);
    // null: it was killed, or had not come so far as to listen to SIGTERM
    if (code !== 0 && code !== null) throw new Error(`the bridge ended with ${code}:\n${bridge.output()}`);
  };

  const downMs = (chance: Random): number =>
    chance.chance(0.5) ? chance.between(0, 300) : chance.between(300, 4000);

  const freezeBridge = async (chance: Random): Promise<void> => {
    count('bridge frozen');
    bridge.signal('SIGSTOP');
    // now and then for so long that it has to notice that the zones may have changed
    await delay(chance.chance(0.6) ? chance.between(100, 4000) : chance.between(4000, 12_000));
    bridge.signal('SIGCONT');
  };

  const restartBridge = async (chance: Random): Promise<void> => {
    count('bridge stopped and started');
    await stopBridge('SIGTERM');
    await delay(downMs(chance));
    await bridge.start();
  };

  const killBridge = async (chance: Random): Promise<void> => {
    count('bridge killed');
    await stopBridge('SIGKILL');
    await delay(downMs(chance));
    await startDamaged(chance);
  };

  const killBridgeStarting = async (chance: Random): Promise<void> => {
    count('bridge killed while starting');
    await stopBridge('SIGKILL');
    const starting = bridge.start();
    await delay(chance.between(50, 800));
    await stopBridge('SIGKILL');
    await starting;
    await bridge.start();
  };

  /** Starts the bridge, half the time after its checkpoint was damaged. */
  const startDamaged = async (chance: Random): Promise<void> => {
    const from = Date.now();
    const kind = damage !== undefined && chance.chance(0.5) ? damage.act() : undefined;
    if (damage === undefined || kind === undefined) return bridge.start();
    count(kind);
    const one: Damage = { from, to: Infinity };
    damages.push(one);
    await bridge.start();
    await damage.untilHealed();
    one.to = Date.now();
  };

  const freezeBroker = async (chance: Random): Promise<void> => {
    count('broker frozen');
    mosquitto.freeze();
    await delay(chance.between(200, 3000));
    mosquitto.thaw();
  };

  const endBroker = (kind: FaultKind, signal: 'SIGKILL' | 'SIGTERM') => async (chance: Random) => {
    count(kind);
    await mosquitto.stop(signal);
    await delay(chance.between(0, 3000));
    await mosquitto.start();
  };
  const restartBroker = endBroker('broker restarted', 'SIGTERM');
  const killBroker = endBroker('broker killed', 'SIGKILL');

  const cutLink = async (): Promise<void> => {
    count('link cut');
    link.cut();
    await Promise.resolve();
  };

  /** Events go out, the broker does not answer, and the connection ends: nobody knows whether they have arrived. */
  const cutLinkBeforeAnswer = async (): Promise<void> => {
    await soon(() => link.connections() > 0);
    const from = tap.published.length;
    mosquitto.freeze();
    const isOnItsWay = await soon(() =>
      tap.published.slice(from).some(({ retain, acknowledgedAt }) => !retain && acknowledgedAt === undefined),
    );
    count(isOnItsWay ? 'link cut before an answer' : 'link cut');
    link.cut();
    mosquitto.thaw();
  };

  const freezeLink = async (chance: Random): Promise<void> => {
    count('link frozen');
    link.freeze();
    await delay(chance.between(200, 4000));
    // what was held back is lost with the connection, or comes after all
    if (chance.chance(0.5)) link.cut();
    link.thaw();
  };

  const actors = Promise.all(
    [
      actor('bridge', [freezeBridge, restartBridge, killBridgeStarting, killBridge, killBridge, killBridge]),
      actor('broker', [freezeBroker, restartBroker, killBroker, killBroker]),
      actor('link', [cutLink, cutLink, cutLinkBeforeAnswer, cutLinkBeforeAnswer, freezeLink]),
    ].map(async (running) => {
      try {
        await running;
      } catch (error) {
        failures.push(error);
      }
    }),
  );

  return {
    counts,
    damages,
    hold: async () => {
      held = new Promise<void>((resolve) => (release = resolve));
      await Promise.all(busy);
    },
    goOn: () => {
      held = undefined;
      release();
    },
    stop: async () => {
      ending.abort();
      release();
      await actors;
      if (failures.length > 0) throw failures[0];
    },
  };
}
