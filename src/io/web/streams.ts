/** Streams of server-sent events, without a library: few, bounded in time, and closed when they are not read. */

import type { ServerResponse } from 'node:http';
import { MINUTE, SECOND } from '../../common/duration.js';

/** At the same time. */
const MOST_STREAMS = 16;
/** So many bytes may wait for a client. */
const MOST_WAITING = 256 * 1024;
const PING_MS = 15 * SECOND;
/** Whose token was taken away reads no longer than this. */
const LOOK_MS = SECOND;
/** A proxy answers for a client that has long gone: every stream ends some day, and who is there comes back. */
const LONGEST_MS = 30 * MINUTE;

/** Browsers come back after so long. */
const RETRY = 'retry: 2000\n\n';

/** Streams want no cache and no buffer of a proxy (nginx: X-Accel-Buffering). */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

type Stream = {
  readonly response: ServerResponse;
  readonly since: number;
  /** Whether its reader may still read. */
  readonly isAllowed: () => boolean;
};

/** What the streams need of others. */
type Around = {
  /** A sign of life, sent now and then. */
  readonly ping: () => string;
  /** The last stream has ended. */
  readonly emptied: () => void;
  readonly monotonicMs: () => number;
};

/** The open streams. */
export class Streams {
  readonly #open = new Set<Stream>();
  readonly #around: Around;
  #timer: NodeJS.Timeout | undefined;
  #pingedAt = 0;
  #dropped = 0;

  constructor(around: Around) {
    this.#around = around;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Clients that did not read, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether there is room for one more. */
  hasRoom(): boolean {
    return this.#open.size < MOST_STREAMS;
  }

  /** Takes a response over. `first` is sent at once. */
  add(response: ServerResponse, first: string, isAllowed: () => boolean): void {
    const stream: Stream = { response, since: this.#around.monotonicMs(), isAllowed };
    response.writeHead(200, HEADERS);
    response.socket?.setTimeout(0);
    response.socket?.setNoDelay(true);
    this.#open.add(stream);
    response.once('close', () => this.#remove(stream));
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    this.#write(stream, RETRY + first);
  }

  /** Sends a text to everybody. */
  send(text: string): void {
    for (const stream of this.#open) this.#write(stream, text);
  }

  /** Ends all of them. */
  stop(): void {
    for (const { response } of this.#open) response.destroy();
  }

  #write(stream: Stream, text: string): void {
    const { response } = stream;
    if (response.writableLength <= MOST_WAITING) {
      response.write(text);
      return;
    }
    this.#dropped += 1;
    response.destroy();
  }

  #look(): void {
    const now = this.#around.monotonicMs();
    for (const stream of this.#open)
      if (now - stream.since >= LONGEST_MS || !stream.isAllowed()) this.#end(stream);
    if (now - this.#pingedAt < PING_MS) return;
    this.#pingedAt = now;
    this.send(this.#around.ping());
  }

  #end(stream: Stream): void {
    const { response } = stream;
    // the end, too, waits for a client that does not read
    response.socket?.setTimeout(PING_MS);
    response.end();
    this.#remove(stream);
  }

  #remove(stream: Stream): void {
    if (!this.#open.delete(stream) || this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#around.emptied();
  }
}
