/**
 * One zone that the bridge keeps itself, by the oracle of docs/alarm.md: all the ways in which it may have gone. Where the
 * documents leave open what comes of something, both go on beside each other until the disk says more.
 */

import type { StoredSecurity } from '../../src/security/stored.js';
import { Oracle, type Rules, type Signalled } from '../security/oracle.js';
import type { OwnedZoneName } from '../soak/sensors.js';
import { iso } from '../soak/judge-states.js';

/** As in `ownedConfigText`. */
export const RULES: Rules = {
  exitMs: (mode) => (mode === 'away' ? 8000 : 0),
  entryMs: 6000,
  cooldownMs: 20_000,
  maxAgeMs: 60_000,
  lateMs: 400,
};

/** What is read later than this counts as read late if the follower is behind, and later than that in any case. */
const BEHIND_MS = 3000;
const LIVE_MS = 8000;
/** What was read late may wait for the link until then. */
const WAITING_MS = 38_000;
const SECOND_MS = 1000;
/** The clock is corrected by at most this much. */
const CORRECTED_MS = 300;
/** A process has begun after this time. */
const BEGINNING_MS = 5000;
/** The end of an entry delay waits for the check of a code. */
const CHECK_MS = 5200;
/** Among more possibilities than these the zone is lost sight of. */
const MOST_POSSIBILITIES = 1000;

type Waiting = { readonly signal: Signalled; readonly until: number; readonly isLate: boolean };

/** One way in which it may have gone. */
export type Possibility = {
  readonly oracle: Oracle;
  /** Alerts that there have to be, and that there may be. */
  readonly surely: ReadonlySet<string>;
  readonly maybe: ReadonlySet<string>;
  readonly waiting: readonly Waiting[];
};

export type Change = (oracle: Oracle) => void;

/** An alert that has begun a cool-down, by its sensor and instant (epoch ms), and the ids that it may have. */
export type Cooling = { readonly alias: string; readonly at: number; readonly ids: readonly string[] };

/** What may come of a command: it is obeyed, or too old. */
export type Outcome = 'command' | 'refuse';

/** A command whose code is being checked. */
type Check = {
  readonly at: number;
  readonly word: string;
  readonly outcomes: readonly Outcome[];
  /** In which message it came; undefined at QoS 0. */
  readonly message: number | undefined;
};

/** A zone, its possibilities, and what was wrong. */
export class OwnedZone {
  readonly name: OwnedZoneName;
  readonly errors: string[] = [];
  possible: readonly Possibility[] = [];
  /** Nothing was stored: the first state is what the broker has, or disarmed. */
  isNew = true;
  check: Check | undefined;
  /** It went too many ways: nothing is judged until it is disarmed. */
  isLost = false;
  /** Alerts that went out. */
  readonly #sent = new Set<string>();
  /** A new zone that was not commanded yet. */
  #isUntouched = true;
  #now = 0;

  constructor(name: OwnedZoneName) {
    this.name = name;
  }

  /** Everything that may come of this goes on beside each other. */
  fork(...changes: readonly Change[]): void {
    this.#put(this.possible.flatMap((one) => changes.map((change) => changed(one, change))));
  }

