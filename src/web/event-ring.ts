/** The last events of the page, so that a browser that was away gets what it has missed. */

import type { EventId, PageEvent, PageEvents } from './protocol.js';

/** An event that everybody gets, with its text for a stream. */
export type Kept = { readonly event: PageEvent; readonly text: string };

/** An event as a stream of events carries it (HTML, "Server-sent events"). JSON has no line feeds. */
export function streamText<Name extends keyof PageEvents>(
  id: EventId,
  event: Name,
  data: PageEvents[Name],
): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Numbers events and keeps the last ones. */
export class EventRing {
  readonly #life: string;
  readonly #limit: number;
  #kept: Kept[] = [];
  #number = 0;

  /** `life` is different in each life of the service; `limit` events are kept. */
  constructor(life: string, limit: number) {
    this.#life = life;
    this.#limit = limit;
  }

  /** Of the last event. */
  get id(): EventId {
    return `${this.#life}-${this.#number}`;
  }

  /** The next event. */
  add(event: 'change' | 'line', data: PageEvents['change'] | PageEvents['line']): Kept {
    this.#number += 1;
    const { id } = this;
    const kept = { event: { id, event, data } as PageEvent, text: streamText(id, event, data) };
    this.#kept.push(kept);
    // cut now and then, not at each
    if (this.#kept.length >= 2 * this.#limit) this.#kept = this.#kept.slice(-this.#limit);
    return kept;
  }

  /** A client that has seen less must begin again. */
  forget(): void {
    this.#kept = [];
    this.#number += 1;
  }

  /** What came behind `id`; undefined when that is not known (any more). */
  since(id: EventId): readonly Kept[] | undefined {
    const kept = this.#kept.slice(-this.#limit);
    if (id === this.id) return [];
    const index = kept.findIndex(({ event }) => event.id === id);
    if (index >= 0) return kept.slice(index + 1);
    return kept[0] !== undefined && id === this.#before(kept[0]) ? kept : undefined;
  }

  #before({ event }: Kept): EventId {
    return `${this.#life}-${Number(event.id.slice(this.#life.length + 1)) - 1}`;
  }
}
