/** Simulated time: what is going to happen, in order. Nothing takes time but what says so. */

/** Whom something happens to. What is due while it stands still waits, what is due when it is gone does not happen. */
export type Owner = {
  isGone: boolean;
  isStill: boolean;
  /** Sleeps when the computer does: its timers stand still then. */
  readonly isOnComputer: boolean;
  /** What came due while it stood still. */
  readonly waiting: (() => void)[];
};

/** Somebody who is never gone. */
export function owner(isOnComputer: boolean): Owner {
  return { isGone: false, isStill: false, isOnComputer, waiting: [] };
}

/** Nothing takes so long, ms. */
const FOR_EVER_MS = 30 * 86_400_000;

type Entry = { at: number; readonly order: number; act: (() => void) | undefined; readonly whose: Owner };

const isBefore = (one: Entry, other: Entry): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** All that is going to happen. Instants are epoch ms of a clock that nobody sets. */
export class Timeline {
  #nowMs: number;
  #count = 0;
  readonly #heap: Entry[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many things are going to happen to it. */
  pendingOf(whose: Owner): number {
    return this.#heap.filter((entry) => entry.whose === whose && entry.act !== undefined).length;
  }

  /** Does something after so many ms; returns how to call it off. */
  after(delayMs: number, whose: Owner, act: () => void): () => void {
    const entry: Entry = { at: this.#nowMs + Math.max(0, delayMs), order: (this.#count += 1), act, whose };
    this.#push(entry);
    return () => {
      entry.act = undefined;
    };
  }

  /** Never resolves for who is gone. */
  sleep(ms: number, whose: Owner): Promise<void> {
    return new Promise((resolve) => void this.after(ms, whose, resolve));
  }

  /** It happens now, or when it continues. */
  perform(whose: Owner, act: () => void): void {
    if (whose.isGone) return;
    if (whose.isStill) whose.waiting.push(act);
    else act();
  }

  /** Goes on after standing still: what came due meanwhile happens now, in its order. */
  goOn(whose: Owner): void {
    whose.isStill = false;
    for (const act of whose.waiting.splice(0)) this.after(0, whose, act);
  }

  /** The computer sleeps: the timers of all on it stand still for so long. */
  postpone(byMs: number): void {
    const entries = this.#heap.splice(0);
    for (const entry of entries) {
      if (entry.whose.isOnComputer) entry.at += byMs;
      this.#push(entry);
    }
  }

  /** Lets so much time pass, or less if that is enough. */
  async pass(ms: number, isEnough: () => boolean = () => false): Promise<void> {
    const until = this.#nowMs + ms;
    await new Promise(setImmediate);
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop();
      const { act, whose } = next;
      if (act === undefined || whose.isGone) continue;
      this.#nowMs = Math.max(this.#nowMs, next.at);
      this.perform(whose, act);
      // what was promised comes true before anything else happens
      await new Promise(setImmediate);
      if (isEnough()) return;
    }
    this.#nowMs = until;
  }

  /** Lets time pass until this has come true; rejects if it does not. */
  async until(promise: Promise<void>): Promise<void> {
    const state: { isOver: boolean } = { isOver: false };
    const over = promise.then(() => {
      state.isOver = true;
    });
    const from = this.#nowMs;
    while (!state.isOver) {
      if (this.#nowMs - from > FOR_EVER_MS) throw new Error('something is waited for without end');
      await this.pass(60_000, () => state.isOver);
    }
    await over;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const [child, below] =
        right !== undefined && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}