  #put(possible: readonly Possibility[]): void {
    const merged = new Map<string, Possibility>();
    for (const one of possible.map((each) => withoutMoot(each, this.#now))) {
      const key = `${one.oracle.key} ${JSON.stringify(one.waiting)}`;
      const other = merged.get(key);
      const { oracle, waiting } = one;
      const both = other && {
        oracle,
        waiting,
        surely: new Set([...one.surely].filter((id) => other.surely.has(id))),
        maybe: new Set([...one.maybe, ...other.maybe]),
      };
      merged.set(key, both ?? one);
    }
    this.isLost ||= merged.size > MOST_POSSIBILITIES;
    this.possible = this.isLost ? [] : [...merged.values()];
  }

  /** The check of a code has not been answered, and the end of an entry delay waits for it. */
  isChecking(now: number): boolean {
    return this.check !== undefined && now < this.check.at + CHECK_MS;
  }

  /** Time has come to `now`. */
  advance(now: number, isSure: boolean): void {
    this.#now = now;
    const isChecking = this.isChecking(now);
    const isDue = ({ oracle, waiting }: Possibility): boolean =>
      waiting.length > 0 || oracle.mayEnd(now + CORRECTED_MS);
    if (!this.possible.some(isDue)) return;
    const judgedBy = (one: Possibility): readonly Possibility[] => [
      ...(one.waiting.every(({ until }) => now < until) ? [one] : []),
      ...(one.waiting.length > 0 ? judgedLate(one, now, () => true) : []),
      // without a link only what was read late waits longer
      ...(one.waiting.some(({ isLate }) => !isLate) ? judgedLate(one, now, ({ isLate }) => !isLate) : []),
    ];
    const linked: Change = (oracle) => (isSure ? oracle.connect([], now) : oracle.cut(now));
    const ended: Change = (oracle) => {
      linked(oracle);
      if (oracle.mayEnd(now + CORRECTED_MS)) oracle.end();
    };
    const timed: Change = (oracle) => {
      linked(oracle);
      if (!isChecking) oracle.until(now);
    };
    // a delay and the time of what waits may end at one instant, either before the other
    const isBoth = (one: Possibility): boolean =>
      one.waiting.length > 0 && one.oracle.mayEnd(now + CORRECTED_MS);
    this.#put(
      this.possible.flatMap((one) => [
        ...judgedBy(one).flatMap((each) => [changed(each, ended), changed(each, timed)]),
        ...(isBoth(one) ? judgedBy(changed(one, ended)) : []),
      ]),
    );
  }

