/** Tokens and their owners, log-ins, and the limit for wrong tokens. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { orElse } from '../../common/error.js';
import { DAY, MINUTE, SECOND } from '../../common/duration.js';
import { plainPeer } from '../../web/access.js';
import { isTokenText, parseTokens, type Token } from '../../web/tokens.js';

/** SHA-256 of a token, hexadecimal, as the file has it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A new token: 256 random bits as 43 letters, digits, `-` and `_`. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

const SESSION_MS = 30 * DAY;
const MOST_SESSIONS = 25;

/** Wrong tokens of one peer within `WRONG_MS`, after which it has to wait. */
const MOST_WRONG = 5;
const WRONG_MS = MINUTE;

/** Requests of one peer: so many at once, and so many a second from then on. */
const BURST = 120;
const PER_SECOND = 20;

/** So many peers are told apart; the one that has come first makes room. */
const MOST_PEERS = 1000;

/** A file of tokens is never larger. */
const LARGEST_FILE = 64 * 1024;

type Session = { readonly hash: string; readonly until: number };
type Peer = { wrong: number; wrongSince: number; room: number; at: number };

/** A user, or how long to wait before the next try, or no user. */
export type Shown = { readonly user: string } | { readonly waitMs: number } | undefined;

/** Remembers sessions and peers, in memory and bounded. Times are monotonic ms. */
export class Guard {
  readonly #tokensFile: string;
  readonly #monotonicMs: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #peers = new Map<string, Peer>();
  #tokens: readonly Token[] = [];
  #readAs = '';

  /** `tokensFile` is read whenever it has changed; one that is missing, unreadable or too large has no tokens. */
  constructor(tokensFile: string, monotonicMs: () => number) {
    this.#tokensFile = tokensFile;
    this.#monotonicMs = monotonicMs;
  }

  /** Whether a peer may ask now; else how long it has to wait. */
  waitMs(address: string): number {
    const peer = this.#peer(address);
    const now = this.#monotonicMs();
    peer.room = Math.min(BURST, peer.room + ((now - peer.at) * PER_SECOND) / SECOND);
    peer.at = now;
    if (peer.room < 1) return SECOND;
    peer.room -= 1;
    return 0;
  }

  /** Whose token this is. Wrong ones are counted. */
  token(text: string, address: string): Shown {
    const peer = this.#peer(address);
    const now = this.#monotonicMs();
    if (now - peer.wrongSince >= WRONG_MS) peer.wrong = 0;
    if (peer.wrong >= MOST_WRONG) return { waitMs: peer.wrongSince + WRONG_MS - now };
    const user = this.owner(text);
    if (user !== undefined) return { user };
    if (peer.wrong === 0) peer.wrongSince = now;
    peer.wrong += 1;
    return undefined;
  }

  /** The name that a token stands for now; nothing is counted. */
  owner(text: string): string | undefined {
    return isTokenText(text) ? this.#find(hashToken(text))?.name : undefined;
  }

  /** Begins a session for who has shown this token; its secret is for a cookie. */
  open(token: string): { readonly secret: string; readonly seconds: number } {
    const secret = newToken();
    const now = this.#monotonicMs();
    this.#sessions.set(hashToken(secret), { hash: hashToken(token), until: now + SESSION_MS });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return { secret, seconds: SESSION_MS / SECOND };
  }

  /** Whose session it is; undefined = there is no such one, or its token was taken away. */
  session(secret = ''): string | undefined {
    const session = this.#sessions.get(hashToken(secret));
    if (session === undefined || session.until < this.#monotonicMs()) return undefined;
    return this.#find(session.hash)?.name;
  }

  /** Ends a session. */
  close(secret: string): void {
    this.#sessions.delete(hashToken(secret));
  }

  /** Whether anybody has a token. */
  hasTokens(): boolean {
    return this.#read().length > 0;
  }

  #find(hash: string): Token | undefined {
    const bytes = Buffer.from(hash, 'hex');
    return this.#read().find((token) => timingSafeEqual(Buffer.from(token.hash, 'hex'), bytes));
  }

  #read(): readonly Token[] {
    const status = orElse(() => statSync(this.#tokensFile), undefined);
    const readAs = status === undefined ? '' : `${status.ino} ${status.size} ${status.mtimeMs}`;
    if (readAs === this.#readAs) return this.#tokens;
    const isReadable = status !== undefined && status.size <= LARGEST_FILE;
    const text = isReadable ? orElse(() => readFileSync(this.#tokensFile, 'utf8'), '') : '';
    this.#tokens = parseTokens(text);
    this.#readAs = readAs;
    return this.#tokens;
  }

  #peer(address: string): Peer {
    const key = networkOf(address);
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const peer: Peer = { wrong: 0, wrongSince: 0, room: BURST, at: this.#monotonicMs() };
    this.#peers.set(key, peer);
    const [first] = this.#peers.keys();
    if (this.#peers.size > MOST_PEERS && first !== undefined) this.#peers.delete(first);
    return peer;
  }
}

/** A host with an IPv6 address has 2^64 of them: the network counts. */
function networkOf(address: string): string {
  const peer = plainPeer(address);
  if (!peer.includes(':')) return peer;
  const [left = '', right] = peer.split('::');
  const head = left.split(':').filter((part) => part !== '');
  const tail = (right ?? '').split(':').filter((part) => part !== '');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail].slice(0, 4).join(':');
}
