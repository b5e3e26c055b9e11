/**
 * The zones that the bridge keeps itself, in the time of the simulation: what the process is given, at the instant at which
 * it is (lines, commands, codes, the link), and what a death leaves of it on disk.
 */

import type { Broker, LineSource, LogLine, Received, StateStore } from '../../src/ports.js';
import type { Checkpoint } from '../../src/service/checkpoint.js';
import type { Oracle } from '../security/oracle.js';
import { isPermitted, type Permitted } from '../soak/damage.js';
import { iso } from '../soak/judge-states.js';
import { KEYFOB, OWNED_SENSORS, OWNED_ZONES, type OwnedZoneName } from '../soak/sensors.js';
import type { Published } from '../support/tap.js';
import type { SimulatedBroker } from './broker.js';
import type { Computer, Process } from './computer.js';
import { steadyOf } from './steady.js';
import {
  OwnedZone,
  RULES,
  statesOf,
  truthIn,
  type Change,
  type Cooling,
  type Outcome,
  type Possibility,
  type Truth,
} from './owned-zone.js';

/** The only code of the zone that asks for one. */
export const CODE = '471108';

/** After a connect commands and signals count as old until a subscription was answered after a pause. */
const DRAINING_MS = 12_000;
/** A connection on which nothing passes is given up within this time, and a process that stands still has noticed by then. */
const UNNOTICED_MS = 10_000;
/** A key that is heard again within this time is held down. */
const HELD_MS = 1000;

/** What all zones may be, and when the link was clear last: of a moment, or of a document. */
export type Standing = {
  readonly zones: readonly { readonly possible: readonly Possibility[]; readonly isNew: boolean }[];
  /** By the clock that nobody sets back, ms; -Infinity = never. */
  readonly clearAt: number;
};

/** All zones that the bridge keeps, over its lives. */
export class OwnedZones {
  readonly #zones = OWNED_ZONES.map((name) => new OwnedZone(name));
  readonly #computer: Computer;
  readonly #broker: SimulatedBroker;
  readonly #note: (text: string) => void;
  /** The signals, by the ids of their alerts. */
  readonly #signalled = new Map<string, { readonly alias: string; readonly at: number }>();
  #pressed: { readonly key: string; readonly at: number } | undefined;
  /** What the disk may have: the last document that was written, and those that are being written. */
  #onDisk: readonly Standing[] = [];
  /** When the process has begun, and when the link was clear last before, as the disk told it. */
  #begun = { at: -Infinity, clearAt: -Infinity };

  constructor(computer: Computer, broker: SimulatedBroker, note: (text: string) => void) {
    this.#note = note;
    this.#computer = computer;
    this.#broker = broker;
    this.#onDisk = [this.standing];
  }

  get standing(): Standing {
    const zones = this.#zones.map(({ possible, isNew }) => ({ possible, isNew }));
    return { zones, clearAt: this.#clearAt };
  }

  get errors(): readonly string[] {
    return this.#zones.flatMap(({ errors }) => errors);
  }

  /** The link is there, and nothing old is on its way. */
  get #isSure(): boolean {
    const visit = this.#broker.visits.at(-1);
    return visit?.to === Infinity && this.#computer.steadyMs() - visit.from > DRAINING_MS;
  }

