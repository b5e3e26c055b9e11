/** The lines of the followed log and of the journal for a window of time, also from rotated and compressed files. */

import { orElse } from '../../common/error.js';
import { DAY } from '../../common/duration.js';
import type { Stamp, StampClock } from '../../heyu/stamp.js';
import { logFileSystem } from '../file-system.js';
import { BLOCK_BYTES, openSource, type ByteSource, type OpenFailure } from '../tail/content.js';
import { holdLog, isMissing, letGo, type HeldSibling } from '../tail/siblings.js';

/** Lines that were read at once, in their order. Instants are epoch ms. */
export type Lines = Beginning & { readonly texts: readonly string[] };

/** Where reading begins in a file, an instant near its first stamp there, and when the file was written last. */
type Beginning = { readonly offset: number; readonly near: number; readonly writtenAt: number };

/** The instant of a stamp of a file: no line is younger than the file, however long it took to write it. */
export function instantOf(
  stamp: Stamp,
  { near, writtenAt }: Omit<Beginning, 'offset'>,
  stamps: StampClock,
): number {
  const at = stamps.instantNear(stamp, near);
  if (at <= writtenAt + DAY) return at;
  return stamps.instantInYear(stamp, new Date(at + stamps.zone.offsetMs(at)).getUTCFullYear() - 1);
}

/** From file to file the clock of a file system may differ so much from heyu's, ms. */
const SLACK_MS = 60_000;

/** How far apart it is looked where a window begins: a log of a year has 200 such steps. */
const STEP_BYTES = 256 * 1024;
const LOOK_BYTES = 4096;

/**
 * The lines of a log from `from` (epoch ms) or some earlier ones on, to its end. A file that cannot be read, or is
 * damaged, is told to `missing`.
 */
export async function* logLines(
  path: string,
  from: number,
  stamps: StampClock,
  missing: (words: string) => void,
): AsyncGenerator<Lines> {
  const { held, current } = holdLog({ path, files: logFileSystem }, (all) =>
    all.filter(({ modifiedAt }) => modifiedAt >= from - SLACK_MS),
  );
  const now = 'failure' in current ? undefined : current.stats();
  const newest = { source: current, size: now?.size ?? 0, modifiedAt: now?.mtimeMs ?? from };
  try {
    let endedAt: number | undefined;
    let after = -Infinity;
    for (const [index, sibling] of held.entries()) {
      let lines = linesFrom(sibling.source, beginningIn(sibling, from, stamps, endedAt));
      if (!sibling.isCounted) {
        const next = await firstLine(held[index + 1] ?? newest, sibling.modifiedAt, stamps);
        lines = uncopied(lines, { after, next }, stamps);
      }
      let last: readonly string[] = [];
      for await (const each of lines) {
        yield each;
        if (each.texts.length > 0) last = each.texts;
      }
      after = lastInstant(last, sibling.modifiedAt, stamps) ?? after;
      if (sibling.source.isDamaged?.() === true) missing(`${sibling.path} is damaged`);
      endedAt = sibling.modifiedAt;
    }
    if ('failure' in current) missing(`${path} cannot be read (${current.failure})`);
    else yield* linesFrom(current, startOf(current, newest, from, stamps));
  } finally {
    letGo(held);
    if (!('failure' in current)) current.close();
  }
}

/** A line with a stamp, and its instant. */
type StampedLine = { readonly text: string; readonly at: number };

/** The first line of a file whose stamp can be read; `near` is an instant near it. Undefined = there is none. */
async function firstLine(
  { source, modifiedAt }: { readonly source: ByteSource | OpenFailure; readonly modifiedAt: number },
  near: number,
  stamps: StampClock,
): Promise<StampedLine | undefined> {
  if ('failure' in source) return undefined;
  await source.prepare?.(0, LOOK_BYTES);
  const block = Buffer.alloc(LOOK_BYTES);
  const length = orElse(() => source.read(block, LOOK_BYTES, 0), 0);
  for (const text of block.toString('latin1', 0, length).split('\n').slice(0, -1)) {
    const stamp = stamps.read(text);
    if (stamp !== undefined) return { text, at: instantOf(stamp, { near, writtenAt: modifiedAt }, stamps) };
  }
  return undefined;
}

