/**
 * What it means that a broker closes the connection: a topic that may not be published to or read, or another program
 * with our client id. In MQTT 3.1.1 there is no other way to say either.
 */

/** A topic, and what was asked for it. */
export type Suspect = { readonly act: 'publish' | 'subscribe'; readonly topic: string };

/** So many ends right after the same make it guilty. */
const STRIKES = 3;

/**
 * Finds the topic that makes a broker close the connection (aedes, VerneMQ and RabbitMQ do). What had no answer at such
 * an end is suspect; on the next connection everything goes one by one until all suspects are answered, so that the next
 * end shows which it is.
 */
export class Suspects {
  readonly #strikes = new Map<string, number>();

  /** Everything goes one by one now. */
  isIsolating(): boolean {
    return this.#strikes.size > 0;
  }

  isSuspect(one: Suspect): boolean {
    return this.#strikes.has(keyOf(one));
  }

  /** It was answered, in whatever way. */
  answered(one: Suspect): void {
    if (this.#strikes.size > 0) this.#strikes.delete(keyOf(one));
  }

  /** The broker closed before it answered these. Gives the guilty one, if that is certain now. */
  closedAfter(all: readonly Suspect[]): Suspect | undefined {
    const isCertain = all.length === 1;
    for (const one of all) {
      const count = (this.#strikes.get(keyOf(one)) ?? 0) + 1;
      this.#strikes.set(keyOf(one), isCertain ? count : 1);
      if (isCertain && count >= STRIKES) {
        this.#strikes.delete(keyOf(one));
        return one;
      }
    }
    return undefined;
  }

  /** A connection has stood long enough: nothing in it was the fault of a topic. */
  stood(): void {
    this.#strikes.clear();
  }
}

const keyOf = ({ act, topic }: Suspect): string => `${act} ${topic}`;

/** So many such ends in a row are taken for a takeover loop. */
const SIGNS = 3;

/**
 * Recognises that another program uses our client id. A broker that meets the same id twice closes the older
 * connection (MQTT 3.1.1, section 3.1.4), so that the two throw each other out for ever; in MQTT 3.1.1 all that is
 * seen of it are accepted connections that are closed soon, without a word.
 */
export class TakeoverWatch {
  #signs = 0;
  #isHappening = false;

  isHappening(): boolean {
    return this.#isHappening;
  }

  /** The signs so far, in a row; 0 as soon as the loop is recognised. */
  suspicions(): number {
    return this.#isHappening ? 0 : this.#signs;
  }

  /** A connection has ended; `isSign` = as it would by a takeover. Gives whether the loop was recognised now. */
  ended(isSign: boolean): boolean {
    this.#signs = isSign ? this.#signs + 1 : 0;
    if (this.#isHappening || this.#signs < SIGNS) return false;
    this.#isHappening = true;
    return true;
  }

  /** An attempt failed before it was accepted: it is the broker that has a problem. */
  refused(): void {
    this.#signs = 0;
  }

  /** A connection has stood long enough. Gives whether a loop is over by that. */
  stood(): boolean {
    const isOver = this.#isHappening;
    this.#signs = 0;
    this.#isHappening = false;
    return isOver;
  }
}