  /** When the link was clear last, as the process knows. */
  get #clearAt(): number {
    const now = this.#computer.steadyMs();
    const { at, clearAt } = this.#begun;
    const isClear = ({ from, to }: { from: number; to: number }): boolean =>
      from >= at && Math.min(to, now) - from > DRAINING_MS;
    const last = this.#broker.visits.findLast(isClear);
    return last === undefined ? clearAt : Math.min(last.to, now);
  }

  #now(): number {
    const now = this.#computer.steadyMs();
    for (const zone of this.#zones) zone.advance(now, this.#isSure);
    return now;
  }

  /** What is stored, in the time of the world. */
  #truthIn(document: unknown, name: OwnedZoneName): Truth | undefined {
    const { setBacks } = this.#computer;
    const now = this.#computer.steadyMs();
    const dated = <T extends number | undefined>(at: T): T | number =>
      at === undefined ? at : steadyOf(at, now, { setBacks });
    const truth = truthIn(document, name);
    return (
      truth && {
        ...truth,
        armedSince: dated(truth.armedSince),
        until: dated(truth.until),
        orderedAt: dated(truth.orderedAt),
      }
    );
  }

  // --- What happens to the process.

  /** The delays of a computer that sleeps, or of a process that stands still, go on later. */
  stoodStill(forMs: number): void {
    for (const zone of this.#zones) zone.fork((oracle) => oracle.delay(forMs));
  }

  /** The checkpoint is what it was; undefined: there is none that is good. */
  restored(standing: Standing): void {
    this.#onDisk = [standing];
  }

  store(store: StateStore, process: Process): StateStore {
    return {
      ...store,
      load: async () => {
        const document = await store.load();
        if (process.isGone) return document;
        const now = this.#computer.steadyMs();
        const cooling = this.#coolingIn(document as Checkpoint | undefined);
        const clearAt = Math.min(...this.#onDisk.map((standing) => standing.clearAt));
        this.#begun = { at: now, clearAt: document === undefined ? -Infinity : clearAt };
        this.#zones.forEach((zone, index) => {
          const truth = this.#truthIn(document, zone.name);
          zone.isNew = truth === undefined;
          const possible = this.#onDisk.flatMap((standing) => standing.zones[index]?.possible ?? []);
          zone.begins(truth === undefined ? [] : possible, cooling, now);
          if (truth !== undefined) zone.isKept(truth, undefined, now);
        });
        this.#onDisk = [this.standing];
        return document;
      },
      save: async (document) => {
        if (process.isGone) return store.save(document);
        const now = this.#now();
        for (const zone of this.#zones) {
          const found = this.#broker.retained.get(`x10/zone/${zone.name}/state`);
          zone.isKept(this.#truthIn(document, zone.name), found, now);
        }
        const { standing } = this;
        this.#onDisk = [...this.#onDisk, standing];
        // one that fails may have replaced the old one all the same: only the sync of its directory failed
        await store.save(document).then(() => {
          if (!process.isGone) this.#onDisk = this.#onDisk.slice(this.#onDisk.indexOf(standing));
        });
      },
    };
  }

  /** The cool-downs that belong to the line of the log from which a checkpoint reads on; those that no signal can have begun are none. */
  #coolingIn(document: Checkpoint | undefined): readonly Cooling[] {
    const now = this.#computer.steadyMs();
    return Object.entries(document?.settled?.alerts ?? {}).map(([alias, { at: storedAt }]) => {
      const signals = [...this.#signalled].filter(([, one]) => one.alias === alias);
      const isMeant = (at: number): boolean => signals.some(([, one]) => one.at === at);
      const at = steadyOf(storedAt, now, this.#computer, isMeant);
      return { alias, at, ids: signals.filter(([, one]) => one.at === at).map(([id]) => id) };
    });
  }

  // --- What the process is given.

  source(source: LineSource, process: Process): LineSource {
    return {
      start: (listener, ...from) =>
        source.start(
          {
            ...boundTo(listener),
            line: (line) => {
              if (!process.isGone) this.#heard(line);
              listener.line(line);
            },
          },
          ...from,
        ),
      position: () => source.position(),
      look: () => source.look(),
      pause: () => source.pause(),
      resume: () => source.resume(),
      lastPassAt: () => source.lastPassAt(),
      stop: () => source.stop(),
    };
  }

  #tell(what: string): void {
    const states = this.#zones.map(({ name, possible }) => `${name} is ${statesOf(possible)}`);
    this.#note(`oracle: ${what}; ${states.join(', ')}`);
  }

  #heard({ text, readAt, generation, offset }: LogLine): void {
    const [, stamp, name = '', flags = '', alias = ''] = LINE.exec(text) ?? [];
    if (stamp === undefined) return;
    const now = this.#now();
    const at = steadyOf(instantOf(stamp, readAt), now, this.#computer);
    if (alias === KEYFOB) {
      const word = name === 'Disarm' ? 'DISARM' : flags.includes('swHome') ? 'ARM_HOME' : 'ARM_AWAY';
      const press: Change = (oracle) => oracle.keyPressed(word, at, now, flags.includes('swMin'));
      // a key that is held down is written again a second later
      const isHeld = this.#pressed?.key === name + flags && at - this.#pressed.at <= HELD_MS;
      this.#pressed = { key: name + flags, at };
      for (const zone of this.#zones) {
        zone.isCommanded();
        if (isHeld) zone.fork(press, () => undefined);
        else zone.fork(press);
      }
      this.#tell(`${word} by keyfob`);
    }
    const sensor = OWNED_SENSORS.find((one) => one.alias === alias);
    if (sensor === undefined || name !== 'Alert') return;
    const zone = this.#zones.find((one) => one.name === sensor.owned);
    this.#tell(`${alias} has moved at ${iso(at)}`);
    const { entry, modes } = sensor;
    const id = `${generation}-${offset}.alert`;
    this.#signalled.set(id, { alias, at });
    zone?.signal({ alias, id, at, entry, ...(modes && { modes }) }, now, this.#isSure);
  }

  port(port: Broker, process: Process): Broker {
    return {
      ...port,
      start: (listener) =>
        port.start({
          ...boundTo(listener),
          received: (message) => {
            if (!process.isGone) this.#commanded(message);
            listener.received(message);
          },
          connected: (...how) => {
            if (!process.isGone) this.#now();
            listener.connected(...how);
          },
          closed: (reason) => {
            if (!process.isGone) this.#now();
            listener.closed(reason);
          },
        }),
      publish: (message, done) => {
        const zone = this.#zones.find(({ name }) => message.topic === `x10/zone/${name}/alert`);
        if (zone !== undefined && !process.isGone)
          zone.alerted((JSON.parse(message.payload) as { id: string }).id, this.#now());
        port.publish(message, done);
      },
    };
  }

  #commanded({ topic, payload, retain, duplicate, id }: Received): void {
    const zone = this.#zones.find(({ name }) => topic === `x10/zone/${name}/set`);
    if (zone === undefined || retain) return;
    const [word, code] = commandIn(new TextDecoder().decode(payload));
    if (word === '') return;
    const now = this.#now();
    const outcomes = this.#outcomes(now);
    zone.isCommanded();
    const message = id === undefined ? undefined : this.#broker.receivedKey;
    const isKnown = (oracle: Oracle): boolean =>
      duplicate && message !== undefined && oracle.hasSettled(message);
    // a number of its own does not show which one it was
    const isUnsure = duplicate && this.#broker.numbersAnew;
    const isAsked = (oracle: Oracle): boolean => zone.name === 'coded' && oracle.needsCode(word);
    // as long as nothing is known of the zone, and the disk has not said yet that something is
    const mayBeAsked = zone.isNew && zone.name === 'coded' && word !== 'TRIGGER';
    const isWaiting =
      mayBeAsked || zone.possible.some(({ oracle }) => isAsked(oracle) && (isUnsure || !isKnown(oracle)));
    // one that is never answered was not looked at: after too many wrong codes
    const isChecked = isWaiting && code !== undefined && !zone.isChecking(now);
    if (isChecked) zone.check = { at: now, word, outcomes, message };
    const asked: Change = (oracle) => {
      if (isChecked) oracle.checks();
      else if (message !== zone.check?.message) this.#settles(oracle, message);
    };
    const told = outcomes.map((outcome): Change => (oracle) => {
      if (isAsked(oracle)) return asked(oracle);
      oracle[outcome](word, now);
      this.#settles(oracle, message);
    });
    const isNew = told.map(
      (change): Change =>
        (oracle) =>
          isKnown(oracle) || change(oracle),
    );
    zone.fork(...isNew, ...(isUnsure ? told : []), ...(mayBeAsked ? [asked] : []));
    this.#tell(`${word} to ${zone.name} (${outcomes.join()})`);
  }

  #settles(oracle: Oracle, message: number | undefined): void {
    if (message !== undefined) oracle.settles(message, (one) => this.#broker.mayComeAgain(one));
  }

  /** A code was looked at. */
  checked(name: string, isRight: boolean): void {
    const zone = this.#zones.find((one) => one.name === name);
    if (zone?.check === undefined) return;
    const now = this.#now();
    const { word, outcomes, message } = zone.check;
    zone.check = undefined;
    zone.fork(
      ...outcomes.map((outcome): Change => (oracle) => {
        oracle.checked(word, isRight ? outcome : undefined, now);
        this.#settles(oracle, message);
      }),
    );
  }

  /** What may come of a command by its age, which the bridge can only guess. */
  #outcomes(now: number): readonly Outcome[] {
    const ageMs = this.#computer.timeline.nowMs - this.#broker.receivedFrom;
    if (ageMs > RULES.maxAgeMs + UNNOTICED_MS) return ['refuse'];
    if (this.#isSure && ageMs < UNNOTICED_MS) return ['command'];
    const isShort = now - this.#clearAt < RULES.maxAgeMs - UNNOTICED_MS;
    return isShort ? ['command'] : ['command', 'refuse'];
  }

  // --- In the end.

  /** What is wrong when all has been quiet for long. */
  judge(published: readonly Published[], permitted: readonly Permitted[]): readonly string[] {
    const now = this.#now();
    return this.#zones.flatMap(({ name, possible, errors, isLost }) => {
      const wrong = [...errors];
      if (isLost) return wrong;
      const said = this.#broker.retained.get(`x10/zone/${name}/state`);
      if (!possible.some(({ oracle }) => oracle.state === said))
        wrong.push(`${name} is said to be ${String(said)} in the end`);
      const alarm = this.#broker.retained.get(`x10/zone/${name}/alarm`);
      if ((alarm === 'ON') !== (said === 'triggered'))
        wrong.push(`the alarm of ${name} is ${String(alarm)} in the end`);
      if (possible.some(({ oracle }) => oracle.isDelayed)) wrong.push(`a delay of ${name} has no end`);
      const ids = new Set(
        published.flatMap(({ topic, payload, acknowledgedAt }) =>
          topic === `x10/zone/${name}/alert` && acknowledgedAt !== undefined
            ? (JSON.parse(payload) as { id: string }).id
            : [],
        ),
      );
      const [first, ...others] = possible.map(({ surely }) => surely);
      const due = [...(first ?? [])].filter((id) => others.every((one) => one.has(id)));
      const isRefused = permitted.some(
        ({ what, isOf }) => what === 'refused' && isOf?.(`x10/zone/${name}/alert`),
      );
      const isTooOld = (id: string): boolean =>
        isPermitted(permitted, this.#signalled.get(id)?.at ?? now, 'events');
      for (const id of due)
        if (!ids.has(id) && !isRefused && !isTooOld(id))
          wrong.push(`lost: the alert of ${name} ${id} by ${iso(now)}`);
      return wrong;
    });
  }
}