  signal(signal: Signalled, now: number, isSure: boolean): void {
    const ageMs = now - signal.at;
    this.#begin();
    const late = ageMs > LIVE_MS ? [true] : ageMs > BEHIND_MS ? [true, false] : [false];
    this.#put(
      this.possible.flatMap((one) =>
        late.flatMap((isLate) =>
          this.#signalled(one, { signal, until: now + WAITING_MS, isLate }, now, isSure),
        ),
      ),
    );
  }

  #signalled(one: Possibility, waits: Waiting, now: number, isSure: boolean): readonly Possibility[] {
    const { signal, isLate } = waits;
    const judged = [-CORRECTED_MS, SECOND_MS + CORRECTED_MS].map((ms) =>
      changed(one, (oracle) => oracle.signal(signal, signal.at + ms, now)),
    );
    if (isSure && !isLate) return judged;
    const ofSensor = one.waiting.filter((other) => other.signal.alias === signal.alias);
    // once there is a link, what is late waits apart from what is not
    const ofKind = ofSensor.filter((other) => other.isLate === isLate);
    const waiting = [ofSensor, ofKind].flatMap((beside) => this.#waitingWith(one, waits, beside));
    // what is late waits together
    const isJudged = !isLate || one.waiting.length === 0;
    return isJudged ? [...waiting, ...judged] : waiting;
  }

  /** A signal waits together with these of its sensor. */
  #waitingWith(one: Possibility, waits: Waiting, beside: readonly Waiting[]): readonly Possibility[] {
    const { signal, isLate } = waits;
    const [first] = beside;
    const isDelivered = first !== undefined && isLate && this.#sent.has(first.signal.id);
    // the first of a sensor waits, of what is not late the last, too; unless the first raises no alert, or has
    const isKept = first !== undefined && !isDelivered && !one.oracle.isCooling(first.signal);
    const isEnough = isLate && isKept && one.oracle.mayAlert(first.signal.at);
    const others = one.waiting.filter((other) => (isKept && other === first) || !beside.includes(other));
    const more = { ...one, waiting: [...others, waits] };
    if (first === undefined) return [more];
    return isEnough || first.signal.id === signal.id ? [one] : [one, more];
  }

  /** Whatever it is, it is commanded now. */
  isCommanded(): void {
    this.#isUntouched = false;
    this.#begin();
  }

  /** A new zone is disarmed, until the disk says more. */
  #begin(): void {
    if (this.isNew && this.possible.length === 0)
      this.possible = [begunWith({ state: 'disarmed', orderedAt: undefined, entry: undefined, waiting: [] })];
  }

  /**
   * A process begins with what was on disk. `cooling`: the cool-downs of the line of the log from which it reads, by alias, each
   * with when and in which ways (ids) it may have begun.
   */
  begins(possible: readonly Possibility[], cooling: readonly Cooling[], now: number): void {
    this.#now = now;
    this.#isUntouched = true;
    this.check = undefined;
    const until = now + WAITING_MS;
    const begun: Change = (oracle) => {
      oracle.connect([], now);
      oracle.cut(now);
      oracle.delayUntil(now + BEGINNING_MS);
      oracle.checked('', undefined, now);
    };
    // the checkpoint has the cool-downs of its own line of the log, and the end of a delay is none
    const recalled =
      (known: readonly Cooling[]): Change =>
      (oracle) => {
        begun(oracle);
        oracle.recallAlerts(Object.fromEntries(known.map(({ alias, at }) => [alias, at])));
      };
    this.#put(
      possible.flatMap((one) => {
        const kept = { ...one, waiting: one.waiting.map((each) => ({ ...each, until })) };
        const known = cooling.filter(({ ids }) => ids.some((id) => one.maybe.has(id)));
        return [begun, recalled([]), recalled(known)].map((change) => changed(kept, change));
      }),
    );
  }

  /** The disk says what it is; `found` is what the broker has said, if that may count. */
  isKept(truth: Truth | undefined, found: string | undefined, now: number): void {
    if (truth === undefined) return;
    const state = truth.state;
    if (this.isLost) {
      [this.isNew, this.isLost] = [false, state !== 'disarmed'];
      return this.#put([begunWith(truth)]);
    }
    if (this.isNew) {
      this.isNew = false;
      const first = found?.replace(/^(arming|pending)$/, 'armed_away') ?? 'disarmed';
      if (this.#isUntouched && state !== first)
        this.errors.push(`${this.name} begins as ${state} at ${iso(now)}, the broker has ${String(found)}`);
      // what was heard before waits, and what was commanded before does not count again
      const before = this.possible.length > 0 ? this.possible : [begunWith(truth)];
      const begun = before.flatMap(({ oracle, waiting }) =>
        [[], waiting].map((each) => ({ ...begunWith(truth, oracle), waiting: each })),
      );
      this.#put(begun);
      return;
    }
    const fitting = this.possible.filter(
      ({ oracle }) => oracle.state === state && (truth.mode === undefined || oracle.mode === truth.mode),
    );
    if (fitting.length === 0) {
      this.errors.push(`${this.name} is kept as ${state} at ${iso(now)}, and is ${statesOf(this.possible)}`);
    }
    this.#put(fitting.length > 0 ? nearest(fitting, truth) : [begunWith(truth)]);
  }

  /** An alert goes out. */
  alerted(id: string, now: number): void {
    this.#sent.add(id);
    const fitting = this.possible.filter(({ maybe }) => maybe.has(id));
    if (fitting.length > 0 || this.isNew || this.isLost) this.possible = fitting;
    else this.errors.push(`${this.name} has no such alert at ${iso(now)}: ${id}`);
  }
}

export const statesOf = (possible: readonly Possibility[]): string =>
  [...new Set(possible.map(({ oracle }) => oracle.state))].join(' or ');

