/** What the service reads of its own files and of the log as bytes: the store's envelope, the ids beside it, lines. */

import { crc32 } from 'node:zlib';
import { logFileSystem, type StateFileSystem } from '../../src/io/file-system.js';
import { openIdFile, openStore } from '../../src/io/store.js';
import { BLOCK_BYTES, LINE_FEED, MARK_BYTES, type ByteSource, type Work } from '../../src/io/tail/content.js';
import { TailedFile, type Reader } from '../../src/io/tail/tailed-file.js';
import { Acknowledged } from '../../src/service/checkpoint.js';
import { random } from '../soak/random.js';
import { fakeClock } from '../support/fake-clock.js';
import type { Target } from './targets.js';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

/** A state directory without a disk. */
function stateDirectory(kept: Map<string, string>): StateFileSystem {
  const read = (path: string): string => {
    const text = kept.get(path);
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return text;
  };
  const act = <Result>(work: () => Result): Promise<Result> => Promise.resolve().then(work);
  return {
    readFile: (path) => act(() => read(path)),
    writeFile: (path, text) => act(() => void kept.set(path, text)),
    appendFile: (path, text) => act(() => void kept.set(path, (kept.get(path) ?? '') + text)),
    rename: (from, to) =>
      act(() => {
        kept.set(to, read(from));
        kept.delete(from);
      }),
    rm: (path) => act(() => void kept.delete(path)),
    open: () => Promise.resolve({ sync: () => Promise.resolve(), close: () => Promise.resolve() }),
  };
}

const STATE = '/state/state.json';
const DOCUMENT = { settled: null, words: ['{"', 'ä', '\u2028'], numbers: [1.5, -0, 1e21] };
const written = new Map<string, string>();
await openStore(STATE, { files: stateDirectory(written) }).save(DOCUMENT);
const ENVELOPE = written.get(STATE) ?? '';
/** Between the document and what an interrupted save has left beside it. */
const BETWEEN = '\u0001';

/** The document, and beside it one that was being written: what is not whole is set aside, and the next save stands. */
export const stateFile: Target = {
  name: 'the state file',
  isQuick: true,
  examples: [
    ENVELOPE,
    `${BETWEEN}${ENVELOPE}`,
    `${ENVELOPE.slice(0, 40)}${BETWEEN}${ENVELOPE}`,
    '{"version":2}',
    '{"version":1,"digest":"","document":null}',
  ],
  words: [
    '{',
    '}',
    '"',
    ',',
    'null',
    '2',
    '1e999',
    '"version":',
    '"digest":',
    '"document":',
    BETWEEN,
    '\\u0000',
  ],
  take: async (input) => {
    const [main = '', beside] = textOf(input).split(BETWEEN);
    const kept = new Map([[STATE, main]]);
    if (main === '') kept.delete(STATE);
    if (beside !== undefined) kept.set(`${STATE}.new`, beside);
    let aside = '';
    const store = openStore(STATE, {
      files: stateDirectory(kept),
      wallMs: () => 0,
      onSetAside: (path) => {
        aside = path;
      },
    });
    const found = await store.load();
    expect(aside === '' || kept.get(aside) === main, 'what was set aside is not what was there');
    expect(found !== undefined || main === '' || aside !== '', 'a document is gone without a word');
    await store.save(DOCUMENT);
    const again = await openStore(STATE, { files: stateDirectory(kept) }).load();
    expect(JSON.stringify(again) === JSON.stringify(DOCUMENT), 'what was saved is not there');
  },
};

const IDS = '/state/acknowledged';
const id = (number: number): string => `abcdef01.${number}.motion`;
const lineOf = (text: string): string => `${text} ${crc32(text).toString(16).padStart(8, '0')}\n`;

/** The ids of an earlier life: none is made up, and those that are added are found again, whatever stands before them. */
export const acknowledgedIds: Target = {
  name: 'the acknowledged ids',
  isQuick: true,
  examples: [
    lineOf(id(1)),
    [1, 20, 300].map((number) => lineOf(id(number))).join(''),
    `${lineOf('')}${lineOf('é')}`,
  ],
  words: ['\n', '\r', ' ', '0', 'abcdef01', '.', '\0', lineOf(id(7))],
  take: async (input) => {
    const kept = new Map([[IDS, textOf(input)]]);
    const files = stateDirectory(kept);
    const file = openIdFile(IDS, files);
    const left = await file.load();
    const lines = new Set(
      kept
        .get(IDS)
        ?.split('\n')
        .map((line) => `${line}\n`),
    );
    expect(
      left.every((one) => lines.has(lineOf(one))),
      'an id that nothing has written',
    );
    const taken = new Acknowledged(file, left);
    expect(
      left.every((one) => taken.has(one)),
      'an id is not taken over',
    );
    const added = [id(1), id(2 + input.length)];
    added.forEach((one, index) => taken.add(one, index + 1));
    await taken.flush();
    const again = await openIdFile(IDS, files).load();
    expect(
      [...left, ...added].every((one) => again.includes(one)),
      'an id is not found again',
    );
    taken.forget(1, input.length % 2 === 0);
    await taken.flush();
    expect((await openIdFile(IDS, files).load()).includes(added[1] ?? ''), 'an id is forgotten too early');
  },
};

