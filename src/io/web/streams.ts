/** Streams of server-sent events, without a library: few, bounded in time, and closed when they are not read. */

import type { ServerResponse } from 'node:http';
import { MINUTE, SECOND } from '../../common/duration.js';

/** At the same time. */
const MOST_STREAMS = 16;
/** So many bytes may wait for a client. */
const MOST_WAITING = 256 * 1024;
const PING_MS = 15 * SECOND;
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

/** The open streams. */
export class Streams {
  readonly #open = new Set<Stream>();
  readonly #ping: () => string;
  readonly #emptied: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  /** `ping` is sent now and then; `emptied` is called when the last stream has ended. */
  constructor(ping: () => string, emptied: () => void) {
    this.#ping = ping;
    this.#emptied = emptied;
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
    const stream: Stream = { response, since: performance.now(), isAllowed };
    response.writeHead(200, HEADERS);
    response.socket?.setTimeout(0);
    response.socket?.setNoDelay(true);
    this.#open.add(stream);
    response.once('close', () => this.#remove(stream));
    this.#timer ??= setInterval(() => this.#look(), PING_MS).unref();
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
    const text = this.#ping();
    for (const stream of this.#open) {
      const isOver = performance.now() - stream.since >= LONGEST_MS || !stream.isAllowed();
      if (isOver) stream.response.end();
      else this.#write(stream, text);
    }
  }

  #remove(stream: Stream): void {
    if (!this.#open.delete(stream) || this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#emptied();
  }
}