/** Some of what waits is judged: what is not late each by its instant, or by the end of the second of its stamp. */
function judgedLate(
  one: Possibility,
  now: number,
  isMeant: (waiting: Waiting) => boolean,
): readonly Possibility[] {
  const none: Possibility = { ...one, waiting: one.waiting.filter((each) => !isMeant(each)) };
  const judgedBy =
    ({ signal, isLate }: Waiting) =>
    (before: Possibility): readonly Possibility[] => {
      const { at } = signal;
      const end = at + SECOND_MS + CORRECTED_MS;
      const isSame = isLate || before.oracle.mayAlert(at) === before.oracle.mayAlert(end);
      return (isSame ? [at] : [at, end]).map((instant) =>
        changed(before, (oracle) => oracle.signal(signal, instant, now)),
      );
    };
  return one.waiting
    .filter(isMeant)
    .reduce<readonly Possibility[]>((before, each) => before.flatMap(judgedBy(each)), [none]);
}

/** What can raise no alert any more does not wait. Within the second of what is not late the zone may yet be armed. */
function withoutMoot(one: Possibility, now: number): Possibility {
  if (one.waiting.length === 0) return one;
  const isOpen = ({ signal: { at }, isLate }: Waiting): boolean => {
    const end = at + SECOND_MS + CORRECTED_MS;
    return (!isLate && now <= end) || one.oracle.mayAlert(end);
  };
  return { ...one, waiting: one.waiting.filter(isOpen) };
}

/** Those that agree with the disk in most of what it says. */
function nearest(fitting: readonly Possibility[], truth: Truth): readonly Possibility[] {
  const known = new Set(fitting.flatMap(({ waiting }) => waiting.map(({ signal }) => signal.id)));
  const ids = truth.waiting.filter((id) => known.has(id)).join();
  const differences = fitting.map(
    ({ oracle, waiting }) =>
      Number(waiting.map(({ signal }) => signal.id).join() !== ids) +
      Number(oracle.entryId !== truth.entry) +
      Number(!isNear(oracle.orderedAt, truth.orderedAt)) +
      Number(truth.state !== 'disarmed' && !isNear(oracle.armedSince, truth.armedSince)),
  );
  const least = Math.min(...differences);
  return fitting.filter((_, index) => differences[index] === least);
}

const isNear = (one: number, other = -Infinity): boolean => one === other || Math.abs(one - other) < 5;

function changed({ oracle: before, waiting, surely, maybe }: Possibility, change: Change): Possibility {
  const oracle = before.copy();
  change(oracle);
  if (oracle.alerts.length === 0) return { oracle, waiting, surely, maybe };
  const raised = oracle.alerts.splice(0);
  return { oracle, waiting, surely: new Set([...surely, ...raised]), maybe: new Set([...maybe, ...raised]) };
}

/** `before`: what it was taken for until the disk has said what it is. */
function begunWith({ state, mode, armedSince = 0, until = 0 }: Truth, before?: Oracle): Possibility {
  const kept = { state: state.startsWith('armed') ? 'armed' : state, mode, armedSince, until } as const;
  const known = { ...kept, ...before?.commanded };
  const oracle = new Oracle(RULES, known as ConstructorParameters<typeof Oracle>[1]);
  return { oracle, waiting: [], surely: new Set(), maybe: new Set() };
}

/** What is stored of a zone. */
export type Truth = {
  readonly state: string;
  readonly mode?: 'away' | 'home' | undefined;
  readonly armedSince?: number | undefined;
  readonly until?: number | undefined;
  readonly orderedAt: number | undefined;
  /** Ids of alerts that wait for the end of the delay, or for the link. */
  readonly entry: string | undefined;
  readonly waiting: readonly string[];
};

export function truthIn(document: unknown, name: OwnedZoneName): Truth | undefined {
  const { security } = (document ?? {}) as { security?: Partial<StoredSecurity> };
  const { truth, orderedAt } = (security?.zones?.[name] ?? {}) as {
    truth?: (Omit<Truth, 'entry'> & { entry?: { id: string } }) | null;
    orderedAt?: number | null;
  };
  if (truth === undefined || truth === null) return undefined;
  const waiting = (security?.waiting ?? [])
    .filter(({ zone }) => zone === name)
    .map(({ id }) => `${id}.alert`);
  const entry = truth.entry && `${truth.entry.id}.alert`;
  return { ...truth, orderedAt: orderedAt ?? undefined, entry, waiting };
}
