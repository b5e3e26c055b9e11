/**
 * Which code of the sources has run, by V8's own count of blocks: an input that reaches what none has reached before is
 * worth changing further.
 */

import { Session, type Profiler } from 'node:inspector';

type Block = { readonly startOffset: number; readonly endOffset: number };
/** A block that ran for the first time: of which function, and where in it. */
type Newcomer = { readonly name: string; readonly block: Block };
type Ran = ReadonlyMap<string, { readonly whole: Block; readonly left: readonly Block[] }>;

const isWithin = (one: Block, other: Block): boolean =>
  other.startOffset <= one.startOffset && one.endOffset <= other.endOffset;

/** The code that has run in this thread while it was counted. */
export class Coverage {
  readonly #session = new Session();
  /** Of each function that has run, the blocks that have not. */
  readonly #left = new Map<string, readonly Block[]>();
  #count = 0;

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
  }

  /** How many blocks were reached for the first time so far. */
  get count(): number {
    return this.#count;
  }

  /** Counts from now on, which makes everything slower. */
  begin(): void {
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  end(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
  }

  /**
   * Of inputs that were just fed, one with which code ran that had not run before: it is found by feeding them again.
   * Undefined when there is none.
   */
  async firstWithNews(
    inputs: readonly Buffer[],
    take: (input: Buffer) => Promise<unknown>,
  ): Promise<Buffer | undefined> {
    const news = this.#news();
    if (news.length === 0) return undefined;
    this.#count += news.length;
    let [from, to] = [0, inputs.length];
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      this.#ran();
      for (const input of inputs.slice(from, middle)) await take(input);
      const ran = this.#ran();
      const isThere = news.some(({ name, block }) => {
        const found = ran.get(name);
        return found !== undefined && !found.left.some((left) => isWithin(block, left));
      });
      if (isThere) to = middle;
      else from = middle;
    }
    return inputs[from];
  }

  #news(): readonly Newcomer[] {
    const news: Newcomer[] = [];
    for (const [name, { whole, left }] of this.#ran()) {
      const before = this.#left.get(name);
      const isLeft = (block: Block): boolean => left.some((other) => isWithin(block, other));
      const reached = before === undefined ? [whole] : before.filter((block) => !isLeft(block));
      if (reached.length === 0) continue;
      const inReached = left.filter((block) => reached.some((other) => isWithin(block, other)));
      this.#left.set(name, [...(before ?? []).filter(isLeft), ...inReached]);
      news.push(...reached.map((block) => ({ name, block })));
    }
    return news;
  }

  /** What has run since this was asked last. */
  #ran(): Ran {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (_error, answer) => {
      scripts = answer.result;
    });
    const ran = new Map<string, { readonly whole: Block; readonly left: readonly Block[] }>();
    for (const { url, functions } of scripts.filter(({ url }) => url.includes('/src/'))) {
      for (const { ranges } of functions) {
        const [whole] = ranges;
        if (whole === undefined || whole.count === 0) continue;
        ran.set(`${url}:${whole.startOffset}`, { whole, left: ranges.filter(({ count }) => count === 0) });
      }
    }
    return ran;
  }
}
