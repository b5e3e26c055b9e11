/**
 * A power line interface that is not there: speaks the CM11A's protocol (heyu's protocol.txt) on a pseudo-terminal in
 * the container. Says what heyu has sent to the power line, and tells heyu what came from there.
 */

import { until } from '../support/until.js';
import type { Container } from './container.js';

/** X10's code of a house, and in the same order of a unit. */
const CODES = [6, 14, 2, 10, 1, 9, 5, 13, 7, 15, 3, 11, 0, 8, 4, 12];
const FUNCTIONS = { On: 2, Off: 3 } as const;

/** What heyu answers to a right checksum, and the interface when the power line has it. */
const OK = 0x00;
const READY = 0x55;
/** The interface has something to tell; heyu wants to hear it. */
const POLL = 0x5a;
const TELL = 0xc3;

/** Commands of heyu that are no transmission, with the bytes that follow. */
const OTHERS: Readonly<Record<number, number>> = { 0x9b: 6, 0xfb: 18, 0xeb: 0, 0xdb: 0 };
const STATUS = 0x8b;

export type Cm11a = {
  /** What went out, such as `D1` and `D On`. */
  readonly sent: () => readonly string[];
  /** Waits until this was sent, in this order, since `sent` had `from` entries. */
  readonly untilSent: (words: readonly string[], from: number, patienceMs: number) => Promise<void>;
  /** Something on the power line: heyu hears it when it asks. */
  readonly hear: (address: string, word: keyof typeof FUNCTIONS) => Promise<void>;
};

/** Starts it as `tty` (a path in the container), which `owner` (user:group) may open. */
export async function startCm11a(container: Container, tty: string, owner: string): Promise<Cm11a> {
  const line = container.start(
    `script -qefc 'stty raw -echo; ln -sfn $(tty) ${tty}; chown ${owner} $(tty); chmod 0660 $(tty); echo ready >&2; sleep infinity' /dev/null`,
  );
  const { stdin, stdout } = line;
  if (stdin === null || stdout === null) throw new Error('no pipes');
  const sent: string[] = [];
  let waiting: readonly number[] = [];
  let taken: number[] = [];
  let isUp = false;
  const answer = (...bytes: readonly number[]): void => void stdin.write(Buffer.from(bytes));
  stdout.on('data', (bytes: Buffer) => {
    for (const byte of bytes) {
      if (!isUp) {
        // what `script` and the shell say before
        isUp = byte === 0x0a;
        continue;
      }
      taken = received(byte, taken);
    }
  });
  function received(byte: number, before: readonly number[]): number[] {
    const bytes = [...before, byte];
    const [head = 0] = bytes;
    if (head === TELL) {
      answer(waiting.length, ...waiting);
      waiting = [];
      return [];
    }
    if (head === STATUS) {
      answer(...Array.from({ length: 14 }, () => 0));
      return [];
    }
    const length = head in OTHERS ? 1 + (OTHERS[head] ?? 0) : 2;
    if (bytes.length < length) return bytes;
    if (bytes.length === length) {
      answer(bytes.reduce((sum, one) => sum + one, 0) & 0xff);
      return bytes;
    }
    // anything else than OK is the beginning of another attempt
    if (byte !== OK) return received(byte, []);
    if (!(head in OTHERS)) sent.push(wordsOf(head, bytes[1] ?? 0));
    answer(READY);
    return [];
  }
  await until(() => isUp, 'the pseudo-terminal of the interface');
  return {
    sent: () => sent,
    untilSent: async (words, from, patienceMs) => {
      await until(
        () => sent.slice(from).join() === words.join(),
        () => `${words.join()} on the power line; there was ${sent.slice(from).join()}`,
        patienceMs,
      );
    },
    hear: async (address, word) => {
      const house = CODES[address.charCodeAt(0) - 65] ?? 0;
      const unit = CODES[Number(address.slice(1)) - 1] ?? 0;
      // the mask says which of the codes are functions
      waiting = [0b10, (house << 4) | unit, (house << 4) | FUNCTIONS[word]];
      const timer = setInterval(() => answer(POLL), 1000);
      answer(POLL);
      await until(() => waiting.length === 0, 'heyu to ask what there was').finally(() =>
        clearInterval(timer),
      );
    },
  };
}

function wordsOf(head: number, code: number): string {
  const house = String.fromCharCode(65 + CODES.indexOf(code >> 4));
  const low = code & 0xf;
  if ((head & 0b10) === 0) return `${house}${CODES.indexOf(low) + 1}`;
  const name = Object.entries(FUNCTIONS).find(([, value]) => value === low)?.[0];
  return `${house} ${name ?? `function ${low}`}`;
}