// --- Lines.

/** It stands for many of one byte: how many times 256 the next byte says, and which one the one after that. */
const MANY = 0x01;
/** Of line feeds as many as it says: ten thousands of lines are not one input. */
const timesOf = (byte: number): number => (byte === LINE_FEED ? 1 : 256);
/** A little more than the follower reads at a time. */
const LONGEST = 70_000;

/** The bytes of a log. */
function spelledOut(input: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (let at = 0; at < input.length && length < LONGEST;) {
    const isMany = input[at] === MANY;
    const next = input.indexOf(MANY, at);
    const end = isMany ? at + 3 : next < 0 ? input.length : next;
    const part = isMany
      ? Buffer.alloc(timesOf(input[at + 2] ?? 0) * (input[at + 1] ?? 0), input[at + 2] ?? 0)
      : Buffer.from(input.subarray(at, end));
    parts.push(part);
    length += part.length;
    at = end;
  }
  return Buffer.concat(parts).subarray(0, LONGEST);
}

const block = Buffer.alloc(MARK_BYTES + BLOCK_BYTES + 1);

function finished<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** What the log says while it grows piece by piece; sometimes the reader is another one that continues at its place. */
function told(bytes: Buffer, pieces: readonly number[], isReplaced: () => boolean): readonly string[] {
  const said: string[] = [];
  let size = 0;
  const source: ByteSource = {
    device: 1,
    inode: 1,
    fd: 3,
    read: (into, length, position) => bytes.copy(into, 0, position, Math.min(size, position + length)),
    stats: () => undefined,
    close: () => undefined,
  };
  const nothing = (): void => undefined;
  const reader: Reader = {
    path: 'heyu.log',
    files: logFileSystem,
    clock: fakeClock(),
    listener: {
      line: ({ text, offset }) => said.push(`${offset} ${text}`),
      incident: (incident) => said.push(JSON.stringify(incident)),
      end: nothing,
      generation: nothing,
      status: nothing,
    },
    randomGeneration: () => 'abcdef01',
    block,
    knownGenerations: [],
    isHalted: false,
    hasGrown: false,
  };
  let file = new TailedFile(source, { arrival: 'first', isLive: true, endSeenAt: 0 });
  for (const piece of [...pieces, bytes.length]) {
    size = Math.max(size, piece);
    let outcome = finished(file.readLines(reader, 'current'));
    while (outcome === 'more') outcome = finished(file.readLines(reader, 'current'));
    expect(outcome === 'end', `a log that has only grown is ${JSON.stringify(outcome)}`);
    if (size < bytes.length && isReplaced()) file = TailedFile.resumed(source, file.position(), true);
  }
  finished(file.readRemainder(reader, 'old'));
  return said;
}

/** Bytes that come in any pieces are the same lines as in one piece. */
export const linesOfBytes: Target = {
  name: 'the log as bytes',
  isQuick: true,
  examples: [
    '11/22 12:00:01  rcvi addr unit       1 : hu A1  (hall)\n11/22 12:00:01  rcvi func     On : hc A\n',
    'ä\r\r\n\0\0\0\n\n\0x\nthe last one',
    ...['\u0000', 'x', '\n'].map((text) => `a\n\u0001\u0040${text}b\n\u0001\u0003xc\n`),
  ],
  words: ['\n', '\r', '\r\n', '\0', 'ä', '\n\n', '\u0001\u0010x', '\u0001\u0040x', '\u0001\u0004\n'],
  take: (input) => {
    const bytes = spelledOut(input);
    const chance = random(crc32(input));
    const cuts = Array.from({ length: chance.whole(1, 8) }, () => chance.whole(0, bytes.length));
    const pieces = cuts.sort((one, other) => one - other);
    const once = told(bytes, [], () => false);
    const often = told(bytes, pieces, () => chance.chance(0.3));
    const at = often.findIndex((line, index) => line !== once[index]);
    const place = at < 0 ? Math.min(once.length, often.length) : at;
    const [line, expected] = [often[place], once[place]].map((text) => JSON.stringify(text?.slice(0, 300)));
    expect(line === expected, `cut at ${pieces.join(', ')}: ${line} instead of ${expected}`);
  },
};
