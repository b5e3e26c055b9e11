/** Checks codes, one after the other: scrypt is slow on purpose, and runs beside the loop that reads the log. */

import { scrypt, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Codes } from '../ports.js';

/** scrypt's N = 2^14, r = 8, p = 1: 16 MiB and about 50 ms (RFC 7914; Node's own limit of memory refuses 2^15). */
const COST = { N: 16_384, r: 8, p: 1 };
const HASH_BYTES = 32;

/** After a wrong code the next one waits so long. */
const AFTER_WRONG_MS = 1000;

/** What a code is compared by; `salt` in base64. */
export function hashCode(code: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(code, Buffer.from(salt, 'base64'), HASH_BYTES, COST, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}

/** Stands in for the salt of a zone that has none: the answer takes as long. */
const NO_SALT = 'AAAAAAAAAAAAAAAAAAAAAA==';

/** Knows whose a code is. */
export class CodeChecker {
  #codes: Codes;
  #last: Promise<unknown> = Promise.resolve();

  constructor(codes: Codes) {
    this.#codes = codes;
  }

  /** From now on these count. */
  use(codes: Codes): void {
    this.#codes = codes;
  }

  /** Whose code of this zone it is; undefined = no one's. */
  check(zone: string, code: string): Promise<string | undefined> {
    const checked = this.#last.then(() => this.#check(zone, code));
    this.#last = checked.then(
      (found) => (found === undefined ? wait(AFTER_WRONG_MS, undefined, { ref: false }) : undefined),
      () => undefined,
    );
    return checked;
  }

  async #check(zone: string, code: string): Promise<string | undefined> {
    const codes = this.#codes;
    const known = codes !== 'damaged' && Object.hasOwn(codes, zone) ? codes[zone] : undefined;
    const hash = await hashCode(code, known?.salt ?? NO_SALT);
    const found = Object.entries(known?.hashes ?? {}).find(([, other]) => {
      const bytes = Buffer.from(other, 'base64');
      return bytes.length === hash.length && timingSafeEqual(bytes, hash);
    });
    return found?.[0];
  }
}