const LINE = /^(\d\d\/\d\d \d\d:\d\d:\d\d) +rcva func +(\w+) : hu L\d+ +(.*)\((\w+)\)$/;

/** A stamp has no year: the nearest. */
function instantOf(stamp: string, near: number): number {
  const [, month = '', day = '', time = ''] = /^(\d\d)\/(\d\d) (.*)$/.exec(stamp) ?? [];
  const year = new Date(near).getUTCFullYear();
  const instants = [year - 1, year, year + 1].map((one) => Date.parse(`${one}-${month}-${day}T${time}Z`));
  return instants.reduce((one, other) => (Math.abs(other - near) < Math.abs(one - near) ? other : one));
}

function commandIn(text: string): readonly [word: string, code: string | undefined] {
  if (!text.startsWith('{')) return [text, undefined];
  const { command, code } = JSON.parse(text) as { command: string; code?: string };
  return [command.toUpperCase(), code];
}

function boundTo<T extends object>(listener: T): T {
  const names = [...Object.keys(listener), ...Object.getOwnPropertyNames(Object.getPrototypeOf(listener))];
  const bound = names.flatMap((name) => {
    const value: unknown = listener[name as keyof T];
    return typeof value === 'function' && name !== 'constructor'
      ? [[name, value.bind(listener)] as const]
      : [];
  });
  return Object.fromEntries(bound) as T;
}