function lastInstant(texts: readonly string[], endedAt: number, stamps: StampClock): number | undefined {
  const stamp = stamps.read(texts.findLast((text) => stamps.read(text) !== undefined) ?? '');
  return stamp && instantOf(stamp, { near: endedAt, writtenAt: endedAt }, stamps);
}

/**
 * A `.old` or `.bak` may be a file that was rotated, or a copy of any other one or of a part of it: what is in no other
 * file comes behind the last line before it and ends where the next file begins.
 */
async function* uncopied(
  lines: AsyncGenerator<Lines>,
  { after, next }: { readonly after: number; readonly next: StampedLine | undefined },
  stamps: StampClock,
): AsyncGenerator<Lines> {
  let at: number | undefined;
  for await (const each of lines) {
    const texts: string[] = [];
    for (const text of each.texts) {
      const stamp = stamps.read(text);
      if (stamp !== undefined) at = instantOf(stamp, { ...each, near: at ?? each.near }, stamps);
      const isInNext = next !== undefined && at !== undefined && (at > next.at || text === next.text);
      if (isInNext) {
        yield { ...each, texts };
        return;
      }
      if (at !== undefined && at > after) texts.push(text);
    }
    yield { ...each, texts };
  }
}

function beginningIn(
  { source, isPacked, size, modifiedAt }: HeldSibling,
  from: number,
  stamps: StampClock,
  endedAt: number | undefined,
): Beginning {
  // what is packed can be read from its beginning only
  if (isPacked) return { offset: 0, near: endedAt ?? modifiedAt, writtenAt: modifiedAt };
  return startOf(source, { size, modifiedAt }, from, stamps);
}

/** Goes back from the end of a file step by step, until a line is older than `from`. */
function startOf(
  source: ByteSource,
  { size, modifiedAt }: { readonly size: number; readonly modifiedAt: number },
  from: number,
  stamps: StampClock,
): Beginning {
  let near = modifiedAt;
  const block = Buffer.alloc(LOOK_BYTES);
  for (let offset = size - STEP_BYTES; offset > 0; offset -= STEP_BYTES) {
    const length = orElse(() => source.read(block, LOOK_BYTES, offset), 0);
    const text = block.toString('latin1', 0, length);
    // the first line is a part of one
    for (let at = text.indexOf('\n') + 1; at > 0; at = text.indexOf('\n', at) + 1) {
      const stamp = stamps.read(text.slice(at, at + 80));
      if (stamp === undefined) continue;
      near = instantOf(stamp, { near, writtenAt: modifiedAt }, stamps);
      if (near < from) return { offset: offset + at, near, writtenAt: modifiedAt };
      break;
    }
  }
  return { offset: 0, near, writtenAt: modifiedAt };
}

/** The lines of a file, as its bytes (latin1), and how many bytes each block had. Half a line at its end is left out. */
async function* linesFrom(source: ByteSource, { offset, ...when }: Beginning): AsyncGenerator<Lines> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let begun = '';
  for (let at = offset; ;) {
    await source.prepare?.(at, BLOCK_BYTES);
    const length = source.read(block, BLOCK_BYTES, at);
    if (length === 0) return;
    at += length;
    const texts = block.toString('latin1', 0, length).split('\n');
    texts[0] = begun + (texts[0] ?? '');
    begun = texts.pop() ?? '';
    if (begun.length > LONGEST_LINE) begun = begun.slice(0, LONGEST_LINE);
    yield { texts, offset, ...when };
  }
}

/** heyu writes no such line. */
const LONGEST_LINE = 65_536;

/** The lines of a plain file; none where there is no such file. One that cannot be read is told to `missing`. */
export async function* fileLines(
  path: string,
  missing: (words: string) => void,
): AsyncGenerator<readonly string[]> {
  const source = openSource(logFileSystem, path);
  if ('failure' in source) {
    if (!isMissing(source.failure)) missing(`${path} cannot be read (${source.failure})`);
    return;
  }
  try {
    for await (const { texts } of linesFrom(source, { offset: 0, near: 0, writtenAt: 0 })) yield texts;
  } finally {
    source.close();
  }
}

/** The text of a line that was read as its bytes, without the carriage returns at its end. */
export function textOf(line: string): string {
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  return Buffer.from(line, 'latin1').toString('utf8').replace(/\r+$/, '');
}
